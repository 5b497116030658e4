"""DomainError to an answer, in one place: problem+json for programs, a page or a fragment for people."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from apps.errors import DomainError

TITLES = {
    400: "This request cannot be read",
    401: "A valid key is needed",
    403: "Not allowed",
    404: "Not found",
    409: "Something changed in the meantime",
    413: "Too large",
    415: "This kind of content is not accepted",
    422: "Some of what was sent cannot be used",
    429: "Too many requests",
    500: "Something went wrong on our side",
    503: "Back in a moment",
}
AWAY = "The database does not answer right now. Nothing was changed; please try again in a moment."


def problem(
    status: int, code: str, detail: str, errors: list[dict[str, str]] | None = None, **headers: str
) -> JsonResponse:
    """An RFC 9457 answer. `errors` is a list of {"field": path, "reason": sentence}."""
    body: dict[str, Any] = {
        "type": f"/docs/problems#{code}",
        "title": TITLES.get(status, "Refused"),
        "status": status,
        "code": code,
        "detail": detail,
        "errors": errors or [],
    }
    return JsonResponse(
        body,
        status=status,
        content_type="application/problem+json",
        headers={k.replace("_", "-"): v for k, v in headers.items()},
    )


def wants_json(request: HttpRequest) -> bool:
    return request.path.startswith("/api/") or "application/json" in request.headers.get("Accept", "")


def render_refusal(request: HttpRequest, error: DomainError) -> HttpResponse:
    if wants_json(request):
        return problem(error.status, error.code, error.sentence, error.errors)
    context = {"title": TITLES.get(error.status, "This could not be done"), "error": error}
    return render(request, "errors/refusal.html", context, status=error.status)


def render_trouble(request: HttpRequest) -> HttpResponse:
    """503 without touching the database: the page must not need what is away."""
    if wants_json(request):
        return problem(503, "database_away", AWAY, Retry_After="5")
    page = render_to_string("errors/503.html", {"sentence": AWAY})
    return HttpResponse(page, status=503, headers={"Retry-After": "5"})
