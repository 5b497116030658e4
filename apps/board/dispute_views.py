"""Disputes before out-of-court bodies: the list with a form for the next, and one with what is to be said of it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.access import PersonRequest, allow
from apps.board import access, operations, queries
from apps.board.access import HANDLE
from apps.board.forms import CompliedForm, DisputeForm, EndForm
from apps.board.models import Dispute
from apps.errors import DomainError


@allow(*HANDLE)
@require_http_methods(["GET", "HEAD", "POST"])
def disputes(request: PersonRequest) -> HttpResponse:
    """What lies before out-of-court bodies, newest first, and a form to write the next one down."""
    form = DisputeForm(request.POST or None) if request.method == "POST" else DisputeForm()
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                made = operations.record_dispute(actor=request.user, **form.cleaned_data)
            except DomainError as refusal:
                form.refuse(refusal.errors, refusal.sentence)
            else:
                messages.success(request, "Written down.")
                return redirect("board:dispute", made.pk)
    return render(
        request, "board/disputes.html", {"disputes": queries.disputes(), "form": form}, status=status
    )


@allow(*HANDLE)
@require_safe
def dispute(request: PersonRequest, dispute_id: int) -> HttpResponse:
    return _page(request, access.dispute(dispute_id))


@allow(*HANDLE)
@require_POST
def end(request: PersonRequest, dispute_id: int) -> HttpResponse:
    return _take(request, dispute_id, EndForm(request.POST), operations.end_dispute)


@allow(*HANDLE)
@require_POST
def comply(request: PersonRequest, dispute_id: int) -> HttpResponse:
    return _take(request, dispute_id, CompliedForm(request.POST), operations.say_complied)


def _take(request: PersonRequest, dispute_id: int, form: Any, do: Callable[..., Dispute]) -> HttpResponse:
    found = access.dispute(dispute_id)
    status = 422
    if form.is_valid():
        try:
            do(actor=request.user, dispute=found, **form.cleaned_data)
        except DomainError as refusal:
            form.refuse(refusal.errors, refusal.sentence)
            status = refusal.status
        else:
            return redirect("board:dispute", dispute_id)
    return _page(request, access.dispute(dispute_id), status=status, form=form)


def _page(request: PersonRequest, found: Dispute, *, status: int = 200, form: Any = None) -> HttpResponse:
    if found.is_open:
        form = form or EndForm()
    elif found.asks_something:
        form = form or CompliedForm()
    context = {"dispute": found, "form": form}
    return render(request, "board/dispute.html", context, status=status)
