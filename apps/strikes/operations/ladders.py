"""The ladder of strikes, edited by two: one proposes with a reason, another puts it in force."""

from dataclasses import asdict

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.timezone import now

from apps.accounts.models import User
from apps.errors import NotAllowed
from apps.ledger.operations import record
from apps.strikes.access import MINDS_LADDER
from apps.strikes.errors import (
    LadderNeedsSecondPerson,
    LadderProposedAlready,
    LadderSettledAlready,
    LadderUnusable,
)
from apps.strikes.ladder import Ladder, check
from apps.strikes.models import LadderVersion
from apps.strikes.queries_ladder import ladder_in_force, outlook

State = LadderVersion.State
REASON_AT_MOST = 500


def _may(actor: User) -> None:
    if not actor.has_role(*MINDS_LADDER):
        raise NotAllowed("The ladder is minded by policy leads, legal reviewers and admins.")


@transaction.atomic
def propose_ladder(*, actor: User, ladder: Ladder, reason: str) -> LadderVersion:
    """Propose a ladder; what it would change is worked out and kept with it. Nothing changes before somebody else says so.

    Raises NotAllowed, LadderUnusable, LadderProposedAlready.
    """
    _may(actor)
    check(ladder)
    reason = reason.strip()
    if not reason or len(reason) > REASON_AT_MOST:
        raise LadderUnusable("Say why, in at most 500 characters, for the person who is to put it in force.")
    present = ladder_in_force()
    if ladder.same_as(present):
        raise LadderUnusable("This is the ladder in force already. Nothing was changed.")
    try:
        with transaction.atomic():
            made = LadderVersion.objects.create(
                steps=[asdict(one) for one in ladder.steps],
                counts_for=list(ladder.counts_for),
                reason=reason,
                preview=outlook(ladder, present=present).as_json(),
                proposed_by=actor,
            )
    except IntegrityError as trouble:
        if "ladder_one_proposal_at_a_time" in str(trouble):
            raise LadderProposedAlready() from None
        raise
    record("ladder.proposed", actor=actor, version=made.pk)
    return made


@transaction.atomic
def settle_ladder(*, actor: User, version_id: int, approve: bool, because: str = "") -> LadderVersion:
    """Put in force, or refuse, what somebody else proposed. In force, it holds for decisions made from then on.

    What was given before keeps the ladder it was given under. Raises NotAllowed, LadderSettledAlready,
    LadderNeedsSecondPerson.
    """
    _may(actor)
    made = _locked(version_id)
    if made.proposed_by_id == actor.pk:
        raise LadderNeedsSecondPerson()
    at = now()
    if approve:
        LadderVersion.objects.filter(state=State.APPROVED, retired_at=None).update(retired_at=at)
        made.number = (LadderVersion.objects.aggregate(most=Max("number"))["most"] or 0) + 1
        made.in_force_from = at
    made.state = State.APPROVED if approve else State.REFUSED
    made.settled_by, made.settled_at, made.settled_because = actor, at, because.strip()[:REASON_AT_MOST]
    made.save()
    record(f"ladder.{made.state}", actor=actor, version=made.pk, number=made.number)
    return made


@transaction.atomic
def withdraw_ladder(*, actor: User, version_id: int) -> LadderVersion:
    """Take back one's own proposal. Raises LadderSettledAlready, NotAllowed."""
    _may(actor)
    made = _locked(version_id)
    if made.proposed_by_id != actor.pk:
        raise NotAllowed("Somebody else proposed this ladder. You can refuse it instead.")
    made.state, made.settled_by, made.settled_at = State.WITHDRAWN, actor, now()
    made.save()
    record("ladder.withdrawn", actor=actor, version=made.pk)
    return made


def _locked(version_id: int) -> LadderVersion:
    made = LadderVersion.objects.select_for_update(no_key=True).get(pk=version_id)
    if made.state != State.PROPOSED:
        raise LadderSettledAlready()
    return made
