"""What is still due from looking: exposure that could not be settled in time, and shifts nobody ended."""

from typing import Any

from django.db import transaction
from django.utils.timezone import now

from apps.accounts.models import User
from apps.queues.models import Claim
from apps.queues.operations.holding import WORKED, end_shift
from apps.wellbeing import operations as wellbeing
from apps.wellbeing.exposure import UNREPORTED, Look


def settle_owed(*, limit: int = 500) -> int:
    """Settle the exposure of ended claims that was left owed because wellbeing could not be read; how many.

    Each in its own transaction, locks in the order shift, claim. What fell into a shift counts in that
    shift, even when it has ended; what fell into none counts in the person's week.
    """
    owed = Claim.objects.filter(owed=True, ended_at__isnull=False).order_by("id")
    return sum(_settle(claim_id) for claim_id in list(owed.values_list("id", flat=True)[:limit]))


@transaction.atomic
def _settle(claim_id: int) -> bool:
    claim = Claim.objects.select_related("case__item").get(pk=claim_id)
    ended_at = claim.ended_at or now()
    shift_id = wellbeing.lock_shift_during(user_id=claim.holder_id, since=claim.started_at, until=ended_at)
    if not Claim.objects.select_for_update(skip_locked=True).filter(pk=claim_id, owed=True).exists():
        return False
    look = UNREPORTED if claim.seconds_revealed is None else Look(claim.seconds_revealed)
    cost: dict[str, Any] = {
        "user_id": claim.holder_id,
        "claim_id": claim.pk,
        "exposure": claim.exposure,
        "kind": claim.case.item.kind,
        "look": look.within((ended_at - claim.started_at).total_seconds()),
        "at": ended_at,
    }
    if shift_id is None:
        wellbeing.settle_without_shift(**cost)
    else:
        wellbeing.settle(
            shift_id=shift_id,
            reserved=claim.reserved,
            wall_seconds=(ended_at - claim.started_at).total_seconds(),
            harms=claim.case.harms,
            worked=claim.ending in WORKED and not claim.again,
            **cost,
        )
    Claim.objects.filter(pk=claim_id).update(owed=False)
    return True


def end_abandoned_shifts() -> int:
    """End shifts that nobody can still be working, as if those people had done so; how many.

    A case still held goes back to its queue. Each in its own transaction.
    """
    people = User.objects.filter(pk__in=wellbeing.abandoned_shifts(now()))
    return sum(_end_abandoned(person) for person in people)


@transaction.atomic
def _end_abandoned(person: User) -> bool:
    """End it if it is still the abandoned one once its lock is held: she may have begun another meanwhile."""
    wellbeing.lock_shift(person)
    if person.pk not in wellbeing.abandoned_shifts(now()):
        return False
    end_shift(actor=person)
    return True
