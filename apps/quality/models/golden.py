"""Cases whose answer is known."""

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from apps.decisions.models import Decision
from apps.guidelines.models import GuidelineVersion
from apps.intake.models import Item
from apps.quality.models.settling import DEFINITE, Adjudication
from apps.queues.models import Case, Queue


class Golden(models.Model):
    """An adjudicated case, kept to be decided again by others. It changes once, by being retired.

    It belongs to the wording of its rules (`guideline_version`): when that changes, it is retired. The hashes are
    of its content, so that no copy of it is ever learned from. `exposure` is at most 2: nobody is shown more only
    to be measured.
    """

    class Because(models.TextChoices):
        RULE = "rule_changed", "Its rule changed"
        LEAKED = "leaked", "People know of it"
        DISPUTED = "disputed", "Experienced people came to disagree"
        CHANGED = "item_changed", "The item changed"
        GONE = "item_gone", "The item's content was erased"
        OTHER = "other", "Another reason"

    adjudication = models.OneToOneField(Adjudication, models.PROTECT, related_name="golden")
    item = models.ForeignKey(Item, models.PROTECT, related_name="+", db_index=False)
    item_revision = models.PositiveIntegerField()
    queue = models.ForeignKey(Queue, models.PROTECT, related_name="+")
    exposure = models.PositiveSmallIntegerField()
    language = models.CharField(max_length=8, default="", blank=True)
    outcome = models.CharField(max_length=12, choices=DEFINITE)
    rule_codes = ArrayField(models.CharField(max_length=20), default=list)
    actions = ArrayField(models.CharField(max_length=40), default=list)
    rule_code = models.CharField(max_length=20, default="", blank=True)
    guideline_version = models.ForeignKey(GuidelineVersion, models.PROTECT, related_name="+")
    text_sha256 = models.CharField(max_length=64, default="", blank=True)
    media_sha256 = models.CharField(max_length=64, default="", blank=True)
    why = models.TextField(default="", blank=True)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    added_at = models.DateTimeField(db_default=Now())
    retired_at = models.DateTimeField(null=True)
    retired_because = models.CharField(max_length=12, choices=Because.choices, default="", blank=True)
    retired_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    note = models.CharField(max_length=500, default="", blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="golden_exposure_at_most_2", condition=Q(exposure__lte=2)),
            models.CheckConstraint(
                name="golden_answer_is_definite", condition=Q(outcome__in=["violates", "no_violation"])
            ),
            models.UniqueConstraint(
                fields=["item"], condition=Q(retired_at=None), name="golden_once_per_item"
            ),
            models.CheckConstraint(
                name="golden_retired_says_why",
                condition=Q(retired_at=None, retired_because="")
                | Q(retired_at__isnull=False) & ~Q(retired_because=""),
            ),
        ]
        indexes = [
            models.Index(fields=["queue"], name="golden_in_use", condition=Q(retired_at=None)),
            models.Index(fields=["text_sha256"], name="golden_by_text", condition=~Q(text_sha256="")),
            models.Index(fields=["media_sha256"], name="golden_by_media", condition=~Q(media_sha256="")),
            models.Index(fields=["item"], name="golden_by_item"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="golden_changes_only_by_being_retired_once",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                func="""
                    IF TG_OP = 'UPDATE' AND OLD.retired_at IS NULL AND NEW.retired_at IS NOT NULL
                        AND (to_jsonb(NEW) - 'retired_at' - 'retired_because' - 'retired_by_id' - 'note')
                          = (to_jsonb(OLD) - 'retired_at' - 'retired_because' - 'retired_by_id' - 'note') THEN
                        RETURN NEW;
                    END IF;
                    RAISE EXCEPTION 'golden_changes_only_by_being_retired_once'
                        USING ERRCODE = 'check_violation';
                """,
            ),
            pgtrigger.Trigger(
                name="golden_is_a_settled_adjudication",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF NOT EXISTS (
                        SELECT 1 FROM quality_adjudication settled
                        JOIN decisions_decision third ON third.id = settled.decision_id
                        JOIN queues_case cs ON cs.id = settled.case_id
                        WHERE settled.id = NEW.adjudication_id AND third.item_id = NEW.item_id
                          AND third.outcome = NEW.outcome AND cs.exposure = NEW.exposure
                    ) THEN
                        RAISE EXCEPTION 'golden_is_a_settled_adjudication' USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"golden {self.pk}"


class GoldenCase(models.Model):
    """A golden case once among the others, and what the person who got it said. Nobody gets one twice."""

    golden = models.ForeignKey(Golden, models.PROTECT, related_name="given")
    case = models.OneToOneField(Case, models.PROTECT, related_name="golden_case")
    put_in_at = models.DateTimeField(db_default=Now())
    decision = models.OneToOneField(Decision, models.PROTECT, null=True, related_name="+")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    expert = models.BooleanField(default=False)
    right = models.BooleanField(null=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["golden", "person"],
                condition=Q(person__isnull=False),
                name="golden_is_given_once_per_person",
            ),
            models.CheckConstraint(
                name="golden_is_answered_as_a_whole",
                condition=Q(decision=None, person=None, right=None, answered_at=None)
                | Q(
                    decision__isnull=False,
                    person__isnull=False,
                    right__isnull=False,
                    answered_at__isnull=False,
                ),
            ),
        ]
        indexes = [models.Index(fields=["person", "answered_at"], name="golden_by_person")]
        triggers = [
            pgtrigger.Trigger(
                name="golden_is_answered_once",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                func="""
                    IF TG_OP = 'UPDATE' AND OLD.decision_id IS NULL AND NEW.golden_id = OLD.golden_id
                        AND NEW.case_id = OLD.case_id THEN
                        RETURN NEW;
                    END IF;
                    RAISE EXCEPTION 'golden_is_answered_once' USING ERRCODE = 'check_violation';
                """,
            )
        ]

    def __str__(self) -> str:
        return f"golden {self.golden_id} as case {self.case_id}"
