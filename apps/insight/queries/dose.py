"""Does it work? Doses, limit events and what brings them; nothing about fewer than five people, and never a name."""

from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.db.models import Max, Sum

from apps.accounts.models import User
from apps.insight.models import ExposureDay
from apps.insight.queries.outcomes import rule_titles
from apps.wellbeing.care.queries import AT_LEAST
from apps.wellbeing.care.wall import call
from apps.wellbeing.models import LimitSet

WEEKS_SHOWN = 26
DAYS_SHOWN = 28
AROUND_A_CHANGE = 4  # weeks before and after

# Shifts of a week, and how many of them came near or to their budget; skips are in ExposureDay.
EVENTS = """
    SELECT date_trunc('week', started_at)::date, count(DISTINCT user_id), count(*),
           count(*) FILTER (WHERE budget > 0 AND spent >= budget * 0.75),
           count(*) FILTER (WHERE budget > 0 AND spent >= budget)
    FROM wellbeing_shift WHERE started_at >= %s GROUP BY 1 HAVING count(DISTINCT user_id) >= %s ORDER BY 1
"""


def weeks(reader: User, today: date) -> list[dict[str, Any]]:
    """The distribution of weekly exposure over people, in units, with limit events and skips; oldest first."""
    since = today - timedelta(days=today.weekday(), weeks=WEEKS_SHOWN - 1)
    doses = {row["week"]: row for row in call("dose_weeks", reader.pk, since)}
    with connection.cursor() as cursor:
        cursor.execute(EVENTS, [since, AT_LEAST])
        events = {week: rest for week, *rest in cursor.fetchall()}
    skips: dict[date, int] = {}
    for day, n in (
        ExposureDay.objects.filter(day__gte=since)
        .values_list("day")
        .annotate(n=Sum("skipped"))
        .order_by("day")
    ):
        monday = day - timedelta(days=day.weekday())
        skips[monday] = skips.get(monday, 0) + n
    found = []
    for week in sorted(doses):
        row, event = doses[week], events.get(week)
        found.append(
            {
                "week": week,
                "people": row["people"],
                "looks": row["looks"],
                **{name: _units(row[name]) for name in ("p10", "p25", "p50", "p75", "p90")},
                "heavy_share": row["heavy_share"],
                "shifts": event[1] if event else None,
                "near": event[2] if event else None,
                "reached": event[3] if event else None,
                "skips": skips.get(week),
            }
        )
    return found


def _units(centiunits: float | None) -> float | None:
    return None if centiunits is None else round(centiunits / 100, 1)


def around_changes(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """For each change of the organisation's limits: the middle of the four full weeks before, and after it."""
    if not found:
        return []
    first = found[0]["week"]
    changes = []
    for limits in LimitSet.objects.filter(set_at__date__gte=first).exclude(set_by=None).order_by("-id")[:10]:
        monday = limits.set_at.date() - timedelta(days=limits.set_at.weekday())
        before = [row for row in found if monday - timedelta(weeks=AROUND_A_CHANGE) <= row["week"] < monday]
        after = [row for row in found if monday < row["week"] <= monday + timedelta(weeks=AROUND_A_CHANGE)]
        changes.append(
            {"at": limits.set_at, "reason": limits.reason, "before": _middle(before), "after": _middle(after)}
        )
    return changes


def _middle(rows: list[dict[str, Any]]) -> dict[str, Any] | None:
    """Means over weeks, each week counting once; None without a full week of five people."""
    if not rows:
        return None
    known = [row for row in rows if row["shifts"]]
    return {
        "weeks": len(rows),
        "p50": round(sum(row["p50"] for row in rows) / len(rows), 1),
        "p75": round(sum(row["p75"] for row in rows) / len(rows), 1),
        "reached": round(100 * sum(row["reached"] for row in known) / sum(row["shifts"] for row in known))
        if known
        else None,
        "skips": round(1000 * sum(row["skips"] or 0 for row in rows) / sum(row["looks"] for row in rows), 1),
    }


def origins(today: date, by: str) -> list[dict[str, Any]]:
    """Which sources (`by="source"`) or rules (`by="rule_code"`) bring the most exposure, of the last 28 days.

    Cells that never had five people on one day are put together as `None`. Units, most first.
    """
    since = today - timedelta(days=DAYS_SHOWN)
    titles = rule_titles() if by == "rule_code" else {}
    rows = (
        ExposureDay.objects.filter(day__gt=since)
        .values(by)
        .annotate(most=Max("people"), n=Sum("looks"), cost=Sum("units"), weight=Sum("heavy"))
        .filter(n__gt=0)
        .order_by("-cost")
    )
    shown, rest = [], {"name": None, "title": "", "looks": 0, "units": 0.0, "heavy": 0}
    for row in rows:
        if row["most"] >= AT_LEAST:
            shown.append(
                {
                    "name": row[by],
                    "title": titles.get(row[by], ""),
                    "looks": row["n"],
                    "units": row["cost"] / 100,
                    "heavy": row["weight"],
                }
            )
        else:
            rest["looks"] += row["n"]
            rest["units"] += row["cost"] / 100
            rest["heavy"] += row["weight"]
    total = sum(row["units"] for row in [*shown, rest]) or 1.0
    together = [*shown, rest] if rest["looks"] else shown
    return [{**row, "share": row["units"] / total} for row in together]


def avoided(today: date) -> dict[str, Any]:
    """What nobody had to bear in the last 28 days, in units: known for covers, estimated where nobody looked.

    An estimate is the number of cases times what one look cost on average in the same days.
    """
    sums = ExposureDay.objects.filter(day__gt=today - timedelta(days=DAYS_SHOWN)).aggregate(
        looks=Sum("looks"), units=Sum("units"), spared=Sum("spared"), skipped=Sum("skipped"), auto=Sum("auto"),
        propagated=Sum("propagated"), most=Max("people"),
    )  # fmt: skip
    found = {name: n or 0 for name, n in sums.items()}
    mean = found["units"] / found["looks"] / 100 if found["looks"] else 0.0
    return {
        "enough": found["most"] >= AT_LEAST,
        "mean": mean,
        "borne": found["units"] / 100,
        "covers": found["spared"] / 100,
        "auto": {"cases": found["auto"], "units": found["auto"] * mean},
        "propagated": {"cases": found["propagated"], "units": found["propagated"] * mean},
        "skipped": {"cases": found["skipped"], "units": found["skipped"] * mean},
    }
