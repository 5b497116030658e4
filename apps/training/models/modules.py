"""Modules: short sets of real, anonymised cases with explanations; who was given one, and what she answered."""

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from apps.decisions.models import Decision
from apps.guidelines.models import GuidelineVersion, RuleVersion
from apps.queues.models import Queue

DEFINITE = ["violates", "no_violation"]


class Module(models.Model):
    """A set of cases to learn from. Once published it never changes but by being retired; a better one is a new one.

    A targeted module is about a confusion pair: what was `chosen` instead of what was found (`instead_of`), each a
    rule's code or "none" for no violation. Practice and certification modules belong to a queue. `pass_percent` is how
    many answers in a hundred must be right.
    """

    class Kind(models.TextChoices):
        TARGETED = "targeted", "About one confusion"
        PRACTICE = "practice", "Practice for a queue"
        CERTIFICATION = "certification", "Certification for a queue"

    class State(models.TextChoices):
        DRAFT = "draft", "Being put together"
        PUBLISHED = "published", "In use"
        RETIRED = "retired", "Retired"

    kind = models.CharField(max_length=13, choices=Kind.choices)
    title = models.CharField(max_length=120)
    chosen = models.CharField(max_length=20, default="", blank=True)
    instead_of = models.CharField(max_length=20, default="", blank=True)
    language = models.CharField(max_length=8, default="", blank=True)
    queue = models.ForeignKey(Queue, models.PROTECT, null=True, blank=True, related_name="modules")
    version = models.ForeignKey(GuidelineVersion, models.PROTECT, related_name="+")
    pass_percent = models.PositiveSmallIntegerField(default=80)
    state = models.CharField(max_length=9, choices=State.choices, default=State.DRAFT)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(db_default=Now())
    published_at = models.DateTimeField(null=True)
    retired_at = models.DateTimeField(null=True)
    retired_because = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="module_of_a_pair_names_both",
                condition=~Q(kind="targeted")
                | ~Q(chosen="") & ~Q(instead_of="") & ~Q(chosen=F("instead_of")),
            ),
            models.CheckConstraint(
                name="module_for_a_queue_names_it", condition=Q(kind="targeted") | Q(queue__isnull=False)
            ),
            models.CheckConstraint(
                name="module_is_passed_with_half_or_more", condition=Q(pass_percent__range=(50, 100))
            ),
            models.CheckConstraint(
                name="module_state_has_its_moments",
                condition=Q(state="draft", published_at=None, retired_at=None)
                | Q(state="published", published_at__isnull=False, retired_at=None)
                | Q(state="retired", retired_at__isnull=False) & ~Q(retired_because=""),
            ),
        ]
        indexes = [
            models.Index(fields=["queue", "kind"], name="module_in_use", condition=Q(state="published")),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="module_changes_only_by_being_retired",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Condition("OLD.state <> 'draft'"),
                func="""
                    IF TG_OP = 'UPDATE' AND OLD.state = 'published' AND NEW.state = 'retired'
                        AND (to_jsonb(NEW) - 'state' - 'retired_at' - 'retired_because')
                          = (to_jsonb(OLD) - 'state' - 'retired_at' - 'retired_because') THEN
                        RETURN NEW;
                    END IF;
                    RAISE EXCEPTION 'module_changes_only_by_being_retired' USING ERRCODE = 'check_violation';
                """,
            )
        ]

    def __str__(self) -> str:
        return f"module {self.pk} ({self.kind}, {self.state})"


class ModuleCase(models.Model):
    """One case of a module: the words of a real one with everybody taken out, the answer, and why, by the rule's text.

    `decision_id` is where it comes from; it is shown to nobody. The text goes when the content it came from is erased
    (`gone_at`): the case is then left out, and what was answered stays. `rule_version` is the rule the explanation
    cites. Exposure is 2 at most, in the database.
    """

    module = models.ForeignKey(Module, models.PROTECT, related_name="cases", db_index=False)
    position = models.PositiveSmallIntegerField()
    decision_id = models.BigIntegerField(null=True)
    text = models.TextField(blank=True)
    language = models.CharField(max_length=8, default="", blank=True)
    exposure = models.PositiveSmallIntegerField()
    outcome = models.CharField(max_length=12, choices=Decision.Outcome.choices[:2])
    rule_codes = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    rule_version = models.ForeignKey(RuleVersion, models.PROTECT, related_name="+")
    explanation = models.TextField()
    gone_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["module", "position"], name="module_case_once_per_position"),
            models.UniqueConstraint(
                fields=["module", "decision_id"],
                condition=Q(decision_id__isnull=False),
                name="module_shows_a_decision_once",
            ),
            models.CheckConstraint(name="module_case_is_never_above_2", condition=Q(exposure__lte=2)),
            models.CheckConstraint(
                name="module_case_has_a_definite_answer", condition=Q(outcome__in=DEFINITE)
            ),
            models.CheckConstraint(
                name="module_case_of_a_violation_names_a_rule",
                condition=Q(outcome="violates", rule_codes__len__gt=0)
                | Q(outcome="no_violation", rule_codes__len=0),
            ),
            models.CheckConstraint(name="module_case_is_explained", condition=~Q(explanation="")),
            models.CheckConstraint(
                name="module_case_has_words_until_they_are_erased",
                condition=Q(gone_at=None) & ~Q(text="") | Q(gone_at__isnull=False, text=""),
            ),
        ]
        indexes = [models.Index(fields=["decision_id"], name="module_case_by_decision")]
        triggers = [
            pgtrigger.Trigger(
                name="case_of_a_published_module_is_never_changed",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                func="""
                    IF TG_OP = 'UPDATE' AND OLD.gone_at IS NULL AND NEW.gone_at IS NOT NULL
                        AND (to_jsonb(NEW) - 'gone_at' - 'text') = (to_jsonb(OLD) - 'gone_at' - 'text') THEN
                        RETURN NEW;
                    END IF;
                    IF EXISTS (SELECT 1 FROM training_module module WHERE module.state <> 'draft'
                               AND module.id = CASE WHEN TG_OP = 'DELETE' THEN OLD.module_id ELSE NEW.module_id END
                               FOR SHARE) THEN
                        RAISE EXCEPTION 'case_of_a_published_module_is_never_changed'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
                """,
            )
        ]

    def __str__(self) -> str:
        return f"case {self.position} of module {self.module_id}"


class Assignment(models.Model):
    """A module one person works through: by her own choice or given by somebody. Hers and her senior's to see.

    `seen_at` is when the case she is at was put before her. `right` counts the answers that were as explained; it and
    `passed` are set once, when the last is answered.
    """

    class Because(models.TextChoices):
        OWN = "own", "She chose it"
        GIVEN = "given", "Somebody gave it to her"
        PATH = "path", "It is on the path to a queue"

    module = models.ForeignKey(Module, models.PROTECT, related_name="assignments")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    because = models.CharField(max_length=5, choices=Because.choices)
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    given_at = models.DateTimeField(db_default=Now())
    seen_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    asked = models.PositiveSmallIntegerField(null=True)
    right = models.PositiveSmallIntegerField(null=True)
    passed = models.BooleanField(null=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "module"],
                condition=Q(finished_at=None),
                name="module_open_once_per_person",
            ),
            models.CheckConstraint(
                name="module_is_finished_as_a_whole",
                condition=Q(finished_at=None, asked=None, right=None, passed=None)
                | Q(
                    finished_at__isnull=False,
                    asked__isnull=False,
                    right__isnull=False,
                    passed__isnull=False,
                    right__lte=F("asked"),
                ),
            ),
            models.CheckConstraint(
                name="own_choice_is_ones_own", condition=~Q(because="own") | Q(given_by=F("person"))
            ),
        ]
        indexes = [models.Index(fields=["person", "-id"], name="assignment_by_person")]
        triggers = [
            pgtrigger.Trigger(
                name="finished_module_is_never_changed",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Condition("OLD.finished_at IS NOT NULL"),
                func="RAISE EXCEPTION 'finished_module_is_never_changed' USING ERRCODE = 'check_violation';",
            ),
            pgtrigger.Trigger(
                name="module_is_given_while_in_use",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF NOT EXISTS (SELECT 1 FROM training_module WHERE id = NEW.module_id AND state = 'published') THEN
                        RAISE EXCEPTION 'module_is_given_while_in_use' USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"module {self.module_id} of person {self.person_id}"


class Answer(models.Model):
    """What she said of one case, and how long she took over it: time of the shift it was answered in, without exposure.

    `seconds` is at most a quarter of an hour, whenever the page was left open. Never changed.
    """

    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="answers", db_index=False)
    case = models.ForeignKey(ModuleCase, models.PROTECT, related_name="answers")
    outcome = models.CharField(max_length=12, choices=Decision.Outcome.choices)
    rule_codes = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    right = models.BooleanField()
    shift_id = models.BigIntegerField()
    seconds = models.PositiveSmallIntegerField()
    at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["assignment", "case"], name="module_case_is_answered_once"),
            models.CheckConstraint(name="answer_takes_a_quarter_at_most", condition=Q(seconds__lte=900)),
            models.CheckConstraint(
                name="answer_outcome_valid", condition=Q(outcome__in=[*DEFINITE, "unsure"])
            ),
        ]
        indexes = [models.Index(fields=["shift_id"], name="answer_by_shift")]
        triggers = [
            pgtrigger.Protect(name="answer_is_never_changed", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(
                name="answer_is_to_a_case_of_the_module",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF NOT EXISTS (
                        SELECT 1 FROM training_assignment mine
                        JOIN training_modulecase asked ON asked.module_id = mine.module_id
                        WHERE mine.id = NEW.assignment_id AND asked.id = NEW.case_id AND mine.finished_at IS NULL
                    ) THEN
                        RAISE EXCEPTION 'answer_is_to_a_case_of_the_module' USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"answer to case {self.case_id}"
