"""Decisions nobody made one by one: what caused them, how many, and the way to take them all back. No content is shown."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.access import PersonRequest, allow
from apps.decisions import operations, queries
from apps.decisions.access import READS, REVERSES, access_audit, access_set
from apps.decisions.models import DecisionSet
from apps.errors import DomainError


@allow(*READS)
@require_safe
def sets(request: PersonRequest) -> HttpResponse:
    return _sets_page(request)


def _sets_page(request: PersonRequest, refusal: DomainError | None = None) -> HttpResponse:
    rows, following = queries.sets_page(after=_number(request.GET.get("after", "")))
    reverses = request.user.has_role(*REVERSES)
    context = {
        "sets": rows,
        "next_url": f"?after={following}" if following else "",
        "audits": queries.audits_for(request.user) if reverses else [],
        "reverses": reverses,
        "refusal": refusal,
    }
    return render(request, "decisions/sets.html", context, status=refusal.status if refusal else 200)


@allow(*READS)
@require_safe
def one_set(request: PersonRequest, set_id: int) -> HttpResponse:
    return _set_page(request, access_set(set_id))


def _set_page(
    request: PersonRequest, found: DecisionSet, *, refusal: DomainError | None = None, **more: Any
) -> HttpResponse:
    decisions, following = queries.decisions_of_set(found, after=_number(request.GET.get("after", "")))
    context = {
        "set": found,
        "decisions": decisions,
        "next_url": f"?after={following}" if following else "",
        "reverses": request.user.has_role(*REVERSES),
        "links": request.user.has_role("supervisor", "senior_moderator", "admin"),
        "refusal": refusal,
        **more,
    }
    return render(request, "decisions/set.html", context, status=refusal.status if refusal else 200)


@allow(*REVERSES)
@require_POST
def reverse(request: PersonRequest, set_id: int) -> HttpResponse:
    found = access_set(set_id)
    try:
        operations.reverse_set(actor=request.user, set_id=found.pk, why=request.POST.get("why", ""))
    except DomainError as refusal:
        return _set_page(request, found, refusal=refusal, why=request.POST.get("why", ""))
    messages.success(request, "All of it is being reversed. Nothing more is decided from this cause.")
    return redirect("automatic:set", set_id)


@allow(*REVERSES)
@require_POST
def audit(request: PersonRequest, audit_id: int) -> HttpResponse:
    found = access_audit(audit_id)
    stands = request.POST.get("stands") == "1"
    try:
        operations.answer_audit(
            actor=request.user, audit_id=found.pk, stands=stands, why=request.POST.get("why", "")
        )
    except DomainError as refusal:
        return _sets_page(request, refusal)
    if stands:
        messages.success(request, "Noted: the match stands.")
    else:
        messages.warning(
            request, "The entry is disputed and decides nothing more. Its set can be reversed below."
        )
    return redirect("automatic:sets")


def _number(given: str) -> int:
    return int(given) if given.isascii() and given.isdigit() and len(given) < 19 else 0
