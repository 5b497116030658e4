import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

# Exposure is counted in hundredths of a unit ("centiunits"), as integers: sums never drift.


class LimitSet(models.Model):
    """The organisation's limits, as one immutable row per change; the newest is in force.

    Budgets in centiunits. Defaults and their basis: domain/WELLBEING.md, "Default parameter set".
    """

    budget = models.PositiveIntegerField(default=16_000)
    specialist_budget = models.PositiveIntegerField(default=40_000)
    weekly_factor = models.PositiveSmallIntegerField(default=4)
    max_exposure = models.PositiveSmallIntegerField(default=3)
    specialist_max_exposure = models.PositiveSmallIntegerField(default=4)
    shift_minutes = models.PositiveSmallIntegerField(default=480)
    break_every_minutes = models.PositiveSmallIntegerField(default=90)
    break_minutes = models.PositiveSmallIntegerField(default=10)
    reason = models.TextField(default="The defaults this product ships with.")
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    set_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="limit_set_exposure_0_to_4",
                condition=Q(max_exposure__lte=4, specialist_max_exposure__lte=4),
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="limit_set_is_never_changed", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return f"limits of {self.set_at}"


class PersonLimit(models.Model):
    """What one person set for herself: only ever tighter than the organisation's ceiling."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    max_exposure = models.PositiveSmallIntegerField(null=True, blank=True)
    budget = models.PositiveIntegerField(null=True, blank=True)
    opted_in_to_extreme = models.BooleanField(default=False, db_default=False)
    changed_at = models.DateTimeField(db_default=Now())

    class Meta:
        triggers = [
            pgtrigger.Trigger(
                name="person_limit_within_the_ceiling",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                declare=[("ceiling", "wellbeing_limitset%ROWTYPE")],
                func="""
                    SELECT * INTO ceiling FROM wellbeing_limitset ORDER BY id DESC LIMIT 1;
                    IF COALESCE(NEW.max_exposure, 0) > ceiling.specialist_max_exposure
                        OR COALESCE(NEW.budget, 0) > ceiling.specialist_budget THEN
                        RAISE EXCEPTION 'person_limit_within_the_ceiling' USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            )
        ]

    def __str__(self) -> str:
        return f"limit of person {self.user_id}"


class Shift(models.Model):
    """One person's working time. Its row is the lock under which exposure is reserved, whatever the device."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    limit_set = models.ForeignKey(LimitSet, models.PROTECT, related_name="+")
    started_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True)
    break_started_at = models.DateTimeField(null=True)
    last_break_ended_at = models.DateTimeField(null=True)
    max_exposure = models.PositiveSmallIntegerField()
    budget = models.PositiveIntegerField()
    spent = models.PositiveIntegerField(default=0, db_default=0)
    reserved = models.PositiveIntegerField(default=0, db_default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(ended_at=None), name="shift_one_live_per_person"
            ),
            models.CheckConstraint(name="shift_exposure_0_to_4", condition=Q(max_exposure__lte=4)),
            models.CheckConstraint(
                name="shift_no_break_after_the_end",
                condition=Q(ended_at=None) | Q(break_started_at=None),
            ),
        ]
        indexes = [models.Index(fields=["user", "started_at"], name="shift_by_person")]

    def __str__(self) -> str:
        return f"shift {self.pk} of person {self.user_id}"

    @property
    def remaining(self) -> int:
        """Centiunits neither spent nor reserved. Never below zero."""
        return max(0, self.budget - self.spent - self.reserved)


class Break(models.Model):
    """A break taken. It never needs a reason, and none is stored."""

    shift = models.ForeignKey(Shift, models.PROTECT, related_name="breaks")
    started_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["shift"], condition=Q(ended_at=None), name="break_one_live_per_shift"
            ),
            models.CheckConstraint(
                name="break_ends_after_it_starts",
                condition=Q(ended_at=None) | Q(ended_at__gte=F("started_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"break {self.pk} in shift {self.shift_id}"


class ExposureEntry(models.Model):
    """What one claim really cost the person who held it. Private to her; append-only; once per claim."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    shift = models.ForeignKey(Shift, models.PROTECT, null=True, related_name="entries")
    claim_id = models.BigIntegerField()
    exposure = models.PositiveSmallIntegerField()
    modality = models.PositiveSmallIntegerField()
    seconds_revealed = models.FloatField()
    reported = models.BooleanField()
    units = models.PositiveIntegerField()
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["claim_id"], name="exposure_settled_once_per_claim"),
        ]
        indexes = [models.Index(fields=["user", "at"], name="exposure_by_person")]
        triggers = [
            pgtrigger.Protect(
                name="exposure_entry_is_never_changed", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return f"{self.units} centiunits for claim {self.claim_id}"
