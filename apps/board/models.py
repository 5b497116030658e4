"""The outside board: what is referred or received, what was sealed and handed over, what it ruled, what came of it."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import MD5, Now

from apps.board.models_disputes import Dispute
from apps.decisions.models import Decision
from apps.intake.models import Item

ANSWER = "{carried_out_by_id,carried_out_at,decision_id,answer,answer_words,answered_by_id,answered_at}"


class BoardCase(models.Model):
    """A decision before the outside board, referred by us or taken up by it."""

    class Direction(models.TextChoices):
        REFERRED = "referred", "Referred by us"
        RECEIVED = "received", "Taken up by the board"

    reference = models.CharField(max_length=120, unique=True)
    direction = models.CharField(max_length=8, choices=Direction.choices)
    item = models.ForeignKey(Item, models.PROTECT, related_name="+")
    decision = models.ForeignKey(Decision, models.PROTECT, related_name="+")
    question = models.TextField()
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="board_direction_valid", condition=Q(direction__in=["referred", "received"])
            ),
            models.CheckConstraint(name="board_is_asked_something", condition=~Q(question="")),
        ]
        triggers = [
            pgtrigger.Protect(
                name="board_case_is_never_changed", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return f"board case {self.reference}"


class SealedFile(models.Model):
    """The frozen evidence of a board case: one file, the hash of each part in a manifest, and its signature.

    `manifest` is the exact text that was signed, `signature` and `public_key` are Ed25519, in hexadecimal.
    """

    case = models.OneToOneField(BoardCase, models.PROTECT, related_name="sealed")
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    manifest = models.TextField()
    signature = models.CharField(max_length=128)
    public_key = models.CharField(max_length=64)
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        triggers = [
            pgtrigger.Protect(
                name="sealed_file_is_never_changed", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return f"sealed file of board case {self.case_id}"


class Handover(models.Model):
    """That the sealed file was handed over."""

    sealed = models.ForeignKey(SealedFile, models.PROTECT, related_name="handovers")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["id"]
        triggers = [
            pgtrigger.Protect(name="handover_is_never_changed", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"handover {self.pk}"


class Ruling(models.Model):
    """What the board decided. *Binding*: carried out by `due_at`, by a decision of ours. *Advisory*: a recommendation
    that is answered in public by `due_at`.
    """

    class Kind(models.TextChoices):
        BINDING = "binding", "Binding"
        ADVISORY = "advisory", "Recommendation"

    class Answer(models.TextChoices):
        ACCEPTED = "accepted", "Accepted"
        PARTLY = "partly", "Accepted in part"
        DECLINED = "declined", "Declined"

    case = models.ForeignKey(BoardCase, models.PROTECT, related_name="rulings")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    words = models.TextField()
    decided_on = models.DateField()
    due_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(db_default=Now())
    carried_out_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    carried_out_at = models.DateTimeField(null=True)
    decision = models.OneToOneField(Decision, models.PROTECT, null=True, related_name="+")
    answer = models.CharField(max_length=8, choices=Answer.choices, default="", blank=True)
    answer_words = models.TextField(default="", blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint("case", "kind", MD5("words"), name="ruling_recorded_once"),
            models.CheckConstraint(name="ruling_kind_valid", condition=Q(kind__in=["binding", "advisory"])),
            models.CheckConstraint(
                name="ruling_answer_valid", condition=Q(answer__in=["", "accepted", "partly", "declined"])
            ),
            models.CheckConstraint(name="ruling_is_in_words", condition=~Q(words="")),
            models.CheckConstraint(
                name="ruling_is_due_after_it_was_made", condition=Q(due_at__gte=F("decided_on"))
            ),
            models.CheckConstraint(
                name="binding_ruling_is_carried_out_by_a_decision",
                condition=Q(carried_out_at=None, decision=None, carried_out_by=None)
                | Q(
                    kind="binding",
                    carried_out_at__isnull=False,
                    decision__isnull=False,
                    carried_out_by__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="recommendation_is_answered_in_words",
                condition=Q(answer="", answer_words="", answered_at=None, answered_by=None)
                | Q(kind="advisory", answered_at__isnull=False, answered_by__isnull=False)
                & ~Q(answer="")
                & ~Q(answer_words=""),
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                name="ruling_still_due",
                condition=Q(carried_out_at=None, answered_at=None),
            )
        ]
        triggers = [
            pgtrigger.Trigger(
                name="ruling_changes_only_by_being_answered_once",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                func=f"""
                    IF TG_OP = 'UPDATE' AND OLD.carried_out_at IS NULL AND OLD.answered_at IS NULL
                        AND to_jsonb(NEW) - '{ANSWER}'::text[] = to_jsonb(OLD) - '{ANSWER}'::text[] THEN
                        RETURN NEW;
                    END IF;
                    RAISE EXCEPTION 'ruling_changes_only_by_being_answered_once' USING ERRCODE = 'check_violation';
                """,
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} ruling {self.pk} of board case {self.case_id}"

    @property
    def is_due(self) -> bool:
        return self.carried_out_at is None and self.answered_at is None


class Precedent(models.Model):
    """What a ruling means for a rule, in words, for whoever decides under it. `rule` is the rule's identity."""

    ruling = models.ForeignKey(Ruling, models.PROTECT, related_name="precedents", db_index=False)
    rule = models.UUIDField()
    words = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["ruling", "rule"], name="precedent_once_per_ruling_and_rule"),
        ]
        indexes = [models.Index(fields=["rule", "-id"], name="precedent_by_rule")]
        triggers = [
            pgtrigger.Protect(
                name="precedent_is_never_changed", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return f"precedent {self.pk}"


__all__ = ["BoardCase", "Dispute", "Handover", "Precedent", "Ruling", "SealedFile"]
