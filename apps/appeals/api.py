from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router

from apps.accounts.api import Bearer
from apps.appeals.evidence import sent_ahead
from apps.appeals.models import Appeal
from apps.appeals.operations import lodge
from apps.appeals.schemas import AppealAnswer, AppealSent, AppealTaken
from apps.errors import NotFound
from apps.intake.api import once
from apps.intake.schemas import POSTING, READING, Problem

router = Router(tags=["appeals"])


@router.post("/appeals", auth=Bearer("appeal"), response={202: AppealTaken, 404: Problem, **POSTING})
def post_appeal(request: HttpRequest, body: AppealSent) -> HttpResponse:
    """Ask for a second hearing of a decision, for its author or for somebody who reported. Heard once by a person."""

    def take() -> tuple[int, Any]:
        key = request.key  # type: ignore[attr-defined]
        appeal = lodge(
            decision_id=body.decision_id,
            by=body.by,
            statement=body.statement,
            language=body.language,
            reporter=body.reporter.external_id if body.reporter else None,
            key=key,
            files=sent_ahead(body.uploads, key_id=key.pk),
        )
        return 202, {"appeal_id": appeal.pk}

    return once(request, take)


@router.get("/appeals/{int:appeal_id}", auth=Bearer("read"), response={200: AppealAnswer, **READING})
def get_appeal(request: HttpRequest, appeal_id: int) -> AppealAnswer:
    """Where an appeal stands. Who hears it, and what was said, are not told."""
    appeal = Appeal.objects.select_related("case").filter(pk=appeal_id).first()
    if appeal is None:
        raise NotFound("There is no appeal with this number.")
    return AppealAnswer(
        appeal_id=appeal.pk,
        decision_id=appeal.decision_id,
        by=appeal.by,
        state=appeal.state,
        outcome=appeal.outcome,
        lodged_at=appeal.lodged_at,
        due_at=appeal.case.due_at,
        decided_by=appeal.decided_by_id,
        decided_at=appeal.decided_at,
    )
