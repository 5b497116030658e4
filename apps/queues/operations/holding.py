"""What a holder does with a case short of deciding it, and what happens when she does nothing.

Locks, always in this order: the holder's shift, the case, the claim. No key is ever changed, so locks say so
(NO KEY): whoever only refers to a locked row, as a bar or a note does to its case, need not wait for it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import F
from django.utils.timezone import now

from apps.accounts.models import User
from apps.briefing.queries import codes_withheld
from apps.ledger.operations import record
from apps.queues.errors import CaseNotWaiting, ClaimLost
from apps.queues.lanes import lane_for
from apps.queues.models import Barred, Case, CaseNote, Claim, Queue
from apps.queues.queries import case_facts, default_escalation
from apps.statements import Rows, Statement, columns
from apps.wellbeing import operations as wellbeing
from apps.wellbeing.exposure import UNHEARD_MOST, UNREPORTED, Look
from apps.wellbeing.operations import Allowance

UNCLEAR = ("unclear", "not clear", "ambiguous", "មិនច្បាស់", "không rõ", "mơ hồ")


@dataclass(frozen=True)
class Held:
    """A live claim under lock, with what its ending needs."""

    claim: Claim
    case: Case
    kind: str
    shift_id: int | None

    def look(self, at: datetime, reported: Look | None) -> Look:
        """What was shown: as the page says now, else as its heartbeats said and what went on after them, else everything."""
        if reported is None:
            known = self.claim.seconds_revealed
            reported = UNREPORTED if known is None else Look(known + unheard(self.claim, at))
        elif reported.reported:
            so_far = self.claim.seconds_before_page + reported.seconds
            reported = Look(max(so_far, self.claim.seconds_revealed or 0))
        return reported.within((at - self.claim.started_at).total_seconds())


def unheard(claim: Claim, at: datetime) -> float:
    """Seconds to count after her page fell silent with something uncovered: until `at`, and at most `UNHEARD_MOST`."""
    since = claim.uncovered_at
    return min(max((at - since).total_seconds(), 0.0), UNHEARD_MOST) if since else 0.0


WORKED = (Claim.Ending.DECIDED, Claim.Ending.ESCALATED)  # the others pass a case by

HOLD = Statement(
    "queues_hold",
    f"""
    SELECT {columns(Case, "cs")}, {columns(Claim, "claim")}, item.kind
    FROM queues_claim claim
    JOIN queues_case cs ON cs.id = claim.case_id
    JOIN intake_item item ON item.id = cs.item_id
    WHERE claim.id = %(claim)s AND claim.holder_id = %(holder)s AND claim.ended_at IS NULL
      AND claim.expires_at > %(now)s AND cs.state = 'claimed'
    FOR NO KEY UPDATE OF cs, claim
    """,  # noqa: S608  (column names)
)


def hold(*, actor: User, claim_id: int) -> Held:
    """Lock a live claim of hers, in order. Raises ClaimLost, saying who has the case now, if anyone."""
    row = HOLD.run(
        {"claim": claim_id, "holder": actor.pk, "now": now()}, first=wellbeing.locking_shift(actor)
    )
    if row is None:
        raise ClaimLost(_what_became(claim_id, actor))
    rows = Rows(row)
    case, claim = rows.take(Case), rows.take(Claim)
    assert case is not None and claim is not None  # noqa: PT018  (inner joins)
    # One handed out while her shift could not be read does not say to which it belongs: to the one locked just now.
    shift_id = claim.shift_id or wellbeing.lock_shift(actor)
    return Held(claim=claim, case=case, kind=rows.value(), shift_id=shift_id)


def _what_became(claim_id: int, actor: User) -> str:
    lost = Claim.objects.filter(pk=claim_id, holder=actor).select_related("case").first()
    if lost is None:
        return ClaimLost.sentence
    if lost.case.state == Case.State.DONE:
        return "This case has been decided in the meantime. What you typed is kept on this page."
    rival = Claim.objects.filter(case_id=lost.case_id, ended_at=None).select_related("holder").first()
    if rival and rival.holder_id != actor.pk:
        return f"This case is now with {rival.holder.pseudonym}. What you typed is kept on this page."
    return "Your time with this case ran out, and it went back to the queue. What you typed is kept on this page."


FINISH = Statement(
    "queues_finish",
    """
    WITH ended AS (
        UPDATE queues_claim SET ended_at = %(at)s::timestamptz, ending = %(ending)s,
            seconds_revealed = %(seconds)s, owed = %(owed)s
        WHERE id = %(claim)s
    )
    UPDATE queues_case SET state = %(state)s::varchar, rule_codes = %(codes)s::varchar[],
        closed_at = CASE WHEN %(state)s::varchar = 'done' THEN %(at)s::timestamptz END
    WHERE id = %(case)s
    """,
)


def finish(held: Held, *, ending: str, look: Look | None, state: str) -> wellbeing.Settled | None:
    """End a claim: settle its exposure, end it, put the case into `state`. Her account afterwards, if readable."""
    at = now()
    seen = held.look(at, look)
    claim = held.claim
    shift_id = claim.shift_id or held.shift_id
    owed = not wellbeing.may_settle(shift_id)
    ended = {
        "at": at, "ending": str(ending), "seconds": seen.seconds, "owed": owed, "claim": claim.pk,
        "state": str(state), "codes": held.case.rule_codes, "case": held.case.pk,
    }  # fmt: skip
    if owed:
        FINISH.run(ended)
        return None
    return wellbeing.settle(
        user_id=claim.holder_id,
        shift_id=shift_id,
        claim_id=claim.pk,
        exposure=claim.exposure,
        kind=held.kind,
        reserved=claim.reserved,
        look=seen,
        wall_seconds=(at - claim.started_at).total_seconds(),
        harms=held.case.harms,
        worked=ending in WORKED and not claim.again,
        first=FINISH.text(ended),
    )


def _give_back(held: Held, *, ending: str, look: Look | None, actor: User | None) -> None:
    """Back to the queue. The shared timeline says that it returned, never why."""
    finish(held, ending=ending, look=look, state=Case.State.WAITING)
    record("case.returned", actor=actor, case=held.case, item=held.case.item_id, **case_facts(held.case))


@wellbeing.although_unread
@transaction.atomic
def release(*, actor: User, claim_id: int, look: Look | None = None) -> None:
    """Return a case without a decision; nothing is held against anybody. Raises ClaimLost."""
    _give_back(hold(actor=actor, claim_id=claim_id), ending=Claim.Ending.RELEASED, look=look, actor=actor)


@wellbeing.although_unread
@transaction.atomic
def skip(*, actor: User, claim_id: int, reason: str = "", look: Look | None = None) -> None:
    """Return a case and never be given it again. The reason is optional and stays private to her."""
    held = hold(actor=actor, claim_id=claim_id)
    Barred.objects.bulk_create(
        [Barred(case=held.case, user=actor, why=Barred.Why.SKIPPED)], ignore_conflicts=True
    )
    _give_back(held, ending=Claim.Ending.SKIPPED, look=look, actor=actor)
    if reason:
        record("case.skipped_because", actor=actor, case=held.case, private=True, reason=reason[:200])


@wellbeing.although_unread
@transaction.atomic
def escalate(*, actor: User, claim_id: int, note: str, look: Look | None = None) -> None:
    """Send the case to the queue's escalation queue, with a note for whoever takes it there."""
    held = hold(actor=actor, claim_id=claim_id)
    finish(held, ending=Claim.Ending.ESCALATED, look=look, state=Case.State.WAITING)
    case, before = held.case, held.case.queue_id
    target = case.queue.escalates_to or default_escalation()
    if target is not None and target.pk != before:
        move_to(case, target)
    Barred.objects.bulk_create([Barred(case=case, user=actor, why=Barred.Why.SKIPPED)], ignore_conflicts=True)
    CaseNote.objects.create(case=case, author=actor, text=note)
    facts = {**case_facts(case), "from": before, "to": case.queue_id}
    facts |= {"rules": case.rule_codes, "unclear": says_unclear(note)}
    record("case.escalated", actor=actor, case=case, item=case.item_id, **facts)


def says_unclear(note: str) -> bool:
    """Whether a note says that a rule is unclear, in the languages people write notes in."""
    return any(word in note.casefold() for word in UNCLEAR)


def move_to(case: Case, queue: Queue) -> None:
    """Put a locked case into another queue and the lane it has there."""
    case.queue = queue
    case.lane_id = lane_for(
        queue_id=queue.pk, exposure=case.exposure, language=case.language, units=case.units, harms=case.harms
    )
    case.placed_by_hand = True
    case.save(update_fields=["queue", "lane", "placed_by_hand"])


def renew(*, actor: User, claim_id: int, seconds_revealed: float | None, uncovered: bool = False) -> datetime:
    """A heartbeat: the claim lasts its full time again from now. Returns when it ends. Raises ClaimLost.

    What the page has shown so far is kept, and whether something lies `uncovered` now, so that a claim nobody finishes
    is still settled truthfully: a browser may be killed while she looks.
    One compare-and-swap on her live claim; no other lock.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE queues_claim claim
            SET expires_at = GREATEST(claim.expires_at, %s + queue.claim_minutes * interval '1 minute'),
                seconds_revealed = CASE WHEN %s::float8 IS NULL THEN claim.seconds_revealed
                                        ELSE GREATEST(COALESCE(claim.seconds_revealed, 0),
                                                      claim.seconds_before_page + %s::float8) END,
                uncovered_at = CASE WHEN %s THEN %s::timestamptz END
            FROM queues_case cs JOIN queues_queue queue ON queue.id = cs.queue_id
            WHERE claim.id = %s AND claim.holder_id = %s AND claim.ended_at IS NULL AND claim.expires_at > %s
              AND cs.id = claim.case_id
            RETURNING claim.expires_at
            """,
            [now(), seconds_revealed, seconds_revealed, uncovered, now(), claim_id, actor.pk, now()],
        )
        row = cursor.fetchone()
    if row is None:
        raise ClaimLost(_what_became(claim_id, actor))
    return row[0]


def open_again(claim: Claim) -> None:
    """Her page for this claim was opened anew: what it reports from now on adds to what was shown before."""
    if claim.seconds_revealed:
        before = F("seconds_revealed") + unheard(claim, now())
        live = Claim.objects.filter(pk=claim.pk, ended_at=None)
        live.update(seconds_before_page=before, seconds_revealed=before, uncovered_at=None)


@transaction.atomic
def release_held(*, actor: User) -> bool:
    """Whatever case she holds goes back to the queue, as on signing out. False when she holds none."""
    wellbeing.lock_shift(actor)
    live = Claim.objects.filter(holder=actor, ended_at=None).values_list("id", flat=True).first()
    return live is not None and _end_now(live, ending=Claim.Ending.RELEASED, actor=actor)


@wellbeing.although_unread
@transaction.atomic
def stop_now(*, actor: User, look: Look | None = None) -> None:
    """I need to stop now: whatever she holds goes back, not to her again, and a break begins if she is on shift.

    The case ends as any that is put back, so nothing tells this from a sign-out; no reason is asked or kept. Always
    possible: without a case or a shift there is less to do.
    """
    shift_id = wellbeing.lock_shift(actor)
    live = Claim.objects.filter(holder=actor, ended_at=None).values_list("id", "case_id").first()
    if live is not None:
        claim_id, case_id = live
        if _end_now(claim_id, ending=Claim.Ending.RELEASED, actor=actor, look=look):
            passed_over = Barred(case_id=case_id, user=actor, why=Barred.Why.SKIPPED)
            Barred.objects.bulk_create([passed_over], ignore_conflicts=True)
    if shift_id is not None:
        wellbeing.start_break(actor=actor)


@transaction.atomic
def end_shift(*, actor: User) -> None:
    """End her shift; a case she holds goes back to the queue first. Raises NotOnShift."""
    release_held(actor=actor)
    wellbeing.end_shift(actor=actor)


@transaction.atomic
def take_back(*, actor: User, case_id: int) -> None:
    """A supervisor takes a case from whoever holds it, back to the queue. Raises CaseNotWaiting if nobody does."""
    live = Claim.objects.filter(case_id=case_id, ended_at=None).values_list("id", flat=True).first()
    if live is None or not _end_now(live, ending=Claim.Ending.REASSIGNED, actor=actor):
        raise CaseNotWaiting("Nobody holds this case any more.")


def end_expired_claims(*, limit: int = 500) -> int:
    """Put abandoned cases back; how many. Each in its own transaction, safe from several workers at once."""
    expired = (
        Claim.objects.filter(ended_at=None, expires_at__lte=now())
        .order_by("expires_at")
        .values_list("id", flat=True)
    )
    return sum(_expire(claim_id) for claim_id in list(expired[:limit]))


@wellbeing.although_unread
@transaction.atomic
def _expire(claim_id: int) -> bool:
    return _end_now(claim_id, ending=Claim.Ending.EXPIRED, actor=None, only_expired=True)


def _end_now(
    claim_id: int,
    *,
    ending: str,
    actor: User | None,
    only_expired: bool = False,
    look: Look | None = None,
) -> bool:
    """End somebody's claim, if it is still live once all locks are held."""
    claim = Claim.objects.select_related("holder").get(pk=claim_id)
    shift_id = wellbeing.lock_shift(claim.holder)
    # Without joins: when a rival's commit is waited for and it changed the queue, a join would lose the row.
    case = Case.objects.select_for_update(no_key=True).get(pk=claim.case_id)
    live = Claim.objects.select_for_update(no_key=True).filter(pk=claim_id, ended_at=None)
    if only_expired:
        live = live.filter(expires_at__lte=now())
    found = live.first()
    if found is None:
        return False
    _give_back(Held(found, case, case.item.kind, shift_id), ending=ending, look=look, actor=actor)
    return True


def reopen(*, case: Case, holder: User, allowed: Allowance) -> Claim | None:
    """Undo gives a decided case back to the person who decided it. The caller holds shift and case locks.

    Looking again costs again, so it is reserved again; when that is not within what she may have now (her budget,
    a rest after extreme cases, light cases that are due, a rule that asks for a check since), the case goes back to
    the queue and the answer is None.
    """
    at = now()
    reserved = case.units if allowed.readable else 0
    fits = allowed.permits(exposure=case.exposure, units=reserved, harms=case.harms)
    fits = fits and not set(codes_withheld(holder, at)) & set(case.rule_codes)
    state = Case.State.CLAIMED if fits else Case.State.WAITING
    Case.objects.filter(pk=case.pk).update(state=state, closed_at=None)
    record("case.reopened", actor=holder, case=case, item=case.item_id, returned=not fits, **case_facts(case))
    if not fits:
        return None
    wellbeing.reserve(shift_id=allowed.shift_id, units=reserved)
    return Claim.objects.create(
        case=case,
        holder=holder,
        shift_id=allowed.shift_id,
        exposure=case.exposure,
        level=allowed.max_exposure,
        again=True,
        used_before=allowed.used,
        budget=allowed.budget,
        reserved=reserved,
        owed=not allowed.readable,
        started_at=at,
        expires_at=at + timedelta(minutes=case.queue.claim_minutes),
    )
