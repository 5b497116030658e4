"""Bringing a decision before the board: its evidence is frozen in the same moment, and handed over as one file."""

from django.db import IntegrityError, transaction

from apps.accounts.models import User
from apps.board.errors import InvalidForBoard
from apps.board.models import BoardCase, Handover, SealedFile
from apps.board.sealing import path_of, seal
from apps.decisions.queries import standing
from apps.ledger.operations import record


@transaction.atomic
def bring(*, actor: User, decision_id: int, direction: str, reference: str, question: str) -> BoardCase:
    """Refer a decision to the board, or write down that it has taken one up. Raises InvalidForBoard.

    What is sealed now is what the board judges, whatever changes or is erased afterwards.
    """
    found = standing().select_related("item", "case", "guideline_version", "words").filter(pk=decision_id)
    decision = found.first()
    errors = []
    if decision is None:
        errors.append({"field": "decision_id", "reason": "There is no decision in force with this number."})
    if direction not in BoardCase.Direction.values:
        errors.append({"field": "direction", "reason": "Say who brings it."})
    if not reference.strip() or "\x00" in reference + question:
        errors.append({"field": "reference", "reason": "Write the board’s own number."})
    if not question.strip():
        errors.append({"field": "question", "reason": "Write what the board is asked."})
    if errors or decision is None:
        raise InvalidForBoard(errors=errors)
    try:
        with transaction.atomic():
            made = BoardCase.objects.create(
                reference=reference.strip(),
                direction=direction,
                item=decision.item,
                decision=decision,
                question=question.strip(),
                opened_by=actor,
            )
    except IntegrityError:
        reason = "There is a case with this number already."
        raise InvalidForBoard(errors=[{"field": "reference", "reason": reason}]) from None
    sealed = seal(decision, question=made.question, reference=made.reference)
    place = path_of(sealed.sha256)
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(sealed.content)
    SealedFile.objects.create(
        case=made,
        sha256=sealed.sha256,
        size=len(sealed.content),
        manifest=sealed.manifest,
        signature=sealed.signature,
        public_key=sealed.public_key,
    )
    record(
        "board.brought",
        actor=actor,
        case=decision.case_id,
        item=decision.item_id,
        board=made.pk,
        decision=decision.pk,
        sha256=sealed.sha256,
    )
    return made


@transaction.atomic
def hand_over(*, actor: User, sealed: SealedFile) -> Handover:
    """Write down that the sealed file was handed over."""
    made = Handover.objects.create(sealed=sealed, by=actor)
    record("board.handed_over", actor=actor, board=sealed.case_id, sha256=sealed.sha256)
    return made
