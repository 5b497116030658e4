"""Disputes before out-of-court bodies (Regulation (EU) 2022/2065, Art. 21): what came in, what the body decided, what we did."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from apps.decisions.models import Decision

END = "{outcome,outcome_words,ended_on,ended_by_id}"
COMPLIANCE = "{complied,complied_on,complied_words,complied_by_id}"


class Dispute(models.Model):
    """A decision of ours before a certified body that somebody chose. What it decides binds nobody; we say whether we did it.

    `by` is who turned to it. `changed` and `partly`: the body would have the decision changed; only then is there
    something to comply with. `none`: it ended without one.
    """

    class Side(models.TextChoices):
        AUTHOR = "author", "The author"
        REPORTER = "reporter", "Somebody who reported"

    class Outcome(models.TextChoices):
        CHANGED = "changed", "The decision should be changed"
        PARTLY = "partly", "The decision should be changed in part"
        STANDS = "stands", "The decision stands"
        NONE = "none", "It ended without a decision of the body"

    body = models.CharField(max_length=200)
    reference = models.CharField(max_length=120)
    decision = models.ForeignKey(Decision, models.PROTECT, related_name="+")
    by = models.CharField(max_length=8, choices=Side.choices)
    received_on = models.DateField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(db_default=Now())
    outcome = models.CharField(max_length=8, choices=Outcome.choices, default="", blank=True)
    outcome_words = models.TextField(default="", blank=True)
    ended_on = models.DateField(null=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    complied = models.BooleanField(null=True)
    complied_on = models.DateField(null=True)
    complied_words = models.TextField(default="", blank=True)
    complied_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint("body", "reference", name="dispute_once_per_body_and_number"),
            models.CheckConstraint(
                name="dispute_names_body_and_number", condition=~Q(body="") & ~Q(reference="")
            ),
            models.CheckConstraint(name="dispute_side_valid", condition=Q(by__in=["author", "reporter"])),
            models.CheckConstraint(
                name="dispute_outcome_valid",
                condition=Q(ended_on=None) | Q(outcome__in=["changed", "partly", "stands", "none"]),
            ),
            models.CheckConstraint(
                name="dispute_ended_says_how_and_when",
                condition=Q(outcome="", outcome_words="", ended_on=None, ended_by=None)
                | Q(
                    outcome__in=["changed", "partly", "stands", "none"],
                    ended_on__isnull=False,
                    ended_by__isnull=False,
                )
                & Q(ended_on__gte=F("received_on"))
                & ~Q(outcome_words=""),
            ),
            models.CheckConstraint(
                name="dispute_is_complied_with_where_something_is_asked",
                condition=Q(complied=None, complied_on=None, complied_words="", complied_by=None)
                | Q(
                    outcome__in=["changed", "partly"],
                    complied__isnull=False,
                    complied_on__isnull=False,
                    ended_on__isnull=False,
                    complied_by__isnull=False,
                )
                & Q(complied_on__gte=F("ended_on"))
                & ~Q(complied_words=""),
            ),
        ]
        indexes = [
            models.Index(fields=["received_on"], name="dispute_by_day"),
            models.Index(fields=["ended_on"], name="dispute_by_end", condition=~Q(outcome="")),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="dispute_is_of_a_decision_made_before",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF NOT EXISTS (SELECT 1 FROM decisions_decision decision
                                   WHERE decision.id = NEW.decision_id AND NOT decision.withdraws
                                     AND NOT decision.measures AND decision.decided_at < NEW.received_on + 2) THEN
                        RAISE EXCEPTION 'dispute_is_of_a_decision_made_before' USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="dispute_goes_on_step_by_step",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                func=f"""
                    IF TG_OP = 'UPDATE' AND (
                        OLD.outcome = '' AND NEW.complied IS NULL
                            AND to_jsonb(NEW) - '{END}'::text[] = to_jsonb(OLD) - '{END}'::text[]
                        OR OLD.outcome <> '' AND OLD.complied IS NULL
                            AND to_jsonb(NEW) - '{COMPLIANCE}'::text[] = to_jsonb(OLD) - '{COMPLIANCE}'::text[]) THEN
                        RETURN NEW;
                    END IF;
                    RAISE EXCEPTION 'dispute_goes_on_step_by_step' USING ERRCODE = 'check_violation';
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"dispute {self.reference} before {self.body}"

    @property
    def is_open(self) -> bool:
        return not self.outcome

    @property
    def asks_something(self) -> bool:
        """Whether the body would have something changed and we have not said yet what we did."""
        return self.complied is None and self.outcome in (self.Outcome.CHANGED, self.Outcome.PARTLY)
