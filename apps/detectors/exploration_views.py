from datetime import UTC
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.access import PersonRequest, allow
from apps.detectors import operations
from apps.detectors.access import MINDERS
from apps.detectors.errors import PlanUnusable
from apps.detectors.forms import WEEKS, PlanForm
from apps.detectors.queries.cards import period
from apps.detectors.queries.exploration import Sample, plan_in_force, plans, sample
from apps.detectors.strata import STRATA
from apps.detectors.words import amount, number, percent, share
from apps.guidelines.queries import in_force


@allow(*MINDERS)
@require_safe
@never_cache
def exploration(request: PersonRequest) -> HttpResponse:
    """How much of what nobody flagged breaks a rule, told from a few items drawn by chance."""
    return _page(request)


def _page(
    request: PersonRequest, form: PlanForm | None = None, refusal: PlanUnusable | None = None
) -> HttpResponse:
    asked = request.GET.get("weeks", "")
    weeks = int(asked) if asked.isdigit() and int(asked) in WEEKS else 13
    language = request.GET.get("language", "")[:8]
    since, until = period(weeks, now().astimezone(UTC).date())
    told = sample(since, until, language=language)
    plan = plan_in_force()
    context: dict[str, Any] = {
        "told": told,
        "facts": {
            "unflagged": number(told.unflagged),
            "drawn": number(told.drawn),
            "judged": number(told.judged),
            "covered": percent(told.covered / told.unflagged) if told.unflagged else "–",
        },
        "any": share(told.prevalence()),
        "rules": _by_rule(told),
        "strata": told.strata,
        "plan": plan,
        "plan_rates": [
            (STRATA[name].title, percent(rate))
            for name, rate in plan.rates.items()
            if rate and name in STRATA
        ]
        if plan
        else [],
        "plans": plans(),
        "form": form or PlanForm(initial=_as_percent(plan)),
        "refusal": refusal,
        "weeks": weeks,
        "choices": WEEKS,
        "language": language,
    }
    wrong = refusal is not None or (form is not None and form.errors)
    return render(request, "detectors/exploration.html", context, status=422 if wrong else 200)


def _by_rule(told: Sample) -> list[dict[str, Any]]:
    rules = in_force().rules
    codes = sorted({code for hit in told.hits for code in hit.rule_codes})
    rows = [
        {
            "code": code,
            "title": rules[code].title if code in rules else "",
            "found": sum(code in hit.rule_codes for hit in told.hits),
            "missed": amount(told.missed(code)),
            "prevalence": share(told.prevalence(code)),
            "order": -told.missed(code).value,
        }
        for code in codes
    ]
    return sorted(rows, key=lambda row: row["order"])


def _as_percent(plan: Any) -> dict[str, Any]:
    if plan is None:
        return {}
    rates = {name: round(rate * 100, 6) for name, rate in plan.rates.items() if name in STRATA}
    return {**rates, "per_day": plan.per_day, "margin": plan.margin}


@allow(*MINDERS)
@require_POST
def plan(request: PersonRequest) -> HttpResponse:
    """Draw by new rates from now on; rates of 0 end it."""
    form = PlanForm(request.POST)
    if not form.is_valid():
        return _page(request, form)
    try:
        operations.set_plan(
            actor=request.user,
            rates=form.rates,
            per_day=form.cleaned_data["per_day"],
            margin=form.cleaned_data["margin"],
            reason=form.cleaned_data["reason"],
        )
    except PlanUnusable as refusal:
        return _page(request, form, refusal)
    messages.success(request, "Set. It counts for items that come in from now on.")
    return redirect("detectors:exploration")
