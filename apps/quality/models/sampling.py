"""What is looked at a second time: plans, draws, and what a second person is shown."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from apps.decisions.models import Decision
from apps.queues.models import Case, Queue

SHARES = ("random_share", "clear_share", "automatic_share", "propagated_share", "extreme_share")


class SamplingPlan(models.Model):
    """How large a share of a queue's decisions a second person looks at, unasked. A change is a new row.

    Without a queue it holds for every queue that has no plan of its own. Shares are probabilities, 0 to 1. A decision
    that cannot be undone for the person it is about, one about a public figure and one on legal grounds is always
    looked at again, whatever a plan says. `finer` holds strata of their own: rule, language, share. The seed never
    leaves the database: who knew it could tell which decisions are drawn.
    """

    queue = models.ForeignKey(Queue, models.PROTECT, null=True, related_name="sampling_plans", db_index=False)
    number = models.PositiveIntegerField()
    random_share = models.FloatField(default=0.04)
    clear_share = models.FloatField(default=0.10)
    automatic_share = models.FloatField(default=0.05)
    propagated_share = models.FloatField(default=0.05)
    extreme_share = models.FloatField(default=0.03)
    golden_share = models.FloatField(default=0.015)
    finer = models.JSONField(default=list)
    seed = models.CharField(max_length=32)
    reason = models.CharField(max_length=500, default="", blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["queue", "number"], name="plan_once_per_queue_and_number", nulls_distinct=False
            ),
            models.CheckConstraint(
                name="plan_draws_at_least_three_percent",
                condition=Q(**{f"{name}__gte": 0.03 for name in SHARES})
                & Q(**{f"{name}__lte": 1 for name in SHARES}),
            ),
            models.CheckConstraint(
                name="plan_mixes_in_at_most_two_percent", condition=Q(golden_share__range=(0, 0.02))
            ),
            models.CheckConstraint(
                name="plan_by_a_person_says_why", condition=Q(created_by=None) | ~Q(reason="")
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="plan_is_never_changed", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"sampling plan {self.number} of queue {self.queue_id or 'all'}"


class Draw(models.Model):
    """A decision that was drawn for a second look, with the probability with which it could be. Never changed.

    `stratum` is rule|language|action|origin. `because` says why the probability was what it was: "random", or the
    reason for which it is certain. `case` is the case in which the second person looks.
    """

    decision = models.OneToOneField(Decision, models.PROTECT, related_name="draw")
    plan = models.ForeignKey(SamplingPlan, models.PROTECT, related_name="+")
    case = models.OneToOneField(Case, models.PROTECT, related_name="draw")
    stratum = models.CharField(max_length=100)
    because = models.CharField(max_length=20)
    probability = models.FloatField()
    rule_code = models.CharField(max_length=20, default="", blank=True)
    language = models.CharField(max_length=8, default="", blank=True)
    origin = models.CharField(max_length=16)
    exposure = models.PositiveSmallIntegerField()
    drawn_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="draw_had_a_probability", condition=Q(probability__gt=0, probability__lte=1)
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="draw_is_never_changed", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(
                name="draw_is_of_a_decision_in_its_own_right",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF NOT EXISTS (SELECT 1 FROM decisions_decision decided
                                   WHERE decided.id = NEW.decision_id AND NOT decided.measures
                                     AND NOT decided.withdraws) THEN
                        RAISE EXCEPTION 'draw_is_of_a_decision_in_its_own_right' USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"draw {self.pk} of decision {self.decision_id}"


class Void(models.Model):
    """A draw that can say nothing of its decision, and why. It counts neither as agreement nor as disagreement."""

    class Because(models.TextChoices):
        CHANGED = "item_changed", "The item changed before the second look"
        RULES = "rules_changed", "The rule changed or was retired between the two looks"
        GONE = "item_gone", "The item's content was erased"
        NOBODY = "nobody_left", "There was nobody else who could look"

    draw = models.OneToOneField(Draw, models.PROTECT, related_name="void")
    because = models.CharField(max_length=16, choices=Because.choices)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        triggers = [
            pgtrigger.Protect(name="void_draw_stays_void", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"draw {self.draw_id} says nothing: {self.because}"


class Blind(models.Model):
    """A case that is shown as it was before an earlier decision, so that nothing tells it from any other.

    `until` is the moment of that decision: what came later is not shown. All times are shown `later_by` later,
    so that they stand to the opening of this case as they stood to the opening of the first.
    """

    case = models.OneToOneField(Case, models.PROTECT, primary_key=True, related_name="blind")
    decision = models.ForeignKey(Decision, models.PROTECT, related_name="+")
    first_case = models.ForeignKey(Case, models.PROTECT, related_name="+")
    until = models.DateTimeField()
    later_by = models.DurationField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="blind_case_is_another_case", condition=~Q(case=F("first_case"))),
        ]
        triggers = [
            pgtrigger.Protect(
                name="blind_case_is_never_changed", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return f"blind case {self.case_id}"
