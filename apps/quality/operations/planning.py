"""Plans of what is looked at again."""

import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import IntegrityError, transaction

from apps.accounts.models import User
from apps.guidelines.queries import in_force
from apps.ledger.operations import record
from apps.quality.errors import PlanMoved, PlanUnusable
from apps.quality.models import SamplingPlan
from apps.quality.models.sampling import SHARES
from apps.quality.queries import plans_in_force
from apps.queues.models import Queue

FINER_AT_MOST = 40


def plan_for(queue_id: int, plans: Mapping[int | None, SamplingPlan]) -> SamplingPlan:
    """The plan under which a queue is sampled."""
    return plans.get(queue_id) or plans[None]


def plans_now() -> dict[int | None, SamplingPlan]:
    """All plans in force; the first one for every queue is made when there is none yet."""
    plans = plans_in_force()
    if None not in plans:
        first = SamplingPlan(number=1, seed=secrets.token_hex(16))
        SamplingPlan.objects.bulk_create([first], ignore_conflicts=True)
        plans = plans_in_force()
    return plans


@transaction.atomic
def set_plan(
    *,
    actor: User,
    queue: Queue | None,
    shares: Mapping[str, float],
    golden_share: float,
    finer: Sequence[Mapping[str, Any]],
    reason: str,
    seen: int,
) -> SamplingPlan:
    """Write a queue's next plan; without a queue, that of all queues that have none. It holds for decisions from now on.

    `seen` is the number of the plan that was changed, 0 for none. Shares are probabilities, 0 to 1. Raises
    PlanUnusable with one reason a field; PlanMoved when somebody was quicker.
    """
    _refuse(shares, golden_share, finer, reason)
    try:
        with transaction.atomic():
            plan = SamplingPlan.objects.create(
                queue=queue,
                number=seen + 1,
                **shares,
                golden_share=golden_share,
                finer=[dict(line) for line in finer],
                seed=secrets.token_hex(16),
                reason=reason.strip()[:500],
                created_by=actor,
            )
    except IntegrityError as trouble:
        if "plan_once_per_queue_and_number" in str(trouble):
            raise PlanMoved from None
        raise
    record("quality.plan_set", actor=actor, queue=queue.pk if queue else None, number=plan.number)
    return plan


def _refuse(
    shares: Mapping[str, float], golden_share: float, finer: Sequence[Mapping[str, Any]], reason: str
) -> None:
    errors: list[dict[str, str]] = [
        {"field": name, "reason": "Between 3 and 100 percent."}
        for name in SHARES
        if not 0.03 <= shares[name] <= 1
    ]
    if not 0 <= golden_share <= 0.02:
        errors.append({"field": "golden_share", "reason": "Between 0 and 2 percent."})
    if not reason.strip():
        errors.append({"field": "reason", "reason": "Say why, for those who read the numbers later."})
    known = in_force().rules
    for line in finer:
        if line["rule"] and line["rule"] not in known:
            errors.append({"field": "finer", "reason": f"{line['rule']} is not a rule in force."})
        if not 0.03 <= line["share"] <= 1:
            errors.append({"field": "finer", "reason": "A share is between 3 and 100 percent."})
    if len(finer) > FINER_AT_MOST:
        errors.append({"field": "finer", "reason": f"At most {FINER_AT_MOST} lines."})
    if errors:
        raise PlanUnusable(errors=errors)
