from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router
from pydantic import BaseModel, Field

from apps.accounts.api import Bearer
from apps.accounts.schemas import Problem
from apps.detectors.operations.engine import Result, take_each
from apps.detectors.osprey import FeatureMap, Unreadable
from apps.detectors.queries.engine import actions_after
from apps.errors import Invalid
from apps.intake.api import BULK_BYTES, BULK_LINES, once
from apps.intake.errors import TooLarge, WrongContentType
from apps.intake.raw import read_json
from apps.intake.schemas import POSTING

router = Router(tags=["rules engines"])
Cursor = Annotated[str, Query(pattern=r"^[0-9]{1,18}$", description="`next` of the page before")]
READING = dict.fromkeys((401, 403, 422, 429, 503), Problem)


class ResultAnswer(BaseModel):
    """What became of one result. No flags and no errors: it spoke for no rule of the mapping."""

    line: int
    status: int = Field(description="202 taken in, 200 known or silent, 422 unusable, 400 not JSON")
    flags: list[int]
    item_id: int | None = None
    duplicate: bool | None = Field(None, description="All of its flags were known")
    errors: list[Problem.FieldError] | None = None


class ActionsAnswer(BaseModel):
    actions: list[dict[str, Any]] = Field(description="As the engine reads them from its input stream")
    next: str


@router.post(
    "/osprey/results",
    auth=Bearer("ingest"),
    response={200: list[ResultAnswer], **POSTING},
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/x-ndjson": {"schema": {"type": "string"}}},
        }
    },
)
def post_results(request: HttpRequest) -> HttpResponse:
    """Hand on up to 10,000 results of a rules engine. The first line says what they mean: {"mapping": {…}}."""
    if request.content_type != "application/x-ndjson":
        raise WrongContentType("Send application/x-ndjson: one JSON object per line, the mapping first.")
    if len(request.body) > BULK_BYTES:
        raise TooLarge("At most 32 MB at once.")
    rows = [(number, raw) for number, raw in enumerate(request.body.split(b"\n"), 1) if raw.strip()]
    if len(rows) > BULK_LINES + 1:
        raise TooLarge(f"At most {BULK_LINES:,} results at once.")

    def take() -> tuple[int, Any]:
        mapping = _mapping(rows[0][1] if rows else b"")
        return 200, [_answer(one) for one in take_each(rows[1:], mapping, key=request.key)]  # type: ignore[attr-defined]

    return once(request, take)


@router.get("/osprey/actions", auth=Bearer("read"), response={200: ActionsAnswer, **READING})
def get_actions(
    request: HttpRequest,
    after: Cursor = "0",
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
    everything: Annotated[
        bool, Query(description="Also decisions on items the engine never flagged")
    ] = False,
) -> ActionsAnswer:
    """Decisions that stand, as actions the engine reads, oldest first. Who decided is in none of it."""
    actions, further = actions_after(int(after), limit=limit, everything=everything)
    return ActionsAnswer(actions=actions, next=str(further))


def _mapping(raw: bytes) -> FeatureMap:
    said = read_json(raw)
    given = said.get("mapping") if isinstance(said, dict) and said.keys() == {"mapping"} else None
    if given is None:
        reason = (
            'The first line is {"mapping": {…}}: which features make an item, and which speak for which rule.'
        )
        raise Invalid(errors=[{"field": "line 1", "reason": reason}])
    try:
        return FeatureMap.read(given)
    except Unreadable as trouble:
        raise Invalid(errors=[{"field": "line 1", "reason": str(trouble)}]) from None


def _answer(result: Result) -> dict[str, Any]:
    answer: dict[str, Any] = {"line": result.line, "status": result.status, "flags": result.flags}
    if result.item is not None:
        answer["item_id"] = result.item
    if result.flags and result.duplicates == len(result.flags):
        answer["duplicate"] = True
    if result.errors:
        answer["errors"] = result.errors
    return answer
