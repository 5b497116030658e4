"""Judgements that stand, and cases in which one is looked at again by somebody who is shown no more than the first."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import connection

from apps.decisions.models import Decision
from apps.decisions.queries import not_withdrawn
from apps.ledger.models import Event
from apps.quality.models import Blind
from apps.queues.models import Case
from apps.queues.operations.again import open_as_new

# The purposes of decisions that are drawn, and among which golden cases are mixed.
DRAWN_FROM = (
    Case.Purpose.REVIEW,
    Case.Purpose.RE_REVIEW,
    Case.Purpose.SECOND_OPINION,
    Case.Purpose.APPROVAL,
)
ANSWERS_A_DECISION = (Case.Purpose.APPROVAL, Case.Purpose.SECOND_OPINION)
ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtext('quality'), hashtext('looks'))"
HOPS = 4  # a review, a second opinion, a hold, its approval


def settled(events: Iterable[Event], purposes: Sequence[str]) -> list[int]:
    """The decisions of these events, made for one of the purposes, that were not taken back; in their order.

    An undo that began within its time holds the case until it is done: it is waited for. And so is whoever else takes
    in what was decided: what one has drawn, compared or settled, the next one sees.
    """
    wanted = [event for event in events if event.data.get("purpose") in purposes]
    if not wanted:
        return []
    cases = sorted({event.case_id for event in wanted if event.case_id is not None})
    with connection.cursor() as cursor:
        cursor.execute(ONE_AT_A_TIME)
        cursor.execute("SELECT id FROM queues_case WHERE id = ANY(%s) ORDER BY id FOR SHARE", [cases])
    return sorted(not_withdrawn(event.data["decision"] for event in wanted))


def settled_decisions(events: Iterable[Event], purposes: Sequence[str]) -> list[Decision]:
    """As `settled`, the decisions themselves, with case, queue, item, author and decider."""
    return whole(settled(events, purposes))


def whole(ids: Iterable[int]) -> list[Decision]:
    """Decisions by their numbers, in their order, with case, queue, item, author and decider; not those that withdraw."""
    found = Decision.objects.filter(pk__in=list(ids), withdraws=False).order_by("id")
    return list(found.select_related("case__queue", "item__author", "decider"))


def open_blind(decision: Decision, *, purpose: str) -> Case:
    """A case in which a decision is looked at again as it was looked at first. Who ever judged the item is barred."""
    first, until = root_of(decision)
    case = open_as_new(first=first, purpose=purpose, until=until, barred=judges_of(decision.item_id))
    Blind.objects.create(
        case=case, decision=decision, first_case=first, until=until, later_by=case.opened_at - first.opened_at
    )
    return case


def root_of(decision: Decision) -> tuple[Case, datetime]:
    """The case in which the item was first decided for this decision's reason, and when that was.

    An approval and a second opinion answer an earlier decision, which is not to be shown to whoever looks blind.
    """
    for _ in range(HOPS):
        case = decision.case
        if case.about_decision_id is None or case.purpose not in ANSWERS_A_DECISION:
            break
        decision = Decision.objects.select_related("case__queue").get(pk=case.about_decision_id)
    return decision.case, decision.decided_at


def judges_of(item_id: int) -> list[int]:
    """Everybody who judged the item, also only to measure, and also who took it back."""
    found = Decision.objects.filter(item_id=item_id, decider__isnull=False, withdraws=False)
    return list(found.values_list("decider_id", flat=True).distinct())
