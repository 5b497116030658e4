"""Step one: our own guidelines, by a moderator who is not told that an authority asks."""

import secrets
from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.utils.timezone import now

from apps.authority.models import RequestItem
from apps.decisions.models import Decision
from apps.decisions.queries import not_withdrawn
from apps.guidelines.queries import in_force
from apps.intake.lines import ReportLine
from apps.intake.operations import receive
from apps.ledger.models import Event
from apps.ledger.operations import record

REASON = "other"


def ask_for_review(row: RequestItem, *, rule: str = "") -> None:
    """Have the item looked at as anything that was reported is looked at: by a report like any other.

    The report is by nobody the house knows, so it weighs what a newcomer's weighs. The case is opened by the one
    handler that opens cases; an open review of the item answers the question as well.
    """
    item = row.item
    assert item is not None
    hint = in_force().rules.get(rule)
    row.state, row.review_asked_at = RequestItem.State.REVIEW, now()
    row.save(update_fields=["item", "state", "review_asked_at"])
    due_by = row.deadline_at.isoformat() if row.deadline_at else None
    record("review.asked", actor=None, item=item, private=True, due_by=due_by)
    report = {
        "item": {"source": item.source, "external_id": item.external_id, "kind": item.kind},
        "reason": hint.title[:200] if hint else REASON,
        "reporter": {"external_id": f"r-{secrets.token_hex(8)}"},
        **({"rule": hint.code} if hint else {}),
    }
    receive([ReportLine.model_validate(report)], key=None)


@transaction.atomic
def settle_reviews(events: Sequence[Event]) -> int:
    """Decisions that can no longer be taken back: what asked for a review of these items goes on; how many did.

    A held or unsure decision says nothing yet, the second person's will. Breaks a rule: it was acted on under our
    rules, and the request ends there. Breaks none: the law is asked.
    """
    final = {
        event.data["decision"]: event.item_id
        for event in events
        if event.item_id is not None and not event.data["held"] and event.data["outcome"] != "unsure"
    }
    waiting = RequestItem.objects.filter(item_id__in=set(final.values()), state=RequestItem.State.REVIEW)
    if not final or not waiting.exists():
        return 0
    decisions = Decision.objects.filter(pk__in=not_withdrawn(final)).order_by("id")
    settled = 0
    for decision in decisions:
        rows = RequestItem.objects.filter(
            item_id=decision.item_id,
            state=RequestItem.State.REVIEW,
            review_asked_at__lte=decision.decided_at,
        ).order_by("id")
        for row in rows.select_for_update(no_key=True):
            settled += _settle(row, decision)
    return settled


def _settle(row: RequestItem, decision: Decision) -> bool:
    breaks = decision.outcome == Decision.Outcome.VIOLATES
    row.review, row.case_id = decision, decision.case_id
    row.state = RequestItem.State.BY_RULES if breaks else RequestItem.State.LAW
    row.closed_at = now() if breaks else None
    try:
        with transaction.atomic():
            row.save(update_fields=["review", "case", "state", "closed_at"])
    except IntegrityError as trouble:
        if "review_is_never_by_who_handles_the_request" not in str(trouble):
            raise
        again = RequestItem.objects.select_related("item").get(pk=row.pk)
        ask_for_review(again)  # whoever decided knows of the request: somebody else looks
        return False
    record(
        "authority.reviewed",
        actor=None,
        private=True,
        request=row.request_id,
        position=row.position,
        state=row.state,
    )
    return True
