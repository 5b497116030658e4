from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router

from apps.accounts.api import Bearer
from apps.appeals.evidence import sent_ahead
from apps.authority.access import telling_of
from apps.authority.models import Contest
from apps.authority.operations import contest
from apps.authority.schemas import ContestAnswer, ContestSent, ContestTaken
from apps.errors import NotFound
from apps.intake.api import once
from apps.intake.schemas import POSTING, READING, Problem

router = Router(tags=["appeals"])


@router.post("/law-contests", auth=Bearer("appeal"), response={202: ContestTaken, 404: Problem, **POSTING})
def post_contest(request: HttpRequest, body: ContestSent) -> HttpResponse:
    """Contest, for its author, what is withheld in one country under its law alone. Heard once, by a person who took no part."""

    def take() -> tuple[int, Any]:
        key = request.key  # type: ignore[attr-defined]
        made = contest(
            telling_id=telling_of(body.decision_id).pk,
            statement=body.statement,
            language=body.language,
            files=sent_ahead(body.uploads, key_id=key.pk),
        )
        return 202, {"contest_id": made.pk, "due_at": made.due_at.isoformat()}

    return once(request, take)


@router.get("/law-contests/{int:contest_id}", auth=Bearer("read"), response={200: ContestAnswer, **READING})
def get_contest(request: HttpRequest, contest_id: int) -> ContestAnswer:
    """Where a contest stands. Who decides it, who asked, and what was said are not told."""
    found = Contest.objects.select_related("test").filter(pk=contest_id).first()
    if found is None or found.test.decision_id is None:
        raise NotFound("There is no contest with this number.")
    return ContestAnswer(
        contest_id=found.pk,
        decision_id=found.test.decision_id,
        state=found.state,
        outcome=found.outcome,
        lodged_at=found.lodged_at,
        due_at=found.due_at,
        decided_at=found.decided_at,
    )
