import uuid

import pgtrigger
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Now

from apps.guidelines.models.guards import never_changed

BEING_WRITTEN = ("draft", "in_review")
PUBLISHED_EVER = ("published", "retired")
SET_BY_PUBLISHING = (
    "ARRAY['state', 'published_at', 'published_by_id', 'seconded_by_id', 'publication', 'reason']"
)


class GuidelineVersion(models.Model):
    """A set of policies and rules. Once published it never changes; one version is in force at a time.

    It is in force from `published_at` until `retired_at`: the moments at which it takes effect and at which
    the next one does. Both are set when the publication is written, a few seconds before they come
    (`operations.publishing.LEAD`), so that every process knows of the change before it is so.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        IN_REVIEW = "in_review", "In review"
        PUBLISHED = "published", "In force"
        RETIRED = "retired", "Retired"

    class Publication(models.TextChoices):
        REVIEWED = "reviewed", "Reviewed and approved"
        EMERGENCY = "emergency", "Emergency publication by two people, without review"
        INSTALLED = "installed", "Installed from the command line, without review"
        EARLY = "early", "Published before reviews were kept"

    code = models.CharField(max_length=40)
    title = models.CharField(max_length=200)
    number = models.CharField(max_length=20)
    language = models.CharField(max_length=8, default="en")
    principles = models.JSONField(default=list)
    actions = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    revision = models.PositiveIntegerField(default=0)
    base = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    restores = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField(null=True)
    retired_at = models.DateTimeField(null=True)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    seconded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    publication = models.CharField(max_length=10, choices=Publication.choices, default="", blank=True)
    reason = models.TextField(default="", blank=True)

    class Meta:
        constraints = [
            # A number is an address for ever (/guidelines/versions/1.0.0/), so no two versions share one.
            models.UniqueConstraint(fields=["number"], name="guideline_version_number_once"),
            models.UniqueConstraint(
                fields=["state"], condition=Q(state="published"), name="guideline_version_one_in_force"
            ),
            ExclusionConstraint(
                name="two_versions_are_never_in_force_at_once",
                expressions=[
                    (
                        Func(
                            F("published_at"),
                            F("retired_at"),
                            function="tstzrange",
                            output_field=DateTimeRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    )
                ],
                condition=Q(state__in=PUBLISHED_EVER),
            ),
            models.CheckConstraint(
                name="guideline_version_state_valid",
                condition=Q(state__in=["draft", "in_review", "published", "retired"]),
            ),
            models.CheckConstraint(
                name="guideline_version_published_has_a_time",
                condition=Q(state__in=BEING_WRITTEN, published_at=None)
                | Q(state__in=PUBLISHED_EVER, published_at__isnull=False),
            ),
            models.CheckConstraint(
                name="retired_version_has_an_end",
                condition=Q(state="retired", retired_at__isnull=False)
                | ~Q(state="retired") & Q(retired_at=None),
            ),
            models.CheckConstraint(
                name="publication_says_how_it_came_about",
                condition=Q(state__in=BEING_WRITTEN, publication="")
                | Q(
                    state__in=PUBLISHED_EVER, publication__in=["reviewed", "emergency", "installed", "early"]
                ),
            ),
            models.CheckConstraint(
                name="publication_gives_a_reason", condition=Q(state__in=BEING_WRITTEN) | ~Q(reason="")
            ),
            models.CheckConstraint(
                name="publication_is_by_a_person_unless_installed",
                condition=~Q(publication__in=["reviewed", "emergency"]) | Q(published_by__isnull=False),
            ),
            models.CheckConstraint(
                name="emergency_publication_takes_two_people",
                condition=Q(publication="emergency", seconded_by__isnull=False)
                & ~Q(seconded_by=F("published_by"))
                | ~Q(publication="emergency") & Q(seconded_by=None),
            ),
            models.CheckConstraint(
                name="only_the_command_line_installs",
                condition=~Q(publication="installed") | Q(published_by=None),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="guideline_version_is_born_a_draft",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                condition=pgtrigger.Condition("NEW.state <> 'draft'"),
                func="RAISE EXCEPTION 'guideline_version_is_born_a_draft' USING ERRCODE = 'check_violation';",
            ),
            pgtrigger.Trigger(
                name="published_guideline_is_never_changed",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                declare=[("set_by_publishing", f"text[] := {SET_BY_PUBLISHING}")],
                func="""
                    IF OLD.state IN ('draft', 'in_review') THEN
                        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
                        IF NEW.state IN ('draft', 'in_review') THEN
                            IF (NEW.code, NEW.title, NEW.number, NEW.language, NEW.principles, NEW.actions, NEW.base_id)
                                IS DISTINCT FROM
                               (OLD.code, OLD.title, OLD.number, OLD.language, OLD.principles, OLD.actions, OLD.base_id)
                            THEN
                                NEW.revision := OLD.revision + 1;
                            END IF;
                            IF NEW.revision >= OLD.revision THEN RETURN NEW; END IF;
                        ELSIF NEW.state = 'published' AND
                            to_jsonb(NEW) - set_by_publishing
                          = to_jsonb(OLD) - set_by_publishing
                        THEN
                            RETURN NEW;
                        END IF;
                    ELSIF TG_OP = 'UPDATE' AND OLD.state = 'published' AND NEW.state = 'retired'
                        AND to_jsonb(NEW) - ARRAY['state', 'retired_at'] = to_jsonb(OLD) - ARRAY['state', 'retired_at'] THEN
                        RETURN NEW;
                    END IF;
                    RAISE EXCEPTION 'published_guideline_is_never_changed' USING ERRCODE = 'check_violation';
                """,
            ),
            pgtrigger.Trigger(
                name="publication_is_approved",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition("OLD.state <> 'published' AND NEW.state = 'published'"),
                declare=[("predecessor", "bigint")],
                func="""
                    IF NEW.publication NOT IN ('reviewed', 'emergency', 'installed') THEN
                        RAISE EXCEPTION 'publication_is_approved' USING ERRCODE = 'check_violation';
                    END IF;
                    IF NEW.publication = 'reviewed' THEN
                        IF OLD.state <> 'in_review' OR NOT EXISTS (
                            SELECT 1 FROM guidelines_approval approval
                            WHERE approval.version_id = NEW.id AND approval.revision = NEW.revision
                              AND approval.withdrawn_at IS NULL
                              AND approval.person_id IS DISTINCT FROM NEW.created_by_id
                              AND NOT EXISTS (SELECT 1 FROM guidelines_draftedit edit
                                              WHERE edit.version_id = NEW.id AND edit.person_id = approval.person_id)
                        ) THEN
                            RAISE EXCEPTION 'publication_is_approved' USING ERRCODE = 'check_violation';
                        END IF;
                        IF EXISTS (SELECT 1 FROM guidelines_comment WHERE version_id = NEW.id AND resolved_at IS NULL) THEN
                            RAISE EXCEPTION 'comments_are_resolved_before_publishing' USING ERRCODE = 'check_violation';
                        END IF;
                    END IF;
                    SELECT id INTO predecessor FROM guidelines_guidelineversion
                    WHERE state = 'retired' AND retired_at = NEW.published_at;
                    IF predecessor IS NULL AND EXISTS (
                        SELECT 1 FROM guidelines_guidelineversion WHERE state IN ('published', 'retired')) THEN
                        RAISE EXCEPTION 'guidelines_are_never_without_a_version_in_force' USING ERRCODE = 'check_violation';
                    END IF;
                    IF NEW.base_id IS DISTINCT FROM predecessor THEN
                        RAISE EXCEPTION 'no_version_is_passed_over' USING ERRCODE = 'check_violation';
                    END IF;
                    IF EXISTS (
                        SELECT 1 FROM guidelines_ruleversion rule WHERE rule.version_id = predecessor
                          AND NOT EXISTS (SELECT 1 FROM guidelines_ruleversion kept
                                          WHERE kept.version_id = NEW.id AND kept.identity = rule.identity)
                          AND NOT EXISTS (SELECT 1 FROM guidelines_retiredrule gone
                                          WHERE gone.version_id = NEW.id AND gone.identity = rule.identity)
                    ) THEN
                        RAISE EXCEPTION 'rule_is_retired_never_dropped' USING ERRCODE = 'check_violation';
                    END IF;
                    IF EXISTS (
                        SELECT 1 FROM guidelines_ruleversion rule
                        JOIN guidelines_ruleversion other ON other.code = rule.code AND other.identity <> rule.identity
                        JOIN guidelines_guidelineversion v ON v.id = other.version_id AND v.state IN ('published', 'retired')
                        WHERE rule.version_id = NEW.id
                    ) THEN
                        RAISE EXCEPTION 'code_names_one_rule_for_ever' USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="guidelines_are_never_without_a_version_in_force",
                when=pgtrigger.After,
                operation=pgtrigger.Update,
                timing=pgtrigger.Deferred,
                condition=pgtrigger.Condition("OLD.state = 'published' AND NEW.state = 'retired'"),
                func="""
                    IF NOT EXISTS (SELECT 1 FROM guidelines_guidelineversion next
                                   WHERE next.state IN ('published', 'retired') AND next.published_at = NEW.retired_at) THEN
                        RAISE EXCEPTION 'guidelines_are_never_without_a_version_in_force' USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NULL;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.number}"

    @property
    def is_being_written(self) -> bool:
        """Whether it may still change: a draft, or one in review."""
        return self.state in BEING_WRITTEN


class Policy(models.Model):
    """A policy as one version words it. `identity` is the same in every version, whatever its code."""

    version = models.ForeignKey(GuidelineVersion, models.CASCADE, related_name="policies", db_index=False)
    identity = models.UUIDField(default=uuid.uuid4)
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
            models.UniqueConstraint(fields=["version", "identity"], name="policy_once_per_version"),
        ]
        triggers = [never_changed("policy_of_a_published_version_is_never_changed", moves_the_revision=True)]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"


class Compatibility(models.TextChoices):
    """How a rule relates to the rules it comes from; chosen by the author, for whoever learns from decisions."""

    SAME = "same", "Same meaning"
    NARROWED = "narrowed", "Narrowed: covers less than before"
    WIDENED = "widened", "Widened: covers more than before"
    SPLIT = "split", "Split: one of several that one rule became"
    MERGED = "merged", "Merged: several rules became one"
    NEW = "new", "New"


class RuleVersion(models.Model):
    """A rule as one guideline version words it. `identity` is the rule across versions; `code` is its name,
    which may change, and which no other rule ever bears (`code_names_one_rule_for_ever`).

    `questions` is a list of {"key", "text", "options"}: what a moderator must answer when she cites the rule.
    `compatibility` and `predecessors` (codes in the version before) say what it was made of, `was` its own code
    there when it was renamed, and `note` tells the change in a sentence.
    """

    version = models.ForeignKey(GuidelineVersion, models.CASCADE, related_name="rules", db_index=False)
    policy = models.ForeignKey(Policy, models.CASCADE, related_name="rules")
    identity = models.UUIDField(default=uuid.uuid4)
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
    questions = models.JSONField(default=list)
    check_required = models.BooleanField(default=False)
    compatibility = models.CharField(max_length=10, choices=Compatibility.choices, default="", blank=True)
    predecessors = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    was = models.CharField(max_length=20, default="", blank=True)
    note = models.CharField(max_length=500, default="", blank=True)
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["version", "code"], name="rule_code_once_per_version"),
            models.UniqueConstraint(fields=["version", "identity"], name="rule_once_per_version"),
            models.CheckConstraint(name="rule_severity_1_to_5", condition=Q(severity__range=(1, 5))),
            models.CheckConstraint(name="rule_exposure_0_to_4", condition=Q(exposure__range=(0, 4))),
            models.CheckConstraint(
                name="rule_compatibility_valid", condition=Q(compatibility__in=["", *Compatibility.values])
            ),
        ]
        indexes = [
            # Serves the history of a rule and the address of a code that was renamed.
            models.Index(fields=["code"], name="rule_by_code"),
            models.Index(fields=["identity"], name="rule_by_identity"),
        ]
        triggers = [never_changed("rule_of_a_published_version_is_never_changed", moves_the_revision=True)]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"


class RetiredRule(models.Model):
    """A rule of the version before that this version gives up. `code` is what it was called there,
    `successors` are the codes of the rules that take its place here."""

    version = models.ForeignKey(
        GuidelineVersion, models.CASCADE, related_name="retired_rules", db_index=False
    )
    identity = models.UUIDField()
    code = models.CharField(max_length=20)
    title = models.CharField(max_length=200)
    successors = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    note = models.CharField(max_length=500, default="", blank=True)

    class Meta:
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(fields=["version", "identity"], name="rule_retired_once_per_version"),
        ]
        triggers = [never_changed("retired_rule_never_changes_once_published", moves_the_revision=True)]

    def __str__(self) -> str:
        return f"{self.code} retired in version {self.version_id}"
