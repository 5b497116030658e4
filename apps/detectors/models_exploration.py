"""The exploration: plans, what was looked through, what was drawn with which probability, and what came of it."""

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from apps.intake.models import Item
from apps.queues.models import Case


class Plan(models.Model):
    """At which rate each stratum of unflagged items is drawn. A change is a new plan; the newest counts.

    `rates`: stratum to probability. `per_day`: how many draws are expected at most; above it rates are scaled down
    beforehand, so that every probability stays known. A plan of no rates ends the drawing.
    """

    rates = models.JSONField()
    per_day = models.PositiveIntegerField()
    margin = models.FloatField(default=0.1)
    reason = models.CharField(max_length=300)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    since = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(name="plan_gives_a_reason", condition=~Q(reason="")),
            models.CheckConstraint(name="plan_margin_0_to_1", condition=Q(margin__range=(0, 1))),
        ]
        triggers = [
            pgtrigger.Protect(name="plan_is_never_changed", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"plan {self.pk}"


class Frame(models.Model):
    """A stretch of items, by id, that was looked through once: whoever was unflagged then could be drawn.

    `expected`: the sum of their chances, the number of draws one had to expect of it.
    """

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="frames")
    from_id = models.BigIntegerField()
    upto_id = models.BigIntegerField(unique=True)
    expected = models.FloatField(default=0)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="frame_ends_after_it_begins", condition=Q(upto_id__gte=F("from_id"))),
        ]
        indexes = [models.Index(fields=["at"], name="frame_by_time")]
        triggers = [
            pgtrigger.Protect(name="frame_is_never_changed", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(
                name="item_is_in_one_frame_at_most",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF EXISTS (SELECT 1 FROM detectors_frame other WHERE other.upto_id >= NEW.from_id) THEN
                        RAISE EXCEPTION 'item_is_in_one_frame_at_most' USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"items {self.from_id} to {self.upto_id}"


class FrameWeek(models.Model):
    """How many unflagged items a week's frames held, by stratum and language; `covered` could be drawn."""

    week = models.DateField()
    plan = models.ForeignKey(Plan, models.PROTECT, related_name="+")
    stratum = models.CharField(max_length=20)
    language = models.CharField(max_length=8, default="", blank=True)
    unflagged = models.IntegerField(default=0, db_default=0)
    covered = models.IntegerField(default=0, db_default=0)
    expected = models.FloatField(default=0, db_default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["week", "plan", "stratum", "language"], name="frame_week_once")
        ]

    def __str__(self) -> str:
        return f"{self.unflagged} of {self.stratum}, week of {self.week}"


class Draw(models.Model):
    """An item drawn by chance, its ordinary case, and the probability it had of being drawn. Never changed."""

    item = models.OneToOneField(Item, models.PROTECT, related_name="+")
    case = models.OneToOneField(Case, models.PROTECT, related_name="+")
    plan = models.ForeignKey(Plan, models.PROTECT, related_name="draws")
    stratum = models.CharField(max_length=20)
    probability = models.FloatField()
    language = models.CharField(max_length=8, default="", blank=True)
    drawn_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="draw_has_a_probability", condition=Q(probability__gt=0, probability__lte=1)
            )
        ]
        indexes = [models.Index(fields=["drawn_at"], name="draw_by_time")]
        triggers = [
            pgtrigger.Protect(name="draw_is_never_changed", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"item {self.item_id} drawn from {self.stratum}"


class Judged(models.Model):
    """What people said of a drawn item, last: a correction takes the place of what it corrects.

    `caught`: the detectors that had the item at or over their threshold all the same, as "detector\\nversion\\nrule".
    """

    draw = models.OneToOneField(Draw, models.PROTECT, related_name="judged")
    decision_id = models.BigIntegerField()
    outcome = models.CharField(max_length=12)
    rule_codes = ArrayField(models.CharField(max_length=20), default=list)
    caught = ArrayField(models.CharField(max_length=150), default=list)
    decided_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="judged_is_definite", condition=Q(outcome__in=["violates", "no_violation"])
            )
        ]

    def __str__(self) -> str:
        return f"{self.outcome} for draw {self.draw_id}"
