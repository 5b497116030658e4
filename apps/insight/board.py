"""The dashboard, made of a snapshot. Page, websocket and CSV all read this."""

from typing import Any

from apps.insight import tables
from apps.insight.parts import Board, Cell, Tile
from apps.insight.tables import cases
from apps.insight.words import count, duration, rate


def board(snapshot: dict[str, Any]) -> Board:
    found = [
        tables.queues(snapshot),
        tables.decisions(snapshot["decisions_today"]),
        tables.rates(snapshot["removals"]),
        tables.detectors(snapshot["detectors"]),
        tables.health(snapshot["health"]),
        tables.flow("minutes", "Cases per minute, last hour", snapshot["minutes"]),
        tables.flow("hours", "Cases per hour, last day", snapshot["hours"]),
    ]
    return Board(
        at=snapshot["at"],
        tiles=_tiles(snapshot),
        tables={table.id: table for table in found},
        charts={name: _points(snapshot[name]) for name in ("minutes", "hours")},
    )


def _points(series: list[dict[str, int]]) -> list[list[int]]:
    return [[point[name] for point in series] for name in ("start", "arrived", "closed")]


def _tiles(snapshot: dict[str, Any]) -> tuple[Tile, ...]:
    totals, at = snapshot["totals"], snapshot["at"]
    outcomes = snapshot["decisions_today"]["outcomes"]

    def cell(name: str, text: str, raw: Any, tone: str = "", url: str = "") -> Cell:
        return Cell(f"total.{name}", text, raw, tone, url)

    oldest = None if totals["oldest_opened_at"] is None else at - totals["oldest_opened_at"]
    decided = snapshot["decisions_today"]["total"]
    return (
        Tile(
            "Waiting",
            cell("waiting", count(totals["waiting"]), totals["waiting"], "", cases(state="waiting")),
        ),
        Tile(
            "With moderators",
            cell("claimed", count(totals["claimed"]), totals["claimed"], "", cases(state="claimed")),
        ),
        Tile(
            "Overdue",
            cell(
                "overdue",
                count(totals["overdue"]),
                totals["overdue"],
                "bad" if totals["overdue"] else "",
                cases(due="overdue"),
            ),
            "open past their due time",
        ),
        Tile(
            "Due within the hour",
            cell(
                "due_within_hour",
                count(totals["due_within_hour"]),
                totals["due_within_hour"],
                "",
                cases(due="hour"),
            ),
        ),
        Tile(
            "Oldest open case",
            cell("oldest", duration(oldest), oldest, "", cases(state="open", order="oldest")),
        ),
        Tile(
            "People available",
            cell("people", count(totals["people_available"]), totals["people_available"]),
            "on shift and free to take cases",
        ),
        Tile(
            "Came in",
            cell("arrived", count(totals["arrived_last_hour"]), totals["arrived_last_hour"]),
            "in the last hour",
        ),
        Tile(
            "Left",
            cell(
                "closed",
                count(totals["closed_last_hour"]),
                totals["closed_last_hour"],
                "",
                cases(state="done"),
            ),
            "in the last hour",
        ),
        Tile(
            "Decided today",
            cell("decided", count(decided), decided, "", cases(state="done", decided="today")),
            "breaks a rule, no violation or not sure",
        ),
        Tile(
            "Share that broke a rule",
            cell("violates", rate(outcomes["violates"] / decided if decided else None), outcomes["violates"]),
            "of today’s decisions",
        ),
        Tile(
            "Time to decision",
            cell("median", duration(totals["median_seconds"]), totals["median_seconds"]),
            "median today, from opening",
        ),
        Tile(
            "Slowest tenth",
            cell("p90", duration(totals["p90_seconds"]), totals["p90_seconds"]),
            "took longer than this",
        ),
    )
