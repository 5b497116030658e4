"""The public site: what is or was in force, for everybody and in every language there is. Nobody signs in.

Statements of reasons link here, so an address stays good for ever: /community-guidelines/versions/1.1.0/rules/VX-1/
leads to the reader's language, /community-guidelines/km/versions/1.1.0/rules/VX-1/ is the page itself.
"""

import re
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers
from django.utils.feedgenerator import Rss201rev2Feed
from django.utils.timezone import now
from django.utils.translation.trans_real import parse_accept_lang_header
from django.views.decorators.http import require_safe

from apps.accounts.access import public
from apps.days import day_in_words
from apps.errors import NotFound
from apps.guidelines import queries, reading
from apps.guidelines.access import published_version
from apps.guidelines.changes import before, changes
from apps.guidelines.errors import NothingInForce
from apps.guidelines.phrases import phrases
from apps.guidelines.queries import Edition

SITE = "/community-guidelines/"
# A page in force may be replaced; what is retired never changes, but its translations may be corrected.
IN_FORCE_FOR, RETIRED_FOR = 60, 3600  # seconds
PAGE = re.compile(r"^(?:versions/(?:[^/]+/(?:rules/[^/]+/)?)?|rules/[^/]+/)?$")
FEED_LENGTH = 30
View = Callable[..., HttpResponse]


def page(view: View) -> View:
    """A page of the public site: only to be read, open to all, kept by caches for a while."""
    return public(require_safe(view))


@page
def in_my_language(request: HttpRequest, rest: str = "") -> HttpResponse:
    """An address without a language leads to the reader's."""
    if not PAGE.match(rest):
        raise NotFound
    wanted = [
        language.split("-")[0]
        for language, _ in parse_accept_lang_header(request.headers.get("Accept-Language", "").lower())
    ]
    query = f"?{request.META['QUERY_STRING']}" if request.META.get("QUERY_STRING") else ""
    answer = redirect(f"{SITE}{_language_for(wanted)}/{rest}{query}")
    patch_vary_headers(answer, ["Accept-Language"])
    answer["Cache-Control"] = f"public, max-age={IN_FORCE_FOR}"
    return answer


def _language_for(wanted: list[str]) -> str:
    try:
        return reading.language_for(wanted, queries.in_force())
    except NothingInForce:
        return "en"


@page
def document(request: HttpRequest, language: str) -> HttpResponse:
    """The guidelines in force, or the rules that answer `?q=`."""
    try:
        edition = queries.in_force()
    except NothingInForce:
        context = {"language": "en", "say": phrases("en"), "site": f"{SITE}en/"}
        return render(request, "guidelines/public/none.html", context)
    return _document(request, edition, language, "")


@page
def version(request: HttpRequest, language: str, number: str) -> HttpResponse:
    """One version, for ever."""
    edition = queries.edition(published_version(number).pk)
    return _document(request, edition, language, f"versions/{number}/")


@page
def rule(request: HttpRequest, language: str, code: str) -> HttpResponse:
    """A rule as it is worded now; when it is gone, its last wording."""
    edition = queries.in_force()
    if code.upper() not in edition.rules:
        past = queries.versions_of_rule(code.upper())
        if not past:
            raise NotFound(f"There is no rule {code}.")
        return redirect(f"{SITE}{language}/versions/{past[0].version.number}/rules/{code.upper()}/")
    return _rule(request, edition, language, "", code.upper())


@page
def version_rule(request: HttpRequest, language: str, number: str, code: str) -> HttpResponse:
    """A rule as one version words it: the address in a statement of reasons."""
    edition = queries.edition(published_version(number).pk)
    if code.upper() not in edition.rules:
        raise NotFound(f"Version {number} has no rule {code}.")
    return _rule(request, edition, language, f"versions/{number}/", code.upper())


@page
def versions(request: HttpRequest, language: str) -> HttpResponse:
    """Every version that is or was in force, and what each changed."""
    edition = queries.in_force()
    context = _common(request, edition, language, "versions/")
    rows = []
    for row in queries.all_versions():
        told = queries.edition(row.pk)
        earlier = before(told)
        rows.append({"version": row, "changes": changes(earlier, told) if earlier else None})
    return _cached(render(request, "guidelines/public/versions.html", {**context, "rows": rows}), edition)


@page
def feed(request: HttpRequest, language: str) -> HttpResponse:
    """Changes of the guidelines as RSS, newest first."""
    edition = queries.in_force()
    context = _common(request, edition, language, "")
    text, say = context["text"], context["say"]
    address = f"{settings.PUBLIC_URL}{SITE}{language}/"
    channel = Rss201rev2Feed(
        title=text.title,
        link=address,
        description=say["changes"],
        language=language,
        feed_url=f"{address}changes.rss",
    )
    for row in queries.all_versions()[:FEED_LENGTH]:
        told = queries.edition(row.pk)
        channel.add_item(
            title=f"{text.title} {row.number}",
            link=f"{address}versions/{row.number}/",
            unique_id=f"{settings.PUBLIC_URL}{SITE}versions/{row.number}/",
            description=_told(told, row.reason, language, say),
            pubdate=row.published_at,
        )
    answer = HttpResponse(channel.writeString("utf-8"), content_type="application/rss+xml; charset=utf-8")
    return _cached(answer, edition)


def _told(edition: Edition, reason: str, language: str, say: dict[str, str]) -> str:
    earlier = before(edition)
    lines = [reason] if reason else []
    if earlier is None:
        return "\n".join([*lines, say["first"]])
    for change in changes(earlier, edition):
        known = reading.reading(edition if change.after else earlier, language).rules[change.code]
        lines.append(f"{say[change.kind]}: {change.code} {known.title}")
    return "\n".join(lines)


def _document(request: HttpRequest, edition: Edition, language: str, rest: str) -> HttpResponse:
    context = _common(request, edition, language, rest)
    q = request.GET.get("q", "").strip()[:200]
    if q:
        text = context["text"]
        context |= {"q": q, "found": [
            {"rule": text.rules[hit.rule.code], "words": hit.words}
            for hit in reading.search(q, edition, language=language)
        ]}  # fmt: skip
        context["found_words"] = context["say"]["found"].format(q=q)
        context["not_found_words"] = context["say"]["not_found"].format(q=q)
    return _cached(render(request, "guidelines/public/document.html", context), edition)


def _rule(request: HttpRequest, edition: Edition, language: str, rest: str, code: str) -> HttpResponse:
    context = _common(request, edition, language, f"{rest}rules/{code}/")
    context |= {
        "source_rule": edition.rules[code],
        "told": context["text"].rules[code],
        "permanent": f"{SITE}{language}/versions/{edition.number}/rules/{code}/",
        "base": f"{SITE}{language}/{rest}",
    }
    return _cached(render(request, "guidelines/public/rule.html", context), edition)


def _common(request: HttpRequest, edition: Edition, language: str, rest: str) -> dict[str, Any]:
    """What every page needs. `rest` is its address after the language."""
    spoken = [edition.language, *(one for one in reading.languages() if one != edition.language)]
    if language not in spoken:
        raise NotFound("There is no translation into this language.")
    row = published_version(edition.number)
    say = phrases(language)
    source_name = reading.NAMES.get(edition.language, edition.language)
    when = {
        "number": edition.number,
        "since": day_in_words(row.published_at, language) if row.published_at else "",
    }
    retired = row.retired_at is not None and row.retired_at <= now()
    if retired and row.retired_at is not None:
        standing = say["was_in_force"].format(**when, until=day_in_words(row.retired_at, language))
    else:
        standing = say["in_force"].format(**when)
    text = reading.reading(edition, language)
    return {
        "edition": edition,
        "retired": retired,
        "language": language,
        "text": text,
        "say": {**say, **{name: say[name].format(source=source_name) for name in ("unread", "stale", "newer", "source")}},
        "standing": standing,
        "site": f"{SITE}{language}/",
        "base": f"{SITE}{language}/{rest if rest.startswith('versions/') and rest != 'versions/' else ''}",
        "source_address": f"{SITE}{edition.language}/{rest}",
        "codes": frozenset(edition.rules),
        "public_url": settings.PUBLIC_URL,
        "anywhere": f"{SITE}{rest}",
        "alternates": [
            {"language": one, "name": reading.NAMES.get(one, one), "address": f"{SITE}{one}/{rest}"}
            for one in spoken
        ],
    }  # fmt: skip


def _cached(answer: HttpResponse, edition: Edition) -> HttpResponse:
    kept = IN_FORCE_FOR if edition.id == queries.in_force().id else RETIRED_FOR
    answer["Cache-Control"] = f"public, max-age={kept}"
    return answer
