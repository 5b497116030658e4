"""The desk: thin doors over the operations of queues, decisions and wellbeing."""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.views.decorators.http import require_GET, require_POST

from apps.accounts.access import EVERYONE, PersonRequest, allow
from apps.appeals import operations as appeals
from apps.decisions.errors import GuidelinesMoved, InvalidVerdict
from apps.decisions.models import Hold
from apps.decisions.operations import decide as decide_case
from apps.decisions.operations import undo as undo_decision
from apps.decisions.operations.deciding import approve_as_decided
from apps.desk.access import access_case_media, access_media
from apps.desk.case_screen import rule_row
from apps.desk.forms import KEPT, by_field, read_look, read_verdict, seen_version, typed
from apps.desk.guidance import guidance, moved, to_read, worded
from apps.desk.queries import desk_now
from apps.desk.screen import Undoable, screen
from apps.desk.veils import shown_as
from apps.errors import DomainError
from apps.guidelines.queries import edition, in_force
from apps.guidelines.reading import search
from apps.intake import queries as intake
from apps.intake.models import Media
from apps.queues import operations as queues
from apps.queues.errors import AlreadyHolding, ClaimLost
from apps.queues.models import Case, Claim
from apps.queues.operations.claiming import WITHOUT_JAVASCRIPT
from apps.queues.queries import live_claim
from apps.wellbeing import operations as wellbeing
from apps.wellbeing.errors import AlreadyOnShift, BreakDue, NotOnShift, OnBreak
from apps.wellbeing.veil.queries import veils_in_force

WORKERS = ("moderator", "senior_moderator")
View = Callable[..., HttpResponse]


def desk_door(view: View) -> View:
    """A POST of the desk: moderators only; afterwards the desk as it is now, or the calm form of a refusal."""

    @require_POST
    @allow(*WORKERS)
    @wraps(view)
    def door(request: PersonRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except ClaimLost as lost:
            return answer(
                request, "lost", status=409, lost={"message": lost.sentence}, typed=typed(request.POST)
            )
        except BreakDue:
            wellbeing.start_break(actor=request.user)
            return answer(request)
        except (NotOnShift, OnBreak, AlreadyOnShift, AlreadyHolding):
            return answer(request)  # another window was quicker: show how things are
        except DomainError as refusal:
            return answer(request, status=refusal.status, notice=refusal.sentence, typed=typed(request.POST))

    door.allowed_roles = WORKERS  # type: ignore[attr-defined]
    return door


def answer(
    request: PersonRequest, state: str = "", status: int = 200, said: str = "", **more: Any
) -> HttpResponse:
    """The desk: its part for htmx, a redirect for a plain form, a whole page where a redirect would lose something.

    `said`: what became of the case she had, where another one does not show it.
    """
    htmx = bool(request.htmx)
    if not htmx and not state and not more and status == 200:
        if said:
            messages.info(request, said)
        return redirect("desk")
    template = "desk/desk.html#desk" if htmx else "desk/desk.html"
    context = screen(request.user, state=state, said=said, **more)
    if htmx and (token := request.POST.get("csrfmiddlewaretoken")):
        # Checked already, and good for the next form too: a new one costs 32 random draws and a cookie.
        context["csrf_token"] = token
    # htmx swaps only good answers; a lost claim or a form with errors is shown in place all the same.
    return render(request, template, context, status=200 if htmx else status)


def _look(request: PersonRequest) -> Any:
    return read_look(request.POST.get("spans"))


@require_GET
@allow(*WORKERS)
def desk(request: PersonRequest) -> HttpResponse:
    claim = live_claim(request.user)
    if claim is not None:
        queues.open_again(claim)
    return render(request, "desk/desk.html", screen(request.user))


@desk_door
def start_shift(request: PersonRequest) -> HttpResponse:
    wellbeing.start_shift(actor=request.user)
    return answer(request)


@desk_door
def end_shift(request: PersonRequest) -> HttpResponse:
    queues.end_shift(actor=request.user)
    return answer(request, "ended")


@desk_door
def start_break(request: PersonRequest) -> HttpResponse:
    """A break begins at once; a case she holds goes back to the queue first."""
    claim = live_claim(request.user)
    if claim is not None:
        queues.release(actor=request.user, claim_id=claim.pk, look=_look(request))
    wellbeing.start_break(actor=request.user)
    return answer(request, said="The case you had is back in its queue." if claim is not None else "")


@desk_door
def end_break(request: PersonRequest) -> HttpResponse:
    wellbeing.end_break(actor=request.user)
    return answer(request)


@desk_door
def next_case(request: PersonRequest) -> HttpResponse:
    fixed = None if request.htmx else WITHOUT_JAVASCRIPT
    if to_read(request.user):
        return answer(request)
    claimed = queues.claim_next(actor=request.user, fixed=fixed)
    return answer(request, "" if claimed else "nothing")


@desk_door
def decide(request: PersonRequest, claim_id: int) -> HttpResponse:
    seen = seen_version(request.POST)
    hearing = request.POST.get("hearing", "")  # an appeal, in two steps
    try:
        verdict = read_verdict(request.POST, edition(seen) if seen else in_force())
        if request.POST.get("approval") == "approve":
            verdict = _agreeing(claim_id, request, verdict)
        if hearing == "first":
            appeals.judge(
                actor=request.user, claim_id=claim_id, verdict=verdict, form=typed(request.POST, KEPT)
            )
            return answer(request)
        say = appeals.confirm if hearing else decide_case
        decided = say(
            actor=request.user,
            claim_id=claim_id,
            verdict=verdict,
            under=seen,
            look=_look(request),
            claim_another=True,
            fixed=None if request.htmx else WITHOUT_JAVASCRIPT,
        )
    except GuidelinesMoved:
        assert seen is not None
        change = moved(seen, request.POST.getlist("rules"), request.user)
        kept = typed(request.POST) | {"rules": change["rules"]}
        kept |= {new: kept[old] for old, new in change["answers"].items() if old in kept}
        return answer(request, "case", 409, typed=kept, moved=change)
    except InvalidVerdict as refusal:
        return answer(request, "case", 422, typed=typed(request.POST), errors=by_field(refusal.errors))
    if not request.htmx:
        return redirect("desk")
    just = Undoable(decided.decision_id, verdict.outcome, verdict.rules, bool(decided.held), now())
    return answer(request, "" if decided.next else "nothing", decided=just)


def _agreeing(claim_id: int, request: PersonRequest, words: Any) -> Any:
    """A second person who approves says the same as the first, in her own words."""
    case = Case.objects.filter(
        claims=claim_id, claims__holder=request.user, purpose=Case.Purpose.APPROVAL
    ).first()
    if case is None or case.about_decision_id is None:
        return words
    hold = Hold.objects.select_related("decision__words").get(decision_id=case.about_decision_id)
    return approve_as_decided(
        held_decision=hold.decision,
        explanation=words.explanation,
        private_note=words.private_note,
        confidence=words.confidence,
    )


@desk_door
def skip(request: PersonRequest, claim_id: int) -> HttpResponse:
    queues.skip(
        actor=request.user, claim_id=claim_id, reason=request.POST.get("reason", ""), look=_look(request)
    )
    return answer(request, said="Skipped. Somebody else gets it, and it does not come to you again.")


@desk_door
def escalate(request: PersonRequest, claim_id: int) -> HttpResponse:
    note = request.POST.get("note", "").strip()[:2000]
    queues.escalate(actor=request.user, claim_id=claim_id, note=note, look=_look(request))
    return answer(request, said=f"Escalated. Someone senior gets it{', with your note' if note else ''}.")


@desk_door
def release(request: PersonRequest, claim_id: int) -> HttpResponse:
    queues.release(actor=request.user, claim_id=claim_id, look=_look(request))
    return answer(request, said="Put back. It waits in its queue, for you as for anybody.")


@require_POST
@allow(*EVERYONE)
def stop(request: PersonRequest) -> HttpResponse:
    """Stop now, from any page: the case goes back without a trace, a break begins, and help is offered."""
    queues.stop_now(actor=request.user, look=_look(request))
    on_shift = desk_now(request.user).shift is not None
    return render(request, "desk/stopped.html", {"on_shift": on_shift, "state": "stopped"})


@desk_door
def rest_longer(request: PersonRequest) -> HttpResponse:
    """A longer rest after an extreme case: 10 or 30 minutes from now, no reason asked."""
    minutes = 30 if request.POST.get("minutes") == "30" else 10
    wellbeing.rest_longer(actor=request.user, minutes=minutes)
    return answer(request)


@desk_door
def show(request: PersonRequest, claim_id: int) -> HttpResponse:
    """Without JavaScript: uncover text and still pictures. Counts as fully shown from here on."""
    claim = Claim.objects.filter(pk=claim_id, holder=request.user, ended_at=None).first()
    if claim is None:
        raise ClaimLost
    return answer(request, "case", shown=True)


@require_POST
@allow(*WORKERS)
def heartbeat(request: PersonRequest, claim_id: int) -> JsonResponse:
    try:
        body = json.loads(request.body or b"{}")
    except ValueError:
        body = {}
    look = read_look(body.get("spans")) if isinstance(body, dict) else None
    try:
        ends = queues.renew(
            actor=request.user,
            claim_id=claim_id,
            seconds_revealed=look.seconds if look else None,
            uncovered=look is not None and body.get("open") is True,
        )
    except ClaimLost as lost:
        return JsonResponse({"lost": True, "message": lost.sentence, "seconds_left": 0}, status=409)
    return JsonResponse({"lost": False, "seconds_left": int((ends - now()).total_seconds()), "message": ""})


@desk_door
def undo(request: PersonRequest, decision_id: int) -> HttpResponse:
    undone = undo_decision(actor=request.user, decision_id=decision_id)
    if undone.claim_id is None:
        return answer(
            request,
            notice="It is taken back. Looking again does not fit today any more; someone else gets it.",
        )
    return answer(request)


@require_GET
@allow(*WORKERS)
def rules(request: PersonRequest) -> HttpResponse:
    """All rules that answer to what was typed, as rows to choose from."""
    current = in_force()
    q = request.GET.get("q", "").strip()[:100]
    told = guidance(request.user, current)
    found = search(q, current, limit=12, language=told["text"].language) if q else []
    rows = [worded(rule_row(hit.rule, current), hit.rule, told["text"], told["fresh"]) for hit in found]
    context = {"rules": rows, "q": q, "guidelines": told["guidelines"]}
    return render(request, "desk/parts/rule_results.html", context)


@require_GET
@allow(*WORKERS)
def media(request: PersonRequest, media_id: int, variant: str) -> FileResponse:
    """A media file of the case she holds, from our own origin, never cached, as her veil lets it be shown."""
    return _file(request, *access_media(request.user, media_id), variant)


@require_GET
@allow(*WORKERS)
def case_media(request: PersonRequest, claim_id: int, position: int, variant: str) -> FileResponse:
    """The same, by its place in the case."""
    return _file(request, *access_case_media(request.user, claim_id, position), variant)


def _file(request: PersonRequest, item_media: Media, exposure: int, variant: str) -> FileResponse:
    filters = shown_as(item_media, variant, veils_in_force(request.user.pk, exposure))
    path, mime = intake.media_file(item_media, variant, filters=filters)
    answer = FileResponse(path.open("rb"), content_type=mime)
    answer["Cache-Control"] = "no-store, private"
    answer["Content-Disposition"] = "inline"
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer
