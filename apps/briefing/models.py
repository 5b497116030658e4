import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from apps.guidelines.models import GuidelineVersion, RuleVersion


class Acknowledgement(models.Model):
    """Somebody has read what a guideline version changed. Hers; leads see how many, never who."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    version = models.ForeignKey(GuidelineVersion, models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "version"], name="version_acknowledged_once_per_person"),
        ]
        triggers = [
            pgtrigger.Protect(
                name="acknowledgement_is_never_changed", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return f"version {self.version_id} read by person {self.user_id}"


class CheckAttempt(models.Model):
    """One answering of the short check of a rule. `wording` names the very words it was about, so that it holds
    for every version in which they stand. `asked` are the examples shown, `missed` those answered otherwise than
    the rule says, both by their place: "v0" the first violating one, "a1" the second allowed one.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    rule_version = models.ForeignKey(RuleVersion, models.PROTECT, related_name="+", db_index=False)
    wording = models.CharField(max_length=64)
    asked = ArrayField(models.CharField(max_length=4))
    missed = ArrayField(models.CharField(max_length=4), default=list, blank=True)
    passed = models.BooleanField()
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "wording"], condition=Q(passed=True), name="check_passed_once_per_wording"
            ),
            models.CheckConstraint(
                name="check_asks_two_to_five", condition=Q(asked__len__gte=2, asked__len__lte=5)
            ),
            models.CheckConstraint(
                name="check_misses_only_what_was_asked", condition=Q(missed__contained_by=F("asked"))
            ),
            models.CheckConstraint(
                name="check_is_passed_with_every_answer_right",
                condition=Q(passed=True, missed__len=0) | Q(passed=False, missed__len__gt=0),
            ),
        ]
        indexes = [models.Index(fields=["rule_version", "id"], name="check_by_rule")]
        triggers = [
            pgtrigger.Protect(
                name="check_attempt_is_never_changed", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return f"check of rule version {self.rule_version_id} by person {self.user_id}"


class UnclearMark(models.Model):
    """Somebody found a wording unclear. It counts once a person; who it was is told to nobody."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    rule_version = models.ForeignKey(RuleVersion, models.PROTECT, related_name="+", db_index=False)
    case_id = models.BigIntegerField(null=True)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "rule_version"], name="wording_marked_unclear_once_per_person"
            ),
        ]
        indexes = [models.Index(fields=["rule_version", "at"], name="unclear_by_rule")]
        triggers = [
            pgtrigger.Protect(
                name="unclear_mark_is_never_changed", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return f"rule version {self.rule_version_id} unclear to person {self.user_id}"
