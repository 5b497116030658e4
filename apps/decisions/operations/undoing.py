"""Taking a decision back within ten seconds, before anyone outside has heard of it."""

from dataclasses import dataclass, replace

from django.db import transaction
from django.db.models import Q
from django.utils.timezone import now

from apps.accounts.models import User
from apps.decisions.errors import UndoTooLate
from apps.decisions.evidence import take
from apps.decisions.models import UNDO_WITHIN, Decision, Hold
from apps.ledger.operations import record
from apps.queues.models import Case, Claim
from apps.queues.operations import release
from apps.queues.operations.holding import reopen
from apps.queues.queries import REVIEWS, case_facts, open_reviews_of
from apps.wellbeing.allowed import ON_BREAK, OVER, RESTING
from apps.wellbeing.operations import Allowance, end_break, standing


@dataclass(frozen=True)
class Undone:
    """`claim_id` is hers again; None when looking again no longer fits her budget and it went to the queue."""

    claim_id: int | None


@transaction.atomic
def undo(*, actor: User, decision_id: int) -> Undone:
    """Write a withdrawing decision and give the case back to her; her next claim is returned first.

    Exposure already revealed stays spent. Raises UndoTooLate after 10 s, when somebody acted on it, or
    when it is not hers.
    """
    allowed = _allowance(actor)
    decision = Decision.objects.select_related("case").filter(pk=decision_id, decider=actor).first()
    if decision is None or decision.withdraws or now() > decision.decided_at + UNDO_WITHIN:
        raise UndoTooLate
    live = Claim.objects.filter(holder=actor, ended_at=None).only("id", "case_id").first()
    _lock_cases(decision, live)
    if live is not None:
        release(actor=actor, claim_id=live.pk)
        allowed = _allowance(actor)
    case = Case.objects.select_related("queue", "item").get(pk=decision.case_id)
    # Asked again under the lock: whoever announces the decision takes this row too, once the time is over.
    if now() > decision.decided_at + UNDO_WITHIN:
        raise UndoTooLate
    _close_follow_up(decision)
    evidence = take(case.item_id)
    overtaken = evidence.head != decision.pk
    if decision.measures:
        overtaken = Decision.objects.filter(supersedes=decision).exists()
    if overtaken or case.state != Case.State.DONE:
        raise UndoTooLate("This cannot be taken back any more: someone has already acted on it.")
    if case.purpose in REVIEWS and open_reviews_of([case.item_id]).exists():
        raise UndoTooLate("The item has changed since and waits to be looked at again: decide it there.")
    withdrawing = Decision.objects.create(
        case=case,
        item=case.item,
        item_revision=decision.item_revision,
        purpose=decision.purpose,
        decider=actor,
        outcome=decision.outcome,
        guideline_version_id=decision.guideline_version_id,
        language=decision.language,
        detection_source=decision.detection_source,
        evidence_sha256=decision.evidence_sha256,
        supersedes=decision,
        withdraws=True,
        measures=decision.measures,
        decided_at=now(),
    )
    facts = {**case_facts(case), "decision": withdrawing.pk, "withdrawn": decision.pk}
    facts |= {"outcome": decision.outcome, "rules": decision.rule_codes, "held": decision.held}
    record("decision.withdrawn", actor=actor, case=case, item=case.item_id, **facts)
    claim = reopen(case=case, holder=actor, allowed=allowed)
    return Undone(claim.pk if claim else None)


def _allowance(actor: User) -> Allowance:
    """Undo is a way back to work: it ends a break that began with the decision, and puts off one that is due.

    In a rest after extreme cases, and when the day is over, no case comes back to her: the level is none.
    """
    allowed = standing(actor)
    if allowed.pause == ON_BREAK:
        end_break(actor=actor, at_once=True)
        allowed = standing(actor)
    return replace(allowed, max_exposure=-1) if allowed.pause in (RESTING, OVER) else allowed


def _lock_cases(decision: Decision, live: Claim | None) -> None:
    """All the cases an undo touches by one statement, in the order of their ids, as all who lock several do:

    the decided one, the one she holds now, and one that asks a second person about the decision.
    """
    wanted = Q(pk=decision.case_id) | Q(item_id=decision.item_id, about_decision_id=decision.pk)
    if live is not None:
        wanted |= Q(pk=live.case_id)
    cases = Case.objects.filter(wanted).order_by("pk").select_for_update(no_key=True)
    list(cases.values_list("pk", flat=True))


def _close_follow_up(decision: Decision) -> None:
    """A hold or second opinion that nobody has taken up ends with the decision it was about."""
    about = Case.objects.filter(item_id=decision.item_id, about_decision_id=decision.pk)
    follow_up = about.exclude(state=Case.State.DONE).select_for_update(no_key=True).first()
    if follow_up is not None:
        if follow_up.state == Case.State.CLAIMED:
            raise UndoTooLate(
                "A second person has already taken this up; a new decision can still correct it."
            )
        close_unclaimed(follow_up)
    resolved = Hold.objects.select_for_update(no_key=True).filter(resolved_by=decision).first()
    if resolved is not None:
        resolved.state, resolved.resolved_by, resolved.resolved_at = Hold.State.PENDING, None, None
        resolved.save(update_fields=["state", "resolved_by", "resolved_at"])


def close_unclaimed(follow_up: Case) -> None:
    """End a locked case that asks for a second person and that nobody has taken up, with the hold it is about."""
    Case.objects.filter(pk=follow_up.pk).update(state=Case.State.DONE, closed_at=now())
    facts = {**case_facts(follow_up), "unclaimed": True}
    record("case.closed", actor=None, case=follow_up, item=follow_up.item_id, **facts)
    Hold.objects.filter(decision=follow_up.about_decision_id, state=Hold.State.PENDING).update(
        state=Hold.State.WITHDRAWN, resolved_at=now()
    )
