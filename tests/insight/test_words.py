import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.insight.histogram import bounds, bucket, quantile
from apps.insight.words import count, duration, rate, up_to


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (None, "–"),
        (0, "0 s"),
        (59.4, "59 s"),
        (60, "1 min"),
        (3599, "59 min"),
        (3600, "1 h"),
        (11_100, "3 h 5 min"),
        (86_400, "1 d"),
        (187_200, "2 d 4 h"),
        (-5, "0 s"),
    ],
)
def test_durations_read_as_a_person_says_them(seconds, words):
    assert duration(seconds) == words


def test_numbers_and_rates_too():
    assert (count(1234567), count(0.4), count(None)) == ("1,234,567", "0.4", "–")
    assert (rate(0.875), rate(None), rate(1.0)) == ("87.5 %", "–", "100.0 %")
    assert (up_to(999, 1000), up_to(1000, 1000)) == ("999", "1,000+")


@given(st.floats(min_value=0, max_value=10**8))
def test_a_duration_lies_in_its_bucket(seconds):
    low, high = bounds(bucket(seconds))
    assert low * (1 - 1e-6) <= seconds <= high * (1 + 1e-6)


@given(
    st.lists(st.floats(min_value=1.01, max_value=10**6), min_size=1, max_size=200),
    st.sampled_from([0.5, 0.9]),
)
def test_a_quantile_is_right_to_a_fifth_of_itself(durations, share):
    counts = {}
    for seconds in durations:
        counts[bucket(seconds)] = counts.get(bucket(seconds), 0) + 1
    exact = sorted(durations)[max(0, -(-int(share * len(durations) * 10) // 10) - 1)]
    found = quantile(counts, share)
    at = sorted(durations)
    nearby = [value for value in at if value * 0.8 <= found <= value * 1.25]
    assert nearby, (exact, found)


def test_of_nothing_there_is_no_quantile():
    assert quantile({}, 0.5) is None
    assert quantile({3: 0, 4: -1}, 0.5) is None
