"""Earlier decisions on similar cases, after a first choice."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from apps.accounts.access import PersonRequest, allow
from apps.decisions.verdict import RATIONALE
from apps.desk.forms import OUTCOMES, seen_version
from apps.guidelines.queries import edition, in_force
from apps.queues.errors import ClaimLost
from apps.training.errors import NotAnAnswer
from apps.training.operations import choose_first

WORKERS = ("moderator", "senior_moderator")


@require_POST
@allow(*WORKERS)
def first_choice(request: PersonRequest, claim_id: int) -> HttpResponse:
    """Keep her first choice; then precedents, if the lot says so. Nothing at all until she has chosen, or without a claim."""
    seen = seen_version(request.POST)
    offered = edition(seen) if seen else in_force()
    codes = [
        offered.rules_by_id[int(one)].code
        for one in request.POST.getlist("rules")
        if one.isascii() and one.isdigit() and len(one) < 19 and int(one) in offered.rules_by_id
    ]
    try:
        _, found = choose_first(
            actor=request.user,
            claim_id=claim_id,
            outcome=OUTCOMES.get(request.POST.get("outcome", ""), ""),
            rule_codes=codes,
        )
    except (NotAnAnswer, ClaimLost):  # not chosen yet; or the desk tells of the lost claim itself
        return HttpResponse(status=204)
    reasons = [(one, [RATIONALE.get(code, code) for code in one.rationale]) for one in found]
    return render(request, "desk/parts/precedents.html", {"precedents": reasons})
