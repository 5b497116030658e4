"""What may be handed out, and when: each limit as a moderator meets it."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils.timezone import now

from apps.decisions.operations import decide, undo
from apps.ledger.models import Event
from apps.queues.models import Case, Claim, Queue
from apps.queues.operations import claim_next
from apps.wellbeing.errors import BreakDue, BreakNotOver, NothingToRestFrom, Resting, ShiftOver
from apps.wellbeing.exposure import Look
from apps.wellbeing.harms import BIT
from apps.wellbeing.models import Break, PersonLimit, Shift
from apps.wellbeing.operations import (
    choose_harms,
    end_break,
    end_shift,
    rest_longer,
    start_break,
    start_shift,
)
from tests.wellbeing.conftest import FINE


def test_a_shift_starts_gently(at_work):
    work = at_work().begin(settled=False).levels(3, 2)
    assert work.takes() == 2
    work.decides()
    assert work.takes() is None
    assert work.later(minutes=10).takes() == 3


def test_nothing_heavy_comes_in_the_last_hour_and_nothing_at_all_after_the_end(at_work):
    work = at_work().begin(settled=False).levels(3, 2, 0)
    start_break(actor=work.person)
    work.later(hours=7)
    end_break(actor=work.person)
    assert work.works() == 2
    assert work.works() == 0
    assert work.takes() is None
    start_break(actor=work.person)
    work.later(hours=1)
    end_break(actor=work.person)
    with pytest.raises(ShiftOver):
        work.takes()
    assert Case.objects.get(exposure=3).state == "waiting"


def test_a_day_of_time_zones_and_midnights_is_as_long_as_any_other(at_work):
    """Only elapsed time counts: eight hours from any moment on, over midnight and over a change of the clock."""
    work = at_work().begin(settled=False).levels(3)
    start_break(actor=work.person)
    work.later(hours=6, minutes=59)
    end_break(actor=work.person)
    assert work.takes() == 3


def test_heavy_work_has_its_hours_and_lighter_work_goes_on(at_work):
    work = at_work().begin().levels(3, 3, 2)
    Shift.objects.update(high_seconds=180 * 60 - 61)
    assert work.works(minutes=1) == 3
    assert work.works(minutes=1) == 3
    assert work.shift().high_seconds == 180 * 60 + 59
    work.levels(3)
    assert work.works() == 2
    assert work.takes() is None


def test_after_a_run_of_heavy_cases_come_light_ones_that_were_worked_on(at_work):
    work = at_work().begin().levels(*[3] * 8)
    assert [work.works() for _ in range(6)] == [3] * 6
    assert work.takes() is None
    work.levels(1, 1, 0, 0, 0)
    assert work.takes() == 1
    work.skips()
    assert work.shift().light_owed == 4  # passing a light case by is not light work
    assert [work.works() for _ in range(4)] == [1, 0, 0, 0]
    assert work.takes() == 3


def test_an_undone_light_decision_is_not_worked_on_twice(at_work):
    work = at_work().begin().levels(1)
    Shift.objects.update(light_owed=2, high_run=6)
    work.takes()
    first = decide(actor=work.person, claim_id=work.claim().pk, verdict=FINE, look=Look(0))
    undo(actor=work.person, decision_id=first.decision_id)
    work.decides()
    assert work.shift().light_owed == 1


def test_light_cases_between_come_from_queues_that_mix(at_work):
    work = at_work().begin().levels(1)
    Shift.objects.update(light_owed=1)
    Queue.objects.filter(slug="everything-else").update(mixes=False)
    assert work.takes() is None
    work.levels(0, queue="fraud")
    assert work.works() == 0
    assert work.takes() == 1


def test_extreme_cases_only_for_those_who_chose_them_and_never_four_in_a_row(at_work):
    work = at_work(specialist=True).begin().levels(4, 4, 4, 4)
    for rest in (3, 3, 16):
        assert work.works() == 4
        work.later(minutes=rest)
    assert work.takes() is None
    assert (work.shift().extreme_run, work.shift().light_owed) == (3, 4)


def test_after_an_extreme_case_comes_a_rest_that_she_may_make_longer(at_work):
    work = at_work(specialist=True).begin().levels(4, 0)
    with pytest.raises(NothingToRestFrom):
        rest_longer(actor=work.person, minutes=10)
    assert work.works() == 4
    for _ in range(2):
        with pytest.raises(Resting):
            work.takes()
        work.later(seconds=59)
    rest_longer(actor=work.person, minutes=500)
    assert work.shift().rest_until == now() + timedelta(minutes=30)
    rest_longer(actor=work.person, minutes=0)
    assert work.shift().rest_until == now() + timedelta(minutes=30)  # never shorter
    assert work.later(minutes=30).takes() == 0


def test_three_extreme_cases_within_twenty_minutes_bring_a_long_rest(at_work):
    work = at_work(specialist=True).begin().levels(4, 4, 4)
    for _ in range(2):
        work.works()
        assert work.shift().rest_until == now() + timedelta(minutes=2)
        work.later(minutes=3)
    work.works()
    assert work.shift().rest_until == now() + timedelta(minutes=15)


def test_three_days_with_extreme_cases_are_followed_by_one_without(at_work):
    work = at_work(specialist=True)
    for day in range(3):
        work.begin().levels(4)
        assert work.works() == 4
        assert work.shift().extreme_days == day + 1
        end_shift(actor=work.person)
        work.later(hours=24)
    work.begin().levels(4, 3)
    assert work.works() == 3
    assert work.takes() is None
    end_shift(actor=work.person)
    work.later(hours=24)
    assert work.begin().takes() == 4


def test_the_fourth_hour_on_extreme_cases_is_the_last(at_work):
    work = at_work(specialist=True).begin().levels(4, 3)
    Shift.objects.update(extreme_seconds=240 * 60)
    assert work.takes() == 3


# Breaks


def test_a_break_comes_after_ninety_minutes_or_fifty_of_heavy_work(at_work):
    work = at_work().begin(settled=False).levels(0, 3, 0)
    work.later(minutes=89)
    assert work.works() == 0
    work.later(minutes=1)
    with pytest.raises(BreakDue):
        work.takes()
    start_break(actor=work.person)
    work.later(minutes=10)
    end_break(actor=work.person)
    assert work.works() == 3
    work.later(minutes=50)
    with pytest.raises(BreakDue):
        work.takes()


def test_a_break_begins_by_itself_after_the_case_in_hand(at_work):
    work = at_work().begin(settled=False).levels(0, 0)
    work.later(minutes=89)
    work.takes()
    work.later(minutes=9)
    decided = decide(
        actor=work.person, claim_id=work.claim().pk, verdict=FINE, look=Look(0), claim_another=True
    )
    assert decided.next is None
    assert work.shift().break_started_at == now()
    assert Break.objects.count() == 1


def test_a_break_that_was_due_lasts_and_one_of_her_own_ends_when_she_likes(at_work):
    work = at_work().begin(settled=False).levels(0)
    start_break(actor=work.person)
    work.later(minutes=1)
    end_break(actor=work.person)
    assert work.shift().rested_at is None  # too short to count
    work.later(minutes=89)
    start_break(actor=work.person)
    work.later(minutes=9)
    events = Event.objects.count()
    with pytest.raises(BreakNotOver):
        end_break(actor=work.person)
    assert (work.shift().break_started_at is None, Event.objects.count()) == (False, events)
    work.later(minutes=1)
    end_break(actor=work.person)
    assert work.takes() == 0


def test_past_half_of_the_budget_a_break_is_longer(at_work):
    work = at_work().begin(settled=False).levels(0)
    Shift.objects.update(spent=8_001)
    work.later(minutes=90)
    start_break(actor=work.person)
    work.later(minutes=14)
    with pytest.raises(BreakNotOver):
        end_break(actor=work.person)
    work.later(minutes=1)
    end_break(actor=work.person)
    assert work.takes() == 0


def test_break_time_is_work_time(at_work):
    work = at_work().begin(settled=False)
    start_break(actor=work.person)
    work.later(hours=8)
    end_break(actor=work.person)
    with pytest.raises(ShiftOver):
        work.takes()


# Beginning again


def test_a_shift_begun_again_on_the_same_day_goes_on_where_the_last_one_was(at_work):
    work = at_work().begin().levels(*[3] * 8)
    for _ in range(6):
        work.works(minutes=4)
    before = work.shift()
    work.begin_again()
    after = work.shift()
    assert (after.light_owed, after.high_seconds, after.high_run) == (4, 24 * 60, 6)
    assert after.budget == 16_000 - before.spent
    assert after.seconds_before == 34 * 60
    assert after.rested_at == before.started_at
    assert work.takes() is None
    with pytest.raises(BreakDue):
        work.later(minutes=10).takes()


def test_twenty_hours_after_it_began_a_day_is_over(at_work):
    work = at_work().begin().levels(3)
    work.works(minutes=1)
    end_shift(actor=work.person)
    work.later(hours=19)
    work.begin()
    assert work.shift().budget < 16_000
    end_shift(actor=work.person)
    work.later(hours=1)
    work.begin()
    assert (work.shift().budget, work.shift().high_seconds) == (16_000, 0)


@pytest.mark.parametrize(("days", "percent"), [(0, 25), (7, 50), (14, 75), (20, 75), (21, 100), (400, 100)])
def test_a_newcomers_budget_grows_over_her_first_weeks(at_work, days, percent):
    from apps.wellbeing.models import Practice

    work = at_work()
    Practice.objects.filter(user=work.person).delete()
    start_shift(actor=work.person)
    end_shift(actor=work.person)
    work.later(days=days)
    assert start_shift(actor=work.person).budget == 16_000 * percent // 100


# What she does not want to meet


def test_what_she_opts_out_of_is_not_given_to_her_from_that_moment(at_work):
    work = at_work().begin().levels(2, harms=BIT["hate"] | BIT["threats"]).levels(1)
    choose_harms(actor=work.person, avoids=BIT["hate"])
    assert work.works() == 1
    assert work.takes() is None
    case = Case.objects.get(harms__gt=0)
    with (
        pytest.raises(IntegrityError, match="claim_is_never_on_what_she_opted_out_of"),
        transaction.atomic(),
    ):
        Claim.objects.create(
            case=case, holder=work.person, exposure=2, used_before=0, budget=16_000, reserved=0,
            started_at=now(), expires_at=now() + timedelta(minutes=1),
        )  # fmt: skip
    choose_harms(actor=work.person, avoids=0)
    assert work.takes() == 2


def test_a_choice_leaves_no_trace_for_others(at_work, signed_in):
    work = at_work()
    client = signed_in(work.person)
    assert client.post("/wellbeing/harms", {"avoids": ["32", "8"]}).status_code == 302
    assert PersonLimit.objects.get(user=work.person).avoids == 40
    event = Event.objects.get(kind="limits.changed_own")
    assert (event.private, event.data) == (True, {})
    page = client.get("/wellbeing/").content.decode()
    assert page.count("checked") >= 2
    assert client.post("/wellbeing/harms", {"avoids": ["5"]}).status_code == 422
    assert PersonLimit.objects.get(user=work.person).avoids == 40


def test_after_many_cases_of_one_kind_another_comes_first_and_nothing_starves(at_work):
    work = at_work().begin().levels(*[2] * 9, harms=BIT["hate"])
    assert [work.works() for _ in range(8)] == [2] * 8
    work.levels(1)
    assert work.takes() == 1  # less urgent, and of another kind
    work.skips()
    assert work.takes() == 2


def test_the_database_refuses_a_claim_above_the_level_allowed(at_work):
    work = at_work().begin().levels(3)
    with (
        pytest.raises(IntegrityError, match="claim_is_never_above_the_level_allowed"),
        transaction.atomic(),
    ):
        Claim.objects.create(
            case=Case.objects.get(), holder=work.person, exposure=3, level=2, used_before=0, budget=16_000,
            reserved=0, started_at=now(), expires_at=now() + timedelta(minutes=1),
        )  # fmt: skip


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"budget": 16_001}, "shift_limits_are_never_raised"),
        ({"max_exposure": 4}, "shift_limits_are_never_raised"),
    ],
)
def test_the_database_refuses_to_raise_a_running_shift(at_work, change, named):
    at_work().begin()
    with pytest.raises(IntegrityError, match=named), transaction.atomic():
        Shift.objects.update(**change)


def test_an_undo_never_brings_a_case_back_beyond_a_limit(at_work):
    work = at_work(specialist=True).begin().levels(4)
    work.takes()
    decided = decide(actor=work.person, claim_id=work.claim().pk, verdict=FINE, look=Look(0))
    undone = undo(actor=work.person, decision_id=decided.decision_id)
    assert undone.claim_id is None
    assert Case.objects.get().state == "waiting"
    assert not Claim.objects.filter(ended_at=None).exists()


def test_a_clock_set_back_gives_nothing_back(at_work):
    work = at_work(specialist=True).begin().levels(4, 3)
    work.works()
    work.later(minutes=-30)
    with pytest.raises(Resting):
        claim_next(actor=work.person)
    assert work.later(minutes=32, seconds=1).takes() == 3
