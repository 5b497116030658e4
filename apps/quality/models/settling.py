"""What came of a second look: the pair of judgements, the word of a third, and what each person is told."""

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from apps.decisions.models import Decision
from apps.guidelines.models import GuidelineVersion
from apps.quality.models.sampling import Draw
from apps.queues.models import Case

DEFINITE = [choice for choice in Decision.Outcome.choices if choice[0] != "unsure"]


def codes() -> ArrayField:
    return ArrayField(models.CharField(max_length=20), default=list)


class Comparison(models.Model):
    """Two judgements of one item, made without knowledge of each other. One row for a draw; never changed.

    `agreed`: the same outcome and the same rules. `same_actions` says whether the same was to be done, too.
    `first_rater` is null when the first decision was automatic (`origin`). `rule_code` is the rule the pair is
    counted under: the first one the first decision cited, else the first one the second cited, else the first
    suspected. Draws that say nothing (Void) have no row here. `guideline_version` is that of the first decision.
    """

    draw = models.OneToOneField(Draw, models.PROTECT, related_name="comparison")
    first = models.OneToOneField(Decision, models.PROTECT, related_name="+")
    second = models.OneToOneField(Decision, models.PROTECT, related_name="+")
    first_rater = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    second_rater = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False
    )
    first_label = models.CharField(max_length=12, choices=Decision.Outcome.choices)
    second_label = models.CharField(max_length=12, choices=Decision.Outcome.choices)
    first_rules = codes()
    second_rules = codes()
    rule_code = models.CharField(max_length=20, default="", blank=True)
    language = models.CharField(max_length=8, default="", blank=True)
    origin = models.CharField(max_length=16, choices=Decision.Origin.choices)
    guideline_version = models.ForeignKey(GuidelineVersion, models.PROTECT, related_name="+")
    agreed = models.BooleanField()
    same_actions = models.BooleanField()
    settled_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="comparison_is_of_two_people",
                condition=Q(first_rater=None) | ~Q(first_rater=F("second_rater")),
            ),
        ]
        indexes = [
            models.Index(fields=["rule_code", "settled_at"], name="comparison_by_rule"),
            models.Index(fields=["first_rater", "settled_at"], name="comparison_by_first"),
            models.Index(fields=["second_rater", "settled_at"], name="comparison_by_second"),
        ]
        triggers = [
            pgtrigger.Protect(
                name="comparison_is_never_changed", operation=pgtrigger.Update | pgtrigger.Delete
            ),
            pgtrigger.Trigger(
                name="comparison_is_of_a_draw_and_its_second_look",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF NOT EXISTS (
                        SELECT 1 FROM quality_draw draw
                        JOIN decisions_decision one ON one.id = draw.decision_id
                        JOIN decisions_decision two ON two.case_id = draw.case_id
                        WHERE draw.id = NEW.draw_id AND one.id = NEW.first_id AND two.id = NEW.second_id
                          AND two.purpose = 'second_look' AND NOT two.withdraws
                          AND one.decider_id IS NOT DISTINCT FROM NEW.first_rater_id
                          AND two.decider_id = NEW.second_rater_id
                    ) THEN
                        RAISE EXCEPTION 'comparison_is_of_a_draw_and_its_second_look'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"comparison of decisions {self.first_id} and {self.second_id}"


class Adjudication(models.Model):
    """Two people decided differently: a senior moderator who is neither says what it is, once.

    `upheld` says whose answer stood. `changed`: the first decision was superseded, because it was wrong and still
    in force. The three judgements stay what they were: they are the votes.
    """

    class Upheld(models.TextChoices):
        FIRST = "first", "The first decision stood"
        SECOND = "second", "The second look was right"
        NEITHER = "neither", "It was something else"
        OPEN = "open", "Not even a third person was sure"

    comparison = models.OneToOneField(Comparison, models.PROTECT, related_name="adjudication")
    case = models.OneToOneField(Case, models.PROTECT, related_name="adjudication")
    opened_at = models.DateTimeField(db_default=Now())
    decision = models.OneToOneField(Decision, models.PROTECT, null=True, related_name="+")
    upheld = models.CharField(max_length=8, choices=Upheld.choices, default="", blank=True)
    changed = models.BooleanField(default=False)
    why = models.TextField(default="", blank=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="adjudication_is_settled_as_a_whole",
                condition=Q(decision=None, settled_at=None, upheld="")
                | Q(decision__isnull=False, settled_at__isnull=False) & ~Q(upheld=""),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="adjudication_is_settled_once",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                func="""
                    IF TG_OP = 'UPDATE' AND OLD.decision_id IS NULL AND NEW.comparison_id = OLD.comparison_id
                        AND NEW.case_id = OLD.case_id THEN
                        RETURN NEW;
                    END IF;
                    RAISE EXCEPTION 'adjudication_is_settled_once' USING ERRCODE = 'check_violation';
                """,
            ),
            pgtrigger.Trigger(
                name="adjudicator_is_neither_of_the_two",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                condition=pgtrigger.Condition("NEW.decision_id IS NOT NULL"),
                func="""
                    IF EXISTS (
                        SELECT 1 FROM decisions_decision third
                        JOIN quality_comparison pair ON pair.id = NEW.comparison_id
                        WHERE third.id = NEW.decision_id
                          AND (third.decider_id IS NULL OR third.case_id <> NEW.case_id
                               OR third.decider_id = pair.second_rater_id
                               OR third.decider_id IS NOT DISTINCT FROM pair.first_rater_id)
                    ) THEN
                        RAISE EXCEPTION 'adjudicator_is_neither_of_the_two' USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"adjudication of comparison {self.comparison_id}"


class Finding(models.Model):
    """What one person is told of one judgement of hers: what was found, and why. Hers alone; never compared.

    `decision` is her own; the found outcome, rules and actions are what it was found to be.
    """

    class Source(models.TextChoices):
        ADJUDICATED = "adjudicated", "Two people decided differently"
        GOLDEN = "golden", "The answer was known"

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    decision = models.OneToOneField(Decision, models.PROTECT, related_name="+")
    source = models.CharField(max_length=12, choices=Source.choices)
    stood = models.BooleanField()
    outcome = models.CharField(max_length=12, choices=DEFINITE)
    rule_codes = codes()
    actions = ArrayField(models.CharField(max_length=40), default=list)
    why = models.TextField(default="", blank=True)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="finding_is_definite", condition=Q(outcome__in=["violates", "no_violation"])
            ),
        ]
        indexes = [models.Index(fields=["person", "-id"], name="finding_by_person")]
        triggers = [
            pgtrigger.Protect(name="finding_is_never_changed", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(
                name="finding_is_told_to_whoever_decided",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF NEW.person_id IS DISTINCT FROM
                        (SELECT decider_id FROM decisions_decision WHERE id = NEW.decision_id) THEN
                        RAISE EXCEPTION 'finding_is_told_to_whoever_decided' USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"finding on decision {self.decision_id}"
