"""What came of appeals: known once the decision that settles them can no longer be taken back, and said once."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils.timezone import localdate

from apps.appeals.models import Appeal
from apps.appeals.outcomes import outcome_of
from apps.decisions.models import Decision
from apps.decisions.queries import not_withdrawn
from apps.ledger.models import Event
from apps.ledger.operations import Entry, record_many
from apps.queues.models import Case

Cell = tuple[Any, str, str, str, str, str]


@transaction.atomic
def settle(events: Iterable[Event]) -> int:
    """Give every open appeal its outcome whose case was decided by one of these events; how many.

    A held decision settles nothing: the one that comes after it does. An event handed over again finds nothing open.
    """
    final = {
        event.data["decision"]: event
        for event in events
        if not event.data["held"] and event.data["outcome"] != "unsure"
    }
    items = {event.item_id for event in final.values() if event.item_id is not None}
    waiting = Appeal.objects.filter(item_id__in=items, state=Appeal.State.OPEN)
    cases = set(waiting.values_list("case_id", flat=True)) if final else set()
    if not cases:
        return 0
    # An undo that began in its ten seconds holds its case until it is done: let it finish first.
    touched = cases | {event.case_id for event in final.values() if event.case_id}
    locked = Case.objects.filter(pk__in=touched).order_by("pk").select_for_update(no_key=True)
    closed = dict(locked.values_list("pk", "closed_at"))
    stands = not_withdrawn(final)
    decisions = Decision.objects.filter(pk__in=stands).select_related("words").order_by("pk")
    entries: list[Entry] = []
    sums: dict[Cell, list[int]] = defaultdict(lambda: [0, 0, 0])
    for decision in decisions:
        heard = (
            waiting.filter(item_id=decision.item_id)
            .select_related("decision__words")
            .order_by("pk")
            .select_for_update(of=("self",), no_key=True)
        )
        for appeal in heard:
            if _settled_by(decision, appeal, closed.get(appeal.case_id)):
                entries.append(_decide(appeal, decision, sums))
    record_many(entries)
    _add(sums)
    return len(entries)


def _settled_by(decision: Decision, appeal: Appeal, closed_at: datetime | None) -> bool:
    """The decision of the appeal's own case; or, when that one was held, whatever settled the item after it."""
    if closed_at is None:
        return False
    return decision.case_id == appeal.case_id or decision.decided_at > closed_at


def _decide(appeal: Appeal, decision: Decision, sums: dict[Cell, list[int]]) -> Entry:
    outcome = outcome_of(appeal.decision, decision)
    appeal.state, appeal.outcome = Appeal.State.DECIDED, outcome
    appeal.decided_by, appeal.decided_at = decision, decision.decided_at
    appeal.save(update_fields=["state", "outcome", "decided_by", "decided_at"])
    earlier = appeal.decision
    for code in ["", *(earlier.rule_codes or decision.rule_codes)]:
        cell = (
            localdate(decision.decided_at),
            code,
            earlier.language,
            earlier.detection_source,
            earlier.origin,
            appeal.by,
        )
        sums[cell][0] += 1
        sums[cell][1] += outcome == Appeal.Outcome.OVERTURNED
        sums[cell][2] += outcome == Appeal.Outcome.PARTLY
    data = {
        "appeal": appeal.pk,
        "decision": appeal.decision_id,
        "decided_by": decision.pk,
        "outcome": str(outcome),
        "by": appeal.by,
    }
    return Entry("appeal.decided", decision.decider_id, appeal.case_id, appeal.item_id, data=data)


ADD = """
    INSERT INTO appeals_appealday (day, rule_code, language, detection_source, origin, by, decided, overturned, partly)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)
    ON CONFLICT ON CONSTRAINT appeal_day_once DO UPDATE SET
        decided = appeals_appealday.decided + excluded.decided,
        overturned = appeals_appealday.overturned + excluded.overturned,
        partly = appeals_appealday.partly + excluded.partly
"""


def _add(sums: dict[Cell, list[int]]) -> None:
    if sums:
        with connection.cursor() as cursor:
            cursor.executemany(ADD, [[*cell, *counts] for cell, counts in sorted(sums.items())])
