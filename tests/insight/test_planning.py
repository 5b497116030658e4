"""Planning: capacity against inflow, in numbers that hold and words that name no one."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.utils.timezone import now
from hypothesis import given
from hypothesis import strategies as st

from apps.insight.forecast import FROM, HORIZON, STEP, Load, forecast, owed
from apps.insight.models import Flow, OpenMinute, QueueNow
from apps.insight.operations import fold_exposure_days
from apps.insight.plan_words import sentence
from apps.insight.queries.dose import around_changes, avoided, origins, weeks
from apps.insight.queries.own_week import own_week
from apps.insight.queries.planning import plan, room
from apps.queues.models import Claim, Queue
from apps.queues.operations import claim_next, skip
from apps.wellbeing.exposure import Look
from apps.wellbeing.limits import Wanted
from apps.wellbeing.models import ExposureEntry, Shift
from apps.wellbeing.operations import set_limits, start_break, start_shift
from apps.wellbeing.queries import limits_in_force
from tests import make

AT = datetime.fromisoformat("2026-03-04T12:00:00+00:00")
_claims = iter(range(20_000_000, 30_000_000))


def load(**fields) -> Load:
    return Load(
        **{"overdue": 0, "due": [], "inflow": 0.0, "allowance": 60.0, "capacity": 0.0, "each": 20.0} | fields
    )


def words(answer) -> str:
    return " ".join(answer.content.decode().split())


@pytest.fixture
def house(db):
    make.house()


@pytest.fixture
def team(house, django_user_model):
    """`team(5)`: as many moderators."""

    def hire(n):
        return [
            django_user_model.objects.create_user(
                f"team{number}", pseudonym=f"Teammate-{number}", roles=["moderator"], languages=["en"]
            )
            for number in range(n)
        ]

    return hire


# The arithmetic


def test_nothing_due_is_never_late():
    assert forecast(load()).late_at is None


def test_what_falls_due_faster_than_it_is_decided_is_late_at_the_first_moment_that_shows_it():
    made = load(due=[(30, 5), (120, 60)], capacity=20.0)
    assert forecast(made).late_at == 120
    assert forecast(made).more == 1  # 40 an hour: 80 by then


def test_inflow_counts_from_when_it_is_due():
    made = load(inflow=60.0, allowance=100.0, capacity=30.0)
    assert forecast(made).late_at == 205  # 60 × (t − 100) > 30 × t from t = 200 on
    assert forecast(made).more == 1


def test_without_anybody_fifty_may_not_hold_it():
    assert forecast(load(due=[(30, 5_000)])).more is None


def test_what_is_overdue_is_caught_up_when_capacity_has_passed_it():
    made = load(overdue=10, capacity=20.0)
    assert forecast(made) == forecast(made)
    assert (forecast(made).late_at, forecast(made).caught_up_at, forecast(made).more) == (0, 30, 0)


@given(
    st.integers(0, 200),
    st.lists(st.tuples(st.integers(0, HORIZON), st.integers(1, 200)), max_size=20),
    st.floats(0, 200),
    st.floats(0, 400),
    st.floats(0, 400),
    st.floats(1, 60),
)
def test_with_the_people_it_asks_for_it_holds_and_with_one_fewer_it_does_not(
    overdue, due, inflow, allowance, capacity, each
):
    total, points = 0, []
    for minute, n in sorted(due):
        total += n
        points.append((minute, total))
    made = Load(overdue, points, inflow, allowance, capacity, each)
    more = forecast(made).more

    def holds(people):
        able = capacity + people * each
        return all(owed(made, at) <= able * at / 60 + 1e-6 for at in range(FROM, HORIZON + 1, STEP))

    if more is not None:
        assert holds(more)
        assert more == 0 or not holds(more - 1)
    else:
        assert not holds(50)


# The plan


def busy(queue: str, *, inflow=0, due=(), overdue=0):
    row = Queue.objects.get(slug=queue)
    QueueNow.objects.update_or_create(queue=row, defaults={"waiting": 1, "overdue": overdue})
    hour = int(AT.timestamp()) // 3600 * 3600
    for back in (1, 2, 3):
        Flow.objects.create(queue=row, width=3600, start=hour - back * 3600, arrived=inflow)
    for minutes, n in due:
        OpenMinute.objects.create(queue=row, measure="due", minute=int(AT.timestamp()) // 60 + minutes, n=n)
    return row


def test_the_plan_says_when_a_queue_is_overdue_and_how_many_more_people_would_hold_it(house, moderator):
    with time_machine.travel(AT, tick=False):
        start_shift(actor=moderator)
        busy("hate", due=[(280, 150)])
        make.case(queue="hate")  # not decided yet: it says nothing of how long one takes
        row = next(row for row in plan(now()) if row["queue"].slug == "hate")
        # Three minutes a case, nine tenths of an hour at work: 18 cases an hour.
        assert (row["people"], round(row["capacity"], 2)) == (1, 18.0)
        assert (
            sentence(row, now())
            == "At this rate this queue is overdue at 16:40; one more person would hold it."
        )
        Queue.objects.filter(slug="hate").update(skill="specialist")
        row = next(row for row in plan(now()) if row["queue"].slug == "hate")
        assert (row["people"], row["capacity"]) == (0, 0)
        assert sentence(row, now()) == (
            "At this rate this queue is overdue at 16:40; two more certified people would hold it."
        )


def test_people_are_counted_once_and_shared_among_the_queues_that_have_something_to_do(house, team):
    with time_machine.travel(AT, tick=False):
        for one in team(4):
            start_shift(actor=one)
        Shift.objects.filter(user__username="team3").update(break_started_at=now())
        busy("hate", inflow=5)
        busy("fraud", inflow=5)
        rows = {row["queue"].slug: row for row in plan(now())}
        assert rows["hate"]["people"] == rows["fraud"]["people"] == 3
        assert round(rows["hate"]["capacity"] + rows["fraud"]["capacity"], 2) == round(3 * 18.0, 2)
        assert sentence(rows["everything-else"], now()) == "Nothing waits, and nothing came in lately."


def test_the_room_for_heavy_content_is_shown_from_five_people_on_and_roughly(house, team):
    people = team(5)
    for queue in ("hate",):
        make.case(queue=queue, exposure=2, kind="image")
    for one in people[:4]:
        start_shift(actor=one)
    assert room(now()) is None
    start_shift(actor=people[4])
    full = room(now())
    assert full[2] % 5 == 0
    assert full[2] > 0
    Shift.objects.filter(user=people[0]).update(spent=200)
    assert room(now())[2] <= full[2]
    start_break(actor=people[4])
    assert room(now()) is None


def test_the_page_names_no_one_and_counts_nobody_below_five(house, team, signed_in):
    people = team(4)
    for one in people:
        start_shift(actor=one)
    make.case(queue="hate", exposure=2)
    page = words(signed_in("supervisor").get("/planning/"))
    assert not [one.pseudonym for one in people if one.pseudonym in page or f"/people/{one.pk}/" in page]
    assert "Fewer than five people are at work, so it is not shown." in page
    rows = signed_in("supervisor").get("/planning/plan.csv").content.decode().splitlines()
    assert rows[0] == "queue,waiting,overdue,inflow_per_hour,people,capacity_per_hour,overdue_at,more_people"
    assert len(rows) == 1 + Queue.objects.filter(active=True).count()


@pytest.mark.parametrize("many", [1, 40])
def test_the_plan_costs_the_same_however_much_waits(house, many, django_assert_max_num_queries):
    for _ in range(many):
        make.case(queue="hate", exposure=1)

    with django_assert_max_num_queries(12):
        plan(now())
        room(now())


# The dose


def looks(user, n=1, *, units=150, at=None, exposure=2, seconds=1.0, claim=None):
    ExposureEntry.objects.bulk_create(
        ExposureEntry(
            user=user, claim_id=claim or next(_claims), exposure=exposure, modality=100, seconds_revealed=seconds,
            reported=True, units=units, at=at or now(),
        )
        for _ in range(n)
    )  # fmt: skip


def test_weeks_of_fewer_than_five_people_are_in_no_report(team, wellbeing, supervisor, moderator, signed_in):
    people = team(5)
    for one in people[:4]:
        looks(one, 2)
    assert weeks(wellbeing, now().date()) == []
    assert "No week so far had five people" in words(signed_in("wellbeing").get("/wellbeing/dose/"))
    looks(people[4], 4, exposure=3)
    found = weeks(wellbeing, now().date())
    assert [(row["people"], row["looks"], row["p50"], row["p10"], row["p90"]) for row in found] == [
        (5, 12, 3.0, None, None)
    ]
    assert round(found[0]["heavy_share"], 3) == 0.333
    assert len(weeks(supervisor, now().date())) == 1
    assert weeks(moderator, now().date()) == []  # not even asked for another way
    table = signed_in("wellbeing").get("/wellbeing/dose/dose.csv").content.decode().splitlines()
    assert len(table) == 2
    page = words(signed_in("wellbeing").get("/wellbeing/dose/"))
    assert not [one.pseudonym for one in people if one.pseudonym in page]


def test_the_tails_are_shown_from_twenty_people_on(team, wellbeing):
    for number, one in enumerate(team(20)):
        looks(one, units=100 * (number + 1))
    found = weeks(wellbeing, now().date())[0]
    assert (found["p10"], found["p50"], found["p90"]) == (2.9, 10.5, 18.1)


def test_before_and_after_a_change_of_limits(team, wellbeing):
    people = team(5)
    change = now() - timedelta(days=now().weekday(), weeks=2)
    with time_machine.travel(change, tick=False):
        wanted = Wanted.of(limits_in_force())
        set_limits(
            Wanted(**{**wanted.values(), "budget": 8_000}),
            reason="Less.",
            days=30,
            based_on=limits_in_force().pk,
            actor=wellbeing,
        )
    for one in people:
        looks(one, units=9_000, at=change - timedelta(days=8))
        looks(one, units=4_000, at=change + timedelta(days=8))
    change = around_changes(weeks(wellbeing, now().date()))[0]
    assert (change["reason"], change["before"]["p50"], change["after"]["p50"]) == ("Less.", 90.0, 40.0)


def test_what_brings_the_exposure_is_told_where_five_people_looked(team, wellbeing, signed_in):
    people = team(5)
    make.case(queue="hate", exposure=2, rule_codes=["HT-1"])
    for one in people:
        start_shift(actor=one)
        claim = claim_next(actor=one)
        if claim is None:
            make.case(queue="hate", exposure=2, rule_codes=["HT-1"])
            claim = claim_next(actor=one)
        skip(actor=one, claim_id=claim.claim_id, look=Look(0))
        make.case(queue="hate", exposure=2, rule_codes=["HT-1"])
    a_while_ago = now() - timedelta(minutes=20)  # the first minutes of a shift are light
    Shift.objects.update(started_at=a_while_ago, day_started_at=a_while_ago)
    make.case(queue="hate", exposure=3, rule_codes=["CH-1"], priority=90)
    alone = claim_next(actor=people[0])
    skip(actor=people[0], claim_id=alone.claim_id, look=Look(30))
    assert Claim.objects.filter(ending="skipped").count() == 6
    today = now().date()
    cells = fold_exposure_days(today)
    assert fold_exposure_days(today) == cells  # again, and nothing is counted twice
    rules = origins(today, "rule_code")
    assert [row["name"] for row in rules] == ["HT-1", None]
    assert (rules[0]["looks"], rules[1]["looks"]) == (5, 1)
    assert round(sum(row["share"] for row in rules), 6) == 1
    found = avoided(today)
    assert found["enough"]
    assert found["skipped"]["cases"] == 6
    assert found["covers"] == rules[0]["units"]  # half was counted, half was spared
    page = words(signed_in("wellbeing").get("/wellbeing/exposure/"))
    assert "HT-1" in page
    assert "CH-1" not in page
    assert not [one.pseudonym for one in people if one.pseudonym in page]


# Her week


def test_her_week_says_what_her_work_did_and_only_to_her(house, moderator, moderator2, signed_in):
    from apps.decisions.operations import decide
    from apps.decisions.verdict import Verdict

    start_shift(actor=moderator)
    item = make.item(minors=True)
    for number in range(3):
        make.report(item, by=f"r{number}")
    make.case(item=item, queue="hate", priority=9)
    decide(
        actor=moderator, claim_id=claim_next(actor=moderator).claim_id, look=Look(3),
        verdict=Verdict(outcome="violates", rules=["HT-1"], actions=["remove"]),
    )  # fmt: skip
    make.case(queue="hate")
    decide(
        actor=moderator,
        claim_id=claim_next(actor=moderator).claim_id,
        look=Look(3),
        verdict=Verdict(outcome="no_violation"),
    )
    monday = now().date() - timedelta(days=now().weekday())
    week = own_week(moderator, monday)
    assert week == {
        "decided": 2, "removed": 1, "left_up": 1, "about_minors": 1, "reporters": 3, "confirmed": 0,
        "appeals_upheld": 0, "appeals_heard": 0, "rules_improved": 0,
    }  # fmt: skip
    page = words(signed_in("moderator").get("/wellbeing/week/"))
    assert "3 people who reported something were right, and got an answer because of you." in page
    assert "You kept 1 harmful post from whoever would have seen it next." in page
    assert "appeal" not in page
    assert "Nothing was decided by you" in words(signed_in("moderator2").get("/wellbeing/week/"))
    assert "Nothing was decided by you" in words(signed_in("moderator").get("/wellbeing/week/?back=1"))
    assert own_week(moderator2, monday)["decided"] == 0
