from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class HelpPlace(models.Model):
    """Somewhere to turn to: a crisis line, a counsellor, a peer. Edited by the wellbeing lead.

    `country` is an ISO 3166-1 code, '' for everywhere; `language` an ISO 639-1 code. Until somebody of the
    organisation has checked it, it is marked so on the page. An empty telephone number is to be completed.
    """

    class Kind(models.TextChoices):
        EMERGENCY = "emergency", "Emergency"
        CRISIS_LINE = "crisis_line", "Someone to talk to now"
        COUNSELLING = "counselling", "Counselling"
        PEER_SUPPORT = "peer_support", "Peer support"

    country = models.CharField(max_length=2, default="", blank=True)
    language = models.CharField(max_length=8, default="en")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    name = models.CharField(max_length=120)
    words = models.CharField(max_length=500, default="", blank=True)
    phone = models.CharField(max_length=40, default="", blank=True)
    url = models.URLField(max_length=300, default="", blank=True)
    hours = models.CharField(max_length=80, default="", blank=True)
    to_complete = models.BooleanField(default=False, db_default=False)
    position = models.PositiveSmallIntegerField(default=100, db_default=100)
    verified_at = models.DateTimeField(null=True, blank=True)
    verified_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    changed_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["country", "language", "position", "id"]
        constraints = [
            models.CheckConstraint(
                name="help_place_verified_by_somebody",
                condition=Q(verified_at=None, verified_by=None)
                | Q(verified_at__isnull=False, verified_by__isnull=False),
            ),
            models.CheckConstraint(
                name="help_place_verified_is_complete", condition=Q(verified_at=None) | Q(to_complete=False)
            ),
            models.CheckConstraint(
                name="help_place_kind_valid",
                condition=Q(kind__in=["emergency", "crisis_line", "counselling", "peer_support"]),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class CounsellingSlot(models.Model):
    """A time with a counsellor, offered by the wellbeing lead. Who booked it is behind the wall (care.booking)."""

    starts_at = models.DateTimeField()
    minutes = models.PositiveSmallIntegerField(default=45)
    place = models.CharField(max_length=200)
    offered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["starts_at", "id"]
        constraints = [
            models.CheckConstraint(
                name="slot_lasts_10_to_180_minutes", condition=Q(minutes__gte=10, minutes__lte=180)
            ),
            models.UniqueConstraint(
                fields=["starts_at", "place"],
                condition=Q(withdrawn_at=None),
                name="slot_once_per_time_and_place",
            ),
        ]

    def __str__(self) -> str:
        return f"slot at {self.starts_at}"
