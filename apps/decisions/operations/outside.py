"""Decisions that come from outside: what the board has ruled is carried out by a decision like any other."""

from django.db import transaction
from django.utils.timezone import now

from apps.accounts.models import User
from apps.decisions.errors import StillUnderReview
from apps.decisions.evidence import take
from apps.decisions.models import Decision
from apps.decisions.operations.writing import Draft, write
from apps.decisions.verdict import Verdict, check
from apps.guidelines.queries import in_force
from apps.ledger.operations import record_many
from apps.queues.models import Case


@transaction.atomic
def decide_for_board(*, actor: User, case_id: int, verdict: Verdict) -> Decision:
    """Decide an item as the outside board has ruled: it takes the place of what was decided before, reverses what that
    did and orders what is to be done instead, and the author and those who reported are told.

    No claim, no hold: the board decided. Raises InvalidVerdict, and StillUnderReview while the case is open.
    """
    case = Case.objects.select_for_update(of=("self",), no_key=True).select_related("item").get(pk=case_id)
    if case.state != Case.State.DONE:
        raise StillUnderReview
    edition = in_force()
    check(verdict, edition)
    decision_id, entries = write(
        Draft(
            case=case,
            claim_id=None,
            decider_id=actor.pk,
            verdict=verdict,
            edition=edition,
            evidence=take(case.item_id),
            held=False,
            revealed=False,
            at=now(),
            closes=False,
            purpose=Case.Purpose.BOARD,
        )
    )
    record_many(entries)
    return Decision.objects.get(pk=decision_id)
