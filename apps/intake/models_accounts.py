import pgtrigger
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class AccountEvidence(models.Model):
    """One part of what was told of an account's conduct, as it was told: never changed, never put together anew.

    `sha256` is of the part, who told it and its facts; it stays when the facts, which may name others, are erased.
    What came with a flag of a *shadow* is kept and shown to nobody.
    """

    class Part(models.TextChoices):
        GROWTH = "growth", "Growth"
        FINGERPRINTS = "fingerprints", "Shared fingerprints"
        PURCHASES = "purchases", "Purchase patterns"
        IMPERSONATION = "impersonation", "Impersonation"

    item = models.ForeignKey("intake.Item", models.PROTECT, related_name="account_evidence", db_index=False)
    item_revision = models.PositiveIntegerField()
    part = models.CharField(max_length=13, choices=Part.choices)
    facts = models.JSONField()
    told_with = models.CharField(max_length=6)
    detector = models.CharField(max_length=80, default="", blank=True)
    detector_version = models.CharField(max_length=40, default="", blank=True)
    shadow = models.BooleanField(default=False, db_default=False)
    sha256 = models.CharField(max_length=64)
    key_id = models.BigIntegerField(null=True)
    received_at = models.DateTimeField(db_default=Now())
    erased_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["item", "sha256"], name="account_evidence_once"),
            models.CheckConstraint(
                name="account_evidence_part_valid",
                condition=Q(part__in=["growth", "fingerprints", "purchases", "impersonation"]),
            ),
            models.CheckConstraint(
                name="account_evidence_told_with_a_line",
                condition=Q(told_with__in=["item", "report"], detector="", shadow=False)
                | Q(told_with="flag") & ~Q(detector=""),
            ),
        ]
        indexes = [models.Index(fields=["item", "part", "-id"], name="account_evidence_newest")]
        triggers = [
            pgtrigger.Trigger(
                name="account_evidence_is_of_an_account",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF NOT EXISTS (SELECT 1 FROM intake_item WHERE id = NEW.item_id AND kind = 'account') THEN
                        RAISE EXCEPTION 'account_evidence_is_of_an_account' USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="account_evidence_changes_only_by_being_erased",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                func="""
                    IF TG_OP = 'UPDATE' AND OLD.erased_at IS NULL AND NEW.erased_at IS NOT NULL
                        AND NEW.facts = '{}'::jsonb
                        AND (to_jsonb(NEW) - '{facts,erased_at}'::text[]) = (to_jsonb(OLD) - '{facts,erased_at}'::text[]) THEN
                        RETURN NEW;
                    END IF;
                    RAISE EXCEPTION 'account_evidence_changes_only_by_being_erased' USING ERRCODE = 'check_violation';
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.part} of the account that is item {self.item_id}"
