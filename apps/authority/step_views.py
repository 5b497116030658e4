"""The steps of one item, each a form that was sent."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from apps.accounts.access import PersonRequest, allow
from apps.authority import operations
from apps.authority.access import HANDLE, READ, contest_of, item_for
from apps.authority.models import NecessityTest, RequestItem
from apps.authority.steps import form_for
from apps.authority.views import request_page
from apps.errors import DomainError

Do = Callable[[RequestItem, dict[str, Any]], object]


def _take(request: PersonRequest, request_id: int, position: int, step: str, do: Do) -> HttpResponse:
    """Hand a step's form to its operation; refused, the page comes back with what was typed."""
    row = item_for(request.user, request_id, position)
    form = form_for(step, row, request.POST)
    status = 422
    if form.is_valid():
        try:
            do(row, form.cleaned_data)
        except DomainError as refusal:
            form.refuse(refusal.errors, refusal.sentence)
            status = refusal.status
        else:
            return redirect(f"/authority-requests/{row.request_id}/#item-{row.position}")
    return request_page(request, row.request, status=status, sent=(position, step, form))


@allow(*HANDLE)
@require_POST
def locate(request: PersonRequest, request_id: int, position: int) -> HttpResponse:
    def do(row: RequestItem, data: dict[str, Any]) -> None:
        operations.locate(actor=request.user, item=row, **data)

    return _take(request, request_id, position, "locate", do)


@allow(*HANDLE)
@require_POST
def validity(request: PersonRequest, request_id: int, position: int) -> HttpResponse:
    def do(row: RequestItem, data: dict[str, Any]) -> None:
        operations.find_validity(actor=request.user, item=row, **data)

    return _take(request, request_id, position, "validity", do)


@allow(*HANDLE)
@require_POST
def propose(request: PersonRequest, request_id: int, position: int) -> HttpResponse:
    def do(row: RequestItem, data: dict[str, Any]) -> None:
        others = {name: data.pop(name) for name in ("about_officials", "in_spite_of_that", "until")}
        operations.propose(actor=request.user, item=row, words=data, **others)

    return _take(request, request_id, position, "propose", do)


@allow(*READ)
@require_POST
def answer(request: PersonRequest, request_id: int, position: int) -> HttpResponse:
    def do(row: RequestItem, data: dict[str, Any]) -> None:
        operations.answer_proposal(actor=request.user, item=row, **data)

    return _take(request, request_id, position, "answer", do)


@allow(*HANDLE)
@require_POST
def letter(request: PersonRequest, request_id: int, position: int) -> HttpResponse:
    def do(row: RequestItem, data: dict[str, Any]) -> None:
        kind = data.pop("kind")
        if kind == "refuse":
            operations.refuse(actor=request.user, item=row, **data)
        else:
            operations.send_letter(actor=request.user, item=row, kind=kind, **data)

    return _take(request, request_id, position, "letter", do)


@allow(*HANDLE)
@require_POST
def answered(request: PersonRequest, request_id: int, position: int) -> HttpResponse:
    """The sender has clarified."""
    row = item_for(request.user, request_id, position)
    operations.answered(actor=request.user, item=row)
    return redirect("authority:request", row.request_id)


@allow(*HANDLE)
@require_POST
def lift(request: PersonRequest, request_id: int, position: int) -> HttpResponse:
    """End a measure."""
    row = item_for(request.user, request_id, position)
    agreed = row.tests.filter(state=NecessityTest.State.AGREED).first()
    if agreed is not None:
        operations.lift(actor=request.user, test=agreed)
    return redirect("authority:request", row.request_id)


@allow(*HANDLE)
@require_POST
def contest(request: PersonRequest, request_id: int, position: int) -> HttpResponse:
    """Decide what the author of a withheld item contested."""

    def do(row: RequestItem, data: dict[str, Any]) -> None:
        operations.decide_contest(actor=request.user, contest_id=contest_of(row).pk, **data)

    return _take(request, request_id, position, "contest", do)
