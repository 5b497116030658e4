from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.access import PersonRequest, allow
from apps.errors import DomainError, NotFound
from apps.guidelines.access import AUTHORS, draft_for
from apps.guidelines.comparing import compare
from apps.guidelines.drafts import Shown
from apps.guidelines.queries import edition
from apps.intake.models import ItemContent
from apps.rehearsal import operations, queries
from apps.rehearsal.access import DECIDE, replay_for
from apps.rehearsal.models import Replay

DAYS = (7, 30, 90, 365)


def _days(given: str) -> int:
    return int(given) if given.isdigit() and int(given) in DAYS else 90


@allow(*AUTHORS)
@require_safe
def impact(request: PersonRequest, number: str) -> HttpResponse:
    """What a draft would touch, counted over the decisions of the last days."""
    version = draft_for(request.user, number)
    found = queries.impact(version, days=_days(request.GET.get("days", "")))
    context = {
        "version": version,
        "impact": found,
        "choices": DAYS,
        "shown": Shown.of(version),
        "replays": version.replays.all(),
    }
    return render(request, "rehearsal/impact.html", context)


@allow(*AUTHORS)
@require_POST
def draw(request: PersonRequest, number: str) -> HttpResponse:
    version = draft_for(request.user, number)
    size = request.POST.get("size", "")
    try:
        replay = operations.draw(
            actor=request.user,
            version=version,
            size=int(size) if size.isascii() and size.isdigit() and len(size) < 4 else 20,
            days=_days(request.POST.get("days", "")),
        )
    except DomainError as refusal:
        messages.warning(request, refusal.sentence)
        return redirect("rehearsal:impact", number)
    return redirect("rehearsal:replay", replay.pk)


@allow(*DECIDE)
@require_safe
def replays(request: PersonRequest) -> HttpResponse:
    """The replays that are open, to take part in; for those who write, the closed ones as well."""
    found = Replay.objects.select_related("version", "created_by")
    if not request.user.has_role(*AUTHORS):
        found = found.filter(closed_at=None)
    return render(
        request, "rehearsal/replays.html", {"replays": found[:50], "leads": request.user.has_role(*AUTHORS)}
    )


@allow(*DECIDE)
@require_safe
def replay(request: PersonRequest, replay_id: int) -> HttpResponse:
    """The next drawn case, blind; after the end, for those who write, what came of it."""
    found = replay_for(request.user, replay_id)
    leads = request.user.has_role(*AUTHORS)
    if found.closed_at is not None:
        context = {"replay": found, "results": queries.results_of(found)}
        return render(request, "rehearsal/results.html", context)
    return _case_page(request, found, leads)


def _case_page(
    request: PersonRequest, found: Replay, leads: bool, status: int = 200, **more: object
) -> HttpResponse:
    case = queries.next_case(found, request.user)
    whole = edition(found.version_id)
    changed = {one.code for one in compare(found.version.base, found.version) if one.is_rule}
    text = ""
    if case is not None:
        content = ItemContent.objects.filter(item=case.decision.item_id, revision=case.decision.item_revision)
        text = content.values_list("text", flat=True).first() or ""
    context = {
        "replay": found,
        "case": case,
        "text": text,
        "done": found.cases.filter(verdicts__person=request.user).count(),
        "size": found.cases.count(),
        "changed": [rule for rule in whole.rules.values() if rule.code in changed],
        "others": [rule for rule in whole.rules.values() if rule.code not in changed],
        "edition": Shown.of(found.version),
        "leads": leads,
        "base": "",
        "codes": frozenset(),
        **more,
    }
    return render(request, "rehearsal/replay.html", context, status=status)


@allow(*DECIDE)
@require_POST
def judge(request: PersonRequest, replay_id: int) -> HttpResponse:
    found = replay_for(request.user, replay_id)
    case = found.cases.filter(position=_number(request.POST.get("position", ""))).first()
    if case is None:
        raise NotFound("This case is not part of the replay.")
    try:
        operations.judge(
            actor=request.user,
            case_id=case.pk,
            outcome=request.POST.get("outcome", ""),
            rule_codes=request.POST.getlist("rules"),
        )
    except DomainError as refusal:
        leads = request.user.has_role(*AUTHORS)
        return _case_page(request, found, leads, refusal.status, refusal=refusal, typed=request.POST)
    return redirect("rehearsal:replay", replay_id)


def _number(given: str) -> int:
    return int(given) if given.isascii() and given.isdigit() and len(given) < 6 else -1


@allow(*AUTHORS)
@require_POST
def close(request: PersonRequest, replay_id: int) -> HttpResponse:
    found = replay_for(request.user, replay_id)
    operations.close(actor=request.user, replay_id=found.pk)
    return redirect("rehearsal:replay", replay_id)
