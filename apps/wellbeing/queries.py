from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Count, Q, Sum
from django.db.models.functions import TruncDate
from django.utils.timezone import localdate, now

from apps.accounts.models import User
from apps.wellbeing.allowed import believed, break_due_at, break_length, worked
from apps.wellbeing.models import Ceilings, ExposureEntry, LimitSet, PersonLimit, Practice, Shift, WordWanted

SPECIALIST = "specialist"


WORKING_DAY = timedelta(hours=20)  # a shift begun this long after the day began belongs to a new day
WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Limits:
    """What one person may be handed in one shift: centiunits, and the highest exposure level.

    `percent` of the budget is hers in her first weeks; `spent_today` is what earlier shifts of the same working
    day have cost.
    """

    limit_set_id: int
    budget: int
    max_exposure: int
    percent: int = 100
    spent_today: int = 0


def limits_in_force(at: datetime | None = None) -> LimitSet:
    """The organisation's newest limits that have not expired. The first never do, so there is always a set."""
    return _remember(LimitSet.objects.filter(Q(expires_at=None) | Q(expires_at__gt=at or now())).latest("id"))


def ceilings_in_force() -> dict[str, tuple[int, int]]:
    """The least and the most of every limit, as whoever answers for the organisation set them last."""
    bounds = Ceilings.objects.latest("id").bounds
    return {name: (bounds[name][0], bounds[name][1]) for name in bounds}


_sets: dict[tuple[str, int], LimitSet] = {}  # by database: a process may work on several


def limit_set(set_id: int) -> LimitSet:
    """A set of limits by its id, read once per process: a set never changes."""
    found = _sets.get((str(connection.settings_dict["NAME"]), set_id))
    return found or _remember(LimitSet.objects.get(pk=set_id))


def _remember(limits: LimitSet) -> LimitSet:
    _sets[(str(connection.settings_dict["NAME"]), limits.pk)] = limits
    return limits


def limits_of(user: User) -> Limits:
    """The organisation's limits, what is left of the week and the day, and what she set for herself: the least wins.

    The seven-day cap is `weekly_factor` budgets; what was spent in the last seven days counts against it. In her
    first weeks a share of the budget is hers. Exposure 4 is only for those the organisation lets that far, and
    who opted in.
    """
    at = now()
    organisation = limits_in_force(at)
    own = own_limit(user)
    ceiling = ceiling_of(user, organisation)
    last = last_shift(user)
    today = 0 if last is None else spent_since(user, day_of(last, at))
    highest = ceiling.max_exposure
    if not (own and own.opted_in_to_extreme):
        highest = min(highest, 3)
    if own and own.max_exposure is not None:
        highest = min(highest, own.max_exposure)
    percent = ramp_percent(organisation, practice_since(user), at)
    wanted = ceiling.budget * percent // 100
    if own is not None and own.budget is not None:
        wanted = min(wanted, own.budget)
    return Limits(
        limit_set_id=organisation.pk,
        budget=max(0, min(wanted - today, ceiling.week - spent_since(user, at - WEEK))),
        max_exposure=highest,
        percent=percent,
        spent_today=today,
    )


def last_shift(user: User) -> Shift | None:
    return Shift.objects.filter(user=user).order_by("-started_at", "-id").first()


def day_of(last: Shift | None, at: datetime) -> datetime:
    """When the working day began to which a shift begun now belongs: the last shift's, unless that is long ago.

    Elapsed time, no calendar: a shift across midnight, another time zone or daylight saving begins no new day.
    """
    return last.day_started_at if last is not None and at - last.day_started_at < WORKING_DAY else at


def practice_since(user: User) -> datetime | None:
    """Since when she moderates; None before her first shift."""
    return Practice.objects.filter(user=user).values_list("since", flat=True).first()


def ramp_percent(organisation: LimitSet, since: datetime | None, at: datetime) -> int:
    """The share of the budget that is hers: it grows over the first three weeks, and is whole from the fourth on."""
    weeks = 0 if since is None else max(timedelta(0), at - since) // WEEK
    steps = (organisation.ramp_week_1, organisation.ramp_week_2, organisation.ramp_week_3)
    return steps[weeks] if weeks < len(steps) else 100


def spent_since(user: User, since: datetime) -> int:
    """Centiunits a person's looks have cost since a moment, over all queues and devices."""
    total = ExposureEntry.objects.filter(user=user, at__gte=since).aggregate(total=Sum("units"))["total"]
    return total or 0


def live_shift(user: User) -> Shift | None:
    return Shift.objects.filter(user=user, ended_at=None).select_related("limit_set").first()


def shift_bar(shift: Shift) -> dict[str, Any]:
    """Her shift at a glance, for her alone. Minutes and units; no query."""
    limits = shift.limit_set
    at = believed(shift, now())
    used = shift.spent + shift.reserved
    next_break_at = break_due_at(shift, limits)
    state = "on_break" if shift.break_started_at else "working"
    return {
        "started_at": shift.started_at,
        "minutes_worked": int(worked(shift, at).total_seconds() // 60),
        "used_units": round(used / 100, 1),
        "budget_units": round(shift.budget / 100, 1),
        "used_percent": 100 if not shift.budget else min(100, round(100 * used / shift.budget)),
        "next_break_at": next_break_at,
        "minutes_to_break": max(0, int((next_break_at - at).total_seconds() // 60)),
        "break_due": at >= next_break_at,
        "break_minutes": int(break_length(shift, limits).total_seconds() // 60),
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


@dataclass(frozen=True)
class Ceiling:
    """The most the organisation lets one person set for herself, in centiunits, and the cap on seven days."""

    budget: int
    max_exposure: int
    week: int


def ceiling_of(user: User, organisation: LimitSet) -> Ceiling:
    """The organisation's limits as they are for her: specialists have their own. No query."""
    specialist = SPECIALIST in user.skills
    budget = organisation.specialist_budget if specialist else organisation.budget
    return Ceiling(
        budget=budget,
        max_exposure=organisation.specialist_max_exposure if specialist else organisation.max_exposure,
        week=budget * organisation.weekly_factor,
    )


def own_limit(user: User) -> PersonLimit | None:
    """What she set for herself, if anything."""
    return PersonLimit.objects.filter(user=user).first()


@dataclass(frozen=True)
class Day:
    """One day of the last seven times 24 hours; the first is cut where they begin. Centiunits."""

    date: date
    units: int
    looks: int


def own_week(user: User, *, at: datetime) -> list[Day]:
    """Her last seven days, oldest first, every date listed; together what the weekly cap counts."""
    since = at - timedelta(days=7)
    found = {
        row["day"]: row
        for row in ExposureEntry.objects.filter(user=user, at__gte=since)
        .annotate(day=TruncDate("at"))
        .values("day")
        .annotate(total=Sum("units"), looks=Count("id"))
        .order_by("day")
    }
    first, last = localdate(since), max([localdate(at), *found])
    dates = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return [
        Day(day, found[day]["total"], found[day]["looks"]) if day in found else Day(day, 0, 0)
        for day in dates
    ]


def own_shifts(user: User) -> list[Shift]:
    """All her shifts with their breaks, oldest first. Two queries."""
    return list(Shift.objects.filter(user=user).prefetch_related("breaks").order_by("started_at", "id"))


def every_own_entry(user: User) -> Iterator[ExposureEntry]:
    """Her whole exposure ledger, oldest first, without holding it in memory."""
    return ExposureEntry.objects.filter(user=user).order_by("at", "id").iterator(chunk_size=2_000)


def limit_history(*, before: int | None = None, limit: int = 20) -> list[LimitSet]:
    """The organisation's limit sets, newest first, with who set them: `limit` of them, and one more to compare with."""
    sets = LimitSet.objects.select_related("set_by").order_by("-id")
    return list((sets if before is None else sets.filter(pk__lt=before))[: limit + 1])


def words_wanted() -> list[WordWanted]:
    """Who asked for a word with the wellbeing lead and was not answered yet, longest ago first."""
    return list(WordWanted.objects.filter(answered_at=None).select_related("user").order_by("id"))
