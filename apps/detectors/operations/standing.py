"""Who only looks on, and from which score on a detector counts: said by people, kept for ever."""

from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.timezone import now

from apps.accounts.models import User
from apps.detectors.access import MINDERS
from apps.detectors.errors import (
    ModeUnusable,
    ProposalUnusable,
    ProposedAlready,
    SecondPersonNeeded,
    SettledAlready,
    UnknownDetector,
)
from apps.detectors.models import CardWeek, Mode, ThresholdChange
from apps.detectors.queries.standing import threshold_in_force
from apps.errors import NotAllowed
from apps.ledger.operations import record

NAME_AT_MOST, VERSION_AT_MOST, REASON_AT_MOST = 80, 40, 300


def _may(actor: User) -> None:
    if not actor.has_role(*MINDERS):
        raise NotAllowed("Detectors are minded by supervisors, policy leads and admins.")


@transaction.atomic
def set_mode(*, actor: User, detector: str, version: str, shadow: bool, reason: str) -> Mode:
    """Let a detector only look on, or count. For flags that come in from now on. Raises NotAllowed, ModeUnusable."""
    _may(actor)
    detector, version, reason = detector.strip(), version.strip(), reason.strip()
    if not detector or not reason or len(reason) > REASON_AT_MOST:
        raise ModeUnusable()
    if len(detector) > NAME_AT_MOST or len(version) > VERSION_AT_MOST:
        raise ModeUnusable("No detector has a name or version as long as this.")
    mode = Mode.objects.create(
        detector=detector, version=version, shadow=shadow, reason=reason, said_by=actor
    )
    record("detector.mode_set", actor=actor, detector=detector, version=version, shadow=shadow)
    return mode


@transaction.atomic
def propose_threshold(
    *, actor: User, detector: str, version: str, rule_code: str, threshold: float, reason: str,
    preview: dict[str, Any],
) -> ThresholdChange:  # fmt: skip
    """Propose a threshold, with the preview that was looked at; nothing changes before somebody else approves.

    Raises NotAllowed, UnknownDetector, ProposalUnusable, ProposedAlready.
    """
    _may(actor)
    reason = reason.strip()
    if not 0 <= threshold <= 1:
        raise ProposalUnusable("A threshold lies between 0 and 1. Nothing was changed.")
    if not reason:
        raise ProposalUnusable("Say why, for the person who is to approve it. Nothing was changed.")
    known = CardWeek.objects.filter(detector=detector, version=version, rule_code=rule_code)
    if not known.exists():
        raise UnknownDetector()
    before = threshold_in_force(detector, version, rule_code)
    if before is not None and before == threshold:
        raise ProposalUnusable("This is the threshold in force already. Nothing was changed.")
    try:
        with transaction.atomic():
            change = ThresholdChange.objects.create(
                detector=detector,
                version=version,
                rule_code=rule_code,
                before=before,
                threshold=threshold,
                reason=reason[:500],
                preview=preview,
                proposed_by=actor,
            )
    except IntegrityError as trouble:
        if "threshold_one_proposal_at_a_time" in str(trouble):
            raise ProposedAlready() from None
        raise
    record("detector.threshold_proposed", actor=actor, **_facts(change))
    return change


@transaction.atomic
def settle_threshold(*, actor: User, change_id: int, approve: bool, because: str = "") -> ThresholdChange:
    """Approve or refuse what somebody else proposed. Approved, it counts for flags that come in from now on.

    Raises NotAllowed, SettledAlready, SecondPersonNeeded.
    """
    _may(actor)
    change = _locked(change_id)
    if change.proposed_by_id == actor.pk:
        raise SecondPersonNeeded()
    change.state = ThresholdChange.State.APPROVED if approve else ThresholdChange.State.REFUSED
    if approve:
        same = ThresholdChange.objects.filter(
            detector=change.detector, version=change.version, rule_code=change.rule_code
        )
        change.number = (same.aggregate(most=Max("number"))["most"] or 0) + 1
    _settle(change, actor, because)
    record(f"detector.threshold_{change.state}", actor=actor, **_facts(change))
    return change


@transaction.atomic
def withdraw_threshold(*, actor: User, change_id: int) -> ThresholdChange:
    """Take back one's own proposal. Raises SettledAlready, NotAllowed."""
    _may(actor)
    change = _locked(change_id)
    if change.proposed_by_id != actor.pk:
        raise NotAllowed("Somebody else proposed this change. You can refuse it instead.")
    change.state = ThresholdChange.State.WITHDRAWN
    _settle(change, actor, "")
    record("detector.threshold_withdrawn", actor=actor, **_facts(change))
    return change


def _locked(change_id: int) -> ThresholdChange:
    change = ThresholdChange.objects.select_for_update(no_key=True).get(pk=change_id)
    if change.state != ThresholdChange.State.PROPOSED:
        raise SettledAlready()
    return change


def _settle(change: ThresholdChange, actor: User, because: str) -> None:
    change.settled_by, change.settled_at, change.settled_because = actor, now(), because.strip()[:500]
    change.save(update_fields=["state", "number", "settled_by", "settled_at", "settled_because"])


def _facts(change: ThresholdChange) -> dict[str, Any]:
    return {
        "change": change.pk,
        "detector": change.detector,
        "version": change.version,
        "rule": change.rule_code,
        "before": change.before,
        "threshold": change.threshold,
    }
