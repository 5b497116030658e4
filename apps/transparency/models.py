import pgtrigger
from django.db import models
from django.db.models import Q

from apps.decisions.models import Enforcement


class Statement(models.Model):
    """The statement of reasons of one enforcement, as it is told to the public database. What it says never changes."""

    class State(models.TextChoices):
        READY = "ready", "Waiting to be sent"
        SENT = "sent", "In the public database"
        REFUSED = "refused", "Refused by the public database"
        INVALID = "invalid", "Breaks the schema, not sent"
        WITHHELD = "withheld", "Withheld, because the law asks for none"

    enforcement = models.OneToOneField(Enforcement, models.PROTECT, related_name="statement")
    puid = models.CharField(max_length=60, unique=True)
    day = models.DateField()
    body = models.JSONField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.READY)
    because = models.CharField(max_length=40, default="", blank=True)
    reasons = models.JSONField(default=list)
    attempts = models.PositiveIntegerField(default=0)
    last_error = models.CharField(max_length=300, default="", blank=True)
    next_attempt_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="statement_state_valid",
                condition=Q(state__in=["ready", "sent", "refused", "invalid", "withheld"]),
            ),
            models.CheckConstraint(
                name="withheld_statement_says_why",
                condition=Q(state="withheld") & ~Q(because="") | ~Q(state="withheld") & Q(because=""),
            ),
            models.CheckConstraint(
                name="refused_statement_gives_reasons",
                condition=~Q(state__in=["refused", "invalid"]) | ~Q(reasons=[]),
            ),
            models.CheckConstraint(
                name="sent_statement_has_a_time",
                condition=Q(state="sent", sent_at__isnull=False) | ~Q(state="sent") & Q(sent_at=None),
            ),
        ]
        indexes = [
            models.Index(fields=["next_attempt_at", "id"], name="statement_due", condition=Q(state="ready")),
            models.Index(fields=["state", "-id"], name="statement_by_state"),
            models.Index(fields=["day", "id"], name="statement_by_day"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="statement_says_the_same_for_ever",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                func="""
                    IF TG_OP = 'UPDATE' AND (NEW.enforcement_id, NEW.puid, NEW.day, NEW.body)
                        = (OLD.enforcement_id, OLD.puid, OLD.day, OLD.body) AND OLD.state <> 'sent' THEN
                        RETURN NEW;
                    END IF;
                    RAISE EXCEPTION 'statement_says_the_same_for_ever' USING ERRCODE = 'check_violation';
                """,
            )
        ]

    def __str__(self) -> str:
        return f"statement {self.puid} ({self.state})"
