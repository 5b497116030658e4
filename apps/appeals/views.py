"""The public page behind the link in a notice, and how appeals fare for those who oversee them."""

from typing import Any

from allauth.core.internal.ratelimit import consume
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from apps.accounts.access import PersonRequest, allow, public
from apps.accounts.models import Role
from apps.appeals import queries
from apps.appeals.access import OVERSEES, Opened, open_link
from apps.appeals.errors import (
    AppealedAlready,
    AppealInvalid,
    LinkNotOurs,
    TooManyAppeals,
)
from apps.appeals.evidence import from_form
from apps.appeals.operations import lodge
from apps.appeals.operations.lodging import STATEMENT_AT_MOST, may_appeal
from apps.appeals.phrases import NAMES, PHRASES, refusal
from apps.days import day_in_words
from apps.decisions.models import Decision
from apps.errors import DomainError
from apps.guidelines.queries import edition
from apps.guidelines.reading import reading
from apps.intake.errors import MediaRefused
from apps.notices.composing import NOT_TOLD
from apps.notices.phrases import weighed

# What one link and one address may send in an hour; the counts live in PostgreSQL.
RATES = {"lodge": "20/h/ip,6/h/key"}
DIMENSIONS = (
    ("rule_code", "By rule"),
    ("language", "By language"),
    ("detection_source", "By how it was found"),
    ("origin", "Decided by"),
    ("by", "Appealed by"),
)


@public
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def appeal(request: HttpRequest, language: str, token: str) -> HttpResponse:
    """What was decided and how to be heard; afterwards, that it came in, and what came of it."""
    try:
        opened = open_link(token)
    except LinkNotOurs as wrong:
        return _page(request, language, token, None, wrong.status, refused=refusal(wrong, language))
    if request.method == "POST":
        return _send(request, language, token, opened)
    return _page(request, language, token, opened, **_standing(opened, language, request))


def _standing(opened: Opened, language: str, request: HttpRequest) -> dict[str, Any]:
    """Whether it can be appealed, was appealed, or was heard."""
    latest = queries.latest_of(opened.decision, opened.side)
    if latest is not None and latest.decided_by is not None:
        heard = latest.decided_by
        return {
            "heard": latest,
            "why": weighed(heard.rationale, language),
            "now_applies": _told(heard, language),
        }
    if latest is not None and (opened.side == "author" or "sent" in request.GET):
        return {"received": latest}
    try:
        may_appeal(opened.decision, opened.side)
    except DomainError as no:
        return {"refused": refusal(no, language), "status": no.status}
    return {"open": True}


def _send(request: HttpRequest, language: str, token: str, opened: Opened) -> HttpResponse:
    say = PHRASES[language]
    statement = request.POST.get("statement", "")
    trouble = ""
    try:
        if not consume(request, app="appeals", action="lodge", config=RATES, key=token):
            raise TooManyAppeals
        may_appeal(opened.decision, opened.side)
        if not statement.strip():
            raise AppealInvalid(say["missing"])
        if len(statement) > STATEMENT_AT_MOST:
            raise AppealInvalid(say["too_long"].format(most=STATEMENT_AT_MOST))
        lodge(
            decision_id=opened.decision.pk,
            by=opened.side,
            statement=statement,
            language=language,
            files=from_form(request.FILES.getlist("files")),
        )
        return redirect(f"{request.path}?sent")
    except AppealedAlready:
        return redirect(f"{request.path}?sent")
    except MediaRefused as no:
        trouble, status = say["file_refused"], no.status
    except AppealInvalid as no:
        trouble, status = no.sentence, no.status
    except DomainError as no:
        return _page(request, language, token, opened, no.status, refused=refusal(no, language))
    return _page(request, language, token, opened, status, open=True, trouble=trouble, statement=statement)


def _page(
    request: HttpRequest, language: str, token: str, opened: Opened | None, status: int = 200, **more: Any
) -> HttpResponse:
    say = PHRASES[language]
    context: dict[str, Any] = {
        "language": language,
        "say": say,
        "text": {"title": say["title"]},
        "site": f"/community-guidelines/{language}/",
        "alternates": [
            {"language": code, "name": name, "address": f"/appeal/{code}/{token}/"}
            for code, name in NAMES.items()
        ],
        **more,
    }
    if opened is not None:
        decision = opened.decision
        context |= {
            "side": opened.side,
            "told": _told(decision, language),
            "on": say["on"].format(date=day_in_words(decision.decided_at, language)),
            "until": say["until"].format(date=day_in_words(decision.decided_at + queries.window(), language)),
        }
    if found := more.get("received"):
        date, due = (day_in_words(at, language) for at in (found.lodged_at, found.case.due_at))
        context["received_on"] = say["received_on"].format(date=date, due=due)
    if found := more.get("heard"):
        outcome = str(found.outcome)
        key = "overturned_reporter" if outcome == "overturned" and found.by == "reporter" else outcome
        context["outcome"] = say[key]
    return render(request, "appeals/public.html", context, status=status)


def _told(decision: Decision, language: str) -> dict[str, Any]:
    """What a notice told of a decision: rules with their permanent addresses and what was done; no content, no person."""
    whole = edition(decision.guideline_version_id)
    words = reading(whole, language)
    site = f"/community-guidelines/{language}/versions/{whole.number}/"
    return {
        "outcome": decision.outcome,
        "rules": [
            {"code": code, "title": words.rules[code].title, "url": f"{site}rules/{code}/"}
            for code in decision.rule_codes
            if code in words.rules
        ],
        "number": whole.number,
        "actions": [words.actions.get(code, code) for code in decision.actions if code not in NOT_TOLD],
    }


# Who may open a case's page; policy leads and legal reviewers see what waits, and nothing of the case.
OPENS_CASES = (Role.SUPERVISOR, Role.SENIOR_MODERATOR, Role.ADMIN)


@allow(*OVERSEES)
@require_safe
@never_cache
def overview(request: PersonRequest) -> HttpResponse:
    """What waits to be heard, what is due, and how appeals come out. No content, and nobody's name."""
    at = now()
    waiting = queries.waiting_cases()
    context = {
        "waiting": [
            {"case": case, "overdue": case.due_at <= at, "appeals": list(case.appeals.all())}
            for case in waiting
        ],
        "opens_cases": request.user.has_role(*OPENS_CASES),
        "overdue": sum(case.due_at <= at for case in waiting),
        "lately": queries.lately_decided(),
        "tables": [(title, rows) for name, title in DIMENSIONS if (rows := queries.rates(name))],
        "days": queries.DAYS,
        "few": queries.FEW,
        "window": queries.window().days,
    }
    return render(request, "appeals/overview.html", context)
