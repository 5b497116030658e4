import pgtrigger
from django.db import models
from django.db.models import F, Q

from apps.decisions.models import Decision, Enforcement
from apps.intake.models import Author
from apps.strikes.models_ladder import LadderVersion, keeps_its_ladder


class Strike(models.Model):
    """One strike on an account, for a decision that ordered it. It ends by itself, or is lifted with its decision."""

    author = models.ForeignKey(Author, models.PROTECT, related_name="strikes")
    decision = models.ForeignKey(Decision, models.PROTECT, related_name="+")
    enforcement = models.OneToOneField(Enforcement, models.PROTECT, related_name="strike")
    rule_code = models.CharField(max_length=20)
    severity = models.PositiveSmallIntegerField()
    given_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ladder = models.ForeignKey(LadderVersion, models.PROTECT, null=True, related_name="+", db_index=False)
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.ForeignKey(Enforcement, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="strike_expires_after_it_is_given", condition=Q(expires_at__gt=F("given_at"))
            ),
            models.CheckConstraint(name="strike_severity_1_to_5", condition=Q(severity__range=(1, 5))),
            models.CheckConstraint(
                name="strike_lifted_names_the_reversal",
                condition=Q(lifted_at=None, lifted_by=None)
                | Q(lifted_at__isnull=False, lifted_by__isnull=False),
            ),
        ]
        indexes = [
            # Serves the count at the desk and the account's page.
            models.Index(
                fields=["author", "expires_at"], name="strike_standing", condition=Q(lifted_at=None)
            ),
            # Serves the preview of a ladder.
            models.Index(fields=["given_at"], name="strike_given_lately", condition=Q(lifted_at=None)),
        ]
        triggers = [
            keeps_its_ladder("strike_keeps_the_ladder_it_was_made_under"),
            pgtrigger.Trigger(
                name="strike_is_never_for_law_alone",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF NOT EXISTS (
                        SELECT 1 FROM decisions_decision made JOIN decisions_enforcement todo ON todo.decision_id = made.id
                        WHERE made.id = NEW.decision_id AND todo.id = NEW.enforcement_id AND todo.action = 'strike'
                          AND todo.reverses_id IS NULL AND made.ground <> 'legal_only' AND made.outcome = 'violates'
                    ) THEN
                        RAISE EXCEPTION 'strike_is_never_for_law_alone' USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="strike_changes_only_by_being_lifted_once",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                func="""
                    IF TG_OP = 'UPDATE' AND OLD.lifted_at IS NULL AND NEW.lifted_at IS NOT NULL
                        AND (to_jsonb(NEW) - '{lifted_at,lifted_by_id}'::text[])
                          = (to_jsonb(OLD) - '{lifted_at,lifted_by_id}'::text[]) THEN
                        RETURN NEW;
                    END IF;
                    RAISE EXCEPTION 'strike_changes_only_by_being_lifted_once' USING ERRCODE = 'check_violation';
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"strike {self.pk} on author {self.author_id}"


class Suspension(models.Model):
    """An account, or a feature of it, suspended for a period that ends by itself."""

    class Ending(models.TextChoices):
        RAN_OUT = "ran_out", "Its time was over"
        REVERSED = "reversed", "The decision was reversed"

    author = models.ForeignKey(Author, models.PROTECT, related_name="suspensions", db_index=False)
    decision = models.ForeignKey(Decision, models.PROTECT, related_name="+")
    enforcement = models.OneToOneField(Enforcement, models.PROTECT, related_name="suspension")
    action = models.CharField(max_length=40)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    ladder = models.ForeignKey(LadderVersion, models.PROTECT, null=True, related_name="+", db_index=False)
    ended_at = models.DateTimeField(null=True)
    ending = models.CharField(max_length=10, choices=Ending.choices, default="", blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="suspension_ends_after_it_starts", condition=Q(ends_at__gt=F("starts_at"))
            ),
            models.CheckConstraint(
                name="suspension_is_of_an_account_or_a_feature",
                condition=Q(action__in=["account_suspend", "feature_suspend"]),
            ),
            models.CheckConstraint(
                name="suspension_ended_says_how",
                condition=Q(ended_at=None, ending="")
                | Q(ended_at__isnull=False, ending__in=["ran_out", "reversed"]),
            ),
        ]
        indexes = [
            # Serves the sweep that ends them, and the list of those that run.
            models.Index(fields=["ends_at"], name="suspension_running", condition=Q(ended_at=None)),
            models.Index(fields=["author"], name="suspension_by_author"),
        ]
        triggers = [
            keeps_its_ladder("suspension_keeps_the_ladder_it_was_made_under"),
            pgtrigger.Trigger(
                name="suspension_changes_only_by_ending_once",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                func="""
                    IF TG_OP = 'UPDATE' AND OLD.ended_at IS NULL AND NEW.ended_at IS NOT NULL
                        AND (to_jsonb(NEW) - '{ended_at,ending}'::text[])
                          = (to_jsonb(OLD) - '{ended_at,ending}'::text[]) THEN
                        RETURN NEW;
                    END IF;
                    RAISE EXCEPTION 'suspension_changes_only_by_ending_once' USING ERRCODE = 'check_violation';
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"suspension {self.pk} of author {self.author_id} until {self.ends_at}"


from apps.strikes.models_reporters import ReporterPause, ReporterWarning  # noqa: E402

__all__ = ["LadderVersion", "ReporterPause", "ReporterWarning", "Strike", "Suspension"]
