"""Setting up queues."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from apps.accounts.access import allow
from apps.errors import DomainError
from apps.guidelines.queries import in_force
from apps.queues.access import access_queue
from apps.queues.errors import EditedMeanwhile
from apps.queues.forms import QueueForm
from apps.queues.models import Queue
from apps.queues.operations import editing
from apps.queues.overview import who_works_where
from apps.queues.queries import routing_rules
from apps.queues.routing_words import doubtful

SETS_UP = ("supervisor", "admin")


@allow(*SETS_UP)
@require_safe
def queues(request: HttpRequest) -> HttpResponse:
    rules = routing_rules()
    return render(
        request,
        "queues/queues.html",
        {"queues": who_works_where(rules), "doubtful": doubtful(rules, in_force())},
    )


@allow(*SETS_UP)
@require_http_methods(["GET", "HEAD", "POST"])
def new_queue(request: HttpRequest) -> HttpResponse:
    form = QueueForm(request.POST or None, initial={"position": Queue.objects.count()})
    if form.is_valid():
        try:
            made = editing.add_queue(actor=request.user, draft=form.draft())  # type: ignore[arg-type]
        except DomainError as refusal:
            _show(form, refusal)
        else:
            messages.success(
                request, f"The queue “{made.name}” is there. Route cases to it when you are ready."
            )
            return redirect("queues:queues")
    return _queue_page(request, form, None)


@allow(*SETS_UP)
@require_http_methods(["GET", "HEAD", "POST"])
def queue(request: HttpRequest, slug: str) -> HttpResponse:
    found = access_queue(slug)
    if request.method != "POST":
        return _queue_page(request, QueueForm(initial=QueueForm.initial_of(found), queue=found), found)
    form = QueueForm(request.POST, queue=found)
    if form.is_valid():
        try:
            version = form.cleaned_data["version"] or 0
            editing.edit_queue(actor=request.user, queue=found, version=version, draft=form.draft())  # type: ignore[arg-type]
        except EditedMeanwhile as refusal:
            return _queue_conflict(request, form, access_queue(slug), refusal)
        except DomainError as refusal:
            _show(form, refusal)
        else:
            messages.success(request, f"“{form.cleaned_data['name']}” is saved.")
            return redirect("queues:queues")
    return _queue_page(request, form, found)


def _queue_page(request: HttpRequest, form: QueueForm, found: Queue | None) -> HttpResponse:
    context = {"form": form, "queue": found}
    return render(request, "queues/queue.html", context, status=422 if form.errors else 200)


def _queue_conflict(
    request: HttpRequest, form: QueueForm, there: Queue, refusal: EditedMeanwhile
) -> HttpResponse:
    """Both versions side by side, and the way on with either."""
    theirs = QueueForm(QueueForm.initial_of(there), queue=there)
    rows = [
        {"label": mine.label, "theirs": _say(theirs[mine.name]), "mine": _say(mine)}
        for mine in form
        if mine.name != "version"
    ]
    typed = [
        (name, value) for name, values in request.POST.lists() for value in values if name in form.fields
    ]
    context = {
        "refusal": refusal,
        "what": f"the queue “{there.name}”",
        "rows": rows,
        "hidden": [*(pair for pair in typed if pair[0] != "version"), ("version", there.version)],
        "keep": "queues:queues",
    }
    return render(request, "queues/conflict.html", context, status=refusal.status)


def _say(field: Any) -> str:
    """A form field's value as a person reads it."""
    value = field.value()
    choices = dict(getattr(field.field, "choices", []) or [])
    if choices and not isinstance(value, list | tuple):
        names = {str(key): label for key, label in choices.items()}
        return str(names.get(str(value or ""), value or "–"))
    if choices:
        return ", ".join(str(choices.get(one, one)) for one in value) or "–"
    if isinstance(value, bool) or value in ("on", "True", "False"):
        return "yes" if value in (True, "on", "True") else "no"
    return str(value or "–")


def _show(form: Any, refusal: DomainError) -> None:
    """A refusal beside its field, or above the form."""
    for error in refusal.errors or [{"field": "", "reason": refusal.sentence}]:
        name = error["field"] if error["field"] in form.fields else None
        form.add_error(name, error["reason"])
