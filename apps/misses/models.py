"""Violations found late, why they were missed, and what is done about each cause."""

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from apps.decisions.models import Decision
from apps.intake.models import Item


class Cause(models.TextChoices):
    NO_DETECTOR = "no_detector", "No detector looks for it"
    BELOW_THRESHOLD = "below_threshold", "Scored below the threshold"
    HASH_MISSED = "hash_missed", "A known hash was just missed"
    NOT_SCANNED = "not_scanned", "It was not scanned"
    GUIDELINE_GAP = "guideline_gap", "The guidelines leave a gap"
    WRONG_FIRST = "wrong_first", "The first decision was wrong"
    NEW_TREND = "new_trend", "A new trend"
    LANGUAGE = "language", "Its language is not covered"


class Found(models.TextChoices):
    REPORT = "report", "A report"
    REACH = "reach", "High reach"
    APPEAL = "appeal", "An appeal"
    RE_REVIEW = "re_review", "A re-review"
    SECOND_LOOK = "second_look", "A second look"


class Step(models.TextChoices):
    LOWER_THRESHOLD = "lower_threshold", "Lower a threshold"
    ADD_TO_BANK = "add_to_bank", "Add to a hash bank"
    WRITE_RULE = "write_rule", "Write or sharpen a rule"
    TRAIN_PEOPLE = "train_people", "Train people"
    DETECTOR_REQUEST = "detector_request", "Ask for a detector"
    OTHER = "other", "Something else"


NOT_KNOWN = ""


class Miss(models.Model):
    """A violation that was found late: what found it, why it was missed, and how many saw it until then.

    `suggested` is what the evidence says, `cause` what a person confirmed; `stands_as` is the latter where there is
    one. `views` are distinct viewers when it took effect, else when it was decided; null when unknown. `dropped_at`: the
    violation does not stand any more. Nobody is named: who decided first is not in here.
    """

    item = models.ForeignKey(Item, models.PROTECT, related_name="+", db_index=False)
    item_revision = models.PositiveIntegerField()
    decision = models.ForeignKey(Decision, models.PROTECT, related_name="+")
    found_by = models.CharField(max_length=12, choices=Found.choices)
    rule_codes = ArrayField(models.CharField(max_length=20))
    language = models.CharField(max_length=8, default="", blank=True)
    posted_at = models.DateTimeField(null=True)
    found_at = models.DateTimeField()
    views = models.BigIntegerField(null=True)
    suggested = models.CharField(max_length=16, choices=Cause.choices, default=NOT_KNOWN, blank=True)
    evidence = models.JSONField(default=dict)
    cause = models.CharField(max_length=16, choices=Cause.choices, default=NOT_KNOWN, blank=True)
    stands_as = models.CharField(max_length=16, choices=Cause.choices, default=NOT_KNOWN, blank=True)
    note = models.CharField(max_length=300, default="", blank=True)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    dropped_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["item", "item_revision"], name="miss_once_per_item_and_revision"),
            models.CheckConstraint(name="miss_found_by_valid", condition=Q(found_by__in=Found.values)),
            models.CheckConstraint(
                name="miss_cause_valid",
                condition=Q(cause__in=[NOT_KNOWN, *Cause.values], suggested__in=[NOT_KNOWN, *Cause.values]),
            ),
            models.CheckConstraint(
                name="miss_cause_is_confirmed_by_somebody",
                condition=Q(cause=NOT_KNOWN, confirmed_by=None, confirmed_at=None)
                | ~Q(cause=NOT_KNOWN) & Q(confirmed_by__isnull=False, confirmed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="miss_stands_as_what_was_confirmed",
                condition=Q(cause=NOT_KNOWN, stands_as=models.F("suggested"))
                | ~Q(cause=NOT_KNOWN) & Q(stands_as=models.F("cause")),
            ),
        ]
        indexes = [
            # Serves the list of a cause, newest first.
            models.Index(fields=["stands_as", "-id"], name="miss_by_cause", condition=Q(dropped_at=None)),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="miss_is_of_a_violation",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func="""
                    IF NOT EXISTS (SELECT 1 FROM decisions_decision decided WHERE decided.id = NEW.decision_id
                                   AND decided.item_id = NEW.item_id AND decided.outcome = 'violates') THEN
                        RAISE EXCEPTION 'miss_is_of_a_violation' USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"miss {self.pk} of item {self.item_id} ({self.stands_as or 'not known'})"


class MissDay(models.Model):
    """Misses of one day by cause: how many, and by how many people they were seen. Rule '' counts each miss once.

    `views` leaves out misses whose views are unknown; `views_known` says how many are not.
    """

    day = models.DateField()
    cause = models.CharField(max_length=16, default=NOT_KNOWN, blank=True)
    rule_code = models.CharField(max_length=20, default="", blank=True)
    n = models.IntegerField(default=0)
    confirmed = models.IntegerField(default=0)
    views = models.BigIntegerField(default=0)
    views_known = models.IntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["day", "cause", "rule_code"], name="miss_day_once")]

    def __str__(self) -> str:
        return f"{self.n} missed as {self.cause or 'not known'} on {self.day}"


class CausePlan(models.Model):
    """Who sees to a cause, and what comes next."""

    cause = models.CharField(max_length=16, choices=Cause.choices, unique=True)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    step = models.CharField(max_length=18, choices=Step.choices)
    note = models.CharField(max_length=500, default="", blank=True)
    version = models.PositiveIntegerField(default=1)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    changed_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(name="cause_plan_cause_valid", condition=Q(cause__in=Cause.values)),
            models.CheckConstraint(name="cause_plan_step_valid", condition=Q(step__in=Step.values)),
        ]

    def __str__(self) -> str:
        return f"{self.step} for {self.cause}"


class ScoredRule(models.Model):
    """That some detector scores a rule in a language: which violations could have been found by one."""

    rule_code = models.CharField(max_length=100)
    language = models.CharField(max_length=8, default="", blank=True)
    detector = models.CharField(max_length=80)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["rule_code", "language", "detector"], name="scored_rule_once")
        ]

    def __str__(self) -> str:
        return f"{self.detector} scores {self.rule_code} in {self.language or 'an unknown language'}"
