from django.db import models
from django.db.models.functions import Now

from apps.insight.models_removals import ActionDay, FirstRemoval, RemovalCell, RemovalDay, RemovalReachDay
from apps.queues.models import Queue

__all__ = [
    "ActionDay",
    "AgreementDay",
    "DecisionDay",
    "ExposureDay",
    "FirstRemoval",
    "Flow",
    "Horizon",
    "LatencyDay",
    "OpenMinute",
    "Pulse",
    "QueueNow",
    "RemovalCell",
    "RemovalDay",
    "RemovalReachDay",
    "RuleDay",
    "RuleTimeDay",
]

# Rollups: sums kept as things happen, so that a number costs the same with one case or a million. They are
# changed only by adding, in any order; out of order, a sum may be below zero for a moment.


class QueueNow(models.Model):
    """What is open in a queue now. `overdue` counts open cases due before the horizon; see `Horizon`."""

    queue = models.OneToOneField(Queue, models.CASCADE, primary_key=True, related_name="+")
    waiting = models.IntegerField(default=0)
    claimed = models.IntegerField(default=0)
    overdue = models.IntegerField(default=0)

    def __str__(self) -> str:
        return f"now in queue {self.queue_id}"


class OpenMinute(models.Model):
    """How many open cases of a queue were opened, or fall due, in one minute (minutes since 1970).

    Open means waiting or with a moderator, so that claiming changes nothing here. The first minute that
    is not empty tells the oldest case; past due minutes go to `QueueNow.overdue`.
    """

    class Measure(models.TextChoices):
        OPENED = "opened", "Opened"
        DUE = "due", "Falls due"

    queue = models.ForeignKey(Queue, models.CASCADE, related_name="+", db_index=False)
    measure = models.CharField(max_length=6, choices=Measure.choices)
    minute = models.IntegerField()
    n = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["queue", "measure", "minute"], name="open_minute_once"),
        ]
        indexes = [
            # Serves the fold: which minutes have fallen due.
            models.Index(fields=["minute"], name="open_minute_due", condition=models.Q(measure="due")),
            # Serves taking empty minutes away, so that the search for the oldest never walks over them.
            models.Index(fields=["id"], name="open_minute_empty", condition=models.Q(n=0)),
        ]

    def __str__(self) -> str:
        return f"{self.n} {self.measure} in minute {self.minute} of queue {self.queue_id}"


class Horizon(models.Model):
    """One row. Due minutes before `minute` are counted in `QueueNow.overdue`, later ones in `OpenMinute`.

    Whoever changes either locks this row first, so that a minute is never counted twice or lost.
    """

    minute = models.IntegerField()

    def __str__(self) -> str:
        return f"horizon at minute {self.minute}"


class Pulse(models.Model):
    """One row: `version` grows with every change; who raises `pushed_version` tells the dashboards."""

    version = models.BigIntegerField(default=0)
    pushed_version = models.BigIntegerField(default=0)
    pushed_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"version {self.version}, told {self.pushed_version}"


class Flow(models.Model):
    """Cases that came and went in one minute or hour of one queue, from `start` (epoch seconds)."""

    class Width(models.IntegerChoices):
        MINUTE = 60, "Minute"
        HOUR = 3600, "Hour"

    queue = models.ForeignKey(Queue, models.CASCADE, related_name="+", db_index=False)
    width = models.PositiveSmallIntegerField(choices=Width.choices)
    start = models.BigIntegerField()
    arrived = models.IntegerField(default=0)
    closed = models.IntegerField(default=0)
    moved_in = models.IntegerField(default=0)
    moved_out = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["width", "start", "queue"], name="flow_once"),
        ]

    def __str__(self) -> str:
        return f"flow of queue {self.queue_id} from {self.start}"


class DecisionDay(models.Model):
    """Decisions of one day by rule and outcome; `rule_code` '' counts each once, whatever it cites."""

    day = models.DateField()
    rule_code = models.CharField(max_length=20, default="", blank=True)
    outcome = models.CharField(max_length=12)
    n = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["day", "rule_code", "outcome"], name="decision_day_once"),
        ]

    def __str__(self) -> str:
        return f"{self.n} × {self.rule_code or 'all'} {self.outcome} on {self.day}"


class LatencyDay(models.Model):
    """A histogram of the time from opening a case to deciding it; `bucket` as in `apps.insight.histogram`."""

    day = models.DateField()
    queue = models.ForeignKey(Queue, models.CASCADE, related_name="+", db_index=False)
    bucket = models.SmallIntegerField()
    n = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["day", "queue", "bucket"], name="latency_day_once"),
        ]

    def __str__(self) -> str:
        return f"{self.n} in bucket {self.bucket} of queue {self.queue_id} on {self.day}"


class AgreementDay(models.Model):
    """How decisions of one day compare with what a detector had said of one rule."""

    day = models.DateField()
    detector = models.CharField(max_length=80)
    detector_version = models.CharField(max_length=40)
    rule_code = models.CharField(max_length=100)
    over_upheld = models.IntegerField(default=0)
    over_refused = models.IntegerField(default=0)
    under_upheld = models.IntegerField(default=0)
    under_refused = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["day", "detector", "detector_version", "rule_code"], name="agreement_day_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.detector} on {self.rule_code}, {self.day}"


class ExposureDay(models.Model):
    """What one day's looks cost all people together, by where the content came from and what it was suspected of.

    No person is in it. `people` is how many different ones looked: a cell of fewer than five is never shown by itself.
    `spared` is what staying covered saved, in centiunits; `skipped` are looks that ended by passing the case on;
    `auto` and `propagated` are decisions nobody had to look for. Kept by `apps.insight.operations.fold_exposure_days`.
    """

    day = models.DateField()
    source = models.CharField(max_length=60, default="", blank=True)
    rule_code = models.CharField(max_length=20, default="", blank=True)
    people = models.IntegerField(default=0)
    looks = models.IntegerField(default=0)
    heavy = models.IntegerField(default=0)
    units = models.BigIntegerField(default=0)
    spared = models.BigIntegerField(default=0)
    skipped = models.IntegerField(default=0)
    auto = models.IntegerField(default=0)
    propagated = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["day", "source", "rule_code"], name="exposure_day_once"),
        ]

    def __str__(self) -> str:
        return f"{self.units} centiunits from {self.source or 'anywhere'} under {self.rule_code or 'no rule'} on {self.day}"


class RuleDay(models.Model):
    """How a rule fared on one day. Nobody is named.

    `considered`: decisions of cases under the rule or citing it, each in one of `violated` (it was cited),
    `otherwise` (another rule was), `cleared`, `unsure`. `compared`: definite answers of a second person on an
    item of which either cited the rule; `disagreed`: those that said otherwise of it. `appealed` and `overturned`
    are the part of them that were appeals. `escalated_unclear`: escalations whose note says so; `marked_unclear`:
    people who said so with a key.
    """

    day = models.DateField()
    rule_code = models.CharField(max_length=20)
    considered = models.IntegerField(default=0)
    violated = models.IntegerField(default=0)
    otherwise = models.IntegerField(default=0)
    cleared = models.IntegerField(default=0)
    unsure = models.IntegerField(default=0)
    compared = models.IntegerField(default=0)
    disagreed = models.IntegerField(default=0)
    appealed = models.IntegerField(default=0)
    overturned = models.IntegerField(default=0)
    escalated_unclear = models.IntegerField(default=0)
    marked_unclear = models.IntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["day", "rule_code"], name="rule_day_once")]
        indexes = [models.Index(fields=["rule_code", "day"], name="rule_day_by_rule")]

    def __str__(self) -> str:
        return f"{self.rule_code} on {self.day}"


class RuleTimeDay(models.Model):
    """A histogram of the time from taking a case to deciding it, by rule considered; never by person."""

    day = models.DateField()
    rule_code = models.CharField(max_length=20)
    bucket = models.SmallIntegerField()
    n = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["day", "rule_code", "bucket"], name="rule_time_day_once"),
        ]
        indexes = [models.Index(fields=["rule_code", "day"], name="rule_time_day_by_rule")]

    def __str__(self) -> str:
        return f"{self.n} in bucket {self.bucket} of {self.rule_code} on {self.day}"
