"""Why violations were missed: causes by the harm they let happen, and the misses of each. No content is shown."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localdate
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.access import PersonRequest, allow
from apps.errors import DomainError, Invalid
from apps.guidelines.queries import in_force
from apps.misses import queries
from apps.misses.access import SEES, access_cause, access_miss, may_open_cases
from apps.misses.forms import PlanForm
from apps.misses.models import Cause, CausePlan, Step
from apps.misses.operations import confirm, plan

DAYS = (7, 30, 90, 365)
USUALLY = 30


@allow(*SEES)
@require_safe
@never_cache
def misses(request: PersonRequest) -> HttpResponse:
    """Every cause, the most views at harm first, with who sees to it and what comes next."""
    asked = request.GET.get("days", "")
    days = int(asked) if asked in map(str, DAYS) else USUALLY
    return _page(request, days)


def _page(
    request: PersonRequest, days: int, form: PlanForm | None = None, refusal: DomainError | None = None
) -> HttpResponse:
    people, causes = queries.owners(), queries.ranked(localdate(), days)
    rows = [
        {
            "cause": one,
            "form": form
            if form and form.cause == one.cause
            else PlanForm.of(one, people)
            if one.cause
            else None,
            "step": Step(one.plan.step).label if one.plan else "",
        }
        for one in causes
    ]
    context = {
        "rows": rows,
        "nothing": not any(one.n for one in causes),
        "days": days,
        "choices": DAYS,
        "refusal": refusal,
        "titles": _titles(),
    }
    status = refusal.status if refusal else 422 if form and form.errors else 200
    return render(request, "misses/causes.html", context, status=status)


def _titles() -> dict[str, str]:
    return {code: rule.title for code, rule in in_force().rules.items()}


@allow(*SEES)
@require_POST
def set_plan(request: PersonRequest, name: str) -> HttpResponse:
    cause = access_cause(name)
    form = PlanForm(request.POST, people=queries.owners(), cause=cause)
    if not cause or not form.is_valid():
        return _page(request, USUALLY, form, None if cause else Invalid("Say first why these were missed."))
    try:
        plan(actor=request.user, cause=cause, **form.wanted())
    except DomainError as refusal:
        current = CausePlan.objects.get(cause=cause)
        form.data = {**request.POST.dict(), "seen": str(current.version)}
        return _page(request, USUALLY, form, refusal)
    messages.success(request, "Saved.")
    return redirect("misses:causes")


@allow(*SEES)
@require_safe
@never_cache
def of_cause(request: PersonRequest, name: str) -> HttpResponse:
    """The misses of one cause, newest first; each with its evidence and a way to confirm or correct the cause."""
    cause = access_cause(name)
    after = request.GET.get("after", "")
    unconfirmed = request.GET.get("show") == "open"
    found, following = queries.page_of(
        cause, after=int(after) if after.isdigit() and len(after) < 19 else 0, unconfirmed=unconfirmed
    )
    context = {
        "slug": name,
        "label": Cause(cause).label if cause else "Not known yet",
        "misses": [{"miss": miss, "told": queries.told(miss)} for miss in found],
        "causes": Cause.choices,
        "titles": _titles(),
        "unconfirmed": unconfirmed,
        "next_url": f"?after={following}{'&show=open' if unconfirmed else ''}" if following else "",
        "opens_cases": may_open_cases(request.user),
    }
    return render(request, "misses/misses.html", context)


@allow(*SEES)
@require_POST
def confirm_cause(request: PersonRequest, miss_id: int) -> HttpResponse:
    miss = access_miss(miss_id)
    back = redirect("misses:cause", request.POST.get("back") or miss.stands_as or "unknown")
    try:
        confirm(
            actor=request.user,
            miss_id=miss.pk,
            cause=request.POST.get("cause", ""),
            note=request.POST.get("note", ""),
        )
    except DomainError as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, "Confirmed.")
    return back
