"""What the board ruled, and what came of it by its date."""

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.timezone import localdate, now

from apps.accounts.models import User
from apps.board.errors import AnsweredAlready, InvalidForBoard
from apps.board.models import BoardCase, Precedent, Ruling
from apps.board.queries import identity_of
from apps.decisions.operations import decide_for_board
from apps.decisions.verdict import Verdict
from apps.ledger.operations import record

SUSPEND = "account_suspend"


@transaction.atomic
def record_ruling(
    *, actor: User, case: BoardCase, kind: str, words: str, decided_on: date, due_at: datetime
) -> Ruling:
    """Write down a ruling with the date by which it is carried out, or answered in public. Raises
    InvalidForBoard, and AnsweredAlready for the same words a second time."""
    errors = []
    if kind not in Ruling.Kind.values:
        errors.append({"field": "kind", "reason": "Say whether it is binding or a recommendation."})
    if not words.strip() or "\x00" in words:
        errors.append({"field": "words", "reason": "Write what the board decided."})
    if decided_on > localdate():
        errors.append({"field": "decided_on", "reason": "This day lies in the future."})
    if localdate(due_at) < decided_on:
        errors.append({"field": "due_at", "reason": "It cannot be due before it was decided."})
    if errors:
        raise InvalidForBoard(errors=errors)
    said = {"kind": kind, "words": words.strip(), "decided_on": decided_on, "due_at": due_at}
    try:
        with transaction.atomic():
            made = Ruling.objects.create(case=case, recorded_by=actor, **said)
    except IntegrityError as refused:
        if "ruling_recorded_once" not in str(refused):
            raise
        raise AnsweredAlready("This ruling has been written down already.") from None
    record("board.ruled", actor=actor, board=case.pk, ruling=made.pk, ruling_kind=kind)
    return made


@transaction.atomic
def carry_out(*, actor: User, ruling: Ruling, verdict: Verdict) -> Ruling:
    """Do what a binding ruling says: a decision that takes the place of the one before the board.

    An account suspended by it is suspended for the days it says, and comes back by itself (apps.strikes).
    Raises AnsweredAlready, InvalidForBoard (a recommendation is answered, not carried out), InvalidVerdict.
    """
    found = _open(ruling)
    if found.kind != Ruling.Kind.BINDING:
        raise InvalidForBoard("A recommendation is answered, not carried out.")
    days = verdict.parameters.get("days")
    if SUSPEND in verdict.actions and not (isinstance(days, int) and 1 <= days <= 3650):
        raise InvalidForBoard(errors=[{"field": "days", "reason": "For how many days? One to 3,650."}])
    decision = decide_for_board(actor=actor, case_id=found.case.decision.case_id, verdict=verdict)
    found.decision, found.carried_out_by, found.carried_out_at = decision, actor, now()
    found.save(update_fields=["decision", "carried_out_by", "carried_out_at"])
    record("board.carried_out", actor=actor, board=found.case_id, ruling=found.pk, decision=decision.pk)
    return found


@transaction.atomic
def answer(*, actor: User, ruling: Ruling, answer: str, words: str) -> Ruling:
    """Answer a recommendation in public: accepted, in part, or declined, with reasons. Raises as `carry_out` does."""
    found = _open(ruling)
    if found.kind != Ruling.Kind.ADVISORY:
        raise InvalidForBoard("A binding ruling is carried out, not answered.")
    errors = []
    if answer not in Ruling.Answer.values:
        errors.append({"field": "answer", "reason": "Accepted, in part, or declined?"})
    if len(words.strip()) < 20 or "\x00" in words:
        errors.append(
            {"field": "words", "reason": "Write the answer that is published, in a sentence at least."}
        )
    if errors:
        raise InvalidForBoard(errors=errors)
    found.answer, found.answer_words = answer, words.strip()
    found.answered_by, found.answered_at = actor, now()
    found.save(update_fields=["answer", "answer_words", "answered_by", "answered_at"])
    record("board.answered", actor=actor, board=found.case_id, ruling=found.pk, answer=answer)
    return found


@transaction.atomic
def set_precedent(*, actor: User, ruling: Ruling, code: str, words: str) -> Precedent:
    """Say on a rule what a ruling means for it. It stays with the rule through every version. Raises InvalidForBoard."""
    rule = identity_of(code)
    errors = []
    if rule is None:
        errors.append({"field": "code", "reason": "There is no rule in force with this code."})
    if not words.strip() or "\x00" in words:
        errors.append({"field": "words", "reason": "Write what it means for this rule."})
    if errors:
        raise InvalidForBoard(errors=errors)
    try:
        with transaction.atomic():
            made = Precedent.objects.create(ruling=ruling, rule=rule, words=words.strip(), by=actor)
    except IntegrityError:
        raise AnsweredAlready("This ruling stands on that rule already.") from None
    record("board.precedent", actor=actor, board=ruling.case_id, ruling=ruling.pk, rule=code)
    return made


def _open(ruling: Ruling) -> Ruling:
    found = Ruling.objects.select_for_update(of=("self",)).select_related("case__decision").get(pk=ruling.pk)
    if not found.is_due:
        raise AnsweredAlready
    return found
