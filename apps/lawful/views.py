"""Pages for legal reviewers: what a clock runs for, one notice, and what is decided."""

from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_datetime
from django.utils.timezone import now
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.access import PersonRequest, allow
from apps.accounts.models import Role
from apps.errors import DomainError, NotFound
from apps.intake.media.places import full_path
from apps.lawful import operations, queries
from apps.lawful.access import DECIDE, READ, access_file, access_notice
from apps.lawful.forms import DecideForm, LocateForm, Refusable
from apps.lawful.models import LawNotice


@allow(*READ)
@require_safe
@never_cache
def notices(request: PersonRequest) -> HttpResponse:
    """Open notices by their clock, and what ended last."""
    kind = request.GET.get("kind", "")
    moment, _, number = request.GET.get("after", "").partition("~")
    since = _moment(moment)
    after = (
        (since, int(number)) if since and number.isascii() and number.isdigit() and len(number) < 19 else None
    )
    rows, following = queries.by_clock(kind=kind, after=after)
    context = {
        "rows": rows,
        "ended": queries.lately_ended(),
        "kind": kind,
        "kinds": LawNotice.Kind.choices,
        "next_url": f"?kind={kind}&after={following.replace('+', '%2B')}" if following else "",
        "now": now(),
    }
    return render(request, "lawful/notices.html", context)


def _moment(text: str) -> str:
    try:
        found = parse_datetime(text)
    except ValueError:
        found = None
    return found.isoformat() if found is not None and found.tzinfo is not None else ""


@allow(*READ)
@require_safe
@never_cache
def one(request: PersonRequest, notice_id: int) -> HttpResponse:
    return _page(request, access_notice(notice_id))


def _page(
    request: PersonRequest, notice: LawNotice, *, status: int = 200, sent: Refusable | None = None
) -> HttpResponse:
    words = queries.words_of(notice)
    decides = request.user.has_role(Role.LEGAL_REVIEWER)
    may_decide = decides and notice.state in ("law", "unknown")
    decide_form = sent if isinstance(sent, DecideForm) else DecideForm(may_accept=notice.state == "law")
    context = {
        "notice": notice,
        "notifier": words.get("notifier"),
        "author": words.get("author"),
        "counter": getattr(notice, "counter", None),
        "files": list(notice.files.all()),
        "letters": list(notice.letters.all()),
        "locate": (sent if isinstance(sent, LocateForm) else LocateForm())
        if decides and notice.state == "unknown"
        else None,
        "decide": decide_form if may_decide else None,
        "may_lift": decides and notice.holds,
        "now": now(),
    }
    return render(request, "lawful/notice.html", context, status=status)


@allow(*DECIDE)
@require_POST
def locate(request: PersonRequest, notice_id: int) -> HttpResponse:
    notice = access_notice(notice_id)
    form = LocateForm(request.POST)
    status = 422
    if form.is_valid():
        try:
            operations.locate(actor=request.user, notice_id=notice.pk, address=form.cleaned_data["address"])
            return redirect("lawful:notice", notice.pk)
        except DomainError as refusal:
            form.refuse(refusal.errors, refusal.sentence)
            status = refusal.status
    return _page(request, access_notice(notice_id), status=status, sent=form)


@allow(*DECIDE)
@require_POST
def decide(request: PersonRequest, notice_id: int) -> HttpResponse:
    notice = access_notice(notice_id)
    form = DecideForm(request.POST)
    status = 422
    if form.is_valid():
        try:
            operations.decide(actor=request.user, notice_id=notice.pk, **form.cleaned_data)
            return redirect("lawful:notice", notice.pk)
        except DomainError as refusal:
            form.refuse(refusal.errors, refusal.sentence)
            status = refusal.status
    return _page(request, access_notice(notice_id), status=status, sent=form)


@allow(*DECIDE)
@require_POST
def lift(request: PersonRequest, notice_id: int) -> HttpResponse:
    notice = access_notice(notice_id)
    operations.lift(actor=request.user, notice_id=notice.pk)
    return redirect("lawful:notice", notice.pk)


@allow(*READ)
@require_safe
@never_cache
def file(request: PersonRequest, notice_id: int, file_id: int) -> FileResponse:
    """A file as a download, never shown in the browser: it may hold anything."""
    found = access_file(notice_id, file_id)
    place = full_path(found.file)
    if not place.exists():
        raise NotFound("The file is not on this machine.")
    name = f"{found.side}-{found.pk}.{found.mime.rpartition('/')[2]}"
    answer = FileResponse(place.open("rb"), as_attachment=True, filename=name, content_type=found.mime)
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
