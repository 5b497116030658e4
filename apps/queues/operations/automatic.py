"""The case of an item that is decided without anybody looking: the one that waits, or one that was never in a queue."""

from dataclasses import dataclass, replace
from datetime import datetime

from apps.intake.credibility import PRIOR, STRENGTH
from apps.ledger.operations import Entry
from apps.queues.lanes import lane_for
from apps.queues.models import Case
from apps.queues.operations.assessing import Map, assess
from apps.queues.queries import case_facts, items_by_id, last_closed_of, open_reviews_of, signals_of


@dataclass(frozen=True)
class Unattended:
    """A locked case, and what is to be written down besides its decision. `waited`: it was open until now."""

    case: Case
    waited: bool
    entries: list[Entry]


def take_unattended(*, item_id: int, rules: list[str], at: datetime) -> Unattended | None:
    """Lock the item's open case, or make one that nobody needs to take up; None when somebody holds it.

    The caller decides it in this transaction and then calls `close_unattended`. Locks: the case, then (the caller's) the item.
    """
    open_now = open_reviews_of([item_id]).order_by("id").select_for_update(no_key=True, of=("self",)).first()
    if open_now is not None:
        return None if open_now.state == Case.State.CLAIMED else Unattended(open_now, True, [])
    folded = Case.objects.filter(item_id=item_id, folded_into__isnull=False).order_by("-id")
    if (case := folded.select_for_update(no_key=True, of=("self",)).first()) is not None:
        return Unattended(case, False, [])
    item = items_by_id([item_id])[item_id]
    known = signals_of([item_id], prior=PRIOR, strength=STRENGTH)[item_id]
    purpose = Case.Purpose.RE_REVIEW if last_closed_of([item_id]) else Case.Purpose.REVIEW
    assessed = assess(
        item, replace(known, matched=tuple(rules)), purpose=purpose, opened_at=at, where=Map.now()
    )
    case = Case.objects.create(
        item=item,
        purpose=purpose,
        state=Case.State.DONE,
        queue_id=assessed.queue_id,
        lane_id=lane_for(
            queue_id=assessed.queue_id,
            exposure=assessed.exposure,
            language=item.language,
            units=assessed.units,
            harms=assessed.harms,
        ),
        severity=assessed.severity,
        exposure=assessed.exposure,
        units=assessed.units,
        harms=assessed.harms,
        priority=assessed.priority.points,
        breakdown=assessed.priority.breakdown,
        rank=assessed.priority.rank,
        due_at=assessed.priority.due_at,
        due_because=assessed.priority.due_because,
        rule_codes=assessed.rule_codes,
        detection_source=assessed.detection_source,
        language=item.language,
        item_revision=item.revision,
        opened_at=at,
        closed_at=at,
    )
    return Unattended(case, True, [Entry("case.opened", None, case.pk, item_id, data=case_facts(case))])


def close_unattended(case: Case, *, rules: list[str], at: datetime) -> None:
    """The case was decided without being taken up."""
    Case.objects.filter(pk=case.pk).update(
        state=Case.State.DONE,
        closed_at=at,
        ready_by=None,
        folded_into=None,
        rule_codes=sorted({*case.rule_codes, *rules}),
    )
