"""Shifts and breaks: when they begin and end, and what one shift leaves to the next of the same working day."""

from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.timezone import now

from apps.accounts.models import User
from apps.ledger.operations import record
from apps.wellbeing.allowed import believed, break_is_due, break_length
from apps.wellbeing.errors import AlreadyOnShift, BreakNotOver, NothingToRestFrom, NotOnShift
from apps.wellbeing.models import Break, Practice, Shift
from apps.wellbeing.queries import SPECIALIST, day_of, last_shift, limit_set, limits_of, own_limit

ABANDONED_AFTER = timedelta(hours=16)
DAY_OFF = timedelta(hours=40)  # from the start of one working day to the next: a whole day lay between
REST_AT_MOST = timedelta(minutes=30)
# What goes from one shift of a working day to the next.
CARRIED = (
    "high_seconds", "extreme_seconds", "extremes", "extreme_days", "high_run", "extreme_run", "light_owed",
    "harm_run", "harms_last", "extreme_times", "rest_until",
)  # fmt: skip


@transaction.atomic
def start_shift(*, actor: User) -> Shift:
    """Begin a shift with today's limits. Raises AlreadyOnShift.

    1. Lock her last shift, so that nothing is settled in it meanwhile.
    2. Work out her budget: the organisation's, her first weeks' share, what the day and the week leave, her own.
    3. Within one working day the counters go on: beginning again gives back no budget, no minutes and no run.
    """
    at = now()
    found = last_shift(actor)
    last = Shift.objects.select_for_update().get(pk=found.pk) if found else None
    if last is not None and last.ended_at is None:
        raise AlreadyOnShift
    limits, own = limits_of(actor), own_limit(actor)
    try:
        with transaction.atomic():
            shift = Shift.objects.create(
                user=actor,
                limit_set_id=limits.limit_set_id,
                started_at=at,
                max_exposure=limits.max_exposure,
                budget=limits.budget,
                specialist=SPECIALIST in actor.skills,
                avoids=own.avoids if own else 0,
                **_left_behind(last, at),
            )
    except IntegrityError as refusal:
        if "shift_one_live_per_person" not in str(refusal):
            raise
        raise AlreadyOnShift from None
    Practice.objects.get_or_create(user=actor, defaults={"since": at})
    record("shift.started", actor=actor, private=True, shift=shift.pk)
    return shift


def _left_behind(last: Shift | None, at: datetime) -> dict[str, Any]:
    """The state in which a shift begins after `last`."""
    if last is None or last.ended_at is None:
        return {"day_started_at": at}
    day = day_of(last, at)
    if day == last.day_started_at:
        worked = last.seconds_before + max(0, round((last.ended_at - last.started_at).total_seconds()))
        state = {name: getattr(last, name) for name in CARRIED} | {"seconds_before": worked}
        # Time between two shifts rests her when it is as long as a break.
        if at - last.ended_at < break_length(last, limit_set(last.limit_set_id)):
            state |= {
                "rested_at": last.rested_at or last.started_at,
                "high_since_rest": last.high_since_rest,
            }
        return state | {"day_started_at": day}
    in_a_row = last.extremes > 0 and day - last.day_started_at < DAY_OFF
    return {"day_started_at": day, "extreme_days": last.extreme_days if in_a_row else 0}


@transaction.atomic
def end_shift(*, actor: User) -> None:
    """End her shift and any break in it. The caller has released her claim. Raises NotOnShift."""
    shift = _running(actor)
    at = now()
    Break.objects.filter(shift=shift, ended_at=None).update(ended_at=at)
    shift.break_started_at, shift.ended_at = None, at
    shift.save(update_fields=["break_started_at", "ended_at"])
    record("shift.ended", actor=actor, private=True, shift=shift.pk)


@transaction.atomic
def start_break(*, actor: User) -> Shift:
    """Begin a break, always allowed, never with a reason. Already on one: nothing changes."""
    shift = _running(actor)
    if shift.break_started_at is None:
        shift.break_started_at = now()
        shift.save(update_fields=["break_started_at"])
        Break.objects.create(shift=shift, started_at=shift.break_started_at)
        record("break.started", actor=actor, private=True, shift=shift.pk)
    return shift


@transaction.atomic
def end_break(*, actor: User, at_once: bool = False) -> Shift:
    """Come back from a break, however long it was. Not on one: nothing changes.

    A break of the whole length starts the time to the next one anew. One that was due cannot end before that:
    raises BreakNotOver, unless `at_once` (an undo takes back the decision the break began with).
    """
    shift = _running(actor)
    if shift.break_started_at is None:
        return shift
    at, limits = now(), limit_set(shift.limit_set_id)
    whole = at - shift.break_started_at >= break_length(shift, limits)
    if not whole and not at_once and break_is_due(shift, limits, believed(shift, at)):
        raise BreakNotOver
    Break.objects.filter(shift=shift, ended_at=None).update(ended_at=at)
    shift.break_started_at, shift.last_break_ended_at = None, at
    if whole:
        shift.rested_at, shift.high_since_rest = at, False
    shift.save(update_fields=["break_started_at", "last_break_ended_at", "rested_at", "high_since_rest"])
    record("break.ended", actor=actor, private=True, shift=shift.pk)
    return shift


@transaction.atomic
def rest_longer(*, actor: User, minutes: int) -> Shift:
    """Rest after an extreme case until `minutes` from now, 30 at most; never shorter than it is. No reason is asked.

    Raises NothingToRestFrom when no such rest is running: then a break is what she wants.
    """
    shift = _running(actor)
    at = now()
    if shift.rest_until is None or shift.rest_until <= at:
        raise NothingToRestFrom
    until = at + min(timedelta(minutes=max(0, minutes)), REST_AT_MOST)
    shift.rest_until = max(shift.rest_until, until)
    shift.save(update_fields=["rest_until"])
    record("rest.longer", actor=actor, private=True, shift=shift.pk)
    return shift


def _running(actor: User) -> Shift:
    shift = Shift.objects.select_for_update().filter(user=actor, ended_at=None).first()
    if shift is None:
        raise NotOnShift
    return shift


def abandoned_shifts(at: datetime) -> list[int]:
    """People whose shift has run so long that nobody can still be working it."""
    return list(
        Shift.objects.filter(ended_at=None, started_at__lt=at - ABANDONED_AFTER).values_list(
            "user_id", flat=True
        )
    )
