"""The public page behind the link in an author's notice of what local law took away; and the files she sent with it."""

from typing import Any

from allauth.core.internal.ratelimit import consume
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from apps.accounts.access import PersonRequest, allow, public
from apps.appeals.errors import TooManyAppeals
from apps.appeals.evidence import from_form
from apps.authority import operations
from apps.authority.access import HANDLE, Told, contest_file_for, open_link
from apps.authority.errors import ContestInvalid, ContestLinkNotOurs
from apps.authority.models import Contest
from apps.authority.operations.contesting import STATEMENT_AT_MOST, may_contest, window_ends_at
from apps.authority.phrases import NAMES, PHRASES, basis_in_words, refusal
from apps.days import day_in_words
from apps.errors import DomainError, NotFound
from apps.intake.codes import country_in_words
from apps.intake.errors import MediaRefused
from apps.intake.media.places import full_path

# What one link and one address may send in an hour; the counts live in PostgreSQL.
RATES = {"contest": "20/h/ip,6/h/key"}


@public
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def contest(request: HttpRequest, language: str, token: str) -> HttpResponse:
    """What local law took away and how to contest it; afterwards, that it came in, and what came of it."""
    try:
        told = open_link(token)
    except ContestLinkNotOurs as wrong:
        return _page(request, language, token, None, wrong.status, refused=refusal(wrong, language))
    if request.method == "POST":
        return _send(request, language, token, told)
    return _page(request, language, token, told, **_standing(told, language))


def _standing(told: Told, language: str) -> dict[str, Any]:
    """Whether it can be contested, was contested, or was decided."""
    if told.contest is not None:
        return _of_contest(told.contest, told, language)
    try:
        may_contest(told.telling, told.test)
    except DomainError as no:
        return {"refused": refusal(no, language), "status": no.status}
    return {"open": True}


def _of_contest(found: Contest, told: Told, language: str) -> dict[str, Any]:
    say = PHRASES[language]
    if found.is_open:
        date, due = day_in_words(found.lodged_at, language), day_in_words(found.due_at, language)
        return {"received": say["received_on"].format(date=date, due=due)}
    words = say[found.outcome or found.state].format(country=country_in_words(told.test.country, language))
    ended = found.outcome == Contest.Outcome.LIFTED and told.test.lifted_at is not None
    return {"outcome": words, "reasons": found.reasons, "elsewhere": bool(found.outcome) and not ended}


def _send(request: HttpRequest, language: str, token: str, told: Told) -> HttpResponse:
    say = PHRASES[language]
    statement = request.POST.get("statement", "")
    try:
        if not consume(request, app="authority", action="contest", config=RATES, key=token):
            raise TooManyAppeals
        may_contest(told.telling, told.test)
        if not statement.strip():
            raise ContestInvalid(say["missing"])
        if len(statement) > STATEMENT_AT_MOST:
            raise ContestInvalid(say["too_long"].format(most=STATEMENT_AT_MOST))
        files = from_form(request.FILES.getlist("files"))
        operations.contest(telling_id=told.telling.pk, statement=statement, language=language, files=files)
        return redirect("authority:contest", language, token)
    except MediaRefused as no:
        trouble, status = say["file_refused"], no.status
    except ContestInvalid as no:
        trouble, status = say["missing"] if no.errors else no.sentence, no.status
    except DomainError as no:
        return _page(request, language, token, told, no.status, refused=refusal(no, language))
    return _page(request, language, token, told, status, open=True, trouble=trouble, statement=statement)


def _page(
    request: HttpRequest, language: str, token: str, told: Told | None, status: int = 200, **more: Any
) -> HttpResponse:
    say = PHRASES[language]
    context: dict[str, Any] = {
        "language": language,
        "say": say,
        "text": {"title": say["title"]},
        "site": f"/community-guidelines/{language}/",
        "alternates": [
            {"language": code, "name": name, "address": f"/law-contest/{code}/{token}/"}
            for code, name in NAMES.items()
        ],
        **more,
    }
    if told is not None:
        told_at = told.telling.told_at
        assert told_at is not None
        words = {
            "country": country_in_words(told.test.country, language),
            "basis": basis_in_words(told.telling.item.request.legal_basis, language),
        }
        context |= {
            "what": say["what_was" if told.test.lifted_at else "what"].format(**words),
            "on": say["on"].format(date=day_in_words(told_at, language)),
            "until": say["until"].format(date=day_in_words(window_ends_at(told_at), language)),
        }
    return render(request, "authority/public_contest.html", context, status=status)


@allow(*HANDLE)
@require_safe
@never_cache
def file(request: PersonRequest, request_id: int, position: int, file_id: int) -> FileResponse:
    """A file as a download, never shown in the browser: it may hold anything."""
    found = contest_file_for(request.user, request_id, position, file_id)
    place = full_path(found.file)
    if not place.exists():
        raise NotFound("The file is not on this machine.")
    name = f"contest-{found.contest_id}-{found.pk}.{found.mime.rpartition('/')[2]}"
    answer = FileResponse(place.open("rb"), as_attachment=True, filename=name, content_type=found.mime)
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
