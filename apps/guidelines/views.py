from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from apps.accounts.access import EVERYONE, PersonRequest, allow, public
from apps.errors import NotFound
from apps.guidelines import queries, reading
from apps.guidelines.access import AUTHORS, version_for
from apps.guidelines.drafts import in_review, planned, unseen
from apps.guidelines.errors import NothingInForce
from apps.guidelines.models import GuidelineVersion
from apps.guidelines.queries import Edition

BASE = "/guidelines/"
PUBLIC = "/community-guidelines/"


def or_public(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The page of a version: for whoever works here; anybody else is led to the same words on the public site.

    Notices sent before there was a public site link to these addresses.
    """

    @public
    @wraps(view)
    def door(request: PersonRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect(request.path.replace(BASE, PUBLIC, 1))
        if not request.user.has_role(*EVERYONE):
            raise PermissionDenied("This page belongs to other roles. Your own pages are in the menu above.")
        return view(request, *args, **kwargs)

    return door


@allow(*EVERYONE)
@require_safe
def document(request: PersonRequest) -> HttpResponse:
    """The guidelines in force as one document, or the rules that answer `?q=`."""
    try:
        edition = queries.in_force()
    except NothingInForce:
        return render(request, "guidelines/none.html", {"is_author": request.user.has_role(*AUTHORS)})
    waiting = in_review() if request.user.has_role(*AUTHORS) and not request.htmx else []
    return _document(request, edition, BASE, in_review=waiting)


@allow(*EVERYONE)
@require_safe
def rule(request: PersonRequest, code: str) -> HttpResponse:
    """A rule as it is worded now. The address stays good when the rule is gone: then its last wording."""
    if code != code.upper():
        return redirect("guidelines:rule", code.upper(), permanent=True)
    edition = queries.in_force()
    if code in edition.rules:
        return _rule(request, edition, BASE, code)
    past = queries.versions_of_rule(code)
    if not past:
        raise NotFound(f"There is no rule {code}. It may be worth a search on the guidelines page.")
    if past[0].version_id == edition.id:  # it has another name now
        return redirect("guidelines:rule", past[0].code)
    return redirect("guidelines:version-rule", past[0].version.number, past[0].code)


@allow(*EVERYONE)
@require_safe
def versions(request: PersonRequest) -> HttpResponse:
    drafts = request.user.has_role(*AUTHORS)
    context = {
        "versions": queries.all_versions(drafts=drafts),
        "is_author": drafts,
        "lead_notices": unseen(request.user) if drafts else [],
        "planned": planned() if drafts else None,
    }
    return render(request, "guidelines/versions.html", context)


@or_public
@require_safe
def version(request: PersonRequest, number: str) -> HttpResponse:
    """One version for ever, whatever is in force now."""
    found = version_for(request.user, number)
    base, account = f"{BASE}versions/{number}/", queries.account_of(found)
    return _document(request, queries.edition(found.pk), base, found, account=account)


@or_public
@require_safe
def version_rule(request: PersonRequest, number: str, code: str) -> HttpResponse:
    if code != code.upper():
        return redirect("guidelines:version-rule", number, code.upper(), permanent=True)
    found = version_for(request.user, number)
    edition = queries.edition(found.pk)
    if code not in edition.rules:
        raise NotFound(f"Version {number} has no rule {code}.")
    return _rule(request, edition, f"{BASE}versions/{number}/", code, found)


def _document(
    request: PersonRequest,
    edition: Edition,
    base: str,
    version: GuidelineVersion | None = None,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    q = request.GET.get("q", "").strip()
    context = {
        **_reading(edition, base, version),
        **_language(request, edition),
        "q": q,
        "found": reading.search(q, edition, language=_language(request, edition)["language"]) if q else None,
        "is_author": request.user.has_role(*AUTHORS),
        **more,
    }
    only_answer = request.htmx and not request.htmx.history_restore_request  # type: ignore[attr-defined]
    template = "guidelines/document.html#answer" if only_answer else "guidelines/document.html"
    return render(request, template, context, status=status)


def _rule(
    request: PersonRequest, edition: Edition, base: str, code: str, version: GuidelineVersion | None = None
) -> HttpResponse:
    codes = list(edition.rules)
    place = codes.index(code)
    context = {
        **_reading(edition, base, version),
        **_language(request, edition),
        "rule": edition.rules[code],
        "before": edition.rules[codes[place - 1]] if place else None,
        "after": edition.rules[codes[place + 1]] if place + 1 < len(codes) else None,
        "wordings": queries.wordings(code),
    }
    return render(request, "guidelines/rule.html", context)


def _language(request: PersonRequest, edition: Edition) -> dict[str, Any]:
    """The words to read: in the language asked for, else in her first; a draft in the one it is written in."""
    own = edition.language
    hers = reading.language_for(request.user.languages[:1], edition) if edition.published_at else own
    asked = request.GET.get("language", "")
    language = asked if asked == own or (edition.published_at and asked in reading.languages()) else hers
    return {
        "language": language,
        "text": reading.reading(edition, language),
        "own_language": own,
        "own_name": reading.NAMES.get(own, own),
        "her_language": hers,
        "her_name": reading.NAMES.get(hers, hers),
    }


def _reading(edition: Edition, base: str, version: GuidelineVersion | None) -> dict[str, Any]:
    """What every page of a version needs. `version` is None on the pages of whatever is in force."""
    return {"edition": edition, "base": base, "version": version, "codes": frozenset(edition.rules)}
