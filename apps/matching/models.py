from typing import Any

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Length, Now

from apps.intake.models import Item
from apps.matching.models_banks import FRAMES_AT_MOST, Bank, Entry, Opinion, Says, Signal
from apps.matching.models_exchanges import Exchange, OwedOpinion
from apps.matching.models_looking import LookBack
from apps.matching.prints import clock

__all__ = [
    "FRAMES_AT_MOST", "Bank", "Cluster", "Entry", "Exchange", "LookBack", "Match", "Member", "Opinion", "OwedOpinion",
    "Print", "Says", "Signal",
]  # fmt: skip


class Print(models.Model):
    """A fingerprint of an item at one revision: of its text, or of one of its media.

    `offsets`: of a film, when each of its frames is shown, in milliseconds; empty where that is not known.
    """

    item = models.ForeignKey(Item, models.CASCADE, related_name="prints", db_index=False)
    revision = models.PositiveIntegerField()
    position = models.PositiveSmallIntegerField()
    signal = models.CharField(max_length=8, choices=Signal.choices)
    value = models.TextField()
    quality = models.PositiveSmallIntegerField(null=True)
    offsets = ArrayField(models.PositiveIntegerField(), null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["item", "revision", "position", "signal"], name="print_once_per_place"
            ),
            models.CheckConstraint(
                name="print_offsets_one_for_each_frame",
                condition=Q(offsets=None) | Q(signal="film", offsets__len=Length("value") / 64),
            ),
        ]
        indexes = [
            models.Index(fields=["value"], name="print_by_sha256", condition=Q(signal="sha256")),
        ]

    def __str__(self) -> str:
        return f"{self.signal} of item {self.item_id}"


class Match(models.Model):
    """An item that bears an entry's fingerprint, or one near to it, and what follows.

    `distance` in bits of 256; `share` of a film's frames, 0 to 1; `at_ms`, when the frame that is nearest is shown, where
    the item is a film and that is known; `opinion` as it was then. It says how near they are,
    never what the file of the entry shows: there is none.
    """

    class Verdict(models.TextChoices):
        AUTO = "auto", "Decided automatically"
        PERSON = "person", "A person decides"
        HELD = "held", "Held back"
        NOTED = "noted", "Noted"

    item = models.ForeignKey(Item, models.PROTECT, related_name="matches", db_index=False)
    revision = models.PositiveIntegerField()
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="matches", db_index=False)
    signal = models.CharField(max_length=8, choices=Signal.choices)
    distance = models.PositiveSmallIntegerField()
    share = models.FloatField(default=1.0)
    quality = models.PositiveSmallIntegerField(null=True)
    at_ms = models.PositiveIntegerField(null=True)
    opinion = models.CharField(max_length=8, choices=Says.choices)
    bank_revision = models.PositiveIntegerField()
    verdict = models.CharField(max_length=8, choices=Verdict.choices)
    because = models.CharField(max_length=80, default="", blank=True)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["distance", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["item", "revision", "entry"], name="match_once_per_item_and_entry"
            ),
            models.CheckConstraint(name="match_distance_0_to_31", condition=Q(distance__range=(0, 31))),
            models.CheckConstraint(
                name="match_has_a_moment_only_in_a_film",
                condition=Q(at_ms=None) | Q(signal__in=["film", "pdq"]),
            ),
            models.CheckConstraint(
                name="match_verdict_valid", condition=Q(verdict__in=["auto", "person", "held", "noted"])
            ),
        ]
        indexes = [
            models.Index(fields=["entry", "at"], name="match_by_entry"),
            models.Index(fields=["entry"], name="match_held_back", condition=Q(verdict="held")),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="automatic_match_is_verified_and_undisputed",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                condition=pgtrigger.Condition("NEW.verdict = 'auto'"),
                func="""
                    IF NOT EXISTS (
                        SELECT 1 FROM matching_entry entry JOIN matching_bank bank ON bank.id = entry.bank_id
                        WHERE entry.id = NEW.entry_id AND entry.enabled AND entry.purged_at IS NULL
                          AND entry.held_at IS NULL AND entry.opinion = 'positive'
                          AND bank.verified_at IS NOT NULL AND NEW.distance <= bank.distance
                    ) THEN
                        RAISE EXCEPTION 'automatic_match_is_verified_and_undisputed' USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            )
        ]

    def __str__(self) -> str:
        return f"item {self.item_id} like entry {self.entry_id}"

    @property
    def moment(self) -> str:
        """When in the film, as 0:12; '' where that is not known."""
        return "" if self.at_ms is None else clock(self.at_ms)


class Cluster(models.Model):
    """Items that are near-duplicates of its first one, `lead`. `decision_id` is the decision its members share.

    `decides` is false once that was reversed for them; a new decision on one of them decides again.
    """

    lead = models.ForeignKey(Item, models.PROTECT, related_name="+", db_index=False)
    decision_id = models.BigIntegerField(null=True)
    decides = models.BooleanField(default=True)
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["lead"], name="cluster_once_per_lead")]

    def __str__(self) -> str:
        return f"cluster {self.pk}"


class Member(models.Model):
    """An item in a cluster, with how near it is to the lead (bits of 256; of a film, of its nearest frames).

    `asked`: the rules of the cluster's decision, when a person must see whether they hold for this one as well.
    """

    item = models.OneToOneField(Item, models.PROTECT, related_name="membership")
    cluster = models.ForeignKey(Cluster, models.PROTECT, related_name="members")
    revision = models.PositiveIntegerField()
    signal = models.CharField(max_length=8, choices=Signal.choices)
    distance = models.PositiveSmallIntegerField()
    asked = ArrayField(models.CharField(max_length=20), default=list)
    joined_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"item {self.item_id} in cluster {self.cluster_id}"


def facts_of(match: Match) -> dict[str, Any]:
    """What an event says of a match: numbers and codes."""
    return {
        "match": match.pk,
        "entry": match.entry_id,
        "bank": match.entry.bank_id,
        "signal": match.signal,
        "distance": match.distance,
        **({} if match.at_ms is None else {"at_ms": match.at_ms}),
    }
