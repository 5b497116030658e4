"""What is kept about labels: where each stands, and into which side of a split its item falls for good."""

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
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


class ExportRun(models.Model):
    """An export that was asked for: it waits, is written by one process at a time, is offered for a while, then forgotten.

    Its files lie in a folder that no address names (`operations.running`). `elsewhere`: the command wrote it where
    whoever gave the command wanted it; it is listed, and not offered.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "Waits to be written"
        RUNNING = "running", "Being written"
        DONE = "done", "Done"
        FAILED = "failed", "Not written"
        FORGOTTEN = "forgotten", "Taken away"

    class Format(models.TextChoices):
        PARQUET = "parquet", "Parquet, to train from: typed columns, by month and rule"
        JSONL = "jsonl", "JSONL, one file"
        CSV = "csv", "CSV, one file"
        LABEL_STUDIO = "label_studio", "Label Studio, tasks with every vote and score"

    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    asked_at = models.DateTimeField(db_default=Now())
    elsewhere = models.BooleanField(default=False)
    formats = ArrayField(models.CharField(max_length=12))
    continues = models.ForeignKey("self", models.PROTECT, null=True, related_name="+", db_index=False)
    since = models.BigIntegerField(null=True)
    split = models.CharField(max_length=40, default="", blank=True)

    state = models.CharField(max_length=9, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    writer = models.UUIDField(null=True)
    beat_at = models.DateTimeField(null=True)
    rows_done = models.BigIntegerField(default=0)
    rows_expected = models.BigIntegerField(default=0)
    ended_at = models.DateTimeField(null=True)
    because = models.CharField(max_length=300, default="", blank=True)

    export_id = models.UUIDField(null=True)
    rows = models.BigIntegerField(null=True)
    bytes = models.BigIntegerField(null=True)
    cursor = models.BigIntegerField(null=True)
    split_version = models.CharField(max_length=40, default="", blank=True)
    manifest_sha256 = models.CharField(max_length=64, default="", blank=True)
    files = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="export_run_state_valid",
                condition=Q(state__in=["waiting", "running", "done", "failed", "forgotten"]),
            ),
            models.UniqueConstraint(
                models.Value(1), condition=Q(state__in=["waiting", "running"]), name="export_one_at_a_time"
            ),
            models.CheckConstraint(
                name="export_is_asked_for_by_somebody",
                condition=Q(asked_by__isnull=False) | Q(elsewhere=True),
            ),
            models.CheckConstraint(
                name="export_has_one_writer_while_it_is_written",
                condition=Q(state="running", writer__isnull=False, beat_at__isnull=False)
                | (~Q(state="running") & Q(writer__isnull=True)),
            ),
            models.CheckConstraint(
                name="export_offers_files_only_when_done", condition=Q(state="done") | Q(files=[])
            ),
            models.CheckConstraint(
                name="export_done_says_what_it_is",
                condition=~Q(state__in=["done", "forgotten"])
                | (
                    Q(export_id__isnull=False, rows__isnull=False, cursor__isnull=False)
                    & ~Q(manifest_sha256="")
                ),
            ),
            models.CheckConstraint(
                name="export_ended_has_a_time",
                condition=Q(state__in=["waiting", "running"], ended_at__isnull=True)
                | Q(state__in=["done", "failed", "forgotten"], ended_at__isnull=False),
            ),
            models.CheckConstraint(
                name="export_not_written_says_why", condition=~Q(state="failed") | ~Q(because="")
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="export_run_is_never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="export_run_ended_stays_ended",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition("OLD.state IN ('done', 'failed', 'forgotten')"),
                func="""
                    IF NOT (OLD.state = 'done' AND NEW.state = 'forgotten' AND NOT OLD.elsewhere
                            AND to_jsonb(NEW) - 'state' - 'files' = to_jsonb(OLD) - 'state' - 'files') THEN
                        RAISE EXCEPTION 'export_run_ended_stays_ended' USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"export {self.pk} ({self.state})"

    @property
    def is_open(self) -> bool:
        return self.state in (self.State.WAITING, self.State.RUNNING)

    @property
    def folder(self) -> str:
        """The name of the folder its newest attempt is written to; each attempt has its own."""
        return f"{self.pk}-{self.attempts}"
