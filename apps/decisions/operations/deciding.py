"""Deciding a case: one transaction from the live claim to the next one."""

from dataclasses import dataclass, replace
from datetime import timedelta

from django.db import transaction
from django.utils.timezone import now

from apps.accounts.models import Role, User
from apps.decisions.errors import DecidedBefore, GuidelinesMoved, JudgeFirst, SecondPersonAtIt
from apps.decisions.evidence import take
from apps.decisions.models import Decision, Hold
from apps.decisions.operations.undoing import close_unclaimed
from apps.decisions.operations.writing import Draft, write
from apps.decisions.queries import deciders_of
from apps.decisions.verdict import Verdict, check, hold_because
from apps.errors import NotAllowed
from apps.guidelines.queries import in_force
from apps.ledger.operations import Entry, record_many
from apps.queues.models import Barred, Case, Claim, Queue
from apps.queues.operations import Held, finish, hold, open_follow_up
from apps.queues.operations.claiming import Claimed, claim_next, claim_within
from apps.queues.queries import default_escalation
from apps.wellbeing.allowed import BREAK_DUE
from apps.wellbeing.exposure import Look
from apps.wellbeing.operations import although_unread, start_break

SECOND_PERSON = "second-person"  # the queue of decisions that wait for a second person
ASKS_FOR_SOMEONE_ELSE = (
    Case.Purpose.APPROVAL,
    Case.Purpose.SECOND_OPINION,
    Case.Purpose.APPEAL,
    Case.Purpose.SECOND_LOOK,
    Case.Purpose.ADJUDICATION,
)
ONLY_MEASURES = (Case.Purpose.SECOND_LOOK, Case.Purpose.GOLDEN)
OF_A_SENIOR = {
    Case.Purpose.APPROVAL: "A held decision is approved by a senior moderator. Return the case; one will take it.",
    Case.Purpose.ADJUDICATION: "This is settled by a senior moderator. Return the case; one will take it.",
}
ASKED_BY_A_DECISION = (Case.Purpose.APPROVAL, Case.Purpose.SECOND_OPINION)


@dataclass(frozen=True)
class Decided:
    """What came of it. `held` says why a second person is needed, '' when nobody is."""

    decision_id: int
    held: str
    next: Claimed | None


@although_unread
@transaction.atomic
def decide(
    *,
    actor: User,
    claim_id: int,
    verdict: Verdict,
    under: int | None = None,
    look: Look | None = None,
    claim_another: bool = False,
    queue_id: int | None = None,
    fixed: timedelta | None = None,
    judged_first: bool = False,
) -> Decided:
    """Decide the case a moderator holds, and give her the next one if she wants it.

    1. Lock her shift, the case and the claim: it is live and hers (else ClaimLost). An appeal is decided only by the
       room that hears it, which says so with `judged_first` (else JudgeFirst). It is decided under the
       guidelines in force now; when she was shown another version, `under`, GuidelinesMoved says so.
    2. Refuse a verdict that no rule carries (InvalidVerdict); nothing is changed.
    3. Lock the item and take the evidence.
    4. Write decision, citations, words, notices, enforcement or hold.
    5. Settle what was really unveiled, close claim and case, record it all.
    6. Claim the next case, in the same transaction: one round trip per decision.

    A second look and a golden case are decided in the same way and answered in the same words; nothing follows.
    """
    held_claim = hold(actor=actor, claim_id=claim_id)
    at = now()
    edition = in_force(at)
    if under is not None and under != edition.id:
        raise GuidelinesMoved
    case = held_claim.case
    if case.purpose == Case.Purpose.APPEAL and not judged_first:
        raise JudgeFirst
    check(verdict, edition)
    evidence = take(case.item_id)
    refuse_earlier_decider(case, actor)
    because = ""
    if case.purpose != Case.Purpose.APPROVAL and verdict.outcome == "violates":
        because = hold_because(verdict, edition, public_figure=evidence.public_figure)
    measures = _only_measures(case, verdict, evidence.head)
    seen = held_claim.look(at, look)
    decision_id, entries = write(
        Draft(
            case=case,
            claim_id=claim_id,
            decider_id=actor.pk,
            verdict=verdict,
            edition=edition,
            evidence=evidence,
            held=bool(because),
            measures=measures,
            revealed=seen.revealed,
            at=at,
        )
    )
    # Rules the decision cites count as considered: a later report of one of them attaches to this case.
    case.rule_codes = sorted({*case.rule_codes, *verdict.rules})
    account = finish(held_claim, ending=Claim.Ending.DECIDED, look=look, state=Case.State.DONE)
    asks = because or case.purpose == Case.Purpose.APPROVAL or verdict.outcome == "unsure"
    follows = asks and not measures
    claims = claim_another and account is not None and account.working
    if follows or not claims:  # else they are written down with the claim, in one statement
        record_many(entries)
        entries = []
    if measures:
        pass
    elif because:
        _open_hold(held_claim, decision_id, because, actor)
    elif case.purpose == Case.Purpose.APPROVAL:
        _resolve_hold(case, decision_id, actor)
    elif verdict.outcome == "unsure":
        _ask_someone_else(held_claim, decision_id, actor)
    if evidence.head is not None and not (because or measures or verdict.outcome == "unsure"):
        _end_what_is_settled(case)
    following = None
    if claim_another and account is None:  # wellbeing could not be read a moment ago: ask anew, fail safe
        following = claim_next(actor=actor, queue_id=queue_id, fixed=fixed)
    elif claims and account is not None:
        following = claim_within(account.allowed, actor=actor, queue_id=queue_id, fixed=fixed, before=entries)
    elif account is not None and account.allowed.pause == BREAK_DUE:
        start_break(actor=actor)  # it begins calmly, after the case in hand
    return Decided(decision_id, because, following)


def refuse_earlier_decider(case: Case, actor: User) -> None:
    """The sentence for what the trigger `second_person_never_decided_before` would refuse."""
    if case.purpose not in ASKS_FOR_SOMEONE_ELSE:
        return
    if (refusal := OF_A_SENIOR.get(Case.Purpose(case.purpose))) and not actor.has_role(Role.SENIOR_MODERATOR):
        raise NotAllowed(refusal)
    mine = Decision.objects.filter(item_id=case.item_id, decider=actor, withdraws=False)
    if mine.exclude(superseded_by__withdraws=True).exists():
        raise DecidedBefore


def _only_measures(case: Case, verdict: Verdict, head: int | None) -> bool:
    """Whether nothing follows: always of a second look and a golden case; of an adjudication, when what is in force
    was found right, or is not any more what was asked about."""
    if case.purpose != Case.Purpose.ADJUDICATION:
        return case.purpose in ONLY_MEASURES
    if head is None or head != case.about_decision_id:
        return True
    asked = Decision.objects.only("outcome", "rule_codes", "actions").get(pk=head)
    return (asked.outcome, set(asked.rule_codes), set(asked.actions)) == (
        verdict.outcome,
        set(verdict.rules),
        set(verdict.effective_actions),
    )


def _open_hold(held_claim: Held, decision_id: int, because: str, actor: User) -> None:
    case = held_claim.case
    if _asked_already(case, Case.Purpose.APPROVAL) is not None:
        raise SecondPersonAtIt
    Hold.objects.create(decision_id=decision_id, because=because)
    queue = (
        Queue.objects.filter(slug=SECOND_PERSON, active=True).first() or default_escalation() or case.queue
    )
    open_follow_up(
        item=case.item,
        purpose=Case.Purpose.APPROVAL,
        queue=queue,
        like=case,
        about_decision_id=decision_id,
        barred=deciders_of(case.item_id),
    )
    facts = {"decision": decision_id, "state": Hold.State.PENDING, "because": because}
    record_many([Entry("hold.opened", actor.pk, case.pk, case.item_id, data=facts)])


def _resolve_hold(case: Case, decision_id: int, actor: User) -> None:
    """The second person has decided: the hold is approved when she said the same, else replaced."""
    held = (
        Hold.objects.select_for_update(no_key=True, of=("self",))
        .select_related("decision")
        .get(decision_id=case.about_decision_id or 0)
    )
    second = Decision.objects.get(pk=decision_id)
    same = (
        held.decision.outcome == second.outcome
        and set(held.decision.rule_codes) == set(second.rule_codes)
        and set(held.decision.actions) == set(second.actions)
    )
    held.state = Hold.State.APPROVED if same else Hold.State.REPLACED
    held.resolved_by, held.resolved_at = second, now()
    held.save(update_fields=["state", "resolved_by", "resolved_at"])
    facts = {"decision": held.decision_id, "resolved_by": decision_id, "state": held.state}
    record_many([Entry("hold.resolved", actor.pk, case.pk, case.item_id, data=facts)])


def _ask_someone_else(held_claim: Held, decision_id: int, actor: User) -> None:
    case = held_claim.case
    asked = _asked_already(case, Case.Purpose.SECOND_OPINION)
    if asked is not None:
        Barred.objects.bulk_create(
            [Barred(case=asked, user=actor, why=Barred.Why.DECIDED)], ignore_conflicts=True
        )
        return
    again = case.purpose == Case.Purpose.SECOND_OPINION
    # Two people unsure: it goes up, not round.
    queue = (case.queue.escalates_to or default_escalation() or case.queue) if again else case.queue
    open_follow_up(
        item=case.item,
        purpose=Case.Purpose.SECOND_OPINION,
        queue=queue,
        like=case,
        about_decision_id=decision_id,
        barred=deciders_of(case.item_id),
    )


def _end_what_is_settled(case: Case) -> None:
    """The item is settled now: a second person whom an earlier decision asked for is not needed any more.

    One who is at it already goes on, and has the last word. Locked rows are passed over, as in `_asked_already`.
    """
    asked = Case.objects.filter(
        item_id=case.item_id, purpose__in=ASKED_BY_A_DECISION, state=Case.State.WAITING
    )
    for waiting in asked.order_by("id").select_for_update(of=("self",), skip_locked=True, no_key=True):
        close_unclaimed(waiting)


def _asked_already(case: Case, purpose: str) -> Case | None:
    """The open case in which a second person is already at this item; one that nobody has taken up makes way.

    The item changed after an earlier decision and was decided again: a second person is asked once, about the
    newest. Locked rows are passed over, because whoever holds one may be waiting for the item's lock, which is ours.
    """
    asked = Case.objects.filter(item_id=case.item_id, purpose=purpose).exclude(state=Case.State.DONE)
    free = (
        asked.filter(state=Case.State.WAITING)
        .select_for_update(of=("self",), skip_locked=True, no_key=True)
        .first()
    )
    if free is None:
        return asked.first()
    close_unclaimed(free)
    return None


def approve_as_decided(
    *, held_decision: Decision, explanation: str, private_note: str, confidence: str
) -> Verdict:
    """The verdict of a second person who agrees: the same rules, actions and parameters, in her own words."""
    words = held_decision.words
    base = Verdict(
        outcome=held_decision.outcome,
        rules=tuple(held_decision.rule_codes),
        actions=tuple(held_decision.actions),
        rationale=tuple(held_decision.rationale),
        parameters=words.parameters,
    )
    return replace(base, explanation=explanation, private_note=private_note, confidence=confidence)
