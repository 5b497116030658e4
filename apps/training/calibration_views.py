"""Calibrations: everyone decides the same cases, then the spread, the talk and the ruling."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.access import PersonRequest, allow
from apps.errors import DomainError
from apps.guidelines.queries import edition, in_force
from apps.training import operations
from apps.training.access import DECIDE, MAKERS, access_calibration, may_calibrate
from apps.training.models import Calibration, Ruling
from apps.training.queries.calibrations import next_case, spread_of
from apps.training.queries.learning import languages_read


@allow(*DECIDE)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def calibrations(request: PersonRequest) -> HttpResponse:
    """Those that are open, those that ended, and for whoever leads them, a new one."""
    refusal = None
    if request.method == "POST":
        may_calibrate(request.user)
        try:
            made = operations.open_calibration(
                actor=request.user,
                rule_code=request.POST.get("rule", ""),
                language=request.POST.get("language", "").strip()[:8],
            )
            return redirect("training:calibration", made.pk)
        except DomainError as found:
            refusal = found
    context = {
        "sessions": Calibration.objects.select_related("rule_version").prefetch_related("ruling")[:100],
        "leads": request.user.has_role(*MAKERS),
        "rules": list(in_force().rules.values()),
        "chosen": request.POST.get("rule") or request.GET.get("rule", ""),
        "languages": languages_read(),
        "typed_language": request.POST.get("language", ""),
        "refusal": refusal,
    }
    return render(request, "training/calibrations.html", context, status=refusal.status if refusal else 200)


@allow(*DECIDE)
@require_safe
@never_cache
def calibration(request: PersonRequest, session_id: int) -> HttpResponse:
    return _page(request, access_calibration(request.user, session_id))


def _page(request: PersonRequest, found: Calibration, refusal: DomainError | None = None) -> HttpResponse:
    rule = edition(found.rule_version.version_id).rules_by_id[found.rule_version_id]
    context = {
        "session": found,
        "rule": rule,
        "leads": request.user.has_role(*MAKERS),
        "refusal": refusal,
        "typed": request.POST,
        "chosen": request.POST.getlist("rules"),
    }
    if found.closed_at is not None:
        context |= {
            "spread": spread_of(found),
            "ruling": Ruling.objects.select_related("written_by").filter(session=found).first(),
        }
    else:
        context |= {
            "case": next_case(found, request.user),
            "done": found.cases.filter(verdicts__person=request.user).count(),
            "size": found.cases.count(),
            "rules": sorted(
                in_force().rules.values(),
                key=lambda one: (one.policy_code != rule.policy_code, one.code != rule.code),
            ),  # the one it is about first
        }
    return render(request, "training/calibration.html", context, status=refusal.status if refusal else 200)


@allow(*DECIDE)
@require_POST
def judge(request: PersonRequest, session_id: int) -> HttpResponse:
    found = access_calibration(request.user, session_id)
    try:
        operations.judge(
            actor=request.user,
            session_id=found.pk,
            position=_number(request.POST.get("position", "")),
            outcome=request.POST.get("outcome", ""),
            rule_codes=request.POST.getlist("rules"),
        )
    except DomainError as refusal:
        return _page(request, found, refusal)
    return redirect("training:calibration", session_id)


@allow(*MAKERS)
@require_POST
def close(request: PersonRequest, session_id: int) -> HttpResponse:
    found = access_calibration(request.user, session_id)
    operations.close_calibration(actor=request.user, session_id=found.pk)
    return redirect("training:calibration", session_id)


@allow(*DECIDE)
@require_POST
def remark(request: PersonRequest, session_id: int) -> HttpResponse:
    found = access_calibration(request.user, session_id)
    try:
        operations.remark(
            actor=request.user,
            session_id=found.pk,
            position=_number(request.POST.get("position", "")),
            text=request.POST.get("text", ""),
        )
    except DomainError as refusal:
        return _page(request, found, refusal)
    return redirect("training:calibration", session_id)


@allow(*MAKERS)
@require_POST
def ruling(request: PersonRequest, session_id: int) -> HttpResponse:
    found = access_calibration(request.user, session_id)
    try:
        operations.rule_on(actor=request.user, session_id=found.pk, text=request.POST.get("text", ""))
    except DomainError as refusal:
        return _page(request, found, refusal)
    messages.success(request, f"The ruling is attached to {found.rule_code}.")
    return redirect("training:calibration", session_id)


def _number(given: str) -> int:
    return int(given) if given.isascii() and given.isdigit() and len(given) < 6 else -1
