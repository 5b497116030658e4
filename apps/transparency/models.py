import pgtrigger
from django.db import models
from django.db.models import Q

from apps.decisions.models import Enforcement

# What changes in the sums; what comes to nothing (a claim, a wait) writes nothing.
COUNTED = """
    INSERT INTO transparency_statementday (day, state, statements)
    SELECT DISTINCT day, state, 0 FROM new_rows ORDER BY day, state ON CONFLICT (day, state) DO NOTHING;
    UPDATE transparency_statementday kept SET statements = kept.statements + changed.number
    FROM (SELECT day, state, sum(number) AS number FROM ({changes}) each_row GROUP BY day, state) changed
    WHERE (kept.day, kept.state) = (changed.day, changed.state) AND changed.number <> 0;
    RETURN NULL;
"""


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
            ),
            # Once a statement, whatever its number of rows: a hundred statements are one row of the sums, not a hundred.
            pgtrigger.Trigger(
                name="statement_is_counted",
                level=pgtrigger.Statement,
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                referencing=pgtrigger.Referencing(new="new_rows"),
                func=COUNTED.format(changes="SELECT day, state, 1 AS number FROM new_rows"),
            ),
            pgtrigger.Trigger(
                name="statement_is_counted_anew",
                level=pgtrigger.Statement,
                when=pgtrigger.After,
                operation=pgtrigger.Update,
                referencing=pgtrigger.Referencing(old="old_rows", new="new_rows"),
                func=COUNTED.format(
                    changes="SELECT day, state, 1 AS number FROM new_rows UNION ALL SELECT day, state, -1 FROM old_rows"
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"statement {self.puid} ({self.state})"


class StatementDay(models.Model):
    """How many statements of a day are in a state: kept by the database with every statement, so that no page counts rows."""

    day = models.DateField()
    state = models.CharField(max_length=8, choices=Statement.State.choices)
    statements = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["day", "state"], name="statement_day_once"),
            models.CheckConstraint(
                name="statement_day_is_never_below_nothing", condition=Q(statements__gte=0)
            ),
            models.CheckConstraint(
                name="statement_day_state_valid",
                condition=Q(state__in=["ready", "sent", "refused", "invalid", "withheld"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.statements} {self.state} on {self.day}"
