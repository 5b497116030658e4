"""What happens around a draft: edits, comments, approvals, planned publications. Evidence once it is published."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from apps.guidelines.models.guards import never_changed
from apps.guidelines.models.versions import GuidelineVersion


class DraftEdit(models.Model):
    """One change of one part of a draft: "head", "order", "policy:<identity>" or "rule:<identity>".

    `before` and `after` are the whole part as a document, null where it did not exist. `revision` is the draft's
    revision after it. Undo and the merge page are made of these; whoever has one here is an author.
    """

    class Kind(models.TextChoices):
        EDIT = "edit", "Edit"
        UNDO = "undo", "Undo"
        REDO = "redo", "Redo"

    version = models.ForeignKey(GuidelineVersion, models.CASCADE, related_name="edits", db_index=False)
    revision = models.PositiveIntegerField()
    part = models.CharField(max_length=50)
    kind = models.CharField(max_length=4, choices=Kind.choices, default=Kind.EDIT)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(db_default=Now())
    undoes = models.OneToOneField("self", models.CASCADE, null=True, related_name="undone_by")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="draft_edit_undoes_something_or_nothing",
                condition=Q(kind="edit", undoes=None) | Q(kind__in=["undo", "redo"], undoes__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["version", "part", "id"], name="draft_edit_by_part")]
        triggers = [
            pgtrigger.Protect(name="draft_edit_is_never_changed", operation=pgtrigger.Update),
            never_changed("edits_never_change_once_published", moves_the_revision=False),
        ]

    def __str__(self) -> str:
        return f"{self.part} of version {self.version_id} at revision {self.revision}"


class Comment(models.Model):
    """A remark on a draft, or on one of its rules (`rule` is its identity). Resolved before it is published."""

    version = models.ForeignKey(GuidelineVersion, models.CASCADE, related_name="comments")
    rule = models.UUIDField(null=True)
    revision = models.PositiveIntegerField()
    text = models.TextField()
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(db_default=Now())
    resolved_at = models.DateTimeField(null=True)
    resolved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                name="comment_resolved_names_who",
                condition=Q(resolved_at=None, resolved_by=None)
                | Q(resolved_at__isnull=False, resolved_by__isnull=False),
            ),
        ]
        triggers = [never_changed("comments_never_change_once_published", moves_the_revision=False)]

    def __str__(self) -> str:
        return f"comment {self.pk} on version {self.version_id}"


class Approval(models.Model):
    """Somebody who wrote nothing of it says yes to exactly one revision. Any change after it needs another."""

    version = models.ForeignKey(GuidelineVersion, models.CASCADE, related_name="approvals")
    revision = models.PositiveIntegerField()
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now())
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "revision", "person"],
                condition=Q(withdrawn_at=None),
                name="approval_once_per_revision_and_person",
            ),
        ]
        triggers = [
            never_changed("approvals_never_change_once_published", moves_the_revision=False),
            pgtrigger.Trigger(
                name="approval_changes_only_by_being_withdrawn_once",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "OLD.withdrawn_at IS NOT NULL OR NEW.withdrawn_at IS NULL OR "
                    "(OLD.version_id, OLD.revision, OLD.person_id, OLD.at) IS DISTINCT FROM "
                    "(NEW.version_id, NEW.revision, NEW.person_id, NEW.at)"
                ),
                func="""
                    RAISE EXCEPTION 'approval_changes_only_by_being_withdrawn_once' USING ERRCODE = 'check_violation';
                """,
            ),
            pgtrigger.Trigger(
                name="author_never_approves",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF NOT EXISTS (SELECT 1 FROM guidelines_guidelineversion v
                                   WHERE v.id = NEW.version_id AND v.state = 'in_review' AND v.revision = NEW.revision) THEN
                        RAISE EXCEPTION 'approval_is_of_the_revision_in_review' USING ERRCODE = 'check_violation';
                    END IF;
                    IF EXISTS (SELECT 1 FROM guidelines_guidelineversion v
                               WHERE v.id = NEW.version_id AND v.created_by_id = NEW.person_id)
                        OR EXISTS (SELECT 1 FROM guidelines_draftedit edit
                                   WHERE edit.version_id = NEW.version_id AND edit.person_id = NEW.person_id) THEN
                        RAISE EXCEPTION 'author_never_approves' USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"approval of revision {self.revision} of version {self.version_id}"


class Schedule(models.Model):
    """A publication planned for a moment. The tick carries it out, or refuses it with the reason."""

    class State(models.TextChoices):
        PENDING = "pending", "Planned"
        DONE = "done", "Carried out"
        REFUSED = "refused", "Refused"
        CANCELLED = "cancelled", "Called off"

    version = models.ForeignKey(GuidelineVersion, models.CASCADE, related_name="schedules")
    revision = models.PositiveIntegerField()
    effective_at = models.DateTimeField()
    reason = models.TextField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(db_default=Now())
    state = models.CharField(max_length=10, choices=State.choices, default=State.PENDING)
    refusal = models.TextField(default="", blank=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["state"], condition=Q(state="pending"), name="one_publication_is_planned_at_a_time"
            ),
            models.CheckConstraint(
                name="schedule_state_valid",
                condition=Q(state__in=["pending", "done", "refused", "cancelled"]),
            ),
            models.CheckConstraint(
                name="schedule_settled_has_a_time",
                condition=Q(state="pending", settled_at=None)
                | ~Q(state="pending") & Q(settled_at__isnull=False),
            ),
            models.CheckConstraint(
                name="schedule_refused_says_why", condition=~Q(state="refused") | ~Q(refusal="")
            ),
        ]

    def __str__(self) -> str:
        return f"version {self.version_id} at {self.effective_at:%Y-%m-%d %H:%M} ({self.state})"


class EmergencyCall(models.Model):
    """One person asks for an emergency publication of a revision; it stands for minutes, for a second person."""

    version = models.ForeignKey(GuidelineVersion, models.CASCADE, related_name="emergency_calls")
    revision = models.PositiveIntegerField()
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    reason = models.TextField()
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["version"], condition=Q(ended_at=None), name="emergency_called_once_per_version"
            ),
        ]

    def __str__(self) -> str:
        return f"emergency for version {self.version_id} called at {self.at:%H:%M}"


class LeadNotice(models.Model):
    """Something a policy lead must be told about a version; it stays on her pages until she has seen it."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    version = models.ForeignKey(GuidelineVersion, models.SET_NULL, null=True, related_name="+")
    text = models.TextField()
    at = models.DateTimeField(db_default=Now())
    seen_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["person", "-id"], name="lead_notice_unseen", condition=Q(seen_at=None)),
        ]

    def __str__(self) -> str:
        return f"notice {self.pk} to person {self.person_id}"
