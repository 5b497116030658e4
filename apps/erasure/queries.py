"""What stands against erasing the content of an item."""

from datetime import datetime, timedelta

from django.db.models import Q
from django.utils.timezone import now

from apps.appeals.models import Appeal
from apps.authority.models import Contest, RequestItem
from apps.board.models import BoardCase, Dispute, Ruling
from apps.decisions.models import Decision
from apps.lawful.models import CounterNotice, LawNotice
from apps.queues.models import Case
from apps.queues.queries import BLIND

# 18 U.S.C. 2258A(h) asks for a year. Where another law asks for longer, its authority's request keeps the content.
EVIDENCE_KEPT_FOR = timedelta(days=365)
# One sentence for all of them: which it is may be confidential, and this one is told to programs too.
PROCEDURE = (
    "A legal procedure about it is open. It can be erased once that has ended; legal reviewers know more."
)


def needed_because(item_id: int, *, making_way: bool = False) -> str:
    """Why the content of an item is still needed, as a sentence that says what to do first; empty when it is not.

    `making_way`: asked ahead, leaving out cases that only measure and that nobody has taken up, for they make way.

    What is being decided is decided first: a question nobody could answer any more would help no one, and who deletes a
    post does not end what was asked about it. Nor does she take away what may be evidence of a crime.
    """
    if Appeal.objects.filter(item_id=item_id, state=Appeal.State.OPEN).exists():
        return "An appeal about it is being heard. It can be erased once the appeal is decided."
    if _before_the_law(item_id):
        return PROCEDURE
    cases = Case.objects.filter(item_id=item_id).exclude(state=Case.State.DONE)
    if making_way:
        cases = cases.exclude(state=Case.State.WAITING, purpose__in=BLIND)
    if cases.exists():
        return "A case about it is open. It can be erased once the case is decided."
    if until := _evidence_until(item_id):
        return f"It may be evidence of a crime, which its rule asks to keep. It can be erased from {until:%Y-%m-%d} on."
    return ""


def _before_the_law(item_id: int) -> bool:
    """Whether an authority, a court, a board or a body out of court is still at it, or its author contests a measure."""
    not_done = Ruling.objects.filter(case__item_id=item_id, carried_out_at=None, answered_at=None)
    objected = [CounterNotice.State.WAITING, CounterNotice.State.COURT]
    return any(
        found.exists()
        for found in (
            RequestItem.objects.filter(item_id=item_id, closed_at=None),
            Contest.objects.filter(test__item__item_id=item_id, state=Contest.State.OPEN),
            LawNotice.objects.filter(item_id=item_id, closed_at=None),
            CounterNotice.objects.filter(notice__item_id=item_id, state__in=objected),
            BoardCase.objects.filter(item_id=item_id, rulings=None),
            not_done,
            Dispute.objects.filter(decision__item_id=item_id, ended_on=None),
        )
    )


def _evidence_until(item_id: int) -> datetime | None:
    """Until when the content is kept because a rule it was found to break says so, or has somebody outside told of it."""
    handling = "cited__rule_version__handling"
    asks = Q(**{f"{handling}__preserve_for_evidence": True}) | Q(**{f"{handling}__has_key": "notify"})
    found = Decision.objects.filter(
        asks,
        item_id=item_id,
        outcome=Decision.Outcome.VIOLATES,
        withdraws=False,
        measures=False,
        superseded_by=None,
        decided_at__gt=now() - EVIDENCE_KEPT_FOR,
    )
    last = found.order_by("-decided_at").values_list("decided_at", flat=True).first()
    return last + EVIDENCE_KEPT_FOR if last else None
