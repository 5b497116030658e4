"""Small numbers are hidden so that they cannot be worked out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.disclosure.small import hidden, tells_all

pytestmark = pytest.mark.laws
numbers = st.dictionaries(st.text("abcdefgh", min_size=1, max_size=3), st.integers(0, 60), max_size=9)


@given(numbers, st.integers(1, 12))
def test_no_number_below_the_smallest_is_told(table, smallest):
    told = {name: n for name, n in table.items() if name not in hidden(table, smallest)}
    assert all(n == 0 or n >= smallest for n in told.values())


@given(numbers, st.integers(1, 12))
def test_none_is_worked_out_from_the_sum_and_the_others(table, smallest):
    gone = hidden(table, smallest)
    if not gone or not tells_all(table, gone, smallest):
        return
    left = sum(table.values()) - sum(n for name, n in table.items() if name not in gone)
    assert len(gone) >= 2
    assert left >= smallest


@given(numbers, st.integers(1, 12))
def test_nothing_is_hidden_where_nothing_is_small(table, smallest):
    large = {name: n + smallest for name, n in table.items()}
    assert hidden(large, smallest) == frozenset()
    assert tells_all(large, frozenset(), smallest)


@given(numbers, st.integers(1, 12))
def test_what_goes_with_small_numbers_is_the_least_that_does(table, smallest):
    gone = hidden(table, smallest)
    extra = [name for name in gone if table[name] >= smallest]
    kept = [n for name, n in table.items() if name not in gone and n > 0]
    assert all(table[name] <= n for name in extra for n in kept)
    assert (
        len(extra) <= 1
        or not kept
        or sum(table[name] for name in gone) - max(table[name] for name in extra) < smallest
    )


def test_by_example():
    assert hidden({"km": 3, "vi": 40, "en": 900}, 5) == {"km", "vi"}
    assert hidden({"km": 3, "lo": 4, "en": 900}, 5) == {"km", "lo"}
    assert hidden({"km": 1, "lo": 1, "th": 20, "en": 900}, 5) == {"km", "lo", "th"}
    assert hidden({"km": 0, "vi": 7}, 5) == frozenset()
    assert tells_all({"km": 3}, frozenset({"km"}), 5) is False
    assert tells_all({"km": 3, "vi": 40}, frozenset({"km", "vi"}), 5) is True
