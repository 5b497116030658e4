"""What the desk shows, as the context of its template."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from math import ceil
from typing import Any, NamedTuple
from uuid import uuid4

from django.utils.timezone import now

from apps.accounts.models import User
from apps.decisions.models import UNDO_WITHIN, Decision
from apps.decisions.queries import recent_undoable
from apps.desk import guidance
from apps.desk.case_screen import OUTCOMES, case_screen
from apps.desk.queries import desk_now
from apps.queues.queries import queues_open_to, waiting_for
from apps.wellbeing.allowed import (
    OVER,
    RESTING,
    Allowance,
    allowed_now,
    believed,
    break_length,
    heavy_rests_because,
)
from apps.wellbeing.models import Shift
from apps.wellbeing.plan import shift_plan
from apps.wellbeing.queries import shift_bar

# Why nothing is there for her although something may wait, in words that ask nothing of her.
NOTHING = {
    "": "",
    "relief": "After a run of heavy cases light ones are due, and none is waiting. Heavy ones come again afterwards; "
    "ask again in a while, or take a break.",
    "start": "In the first minutes of a shift only lighter cases come, and none is waiting.",
    "end": "At the end of a shift only lighter cases come, and none is waiting.",
    "minutes": "Your time on heavy cases is used up for today. Only lighter ones come, and none is waiting.",
}


class Undoable(NamedTuple):
    """What the strip above the case says of the decision just made, as long as it can be taken back."""

    pk: int
    outcome: str
    rule_codes: Sequence[str]
    held: bool
    decided_at: datetime


def screen(
    user: User,
    *,
    state: str = "",
    typed: dict[str, Any] | None = None,
    errors: Any = None,
    shown: bool = False,
    decided: Undoable | None = None,
    **more: Any,
) -> dict[str, Any]:
    """The desk as it is for her now; `state` overrides what would be shown when nothing is held."""
    shift, claim, readable, file, veils = desk_now(user)
    context: dict[str, Any] = {"typed": typed or {}, "errors": errors or {}, "shown": shown, **more}
    context["shift"] = _bar(shift)
    if claim is not None:
        chosen = (typed or {}).get("rules", [])
        context |= case_screen(user, claim, shown=shown, chosen=chosen, file=file, veils=veils)
        context["state"] = "case"
        if not typed and context["hearing"] is not None and context["hearing"].typed:
            typed = context["typed"] = context["hearing"].typed
    elif not readable:
        context |= {"state": "unread", "none": state == "nothing"}
    elif shift is None:
        context |= {
            "state": state if state == "ended" else "no_shift",
            "plan": shift_plan(user, now()),
            "may_start": True,
        }
    elif shift.break_started_at:
        context["state"] = "break"
    else:
        context |= _free(user, shift, state or "ready")
    context["unread"] = not readable
    context["undo"] = _undo(decided or recent_undoable(user))
    # What somebody typed is never kept beyond her own page: 0 seconds is not at all.
    context["keep_for"] = 0 if typed or errors else None
    if typed or errors:
        context["kept"] = uuid4().hex
    return context


def _bar(shift: Shift | None) -> dict[str, Any] | None:
    if shift is None:
        return None
    bar = shift_bar(shift)
    if shift.break_started_at:
        ends = shift.break_started_at + break_length(shift, shift.limit_set)
        bar |= {"state": "break", "break_ends_at": ends}
        left = (ends - now()).total_seconds()
        bar["break_minutes_left"] = max(0, ceil(left / 60))
        bar["break_locked"] = left > 0 and bar["break_due"]
    return bar


def _free(user: User, shift: Shift, state: str) -> dict[str, Any]:
    """The desk of someone who holds nothing and is not on a break."""
    allowed = allowed_now(shift, shift.limit_set, now())
    if allowed.pause == OVER:
        return {"state": "over"}
    if allowed.pause == RESTING:
        return {"state": "rest", "rest_until": shift.rest_until}
    if state == "ready":
        told = guidance.briefing(user, shift.started_at)
        if told is not None:
            return {"state": "briefing", "briefing": told}
        return {"state": state, "queues": _queues(user, allowed), "checks": guidance.checks(user)}
    if state == "nothing":
        # With a whole budget something would be there: then it is the limit that she has come to.
        if not waiting_for(user, allowed) and waiting_for(user, replace(allowed, used=0)):
            limit = {"lighter": False}
            return {"state": "limit", "limit": limit, "checks": guidance.checks(user)}
        words = NOTHING[_heavy_rests(shift, allowed)]
        return {"state": state, "nothing": words, "checks": guidance.checks(user)}
    return {"state": state}


def _heavy_rests(shift: Shift, allowed: Allowance) -> str:
    if allowed.relief:
        return "relief"
    return (
        heavy_rests_because(shift, shift.limit_set, believed(shift, now())) if shift.max_exposure > 2 else ""
    )


def _queues(user: User, allowed: Allowance) -> list[dict[str, str]]:
    """Where something waits that she may have, in words: numbers would count down against her."""
    waiting = waiting_for(user, allowed)
    return [
        {
            "name": queue.name,
            "note": "",
            "waiting": "cases waiting" if waiting.get(queue.pk) else "nothing for you",
        }
        for queue in queues_open_to(user)
    ]


def _undo(decision: Decision | Undoable | None) -> dict[str, Any] | None:
    if decision is None:
        return None
    left = (decision.decided_at + UNDO_WITHIN - now()).total_seconds()
    if left <= 0:
        return None
    what = OUTCOMES[decision.outcome]
    if decision.rule_codes:
        what = f"{what}: {', '.join(decision.rule_codes)}"
    suffix = " It waits for a second person." if decision.held else ""
    return {"decision_id": decision.pk, "seconds_left": round(left, 1), "summary": f"{what}.{suffix}"}
