"""What the wellbeing page shows, in words and in numbers a template can draw."""

from collections.abc import Iterator
from typing import Any

from django.utils.timezone import now

from apps.accounts.models import User
from apps.guidelines.levels import EXPOSURE
from apps.wellbeing.harms import names_of
from apps.wellbeing.limits import CENTI, HIGHEST_LEVEL, LIMITS, Wanted
from apps.wellbeing.models import ExposureEntry, LimitSet, PersonLimit
from apps.wellbeing.queries import (
    Ceiling,
    Day,
    every_own_entry,
    limits_of,
    live_shift,
    own_entries,
    own_limit,
    own_shifts,
    own_week,
    practice_since,
    shift_bar,
)

LOOKS_SHOWN = 50
SETS_SHOWN = 10
MODALITIES = {50: "Text or account", 100: "Picture or sound", 160: "Video", 200: "Live"}
WIDTH, HEIGHT, GAP = 320, 96, 8  # of the drawing of the week


def units(centiunits: int) -> str:
    """Units with as many decimals as they have: sums of what is shown are exact."""
    text = f"{centiunits / CENTI:,.2f}"
    return text.rstrip("0").rstrip(".")


def look(entry: ExposureEntry) -> str:
    if not entry.reported:
        return "Not known: the whole time counts"
    return "Uncovered" if entry.seconds_revealed > 0 else "Left covered"


def own_page(
    user: User, organisation: LimitSet, ceiling: Ceiling, limit: PersonLimit | None
) -> dict[str, Any]:
    """Her shift, her week and her looks, for her alone. As many queries with one look as with a thousand."""
    at = now()
    week, shift, upcoming = own_week(user, at=at), live_shift(user), limits_of(user)
    entries = own_entries(user, limit=LOOKS_SHOWN + 1)
    total = sum(day.units for day in week)
    return {
        "shift": shift_bar(shift) | _used(shift.spent + shift.reserved, shift.budget) if shift else None,
        "shift_highest": (shift.max_exposure, EXPOSURE[shift.max_exposure]) if shift else None,
        "next": {
            "budget": units(upcoming.budget),
            "highest": upcoming.max_exposure,
            "word": EXPOSURE[upcoming.max_exposure],
            "percent": upcoming.percent,
            "day_used": units(upcoming.spent_today) if upcoming.spent_today else "",
            "shortened": upcoming.budget < _wanted(ceiling, limit, upcoming.percent) - upcoming.spent_today,
        },
        "week": _used(total, ceiling.week),
        "days": [
            {"date": day.date, "units": units(day.units), "looks": day.looks, "first": n == 0}
            for n, day in enumerate(week)
        ],
        "drawing": draw(week),
        "entries": [_row(entry) for entry in entries[:LOOKS_SHOWN]],
        "more_entries": len(entries) > LOOKS_SHOWN,
        "organisation": {"budget": units(ceiling.budget), "highest": ceiling.max_exposure},
        "factor": organisation.weekly_factor,
        "may_opt_in": ceiling.max_exposure == HIGHEST_LEVEL,
    }


def _wanted(ceiling: Ceiling, limit: PersonLimit | None, percent: int) -> int:
    share = ceiling.budget * percent // 100
    return share if limit is None or limit.budget is None else min(share, limit.budget)


def _used(used: int, of: int) -> dict[str, Any]:
    percent = 100 if not of else min(100, round(100 * used / of))
    return {
        "used": units(used),
        "of": units(of),
        "left": units(max(0, of - used)),
        "percent": percent,
        "tone": "warn" if percent >= 75 else "",
    }


def _row(entry: ExposureEntry) -> dict[str, Any]:
    return {
        "at": entry.at,
        "level": entry.exposure,
        "word": EXPOSURE[entry.exposure],
        "kind": MODALITIES[entry.modality],
        "look": look(entry),
        "seconds": f"{entry.seconds_revealed:,.0f}",
        "units": units(entry.units),
    }


def draw(week: list[Day]) -> dict[str, Any]:
    """Upright bars as whole numbers for SVG attributes; the tallest day fills the height."""
    most = max((day.units for day in week), default=0)
    step = WIDTH // max(1, len(week))
    bars = []
    for n, day in enumerate(week):
        height = -(-HEIGHT * day.units // most) if most else 0
        bars.append(
            {
                "x": n * step + GAP // 2,
                "y": HEIGHT - height,
                "width": step - GAP,
                "height": height,
                "middle": n * step + step // 2,
                "date": day.date,
            }
        )
    return {"width": WIDTH, "height": HEIGHT, "below": HEIGHT + 18, "text": HEIGHT + 14, "bars": bars}


def organisation_page(sets: list[LimitSet], in_force: LimitSet) -> dict[str, Any]:
    """The organisation's limits and how they came to be. Holds nothing about anybody's exposure."""
    return {
        "in_force": [
            {"name": LIMITS[name].title, "value": _said(name, value)}
            for name, value in Wanted.of(in_force).values().items()
        ],
        "history": [
            {
                "at": one.set_at,
                "who": one.set_by.pseudonym if one.set_by else "shipped with the product",
                "reason": one.reason,
                "changes": list(_changes(one, before)),
                "until": one.expires_at,
                "current": one.pk == in_force.pk,
            }
            for one, before in zip(sets[:SETS_SHOWN], [*sets[1:], None], strict=False)
        ],
        "older": sets[SETS_SHOWN - 1].pk if len(sets) > SETS_SHOWN else None,
    }


def _changes(after: LimitSet, before: LimitSet | None) -> Iterator[str]:
    if before is None:
        yield "The first limits"
        return
    was = Wanted.of(before).values()
    for name, value in Wanted.of(after).values().items():
        if value != was[name]:
            yield f"{LIMITS[name].title}: {_said(name, was[name])} → {_said(name, value)}"


def _said(name: str, value: int) -> str:
    return f"{units(value) if name.endswith('budget') else value} {LIMITS[name].unit}".strip()


COLUMNS = (
    "what", "at", "until", "level", "kind", "look", "seconds_uncovered", "units", "budget_units", "highest_level",
)  # fmt: skip


def own_rows(user: User) -> Iterator[tuple[Any, ...]]:
    """Everything kept about her, for her export: her limits, shifts, breaks and looks.

    Times in ISO 8601 (UTC), numbers as they are, and no words but ours: nothing a spreadsheet could take
    for a formula. What is not known is empty.
    """
    yield COLUMNS
    limit = own_limit(user)
    if limit:
        budget = "" if limit.budget is None else limit.budget / CENTI
        highest = "" if limit.max_exposure is None else limit.max_exposure
        opted = "opted in to exposure 4" if limit.opted_in_to_extreme else ""
        yield "own limits", limit.changed_at.isoformat(), "", "", "", opted, "", "", budget, highest
        for harm in names_of(limit.avoids):
            yield "not given to me", limit.changed_at.isoformat(), "", "", harm, "", "", "", "", ""
    since = practice_since(user)
    if since:
        yield "moderates since", since.isoformat(), "", "", "", "", "", "", "", ""
    for shift in own_shifts(user):
        until = shift.ended_at.isoformat() if shift.ended_at else ""
        spent = shift.spent / CENTI
        yield (
            "shift", shift.started_at.isoformat(), until, "", "", "", "", spent, shift.budget / CENTI, shift.max_exposure,
        )  # fmt: skip
        for pause in shift.breaks.all():
            ended = pause.ended_at.isoformat() if pause.ended_at else ""
            yield "break", pause.started_at.isoformat(), ended, "", "", "", "", "", "", ""
    for entry in every_own_entry(user):
        yield (
            "look", entry.at.isoformat(), "", entry.exposure, MODALITIES[entry.modality], look(entry),
            round(entry.seconds_revealed, 1), entry.units / CENTI, "", "",
        )  # fmt: skip
