"""What people write about in what is reported and in what breaks rules: counts by hour and day, and what rises."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class Stream(models.TextChoices):
    REPORT = "report", "Reported"
    VIOLATION = "violation", "Found to break a rule"


class Kind(models.TextChoices):
    EVERYTHING = "all", "Everything"  # one of each item counted: how much there was in all
    TERM = "term", "Word"
    HASHTAG = "hashtag", "Hashtag"
    LINK = "link", "Link"
    SOUND = "sound", "Sound"
    CLUSTER = "cluster", "The same content"
    ACCOUNT = "account", "Account"


EXAMPLES = 5


class SignHour(models.Model):
    """How many items bore a sign in one hour (hours since 1970), each item once; and the newest of them.

    `key` is the word, hashtag, host, hash, or the author's id. Kept for two days.
    """

    hour = models.IntegerField()
    stream = models.CharField(max_length=9, choices=Stream.choices)
    language = models.CharField(max_length=8, default="", blank=True)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    key = models.CharField(max_length=80, default="", blank=True)
    n = models.IntegerField()
    items = ArrayField(models.BigIntegerField(), default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["hour", "stream", "language", "kind", "key"], name="sign_hour_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.n} × {self.kind} in hour {self.hour}"


class SignDay(models.Model):
    """The same by day (days since 1970), for what is usual. Kept for nine weeks."""

    day = models.IntegerField()
    stream = models.CharField(max_length=9, choices=Stream.choices)
    language = models.CharField(max_length=8, default="", blank=True)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    key = models.CharField(max_length=80, default="", blank=True)
    n = models.IntegerField()

    class Meta:
        constraints = [
            # In this order it also serves the look at a sign's days.
            models.UniqueConstraint(
                fields=["stream", "language", "kind", "key", "day"], name="sign_day_once"
            ),
        ]
        indexes = [models.Index(fields=["day"], name="sign_day_by_age")]

    def __str__(self) -> str:
        return f"{self.n} × {self.kind} on day {self.day}"


class Rising(models.Model):
    """A sign that is more frequent in the last `hours` than usual, worked out every few minutes. The page reads only this.

    `expected`: what the same kind of day would have brought, for as much as there was in all; `upper`: what chance still
    explains; `ratio` with its 95 % interval. `days`: how many days that rests on.
    """

    hours = models.PositiveSmallIntegerField()
    stream = models.CharField(max_length=9, choices=Stream.choices)
    language = models.CharField(max_length=8, default="", blank=True)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    key = models.CharField(max_length=80)
    n = models.IntegerField()
    expected = models.FloatField()
    upper = models.FloatField()
    ratio = models.FloatField()
    low = models.FloatField()
    high = models.FloatField()
    days = models.PositiveSmallIntegerField()
    items = ArrayField(models.BigIntegerField(), default=list)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["-low", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["hours", "stream", "language", "kind", "key"], name="rising_sign_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} rising {self.ratio:.1f}-fold"


class SpikeAlert(models.Model):
    """Supervisors are told of a sign that rises beyond what chance explains; open until it is usual again."""

    stream = models.CharField(max_length=9, choices=Stream.choices)
    language = models.CharField(max_length=8, default="", blank=True)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    key = models.CharField(max_length=80)
    n = models.IntegerField()
    expected = models.FloatField()
    upper = models.FloatField()
    ratio = models.FloatField()
    low = models.FloatField()
    high = models.FloatField()
    items = ArrayField(models.BigIntegerField(), default=list)
    opened_at = models.DateTimeField(db_default=Now())
    risen_at = models.DateTimeField(db_default=Now())  # when it was last seen to rise
    seen_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    seen_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["stream", "language", "kind", "key"],
                condition=Q(closed_at=None),
                name="spike_alert_one_open_per_sign",
            ),
            models.CheckConstraint(
                name="spike_alert_is_beyond_chance", condition=Q(n__gte=models.F("upper"))
            ),
            models.CheckConstraint(
                name="spike_alert_seen_by_somebody_at_a_time",
                condition=Q(seen_by=None, seen_at=None) | Q(seen_by__isnull=False, seen_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"alert {self.pk} of a {self.kind}"
