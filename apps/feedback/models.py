"""What is kept about labels: where each stands, and into which side of a split its item falls for good."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from apps.decisions.models import Decision
from apps.intake.models import Item


class Label(models.Model):
    """Where the label of a decision stands since a moment. Never changed: a correction is a new row.

    `id` is the cursor of incremental exports: rows are written one transaction at a time (`operations.labelling`),
    so ids are committed in their order.
    """

    class State(models.TextChoices):
        PROVISIONAL = "provisional", "May still be appealed"
        FINAL = "final", "The window for appeals is closed"
        SUPERSEDED = "superseded", "Another decision took its place and said the same"
        OVERTURNED = "overturned", "Another decision took its place and said otherwise"
        REMOVED = "removed", "Must no longer be trained on"

    decision = models.ForeignKey(Decision, models.PROTECT, related_name="labels")
    state = models.CharField(max_length=11, choices=State.choices)
    because = models.CharField(max_length=200, default="", blank=True)
    corrects = models.OneToOneField("self", models.PROTECT, null=True, related_name="corrected_by")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="label_state_valid",
                condition=Q(state__in=["provisional", "final", "superseded", "overturned", "removed"]),
            ),
            models.UniqueConstraint(
                fields=["decision"], condition=Q(corrects=None), name="label_begins_once_per_decision"
            ),
            models.UniqueConstraint(
                fields=["decision"], condition=Q(state="final"), name="label_becomes_final_once"
            ),
            models.UniqueConstraint(
                fields=["decision"], condition=Q(state="removed"), name="label_is_removed_once"
            ),
            models.CheckConstraint(
                name="removed_label_says_why", condition=~Q(state="removed") | ~Q(because="")
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="label_is_never_changed", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(
                name="label_corrects_one_of_the_same_decision",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                condition=pgtrigger.Condition("NEW.corrects_id IS NOT NULL"),
                func="""
                    IF NOT EXISTS (SELECT 1 FROM feedback_label before
                                   WHERE before.id = NEW.corrects_id AND before.decision_id = NEW.decision_id
                                     AND before.state <> 'removed') THEN
                        RAISE EXCEPTION 'label_corrects_one_of_the_same_decision' USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"label of decision {self.decision_id} ({self.state})"


class PendingLabel(models.Model):
    """A label that is still to become final, and when. Done means deleted."""

    decision = models.OneToOneField(Decision, models.PROTECT, primary_key=True, related_name="+")
    final_after = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"label of decision {self.decision_id}, final after {self.final_after}"


class SplitVersion(models.Model):
    """A split, frozen: its seed, its shares and the moment at which the test set begins."""

    name = models.CharField(max_length=40, unique=True)
    seed = models.CharField(max_length=60)
    train = models.FloatField()
    validation = models.FloatField()
    test_from = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="split_shares_leave_something_to_test_on",
                condition=Q(train__gt=0, validation__gte=0) & Q(train__lt=1 - F("validation")),
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="split_version_is_never_changed", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return f"split {self.name}"


class SplitGroup(models.Model):
    """What decides an item's side of every split, settled when its first label was kept: its cluster's key, else its author's."""

    item = models.OneToOneField(Item, models.PROTECT, primary_key=True, related_name="+")
    cluster = models.BigIntegerField()
    key = models.CharField(max_length=40)

    class Meta:
        triggers = [
            pgtrigger.Protect(
                name="split_group_is_never_changed", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return f"item {self.item_id} in {self.key}"


class SplitCluster(models.Model):
    """The key of a cluster: that of its first item here. Items that carry another one are left out of every split."""

    cluster = models.BigIntegerField(primary_key=True)
    key = models.CharField(max_length=40)

    class Meta:
        triggers = [
            pgtrigger.Protect(
                name="split_cluster_is_never_changed", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return f"cluster {self.cluster} in {self.key}"
