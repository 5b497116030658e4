import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from apps.decisions.models import Decision


class FirstChoice(models.Model):
    """What she chose first in a claim, before any precedent, and whether precedents were then shown: drawn by lot.

    `share` is the probability with which they were shown. `decision_id` and `kept` come with the decision: whether it
    was the first choice. `agreed` comes with a second look, if one is drawn. Sums only are ever shown of it.
    """

    claim_id = models.BigIntegerField(unique=True)
    case_id = models.BigIntegerField()
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=12, choices=Decision.Outcome.choices)
    rule_codes = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    share = models.FloatField()
    shown = models.BooleanField()
    precedents = ArrayField(models.BigIntegerField(), default=list, blank=True)
    at = models.DateTimeField(db_default=Now())
    decision_id = models.BigIntegerField(null=True, unique=True)
    kept = models.BooleanField(null=True)
    agreed = models.BooleanField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="precedents_are_shown_by_lot", condition=Q(share__range=(0, 1))),
            models.CheckConstraint(
                name="precedents_not_drawn_are_not_shown",
                condition=Q(shown=True) | Q(shown=False, precedents__len=0),
            ),
        ]
        indexes = [
            models.Index(fields=["at"], name="first_choice_by_time"),
            # Serves the sweep that looks what they became.
            models.Index(fields=["case_id"], name="first_choice_open", condition=Q(decision_id=None)),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="first_choice_is_never_changed",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                func="""
                    IF TG_OP = 'UPDATE'
                        AND (to_jsonb(NEW) - 'decision_id' - 'kept' - 'agreed')
                          = (to_jsonb(OLD) - 'decision_id' - 'kept' - 'agreed') THEN
                        RETURN NEW;
                    END IF;
                    RAISE EXCEPTION 'first_choice_is_never_changed' USING ERRCODE = 'check_violation';
                """,
            )
        ]

    def __str__(self) -> str:
        return f"first choice in claim {self.claim_id}"
