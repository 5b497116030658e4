"""What a person decides for herself: always tighter than the organisation, never with a reason."""

from django.db import IntegrityError, transaction
from django.utils.timezone import now

from apps.accounts.models import User
from apps.ledger.operations import record
from apps.wellbeing.errors import AboveTheCeiling
from apps.wellbeing.harms import ALL_HARMS
from apps.wellbeing.limits import above_the_ceiling
from apps.wellbeing.models import PersonLimit, Shift
from apps.wellbeing.queries import ceiling_of, limits_in_force, spent_since


@transaction.atomic
def tighten(
    *, actor: User, max_exposure: int | None, budget: int | None, opted_in_to_extreme: bool
) -> PersonLimit:
    """Set one's own limits; also lowers what the running shift may still hand out, never raises it.

    `budget` in centiunits; None leaves a limit to the organisation. Raises AboveTheCeiling when either is
    above what the organisation allows her; the database has the last word on that.
    """
    running = _lock(actor)
    above = above_the_ceiling(
        ceiling_of(actor, limits_in_force()), max_exposure, budget, opted_in_to_extreme=opted_in_to_extreme
    )
    if above:
        raise AboveTheCeiling(errors=above)
    try:
        with transaction.atomic():
            limit, _ = PersonLimit.objects.update_or_create(
                user=actor,
                defaults={
                    "max_exposure": max_exposure,
                    "budget": budget,
                    "opted_in_to_extreme": opted_in_to_extreme,
                    "changed_at": now(),
                },
            )
    except IntegrityError as refusal:
        if "person_limit_within_the_ceiling" not in str(refusal):
            raise
        raise AboveTheCeiling from None
    if running:
        if max_exposure is not None:
            running.max_exposure = min(running.max_exposure, max_exposure)
        if not opted_in_to_extreme:
            running.max_exposure = min(running.max_exposure, 3)
        if budget is not None:
            earlier = (
                spent_since(actor, running.day_started_at) - running.spent
            )  # in earlier shifts of the day
            running.budget = min(running.budget, max(0, budget - max(0, earlier)))
        running.save(update_fields=["max_exposure", "budget"])
    record("limits.changed_own", actor=actor, private=True)
    return limit


@transaction.atomic
def choose_harms(*, actor: User, avoids: int) -> PersonLimit:
    """Say which kinds of harm she does not want to meet (bits, see `apps.wellbeing.harms`); counts at once.

    Also for a shift that is running. The event is the same as for any other change of one's own limits, so that
    not even her own timeline says what it was.
    """
    running = _lock(actor)
    limit, _ = PersonLimit.objects.update_or_create(
        user=actor, defaults={"avoids": avoids & ALL_HARMS, "changed_at": now()}
    )
    if running:
        running.avoids = limit.avoids
        running.save(update_fields=["avoids"])
    record("limits.changed_own", actor=actor, private=True)
    return limit


def _lock(actor: User) -> Shift | None:
    """Her running shift under its lock, before her own limits: a claim on another device waits or has come first."""
    return Shift.objects.select_for_update().filter(user=actor, ended_at=None).first()
