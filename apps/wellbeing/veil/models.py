from typing import Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from apps.wellbeing.veil.ladder import MOST, NAMES, Veil


def _within_the_ladder() -> Q:
    found = Q()
    for name in NAMES:
        found &= Q(**{f"{name}__lte": MOST[name]})
    return found


class Ladders(models.Model):
    """A step of each ladder; see `apps.wellbeing.veil.ladder`."""

    blur = models.PositiveSmallIntegerField(default=0)
    grey = models.PositiveSmallIntegerField(default=0)
    small = models.PositiveSmallIntegerField(default=0)
    edges = models.PositiveSmallIntegerField(default=0)
    faces = models.PositiveSmallIntegerField(default=0)
    frames = models.PositiveSmallIntegerField(default=0)
    sound = models.PositiveSmallIntegerField(default=0)
    mask_text = models.PositiveSmallIntegerField(default=0)
    reveal = models.PositiveSmallIntegerField(default=0)

    class Meta:
        abstract = True

    @property
    def veil(self) -> Veil:
        return Veil(**{name: getattr(self, name) for name in NAMES})


class VeilFloor(Ladders):
    """The least the organisation covers at one exposure level. Five rows, always; each change is an event."""

    exposure = models.PositiveSmallIntegerField(primary_key=True)
    reason = models.CharField(max_length=500, default="What this product ships with.")
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    set_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["exposure"]
        constraints = [
            models.CheckConstraint(name="veil_floor_within_the_ladder", condition=_within_the_ladder()),
            models.CheckConstraint(name="veil_floor_exposure_0_to_4", condition=Q(exposure__lte=4)),
        ]
        triggers = [
            pgtrigger.Protect(name="veil_floor_always_stands", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="raised_floor_lifts_every_veil",
                when=pgtrigger.After,
                operation=pgtrigger.Update,
                func="UPDATE wellbeing_personveil SET "  # noqa: S608  (names of ours)
                + ", ".join(f"{name} = GREATEST({name}, NEW.{name})" for name in NAMES)
                + " WHERE exposure = NEW.exposure; RETURN NEW;",
            ),
        ]

    def __str__(self) -> str:
        return f"veil floor of exposure {self.exposure}"


class PersonVeil(Ladders):
    """How one person wants one kind of content covered at one exposure level. Nobody else reads it."""

    KINDS: Any = [("text", "Text"), ("picture", "Pictures"), ("film", "Films"), ("sound", "Sound")]
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=8, choices=KINDS)
    exposure = models.PositiveSmallIntegerField()
    changed_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "exposure", "kind"], name="veil_once_per_person_kind_and_level"
            ),
            models.CheckConstraint(name="veil_within_the_ladder", condition=_within_the_ladder()),
        ]
        triggers = [
            # The floor's row is share-locked: a floor that is being raised is waited for, then read as it is.
            pgtrigger.Trigger(
                name="veil_is_never_below_the_floor",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                declare=[("least", "wellbeing_veilfloor%ROWTYPE")],
                func="SELECT * INTO STRICT least FROM wellbeing_veilfloor"  # noqa: S608  (names of ours)
                " WHERE exposure = NEW.exposure FOR SHARE; IF "
                + " OR ".join(f"NEW.{name} < least.{name}" for name in NAMES)
                + " THEN RAISE EXCEPTION 'veil_is_never_below_the_floor' USING ERRCODE = 'check_violation';"
                " END IF; RETURN NEW;",
            )
        ]

    def __str__(self) -> str:
        return f"veil over {self.kind} of exposure {self.exposure} for person {self.user_id}"
