from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.access import PersonRequest, allow
from apps.errors import DomainError
from apps.strikes import queries_ladder as queries
from apps.strikes.access import MINDS_LADDER, READS, access_ladder
from apps.strikes.forms import LadderForm, typed
from apps.strikes.ladder import check
from apps.strikes.operations import propose_ladder, settle_ladder, withdraw_ladder


@allow(*READS)
@require_safe
@never_cache
def ladders(request: PersonRequest) -> HttpResponse:
    """The ladder in force, what waits for a second person, and every version there was."""
    context = {
        "present": queries.ladder_in_force(),
        "waiting": queries.waiting_ladder(),
        "past": queries.past_ladders(),
        "minds": request.user.has_role(*MINDS_LADDER),
    }
    return render(request, "strikes/ladders.html", context)


@allow(*MINDS_LADDER)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def propose(request: PersonRequest) -> HttpResponse:
    """Another ladder: first what it would change, then, with a reason, the proposal."""
    present = queries.ladder_in_force()
    given = request.POST if request.method == "POST" else request.GET
    form = LadderForm(given if request.method == "POST" or given else None, initial=typed(present))
    context: dict[str, Any] = {"form": form, "present": present, "reason": request.POST.get("reason", "")}
    status = 200
    if form.is_bound and form.is_valid():
        try:
            ladder = form.ladder()
            if request.method == "POST":
                made = propose_ladder(actor=request.user, ladder=ladder, reason=context["reason"])
                messages.success(request, "Proposed. It holds once somebody else has put it in force.")
                return redirect("strikes:ladder", made.pk)
            check(ladder)
        except DomainError as refusal:
            context["refusal"], status = refusal, refusal.status
        else:
            context["would"] = queries.outlook(ladder, present=present)
        context["hidden"] = [(field.html_name, field.value()) for field in form if field.value()]
    elif form.is_bound:
        status = 422
    return render(request, "strikes/propose_ladder.html", context, status=status)


@allow(*READS)
@require_safe
@never_cache
def ladder(request: PersonRequest, version_id: int) -> HttpResponse:
    """One ladder with what was expected of it; while it waits, also what one would expect of it today."""
    return _page(request, version_id)


def _page(request: PersonRequest, version_id: int, refusal: DomainError | None = None) -> HttpResponse:
    found = access_ladder(version_id)
    is_open = found.state == found.State.PROPOSED
    present = queries.ladder_in_force() if is_open else None
    context = {
        "version": found,
        "ladder": found.ladder,
        "then": queries.Outlook.from_json(found.preview),
        "present": present,
        "today": queries.outlook(found.ladder, present=present) if present else None,
        "settles": is_open and request.user.has_role(*MINDS_LADDER),
        "mine": found.proposed_by_id == request.user.pk,
        "refusal": refusal,
    }
    return render(request, "strikes/ladder.html", context, status=refusal.status if refusal else 200)


@allow(*MINDS_LADDER)
@require_POST
def settle(request: PersonRequest, version_id: int) -> HttpResponse:
    """Put in force, refuse or take back, as the button says."""
    found = access_ladder(version_id)
    does = request.POST.get("do", "")
    try:
        if does == "withdraw":
            withdraw_ladder(actor=request.user, version_id=found.pk)
        elif does in ("approve", "refuse"):
            settle_ladder(
                actor=request.user,
                version_id=found.pk,
                approve=does == "approve",
                because=request.POST.get("because", ""),
            )
    except DomainError as refusal:
        return _page(request, version_id, refusal)
    return redirect("strikes:ladder", found.pk)
