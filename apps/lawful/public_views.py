"""The public pages: a form for each kind of notice, and the page behind the link each side is given."""

from typing import Any

from allauth.core.internal.ratelimit import consume
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_date
from django.utils.timezone import make_aware
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from apps.accounts.access import public
from apps.appeals.errors import TooManyAppeals
from apps.appeals.evidence import FILES_AT_MOST, Kept, keep
from apps.days import day_in_words
from apps.errors import DomainError
from apps.intake.codes import country_choices, country_in_words
from apps.intake.errors import MediaRefused
from apps.lawful import links, operations
from apps.lawful.access import open_link
from apps.lawful.errors import LawLinkNotOurs, LawNoticeInvalid
from apps.lawful.models import LawNotice
from apps.lawful.operations.countering import OPEN_TO
from apps.lawful.operations.sending import NAMELESS, WHO, Sent, check
from apps.lawful.phrases import NAMES, PHRASES

# What one address, and one link, may send in an hour; the counts live in PostgreSQL.
RATES = {"send": "10/h/ip", "answer": "20/h/ip,6/h/key"}
TYPED = ("address", "country", "relation", "concerned", "statement", "name", "email", "ends_at")
TICKED = ("good_faith", "accurate")


@public
@require_safe
def kinds(request: HttpRequest, language: str) -> HttpResponse:
    """What a notice can be about."""
    say = PHRASES[language]
    rows = [{"kind": kind, "title": say[kind], "answered": _answered(say, kind)} for kind in WHO]
    return _page(request, language, "lawful/public_kinds.html", "", rows=rows)


@public
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def notice(request: HttpRequest, language: str, kind: str) -> HttpResponse:
    """The form of one kind, with the statements that law asks for."""
    if request.method != "POST":
        typed = {"address": request.GET.get("item", "")[:400]}
        return _form(request, language, kind, typed)
    say = PHRASES[language]
    typed = {name: request.POST.get(name, "").strip() for name in TYPED}
    typed |= {name: request.POST.get(name, "") for name in TICKED}
    try:
        if not consume(request, app="lawful", action="send", config=RATES):
            raise TooManyAppeals
        sent = _sent(typed, kind, language)
        check(sent)
        made = operations.send(sent=sent, files=_files(request))
    except LawNoticeInvalid as no:
        wrong = {error["field"] for error in no.errors}
        return _form(request, language, kind, typed, status=no.status, trouble=say["check"], wrong=wrong)
    except MediaRefused as no:
        return _form(
            request, language, kind, typed, status=no.status, trouble=say["file_refused"], wrong={"files"}
        )
    except TooManyAppeals as no:
        return _form(request, language, kind, typed, status=no.status, trouble=say["too_many"])
    except DomainError as no:
        return _form(request, language, kind, typed, status=no.status, trouble=say.get(no.code, no.sentence))
    return redirect("lawful:told", language, links.token(made.pk, "notifier"))


def _answered(say: dict[str, str], kind: str) -> str:
    """Within what time a person decides: in hours up to two days, then in days."""
    days, left = divmod(settings.LAW_NOTICE_HOURS[kind], 24)
    if left or days <= 2:
        return say["answered"].format(hours=settings.LAW_NOTICE_HOURS[kind])
    return say["answered_days"].format(days=days)


def _sent(typed: dict[str, str], kind: str, language: str) -> Sent:
    ends = None
    if typed["ends_at"]:
        try:
            day = parse_date(typed["ends_at"])
        except ValueError:
            day = None
        if day is None:
            raise LawNoticeInvalid(errors=[{"field": "ends_at", "reason": "There is no such day."}])
        from datetime import datetime, time

        ends = make_aware(datetime.combine(day, time.min))
    return Sent(
        kind=kind,
        language=language,
        address=typed["address"],
        country=typed["country"].upper(),
        relation=typed["relation"],
        concerned=typed["concerned"],
        statement=typed["statement"],
        name=typed["name"],
        email=typed["email"],
        good_faith=bool(typed["good_faith"]),
        accurate=bool(typed["accurate"]),
        ends_at=ends,
    )


def _files(request: HttpRequest) -> list[Kept]:
    """Files by their bytes, not by what they say of themselves. Raises MediaRefused."""
    sent = request.FILES.getlist("files")
    if len(sent) > FILES_AT_MOST:
        raise MediaRefused
    return [keep(one.chunks(), declared=one.content_type or "") for one in sent]


def _form(
    request: HttpRequest,
    language: str,
    kind: str,
    typed: dict[str, str],
    *,
    status: int = 200,
    trouble: str = "",
    wrong: set[str] | frozenset[str] = frozenset(),
) -> HttpResponse:
    say = PHRASES[language]
    fields = [
        _field(say, "address", typed, wrong, required=True),
        _field(say, "country", typed, wrong, required=True, listed=country_choices(language)),
        _field(say, "relation", typed, wrong, choices=[(one, say[one]) for one in WHO[kind]]),
        _field(
            say,
            "concerned",
            typed,
            wrong,
            label=say["concerned_property"] if kind == "property" else say["concerned"],
            required=kind in ("property", "intimate"),
            most=1000,
        ),
        _field(say, "statement", typed, wrong, required=True, rows=6, help=say["any_language"]),
        _field(say, "name", typed, wrong, required=kind not in NAMELESS, most=200),
        _field(say, "email", typed, wrong, required=kind not in NAMELESS, type="email", help=say["private"]),
        _field(say, "ends_at", typed, wrong, type="date"),
    ]
    return _page(
        request,
        language,
        "lawful/public_notice.html",
        f"{kind}/",
        status,
        kind=kind,
        heading=say[kind],
        answered=_answered(say, kind),
        nameless=kind in NAMELESS,
        fields=fields,
        ticks=[
            {"name": name, "label": say[name], "on": typed.get(name), "wrong": name in wrong}
            for name in TICKED
        ],
        files_wrong="files" in wrong,
        trouble=trouble,
    )


def _field(
    say: dict[str, str], name: str, typed: dict[str, str], wrong: set[str] | frozenset[str], **more: Any
) -> dict[str, Any]:
    found = {"name": name, "label": say[name] if name != "concerned" else "", "value": typed.get(name, "")}
    return {**found, "wrong": name in wrong, "type": "text", **more}


@public
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def told(request: HttpRequest, language: str, token: str) -> HttpResponse:
    """Where a notice stands, for the side the link was given to; and what that side may do now."""
    say = PHRASES[language]
    try:
        found, side = open_link(token)
    except LawLinkNotOurs as no:
        return _page(
            request, language, "lawful/public_told.html", f"told/{token}/", no.status, refused=say[no.code]
        )
    trouble, status, typed = "", 200, {}
    if request.method == "POST":
        typed = {name: request.POST.get(name, "") for name in ("statement", "name", "court")}
        try:
            if not consume(request, app="lawful", action="answer", config=RATES, key=token):
                raise TooManyAppeals
            _do(request, found, side, typed)
            return redirect("lawful:told", language, token)
        except MediaRefused as no:
            trouble, status = say["file_refused"], no.status
        except TooManyAppeals as no:
            trouble, status = say["too_many"], no.status
        except DomainError as no:
            trouble, status = say.get(no.code, say["check"]), no.status
        found, side = open_link(token)
    context = _of_side(found, side, language)
    return _page(
        request,
        language,
        "lawful/public_told.html",
        f"told/{token}/",
        status,
        trouble=trouble,
        typed=typed,
        side=side,
        **context,
    )


def _do(request: HttpRequest, found: LawNotice, side: str, typed: dict[str, str]) -> None:
    wanted = request.POST.get("do", "")
    if side == "notifier" and wanted == "withdraw":
        operations.withdraw(notice_id=found.pk)
    elif side == "notifier" and wanted == "court":
        operations.name_court(notice_id=found.pk, court=typed["court"])
    elif side == "author" and wanted == "object":
        operations.object_to(
            notice_id=found.pk,
            statement=typed["statement"],
            good_faith=bool(request.POST.get("good_faith")),
            name=typed["name"],
            files=_files(request),
        )
    else:
        raise LawNoticeInvalid(errors=[{"field": "do", "reason": "There is no such step."}])


def _of_side(found: LawNotice, side: str, language: str) -> dict[str, Any]:
    """What one side is shown. Nothing here is of the other side, but that it objected or that a court was asked."""
    say, country = PHRASES[language], country_in_words(found.country, language)
    counter = getattr(found, "counter", None)
    waiting = counter is not None and counter.state == "waiting"
    until = day_in_words(counter.waits_until, language) if counter else ""
    ended = found.measure_ended_at is not None
    state = say["ended"] if ended else say[found.state].format(country=country)
    context: dict[str, Any] = {
        "heading": say[found.kind],
        "reasons": found.reasons,
        "at_court": say["at_court"] if counter and counter.state == "court" and not ended else "",
    }
    if side == "notifier":
        return context | {
            "received": say["received"].format(
                date=day_in_words(found.received_at, language), due=day_in_words(found.due_at, language)
            ),
            "state": state,
            "objected": say["objected"].format(until=until) if waiting else "",
            "may_withdraw": found.is_open,
            "elsewhere": found.state == "refused",
        }
    return context | {
        "state": say["ended"] if ended else say["told_author"].format(country=country),
        "object_sent": say["object_sent"].format(until=until) if waiting else "",
        "may_object": found.holds and found.kind in OPEN_TO and counter is None,
        "object_how": say["object_how"].format(days=settings.LAW_COURT_DAYS),
        "elsewhere": found.holds and found.kind not in OPEN_TO,
    }


def _page(
    request: HttpRequest, language: str, template: str, rest: str, status: int = 200, **more: Any
) -> HttpResponse:
    say = PHRASES[language]
    context = {
        "language": language,
        "say": say,
        "text": {"title": say["title"]},
        "site": f"/law-notice/{language}/",
        "alternates": [
            {"language": code, "name": name, "address": f"/law-notice/{code}/{rest}"}
            for code, name in NAMES.items()
        ],
        **more,
    }
    return render(request, template, context, status=status)
