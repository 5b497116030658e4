"""Banks, their entries, and what people hold of them."""

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import MD5, Now

FRAMES_AT_MOST = 40  # of a film in one entry


class Signal(models.TextChoices):
    """What kind of fingerprint. All are written in hexadecimal digits, 64 of them; a film has 64 a frame."""

    SHA256 = "sha256", "Same file (SHA-256)"
    PDQ = "pdq", "Picture (PDQ)"
    FILM = "film", "Film (PDQ of its frames)"
    TEXT = "text", "Text"


class Says(models.TextChoices):
    """What is held of an entry. Disputed: some say it belongs in the bank and some that it does not."""

    POSITIVE = "positive", "Belongs here"
    NEGATIVE = "negative", "Does not belong here"
    SEED = "seed", "To be looked into"
    DISPUTED = "disputed", "Disputed"


class Bank(models.Model):
    """A named list of fingerprints with what a match means: the rule, and what is to be done.

    `enabled_ratio`: the share of items that are compared with it at all, 0 to 1. `distance`: bits of 256. `audit_share`:
    of automatic decisions, looked over afterwards by fingerprint. `flood_at`: matches of one entry within an hour from
    which on it is held back. `revision` counts changes and stays on every match.
    """

    class Source(models.TextChoices):
        LOCAL = "local", "Our own"
        FILE = "file", "From files"
        EXCHANGE = "exchange", "From an exchange"

    name = models.CharField(max_length=80)
    about = models.TextField(default="", blank=True)
    source = models.CharField(max_length=8, choices=Source.choices, default=Source.LOCAL)
    rule_code = models.CharField(max_length=20)
    actions = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    child_safety = models.BooleanField(default=False)
    enabled_ratio = models.FloatField(default=1.0)
    distance = models.PositiveSmallIntegerField(default=31)
    audit_share = models.FloatField(default=0.05)
    flood_at = models.PositiveIntegerField(default=50)
    revision = models.PositiveIntegerField(default=1)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_because = models.CharField(max_length=300)
    created_at = models.DateTimeField(db_default=Now())
    verified_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    verified_because = models.CharField(max_length=300, default="", blank=True)
    verified_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["name"], name="bank_name_once"),
            models.CheckConstraint(
                name="bank_source_valid", condition=Q(source__in=["local", "file", "exchange"])
            ),
            models.CheckConstraint(
                name="bank_enabled_ratio_0_to_1", condition=Q(enabled_ratio__gte=0, enabled_ratio__lte=1)
            ),
            models.CheckConstraint(name="bank_distance_0_to_31", condition=Q(distance__range=(0, 31))),
            models.CheckConstraint(
                name="bank_is_always_audited", condition=Q(audit_share__gte=0.01, audit_share__lte=1)
            ),
            models.CheckConstraint(name="bank_holds_floods_back", condition=Q(flood_at__range=(1, 100_000))),
            models.CheckConstraint(
                name="bank_verified_says_who_when_and_why",
                condition=Q(verified_by=None, verified_at=None, verified_because="")
                | Q(verified_by__isnull=False, verified_at__isnull=False) & ~Q(verified_because=""),
            ),
            models.CheckConstraint(
                name="bank_is_never_verified_by_who_made_it",
                condition=Q(verified_by=None) | ~Q(verified_by=F("created_by")),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Entry(models.Model):
    """One fingerprint in a bank: never a file, never a picture.

    `source_says` is the opinion it came with, `opinion` the sum of that and of people's; kept by a trigger. `change`
    numbers insertions and purges in the order of commits, so that each process learns what is new by its number. A
    purged entry keeps its row and loses its fingerprint. `flood_from`: a flood was allowed then, for an hour.
    """

    bank = models.ForeignKey(Bank, models.PROTECT, related_name="entries", db_index=False)
    signal = models.CharField(max_length=8, choices=Signal.choices)
    value = models.TextField(blank=True)
    quality = models.PositiveSmallIntegerField(null=True)
    tags = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    ref = models.CharField(max_length=200, default="", blank=True)
    why = models.CharField(max_length=300, default="", blank=True)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    key_id = models.BigIntegerField(null=True)  # the machine key of a program that added it
    source_says = models.CharField(max_length=8, choices=Says.choices, default=Says.POSITIVE)
    opinion = models.CharField(max_length=8, choices=Says.choices, default=Says.POSITIVE)
    enabled = models.BooleanField(default=True)
    held_at = models.DateTimeField(null=True)
    flood_from = models.DateTimeField(null=True)
    purged_at = models.DateTimeField(null=True)
    change = models.BigIntegerField(default=0)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                F("bank"), F("signal"), MD5("value"), name="entry_once_per_bank", condition=Q(purged_at=None)
            ),
            models.CheckConstraint(
                name="entry_signal_valid", condition=Q(signal__in=["sha256", "pdq", "film", "text"])
            ),
            models.CheckConstraint(
                name="entry_hash_has_its_length",
                condition=Q(purged_at__isnull=False, value="")
                | Q(purged_at=None, signal="film", value__regex=rf"^([0-9a-f]{{64}}){{1,{FRAMES_AT_MOST}}}$")
                | Q(purged_at=None, value__regex=r"^[0-9a-f]{64}$"),
            ),
            models.CheckConstraint(
                name="entry_opinion_valid",
                condition=Q(opinion__in=["positive", "negative", "seed", "disputed"])
                & Q(source_says__in=["positive", "negative", "seed", "disputed"]),
            ),
            models.CheckConstraint(
                name="entry_added_by_a_person_or_a_program",
                condition=Q(added_by=None) | Q(key_id=None),
            ),
        ]
        indexes = [
            # Serves "the same file".
            models.Index(
                fields=["value"], name="entry_by_sha256", condition=Q(signal="sha256", purged_at=None)
            ),
            # Serves every process that asks what is new.
            models.Index(fields=["change"], name="entry_by_change"),
            models.Index(fields=["bank", "-id"], name="entry_by_bank"),
            models.Index(fields=["ref"], name="entry_by_ref", condition=~Q(ref="")),
            models.Index(fields=["held_at"], name="entry_held_back", condition=Q(held_at__isnull=False)),
        ]
        triggers = [
            pgtrigger.Trigger(
                # Numbers are given one transaction at a time: who has seen n has seen everything before n.
                name="entry_changes_are_numbered_in_their_order",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("value"),
                func="""
                    PERFORM pg_advisory_xact_lock(hashtext('matching.entries'));
                    -- A sequence never gives a number twice, not even after a transaction that came to nothing.
                    NEW.change := nextval(pg_get_serial_sequence('matching_entry', 'id'));
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="entry_hash_is_never_changed",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                func="""
                    IF TG_OP = 'DELETE' OR NEW.bank_id <> OLD.bank_id OR NEW.signal <> OLD.signal
                        OR OLD.purged_at IS NOT NULL
                        OR (NEW.value <> OLD.value AND NOT (NEW.value = '' AND NEW.purged_at IS NOT NULL)) THEN
                        RAISE EXCEPTION 'entry_hash_is_never_changed' USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"entry {self.pk} of bank {self.bank_id}"

    @property
    def live(self) -> bool:
        return self.enabled and self.purged_at is None


class Opinion(models.Model):
    """What one person here, or one program by its key, holds of an entry, and why. Changed only by being withdrawn."""

    entry = models.ForeignKey(Entry, models.PROTECT, related_name="opinions")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    key_id = models.BigIntegerField(null=True)
    says = models.CharField(max_length=8, choices=Says.choices)
    why = models.CharField(max_length=300)
    decision_id = models.BigIntegerField(null=True)
    at = models.DateTimeField(db_default=Now())
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["entry", "person"],
                condition=Q(withdrawn_at=None),
                name="opinion_one_at_a_time_per_person",
            ),
            models.UniqueConstraint(
                fields=["entry", "key_id"],
                condition=Q(withdrawn_at=None),
                name="opinion_one_at_a_time_per_program",
            ),
            models.CheckConstraint(
                name="opinion_is_of_a_person_or_a_program",
                condition=Q(person__isnull=False, key_id=None) | Q(person=None, key_id__isnull=False),
            ),
            models.CheckConstraint(
                name="opinion_says_something", condition=Q(says__in=["positive", "negative", "seed"])
            ),
            models.CheckConstraint(name="opinion_gives_its_reason", condition=~Q(why="")),
        ]
        indexes = [
            models.Index(
                fields=["decision_id"], name="opinion_by_decision", condition=Q(decision_id__isnull=False)
            )
        ]
        triggers = [
            pgtrigger.Trigger(
                name="opinion_changes_only_by_being_withdrawn",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                func="""
                    IF TG_OP = 'UPDATE' AND OLD.withdrawn_at IS NULL AND NEW.withdrawn_at IS NOT NULL
                        AND (to_jsonb(NEW) - 'withdrawn_at') = (to_jsonb(OLD) - 'withdrawn_at') THEN
                        RETURN NEW;
                    END IF;
                    RAISE EXCEPTION 'opinion_changes_only_by_being_withdrawn' USING ERRCODE = 'check_violation';
                """,
            ),
            pgtrigger.Trigger(
                name="entry_opinion_is_the_sum_of_its_voices",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func="""
                    -- The entry's row is the lock: two voices at one moment are both counted.
                    PERFORM 1 FROM matching_entry WHERE id = NEW.entry_id FOR NO KEY UPDATE;
                    UPDATE matching_entry entry SET opinion = CASE
                        WHEN voices.yes AND voices.no OR 'disputed' = entry.source_says THEN 'disputed'
                        WHEN voices.no THEN 'negative' WHEN voices.yes THEN 'positive' ELSE 'seed' END
                    FROM (SELECT COALESCE(bool_or(said = 'positive'), false) AS yes,
                                 COALESCE(bool_or(said = 'negative'), false) AS no
                          FROM (SELECT says AS said FROM matching_opinion
                                WHERE entry_id = NEW.entry_id AND withdrawn_at IS NULL
                                UNION ALL SELECT source_says FROM matching_entry WHERE id = NEW.entry_id) said) voices
                    WHERE entry.id = NEW.entry_id AND entry.purged_at IS NULL;
                    RETURN NULL;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.says} by {self.person_id or 'a program'} on entry {self.entry_id}"
