from datetime import UTC
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.access import PersonRequest, allow
from apps.detectors import operations
from apps.detectors.access import MINDERS, change_for, detector_for
from apps.detectors.forms import WEEKS, CardFilter, ModeForm, ProposalForm
from apps.detectors.queries.cards import Scorecard, overview, scorecard
from apps.detectors.queries.standing import (
    changes_of,
    modes_in_force,
    terms_of,
    threshold_in_force,
    waiting,
)
from apps.detectors.queries.whatif import Outlook, outlook, outlooks
from apps.detectors.screen import card_screen, outlook_row, outlook_words
from apps.detectors.words import number, share
from apps.errors import DomainError
from apps.guidelines.queries import in_force

READS_CASES = ("supervisor", "senior_moderator", "admin")
LINES_AT_MOST = 300


def _weeks(given: str | None) -> int:
    return int(given) if given and given.isdigit() and int(given) in WEEKS else 13


@allow(*MINDERS)
@require_safe
@never_cache
def detectors(request: PersonRequest) -> HttpResponse:
    """Every detector, version and rule with its scores, and what waits for a second person."""
    weeks = _weeks(request.GET.get("weeks"))
    lines = overview(weeks, today=now().astimezone(UTC).date())
    rules = in_force().rules
    terms = terms_of({(line.detector, line.version) for line in lines})
    context = {
        "rows": [
            {
                "line": line,
                "title": rules[line.rule_code].title,
                "scored": number(line.scored),
                "flagged": number(line.over.scored),
                "precision": share(line.precision),
                "agreement": share(line.agreement),
                "shadow": terms[line.detector, line.version].shadow,
                "threshold": terms[line.detector, line.version].thresholds.get(line.rule_code),
            }
            for line in lines[:LINES_AT_MOST]
            if line.rule_code in rules
        ],
        "unknown": [line for line in lines if line.rule_code not in rules][:50],
        "weeks": weeks,
        "choices": WEEKS,
        "waiting": waiting(),
    }
    return render(request, "detectors/detectors.html", context)


@allow(*MINDERS)
@require_safe
@never_cache
def card(request: PersonRequest, rule: str, name: str) -> HttpResponse:
    """The scorecard of a detector on one rule."""
    name = detector_for(name, rule)
    found, filters = _card(request, name, rule)
    threshold = request.GET.get("threshold", "")
    asked = _threshold(threshold)
    context = {
        **card_screen(found),
        "filters": filters,
        "threshold": threshold,
        "asked": None if asked is None else outlook_words(outlook(found, asked)),
        "asked_wrong": bool(threshold) and asked is None,
        "outlooks": [outlook_row(one) for one in outlooks(found)],
        "changes": changes_of(name, rule),
        "reads_cases": request.user.has_role(*READS_CASES),
        "rule_title": _title(rule),
        "weeks_asked": _weeks(request.GET.get("weeks")),
    }
    return render(request, "detectors/card.html", context)


def _card(request: PersonRequest, name: str, rule: str, version: str = "") -> tuple[Scorecard, CardFilter]:
    asked = {
        "weeks": _weeks(request.GET.get("weeks")),
        "version": version or request.GET.get("version", "")[:40],
        "language": request.GET.get("language", "")[:8],
    }
    today = now().astimezone(UTC).date()
    found = scorecard(name, rule, today=today, **asked)  # type: ignore[arg-type]
    return found, CardFilter(initial=asked, versions=found.versions, languages=found.languages)


def _threshold(given: str) -> float | None:
    try:
        value = float(given)
    except ValueError:
        return None
    return value if 0 <= value <= 1 else None


def _title(rule: str) -> str:
    rules = in_force().rules
    return rules[rule].title if rule in rules else "not a rule in force"


@allow(*MINDERS)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def propose(request: PersonRequest, rule: str, name: str) -> HttpResponse:
    """A new threshold: first what it would lead to, then, with a reason, the proposal."""
    name = detector_for(name, rule)
    given = request.POST if request.method == "POST" else request.GET
    found, _ = _card(request, name, rule, version=given.get("version", "")[:40])
    form = ProposalForm(given if given.get("threshold") else None, versions=found.versions)
    context: dict[str, Any] = {"detector": name, "rule": rule, "rule_title": _title(rule), "form": form}
    status = 200
    if form.is_bound and form.is_valid():
        version, threshold = form.cleaned_data["version"], form.cleaned_data["threshold"]
        would = outlook(found, threshold)
        current = threshold_in_force(name, version, rule)
        context |= {
            "would": outlook_words(would),
            "current": current,
            "currently": None if current is None else outlook_words(outlook(found, current)),
            "typed": given,
        }
        if request.method == "POST":
            try:
                made = operations.propose_threshold(
                    actor=request.user, detector=name, version=version, rule_code=rule, threshold=threshold,
                    reason=request.POST.get("reason", ""), preview=_kept(would, found),
                )  # fmt: skip
                messages.success(request, "Proposed. It counts once somebody else has approved it.")
                return redirect("detectors:change", made.pk)
            except DomainError as refusal:
                context["refusal"], status = refusal, refusal.status
    elif form.is_bound:
        status = 422
    return render(request, "detectors/propose.html", context, status=status)


def _kept(would: Outlook, found: Scorecard) -> dict[str, Any]:
    return {**would.as_json(), "weeks": len(found.weeks), "scored": found.over.scored + found.under.scored}


@allow(*MINDERS)
@require_safe
@never_cache
def change(request: PersonRequest, change_id: int) -> HttpResponse:
    """A proposed change with what was expected of it, and what one would expect of it today."""
    return _change_page(request, change_id)


def _change_page(request: PersonRequest, change_id: int, refusal: DomainError | None = None) -> HttpResponse:
    found = change_for(change_id)
    today = now().astimezone(UTC).date()
    as_of_now = scorecard(found.detector, found.rule_code, weeks=13, today=today, version=found.version)
    context = {
        "change": found,
        "rule_title": _title(found.rule_code),
        "then": outlook_words(Outlook.from_json(found.preview)) if "threshold" in found.preview else None,
        "today": outlook_words(outlook(as_of_now, found.threshold)),
        "mine": found.proposed_by_id == request.user.pk,
        "open": found.state == "proposed",
        "refusal": refusal,
    }
    return render(request, "detectors/change.html", context, status=refusal.status if refusal else 200)


@allow(*MINDERS)
@require_POST
def settle(request: PersonRequest, change_id: int) -> HttpResponse:
    """Approve, refuse or take back, as the button says."""
    found = change_for(change_id)
    does = request.POST.get("do", "")
    try:
        if does == "withdraw":
            operations.withdraw_threshold(actor=request.user, change_id=found.pk)
        elif does in ("approve", "refuse"):
            operations.settle_threshold(
                actor=request.user,
                change_id=found.pk,
                approve=does == "approve",
                because=request.POST.get("because", ""),
            )
    except DomainError as refusal:
        return _change_page(request, change_id, refusal)
    return redirect("detectors:change", found.pk)


@allow(*MINDERS)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def modes(request: PersonRequest) -> HttpResponse:
    """Which detectors only look on, by whose word and why."""
    form = ModeForm(request.POST or None, initial={"shadow": "yes"})
    status, refusal = 200, None
    if form.is_bound and form.is_valid():
        said = {**form.cleaned_data, "shadow": form.cleaned_data["shadow"] == "yes"}
        try:
            operations.set_mode(actor=request.user, **said)
            messages.success(request, "Said. It counts for scores that come in from now on.")
            return redirect("detectors:modes")
        except DomainError as trouble:
            status, refusal = trouble.status, trouble
    elif request.method == "POST":
        status = 422
    context = {"form": form, "modes": modes_in_force(), "refusal": refusal}
    return render(request, "detectors/modes.html", context, status=status)
