import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from apps.decisions.models import Decision
from apps.guidelines.models import GuidelineVersion


class CitedDay(models.Model):
    """How many decisions of one day cite a rule, by outcome, language and detection source.

    Kept as decisions are made and taken back, so that asking "what would this change?" costs the same over five
    decisions or five million. A code names one rule for ever; a decision that cites two rules counts for both.
    """

    day = models.DateField()
    rule_code = models.CharField(max_length=20)
    outcome = models.CharField(max_length=12)
    language = models.CharField(max_length=8, default="", blank=True)
    detection_source = models.CharField(max_length=20)
    n = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["rule_code", "day", "outcome", "language", "detection_source"], name="cited_day_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.n} × {self.rule_code} {self.outcome} on {self.day}"


class Replay(models.Model):
    """Past cases, decided again by several people under a draft, blind: what the text would change in practice."""

    version = models.ForeignKey(GuidelineVersion, models.CASCADE, related_name="replays")
    revision = models.PositiveIntegerField()
    rule_codes = ArrayField(models.CharField(max_length=20))
    days = models.PositiveSmallIntegerField()
    left_out = models.PositiveIntegerField(default=0)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    closed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"replay {self.pk} of version {self.version_id}"


class ReplayCase(models.Model):
    """One drawn decision. What was decided then is shown to nobody until the replay is closed."""

    replay = models.ForeignKey(Replay, models.CASCADE, related_name="cases", db_index=False)
    decision = models.ForeignKey(Decision, models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["replay", "decision"], name="replay_draws_a_decision_once"),
        ]

    def __str__(self) -> str:
        return f"case {self.position} of replay {self.replay_id}"


class ReplayVerdict(models.Model):
    """What one person says of a drawn case under the draft. `rule_codes` are codes of the draft."""

    case = models.ForeignKey(ReplayCase, models.CASCADE, related_name="verdicts", db_index=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    revision = models.PositiveIntegerField()
    outcome = models.CharField(max_length=12, choices=Decision.Outcome.choices)
    rule_codes = ArrayField(models.CharField(max_length=20), default=list)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "person"], name="replay_is_judged_once_per_person"),
            models.CheckConstraint(
                name="replay_outcome_valid", condition=Q(outcome__in=["violates", "no_violation", "unsure"])
            ),
            models.CheckConstraint(
                name="replay_of_a_violation_cites_a_rule",
                condition=~Q(outcome="violates") | Q(rule_codes__len__gt=0),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="replay_verdict_is_never_changed", operation=pgtrigger.Update),
            pgtrigger.Trigger(
                name="replay_is_blind",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF EXISTS (SELECT 1 FROM rehearsal_replaycase drawn
                               JOIN rehearsal_replay replay ON replay.id = drawn.replay_id
                               WHERE drawn.id = NEW.case_id AND replay.closed_at IS NOT NULL)
                        OR EXISTS (SELECT 1 FROM rehearsal_replaycase drawn
                                   JOIN decisions_decision decided ON decided.id = drawn.decision_id
                                   JOIN decisions_decision earlier ON earlier.item_id = decided.item_id
                                   WHERE drawn.id = NEW.case_id AND earlier.decider_id = NEW.person_id) THEN
                        RAISE EXCEPTION 'replay_is_blind' USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"verdict of person {self.person_id} on replay case {self.case_id}"
