import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from apps.decisions.models import Decision
from apps.guidelines.models import GuidelineVersion
from apps.intake.models import Item, Reporter
from apps.queues.models import Case


class Appeal(models.Model):
    """Somebody asks for a second hearing of a decision. Many of one item join one case.

    `party` tells those of one side apart: 'author', a reporter's number, or the hash of what came through a
    reporter's link, which names nobody. What was said lies in AppealWords; here are ids and moments only.
    """

    class By(models.TextChoices):
        AUTHOR = "author", "The author"
        REPORTER = "reporter", "Somebody who reported"

    class State(models.TextChoices):
        OPEN = "open", "Waiting to be heard"
        DECIDED = "decided", "Decided"

    class Outcome(models.TextChoices):
        UPHELD = "upheld", "The decision stands"
        OVERTURNED = "overturned", "The decision was overturned"
        PARTLY = "partly", "The decision was changed in part"

    decision = models.ForeignKey(Decision, models.PROTECT, related_name="appeals", db_index=False)
    item = models.ForeignKey(Item, models.PROTECT, related_name="+")
    case = models.ForeignKey(Case, models.PROTECT, related_name="appeals", db_index=False)
    by = models.CharField(max_length=8, choices=By.choices)
    party = models.CharField(max_length=64)
    reporter = models.ForeignKey(Reporter, models.PROTECT, null=True, related_name="+")
    key_id = models.BigIntegerField(null=True)
    lodged_at = models.DateTimeField()
    window_ends_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    outcome = models.CharField(max_length=10, choices=Outcome.choices, null=True)
    decided_by = models.ForeignKey(Decision, models.PROTECT, null=True, related_name="settles_appeals")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["decision", "by", "party"], name="appeal_once_per_party"),
            models.CheckConstraint(name="appeal_side_valid", condition=Q(by__in=["author", "reporter"])),
            models.CheckConstraint(name="appeal_state_valid", condition=Q(state__in=["open", "decided"])),
            models.CheckConstraint(
                name="appeal_outcome_valid",
                condition=Q(outcome=None) | Q(outcome__in=["upheld", "overturned", "partly"]),
            ),
            models.CheckConstraint(
                name="appeal_is_lodged_in_time", condition=Q(lodged_at__lte=F("window_ends_at"))
            ),
            models.CheckConstraint(
                name="appeal_decided_names_outcome_and_decision",
                condition=Q(state="open", outcome=None, decided_by=None, decided_at=None)
                | Q(
                    state="decided",
                    outcome__isnull=False,
                    decided_by__isnull=False,
                    decided_at__isnull=False,
                ),
            ),
        ]
        indexes = [
            models.Index(fields=["case"], name="appeal_by_case"),
            models.Index(fields=["item"], name="appeal_open_by_item", condition=Q(state="open")),
            models.Index(fields=["-id"], name="appeal_newest"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="appeal_changes_only_by_being_decided_once",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                func="""
                    IF TG_OP = 'UPDATE' AND OLD.state = 'open' AND NEW.state = 'decided'
                        AND (to_jsonb(NEW) - '{state,outcome,decided_by_id,decided_at}'::text[])
                          = (to_jsonb(OLD) - '{state,outcome,decided_by_id,decided_at}'::text[]) THEN
                        RETURN NEW;
                    END IF;
                    RAISE EXCEPTION 'appeal_changes_only_by_being_decided_once' USING ERRCODE = 'check_violation';
                """,
            ),
            pgtrigger.Trigger(
                name="appeal_joins_a_case_of_its_item",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF NOT EXISTS (
                        SELECT 1 FROM queues_case cs JOIN decisions_decision decided ON decided.id = NEW.decision_id
                        WHERE cs.id = NEW.case_id AND cs.purpose = 'appeal'
                          AND cs.item_id = NEW.item_id AND decided.item_id = NEW.item_id
                    ) THEN
                        RAISE EXCEPTION 'appeal_joins_a_case_of_its_item' USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"appeal {self.pk} of decision {self.decision_id} ({self.state})"


class AppealWords(models.Model):
    """What somebody said for her appeal. Personal data: erasable."""

    appeal = models.OneToOneField(Appeal, models.CASCADE, related_name="words")
    statement = models.TextField()
    language = models.CharField(max_length=8, default="", blank=True)
    erased_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"words of appeal {self.appeal_id}"


class AppealFile(models.Model):
    """A file sent as evidence: a picture, or a document. Kept under its SHA-256, shown to whoever hears the appeal."""

    appeal = models.ForeignKey(Appeal, models.CASCADE, related_name="files", db_index=False)
    file = models.CharField(max_length=200)
    mime = models.CharField(max_length=60)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    veil = models.TextField(default="", blank=True)
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["appeal", "sha256"], name="appeal_file_kept_once"),
        ]

    def __str__(self) -> str:
        return f"file {self.pk} of appeal {self.appeal_id}"


class FirstJudgement(models.Model):
    """What the person who hears an appeal says of the item before she reads the decision appealed. Never changed.

    `verdict` is the form as she sent it, so that she goes on from it.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="first_judgements", db_index=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    guideline_version = models.ForeignKey(GuidelineVersion, models.PROTECT, related_name="+")
    outcome = models.CharField(
        max_length=12, choices=[("violates", "Breaks a rule"), ("no_violation", "No violation")]
    )
    rule_codes = ArrayField(models.CharField(max_length=20), default=list)
    actions = ArrayField(models.CharField(max_length=40), default=list)
    verdict = models.JSONField(default=dict)
    judged_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "person"], name="appeal_judged_first_once_per_person"),
            models.CheckConstraint(
                name="first_judgement_outcome_valid", condition=Q(outcome__in=["violates", "no_violation"])
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="first_judgement_is_never_changed", operation=pgtrigger.Update | pgtrigger.Delete
            ),
            pgtrigger.Trigger(
                name="first_judgement_is_by_somebody_new",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF NOT EXISTS (SELECT 1 FROM queues_case cs JOIN queues_claim claim ON claim.case_id = cs.id
                                   WHERE cs.id = NEW.case_id AND cs.purpose = 'appeal' AND cs.state = 'claimed'
                                     AND claim.holder_id = NEW.person_id AND claim.ended_at IS NULL)
                        OR EXISTS (
                            SELECT 1 FROM queues_case cs JOIN decisions_decision earlier ON earlier.item_id = cs.item_id
                            WHERE cs.id = NEW.case_id AND earlier.decider_id = NEW.person_id AND NOT earlier.withdraws
                              AND NOT EXISTS (SELECT 1 FROM decisions_decision undo
                                              WHERE undo.supersedes_id = earlier.id AND undo.withdraws)) THEN
                        RAISE EXCEPTION 'first_judgement_is_by_somebody_new' USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"first judgement of case {self.case_id}"


class HeardDecision(Decision):
    """A decision as this room guards it: one on an appeal is made by somebody who judged first."""

    class Meta:
        proxy = True
        triggers = [
            pgtrigger.Trigger(
                name="appeal_is_judged_before_it_is_decided",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                condition=pgtrigger.Condition("NEW.purpose = 'appeal' AND NOT NEW.withdraws"),
                func="""
                    IF EXISTS (SELECT 1 FROM appeals_appeal WHERE case_id = NEW.case_id)
                        AND NOT EXISTS (SELECT 1 FROM appeals_firstjudgement first
                                        WHERE first.case_id = NEW.case_id AND first.person_id = NEW.decider_id) THEN
                        RAISE EXCEPTION 'appeal_is_judged_before_it_is_decided' USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            )
        ]


class AppealReminder(models.Model):
    """That a deadline came near, or passed, was said once."""

    class Kind(models.TextChoices):
        SOON = "soon", "Due within a quarter of the time"
        OVERDUE = "overdue", "Overdue"

    case = models.ForeignKey(Case, models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "kind"], name="appeal_reminded_once"),
            models.CheckConstraint(
                name="appeal_reminder_kind_valid", condition=Q(kind__in=["soon", "overdue"])
            ),
        ]

    def __str__(self) -> str:
        return f"reminder ({self.kind}) of case {self.case_id}"


class AppealDay(models.Model):
    """How appeals decided on one day came out, by what was appealed. An appeal under two rules counts for both;
    `rule_code` '' is the sum of all, in which each counts once."""

    day = models.DateField()
    rule_code = models.CharField(max_length=20, default="", blank=True)
    language = models.CharField(max_length=8, default="", blank=True)
    detection_source = models.CharField(max_length=20)
    origin = models.CharField(max_length=16)
    by = models.CharField(max_length=8)
    decided = models.PositiveIntegerField(default=0)
    overturned = models.PositiveIntegerField(default=0)
    partly = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["day", "rule_code", "language", "detection_source", "origin", "by"],
                name="appeal_day_once",
            ),
            models.CheckConstraint(
                name="appeal_day_adds_up", condition=Q(decided__gte=F("overturned") + F("partly"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.decided} appeals on {self.day}"
