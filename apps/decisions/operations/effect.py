"""The platform tells us when enforcement took effect. Until then it is unknown, and stays out of the rates."""

from datetime import datetime

from django.db import transaction

from apps.decisions.errors import AlreadyInEffect
from apps.decisions.models import Enforcement
from apps.errors import NotFound
from apps.ledger.operations import record
from apps.queues.models import Case


@transaction.atomic
def record_effect(*, enforcement_id: int, at: datetime, views: int | None) -> bool:
    """Set when it took effect, and the distinct viewers by then (None: unknown, never 0). Once.

    True when it was set now, False when the very same was told before. Raises NotFound, AlreadyInEffect.
    """
    enforcement = (
        Enforcement.objects.select_for_update(of=("self",))
        .select_related("decision")
        .filter(pk=enforcement_id)
        .exclude(decision__superseded_by__withdraws=True)
        .first()
    )
    if enforcement is None:
        raise NotFound("There is no enforcement with this number.")
    if enforcement.effective_at is not None:
        if (enforcement.effective_at, enforcement.views_at_effect) == (at, views):
            return False
        raise AlreadyInEffect
    enforcement.effective_at, enforcement.views_at_effect = at, views
    enforcement.save(update_fields=["effective_at", "views_at_effect"])
    decision = enforcement.decision
    by_law = (
        decision.purpose == Case.Purpose.AUTHORITY_REQUEST
    )  # on no timeline: it may be under an order of silence
    record(
        "enforcement.effective",
        actor=None,
        case=None if by_law else decision.case_id,
        item=None if by_law else enforcement.item_id,
        private=by_law,
        enforcement=enforcement.pk,
        decision=decision.pk,
        action=enforcement.action,
        views=views,
        at=at.isoformat(),
    )
    return True
