"""What priority, rank, exposure and the count of what was shown promise, for every number there is."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from apps.desk.forms import read_look
from apps.queues.priority import CAPS, DUE_AFTER, POINT_IN_SECONDS, SEVERITY_FLOOR, Facts, prioritise, rank
from apps.wellbeing.exposure import MODALITY, WEIGHT, Look, units, worst_units

pytestmark = pytest.mark.laws

OPENED = datetime(2026, 3, 1, tzinfo=UTC)
some_facts = st.builds(
    Facts,
    severity=st.integers(1, 5),
    likelihood=st.none() | st.floats(0, 1),
    views_per_hour=st.none() | st.floats(0, 1e9),
    reporters=st.integers(0, 10_000),
    reporter_weight=st.floats(0, 10_000),
    trusted=st.booleans(),
    minors=st.booleans(),
    clock=st.none() | st.integers(1, 72).map(lambda hours: timedelta(hours=hours)),
    opened_at=st.just(OPENED),
)


@given(some_facts)
def test_points_lie_between_0_and_100_and_are_the_sum_that_is_shown(facts):
    found = prioritise(facts)
    assert 0 <= found.points <= 100
    assert found.points == sum(part["points"] for part in found.breakdown)
    assert all(0 <= part["points"] <= part["cap"] for part in found.breakdown)


@given(
    some_facts,
    st.sampled_from(["severity", "likelihood", "views_per_hour", "reporter_weight", "trusted", "minors"]),
    st.data(),
)
def test_more_of_anything_never_makes_a_case_less_urgent(facts, name, data):
    more = {
        "severity": st.integers(facts.severity, 5),
        "likelihood": st.floats(facts.likelihood or 0, 1),
        "views_per_hour": st.floats(facts.views_per_hour or 0, 1e9),
        "reporter_weight": st.floats(facts.reporter_weight, 10_000),
        "trusted": st.just(True),
        "minors": st.just(True),
    }
    raised = prioritise(replace(facts, **{name: data.draw(more[name])}))
    before = prioritise(facts)
    assert raised.points >= before.points
    assert raised.due_at <= before.due_at
    assert raised.rank <= before.rank


@given(st.integers(1, 4), st.integers(0, 10_000_000), st.floats(0, 1e7))
def test_a_step_of_severity_is_more_than_any_crowd_adds(severity, reporters, weight):
    crowd = Facts(severity=severity, reporters=reporters, reporter_weight=weight, opened_at=OPENED)
    alone = Facts(severity=severity + 1, opened_at=OPENED)
    assert prioritise(crowd).points < prioritise(alone).points
    assert SEVERITY_FLOOR[severity + 1] - SEVERITY_FLOOR[severity] > CAPS["reporters"]


@given(some_facts, st.integers(0, 1000), st.integers(0, 1000))
def test_many_reports_by_people_without_credibility_add_nothing(facts, few, many):
    bare = replace(facts, reporter_weight=0.0)
    assert prioritise(replace(bare, reporters=few)).points == prioritise(replace(bare, reporters=many)).points


@given(some_facts)
def test_the_due_time_is_the_shortest_that_applies(facts):
    due = prioritise(facts).due_at
    within = [DUE_AFTER[facts.severity]] + ([facts.clock] if facts.clock else [])
    assert due <= OPENED + min(within)
    assert due > OPENED


@given(st.integers(0, 100), st.integers(0, 100), st.integers(0, 10**7))
def test_nothing_starves(waiting_points, newer_points, seconds):
    """Whatever is due a hundred points later is served later: a case is overtaken for a limited time only."""
    assume(seconds > 100 * POINT_IN_SECONDS)
    due = OPENED
    assert rank(due, waiting_points) < rank(due + timedelta(seconds=seconds), newer_points)


@given(st.integers(0, 99), st.integers(0, 10**7))
def test_a_point_is_worth_half_an_hour(points, seconds):
    due = OPENED + timedelta(seconds=seconds)
    assert rank(due, points + 1) == rank(due - timedelta(minutes=30), points)


kinds = st.sampled_from(sorted(MODALITY))
levels = st.sampled_from(sorted(WEIGHT))
durations = st.floats(0, 1e6)


@given(levels, kinds, durations, durations, st.booleans())
def test_a_longer_look_never_costs_less_and_a_veiled_one_never_more(level, kind, some, more, revealed):
    shorter, longer = sorted((some, more))
    cost = units(exposure=level, kind=kind, seconds=shorter, revealed=revealed)
    assert 0 <= cost <= units(exposure=level, kind=kind, seconds=longer, revealed=revealed)
    assert units(exposure=level, kind=kind, seconds=shorter, revealed=False) <= cost


@given(levels, kinds, durations, st.booleans())
def test_what_was_reserved_is_the_most_a_look_can_cost(level, kind, seconds, revealed):
    assert units(exposure=level, kind=kind, seconds=seconds, revealed=revealed) <= worst_units(
        exposure=level, kind=kind
    )


@given(st.floats(-10, 1e6), st.floats(-10, 1e6), st.booleans())
def test_a_look_lies_within_its_claim_and_silence_counts_as_all_of_it(seconds, wall, reported):
    look = Look(seconds, reported).within(wall)
    assert 0 <= look.seconds <= max(wall, 0.001)
    if not reported:
        assert look.revealed
        assert look.seconds >= wall


spans = st.lists(st.tuples(st.integers(0, 400), st.integers(0, 60)), max_size=30)


@given(spans)
def test_what_was_shown_is_the_union_of_all_spans(given_spans):
    sent = [{"block": "x", "from_ms": start, "to_ms": start + length} for start, length in given_spans]
    shown = {ms for start, length in given_spans for ms in range(start, start + length)}
    assert read_look(sent).seconds == pytest.approx(len(shown) / 1000)


@given(spans, st.randoms())
def test_the_order_of_spans_and_saying_one_twice_changes_nothing(given_spans, chance):
    sent = [{"from_ms": start, "to_ms": start + length} for start, length in given_spans]
    shuffled = sent + sent[:3]
    chance.shuffle(shuffled)
    assert read_look(sent) == read_look(shuffled)


@given(
    st.one_of(
        st.text(),
        st.lists(st.dictionaries(st.sampled_from(["from_ms", "to_ms"]), st.floats() | st.text())),
        st.recursive(st.none() | st.booleans() | st.floats(), st.lists),
    )
)
def test_what_cannot_be_read_is_never_taken_for_less_than_was_shown(said):
    look = read_look(said)
    assert look is None or 0 <= look.seconds < 1e6
