from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localtime, now
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.access import PersonRequest, allow
from apps.authority import operations, queries
from apps.authority.access import HANDLE, READ, document_for, request_for, sender_for
from apps.authority.archive import as_file
from apps.authority.documents import keep, path_of
from apps.authority.errors import DocumentRefused
from apps.authority.forms import AskingForm, DocumentForm, QuietForm
from apps.authority.models import Request, RequestItem
from apps.authority.queries_contests import LISTED, took_part, waiting_contests
from apps.authority.steps import panel
from apps.errors import DomainError, NotFound


@allow(*READ)
@require_safe
@never_cache
def requests(request: PersonRequest) -> HttpResponse:
    """What authorities asked for: newest first, and before that what a clock runs for."""
    before = request.GET.get("before", "")
    state = request.GET.get("state", "")
    rows, following = queries.page_of_requests(
        request.user, state=state, before=int(before) if before.isdecimal() and len(before) < 19 else None
    )
    contests = waiting_contests(request.user) if request.user.has_role(*HANDLE) else []
    context = {
        "rows": rows,
        "due": queries.due_first(request.user),
        "contests": contests,
        "contests_cut": len(contests) == LISTED,
        "state": state,
        "states": RequestItem.State.choices,
        "next_url": f"?state={state}&before={following}" if following else "",
        "now": now(),
        "handles": request.user.has_role(*HANDLE),
    }
    return render(request, "authority/requests.html", context)


@allow(*HANDLE)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def new(request: PersonRequest) -> HttpResponse:
    """Write down that an authority asks."""
    if request.method != "POST":
        form = AskingForm(initial={"received_at": localtime(), "form": Request.Form.ORDER})
        return render(request, "authority/new.html", {"form": form})
    form = AskingForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            files = [keep(one.chunks(), name=one.name or "") for one in request.FILES.getlist("documents")]
            made = operations.record_request(actor=request.user, asking=form.asking(tuple(files)))
        except DocumentRefused as refusal:
            form.add_error("documents", refusal.sentence)
        except DomainError as refusal:
            form.refuse(refusal.errors, refusal.sentence)
        else:
            messages.success(
                request, "Written down. The items are being reviewed under our own guidelines first."
            )
            return redirect("authority:request", made.pk)
    return render(request, "authority/new.html", {"form": form}, status=422)


@allow(*READ)
@require_safe
@never_cache
def one(request: PersonRequest, request_id: int) -> HttpResponse:
    return request_page(request, request_for(request.user, request_id))


def request_page(
    request: PersonRequest,
    asked: Request,
    *,
    status: int = 200,
    sent: tuple[int, str, Any] | None = None,
    **more: Any,
) -> HttpResponse:
    """The page of a request. `sent`: (item, step, form) that was just refused, shown in its place."""
    handles = request.user.has_role(*HANDLE)
    documents = list(asked.documents.all())
    items = queries.items_of(asked)
    part = handles and took_part(request.user, asked.pk)
    context = {
        "asked": asked,
        "panels": [
            panel(
                row,
                request.user,
                (sent[1], sent[2]) if sent and sent[0] == row.position else None,
                took_part=part,
            )
            for row in items
        ],
        "confidential_until": queries.quiet_until(asked, "confidential"),
        "author_until": queries.quiet_until(asked, "author"),
        "silences": queries.silences(asked),
        "documents": documents,
        "quiet": QuietForm(documents=documents),
        "more": DocumentForm(),
        "handles": handles,
        "now": now(),
        **more,
    }
    return render(request, "authority/request.html", context, status=status)


@allow(*HANDLE)
@require_POST
def quiet(request: PersonRequest, request_id: int) -> HttpResponse:
    """Keep the request, or the author's notice, quiet until a moment."""
    asked = request_for(request.user, request_id)
    form = QuietForm(request.POST, documents=asked.documents.all())
    if form.is_valid():
        data = form.cleaned_data
        stored = asked.documents.filter(pk=data.pop("document") or 0).first()
        try:
            operations.keep_quiet(actor=request.user, request=asked, document=stored, **data)
        except DomainError as refusal:
            form.refuse(refusal.errors, refusal.sentence)
        else:
            return redirect("authority:request", asked.pk)
    return request_page(request, asked, status=422, quiet=form)


@allow(*HANDLE)
@require_POST
def add_document(request: PersonRequest, request_id: int) -> HttpResponse:
    asked = request_for(request.user, request_id)
    form = DocumentForm(request.POST, request.FILES)
    if form.is_valid():
        sent = form.cleaned_data["document"]
        try:
            operations.add_document(
                actor=request.user, request=asked, kept=keep(sent.chunks(), name=sent.name or "")
            )
        except DomainError as refusal:
            form.add_error("document", refusal.sentence)
        else:
            return redirect("authority:request", asked.pk)
    return request_page(request, asked, status=422, more=form)


@allow(*HANDLE)
@require_safe
@never_cache
def document(request: PersonRequest, request_id: int, document_id: int) -> FileResponse:
    """A document as a download, never shown in the browser: it may hold anything."""
    found = document_for(request.user, request_id, document_id)
    place = path_of(found.sha256)
    if not place.exists():
        raise NotFound("The file of this document is not on this machine.")
    answer = FileResponse(place.open("rb"), as_attachment=True, filename=found.name, content_type=found.mime)
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


@allow(*READ)
@require_safe
@never_cache
def senders(request: PersonRequest) -> HttpResponse:
    """Every sender, and what became of what it asked for."""
    return render(request, "authority/senders.html", {"tallies": queries.tallies(request.user)})


@allow(*READ)
@require_safe
@never_cache
def sender(request: PersonRequest, sender_id: int) -> HttpResponse:
    found = sender_for(request.user, sender_id)
    context = {"tally": queries.tally(request.user, found), "sender": found}
    return render(request, "authority/sender.html", context)


@allow(*HANDLE)
@require_safe
@never_cache
def archive(request: PersonRequest) -> StreamingHttpResponse:
    """What public archives are given, as it may be given today."""
    answer = StreamingHttpResponse(as_file(), content_type="application/json")
    answer["Content-Disposition"] = 'attachment; filename="authority-requests.json"'
    return answer
