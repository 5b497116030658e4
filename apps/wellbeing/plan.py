"""The plan of a shift, shown before it begins: what comes when, and when heavy work rests."""

from datetime import datetime, timedelta
from typing import Any

from django.utils.timezone import localtime

from apps.accounts.models import User
from apps.guidelines.levels import EXPOSURE
from apps.wellbeing.models import LimitSet
from apps.wellbeing.queries import SPECIALIST, Limits, day_of, last_shift, limit_set, limits_of


def shift_plan(user: User, at: datetime) -> list[dict[str, str]]:
    """A shift begun now, part by part: what, the value, a note. Times of day as this installation shows them."""
    limits = limits_of(user)
    rules = limit_set(limits.limit_set_id)
    ends = at + timedelta(minutes=rules.shift_minutes) - _worked_today(user, at)
    return [
        *_amounts(limits),
        *_times(rules, at, ends),
        *_mix(rules, limits, specialist=SPECIALIST in user.skills),
    ]


def _worked_today(user: User, at: datetime) -> timedelta:
    """Working time of earlier shifts that the new one goes on from."""
    last = last_shift(user)
    if last is None or last.ended_at is None or day_of(last, at) != last.day_started_at:
        return timedelta(0)
    return last.ended_at - last.started_at + timedelta(seconds=last.seconds_before)


def _amounts(limits: Limits) -> list[dict[str, str]]:
    note = "Heavy cases stop before this is used up."
    if limits.percent < 100:
        note = f"{limits.percent} % of the usual, because you are new to this. {note}"
    elif limits.spent_today:
        note = f"What is left of your day. {note}"
    return [
        _part("Exposure", f"{limits.budget // 100} units", note),
        _part("Highest level", f"{limits.max_exposure} of 4", EXPOSURE[limits.max_exposure]),
    ]


def _times(rules: LimitSet, at: datetime, ends: datetime) -> list[dict[str, str]]:
    gentle_until = at + timedelta(minutes=rules.gentle_start_minutes)
    gentle_from = max(at, ends - timedelta(minutes=rules.gentle_end_minutes))
    over = (
        f"{rules.overtime_minutes} min more are possible, gently."
        if rules.overtime_minutes
        else "No overtime."
    )
    return [
        _part("A gentle start", f"until {_clock(gentle_until)}", "Up to exposure 2."),
        _part(
            "Breaks",
            f"{rules.break_minutes} min every {rules.break_every_minutes} min",
            f"Every {rules.high_break_every_minutes} min once exposure 3 was among it; {rules.long_break_minutes} min "
            "past half of your budget. Work time. Earlier whenever you like.",
        ),
        _part("A gentle end", f"from {_clock(gentle_from)}", "Up to exposure 2."),
        _part("End", _clock(max(at, ends)), over),
    ]


def _mix(rules: LimitSet, limits: Limits, *, specialist: bool) -> list[dict[str, str]]:
    if limits.max_exposure < 3:
        return []
    parts = [
        _part(
            "Heavy and light",
            f"{rules.high_run} heavy, then {rules.light_after_run} light",
            "After so many cases of exposure 3 in a row lighter work comes; it is real work too.",
        )
    ]
    if not specialist:
        parts.append(
            _part("Heavy work", f"{rules.high_minutes} min at most", "On exposure 3 and more, in a day.")
        )
    if limits.max_exposure == 4:
        note = f"A rest after each, and {rules.extreme_days} days in a row at most."
        parts.append(_part("Extreme work", f"{rules.extreme_minutes} min at most", note))
    return parts


def _part(label: str, value: str, note: str) -> dict[str, Any]:
    return {"label": label, "value": value, "note": note}


def _clock(moment: datetime) -> str:
    return f"{localtime(moment):%H:%M}"
