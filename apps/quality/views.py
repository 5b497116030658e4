"""The pages of the room: plans for those who plan, settling and known answers for seniors, and what is hers alone."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.access import PersonRequest, allow
from apps.accounts.models import Role
from apps.errors import DomainError
from apps.guidelines.queries import in_force
from apps.quality import operations, queries
from apps.quality.access import HERS, PLANS, SETTLES, access_adjudication, access_golden, access_plan_queue
from apps.quality.errors import PlanUnusable
from apps.quality.forms import PlanForm, RetireForm
from apps.quality.operations.planning import plan_for, plans_now
from apps.queues.queries import queue_map
from apps.wellbeing.errors import NotOnShift, OnBreak


@allow(*HERS, *PLANS)
@require_safe
def quality(request: PersonRequest) -> HttpResponse:
    """The door of the room: to what is one's own work in it."""
    if request.user.has_role(*PLANS):
        return redirect("quality:plans")
    return redirect("quality:settling" if request.user.has_role(*SETTLES) else "quality:mine")


@allow(*PLANS)
@require_safe
def plans(request: PersonRequest) -> HttpResponse:
    """Under which plan each queue is sampled."""
    known = plans_now()
    rows = [
        {"queue": queue, "plan": plan_for(queue.pk, known), "own": queue.pk in known} for queue in queue_map()
    ]
    return _render(request, "quality/plans.html", {"rows": rows, "every": known[None]})


@allow(*PLANS)
@require_http_methods(["GET", "HEAD", "POST"])
def plan(request: PersonRequest, slug: str) -> HttpResponse:
    queue = access_plan_queue(slug)
    known = plans_now()
    current = plan_for(queue.pk, known) if queue else known[None]
    own = queue is None or queue.pk in known
    form = PlanForm(request.POST or None, initial=PlanForm.initial_of(current, own=own))
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                operations.set_plan(
                    actor=request.user,
                    queue=queue,
                    shares=form.shares(),
                    golden_share=form.cleaned_data["golden_share"] / 100,
                    finer=form.cleaned_data["finer"],
                    reason=form.cleaned_data["reason"],
                    seen=form.cleaned_data["seen"],
                )
            except PlanUnusable as refusal:
                for error in refusal.errors:
                    form.add_error(error["field"], error["reason"])
            except DomainError as refusal:
                form.add_error(None, refusal.sentence)
                status = refusal.status
            else:
                messages.success(request, "Saved. It holds for what is decided from now on.")
                return redirect("quality:plans")
    context = {"form": form, "queue": queue, "own": own, "history": queries.plan_history(queue)}
    return _render(request, "quality/plan.html", context, status)


@allow(*SETTLES)
@require_safe
def settling(request: PersonRequest) -> HttpResponse:
    """What two people decided differently: what waits, and what was settled lately."""
    context = {"waiting": queries.unsettled(request.user), "settled": queries.settled_lately()}
    return _render(request, "quality/settling.html", context)


@allow(*SETTLES)
@require_POST
def take(request: PersonRequest, adjudication_id: int) -> HttpResponse:
    """Take one up: it is then on the desk, under the same limits as any case."""
    found = access_adjudication(request.user, adjudication_id)
    try:
        operations.take_up(actor=request.user, adjudication_id=found.pk)
    except (NotOnShift, OnBreak):
        messages.warning(request, "Start your shift first, or end your break: what you look at there counts.")
        return redirect("desk")
    except DomainError as refusal:
        messages.warning(request, refusal.sentence)
        return redirect("quality:settling")
    return redirect("desk")


@allow(*SETTLES)
@require_POST
def keep(request: PersonRequest, adjudication_id: int) -> HttpResponse:
    """Keep a settled case with its answer."""
    found = access_adjudication(request.user, adjudication_id)
    try:
        operations.add_golden(
            actor=request.user, adjudication_id=found.pk, why=request.POST.get("why", "")[:4000]
        )
    except DomainError as refusal:
        messages.warning(request, refusal.sentence)
        return redirect("quality:settling")
    messages.success(request, "Kept. It is put among the others from now on.")
    return redirect("quality:golden")


@allow(*SETTLES)
@require_safe
def golden(request: PersonRequest) -> HttpResponse:
    retired = request.GET.get("show") == "retired"
    context = {"kept": queries.golden_set(retired=retired), "retired": retired, "form": RetireForm()}
    return _render(request, "quality/golden.html", context)


@allow(*SETTLES)
@require_POST
def retire(request: PersonRequest, golden_id: int) -> HttpResponse:
    found = access_golden(golden_id)
    form = RetireForm(request.POST)
    if not form.is_valid():
        messages.warning(request, "Choose why it is retired.")
        return redirect("quality:golden")
    try:
        operations.retire(actor=request.user, golden_id=found.pk, **form.cleaned_data)
    except DomainError as refusal:
        messages.warning(request, refusal.sentence)
    else:
        messages.success(request, "Retired. Nobody gets it any more.")
    return redirect("quality:golden")


@allow(*HERS)
@require_safe
def mine(request: PersonRequest) -> HttpResponse:
    """What was found of her own judgements. The person is whoever is signed in; no address names another."""
    return _render(request, "quality/mine.html", {"told": queries.findings_of(request.user)})


def _render(
    request: PersonRequest, template: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    edition = in_force()
    context |= {
        "plans_work": request.user.has_role(*PLANS),
        "settles": request.user.has_role(*SETTLES),
        "decides": request.user.has_role(Role.MODERATOR, Role.SENIOR_MODERATOR),
        "rules": edition.rules,
        "actions": edition.actions,
    }
    return render(request, template, context, status=status)
