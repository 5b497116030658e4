"""Our own guidelines first: the item is reviewed as anything that is reported, with the clock the law gives."""

import secrets
from collections.abc import Sequence

from django.db import transaction
from django.utils.timezone import now

from apps.decisions.models import Decision
from apps.decisions.queries import not_withdrawn
from apps.guidelines.queries import in_force
from apps.intake.lines import ReportLine
from apps.intake.operations import receive
from apps.lawful.errors import LawNoticeNotTaken
from apps.lawful.models import LawNotice
from apps.lawful.operations.telling import tell
from apps.ledger.models import Event
from apps.ledger.operations import record

# The rule each kind may concern, where the guidelines in force have it: a hint, as a reporter gives one.
HINTS = {"minors": "YS-1", "privacy": "HR-2", "property": "RG-5", "intimate": "HR-4"}
State = LawNotice.State


def ask_for_review(notice: LawNotice) -> None:
    """Report the item as anybody would, and give its case the time the law sets. Raises LawNoticeNotTaken.

    The reporter is the sender under a name that tells nothing, so that what comes of her notices counts for and
    against her as for anybody: a warning, then a pause that a person decides and that ends by itself.
    """
    item = notice.item
    assert item is not None
    if notice.report_id is None:
        hint = HINTS[notice.kind] if HINTS[notice.kind] in in_force().rules else None
        who = notice.sender if notice.sender != "law-nobody" else f"law-{secrets.token_hex(16)}"
        words = notice.words.get(side="notifier")
        line = {
            "item": {"source": item.source, "external_id": item.external_id, "kind": item.kind},
            "reason": f"Notice of law: {notice.get_kind_display().lower()}",
            "reporter": {"external_id": who},
            "notice": {
                "explanation": words.statement,
                "good_faith": True,
                "legal_ground": f"{notice.country}",
            },
            **({"rule": hint} if hint else {}),
        }
        [taken] = receive([ReportLine.model_validate(line)], key=None)
        if taken.errors:
            raise LawNoticeNotTaken
        notice.report_id = taken.id
    notice.state, notice.review_asked_at = State.REVIEW, now()
    notice.save(update_fields=["item", "state", "review_asked_at", "report"])
    record(
        "law_notice.review_asked",
        actor=None,
        item=item,
        private=True,
        notice=notice.pk,
        due_by=notice.due_at.isoformat(),
    )


@transaction.atomic
def settle_reviews(events: Sequence[Event]) -> int:
    """Decisions that can no longer be taken back: notices that waited for a review of these items go on; how many did.

    A rule is broken: it was acted on under our rules, and the notice ends there. None is: a legal reviewer is asked. What
    no person decided settles nothing: a person is asked again.
    """
    final = {
        event.data["decision"]: event.item_id
        for event in events
        if event.item_id is not None
        and not event.data["held"]
        and not event.data.get("measures")
        and event.data["outcome"] != "unsure"
    }
    waiting = LawNotice.objects.filter(item_id__in=set(final.values()), state=State.REVIEW)
    if not final or not waiting.exists():
        return 0
    settled = 0
    for decision in Decision.objects.filter(pk__in=not_withdrawn(final)).order_by("id"):
        rows = LawNotice.objects.filter(
            item_id=decision.item_id, state=State.REVIEW, review_asked_at__lte=decision.decided_at
        ).order_by("id")
        for notice in rows.select_for_update(of=("self",), no_key=True).select_related("item"):
            if decision.decider_id is None:
                ask_for_review(notice)
            else:
                settled += _settle(notice, decision)
    return settled


def _settle(notice: LawNotice, decision: Decision) -> bool:
    breaks = decision.outcome == Decision.Outcome.VIOLATES
    notice.review, notice.case_id = decision, decision.case_id
    notice.state = State.BY_RULES if breaks else State.LAW
    notice.closed_at = now() if breaks else None
    notice.save(update_fields=["review", "case", "state", "closed_at"])
    record("law_notice.reviewed", actor=None, private=True, notice=notice.pk, state=notice.state)
    if breaks:
        tell(notice, "notifier", "by_rules")
    return True
