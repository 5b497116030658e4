"""How rules fare in use, for those who write them; and a real case told as an example."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from apps.accounts.access import PersonRequest, allow
from apps.briefing.queries import check_results, read_by
from apps.decisions.models import Decision
from apps.decisions.verdict import RATIONALE
from apps.errors import NotFound
from apps.feedback.redaction import redact
from apps.guidelines.access import AUTHORS
from apps.guidelines.models import GuidelineVersion
from apps.guidelines.queries import Rule, in_force
from apps.insight.errors import ExampleRefused
from apps.insight.operations.examples import LONGEST, add_example
from apps.insight.queries.rules import DAYS, disagreements, rule_times, rule_use, rule_uses
from apps.insight.words import duration
from apps.intake.models import ItemContent

OUTCOMES = dict(Decision.Outcome.choices)
MILD = 1  # exposure up to which a text may be quoted into a form


def _rule(code: str) -> Rule:
    rule = in_force().rules.get(code)
    if rule is None:
        raise NotFound(f"There is no rule {code} in force.")
    return rule


@allow(*AUTHORS)
@require_safe
@never_cache
def in_use(request: PersonRequest) -> HttpResponse:
    """Every rule, most volume × disagreement first; how many have read the version, and the checks, as sums."""
    edition = in_force()
    uses = {use.code: use for use in rule_uses()}
    rows = [{"rule": edition.rules[code], "use": use} for code, use in uses.items() if code in edition.rules]
    quiet = [rule for code, rule in edition.rules.items() if code not in uses]
    version = GuidelineVersion.objects.get(pk=edition.id)
    results = check_results(edition.rules.values())
    context = {
        "edition": edition, "rows": rows, "quiet": quiet, "days": DAYS, "read_by": read_by(version),
        "checks": [{"rule": edition.rules[code], **told} for code, told in results.items()],
    }  # fmt: skip
    return render(request, "insight/rules.html", context)


@allow(*AUTHORS)
@require_safe
@never_cache
def rule_in_use(request: PersonRequest, code: str) -> HttpResponse:
    """One rule: what came of cases under it, where second people said otherwise, and how long it took."""
    rule = _rule(code)
    times = rule_times(code)
    most = max((n for _, n in times.bars), default=0)
    pairs = disagreements(code)
    for pair in pairs:
        pair["first_outcome"], pair["later_outcome"] = (
            OUTCOMES[pair["first_outcome"]],
            OUTCOMES[pair["later_outcome"]],
        )
        for name in ("first_because", "later_because"):
            pair[name] = [RATIONALE.get(one, one) for one in pair[name].split(",") if one]
    context = {
        "rule": rule, "use": rule_use(code), "days": DAYS, "pairs": pairs,
        "quarters": [duration(seconds) for seconds in times.quarters] if times.quarters else None,
        "bars": [
            {"upto": duration(upto), "n": n, "x": 12 * place, "height": round(60 * n / most), "y": 60 - round(60 * n / most)}
            for place, (upto, n) in enumerate(times.bars)
        ],
        "width": 12 * len(times.bars),
        "check": check_results([rule]).get(code),
    }  # fmt: skip
    return render(request, "insight/rule.html", context)


@allow(*AUTHORS)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def example(request: PersonRequest, code: str, decision_id: int) -> HttpResponse:
    """Tell the case of a decision as an example of the rule, in a draft. Heavy content is never quoted here."""
    rule = _rule(code)
    decision = Decision.objects.select_related("case", "item").filter(pk=decision_id, withdraws=False).first()
    if decision is None or code not in {*decision.rule_codes, *decision.case.rule_codes}:
        raise NotFound("There is no such decision under this rule.")
    errors: dict[str, str] = {}
    status = 200
    typed: dict[str, Any] = {"text": "", "kind": "violating" if code in decision.rule_codes else "allowed"}
    if request.method == "POST":
        typed = {name: request.POST.get(name, "") for name in ("text", "kind", "draft", "names_nobody")}
        try:
            add_example(
                actor=request.user,
                draft=typed["draft"],
                code=code,
                kind=typed["kind"],
                text=typed["text"],
                names_nobody=bool(typed["names_nobody"]),
            )
            return redirect(f"/guidelines/versions/{typed['draft']}/rules/{code}/")
        except ExampleRefused as refusal:
            errors, status = {error["field"]: error["reason"] for error in refusal.errors}, refusal.status
    elif decision.case.exposure <= MILD:
        typed["text"] = redact(_text(decision))[:LONGEST]
    drafts = GuidelineVersion.objects.filter(state=GuidelineVersion.State.DRAFT).order_by("-id")
    context = {
        "rule": rule, "decision": decision, "typed": typed, "errors": errors, "drafts": drafts,
        "heavy": decision.case.exposure > MILD, "longest": LONGEST,
    }  # fmt: skip
    return render(request, "insight/example.html", context, status=status)


def _text(decision: Decision) -> str:
    content = ItemContent.objects.filter(item=decision.item_id, revision=decision.item_revision).first()
    return content.text if content else ""
