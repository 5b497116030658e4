"""The table of translations: separate texts, each tied to the very words it translates."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now


class Translation(models.Model):
    """One text of the guidelines in another language: of a rule, of a policy, or of what stands around them.

    It names what it translates by the words themselves (`source`, `source_sha256`): whatever version holds
    these words, the translation is of them; where the words have moved on, it is stale. A correction is a new
    row; the newest counts. It is unreviewed until somebody with that language has read it.
    """

    class Kind(models.TextChoices):
        SET = "set", "Title, principles and actions"
        POLICY = "policy", "Policy"
        RULE = "rule", "Rule"

    kind = models.CharField(max_length=6, choices=Kind.choices)
    code = models.CharField(max_length=20, default="", blank=True)
    language = models.CharField(max_length=8)
    source = models.JSONField()
    source_sha256 = models.CharField(max_length=64)
    texts = models.JSONField()
    translated_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    translated_at = models.DateTimeField(db_default=Now())
    reviewed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    reviewed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="translation_kind_valid", condition=Q(kind__in=["set", "policy", "rule"])
            ),
            models.CheckConstraint(
                name="translation_names_what_it_translates",
                condition=Q(kind="set", code="") | ~Q(kind="set") & ~Q(code=""),
            ),
            models.CheckConstraint(
                name="translation_reviewer_is_never_the_translator",
                condition=Q(reviewed_by=None) | Q(translated_by=None) | ~Q(reviewed_by=F("translated_by")),
            ),
            models.CheckConstraint(
                name="translation_reviewed_by_somebody_at_a_time",
                condition=Q(reviewed_by=None, reviewed_at=None)
                | Q(reviewed_by__isnull=False, reviewed_at__isnull=False),
            ),
        ]
        indexes = [
            # Serves reading: the newest text of each thing in a language.
            models.Index(fields=["language", "kind", "code", "-id"], name="translation_newest"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="translation_changes_only_by_being_reviewed_once",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                func="""
                    IF TG_OP = 'UPDATE' AND OLD.reviewed_at IS NULL AND NEW.reviewed_at IS NOT NULL
                        AND (to_jsonb(NEW) - 'reviewed_by_id' - 'reviewed_at')
                          = (to_jsonb(OLD) - 'reviewed_by_id' - 'reviewed_at') THEN
                        RETURN NEW;
                    END IF;
                    RAISE EXCEPTION 'translation_changes_only_by_being_reviewed_once'
                        USING ERRCODE = 'check_violation';
                """,
            ),
            pgtrigger.Trigger(
                name="translation_reviewer_has_its_language",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                condition=pgtrigger.Condition("NEW.reviewed_by_id IS NOT NULL"),
                func="""
                    IF NOT EXISTS (SELECT 1 FROM accounts_user person
                                   WHERE person.id = NEW.reviewed_by_id AND NEW.language = ANY(person.languages)) THEN
                        RAISE EXCEPTION 'translation_reviewer_has_its_language'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.language} of {self.kind} {self.code}".strip()
