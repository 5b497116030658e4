import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Now

from apps.wellbeing.care.models import CounsellingSlot, HelpPlace
from apps.wellbeing.models_ceilings import Ceilings
from apps.wellbeing.models_people import Practice, WordWanted
from apps.wellbeing.veil.models import PersonVeil, VeilFloor

__all__ = [
    "Break", "Ceilings", "CounsellingSlot", "ExposureEntry", "HelpPlace", "LimitSet", "PersonLimit", "PersonVeil",
    "Practice", "Shift", "VeilFloor", "WordWanted",
]  # fmt: skip

# Exposure is counted in hundredths of a unit ("centiunits"), as integers: sums never drift.


# The one way past: care.fold_exposure, 90 days later, when the week's sum is already written.
ONLY_RETENTION_FORGETS = """
    IF TG_OP = 'DELETE' AND current_setting('reviewqueue.retention', true) = 'on'
        AND OLD.at < now() - interval '90 days' THEN
        IF EXISTS (SELECT 1 FROM care.week_sum kept WHERE kept.user_id = OLD.user_id AND kept.exposure = OLD.exposure
                   AND kept.week = date_trunc('week', OLD.at AT TIME ZONE 'UTC')::date) THEN
            RETURN OLD;
        END IF;
    END IF;
    RAISE EXCEPTION 'exposure_entry_is_never_changed: Cannot update or delete rows from % table', TG_TABLE_NAME;
"""


class LimitSet(models.Model):
    """The organisation's limits, as one immutable row per change; the newest that has not expired is in force.

    Budgets in centiunits. Defaults and their basis: domain/WELLBEING.md, "Default parameter set". What each
    number means is said in `apps.wellbeing.limits.BOUNDS` and shown on the wellbeing lead's page.
    """

    budget = models.PositiveIntegerField(default=16_000)
    specialist_budget = models.PositiveIntegerField(default=40_000)
    weekly_factor = models.PositiveSmallIntegerField(default=4)
    max_exposure = models.PositiveSmallIntegerField(default=3)
    specialist_max_exposure = models.PositiveSmallIntegerField(default=4)
    shift_minutes = models.PositiveSmallIntegerField(default=480)
    break_every_minutes = models.PositiveSmallIntegerField(default=90)
    break_minutes = models.PositiveSmallIntegerField(default=10)
    overtime_minutes = models.PositiveSmallIntegerField(default=0, db_default=0)
    gentle_start_minutes = models.PositiveSmallIntegerField(default=10, db_default=10)
    gentle_end_minutes = models.PositiveSmallIntegerField(default=60, db_default=60)
    high_break_every_minutes = models.PositiveSmallIntegerField(default=50, db_default=50)
    long_break_minutes = models.PositiveSmallIntegerField(default=15, db_default=15)
    high_minutes = models.PositiveSmallIntegerField(default=180, db_default=180)
    extreme_minutes = models.PositiveSmallIntegerField(default=240, db_default=240)
    extreme_days = models.PositiveSmallIntegerField(default=3, db_default=3)
    high_run = models.PositiveSmallIntegerField(default=6, db_default=6)
    extreme_run = models.PositiveSmallIntegerField(default=3, db_default=3)
    light_after_run = models.PositiveSmallIntegerField(default=4, db_default=4)
    harm_run = models.PositiveSmallIntegerField(default=8, db_default=8)
    cooldown_seconds = models.PositiveSmallIntegerField(default=120, db_default=120)
    burst_items = models.PositiveSmallIntegerField(default=3, db_default=3)
    burst_minutes = models.PositiveSmallIntegerField(default=20, db_default=20)
    burst_cooldown_minutes = models.PositiveSmallIntegerField(default=15, db_default=15)
    ramp_week_1 = models.PositiveSmallIntegerField(default=25, db_default=25)
    ramp_week_2 = models.PositiveSmallIntegerField(default=50, db_default=50)
    ramp_week_3 = models.PositiveSmallIntegerField(default=75, db_default=75)
    reason = models.TextField(default="The defaults this product ships with.")
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    set_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="limit_set_exposure_0_to_4",
                condition=Q(max_exposure__lte=4, specialist_max_exposure__lte=4),
            ),
            models.CheckConstraint(
                name="limit_set_by_a_person_says_why_and_until_when",
                condition=Q(set_by=None)
                | ~Q(reason="") & Q(expires_at__gt=F("set_at"), expires_at__isnull=False),
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="limit_set_is_never_changed", operation=pgtrigger.Update | pgtrigger.Delete
            ),
            pgtrigger.Trigger(
                name="limit_set_within_the_ceilings",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                declare=[("bound", "record"), ("wanted", "bigint")],
                func="""
                    FOR bound IN SELECT key, value FROM jsonb_each(
                        (SELECT bounds FROM wellbeing_ceilings ORDER BY id DESC LIMIT 1))
                    LOOP
                        wanted := (to_jsonb(NEW) ->> bound.key)::bigint;
                        IF wanted < (bound.value ->> 0)::bigint OR wanted > (bound.value ->> 1)::bigint THEN
                            RAISE EXCEPTION 'limit_set_within_the_ceilings: %', bound.key
                                USING ERRCODE = 'check_violation';
                        END IF;
                    END LOOP;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"limits of {self.set_at}"


class PersonLimit(models.Model):
    """What one person set for herself: only ever tighter than the organisation's ceiling."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    max_exposure = models.PositiveSmallIntegerField(null=True, blank=True)
    budget = models.PositiveIntegerField(null=True, blank=True)
    opted_in_to_extreme = models.BooleanField(default=False, db_default=False)
    avoids = models.PositiveIntegerField(default=0, db_default=0)  # kinds of harm, see apps.wellbeing.harms
    changed_at = models.DateTimeField(db_default=Now())

    class Meta:
        triggers = [
            pgtrigger.Trigger(
                name="person_limit_within_the_ceiling",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                declare=[("ceiling", "wellbeing_limitset%ROWTYPE")],
                func="""
                    SELECT * INTO ceiling FROM wellbeing_limitset
                    WHERE expires_at IS NULL OR expires_at > now() ORDER BY id DESC LIMIT 1;
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
    """One person's working time. Its row is the lock under which exposure is reserved, whatever the device.

    It also carries all that decides what she may be handed next, so that one row is read at a claim and one
    written at a settlement. A shift begun again within the same working day takes the counters of the one before.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    limit_set = models.ForeignKey(LimitSet, models.PROTECT, related_name="+")
    started_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True)
    break_started_at = models.DateTimeField(null=True)
    last_break_ended_at = models.DateTimeField(null=True)
    max_exposure = models.PositiveSmallIntegerField()
    budget = models.PositiveIntegerField()
    spent = models.PositiveIntegerField(default=0, db_default=0)
    reserved = models.PositiveIntegerField(default=0, db_default=0)
    specialist = models.BooleanField(default=False, db_default=False)
    avoids = models.PositiveIntegerField(default=0, db_default=0)  # kinds of harm she opted out of
    # The working day this shift belongs to, and what earlier shifts of it leave behind.
    day_started_at = models.DateTimeField(db_default=Now())
    seconds_before = models.PositiveIntegerField(default=0, db_default=0)
    high_seconds = models.PositiveIntegerField(
        default=0, db_default=0
    )  # on exposure 3 and 4 in this working day
    extreme_seconds = models.PositiveIntegerField(default=0, db_default=0)  # on exposure 4
    extremes = models.PositiveSmallIntegerField(
        default=0, db_default=0
    )  # cases of exposure 4 in this working day
    extreme_days = models.PositiveSmallIntegerField(default=0, db_default=0)  # working days in a row with one
    # Since the last rest, and one case after another.
    rested_at = models.DateTimeField(null=True)  # when the last whole break ended; null: when the shift began
    high_since_rest = models.BooleanField(default=False, db_default=False)
    high_run = models.PositiveSmallIntegerField(default=0, db_default=0)
    extreme_run = models.PositiveSmallIntegerField(default=0, db_default=0)
    light_owed = models.PositiveSmallIntegerField(
        default=0, db_default=0
    )  # light cases due before heavy ones
    harm_run = models.PositiveSmallIntegerField(default=0, db_default=0)
    harms_last = models.PositiveIntegerField(default=0, db_default=0)
    extreme_times = ArrayField(models.DateTimeField(), default=list, db_default=Value("{}"))
    rest_until = models.DateTimeField(null=True)  # nothing is handed out before: after extreme cases
    clock_at = models.DateTimeField(null=True)  # the latest settlement: a clock set back is not believed

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
        triggers = [
            pgtrigger.Trigger(
                name="shift_limits_are_never_raised",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("max_exposure", "budget", "limit_set_id"),
                func="""
                    IF NEW.max_exposure > OLD.max_exposure OR NEW.budget > OLD.budget
                        OR NEW.limit_set_id <> OLD.limit_set_id THEN
                        RAISE EXCEPTION 'shift_limits_are_never_raised' USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="shift_begins_within_its_limit_set",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                declare=[("ceiling", "wellbeing_limitset%ROWTYPE")],
                func="""
                    SELECT * INTO ceiling FROM wellbeing_limitset WHERE id = NEW.limit_set_id;
                    IF NEW.max_exposure > GREATEST(ceiling.max_exposure, ceiling.specialist_max_exposure)
                        OR NEW.budget > GREATEST(ceiling.budget, ceiling.specialist_budget) THEN
                        RAISE EXCEPTION 'shift_begins_within_its_limit_set' USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

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

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
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
        indexes = [
            models.Index(fields=["user", "at"], name="exposure_by_person"),
            BrinIndex(
                fields=["at"], name="exposure_by_time"
            ),  # serves the days' sums and the fold into weeks
        ]
        triggers = [
            pgtrigger.Trigger(
                name="exposure_entry_is_never_changed",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                func=ONLY_RETENTION_FORGETS,
            )
        ]

    def __str__(self) -> str:
        return f"{self.units} centiunits for claim {self.claim_id}"
