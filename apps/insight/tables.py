"""The tables of the dashboard: what their columns mean, and where a number leads."""

from typing import Any
from urllib.parse import urlencode

from apps.insight.parts import Cell, Column, Row, Table
from apps.insight.queries.health import COUNT_UP_TO
from apps.insight.queries.outcomes import TOO_FEW
from apps.insight.words import count, duration, rate, up_to

OUTCOMES = (("violates", "Breaks it"), ("no_violation", "No violation"), ("unsure", "Not sure"))


def cases(**asked: Any) -> str:
    """Where the cases behind a number are listed."""
    return f"/cases/?{urlencode({name: value for name, value in asked.items() if value not in ('', None)})}"


QUEUE_COLUMNS = (
    Column("name", "Queue", number=False),
    Column("waiting", "Waiting"),
    Column("claimed", "With moderators"),
    Column("oldest", "Oldest", means="age of the oldest open case"),
    Column("overdue", "Overdue", means="open past the due time"),
    Column("due_within_hour", "Due in 1 h"),
    Column("arrived_per_minute", "In / min", means="mean of the last five minutes"),
    Column("closed_per_minute", "Out / min", means="mean of the last five minutes"),
    Column("arrived_last_hour", "In / h"),
    Column("closed_last_hour", "Out / h"),
    Column("decided_today", "Decided today"),
    Column("median_seconds", "Median", means="from opening to decision, today"),
    Column("p90_seconds", "90 %", means="nine of ten were decided within this, today"),
    Column("people_available", "People", means="who could take a case of this queue now"),
)


def queues(snapshot: dict[str, Any]) -> Table:
    at = snapshot["at"]
    rows = []
    for queue in snapshot["queues"]:
        slug = queue["slug"]
        drill = {
            "name": f"/queues/{slug}/",
            "waiting": cases(queue=slug, state="waiting"),
            "claimed": cases(queue=slug, state="claimed"),
            "oldest": cases(queue=slug, state="open", order="oldest"),
            "overdue": cases(queue=slug, due="overdue"),
            "due_within_hour": cases(queue=slug, due="hour"),
            "decided_today": cases(queue=slug, state="done", decided="today"),
        }
        oldest = None if queue["oldest_opened_at"] is None else round(at - queue["oldest_opened_at"])
        values = {**queue, "oldest": oldest}
        cells = []
        for column in QUEUE_COLUMNS:
            raw = values[column.id]
            lasts = column.id in ("oldest", "median_seconds", "p90_seconds")
            text = raw if not column.number else duration(raw) if lasts else count(raw)
            empty = column.id == "people_available" and not raw and queue["waiting"]
            tone = "bad" if column.id == "overdue" and raw else "warn" if empty else ""
            cells.append(Cell(f"queue.{slug}.{column.id}", text, raw, tone, drill.get(column.id, "")))
        rows.append(Row(slug, tuple(cells)))
    return Table(
        "queues",
        "Queues",
        QUEUE_COLUMNS,
        tuple(rows),
        empty="There are no queues yet. They are set up on the queues page.",
    )


def decisions(today: dict[str, Any]) -> Table:
    columns = (
        Column("rule", "Rule", number=False),
        Column("title", "What it says", number=False),
        *(Column(outcome, label) for outcome, label in OUTCOMES),
    )
    rows = []
    for row in today["rules"]:
        code = row["rule"]
        cells = [
            Cell(f"rule.{code}.rule", code, code, "", f"/guidelines/rules/{code}/"),
            Cell(f"rule.{code}.title", row["title"], row["title"]),
        ]
        for outcome, _ in OUTCOMES:
            url = cases(rule=code, outcome=outcome, decided="today")
            cells.append(Cell(f"rule.{code}.{outcome}", count(row[outcome]), row[outcome], "", url))
        rows.append(Row(code, tuple(cells)))
    return Table(
        "decisions",
        "Decisions today, by rule",
        columns,
        tuple(rows),
        note="A decision that cites several rules counts under each of them.",
        empty="No decision has cited a rule today.",
    )


def rates(removals: dict[str, Any]) -> Table:
    columns = (
        Column("policy", "Policy", number=False),
        Column("removals", "Removals", means="items whose first removal took effect in the period"),
        Column("zero_view_rate", "Zero views", means="removed before anybody but the author saw it"),
        Column("zero_view_rate_net", "… without reinstated"),
        Column("views_coverage", "Views known", means="share of removals whose views are known"),
        Column("within_24h_rate", "Within 24 h", means="removed within 24 hours of being posted"),
        Column("posted_coverage", "Posting time known"),
        Column("proactive_rate", "Proactive", means="no user had reported it before it was detected"),
    )
    rows = []
    for row in [removals["overall"], *removals["policies"]]:
        code = row["policy"]
        name = f"{code} {row['title']}".strip() if code else "All policies"
        cells = [Cell(f"rate.{code}.policy", name, name)]
        for column in columns[1:]:
            raw = row[column.id]
            text = count(raw) if column.id == "removals" else rate(raw)
            url = cases(policy=code, action="remove") if column.id == "removals" else ""
            cells.append(Cell(f"rate.{code}.{column.id}", text, raw, "", url))
        rows.append(Row(code or "all", tuple(cells)))
    return Table(
        "rates",
        f"Removals, last {removals['days']} days",
        columns,
        tuple(rows),
        note="First removals on guideline grounds, as the platform confirmed them. What local law alone "
        "required and what happened to whole accounts is left out; so is a removal whose views or posting "
        "time are unknown, from that rate.",
    )


def detectors(found: list[dict[str, Any]]) -> Table:
    columns = (
        Column("detector", "Detector", number=False),
        Column("rule", "Rule", number=False),
        Column("compared", "Compared", means="decided items this detector had scored"),
        Column("agreement", "Same answer", means="detector and person both said yes, or both no"),
        Column("flagged", "Flagged", means="of those, at or over its threshold"),
        Column("upheld", "Flags upheld", means="of the flagged, found to break this rule"),
    )
    rows = []
    for row in found:
        name = f"{row['detector']} {row['version']}".strip()
        key = f"detector.{name}.{row['rule']}"
        cells = (
            Cell(f"{key}.detector", name, name),
            Cell(f"{key}.rule", row["rule"], row["rule"]),
            Cell(f"{key}.compared", count(row["compared"]), row["compared"]),
            Cell(f"{key}.agreement", rate(row["agreement"]), row["agreement"]),
            Cell(f"{key}.flagged", count(row["flagged"]), row["flagged"]),
            Cell(f"{key}.upheld", rate(row["upheld"]), row["upheld"]),
        )
        rows.append(Row(key, cells))
    return Table(
        "detectors",
        "Detectors and people, last 30 days",
        columns,
        tuple(rows),
        note=f"Shown from {TOO_FEW} comparisons on. Only what reached a person is compared, so this does not "
        "say how much a detector misses.",
        empty="No decided item had been scored by a detector.",
    )


def health(gauges: dict[str, dict[str, Any]]) -> Table:
    columns = (
        Column("what", "What", number=False),
        Column("state", "State", number=False),
        Column("oldest", "Oldest waits"),
        Column("pending", "Waiting"),
        Column("failed", "Given up"),
    )
    rows = []
    for name, title in (("relay", "Inside: handing events on"), ("webhooks", "Outside: webhooks")):
        if name not in gauges:
            continue
        told = gauges[name]
        waits, failed = told["oldest_waits_seconds"], told["given_up"]
        late = waits is not None and waits > told.get("late_after_seconds", 60)
        state = "Something needs a person" if failed else "Late" if late else "Running"
        pending = told.get("pending")
        cells = (
            Cell(f"health.{name}.what", title, title),
            Cell(f"health.{name}.state", state, state, "bad" if failed else "warn" if late else "good"),
            Cell(f"health.{name}.oldest", duration(waits), waits),
            Cell(
                f"health.{name}.pending",
                count(None) if pending is None else up_to(pending, COUNT_UP_TO),
                pending,
            ),
            Cell(f"health.{name}.failed", up_to(failed, COUNT_UP_TO), failed),
        )
        rows.append(Row(name, cells))
    return Table("health", "What is owed", columns, tuple(rows))


def flow(id_: str, title: str, series: list[dict[str, int]]) -> Table:
    """For the CSV and for whoever cannot see the chart; `start` is in epoch seconds."""
    columns = (Column("start", "From", number=False), Column("arrived", "Came in"), Column("closed", "Left"))
    rows = tuple(
        Row(
            str(index),
            (
                Cell(f"{id_}.{index}.start", str(point["start"]), point["start"]),
                Cell(f"{id_}.{index}.arrived", count(point["arrived"]), point["arrived"]),
                Cell(f"{id_}.{index}.closed", count(point["closed"]), point["closed"]),
            ),
        )
        for index, point in enumerate(series)
    )
    return Table(id_, title, columns, rows)
