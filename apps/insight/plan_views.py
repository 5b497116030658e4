"""Planning for those who plan the work, what a wellbeing lead needs to know, and one's own week."""

import csv
import io
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.timezone import localdate, now
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from apps.accounts.access import PersonRequest, allow
from apps.accounts.models import Role
from apps.guidelines.levels import EXPOSURE
from apps.insight.access import WATCHERS
from apps.insight.own_words import said
from apps.insight.plan_words import sentence
from apps.insight.queries.dose import around_changes, avoided, origins, weeks
from apps.insight.queries.own_week import own_week
from apps.insight.queries.planning import plan, room
from apps.wellbeing.care.queries import AT_LEAST, consented, study_rows

LEAD = Role.WELLBEING_LEAD.value
MODERATORS = (Role.MODERATOR.value, Role.SENIOR_MODERATOR.value)
WEEKS_BACK = 8


@allow(*WATCHERS)
@require_safe
@never_cache
def planning(request: PersonRequest) -> HttpResponse:
    """Capacity against inflow for the coming hours, by queue and by exposure level; nobody is named."""
    at = now()
    rows = [
        {**row, "says": sentence(row, at), "late": row["forecast"].late_at is not None} for row in plan(at)
    ]
    left = room(at)
    return render(
        request,
        "insight/planning.html",
        {
            "rows": rows,
            "at": at,
            "room": None if left is None else [(level, EXPOSURE[level], n) for level, n in left.items()],
            "at_least": AT_LEAST,
            "dose": weeks(request.user, localdate())[-4:] if request.user.has_role(Role.SUPERVISOR) else [],
        },
    )


PLAN_COLUMNS = (
    "queue",
    "waiting",
    "overdue",
    "inflow_per_hour",
    "people",
    "capacity_per_hour",
    "overdue_at",
    "more_people",
)


@allow(*WATCHERS)
@require_safe
@never_cache
def planning_csv(request: PersonRequest) -> HttpResponse:
    """The plan as raw numbers; what does not happen within eight hours is empty."""
    at = now()
    rows = []
    for row in plan(at):
        forecast = row["forecast"]
        late = None if forecast.late_at is None else (at + timedelta(minutes=forecast.late_at)).isoformat()
        rows.append(
            (row["queue"].slug, row["waiting"], row["overdue"], round(row["inflow"], 2), row["people"],
             round(row["capacity"], 2), late, forecast.more)
        )  # fmt: skip
    return _csv("plan.csv", PLAN_COLUMNS, rows)


@allow(LEAD)
@require_safe
@never_cache
def exposure(request: PersonRequest) -> HttpResponse:
    """Which sources and rules bring the most exposure, and how much was avoided."""
    today = localdate()
    return render(
        request,
        "insight/exposure.html",
        {
            "tables": [
                ("By source", origins(today, "source"), "Source"),
                ("By rule suspected", origins(today, "rule_code"), "Rule"),
            ],
            "avoided": avoided(today),
            "at_least": AT_LEAST,
        },
    )


@allow(LEAD)
@require_safe
@never_cache
def dose(request: PersonRequest) -> HttpResponse:
    """Does it work? The distribution of weekly exposure, limit events and skips, before and after each change."""
    found = weeks(request.user, localdate())
    agreed = consented()
    return render(
        request,
        "insight/dose.html",
        {
            "weeks": [{**row, "heavy_percent": round(100 * (row["heavy_share"] or 0))} for row in found],
            "drawing": _draw(found),
            "changes": [
                {**one, "parts": [("Before", one["before"]), ("After", one["after"])]}
                for one in around_changes(found)
            ],
            "at_least": AT_LEAST,
            "enough_consent": agreed >= AT_LEAST,
        },
    )


DOSE_COLUMNS = (
    "week", "people", "looks", "p10", "p25", "p50", "p75", "p90", "heavy_share", "shifts", "near", "reached", "skips",
)  # fmt: skip


@allow(LEAD)
@require_safe
@never_cache
def dose_csv(request: PersonRequest) -> HttpResponse:
    """The dose report as raw numbers, units of exposure; weeks of fewer than five people are not in it."""
    rows = [[row[name] for name in DOSE_COLUMNS] for row in weeks(request.user, localdate())]
    return _csv("dose.csv", DOSE_COLUMNS, rows)


STUDY_COLUMNS = ("participant", "week", "exposure", "looks", "units")


@allow(LEAD)
@require_safe
@never_cache
def study_csv(request: PersonRequest) -> HttpResponse:
    """For researchers: the weeks of everybody who consented, under numbers drawn anew for this very file."""
    rows = [
        (row["participant"], row["week"], row["exposure"], row["looks"], row["units"] / 100)
        for row in study_rows(request.user)
    ]
    return _csv("study.csv", STUDY_COLUMNS, rows)


@allow(*MODERATORS)
@require_safe
@never_cache
def week(request: PersonRequest) -> HttpResponse:
    """What her work did, week by week; for her alone."""
    typed = request.GET.get("back", "")
    back = int(typed) if typed in {str(n) for n in range(WEEKS_BACK)} else 0
    today = localdate()
    monday = today - timedelta(days=today.weekday(), weeks=back)
    return render(
        request,
        "insight/week.html",
        {
            "monday": monday,
            "sunday": monday + timedelta(days=6),
            "lines": said(own_week(request.user, monday)),
            "this_week": back == 0,
            "earlier": back + 1 if back + 1 < WEEKS_BACK else None,
            "later": back - 1 if back else None,
        },
    )


def _csv(name: str, columns: Iterable[str], rows: Iterable[Any]) -> HttpResponse:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(columns)
    writer.writerows(rows)
    return HttpResponse(
        out.getvalue(),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


WIDTH, HEIGHT = 640, 160


def _draw(found: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The middle half of people week by week, with the median, as whole numbers for SVG attributes."""
    if not found:
        return None
    most = max(row["p75"] for row in found) or 1.0
    step = WIDTH / len(found)

    def y(value: float) -> int:
        return round(HEIGHT - HEIGHT * value / most)

    return {
        "width": WIDTH,
        "height": HEIGHT,
        "below": HEIGHT + 18,
        "most": most,
        "bars": [
            {
                "x": round(n * step + step * 0.2),
                "width": max(2, round(step * 0.6)),
                "y": y(row["p75"]),
                "height": max(1, y(row["p25"]) - y(row["p75"])),
                "middle": y(row["p50"]),
                "right": round(n * step + step * 0.8),
                "label": row["week"],
                "says": n % max(1, len(found) // 6) == 0,
            }
            for n, row in enumerate(found)
        ],
    }
