"""Decisions that nobody made one by one: kept in sets, so that they can be looked at and reversed together."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class DecisionSet(models.Model):
    """Decisions with one cause: a bank's entry they match, or a decision on a near-duplicate (`root`)."""

    class Kind(models.TextChoices):
        MATCH = "match", "Match with a bank"
        CLUSTER = "cluster", "Near-duplicates"

    kind = models.CharField(max_length=8, choices=Kind.choices)
    entry_id = models.BigIntegerField(null=True)
    cluster_id = models.BigIntegerField(null=True)
    root = models.ForeignKey(
        "decisions.Decision", models.PROTECT, null=True, related_name="carried_to", db_index=False
    )
    rule_code = models.CharField(max_length=20)
    opened_at = models.DateTimeField(db_default=Now())
    reversed_at = models.DateTimeField(null=True)
    reversed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    reversed_because = models.CharField(max_length=300, default="", blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="decision_set_has_one_cause",
                condition=Q(kind="match", entry_id__isnull=False, cluster_id=None, root=None)
                | Q(kind="cluster", entry_id=None, cluster_id__isnull=False, root__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["entry_id"], condition=Q(reversed_at=None), name="decision_set_one_open_per_entry"
            ),
            models.UniqueConstraint(fields=["root"], name="decision_set_once_per_root"),
            models.CheckConstraint(
                name="decision_set_reversed_says_who_and_why",
                condition=Q(reversed_at=None, reversed_by=None, reversed_because="")
                | Q(reversed_at__isnull=False, reversed_by__isnull=False) & ~Q(reversed_because=""),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="decision_set_is_reversed_once",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                func="""
                    IF TG_OP = 'UPDATE' AND OLD.reversed_at IS NULL AND NEW.reversed_at IS NOT NULL
                        AND (to_jsonb(NEW) - 'reversed_at' - 'reversed_by_id' - 'reversed_because')
                          = (to_jsonb(OLD) - 'reversed_at' - 'reversed_by_id' - 'reversed_because') THEN
                        RETURN NEW;
                    END IF;
                    RAISE EXCEPTION 'decision_set_is_reversed_once' USING ERRCODE = 'check_violation';
                """,
            )
        ]

    def __str__(self) -> str:
        return f"set {self.pk} ({self.kind})"


class DecisionInSet(models.Model):
    """A decision of a set. A set that was reversed takes in no more."""

    set = models.ForeignKey(DecisionSet, models.PROTECT, related_name="decisions")
    decision = models.OneToOneField("decisions.Decision", models.PROTECT, related_name="in_set")

    class Meta:
        triggers = [
            pgtrigger.Protect(
                name="decision_stays_in_its_set", operation=pgtrigger.Update | pgtrigger.Delete
            ),
            pgtrigger.Trigger(
                name="reversed_set_takes_in_no_more",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                declare=[("ended", "timestamptz")],
                func="""
                    -- The set's row is the lock: whoever reverses it waits for this decision, or this one for him.
                    SELECT reversed_at INTO ended FROM decisions_decisionset WHERE id = NEW.set_id FOR SHARE;
                    IF ended IS NOT NULL THEN
                        RAISE EXCEPTION 'reversed_set_takes_in_no_more' USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"decision {self.decision_id} in set {self.set_id}"


class MatchAudit(models.Model):
    """An automatic decision drawn to be looked over: by fingerprint, distance and opinions; nothing is shown."""

    class Verdict(models.TextChoices):
        STANDS = "stands", "The match stands"
        WRONG = "wrong", "The match is wrong"

    decision = models.OneToOneField("decisions.Decision", models.PROTECT, related_name="audit")
    match_id = models.BigIntegerField()
    added_by_id = models.BigIntegerField(null=True)  # who put the fingerprint into the bank
    verdict = models.CharField(max_length=8, choices=Verdict.choices, default="", blank=True)
    why = models.CharField(max_length=300, default="", blank=True)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    drawn_at = models.DateTimeField(db_default=Now())
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                name="match_audit_answered_says_who_and_why",
                condition=Q(verdict="", person=None, answered_at=None)
                | Q(verdict__in=["stands", "wrong"], person__isnull=False, answered_at__isnull=False)
                & ~Q(why=""),
            ),
            models.CheckConstraint(
                name="match_is_never_audited_by_who_added_it",
                condition=Q(added_by_id=None) | Q(person=None) | ~Q(person_id=models.F("added_by_id")),
            ),
        ]
        indexes = [models.Index(fields=["id"], name="match_audit_open", condition=Q(verdict=""))]
        triggers = [
            pgtrigger.Trigger(
                name="match_audit_is_answered_once",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                func="""
                    IF TG_OP = 'DELETE' OR OLD.verdict <> '' THEN
                        RAISE EXCEPTION 'match_audit_is_answered_once' USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            )
        ]

    def __str__(self) -> str:
        return f"audit of decision {self.decision_id}"
