"""Review: asking for it, commenting, approving exactly one revision."""

from django.db import IntegrityError, transaction
from django.utils.timezone import now

from apps.accounts.models import User
from apps.errors import Invalid, NotFound
from apps.guidelines.access import may_write
from apps.guidelines.completeness import lacks
from apps.guidelines.errors import AuthorCannotApprove, NotComplete, NotInReview, RevisionMoved
from apps.guidelines.models import Approval, Comment, GuidelineVersion
from apps.guidelines.operations.drafting import lock_draft
from apps.guidelines.operations.telling import call_off_because
from apps.ledger.operations import record

COMMENT_AT_MOST = 4_000  # characters


def refuse_incomplete(version: GuidelineVersion) -> None:
    """Raises NotComplete naming everything that is missing."""
    missing = lacks(version)
    if missing:
        raise NotComplete(errors=[{"field": one.part, "reason": one.reason} for one in missing])


@transaction.atomic
def ask_for_review(*, actor: User, version_id: int) -> GuidelineVersion:
    """Hand the draft to others to read. Raises NotComplete, NotADraft."""
    may_write(actor)
    version = lock_draft(version_id)
    if version.state == GuidelineVersion.State.IN_REVIEW:
        return version
    refuse_incomplete(version)
    version.state = GuidelineVersion.State.IN_REVIEW
    version.save(update_fields=["state"])
    record("guidelines.review_asked", actor=actor, version=version.pk, revision=version.revision)
    return version


@transaction.atomic
def back_to_draft(*, actor: User, version_id: int) -> GuidelineVersion:
    """Take the draft out of review, to work on it. Approvals given stay on record and count for their revision."""
    may_write(actor)
    version = lock_draft(version_id)
    if version.state == GuidelineVersion.State.IN_REVIEW:
        call_off_because(version, f"{actor.pseudonym} took version {version.number} out of review.")
        version.state = GuidelineVersion.State.DRAFT
        version.save(update_fields=["state"])
        record("guidelines.review_ended", actor=actor, version=version.pk, revision=version.revision)
    return version


@transaction.atomic
def approve(*, actor: User, version_id: int, revision: int) -> Approval:
    """Say yes to the revision the actor has read. Raises AuthorCannotApprove, RevisionMoved, NotInReview."""
    may_write(actor)
    version = lock_draft(version_id)
    if version.state != GuidelineVersion.State.IN_REVIEW:
        raise NotInReview()
    if actor.pk in authors(version):
        raise AuthorCannotApprove()
    if revision != version.revision:
        raise RevisionMoved()
    refuse_incomplete(version)
    try:
        with transaction.atomic():
            approval = Approval.objects.create(version=version, revision=revision, person=actor)
    except IntegrityError as trouble:
        if "approval_once_per_revision_and_person" in str(trouble):
            return Approval.objects.get(version=version, revision=revision, person=actor, withdrawn_at=None)
        raise
    record("guidelines.approved", actor=actor, version=version.pk, revision=revision)
    return approval


def authors(version: GuidelineVersion) -> set[int]:
    """Whoever opened the draft or changed anything of it."""
    wrote = set(version.edits.filter(person__isnull=False).values_list("person_id", flat=True).distinct())
    return wrote | ({version.created_by_id} if version.created_by_id else set())


@transaction.atomic
def withdraw_approval(*, actor: User, version_id: int) -> None:
    """Take back one's approval; a publication planned on it is called off. Raises NotFound."""
    version = lock_draft(version_id)
    given = Approval.objects.filter(version=version, person=actor, withdrawn_at=None)
    if not given.update(withdrawn_at=now()):
        raise NotFound("You have not approved this draft.")
    record("guidelines.approval_withdrawn", actor=actor, version=version.pk, revision=version.revision)
    if not standing_approvals(version):
        call_off_because(version, f"{actor.pseudonym} withdrew the approval.")


def standing_approvals(version: GuidelineVersion) -> list[Approval]:
    """Approvals of the revision as it is now, by people who wrote nothing of it and may still approve."""
    wrote = authors(version)
    given = version.approvals.filter(revision=version.revision, withdrawn_at=None).select_related("person")
    return [
        one for one in given if one.person_id not in wrote and one.person.has_role("policy_lead", "admin")
    ]


@transaction.atomic
def comment(*, actor: User, version_id: int, text: str, rule: str | None = None) -> Comment:
    """Remark on the draft, or on one of its rules (by identity). Raises Invalid, NotADraft."""
    may_write(actor)
    text = text.strip()
    if not text or len(text) > COMMENT_AT_MOST or "\x00" in text:
        reason = "Write a comment first." if not text else f"At most {COMMENT_AT_MOST:,} characters."
        raise Invalid(reason, errors=[{"field": "text", "reason": reason}])
    version = lock_draft(version_id)
    if rule is not None and not version.rules.filter(identity=rule).exists():
        raise NotFound("This rule is not in the draft any more.")
    made = Comment.objects.create(
        version=version, rule=rule, revision=version.revision, text=text, person=actor
    )
    record("guidelines.commented", actor=actor, version=version.pk, comment=made.pk)
    return made


@transaction.atomic
def resolve(*, actor: User, version_id: int, comment_id: int) -> None:
    """Mark a comment as dealt with. Raises NotFound, NotADraft."""
    may_write(actor)
    version = lock_draft(version_id)
    found = Comment.objects.filter(pk=comment_id, version=version, resolved_at=None)
    if not found.update(resolved_at=now(), resolved_by=actor):
        raise NotFound("This comment is resolved already.")
    record("guidelines.comment_resolved", actor=actor, version=version.pk, comment=comment_id)
