"""Whether what is owed is handed on. Rooms beside this one add their own gauge in `reviewqueue/wiring.py`."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import connection

from apps.ledger.operations import subscriptions

COUNT_UP_TO = 1_000  # beyond that a count costs and says nothing more

Gauge = Callable[[], dict[str, Any]]
gauges: dict[str, Gauge] = {}
# What other rooms tell those who watch: each gives (sentence, address) pairs, none while there is nothing.
notices: list[Callable[[], list[tuple[str, str]]]] = []


def told() -> list[tuple[str, str]]:
    return [one for ask in notices for one in ask()]


def relay_health(at: datetime) -> dict[str, Any]:
    """Seconds the oldest due handoff has waited (None: nothing waits), and how many were given up.

    One index probe per subscriber, so that a long backlog costs nothing here.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT min(oldest.due_at) FROM unnest(%s::text[]) AS told (name)
            CROSS JOIN LATERAL (
                SELECT due_at FROM ledger_handoff
                WHERE subscriber = told.name AND given_up_at IS NULL AND due_at <= %s
                ORDER BY subscriber, due_at, event_id LIMIT 1
            ) oldest
            """,
            [list(subscriptions.handlers), at],
        )
        oldest = cursor.fetchone()[0]
        cursor.execute(
            "SELECT count(*) FROM (SELECT 1 FROM ledger_handoff WHERE given_up_at IS NOT NULL LIMIT %s) counted",
            [COUNT_UP_TO],
        )
        given_up = cursor.fetchone()[0]
    return {
        "oldest_waits_seconds": round(max(0.0, (at - oldest).total_seconds()), 1) if oldest else None,
        "given_up": given_up,
    }


def health(at: datetime) -> dict[str, Any]:
    """The relay, and what every gauge says."""
    return {"relay": relay_health(at), **{name: read() for name, read in gauges.items()}}
