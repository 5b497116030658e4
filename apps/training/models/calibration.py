"""Calibration: everyone decides the same cases by herself; the spread is talked over and ends in a written ruling."""

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from apps.decisions.models import Decision
from apps.guidelines.models import RuleVersion

CASES = 10


class Calibration(models.Model):
    """A session about one rule. While it is open nobody sees what others say; once closed nobody decides any more."""

    rule_version = models.ForeignKey(RuleVersion, models.PROTECT, related_name="+")
    rule_code = models.CharField(max_length=20)
    language = models.CharField(max_length=8, default="", blank=True)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(db_default=Now())
    closed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["rule_code", "language"],
                condition=Q(closed_at=None),
                name="calibration_open_once_per_rule_and_language",
            ),
        ]

    def __str__(self) -> str:
        return f"calibration {self.pk} of {self.rule_code}"


class CalibrationCase(models.Model):
    """One of the cases: its words with everybody taken out. What was decided then is shown to nobody until the end."""

    session = models.ForeignKey(Calibration, models.PROTECT, related_name="cases", db_index=False)
    position = models.PositiveSmallIntegerField()
    decision = models.ForeignKey(Decision, models.PROTECT, related_name="+")
    text = models.TextField(blank=True)
    language = models.CharField(max_length=8, default="", blank=True)
    exposure = models.PositiveSmallIntegerField()
    gone_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["session", "position"], name="calibration_case_once_per_position"
            ),
            models.UniqueConstraint(fields=["session", "decision"], name="calibration_shows_a_decision_once"),
            models.CheckConstraint(
                name="calibration_has_ten_cases_at_most", condition=Q(position__range=(1, CASES))
            ),
            models.CheckConstraint(name="calibration_case_is_never_above_2", condition=Q(exposure__lte=2)),
        ]

    def __str__(self) -> str:
        return f"case {self.position} of calibration {self.session_id}"


class CalibrationVerdict(models.Model):
    """What one person says of one case, by herself. Shown afterwards as a count, never with her name."""

    case = models.ForeignKey(CalibrationCase, models.PROTECT, related_name="verdicts", db_index=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=12, choices=Decision.Outcome.choices)
    rule_codes = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "person"], name="calibration_is_decided_once_per_person"),
            models.CheckConstraint(
                name="calibration_outcome_valid",
                condition=Q(outcome__in=["violates", "no_violation", "unsure"]),
            ),
            models.CheckConstraint(
                name="calibration_cites_a_rule_only_of_a_violation",
                condition=Q(outcome="violates", rule_codes__len__gt=0)
                | Q(outcome__in=["no_violation", "unsure"], rule_codes__len=0),
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="calibration_verdict_is_never_changed", operation=pgtrigger.Update | pgtrigger.Delete
            ),
            pgtrigger.Trigger(
                name="calibration_is_decided_while_open",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF NOT EXISTS (
                        SELECT 1 FROM training_calibrationcase drawn
                        JOIN training_calibration session ON session.id = drawn.session_id
                        WHERE drawn.id = NEW.case_id AND session.closed_at IS NULL
                        FOR SHARE OF session
                    ) THEN
                        RAISE EXCEPTION 'calibration_is_decided_while_open' USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"verdict on calibration case {self.case_id}"


class Remark(models.Model):
    """Something said about a case once the spread is known. Signed with the pseudonym, as among colleagues."""

    case = models.ForeignKey(CalibrationCase, models.PROTECT, related_name="remarks")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    text = models.CharField(max_length=1000)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["id"]
        triggers = [
            pgtrigger.Protect(name="remark_is_never_changed", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"remark on calibration case {self.case_id}"


class Ruling(models.Model):
    """What was agreed, in writing, attached to the rule for whoever reads it later and whoever words it anew."""

    session = models.OneToOneField(Calibration, models.PROTECT, related_name="ruling")
    rule_code = models.CharField(max_length=20)
    rule_version = models.ForeignKey(RuleVersion, models.PROTECT, related_name="+")
    text = models.TextField()
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    written_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["-id"]
        constraints = [models.CheckConstraint(name="ruling_says_something", condition=~Q(text=""))]
        indexes = [models.Index(fields=["rule_code", "-id"], name="ruling_by_rule")]
        triggers = [
            pgtrigger.Protect(name="ruling_is_never_changed", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(
                name="ruling_ends_a_closed_calibration",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF NOT EXISTS (
                        SELECT 1 FROM training_calibration session
                        WHERE session.id = NEW.session_id AND session.closed_at IS NOT NULL
                          AND session.rule_code = NEW.rule_code
                    ) THEN
                        RAISE EXCEPTION 'ruling_ends_a_closed_calibration' USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"ruling on {self.rule_code}"
