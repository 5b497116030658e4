from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Sum
from django.utils.timezone import now

from apps.accounts.models import User
from apps.wellbeing.models import ExposureEntry, LimitSet, PersonLimit, Shift

SPECIALIST = "specialist"


@dataclass(frozen=True)
class Limits:
    """What one person may be handed in one shift: centiunits, and the highest exposure level."""

    limit_set_id: int
    budget: int
    max_exposure: int


def limits_in_force() -> LimitSet:
    """The organisation's newest limits. The first row is written by a migration, so there is always one."""
    return LimitSet.objects.latest("id")


def limits_of(user: User) -> Limits:
    """The organisation's limits, what is left of the week, and what she tightened for herself: the least wins.

    The seven-day cap is `weekly_factor` budgets; what was spent in the last seven days counts against it.
    Exposure 4 is only for specialists who opted in.
    """
    organisation = limits_in_force()
    own = PersonLimit.objects.filter(user=user).first()
    specialist = SPECIALIST in user.skills
    budget = organisation.specialist_budget if specialist else organisation.budget
    week = spent_since(user, now() - timedelta(days=7))
    ceiling = organisation.specialist_max_exposure if specialist else organisation.max_exposure
    if not (own and own.opted_in_to_extreme):
        ceiling = min(ceiling, 3)
    if own and own.max_exposure is not None:
        ceiling = min(ceiling, own.max_exposure)
    wanted = budget if own is None or own.budget is None else min(budget, own.budget)
    return Limits(
        limit_set_id=organisation.pk,
        budget=max(0, min(wanted, budget * organisation.weekly_factor - week)),
        max_exposure=ceiling,
    )


def spent_since(user: User, since: datetime) -> int:
    """Centiunits a person's looks have cost since a moment, over all queues and devices."""
    total = ExposureEntry.objects.filter(user=user, at__gte=since).aggregate(total=Sum("units"))["total"]
    return total or 0


def live_shift(user: User) -> Shift | None:
    return Shift.objects.filter(user=user, ended_at=None).select_related("limit_set").first()


def shift_bar(shift: Shift) -> dict[str, Any]:
    """Her shift at a glance, for her alone. Minutes and units; no query."""
    limits = shift.limit_set
    at = now()
    used = shift.spent + shift.reserved
    since_break = shift.last_break_ended_at or shift.started_at
    next_break_at = since_break + timedelta(minutes=limits.break_every_minutes)
    state = "on_break" if shift.break_started_at else "working"
    return {
        "started_at": shift.started_at,
        "minutes_worked": int((at - shift.started_at).total_seconds() // 60),
        "used_units": round(used / 100, 1),
        "budget_units": round(shift.budget / 100, 1),
        "used_percent": 100 if not shift.budget else min(100, round(100 * used / shift.budget)),
        "next_break_at": next_break_at,
        "minutes_to_break": max(0, int((next_break_at - at).total_seconds() // 60)),
        "break_due": at >= next_break_at,
        "break_minutes": limits.break_minutes,
        "break_started_at": shift.break_started_at,
        "shift_minutes": limits.shift_minutes,
        "state": state,
    }


def people_available() -> int:
    """How many people are on shift and not on a break. Never who, never why not."""
    return Shift.objects.filter(ended_at=None, break_started_at=None).count()


def own_entries(user: User, *, limit: int = 200) -> list[ExposureEntry]:
    """A person's own exposure ledger, newest first."""
    return list(ExposureEntry.objects.filter(user=user).order_by("-at", "-id")[:limit])
