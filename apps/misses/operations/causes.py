"""What people say of misses: why it was, who sees to it, and what comes next."""

from django.db import IntegrityError, transaction
from django.utils.timezone import now

from apps.accounts.models import User
from apps.errors import Invalid
from apps.ledger.operations import record
from apps.misses.errors import MissDropped, PlanChanged
from apps.misses.models import Cause, CausePlan, Miss, Step
from apps.misses.operations.sums import Days


@transaction.atomic
def confirm(*, actor: User, miss_id: int, cause: str, note: str = "") -> Miss:
    """Say why it was missed, in place of what the evidence suggests. Again to correct it. Raises Invalid, MissDropped."""
    if cause not in Cause.values:
        raise Invalid("Choose why it was missed.", errors=[{"field": "cause", "reason": "Choose one."}])
    miss = Miss.objects.select_for_update(no_key=True).get(pk=miss_id)
    if miss.dropped_at is not None:
        raise MissDropped
    days, before = Days(), miss.stands_as
    days.count(miss, -1)
    miss.cause = miss.stands_as = cause
    miss.note, miss.confirmed_by, miss.confirmed_at = note.strip()[:300], actor, now()
    miss.save(update_fields=["cause", "stands_as", "note", "confirmed_by", "confirmed_at"])
    days.count(miss, 1)
    days.write()
    record(
        "miss.confirmed", actor=actor, item=miss.item_id, miss=miss.pk, cause=cause, before=before,
        suggested=miss.suggested,
    )  # fmt: skip
    return miss


@transaction.atomic
def plan(*, actor: User, cause: str, seen: int, owner: User, step: str, note: str = "") -> CausePlan:
    """Name who sees to a cause and what comes next, over the plan of version `seen` (0: none yet).

    Raises Invalid, PlanChanged when somebody else did so meanwhile.
    """
    if cause not in Cause.values or step not in Step.values:
        raise Invalid("Choose who sees to it and what comes next.")
    said = {"owner": owner, "step": step, "note": note.strip()[:500], "changed_by": actor}
    if seen == 0:
        try:
            with transaction.atomic():
                made = CausePlan.objects.create(cause=cause, **said)
        except IntegrityError:
            raise PlanChanged from None
    else:
        won = CausePlan.objects.filter(cause=cause, version=seen).update(
            version=seen + 1, changed_at=now(), **said
        )
        if not won:
            raise PlanChanged
        made = CausePlan.objects.get(cause=cause)
    record("miss.planned", actor=actor, cause=cause, owner=owner.pk, step=step, version=made.version)
    return made
