"""Putting a version in force: at once, at a chosen time, or in an emergency by two people.

A publication is written a few seconds before it takes effect (LEAD). Every process looks at most
`queries.IN_FORCE_KNOWN_FOR` seconds back, so each knows of the change before it is so, and a decision is made
under the version that is in force at its own moment without any lock between deciding and publishing. The
database holds it to that: `decision_is_made_under_the_version_in_force`.
"""

from datetime import datetime, timedelta

from django.db import IntegrityError, connection, transaction
from django.utils.timezone import now

from apps.accounts.models import User
from apps.errors import DomainError
from apps.guidelines import queries
from apps.guidelines.access import AUTHORS, may_write
from apps.guidelines.errors import (
    BaseOutdated,
    CodeTaken,
    CommentsOpen,
    NoEmergencyCall,
    NotApproved,
    NotInReview,
    OverlapsAnother,
    PublishedMeanwhile,
    ReasonNeeded,
    RevisionMoved,
    SecondPersonNeeded,
    TooSoon,
)
from apps.guidelines.models import EmergencyCall, GuidelineVersion, Schedule
from apps.guidelines.operations.drafting import lock_draft
from apps.guidelines.operations.installing import follow_on
from apps.guidelines.operations.reviewing import refuse_incomplete, standing_approvals
from apps.guidelines.operations.telling import refuse_schedule, tell_leads
from apps.ledger.operations import record

LEAD = timedelta(seconds=5)  # more than queries.IN_FORCE_KNOWN_FOR and what two clocks may differ by
EMERGENCY_STANDS = timedelta(minutes=15)
State, Publication = GuidelineVersion.State, GuidelineVersion.Publication
# What the database refuses, in words.
REFUSALS: dict[str, type[DomainError]] = {
    "guideline_version_one_in_force": PublishedMeanwhile,
    "two_versions_are_never_in_force_at_once": PublishedMeanwhile,
    "publication_is_approved": NotApproved,
    "comments_are_resolved_before_publishing": CommentsOpen,
    "no_version_is_passed_over": BaseOutdated,
    "rule_is_retired_never_dropped": BaseOutdated,
    "code_names_one_rule_for_ever": CodeTaken,
}


@transaction.atomic
def publish(
    version: GuidelineVersion, *, actor: User | None, reason: str, revision: int | None = None
) -> GuidelineVersion:
    """Put an approved revision in force, a few seconds from now.

    Decisions pin the rule versions they cite, so nothing decided changes. `revision` is the one the actor read.
    `actor` None is the command line: the version is installed without review and marked so for ever. Raises
    NotADraft, NotInReview, NotApproved, CommentsOpen, BaseOutdated, RevisionMoved, ReasonNeeded, PublishedMeanwhile.
    """
    reason = _reason(reason)
    locked = lock_draft(version.pk)
    if actor is None:
        follow_on(locked)
        locked.refresh_from_db()
        return _put_in_force(locked, Publication.INSTALLED, by=None, seconded=None, reason=reason, at=None)
    may_write(actor)
    if revision is not None and revision != locked.revision:
        raise RevisionMoved()
    _refuse_unready(locked)
    return _put_in_force(locked, Publication.REVIEWED, by=actor, seconded=None, reason=reason, at=None)


def _reason(reason: str) -> str:
    reason = reason.strip()
    if not reason:
        raise ReasonNeeded()
    if len(reason) > 2_000 or "\x00" in reason:
        raise ReasonNeeded("A reason has at most 2,000 characters.")
    return reason


def _refuse_unready(version: GuidelineVersion) -> None:
    if version.state != State.IN_REVIEW:
        raise NotInReview()
    current = GuidelineVersion.objects.filter(state=State.PUBLISHED).first()
    if version.base_id != (current.pk if current else None):
        raise BaseOutdated(
            f"Version {current.number if current else '–'} was published after this draft was begun. "
            "Bring the draft up to date first."
        )
    if not standing_approvals(version):
        raise NotApproved()
    if version.comments.filter(resolved_at=None).exists():
        raise CommentsOpen()
    refuse_incomplete(version)


def _put_in_force(
    version: GuidelineVersion,
    how: str,
    *,
    by: User | None,
    seconded: User | None,
    reason: str,
    at: datetime | None,
) -> GuidelineVersion:
    """Retire the version before and publish this one from the same moment on: no overlap, no gap."""
    with connection.cursor() as cursor:  # one publication at a time; nobody who decides takes this lock
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('guidelines'), hashtext('publishing'))")
    before = GuidelineVersion.objects.select_for_update(no_key=True).filter(state=State.PUBLISHED).first()
    if version.base_id != (before.pk if before else None):
        raise BaseOutdated()
    moment = now()
    if before is None:
        effective = moment
    else:
        effective = max(
            at or moment, moment + LEAD, (before.published_at or moment) + timedelta(microseconds=1)
        )
    try:
        with transaction.atomic():
            if before:
                GuidelineVersion.objects.filter(pk=before.pk).update(
                    state=State.RETIRED, retired_at=effective
                )
            version.state, version.published_at = State.PUBLISHED, effective
            version.published_by, version.seconded_by = by, seconded
            version.publication, version.reason = how, reason
            version.save(
                update_fields=[
                    "state",
                    "published_at",
                    "published_by",
                    "seconded_by",
                    "publication",
                    "reason",
                ]
            )
    except IntegrityError as trouble:
        for name, refusal in REFUSALS.items():
            if name in str(trouble).partition("\n")[0]:  # what follows is the place it was raised in
                raise refusal() from None
        raise
    Schedule.objects.filter(version=version, state=Schedule.State.PENDING).update(
        state=Schedule.State.DONE, settled_at=moment
    )
    record(
        "guidelines.published",
        actor=by,
        version=version.pk,
        number=version.number,
        before=before.pk if before else None,
        how=how,
        effective_at=effective.isoformat(),
    )
    queries.forget_in_force()
    transaction.on_commit(queries.forget_in_force)
    return version


@transaction.atomic
def schedule(
    *, actor: User, version_id: int, effective_at: datetime, reason: str, revision: int | None = None
) -> Schedule:
    """Plan the publication of the approved revision for a moment. Raises what `publish` raises, and
    TooSoon, OverlapsAnother."""
    may_write(actor)
    reason = _reason(reason)
    version = lock_draft(version_id)
    if revision is not None and revision != version.revision:
        raise RevisionMoved()
    _refuse_unready(version)
    if effective_at <= now() + LEAD:
        raise TooSoon()
    planned = Schedule.objects.filter(state=Schedule.State.PENDING).select_related("version").first()
    if planned is None:
        try:
            with transaction.atomic():
                made = Schedule.objects.create(
                    version=version,
                    revision=version.revision,
                    effective_at=effective_at,
                    reason=reason,
                    asked_by=actor,
                )
        except IntegrityError as trouble:
            if "one_publication_is_planned_at_a_time" in str(trouble):
                raise OverlapsAnother() from None
            raise
        record(
            "guidelines.scheduled",
            actor=actor,
            version=version.pk,
            schedule=made.pk,
            effective_at=effective_at.isoformat(),
        )
        return made
    raise OverlapsAnother(
        f"Version {planned.version.number} is already planned for {planned.effective_at:%d %B %Y, %H:%M} UTC. "
        "Call that off first, or publish after it."
    )


@transaction.atomic
def call_off(*, actor: User, version_id: int) -> None:
    """Call off a planned publication. Nothing happens when none is planned."""
    may_write(actor)
    version = lock_draft(version_id)
    found = Schedule.objects.filter(version=version, state=Schedule.State.PENDING)
    if found.update(state=Schedule.State.CANCELLED, settled_at=now()):
        record("guidelines.schedule_called_off", actor=actor, version=version.pk)


def publish_due() -> int:
    """Carry out the planned publication whose time comes within LEAD; how many were published (0 or 1).

    One that cannot stand any more is refused with the reason, and the leads are told.
    """
    with transaction.atomic():
        due = (
            Schedule.objects.select_for_update(skip_locked=True, of=("self",))
            .filter(state=Schedule.State.PENDING, effective_at__lte=now() + LEAD)
            .select_related("version", "asked_by")
            .first()
        )
        if due is None:
            return 0
        try:
            with transaction.atomic():
                version = lock_draft(due.version_id)
                _refuse_overtaken(due, version)
                _put_in_force(
                    version,
                    Publication.REVIEWED,
                    by=due.asked_by,
                    seconded=None,
                    reason=due.reason,
                    at=due.effective_at,
                )
        except DomainError as refusal:
            refuse_schedule(due, refusal.sentence)
            return 0
        return 1


def _refuse_overtaken(due: Schedule, version: GuidelineVersion) -> None:
    for person, did in ((due.asked_by, "planned it"), (version.created_by, "wrote it")):
        if person is not None and not person.has_role(*AUTHORS):
            raise NotApproved(f"{person.pseudonym}, who {did}, is not a policy lead any more.")
    if version.revision != due.revision:
        raise RevisionMoved("The draft was changed after its publication was planned.")
    if version.state == State.IN_REVIEW and not standing_approvals(version):
        raise NotApproved("Its approval was withdrawn, or who gave it may not approve any more.")
    _refuse_unready(version)


@transaction.atomic
def call_emergency(*, actor: User, version_id: int, reason: str, revision: int) -> EmergencyCall:
    """The first of two people asks to publish a revision without review. It stands for fifteen minutes."""
    may_write(actor)
    reason = _reason(reason)
    version = lock_draft(version_id)
    if revision != version.revision:
        raise RevisionMoved()
    _refuse_unpublishable(version)
    EmergencyCall.objects.filter(version=version, ended_at=None).update(ended_at=now())
    call = EmergencyCall.objects.create(
        version=version, revision=revision, person=actor, reason=reason, at=now()
    )
    record("guidelines.emergency_called", actor=actor, version=version.pk, revision=revision)
    tell_leads(
        version,
        f"{actor.pseudonym} asks for an emergency publication of version {version.number}. It takes a second person.",
    )
    return call


@transaction.atomic
def confirm_emergency(*, actor: User, version_id: int, revision: int) -> GuidelineVersion:
    """The second person agrees: the revision takes effect in seconds, marked as an emergency for ever.

    Raises NoEmergencyCall, SecondPersonNeeded, RevisionMoved, BaseOutdated, NotComplete.
    """
    may_write(actor)
    version = lock_draft(version_id)
    call = (
        EmergencyCall.objects.filter(version=version, ended_at=None, at__gt=now() - EMERGENCY_STANDS)
        .select_related("person")
        .first()
    )
    if call is None or not call.person.has_role(*AUTHORS):
        raise NoEmergencyCall()
    if call.person_id == actor.pk:
        raise SecondPersonNeeded()
    if revision != version.revision or call.revision != version.revision:
        raise RevisionMoved()
    _refuse_unpublishable(version)
    EmergencyCall.objects.filter(pk=call.pk).update(ended_at=now())
    published = _put_in_force(
        version, Publication.EMERGENCY, by=call.person, seconded=actor, reason=call.reason, at=None
    )
    tell_leads(published, f"Version {published.number} was published in an emergency, without review.")
    return published


def _refuse_unpublishable(version: GuidelineVersion) -> None:
    """What even an emergency does not excuse: an outdated base, or a rule nobody could decide by."""
    current = GuidelineVersion.objects.filter(state=State.PUBLISHED).first()
    if version.base_id != (current.pk if current else None):
        raise BaseOutdated()
    refuse_incomplete(version)
