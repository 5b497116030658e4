"""Reports for everybody, in three languages; and the pages on which they are drafted and published by two people."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers
from django.utils.translation.trans_real import parse_accept_lang_header
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.access import PersonRequest, allow, public
from apps.days import day_in_words
from apps.disclosure import access, files, operations, queries, reading
from apps.disclosure.access import WRITERS
from apps.disclosure.forms import DraftForm
from apps.disclosure.models import Edition, Period
from apps.disclosure.words import DEFINITIONS, LANGUAGES, PAGE, TABLES
from apps.errors import DomainError, NotFound

SITE = "/transparency/reports/"
A_WHILE, FOR_EVER = 300, 86_400  # seconds a page, and an edition's file, are kept by caches
FILES = {
    "figures.json": (files.as_json, "application/json"),
    "figures.csv": (files.as_csv, "text/csv; charset=utf-8"),
    "eu.zip": (files.as_eu, "application/zip"),
}


@public
@require_safe
def in_my_language(request: HttpRequest) -> HttpResponse:
    """The address without a language leads to the reader's."""
    asked = parse_accept_lang_header(request.headers.get("Accept-Language", "").lower())
    wanted = [language.split("-")[0] for language, _ in asked]
    answer = redirect(f"{SITE}{next((one for one in wanted if one in LANGUAGES), 'en')}/")
    patch_vary_headers(answer, ["Accept-Language"])
    return _kept(answer, A_WHILE)


@public
@require_safe
def reports(request: HttpRequest, language: str) -> HttpResponse:
    """All periods of which something is published, newest first."""
    context = _common(language, "")
    rows = [
        {
            "edition": one,
            "period": _days(one.period, language),
            "said": _edition_words(one, language),
        }
        for one in queries.newest_published()
    ]
    return _kept(render(request, "disclosure/public/reports.html", {**context, "rows": rows}), A_WHILE)


@public
@require_safe
def report(request: HttpRequest, language: str, slug: str, number: int | None = None) -> HttpResponse:
    """One edition: the newest of its period, or the one of this number, for ever."""
    edition = access.published(slug, number)
    context = _common(language, f"{slug}/" + (f"{number}/" if number else ""))
    others = [one for one in queries.editions_of(edition.period) if one.pk != edition.pk]
    context |= {
        "edition": edition,
        "period": _days(edition.period, language),
        "said": _edition_words(edition, language),
        "others": [(one, _edition_words(one, language)) for one in others],
        "newer": any(one.number > edition.number for one in others),
        "tables": reading.tables(edition.figures, language),
        "recipients": None if edition.recipients is None else reading.text("n", edition.recipients, language),
    }
    return _kept(render(request, "disclosure/public/report.html", context), A_WHILE)


@public
@require_safe
def definitions(request: HttpRequest, language: str) -> HttpResponse:
    """What every number means, and the statement that counts it."""
    context = _common(language, "definitions/")
    context["definitions"] = [
        {
            "id": id,
            "title": title.in_(language),
            "says": DEFINITIONS[id].says.in_(language),
            "of": DEFINITIONS[id],
        }
        for id, title in TABLES.items()
    ]
    return _kept(render(request, "disclosure/public/definitions.html", context), A_WHILE)


@public
@require_safe
def file(request: HttpRequest, slug: str, number: int, name: str) -> HttpResponse:
    """A file of a published edition; its bytes never change."""
    if name not in FILES:
        raise NotFound("An edition has figures.json, figures.csv and eu.zip.")
    edition = access.published(slug, number)
    build, kind = FILES[name]
    answer = HttpResponse(build(edition), content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="{slug}-{number}-{name}"'
    return _kept(answer, FOR_EVER)


def _common(language: str, rest: str) -> dict[str, Any]:
    if language not in LANGUAGES:
        raise NotFound("The reports are read in English, Khmer and Vietnamese.")
    return {
        "language": language,
        "say": PAGE[language],
        "site": f"{SITE}{language}/",
        "alternates": [(code, name, f"{SITE}{code}/{rest}") for code, name in LANGUAGES.items()],
    }


def _days(period: Period, language: str) -> str:
    last = period.ends - timedelta(days=1)
    return PAGE[language]["period"].format(
        day_in_words(period.begins, language), day_in_words(last, language)
    )


def _edition_words(edition: Edition, language: str) -> str:
    at = edition.published_at
    return PAGE[language]["edition"].format(edition.number, day_in_words(at, language) if at else "–")


def _kept(answer: HttpResponse, seconds: int) -> HttpResponse:
    answer["Cache-Control"] = f"public, max-age={seconds}"
    return answer


@allow(*WRITERS)
@require_http_methods(["GET", "HEAD", "POST"])
def drafts(request: PersonRequest) -> HttpResponse:
    """Drafts that wait, what was published lately, and a form for the next one."""
    form = DraftForm(request.POST or None)
    status = 200
    if request.method == "POST":
        if form.is_valid():
            try:
                made = operations.draft(actor=request.user, **form.wanted())
            except DomainError as refusal:
                form.refused(refusal)
                status = refusal.status
            else:
                messages.success(request, "Counted. Somebody else reads it over and publishes it.")
                return redirect("disclosure:draft", made.pk)
        else:
            status = 422
    context = {
        "form": form,
        "drafts": queries.drafts(),
        "published": queries.lately_published(),
        "site": f"{SITE}en/",
    }
    return render(request, "disclosure/drafts.html", context, status=status)


@allow(*WRITERS)
@require_safe
def draft(request: PersonRequest, pk: int) -> HttpResponse:
    """An edition as it will be, or is, published; beside it what may be done with it."""
    edition = access.draft(pk)
    context = {
        "edition": edition,
        "own": edition.drafted_by_id == request.user.pk,
        "waits": edition.state == Edition.State.DRAFT,
        "tables": reading.tables(edition.figures, "en"),
        "say": PAGE["en"],
        "site": f"{SITE}en/",
    }
    return render(request, "disclosure/draft.html", context)


@allow(*WRITERS)
@require_POST
def count_anew(request: PersonRequest, pk: int) -> HttpResponse:
    return _done(
        request, pk, lambda: operations.count_anew(actor=request.user, edition_id=pk), "Counted anew."
    )


@allow(*WRITERS)
@require_POST
def publish(request: PersonRequest, pk: int) -> HttpResponse:
    seen = request.POST.get("seen", "")
    return _done(
        request,
        pk,
        lambda: operations.publish(actor=request.user, edition_id=pk, seen=seen),
        "Published. Everybody can read it now, and it stays as it is.",
    )


@allow(*WRITERS)
@require_POST
def put_aside(request: PersonRequest, pk: int) -> HttpResponse:
    return _done(
        request, pk, lambda: operations.put_aside(actor=request.user, edition_id=pk), "Put aside.", gone=True
    )


def _done(request: PersonRequest, pk: int, do: Any, said: str, *, gone: bool = False) -> HttpResponse:
    access.draft(pk)
    try:
        do()
    except DomainError as refusal:
        messages.warning(request, refusal.sentence)
    else:
        messages.success(request, said)
        if gone:
            return redirect("disclosure:drafts")
    return redirect("disclosure:draft", pk)
