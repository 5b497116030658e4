import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from apps.detectors.models_exploration import Draw, Frame, FrameWeek, Judged, Plan

__all__ = [
    "CardWeek", "Disagreement", "Draw", "FoundWeek", "Frame", "FrameWeek", "Judged", "Mode", "Plan", "ScoreWeek",
    "ThresholdChange",
]  # fmt: skip


class Mode(models.Model):
    """Whether a detector's scores open cases, said by a person with a reason. The newest word counts.

    `version` is empty for every version nobody spoke of by itself. Without a word a detector counts.
    """

    detector = models.CharField(max_length=80)
    version = models.CharField(max_length=40, default="", blank=True)
    shadow = models.BooleanField()
    reason = models.CharField(max_length=300)
    said_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.CheckConstraint(name="mode_gives_a_reason", condition=~Q(reason=""))]
        indexes = [models.Index(fields=["detector", "-id"], name="mode_by_detector")]
        triggers = [
            pgtrigger.Protect(name="mode_is_never_changed", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.detector} {self.version or 'every version'}: {'shadow' if self.shadow else 'counts'}"


class ThresholdChange(models.Model):
    """A threshold of the house for one rule of one version of a detector: proposed, previewed, settled by another.

    `number` counts those approved for it; the highest is in force. `preview` is what was expected when it was proposed.
    """

    class State(models.TextChoices):
        PROPOSED = "proposed", "Waits for a second person"
        APPROVED = "approved", "Approved"
        REFUSED = "refused", "Not approved"
        WITHDRAWN = "withdrawn", "Taken back"

    detector = models.CharField(max_length=80)
    version = models.CharField(max_length=40)
    rule_code = models.CharField(max_length=20)
    before = models.FloatField(null=True)
    threshold = models.FloatField()
    reason = models.CharField(max_length=500)
    preview = models.JSONField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.PROPOSED)
    number = models.PositiveIntegerField(null=True)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(db_default=Now())
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    settled_at = models.DateTimeField(null=True)
    settled_because = models.CharField(max_length=500, default="", blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="threshold_0_to_1", condition=Q(threshold__range=(0, 1))),
            models.CheckConstraint(name="threshold_change_gives_a_reason", condition=~Q(reason="")),
            models.CheckConstraint(
                name="threshold_is_settled_by_a_second_person",
                condition=Q(state="proposed", settled_by=None)
                | Q(state="withdrawn", settled_by__isnull=False) & Q(settled_by=F("proposed_by"))
                | Q(state__in=["approved", "refused"], settled_by__isnull=False)
                & ~Q(settled_by=F("proposed_by")),
            ),
            models.CheckConstraint(
                name="threshold_settled_has_a_time",
                condition=Q(state="proposed", settled_at=None)
                | ~Q(state="proposed") & Q(settled_at__isnull=False),
            ),
            models.CheckConstraint(
                name="threshold_approved_has_a_number",
                condition=Q(state="approved", number__isnull=False, number__gte=1)
                | ~Q(state="approved") & Q(number=None),
            ),
            models.UniqueConstraint(
                fields=["detector", "version", "rule_code", "number"], name="threshold_number_once"
            ),
            models.UniqueConstraint(
                fields=["detector", "version", "rule_code"],
                condition=Q(state="proposed"),
                name="threshold_one_proposal_at_a_time",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="threshold_change_is_never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="threshold_change_is_settled_once",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func="""
                    IF OLD.state = 'proposed'
                        AND (to_jsonb(NEW) - ARRAY['state', 'number', 'settled_by_id', 'settled_at', 'settled_because'])
                          = (to_jsonb(OLD) - ARRAY['state', 'number', 'settled_by_id', 'settled_at', 'settled_because'])
                    THEN
                        RETURN NEW;
                    END IF;
                    RAISE EXCEPTION 'threshold_change_is_settled_once' USING ERRCODE = 'check_violation';
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.threshold} for {self.rule_code} of {self.detector} {self.version} ({self.state})"


class Counts(models.Model):
    """What is counted of scored items. Everything is a sum, so that what is taken back is taken away again.

    `scored`: items, once per version. `upheld`, `refused`, `unsure`: first answers of people on items chosen for a
    reason. `outside`: those upheld that no frame of the exploration stands for. `drawn`: first answers on items drawn
    at random, with Σ1/π and Σ1/π². `looked` and `units`: decisions whose look was settled, and its centiunits.
    """

    week = models.DateField()
    detector = models.CharField(max_length=80)
    version = models.CharField(max_length=40)
    rule_code = models.CharField(max_length=20)
    over = models.BooleanField()
    scored = models.IntegerField(default=0, db_default=0)
    upheld = models.IntegerField(default=0, db_default=0)
    refused = models.IntegerField(default=0, db_default=0)
    unsure = models.IntegerField(default=0, db_default=0)
    outside = models.IntegerField(default=0, db_default=0)
    drawn = models.IntegerField(default=0, db_default=0)
    drawn_upheld = models.IntegerField(default=0, db_default=0)
    weight = models.FloatField(default=0, db_default=0)
    weight_upheld = models.FloatField(default=0, db_default=0)
    square = models.FloatField(default=0, db_default=0)
    looked = models.IntegerField(default=0, db_default=0)
    units = models.BigIntegerField(default=0, db_default=0)

    class Meta:
        abstract = True


class ScoreWeek(Counts):
    """By hundredths of the score and language: what a scorecard is drawn from."""

    language = models.CharField(max_length=8, default="", blank=True)
    bucket = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["detector", "rule_code", "week", "version", "language", "bucket", "over"],
                name="score_week_once",
            ),
            models.CheckConstraint(name="score_in_hundredths", condition=Q(bucket__range=(0, 100))),
        ]

    def __str__(self) -> str:
        return f"{self.detector} {self.version} on {self.rule_code} at {self.bucket}, week of {self.week}"


class CardWeek(Counts):
    """The same without score and language: what the list of all detectors is read from."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["week", "detector", "version", "rule_code", "over"], name="card_week_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.detector} {self.version} on {self.rule_code}, week of {self.week}"


class FoundWeek(models.Model):
    """Violations of a rule found by people in a week that no frame of the exploration stands for."""

    week = models.DateField()
    rule_code = models.CharField(max_length=20)
    language = models.CharField(max_length=8, default="", blank=True)
    found = models.IntegerField(default=0, db_default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["rule_code", "week", "language"], name="found_week_once")
        ]

    def __str__(self) -> str:
        return f"{self.found} × {self.rule_code}, week of {self.week}"


class Disagreement(models.Model):
    """A first answer of a person that differs from what a detector had said. Ids and numbers, never content."""

    decision_id = models.BigIntegerField()
    item_id = models.BigIntegerField()
    case_id = models.BigIntegerField()
    detector = models.CharField(max_length=80)
    version = models.CharField(max_length=40)
    rule_code = models.CharField(max_length=20)
    language = models.CharField(max_length=8, default="", blank=True)
    score = models.FloatField()
    threshold = models.FloatField()
    missed = models.BooleanField()
    decided_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["decision_id", "detector", "version", "rule_code"], name="disagreement_once"
            )
        ]
        indexes = [
            models.Index(fields=["detector", "rule_code", "-decision_id"], name="disagreement_newest"),
            models.Index(fields=["decided_at"], name="disagreement_by_age"),
        ]

    def __str__(self) -> str:
        return f"decision {self.decision_id} and {self.detector} on {self.rule_code}"
