"""What waits, comes and goes, and who is there for it. Reads rollups only, whatever the number of cases."""

from collections import defaultdict
from datetime import date, datetime
from typing import Any

from django.db import connection

from apps.insight.histogram import quantile
from apps.insight.models import Flow, LatencyDay
from apps.queues.models import Queue
from apps.wellbeing.models import Shift

MINUTES_SHOWN = 60
HOURS_SHOWN = 24
RATE_OVER = 5  # minutes: what "per minute" is the mean of

# Due minutes after the horizon are few: the fold moves those that pass into `overdue`.
NOW = """
    SELECT queue.id, queue.slug, queue.name, COALESCE(so_far.waiting, 0), COALESCE(so_far.claimed, 0),
        COALESCE(so_far.overdue, 0) + COALESCE((
            SELECT sum(n) FROM insight_openminute due
            WHERE due.queue_id = queue.id AND due.measure = 'due' AND due.minute < %(minute)s), 0),
        COALESCE((
            SELECT sum(n) FROM insight_openminute due
            WHERE due.queue_id = queue.id AND due.measure = 'due'
              AND due.minute BETWEEN %(minute)s AND %(minute)s + 59), 0),
        (SELECT minute FROM insight_openminute opened
         WHERE opened.queue_id = queue.id AND opened.measure = 'opened' AND n > 0 ORDER BY minute LIMIT 1)
    FROM queues_queue queue LEFT JOIN insight_queuenow so_far ON so_far.queue_id = queue.id
    WHERE queue.active OR so_far.waiting + so_far.claimed > 0
    ORDER BY queue.position, queue.id
"""


def queues_now(at: datetime) -> list[dict[str, Any]]:
    """Every queue: waiting, claimed, overdue, due within the hour, when its oldest open case was opened.

    Ages and due times are known to the minute.
    """
    with connection.cursor() as cursor:
        cursor.execute(NOW, {"minute": int(at.timestamp()) // 60})
        rows = cursor.fetchall()
    return [
        {
            "id": id_,
            "slug": slug,
            "name": name,
            "waiting": max(0, waiting),
            "claimed": max(0, claimed),
            "overdue": max(0, int(overdue)),
            "due_within_hour": max(0, int(soon)),
            "oldest_opened_at": oldest * 60 if oldest is not None else None,
        }
        for id_, slug, name, waiting, claimed, overdue, soon, oldest in rows
    ]


COUNTED = ("arrived", "closed", "moved_in", "moved_out")


def flows(at: datetime) -> dict[str, Any]:
    """Cases that came and went: per minute of the last hour, per hour of the last day, and per queue.

    A case that moves between queues leaves one and enters the other; the whole house does not count it.
    """
    second = int(at.timestamp())
    minute, hour = second - second % 60, second - second % 3600
    minutes = range(minute - (MINUTES_SHOWN - 1) * 60, minute + 60, 60)
    hours = range(hour - (HOURS_SHOWN - 1) * 3600, hour + 3600, 3600)
    rows = list(
        Flow.objects.filter(width=60, start__range=(minutes[0], minutes[-1])).values_list(
            "start", "queue_id", *COUNTED
        )
    )
    by_queue: dict[int, dict[str, int]] = defaultdict(
        lambda: dict.fromkeys(["in", "out", "in_now", "out_now"], 0)
    )
    recent = minute - RATE_OVER * 60
    for start, queue, arrived, closed, moved_in, moved_out in rows:
        sums = by_queue[queue]
        sums["in"] += arrived + moved_in
        sums["out"] += closed + moved_out
        if recent <= start < minute:  # whole minutes only
            sums["in_now"] += arrived + moved_in
            sums["out_now"] += closed + moved_out
    by_hour = list(
        Flow.objects.filter(width=3600, start__range=(hours[0], hours[-1])).values_list(
            "start", "queue_id", *COUNTED
        )
    )
    return {"minutes": _series(minutes, rows), "hours": _series(hours, by_hour), "queues": dict(by_queue)}


def _series(starts: range, rows: list[tuple[int, ...]]) -> list[dict[str, int]]:
    arrived, closed = dict.fromkeys(starts, 0), dict.fromkeys(starts, 0)
    for start, _, came, went, *_ in rows:
        arrived[start] += came
        closed[start] += went
    return [{"start": start, "arrived": arrived[start], "closed": closed[start]} for start in starts]


def latencies(day: date) -> dict[int | None, dict[str, Any]]:
    """How long cases decided on a day had been open, per queue and (None) over all: n, median and p90."""
    counts: dict[int | None, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for queue, number, n in LatencyDay.objects.filter(day=day).values_list("queue_id", "bucket", "n"):
        counts[queue][number] += n
        counts[None][number] += n
    return {
        queue: {
            "decided": sum(histogram.values()),
            "median_seconds": _whole(quantile(histogram, 0.5)),
            "p90_seconds": _whole(quantile(histogram, 0.9)),
        }
        for queue, histogram in counts.items()
    }


def _whole(seconds: float | None) -> int | None:
    return None if seconds is None else round(seconds)


def people_available(queues: list[int]) -> dict[int | None, int]:
    """How many people could take a case of each queue now, and (None) how many at all: on shift, no break.

    Counts only. Everything else – a break, the end of a budget, no shift – is simply "not available",
    and nobody's exposure plays a part.
    """
    abilities = list(
        Shift.objects.filter(ended_at=None, break_started_at=None, user__is_active=True).values_list(
            "user__roles", "user__skills"
        )
    )
    asked = Queue.objects.filter(id__in=queues).values_list("id", "roles", "skill")
    found: dict[int | None, int] = {None: len(abilities)}
    for queue, roles, skill in asked:
        found[queue] = sum(
            not set(roles).isdisjoint(hers) and (not skill or skill in skills) for hers, skills in abilities
        )
    return found
