"""Keeping the rollups: what every batch of events adds to them, and what passes with time."""

from datetime import timedelta

from django.db import connection, transaction
from django.utils.timezone import now

from apps.insight.models import Flow
from apps.insight.operations.cases import CaseSums, fold_due_minutes, lock_horizon
from apps.insight.operations.removals import count_actions, count_reinstatements, count_removals
from apps.insight.operations.rules import KINDS as RULE_EVENTS
from apps.insight.operations.rules import count_rules
from apps.insight.operations.verdicts import count_verdicts
from apps.insight.queries.verdicts import verdicts
from apps.ledger.models import Event

AT_MOST_EVERY = timedelta(seconds=0.35)  # dashboards are promised a second
AT_LEAST_EVERY = timedelta(seconds=5)  # a sign of life: without one a page says that it is paused
MINUTES_KEPT = timedelta(hours=25)
HOURS_KEPT = timedelta(days=400)


@transaction.atomic
def take_in(events: list[Event]) -> None:
    """Add a batch of events to the rollups. The number of statements does not grow with the batch.

    1. Hold the horizon, so that a fold or a rebuild waits.
    2. Cases, from the events alone; decisions and removals, with one look at their rows.
    3. Raise the pulse: dashboards are told by whoever sees it first.
    """
    horizon = lock_horizon()
    cases = CaseSums()
    for event in events:
        if event.kind.startswith("case."):
            cases.take_in(event)
    cases.write(horizon)
    _count_decisions(events)
    count_rules(event for event in events if event.kind in RULE_EVENTS)
    if effective := _named(events, "enforcement.effective", "enforcement"):
        count_removals(effective)
        count_actions(effective)
    if reversed_ := _named(events, "enforcement.reversed", "reverses"):
        count_reinstatements(reversed_)
    raise_pulse()


def _count_decisions(events: list[Event]) -> None:
    signed = [
        (1, event.data["decision"], event.data["queue"]) for event in events if event.kind == "decision.made"
    ]
    signed += [
        (-1, event.data["withdrawn"], event.data["queue"])
        for event in events
        if event.kind == "decision.withdrawn"
    ]
    if signed:
        known = {verdict.id: verdict for verdict in verdicts({decision for _, decision, _ in signed})}
        count_verdicts(
            (sign, known[decision], queue) for sign, decision, queue in signed if decision in known
        )


def _named(events: list[Event], kind: str, field: str) -> set[int]:
    return {event.data[field] for event in events if event.kind == kind}


def raise_pulse() -> None:
    """Something changed that a dashboard shows."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO insight_pulse (id, version, pushed_version) VALUES (1, 1, 0) "
            "ON CONFLICT (id) DO UPDATE SET version = insight_pulse.version + 1"
        )


@transaction.atomic
def fold() -> None:
    """Let time pass: due minutes that are over become overdue cases. Once a minute does something."""
    if fold_due_minutes(int(now().timestamp()) // 60):
        raise_pulse()


def take_pulse(*, at_most_every: timedelta, at_least_every: timedelta) -> bool:
    """Whether the caller is the one to tell the dashboards now: something changed, or it was quiet for long.

    One compare-and-swap, so that of all processes exactly one tells, and never too often.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE insight_pulse SET pushed_version = version, pushed_at = clock_timestamp()
            WHERE id IN (
                SELECT id FROM insight_pulse
                WHERE pushed_at < clock_timestamp() - interval '1 second' *
                    CASE WHEN pushed_version < version THEN %s ELSE %s END
                FOR UPDATE SKIP LOCKED
            )
            """,
            [at_most_every.total_seconds(), at_least_every.total_seconds()],
        )
        return cursor.rowcount == 1


def forget_old_flows() -> int:
    """Minutes are kept for a day, hours for a year and a month; how many rows went."""
    second = now().timestamp()
    gone = 0
    for width, kept in ((Flow.Width.MINUTE, MINUTES_KEPT), (Flow.Width.HOUR, HOURS_KEPT)):
        gone += Flow.objects.filter(width=width, start__lt=second - kept.total_seconds()).delete()[0]
    return gone
