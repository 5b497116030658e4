"""The HTTP API: its routers, its one way of refusing, and the doors that join rooms."""

import logging
from datetime import datetime
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import now
from ninja import NinjaAPI, Router
from ninja.errors import HttpError, ValidationError
from ninja.openapi.docs import DocsBase
from ninja.openapi.schema import OpenAPISchema
from ninja.parser import Parser
from pydantic import BaseModel, Field

from apps.accounts.api import Bearer
from apps.appeals.api import router as appeals
from apps.authority.api import router as contests
from apps.decisions.api import describe
from apps.decisions.api import router as decisions
from apps.decisions.models import UNDO_WITHIN, Decision
from apps.decisions.queries import deciding, standing
from apps.decisions.schemas import DecisionAnswer
from apps.detectors.api import router as engines
from apps.erasure.api import router as erasing
from apps.errors import DomainError, Invalid
from apps.guidelines.api import router as guidelines
from apps.guidelines.errors import NothingInForce
from apps.guidelines.queries import in_force
from apps.insight.api import router as stats
from apps.intake.access import access_item
from apps.intake.api import once, router, take_one
from apps.intake.bulk import any_line
from apps.intake.errors import NotJson, TooLarge, WrongContentType
from apps.intake.lines import FlagLine, FlagSent, ReportLine, ReportSent
from apps.intake.operations import Result
from apps.intake.raw import read_json
from apps.intake.reasons import explain
from apps.intake.schemas import POSTING, READING, FlagAnswer, ReportAnswer
from apps.lawful.api import router as law_notices
from apps.matching.api import router as banks
from apps.queues.models import Case
from apps.queues.queries import MEASURING
from apps.strikes.api import router as accounts
from apps.wellbeing.care.api import router as people
from reviewqueue.api_page import page_of
from reviewqueue.errors import problem, render_trouble

log = logging.getLogger("reviewqueue.api")
BODY_BYTES = 4 * 1024 * 1024  # far above an item with every field full


class JsonBody(Parser):
    def parse_body(self, request: HttpRequest) -> Any:
        if request.content_type != "application/json":
            raise WrongContentType("Send application/json.")
        if len(request.body) > BODY_BYTES:
            raise TooLarge("This body is larger than 4 MB. Long lists go through /bulk.")
        return read_json(request.body)


class DocumentPage(DocsBase):
    def render_page(self, request: HttpRequest, api: NinjaAPI, **kwargs: Any) -> HttpResponse:
        return render(request, "api/docs.html", page_of(api.get_openapi_schema()))


class HouseAPI(NinjaAPI):
    """Its document also names each door's scope, and describes the lines of /bulk, which no parameter declares."""

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        document = super().get_openapi_schema(**options)
        line = any_line.json_schema(ref_template="#/components/schemas/{model}")
        document["components"]["schemas"] |= {**line.pop("$defs"), "AnyLine": line}
        scopes = {
            self.get_openapi_operation_id(operation): bearer.scope.value
            for _, router in self._routers
            for door in router.path_operations.values()
            for operation in door.operations
            for bearer in operation.auth_callbacks
            if isinstance(bearer, Bearer)
        }
        for methods in document["paths"].values():
            for door in methods.values():
                door["x-scope"] = scopes[door["operationId"]]
        return document


api = HouseAPI(
    title="reviewqueue",
    version="1",
    description="Reports and flags in, decisions out. Errors are application/problem+json.",
    urls_namespace="api",
    parser=JsonBody(),
    docs=DocumentPage(),
)
api.add_router("", router)
api.add_router("", stats)
api.add_router("", decisions)
api.add_router("", appeals)
api.add_router("", contests)
api.add_router("", law_notices)
api.add_router("", accounts)
api.add_router("", guidelines)
api.add_router("", people)
api.add_router("", banks)
api.add_router("", engines)
api.add_router("", erasing)


@api.post("/reports", auth=Bearer("ingest"), response={202: ReportAnswer, **POSTING}, tags=["intake"])
def post_report(request: HttpRequest, body: ReportSent) -> HttpResponse:
    """Hand on a person's complaint about an item, with the item as it is now."""

    def take() -> tuple[int, Any]:
        line = ReportLine.model_construct(
            **body.__dict__, idempotency_key=request.headers.get("Idempotency-Key")
        )
        result = take_one(request, line)
        return 202, {"report_id": result.id, "item_id": result.item_id, **_open_case(result)}

    return once(request, take)


@api.post("/flags", auth=Bearer("ingest"), response={202: FlagAnswer, **POSTING}, tags=["intake"])
def post_flag(request: HttpRequest, body: FlagSent) -> HttpResponse:
    """Hand on a detector's scores for an item, with the thresholds in force."""

    def take() -> tuple[int, Any]:
        line = FlagLine.model_construct(
            **body.__dict__, idempotency_key=request.headers.get("Idempotency-Key")
        )
        result = take_one(request, line)
        answer = {"flag_id": result.id, "item_id": result.item_id, **_open_case(result)}
        unknown = _unknown({score.rule for score in body.scores})
        return 202, {**answer, "unknown_rules": unknown} if unknown else answer

    return once(request, take)


def _unknown(codes: set[str]) -> list[str]:
    """Those of the codes that no rule in force bears."""
    try:
        return sorted(codes - in_force().rules.keys())
    except NothingInForce:
        return []


class CaseAnswer(BaseModel):
    case_id: int
    purpose: str
    state: str
    queue: str
    opened_at: datetime
    due_at: datetime


class StateAnswer(BaseModel):
    item_id: int
    source: str
    external_id: str
    kind: str
    revision: int
    views: int | None
    views_at: datetime | None
    received_at: datetime
    updated_at: datetime
    open_cases: list[CaseAnswer]
    decisions: list[DecisionAnswer] = Field(description="Those in force, oldest first")


@api.get(
    "/items/{source}/{path:external_id}",
    auth=Bearer("read"),
    response={200: StateAnswer, **READING},
    tags=["intake"],
)
def get_item(request: HttpRequest, source: str, external_id: str) -> StateAnswer:
    """Where an item stands: its open cases, and the decisions in force that can no longer be taken back."""
    item = access_item(source, external_id)
    cases = (
        Case.objects.filter(item=item)
        .exclude(state=Case.State.DONE)
        .exclude(purpose__in=MEASURING)
        .select_related("queue")
        .order_by("id")
    )
    return StateAnswer(
        item_id=item.pk,
        source=item.source,
        external_id=item.external_id,
        kind=item.kind,
        revision=item.revision,
        views=item.views,
        views_at=item.views_at,
        received_at=item.received_at,
        updated_at=item.updated_at,
        open_cases=[
            CaseAnswer(
                case_id=case.pk,
                purpose=case.shown_purpose,
                state=case.state,
                queue=case.queue.slug,
                opened_at=case.opened_at,
                due_at=case.due_at,
            )
            for case in cases
        ],
        decisions=[describe(decision) for decision in _in_force(item.pk)],
    )


def _in_force(item_id: int) -> QuerySet[Decision]:
    return (
        deciding()
        .filter(item_id=item_id, held=False, decided_at__lt=now() - UNDO_WITHIN)
        .exclude(outcome=Decision.Outcome.UNSURE)
        .exclude(superseded_by__in=standing())
        .select_related("item", "guideline_version", "words", "hold")
        .prefetch_related("enforcements", "notices")
        .order_by("id")
    )


def _open_case(result: Result) -> dict[str, int]:
    """The item's open case, if there is one. An item nobody knew has none: cases open once it is committed."""
    if result.created or result.item_id is None:
        return {}
    plain, shown = Q(purpose=Case.Purpose.REVIEW), Q(shown_as=Case.Purpose.REVIEW)
    cases = Case.objects.filter(plain | shown, item_id=result.item_id)
    case = cases.exclude(state=Case.State.DONE).values_list("id", flat=True).first()
    return {"case_id": case} if case else {}


@api.exception_handler(DomainError)
def on_refusal(request: HttpRequest, error: DomainError) -> HttpResponse:
    headers = {"Retry_After": str(error.retry_after)} if hasattr(error, "retry_after") else {}
    if error.status == 401:
        headers["WWW_Authenticate"] = "Bearer"
    return problem(error.status, error.code, error.sentence, error.errors, **headers)


@api.exception_handler(ValidationError)
def on_invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    if not request.body and request.method in ("PUT", "POST"):
        return problem(400, NotJson.code, "The body is empty. Send JSON.")
    in_body = error.errors[0]["loc"][:1] == ("body",)
    return problem(422, Invalid.code, Invalid.sentence, explain(error.errors, skip=2 if in_body else 1))


@api.exception_handler(HttpError)
def on_http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    if isinstance(error.__cause__, DomainError):  # ninja wraps what its parser raises
        return on_refusal(request, error.__cause__)
    return problem(error.status_code, "refused", str(error))


@api.exception_handler(Http404)
def on_missing(request: HttpRequest, error: Http404) -> HttpResponse:
    return problem(404, "not_found", "There is nothing here.")


@api.exception_handler(RequestDataTooBig)
def on_too_big(request: HttpRequest, error: RequestDataTooBig) -> HttpResponse:
    return problem(413, TooLarge.code, "At most 32 MB at once.")


@api.exception_handler(OperationalError)
@api.exception_handler(InterfaceError)
def on_trouble(request: HttpRequest, error: Exception) -> HttpResponse:
    return render_trouble(request)


@api.exception_handler(Exception)
def on_fault(request: HttpRequest, error: Exception) -> HttpResponse:
    log.exception("%s %s failed", request.method, request.path, exc_info=error)
    return problem(500, "fault", "Nothing was changed. The fault is noted; please tell us if it stays.")


elsewhere = Router()


@elsewhere.api_operation(["GET", "PUT", "POST", "PATCH", "DELETE"], "/{path:rest}", include_in_schema=False)
def nothing_here(request: HttpRequest, rest: str) -> HttpResponse:
    return problem(404, "not_found", "There is no such door in this API; see /api/v1/docs.")


api.add_router("", elsewhere)  # last: it takes what no other door took
