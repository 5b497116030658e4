"""How rules fare in use: sums by day and rule, from the events of decisions, escalations and marks.

Nobody is named and nobody is counted: a day of a rule is all there is.
"""

from collections.abc import Iterable
from typing import Any

from django.db import connection
from django.utils.timezone import localdate

from apps.insight.histogram import bucket
from apps.insight.models import RuleDay, RuleTimeDay
from apps.ledger.models import Event
from apps.sums import Sums

KINDS = ("decision.made", "decision.withdrawn", "case.escalated", "guidelines.marked_unclear")
SECOND = ("second_opinion", "approval", "second_look", "appeal", "qa")
LOOKS = """
    SELECT made.id, made.decided_at, extract(epoch FROM made.decided_at - claim.started_at)::float8, made.purpose, made.outcome,
           array_to_string(made.rule_codes, ','), made.decider_id, earlier.outcome, array_to_string(earlier.rule_codes, ','),
           earlier.decider_id
    FROM decisions_decision made
    LEFT JOIN queues_claim claim ON claim.id = made.claim_id
    LEFT JOIN decisions_decision earlier ON earlier.id = made.supersedes_id AND NOT earlier.withdraws
    WHERE made.id = ANY(%s)
"""


def count_rules(events: Iterable[Event]) -> None:
    """Add a batch of events. One look at the decisions however many; a withdrawal takes away what was added."""
    days = Sums(RuleDay, "day", "rule_code")
    times = Sums(RuleTimeDay, "day", "rule_code", "bucket")
    signed: list[tuple[int, dict[str, Any]]] = []
    withdrawn: dict[int, int] = {}
    for event in events:
        if event.kind == "decision.made":
            signed.append((1, event.data))
        elif event.kind == "decision.withdrawn":
            withdrawn[event.data["withdrawn"]] = event.case_id or 0
        elif event.kind == "case.escalated" and event.data.get("unclear"):
            for code in event.data.get("rules", ()):
                days.add(localdate(event.occurred_at), code, escalated_unclear=1)
        elif event.kind == "guidelines.marked_unclear":
            days.add(localdate(event.occurred_at), event.data["rule"], marked_unclear=1)
    if withdrawn:
        made = Event.objects.filter(kind="decision.made", case_id__in=withdrawn.values())
        signed += [(-1, event.data) for event in made if event.data["decision"] in withdrawn]
    if signed:
        looks = _looks({data["decision"] for _, data in signed})
        for sign, data in signed:
            if data["decision"] in looks and not data.get("measures"):
                _add(days, times, sign, data, looks[data["decision"]])
    days.write()
    times.write()


def _looks(ids: set[int]) -> dict[int, tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(LOOKS, [list(ids)])
        return {row[0]: row[1:] for row in cursor.fetchall()}


def _add(days: Sums, times: Sums, sign: int, data: dict[str, Any], look: tuple[Any, ...]) -> None:
    at, seconds, purpose, outcome, said, decider, before, said_before, decider_before = look
    cited = _codes(said)
    day = localdate(at)
    for code in sorted({*data.get("considered", ()), *cited}):
        column = {"no_violation": "cleared", "unsure": "unsure"}.get(outcome)
        column = column or ("violated" if code in cited else "otherwise")
        days.add(day, code, considered=sign, **{column: sign})
        if seconds is not None:
            times.add(day, code, bucket(max(0.0, seconds)), n=sign)
    compared = before in ("violates", "no_violation") and outcome in ("violates", "no_violation")
    if purpose not in SECOND or not compared or decider == decider_before:
        return
    cited_before = _codes(said_before)
    for code in sorted(cited | cited_before):
        apart = int((code in cited) != (code in cited_before) or before != outcome)
        days.add(day, code, compared=sign, disagreed=sign * apart)
        if purpose == "appeal":
            days.add(day, code, appealed=sign, overturned=sign * apart)


def _codes(said: str | None) -> set[str]:
    return set(filter(None, (said or "").split(",")))
