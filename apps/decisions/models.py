from datetime import timedelta

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from apps.decisions.models_sets import DecisionInSet, DecisionSet, MatchAudit
from apps.guidelines.models import GuidelineVersion, RuleVersion
from apps.intake.models import Item
from apps.queues.models import Case

__all__ = [
    "Decision", "DecisionInSet", "DecisionRule", "DecisionSet", "DecisionWords", "Enforcement", "Hold", "MatchAudit", "Notice",
]  # fmt: skip

UNDO_WITHIN = timedelta(seconds=10)


class Decision(models.Model):
    """A moderator's verdict, never changed. A correction is a new decision that supersedes this one.

    A *withdrawing* decision (undo) takes an earlier one back and decides nothing itself. One that *measures* says
    what its decider would have done: it tells how good another decision was, and nothing follows from it.
    """

    class Outcome(models.TextChoices):
        VIOLATES = "violates", "Breaks a rule"
        NO_VIOLATION = "no_violation", "No violation"
        UNSURE = "unsure", "Not sure"

    class Origin(models.TextChoices):
        HUMAN = "human", "A person"
        AUTO = "auto", "Automatic"
        PROPAGATED = "hash_propagated", "Propagated from a near-duplicate"

    case = models.ForeignKey(Case, models.PROTECT, related_name="decisions")
    item = models.ForeignKey(Item, models.PROTECT, related_name="decisions", db_index=False)
    item_revision = models.PositiveIntegerField()
    purpose = models.CharField(max_length=20, choices=Case.Purpose.choices)
    claim_id = models.BigIntegerField(null=True)
    decider = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    origin = models.CharField(max_length=16, choices=Origin.choices, default=Origin.HUMAN)
    outcome = models.CharField(max_length=12, choices=Outcome.choices)
    ground = models.CharField(max_length=10, default="guideline")
    guideline_version = models.ForeignKey(GuidelineVersion, models.PROTECT, related_name="+")
    rule_codes = ArrayField(models.CharField(max_length=20), default=list)
    actions = ArrayField(models.CharField(max_length=40), default=list)
    rationale = ArrayField(models.CharField(max_length=40), default=list)
    confidence = models.CharField(max_length=8, default="", blank=True)
    language = models.CharField(max_length=8, default="", blank=True)
    detection_source = models.CharField(max_length=20)
    reveal_state = models.CharField(max_length=10, default="", blank=True)
    evidence_sha256 = models.CharField(max_length=64)
    views_at_decision = models.BigIntegerField(null=True)
    supersedes = models.OneToOneField("self", models.PROTECT, null=True, related_name="superseded_by")
    withdraws = models.BooleanField(default=False)
    measures = models.BooleanField(default=False, db_default=False)
    held = models.BooleanField(default=False)
    demo = models.BooleanField(default=False)
    decided_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="decision_outcome_valid", condition=Q(outcome__in=["violates", "no_violation", "unsure"])
            ),
            models.CheckConstraint(
                name="decision_of_a_violation_cites_a_rule",
                condition=~Q(outcome="violates") | Q(withdraws=True) | Q(rule_codes__len__gt=0),
            ),
            models.CheckConstraint(
                name="decision_withdraws_an_earlier_one",
                condition=Q(withdraws=False) | Q(supersedes__isnull=False),
            ),
            models.CheckConstraint(
                name="decision_that_measures_supersedes_nothing",
                condition=Q(measures=False) | Q(withdraws=True) | Q(supersedes=None),
            ),
            models.CheckConstraint(
                name="second_look_and_golden_only_measure",
                condition=~Q(purpose__in=["second_look", "golden"]) | Q(measures=True),
            ),
            models.CheckConstraint(
                name="appeal_is_decided_by_a_person",
                condition=~Q(purpose="appeal") | Q(withdraws=True) | Q(origin="human"),
            ),
            models.CheckConstraint(
                name="appeal_is_decided_one_way_or_the_other",
                condition=~Q(purpose="appeal") | Q(withdraws=True) | ~Q(outcome="unsure"),
            ),
            models.CheckConstraint(
                name="decision_for_an_authority_is_by_law_and_withholds_at_most",
                condition=~Q(purpose="authority_request")
                | Q(ground="legal_only", held=False, actions__contained_by=["geo_restrict"]),
            ),
            models.CheckConstraint(
                name="decision_by_a_person_names_her", condition=~Q(origin="human") | Q(decider__isnull=False)
            ),
        ]
        indexes = [
            models.Index(fields=["item", "id"], name="decision_by_item"),
            models.Index(fields=["decided_at"], name="decision_by_time"),
        ]
        triggers = [
            pgtrigger.Protect(
                name="decision_is_never_changed", operation=pgtrigger.Update | pgtrigger.Delete
            ),
            pgtrigger.Trigger(
                # Demo decisions tell of days before anything was published; taking back repeats an old version.
                name="decision_is_made_under_the_version_in_force",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                condition=pgtrigger.Condition("NOT NEW.withdraws AND NOT NEW.demo"),
                func="""
                    IF NOT EXISTS (
                        SELECT 1 FROM guidelines_guidelineversion version
                        WHERE version.id = NEW.guideline_version_id AND version.state IN ('published', 'retired')
                          AND version.published_at <= NEW.decided_at
                          AND (version.retired_at IS NULL OR NEW.decided_at < version.retired_at)
                    ) THEN
                        RAISE EXCEPTION 'decision_is_made_under_the_version_in_force' USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="second_person_never_decided_before",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                condition=pgtrigger.Condition(
                    "NEW.purpose IN ('second_opinion', 'approval', 'appeal', 'second_look', 'adjudication')"
                    " AND NOT NEW.withdraws"
                ),
                func="""
                    -- The item's row is the lock: a rival first decision must wait or be seen.
                    PERFORM 1 FROM intake_item WHERE id = NEW.item_id FOR NO KEY UPDATE;
                    IF EXISTS (
                        SELECT 1 FROM decisions_decision earlier
                        WHERE earlier.item_id = NEW.item_id AND earlier.decider_id = NEW.decider_id
                          AND NOT earlier.withdraws
                          AND NOT EXISTS (SELECT 1 FROM decisions_decision undo
                                          WHERE undo.supersedes_id = earlier.id AND undo.withdraws)
                    ) THEN
                        RAISE EXCEPTION 'second_person_never_decided_before' USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"decision {self.pk} on item {self.item_id} ({self.outcome})"


class DecisionRule(models.Model):
    """A rule version a decision cites."""

    decision = models.ForeignKey(Decision, models.PROTECT, related_name="cited", db_index=False)
    rule_version = models.ForeignKey(RuleVersion, models.PROTECT, related_name="+", db_index=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["decision", "rule_version"], name="rule_cited_once_per_decision"),
        ]
        indexes = [models.Index(fields=["rule_version", "decision"], name="citation_by_rule")]
        triggers = [
            pgtrigger.Protect(
                name="citation_is_never_changed", operation=pgtrigger.Update | pgtrigger.Delete
            ),
            pgtrigger.Trigger(
                name="decision_cites_only_published_rules",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF NOT EXISTS (
                        SELECT 1 FROM guidelines_ruleversion rule
                        JOIN guidelines_guidelineversion version ON version.id = rule.version_id
                        WHERE rule.id = NEW.rule_version_id AND version.state IN ('published', 'retired')
                          AND version.id = (SELECT guideline_version_id FROM decisions_decision WHERE id = NEW.decision_id)
                    ) THEN
                        RAISE EXCEPTION 'decision_cites_only_published_rules' USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"rule version {self.rule_version_id} in decision {self.decision_id}"


class DecisionWords(models.Model):
    """The free text and the evidence of a decision. Erasable; hashes stay on the decision.

    `private_note` never leaves this product: no export, notice or webhook reads it.
    """

    decision = models.OneToOneField(Decision, models.PROTECT, related_name="words")
    explanation = models.TextField(default="", blank=True)
    private_note = models.TextField(default="", blank=True)
    parameters = models.JSONField(default=dict)
    evidence = models.JSONField(default=dict)
    erased_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="erased_evidence_is_empty", condition=Q(erased_at=None) | Q(evidence={})
            ),
        ]
        # Serves "what was erased".
        indexes = [models.Index(fields=["decision"], name="words_erased", condition=~Q(erased_at=None))]
        triggers = [
            pgtrigger.Trigger(
                name="erased_evidence_stays_erased",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Condition("OLD.erased_at IS NOT NULL"),
                func="RAISE EXCEPTION 'erased_evidence_stays_erased' USING ERRCODE = 'check_violation';",
            )
        ]

    def __str__(self) -> str:
        return f"words of decision {self.decision_id}"


class Enforcement(models.Model):
    """One thing to be done to the item or the account. The platform tells us when it took effect, once."""

    decision = models.ForeignKey(Decision, models.PROTECT, related_name="enforcements")
    item = models.ForeignKey(Item, models.PROTECT, related_name="enforcements", db_index=False)
    action = models.CharField(max_length=40)
    parameters = models.JSONField(default=dict)
    # Not one-to-one: a reversal taken back within its 10 s was never announced, and a later one may stand.
    reverses = models.ForeignKey("self", models.PROTECT, null=True, related_name="reversals")
    due_at = models.DateTimeField()
    decided_by = models.CharField(max_length=16, default="human")
    detection_source = models.CharField(max_length=20)
    posted_at = models.DateTimeField(null=True)
    first_report_at = models.DateTimeField(null=True)
    first_flag_at = models.DateTimeField(null=True)
    effective_at = models.DateTimeField(null=True)
    views_at_effect = models.BigIntegerField(null=True)

    class Meta:
        indexes = [models.Index(fields=["item", "id"], name="enforcement_by_item")]
        triggers = [
            pgtrigger.Trigger(
                name="enforcement_changes_only_by_taking_effect_once",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                func="""
                    IF TG_OP = 'UPDATE' AND OLD.effective_at IS NULL AND OLD.views_at_effect IS NULL
                        AND NEW.effective_at IS NOT NULL
                        AND (to_jsonb(NEW) - 'effective_at' - 'views_at_effect')
                          = (to_jsonb(OLD) - 'effective_at' - 'views_at_effect') THEN
                        RETURN NEW;
                    END IF;
                    RAISE EXCEPTION 'enforcement_changes_only_by_taking_effect_once'
                        USING ERRCODE = 'check_violation';
                """,
            )
        ]

    def __str__(self) -> str:
        return f"{self.action} for item {self.item_id}"


class Hold(models.Model):
    """A decision that waits for a second person before anything is done."""

    class State(models.TextChoices):
        PENDING = "pending", "Waiting for a second person"
        APPROVED = "approved", "Approved"
        REPLACED = "replaced", "Decided differently"
        WITHDRAWN = "withdrawn", "Taken back"

    decision = models.OneToOneField(Decision, models.PROTECT, related_name="hold")
    because = models.CharField(max_length=40)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PENDING)
    resolved_by = models.OneToOneField(Decision, models.PROTECT, null=True, related_name="resolves")
    resolved_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="hold_resolved_names_the_decision",
                condition=Q(state__in=["pending", "withdrawn"], resolved_by=None)
                | Q(state__in=["approved", "replaced"], resolved_by__isnull=False),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="approver_is_never_the_decider",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Insert,
                condition=pgtrigger.Condition("NEW.resolved_by_id IS NOT NULL"),
                func="""
                    IF (SELECT decider_id FROM decisions_decision WHERE id = NEW.decision_id)
                        = (SELECT decider_id FROM decisions_decision WHERE id = NEW.resolved_by_id) THEN
                        RAISE EXCEPTION 'approver_is_never_the_decider' USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            )
        ]

    def __str__(self) -> str:
        return f"hold on decision {self.decision_id} ({self.state})"


class Notice(models.Model):
    """The text a decision gives to the author, or to those who reported, in the item's language."""

    decision = models.ForeignKey(Decision, models.PROTECT, related_name="notices", db_index=False)
    audience = models.CharField(max_length=8)
    language = models.CharField(max_length=8)
    text = models.TextField()
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["decision", "audience"], name="notice_once_per_audience"),
            models.CheckConstraint(
                name="notice_audience_valid", condition=Q(audience__in=["author", "reporter"])
            ),
        ]

    def __str__(self) -> str:
        return f"notice to the {self.audience} of decision {self.decision_id}"
