from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from apps.accounts.api import Bearer
from apps.decisions.models import Decision, Enforcement
from apps.decisions.operations import record_effect
from apps.decisions.queries import decision_log
from apps.decisions.schemas import DecisionAnswer, EffectSent, EnforcementAnswer, LogAnswer
from apps.intake.api import once
from apps.intake.schemas import POSTING, READING, Problem

router = Router(tags=["decisions"])
Cursor = Annotated[str, Query(pattern=r"^[0-9]{1,18}$", description="`next` of the page before")]


@router.get("/decisions", auth=Bearer("read"), response={200: LogAnswer, **READING})
def get_decisions(
    request: HttpRequest, after: Cursor = "0", limit: Annotated[int, Query(ge=1, le=500)] = 100
) -> LogAnswer:
    """The decision log, oldest first. A decision appears once it can no longer be taken back."""
    decisions = decision_log(after=int(after), limit=limit)
    return LogAnswer(
        decisions=[describe(decision) for decision in decisions],
        next=str(decisions[-1].pk) if decisions else after,
    )


@router.post(
    "/enforcements/{int:enforcement_id}/effective",
    auth=Bearer("enforce"),
    response={204: None, 404: Problem, **POSTING},
)
def post_effective(request: HttpRequest, enforcement_id: int, body: EffectSent) -> HttpResponse:
    """Say when an enforcement took effect, once: rates such as "removed before anyone saw it" are computed from this."""

    def take() -> tuple[int, None]:
        record_effect(enforcement_id=enforcement_id, at=body.at, views=body.views)
        return 204, None

    return once(request, take)


def describe(decision: Decision) -> DecisionAnswer:
    words = getattr(decision, "words", None)
    held = getattr(decision, "hold", None)
    return DecisionAnswer(
        decision_id=decision.pk,
        decided_at=decision.decided_at,
        case_id=decision.case_id,
        item_id=decision.item_id,
        source=decision.item.source,
        external_id=decision.item.external_id,
        item_revision=decision.item_revision,
        purpose=decision.purpose,
        outcome=decision.outcome,
        rules=decision.rule_codes,
        actions=decision.actions,
        rationale=decision.rationale,
        explanation=words.explanation if words else "",
        ground=decision.ground,
        guideline=str(decision.guideline_version),
        origin=decision.origin,
        detection_source=decision.detection_source,
        language=decision.language,
        supersedes=decision.supersedes_id,
        hold=held.state if held else None,
        views_at_decision=decision.views_at_decision,
        evidence_sha256=decision.evidence_sha256,
        demo=decision.demo,
        enforcements=[describe_enforcement(one) for one in decision.enforcements.all()],
        notices={notice.audience: notice.text for notice in decision.notices.all()},
    )


def describe_enforcement(enforcement: Enforcement) -> EnforcementAnswer:
    return EnforcementAnswer(
        enforcement_id=enforcement.pk,
        action=enforcement.action,
        parameters=enforcement.parameters,
        due_at=enforcement.due_at,
        reverses=enforcement.reverses_id,
        effective_at=enforcement.effective_at,
        views_at_effect=enforcement.views_at_effect,
    )
