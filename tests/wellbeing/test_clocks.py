"""Clocks that are put forward or back, midnights and time zones: a shift is as long, and a week as heavy, as on any day."""

from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone
from django.utils.timezone import now

from apps.queues.operations import skip
from apps.wellbeing.errors import OnBreak
from apps.wellbeing.exposure import Look
from apps.wellbeing.models import ExposureEntry, Practice
from apps.wellbeing.operations import end_break, end_shift, start_break, start_shift
from apps.wellbeing.queries import limits_of, own_week
from tests import make
from tests.wellbeing.conftest import Work

TURNS = {
    "an ordinary day": ("UTC", datetime(2037, 6, 10, 8, 0, tzinfo=UTC)),
    # 01:00 UTC on 25 October: summer time ends, and the hour from one to two happens twice.
    "the hour that happens twice in Dublin": ("Europe/Dublin", datetime(2037, 10, 24, 22, 0, tzinfo=UTC)),
    # 01:00 UTC on 29 March: summer time begins, and the hour from one to two does not happen.
    "the hour that is missing in Dublin": ("Europe/Dublin", datetime(2037, 3, 28, 22, 0, tzinfo=UTC)),
    "midnight in Phnom Penh": ("Asia/Phnom_Penh", datetime(2037, 10, 24, 14, 0, tzinfo=UTC)),
    "the last day of the year in Hanoi": ("Asia/Ho_Chi_Minh", datetime(2037, 12, 31, 14, 0, tzinfo=UTC)),
}
turns = pytest.mark.parametrize("turn", TURNS)


@pytest.fixture
def on(db, settings, moderator):
    """`on(turn)`: she lives by that zone's clocks, no newcomer, on the evening before; nothing moves but by her work."""
    make.house()
    with ExitStack() as stack:

        def begin(turn):
            zone, start = TURNS[turn]
            settings.TIME_ZONE = zone
            stack.enter_context(timezone.override(zone))
            clock = stack.enter_context(time_machine.travel(start, tick=False))
            Practice.objects.update_or_create(user=moderator, defaults={"since": start - timedelta(days=90)})
            return Work(moderator, clock)

        yield begin


def hands_out(work) -> str:
    """What she is handed at this moment: a level, or why nothing."""
    try:
        exposure = work.takes()
    except OnBreak as refusal:
        return type(refusal).__name__
    if exposure is not None:
        skip(actor=work.person, claim_id=work.claim().pk, look=Look(0))
    return str(exposure)


@turns
def test_a_shift_across_it_is_as_long_and_as_gentle_as_on_an_ordinary_day(on, turn):
    work = on(turn).begin(settled=False).levels(3, 3, 3, 3, 2, 2, 2, 2)
    began = now()

    def at(minute):
        work.clock.move_to(began + timedelta(minutes=minute))
        return hands_out(work)

    assert [at(0), at(9), at(10), at(49), at(50)] == ["2", "2", "3", "3", "BreakDue"]
    start_break(actor=work.person)
    work.later(minutes=10)
    end_break(actor=work.person)
    assert [at(60), at(109), at(110)] == ["3", "3", "BreakDue"]
    start_break(actor=work.person)
    work.clock.move_to(began + timedelta(minutes=419))
    end_break(actor=work.person)
    work.levels(3, 3, due_in=timedelta(hours=-7))
    assert [at(419), at(420), at(468), at(480)] == ["3", "2", "2", "ShiftOver"]
    assert work.shift().spent == 302  # what passing by costs, the same on every day


@turns
def test_the_week_lists_each_date_once_and_counts_seven_times_twenty_four_hours(on, turn):
    work = on(turn)
    for _ in range(9):
        work.begin(settled=False).levels(2)
        work.works(minutes=3)
        end_shift(actor=work.person)
        work.later(hours=24, minutes=-3)
    days = own_week(work.person, at=now())
    dates = [day.date for day in days]
    assert dates == [dates[0] + timedelta(days=n) for n in range(len(dates))]
    within = ExposureEntry.objects.filter(at__gte=now() - timedelta(days=7))
    assert sum(day.looks for day in days) == within.count() == 7
    assert sum(day.units for day in days) == sum(within.values_list("units", flat=True)) > 0


@turns
def test_the_weekly_cap_lets_go_after_seven_times_twenty_four_hours_to_the_minute(on, turn):
    work = on(turn)
    spent_at = now()
    ExposureEntry.objects.create(
        user=work.person, claim_id=1, exposure=2, modality=100, seconds_revealed=9, reported=True, units=64_000, at=spent_at
    )  # fmt: skip
    work.clock.move_to(spent_at + timedelta(days=7, minutes=-1))
    assert limits_of(work.person).budget == 0
    work.clock.move_to(spent_at + timedelta(days=7, seconds=1))
    assert limits_of(work.person).budget == 16_000


@turns
def test_a_shift_begun_again_past_midnight_is_of_the_same_working_day(on, turn):
    work = on(turn).begin().levels(3)
    work.works(minutes=2)
    first = work.shift()
    work.later(hours=3)
    end_shift(actor=work.person)
    work.later(minutes=20)
    start_shift(actor=work.person)
    again = work.shift()
    assert again.pk != first.pk
    assert again.day_started_at == first.day_started_at
    assert (again.high_seconds, again.high_run) == (120, 1)
    assert again.seconds_before == (10 + 2 + 180) * 60
    assert again.budget == first.budget - first.spent


def test_a_clock_set_back_within_a_look_costs_no_less_and_gives_no_more(on):
    work = on("an ordinary day").begin().levels(3, 3)
    assert work.takes() == 3
    reserved = work.shift().reserved
    work.later(hours=-1)
    work.decides(shown=600)
    shift = work.shift()
    entry = ExposureEntry.objects.get()
    assert entry.seconds_revealed >= 0
    assert 0 < entry.units <= reserved
    assert (shift.spent, shift.reserved, shift.high_run) == (entry.units, 0, 1)
    assert shift.high_seconds >= 0
    assert work.takes() is None  # as at the start of a shift, which this clock says is to come
    assert work.later(hours=1).takes() == 3
