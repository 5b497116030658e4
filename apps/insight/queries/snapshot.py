from datetime import datetime
from typing import Any

from django.utils.timezone import localdate, now

from apps.insight.queries.health import health
from apps.insight.queries.outcomes import decisions_on, detector_agreement, removal_rates
from apps.insight.queries.queues import RATE_OVER, flows, latencies, people_available, queues_now

NO_FLOW = {"in": 0, "out": 0, "in_now": 0, "out_now": 0}
NO_TIMES = {"decided": 0, "median_seconds": None, "p90_seconds": None}
ADDED_UP = (
    "waiting", "claimed", "overdue", "due_within_hour", "decided_today",
)  # fmt: skip


def snapshot(at: datetime | None = None) -> dict[str, Any]:
    """Everything the live dashboard shows, ready for JSON: the same dozen of queries however many cases wait.

    Times are epoch seconds, durations seconds, shares between 0 and 1, null what is not known.
    """
    at = at or now()
    today = localdate(at)
    came_and_went = flows(at)
    times = latencies(today)
    queues = queues_now(at)
    people = people_available([queue["id"] for queue in queues])
    for queue in queues:
        flow = came_and_went["queues"].get(queue["id"], NO_FLOW)
        taken = times.get(queue["id"], NO_TIMES)
        queue |= {
            "arrived_per_minute": round(flow["in_now"] / RATE_OVER, 1),
            "closed_per_minute": round(flow["out_now"] / RATE_OVER, 1),
            "arrived_last_hour": flow["in"],
            "closed_last_hour": flow["out"],
            "decided_today": taken["decided"],
            "median_seconds": taken["median_seconds"],
            "p90_seconds": taken["p90_seconds"],
            "people_available": people.get(queue["id"], 0),
        }
    return {
        "at": round(at.timestamp(), 3),
        "totals": _totals(queues, came_and_went, times.get(None, NO_TIMES), people[None]),
        "queues": queues,
        "minutes": came_and_went["minutes"],
        "hours": came_and_went["hours"],
        "decisions_today": decisions_on(today),
        "detectors": detector_agreement(today),
        "removals": removal_rates(today),
        "health": health(at),
    }


def _totals(
    queues: list[dict[str, Any]], came_and_went: dict[str, Any], taken: dict[str, Any], available: int
) -> dict[str, Any]:
    opened = [queue["oldest_opened_at"] for queue in queues if queue["oldest_opened_at"] is not None]
    # Whole minutes only, and a case that moved between queues neither came nor went.
    recent = came_and_went["minutes"][-RATE_OVER - 1 : -1]
    return {
        **{name: sum(queue[name] for queue in queues) for name in ADDED_UP},
        "arrived_last_hour": sum(minute["arrived"] for minute in came_and_went["minutes"]),
        "closed_last_hour": sum(minute["closed"] for minute in came_and_went["minutes"]),
        "arrived_per_minute": round(sum(minute["arrived"] for minute in recent) / RATE_OVER, 1),
        "closed_per_minute": round(sum(minute["closed"] for minute in recent) / RATE_OVER, 1),
        "oldest_opened_at": min(opened, default=None),
        "median_seconds": taken["median_seconds"],
        "p90_seconds": taken["p90_seconds"],
        "people_available": available,
    }
