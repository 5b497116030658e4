"""Precedents after a first choice, and whether showing them changes anything: drawn by lot, kept, compared."""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import timedelta

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.utils.timezone import now

from apps.accounts.models import User
from apps.ledger.operations import record
from apps.queues.errors import ClaimLost
from apps.queues.models import Case, Claim
from apps.training.errors import NotAnAnswer
from apps.training.models import FirstChoice
from apps.training.queries.precedents import Precedent, precedents_for

SHARE = 0.5  # of first choices after which precedents are shown


def drawn(claim_id: int, share: float = SHARE) -> bool:
    """Whether precedents are shown in a claim: by lot, the same however often it is asked, told by nothing in the claim."""
    hashed = hashlib.sha256(f"{settings.SECRET_KEY}:precedents:{claim_id}".encode()).digest()
    return int.from_bytes(hashed[:8], "big") < share * 2**64


@transaction.atomic
def choose_first(
    *, actor: User, claim_id: int, outcome: str, rule_codes: Sequence[str]
) -> tuple[FirstChoice, list[Precedent]]:
    """Keep what she chose first in the claim she holds, then draw whether precedents are shown, and which.

    A second choice in the same claim changes nothing: the first is what counts, and what was shown is shown again.
    A case that is looked at blind (second look, golden, adjudication, appeal) never has any. Raises ClaimLost,
    NotAnAnswer.
    """
    claim = (
        Claim.objects.select_related("case__item").filter(pk=claim_id, holder=actor, ended_at=None).first()
    )
    if claim is None:
        raise ClaimLost
    codes = list(dict.fromkeys(rule_codes)) if outcome == "violates" else []
    if outcome not in ("violates", "no_violation", "unsure") or (outcome == "violates" and not codes):
        raise NotAnAnswer
    known = FirstChoice.objects.filter(claim_id=claim_id).first()
    if known is not None:
        return known, precedents_for(
            claim.case, known.rule_codes, only=known.precedents
        ) if known.shown else []
    shown = claim.case.purpose in MAY_SHOW and drawn(claim_id)
    found = precedents_for(claim.case, codes) if shown else []
    try:
        with transaction.atomic():
            made = FirstChoice.objects.create(
                claim_id=claim_id,
                case_id=claim.case_id,
                person=actor,
                outcome=outcome,
                rule_codes=codes,
                share=SHARE if claim.case.purpose in MAY_SHOW else 0.0,
                shown=shown,
                precedents=[one.decision_id for one in found],
            )
    except IntegrityError:  # another window was quicker
        return choose_first(actor=actor, claim_id=claim_id, outcome=outcome, rule_codes=rule_codes)
    record(
        "precedents.drawn",
        actor=actor,
        private=True,
        case=claim.case_id,
        claim=claim_id,
        shown=shown,
        precedents=made.precedents,
    )
    return made, found


# A golden case is drawn like any other, or its page would differ from theirs.
MAY_SHOW = (
    Case.Purpose.REVIEW,
    Case.Purpose.RE_REVIEW,
    Case.Purpose.SECOND_LOOK,
    Case.Purpose.GOLDEN,
)


DECIDED = """
    UPDATE training_firstchoice first
    SET decision_id = made.id,
        kept = made.outcome = first.outcome AND made.rule_codes @> first.rule_codes AND made.rule_codes <@ first.rule_codes
    FROM decisions_decision made
    WHERE first.decision_id IS NULL AND first.at > %s AND made.case_id = first.case_id
      AND made.claim_id = first.claim_id AND NOT made.withdraws
"""
# Of those a second person looked at meanwhile: whether she said the same, or a third said it stood.
CONFIRMED = """
    UPDATE training_firstchoice first SET agreed = pair.agreed OR settled.upheld = 'first'
    FROM quality_comparison pair LEFT JOIN quality_adjudication settled ON settled.comparison_id = pair.id
    WHERE first.decision_id = pair.first_id AND first.agreed IS NULL AND pair.first_id = ANY(%s::bigint[])
      AND (pair.agreed OR settled.settled_at IS NOT NULL)
"""


@transaction.atomic
def note_decided() -> int:
    """Note beside first choices of the last day what was decided in the end, and whether it was the same; how many.

    Done by the clock and not with the decision, which it costs nothing.
    """
    with connection.cursor() as cursor:
        cursor.execute(DECIDED, [now() - timedelta(days=1)])
        return int(cursor.rowcount)


@transaction.atomic
def note_confirmed(first_ids: Iterable[int]) -> None:
    """Note beside first choices what a second look said of the decisions they became."""
    note_decided()
    with connection.cursor() as cursor:
        cursor.execute(CONFIRMED, [list(first_ids)])
