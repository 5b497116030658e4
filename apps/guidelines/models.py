import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class GuidelineVersion(models.Model):
    """A set of policies and rules. Once published it never changes; one version is in force at a time."""

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        PUBLISHED = "published", "In force"
        RETIRED = "retired", "Retired"

    code = models.CharField(max_length=40)
    title = models.CharField(max_length=200)
    number = models.CharField(max_length=20)
    language = models.CharField(max_length=8, default="en")
    principles = models.JSONField(default=list)
    actions = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    created_at = models.DateTimeField(db_default=Now())
    published_at = models.DateTimeField(null=True)
    retired_at = models.DateTimeField(null=True)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    reason = models.TextField(default="", blank=True)

    class Meta:
        constraints = [
            # A number is an address for ever (/guidelines/versions/1.0.0/), so no two versions share one.
            models.UniqueConstraint(fields=["number"], name="guideline_version_number_once"),
            models.UniqueConstraint(
                fields=["state"], condition=Q(state="published"), name="guideline_version_one_in_force"
            ),
            models.CheckConstraint(
                name="guideline_version_state_valid", condition=Q(state__in=["draft", "published", "retired"])
            ),
            models.CheckConstraint(
                name="guideline_version_published_has_a_time",
                condition=Q(state="draft", published_at=None)
                | ~Q(state="draft") & Q(published_at__isnull=False),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="published_guideline_is_never_changed",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                func="""
                    IF OLD.state = 'draft' THEN
                        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
                        RETURN NEW;
                    END IF;
                    IF TG_OP = 'UPDATE' AND OLD.state = 'published' AND NEW.state = 'retired'
                        AND (to_jsonb(NEW) - 'state' - 'retired_at') = (to_jsonb(OLD) - 'state' - 'retired_at') THEN
                        RETURN NEW;
                    END IF;
                    RAISE EXCEPTION 'published_guideline_is_never_changed' USING ERRCODE = 'check_violation';
                """,
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.number}"


class Policy(models.Model):
    version = models.ForeignKey(GuidelineVersion, models.CASCADE, related_name="policies")
    code = models.CharField(max_length=10)
    title = models.CharField(max_length=200)
    description = models.TextField()
    severity = models.PositiveSmallIntegerField()
    dsa_category = models.CharField(max_length=120)
    position = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name_plural = "policies"
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["version", "code"], name="policy_code_once_per_version"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="policy_of_a_published_version_is_never_changed",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                declare=[("version_state", "text")],
                func="""
                    SELECT state INTO version_state FROM guidelines_guidelineversion
                    WHERE id = COALESCE(OLD.version_id, NEW.version_id);
                    IF version_state <> 'draft' THEN
                        RAISE EXCEPTION 'policy_of_a_published_version_is_never_changed'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
                    RETURN NEW;
                """,
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"


class RuleVersion(models.Model):
    """A rule as one guideline version words it. `code` is the rule's name across versions."""

    version = models.ForeignKey(GuidelineVersion, models.CASCADE, related_name="rules")
    policy = models.ForeignKey(Policy, models.CASCADE, related_name="rules")
    code = models.CharField(max_length=20)
    title = models.CharField(max_length=200)
    description = models.TextField()
    severity = models.PositiveSmallIntegerField()
    exposure = models.PositiveSmallIntegerField()
    violating_examples = models.JSONField(default=list)
    allowed_examples = models.JSONField(default=list)
    actions = ArrayField(models.CharField(max_length=40), default=list)
    dsa_category = models.CharField(max_length=120)
    dsa_keywords = ArrayField(models.CharField(max_length=120), default=list, blank=True)
    handling = models.JSONField(default=dict)
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["version", "code"], name="rule_code_once_per_version"),
            models.CheckConstraint(name="rule_severity_1_to_5", condition=Q(severity__range=(1, 5))),
            models.CheckConstraint(name="rule_exposure_0_to_4", condition=Q(exposure__range=(0, 4))),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="rule_of_a_published_version_is_never_changed",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                declare=[("version_state", "text")],
                func="""
                    SELECT state INTO version_state FROM guidelines_guidelineversion
                    WHERE id = COALESCE(OLD.version_id, NEW.version_id);
                    IF version_state <> 'draft' THEN
                        RAISE EXCEPTION 'rule_of_a_published_version_is_never_changed'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
                    RETURN NEW;
                """,
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"
