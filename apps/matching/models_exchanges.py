"""Exchanges: lists kept elsewhere, and what is owed to them in return."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from apps.matching.models_banks import Bank, Entry, Says


class Exchange(models.Model):
    """A list kept elsewhere and followed here: where it stands, and what came of the last try.

    `tells_since`: since when it is told what decisions here say of its entries; empty, as at first: it is told nothing.
    """

    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=40)
    bank = models.OneToOneField(Bank, models.PROTECT, related_name="exchange")
    checkpoint = models.JSONField(null=True)
    fetched_at = models.DateTimeField(null=True)
    trouble = models.CharField(max_length=300, default="", blank=True)
    tells_since = models.DateTimeField(null=True)
    tells_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["name"], name="exchange_name_once"),
            models.CheckConstraint(
                name="exchange_told_says_who_allowed_it",
                condition=Q(tells_since=None, tells_by=None)
                | Q(tells_since__isnull=False, tells_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class OwedOpinion(models.Model):
    """What decisions here say of an entry, owed to the exchange it came from: its fingerprint and a word, nothing else.

    `version` counts how often the word changed. `due_at` is when it is sent, or tried again; `reason` is why it was refused,
    dropped, or did not go through yet.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        SENT = "sent", "Sent"
        REFUSED = "refused", "Refused"
        DROPPED = "dropped", "Not sent"

    exchange = models.ForeignKey(Exchange, models.PROTECT, related_name="owed", db_index=False)
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="owed", db_index=False)
    version = models.PositiveIntegerField()
    says = models.CharField(max_length=8, choices=Says.choices)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    reason = models.CharField(max_length=200, default="", blank=True)
    attempts = models.PositiveIntegerField(default=0)
    due_at = models.DateTimeField()
    owed_at = models.DateTimeField(db_default=Now())
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["entry", "version"], name="owed_once_per_entry_and_version"),
            models.UniqueConstraint(
                fields=["entry"], condition=Q(state="waiting"), name="owed_one_waiting_per_entry"
            ),
            models.CheckConstraint(
                name="owed_says_yes_or_no", condition=Q(says__in=["positive", "negative"], version__gte=1)
            ),
            models.CheckConstraint(
                name="owed_state_says_when_and_why",
                condition=Q(state="waiting", settled_at=None)
                | Q(state="sent", settled_at__isnull=False)
                | Q(state__in=["refused", "dropped"], settled_at__isnull=False) & ~Q(reason=""),
            ),
        ]
        indexes = [
            # Serves the sweep that sends.
            models.Index(fields=["due_at"], name="owed_waiting", condition=Q(state="waiting")),
            # Serves the bank's page.
            models.Index(fields=["exchange", "-id"], name="owed_by_exchange"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="owed_only_where_an_admin_allowed_it",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF NOT EXISTS (
                        SELECT 1 FROM matching_exchange exchange JOIN matching_entry entry ON entry.id = NEW.entry_id
                        WHERE exchange.id = NEW.exchange_id AND exchange.bank_id = entry.bank_id AND entry.ref <> ''
                          AND entry.added_by_id IS NULL AND entry.key_id IS NULL AND exchange.tells_since IS NOT NULL
                    ) THEN
                        RAISE EXCEPTION 'owed_only_where_an_admin_allowed_it' USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="owed_is_settled_once",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                func="""
                    IF TG_OP = 'UPDATE' AND OLD.state = 'waiting' AND NEW.exchange_id = OLD.exchange_id
                        AND NEW.entry_id = OLD.entry_id AND NEW.version = OLD.version AND NEW.says = OLD.says THEN
                        RETURN NEW;
                    END IF;
                    RAISE EXCEPTION 'owed_is_settled_once' USING ERRCODE = 'check_violation';
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.says} on entry {self.entry_id}, version {self.version}"
