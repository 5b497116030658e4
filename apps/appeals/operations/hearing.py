"""Hearing an appeal in two steps: she judges without knowing what was decided; then she reads it and confirms."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils.timezone import now

from apps.accounts.models import User
from apps.appeals.models import FirstJudgement
from apps.decisions.errors import InvalidVerdict, JudgeFirst
from apps.decisions.operations import Decided, decide
from apps.decisions.operations.deciding import refuse_earlier_decider
from apps.decisions.verdict import Verdict, check
from apps.errors import NotFound
from apps.guidelines.queries import in_force
from apps.ledger.operations import record
from apps.queues.models import Case, Claim
from apps.queues.operations import hold
from apps.wellbeing.exposure import Look

ONE_WAY = "An appeal is decided one way or the other. If you cannot, put the case back or escalate it."
SAY_WHY = "Say why: choose what weighed, or explain it. Those concerned are told."


@transaction.atomic
def judge(*, actor: User, claim_id: int, verdict: Verdict, form: dict[str, Any]) -> FirstJudgement:
    """Keep what she says of the item before she reads the decision appealed. The first one stands for ever.

    `form` is what she sent, for the second step to go on from. Raises ClaimLost, InvalidVerdict, DecidedBefore.
    """
    held = hold(actor=actor, claim_id=claim_id)
    case = held.case
    if case.purpose != Case.Purpose.APPEAL:
        raise NotFound("This case is not an appeal.")
    edition = in_force(now())
    _one_way(verdict)
    check(verdict, edition)
    refuse_earlier_decider(case, actor)
    judged, new = FirstJudgement.objects.get_or_create(
        case=case,
        person=actor,
        defaults={
            "guideline_version_id": edition.id,
            "outcome": verdict.outcome,
            "rule_codes": list(dict.fromkeys(verdict.rules)),
            "actions": verdict.effective_actions,
            "verdict": form,
        },
    )
    if new:
        # What she said stays out of the timeline: until she confirms it, it is hers.
        record("appeal.judged_first", actor=actor, case=case, item=case.item_id)
    return judged


def confirm(
    *,
    actor: User,
    claim_id: int,
    verdict: Verdict,
    under: int | None = None,
    look: Look | None = None,
    claim_another: bool = False,
    fixed: timedelta | None = None,
) -> Decided:
    """Decide the appeal, after the decision appealed was read. It supersedes that decision and reverses what it took.

    Raises JudgeFirst without a first judgement of hers, and whatever `decide` raises.
    """
    case_id = Claim.objects.filter(pk=claim_id, holder=actor).values_list("case_id", flat=True).first()
    if not FirstJudgement.objects.filter(case_id=case_id or 0, person=actor).exists():
        raise JudgeFirst
    _one_way(verdict)
    if not verdict.rationale and not verdict.explanation:
        raise InvalidVerdict(errors=[{"field": "rationale", "reason": SAY_WHY}])
    return decide(
        actor=actor,
        claim_id=claim_id,
        verdict=verdict,
        under=under,
        look=look,
        claim_another=claim_another,
        fixed=fixed,
        judged_first=True,
    )


def _one_way(verdict: Verdict) -> None:
    if verdict.outcome == "unsure":
        raise InvalidVerdict(errors=[{"field": "outcome", "reason": ONE_WAY}])
