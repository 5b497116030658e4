"""Disputes before out-of-court bodies: written down, ended, and complied with or not; each once."""

from datetime import date

from django.db import IntegrityError, transaction
from django.utils.timezone import localdate

from apps.accounts.models import User
from apps.board.errors import DisputeSettled, InvalidForBoard
from apps.board.models import Dispute
from apps.decisions.models import Decision
from apps.ledger.operations import record

WORDS_AT_MOST = 20_000


@transaction.atomic
def record_dispute(
    *, actor: User, body: str, reference: str, decision_id: int, by: str, received_on: date
) -> Dispute:
    """Write down that somebody turned to a certified body about a decision. Nothing follows by itself. Raises
    InvalidForBoard, also for the same number of the same body again."""
    errors = []
    decision = Decision.objects.filter(pk=decision_id, withdraws=False, measures=False).first()
    if decision is None:
        errors.append({"field": "decision_id", "reason": "There is no such decision."})
    elif localdate(decision.decided_at) > received_on:
        errors.append({"field": "received_on", "reason": "This day lies before the decision."})
    if not body.strip() or "\x00" in body + reference:
        errors.append({"field": "body", "reason": "Name the body."})
    if not reference.strip():
        errors.append({"field": "reference", "reason": "Write the body’s own number."})
    if by not in Dispute.Side.values:
        errors.append({"field": "by", "reason": "Say who turned to it."})
    if received_on > localdate():
        errors.append({"field": "received_on", "reason": "This day lies in the future."})
    if errors or decision is None:
        raise InvalidForBoard(errors=errors)
    said = {"body": body.strip(), "reference": reference.strip(), "by": by, "received_on": received_on}
    try:
        with transaction.atomic():
            made = Dispute.objects.create(decision=decision, recorded_by=actor, **said)
    except IntegrityError as refused:
        if "dispute_once_per_body_and_number" not in str(refused):
            raise
        reason = "There is a dispute with this number already."
        raise InvalidForBoard(errors=[{"field": "reference", "reason": reason}]) from None
    record("dispute.recorded", actor=actor, private=True, dispute=made.pk, decision=decision.pk, by=by)
    return made


@transaction.atomic
def end_dispute(*, actor: User, dispute: Dispute, outcome: str, words: str, ended_on: date) -> Dispute:
    """Write down how it ended, once. Raises InvalidForBoard, DisputeSettled."""
    found = Dispute.objects.select_for_update(no_key=True).get(pk=dispute.pk)
    if not found.is_open:
        raise DisputeSettled
    errors = []
    if outcome not in Dispute.Outcome.values:
        errors.append({"field": "outcome", "reason": "Say how it ended."})
    errors += _words(words, "Write what the body decided, or why it ended.")
    errors += _day("ended_on", ended_on, found.received_on, "It cannot end before it came in.")
    if errors:
        raise InvalidForBoard(errors=errors)
    found.outcome, found.outcome_words, found.ended_on = outcome, words.strip(), ended_on
    found.ended_by = actor
    found.save(update_fields=["outcome", "outcome_words", "ended_on", "ended_by"])
    record("dispute.ended", actor=actor, private=True, dispute=found.pk, outcome=outcome)
    return found


@transaction.atomic
def say_complied(*, actor: User, dispute: Dispute, complied: bool, words: str, complied_on: date) -> Dispute:
    """Say, once, whether we did what the body would have, and how, or why not. The doing is a decision of its own, made
    where decisions are made. Raises InvalidForBoard (nothing was asked), DisputeSettled."""
    found = Dispute.objects.select_for_update(no_key=True).get(pk=dispute.pk)
    if found.complied is not None:
        raise DisputeSettled
    if not found.asks_something or found.ended_on is None:
        raise InvalidForBoard("The body asked for nothing to be changed.")
    errors = _words(words, "Write what was done, or why not.")
    errors += _day("complied_on", complied_on, found.ended_on, "This day lies before the body decided.")
    if errors:
        raise InvalidForBoard(errors=errors)
    found.complied, found.complied_words, found.complied_on = complied, words.strip(), complied_on
    found.complied_by = actor
    found.save(update_fields=["complied", "complied_words", "complied_on", "complied_by"])
    record("dispute.answered", actor=actor, private=True, dispute=found.pk, complied=complied)
    return found


def _words(words: str, what: str) -> list[dict[str, str]]:
    if not words.strip() or "\x00" in words or len(words) > WORDS_AT_MOST:
        return [{"field": "words", "reason": what}]
    return []


def _day(field: str, day: date, not_before: date, otherwise: str) -> list[dict[str, str]]:
    if day < not_before:
        return [{"field": field, "reason": otherwise}]
    return [{"field": field, "reason": "This day lies in the future."}] if day > localdate() else []
