"""Exposure that could not be settled in time, and shifts nobody ended."""

from datetime import timedelta

import pytest
import time_machine
from django.utils.timezone import now

from apps.ledger.models import Event
from apps.queues.models import Claim
from apps.queues.operations import claim_next, end_abandoned_shifts, settle_owed
from apps.wellbeing.exposure import units
from apps.wellbeing.models import ExposureEntry, Shift
from apps.wellbeing.operations import end_shift, start_shift
from apps.wellbeing.queries import spent_since
from tests import make


@pytest.fixture(autouse=True)
def house(db):
    make.house()


def owed_claim(person, *, began, seconds=30.0):
    """A claim taken while wellbeing could not be read, and ended while it still could not."""
    case = make.case(exposure=1)
    return Claim.objects.create(
        case=case,
        holder=person,
        exposure=1,
        used_before=0,
        budget=0,
        reserved=0,
        owed=True,
        seconds_revealed=seconds,
        started_at=began,
        expires_at=began + timedelta(minutes=15),
        ended_at=began + timedelta(minutes=2),
        ending="decided",
    )


COST = units(exposure=1, kind="text", seconds=30, revealed=True)


def test_what_is_owed_is_settled_into_the_shift_it_fell_in(moderator):
    shift = start_shift(actor=moderator)
    claim = owed_claim(moderator, began=now())
    assert settle_owed() == 1
    claim.refresh_from_db()
    shift.refresh_from_db()
    entry = ExposureEntry.objects.get(claim_id=claim.pk)
    assert (claim.owed, entry.units, entry.shift_id, entry.at) == (False, COST, shift.pk, claim.ended_at)
    assert shift.spent == COST


def test_it_counts_in_that_shift_even_when_it_has_ended(moderator):
    with time_machine.travel(now() - timedelta(hours=10)):
        first = start_shift(actor=moderator)
        claim = owed_claim(moderator, began=now() + timedelta(minutes=1))
    with time_machine.travel(now() - timedelta(hours=9)):
        end_shift(actor=moderator)
    second = start_shift(actor=moderator)
    settle_owed()
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.spent, second.spent) == (COST, 0)
    assert ExposureEntry.objects.get(claim_id=claim.pk).shift_id == first.pk


def test_what_fell_into_no_shift_counts_in_her_week(moderator):
    owed_claim(moderator, began=now() - timedelta(days=1))
    settle_owed()
    assert ExposureEntry.objects.get().shift_id is None
    assert spent_since(moderator, now() - timedelta(days=7)) == COST


def test_it_is_settled_once(moderator):
    start_shift(actor=moderator)
    owed_claim(moderator, began=now())
    assert (settle_owed(), settle_owed()) == (1, 0)
    assert (ExposureEntry.objects.count(), Shift.objects.get().spent) == (1, COST)


def test_a_claim_that_is_still_held_is_left_alone(moderator):
    start_shift(actor=moderator)
    claim = owed_claim(moderator, began=now())
    Claim.objects.filter(pk=claim.pk).update(ended_at=None, ending="")
    assert settle_owed() == 0
    assert ExposureEntry.objects.count() == 0


def test_nothing_is_said_about_it_where_others_can_read(moderator):
    owed_claim(moderator, began=now())
    before = Event.objects.filter(private=False).count()
    settle_owed()
    assert Event.objects.filter(private=False).count() == before


def test_a_shift_nobody_ended_is_ended_and_its_case_returned(moderator, moderator2):
    with time_machine.travel(now() - timedelta(hours=17)):
        start_shift(actor=moderator)
        case = make.case()
        claim_next(actor=moderator)
    running = start_shift(actor=moderator2)
    assert end_abandoned_shifts() == 1
    assert Shift.objects.get(user=moderator).ended_at is not None
    running.refresh_from_db()
    assert running.ended_at is None
    case.refresh_from_db()
    assert case.state == "waiting"
    assert end_abandoned_shifts() == 0


def test_a_shift_begun_meanwhile_goes_on(moderator, monkeypatch):
    with time_machine.travel(now() - timedelta(hours=17)):
        start_shift(actor=moderator)
    from apps.queues.operations import owed

    lock = owed.wellbeing.lock_shift

    def rival_first(person):
        """She ends the old shift and starts another just before its lock is taken."""
        end_shift(actor=person)
        start_shift(actor=person)
        return lock(person)

    monkeypatch.setattr(owed.wellbeing, "lock_shift", rival_first)
    assert end_abandoned_shifts() == 0
    assert Shift.objects.filter(ended_at=None).count() == 1
