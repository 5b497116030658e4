"""What is kept of a person beside her account of exposure: since when she moderates, and a word she asked for."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now


class Practice(models.Model):
    """Since when a person moderates: her budget grows over the first weeks. Made at her first shift.

    A wellbeing lead may write that somebody has done this work before (`vouched_by`), with a reason.
    """

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    since = models.DateTimeField()
    vouched_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=300, default="", blank=True)
    noted_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name_plural = "practice"
        constraints = [
            models.CheckConstraint(
                name="practice_vouched_for_says_why", condition=Q(vouched_by=None) | ~Q(reason="")
            ),
            models.CheckConstraint(
                name="practice_is_never_vouched_for_by_herself",
                condition=Q(vouched_by=None) | ~Q(vouched_by=F("user")),
            ),
        ]

    def __str__(self) -> str:
        return f"person {self.user_id} since {self.since}"


class WordWanted(models.Model):
    """Somebody asked the wellbeing lead for a word, because she chose to. Nothing else is kept of it."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name_plural = "words wanted"
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(answered_at=None), name="word_wanted_one_open_per_person"
            ),
            models.CheckConstraint(
                name="word_wanted_answered_names_by_whom",
                condition=Q(answered_at=None, answered_by=None)
                | Q(answered_at__isnull=False, answered_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"a word for person {self.user_id}"
