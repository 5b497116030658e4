"""What is said when a clock runs out: that a contest waits for its answer, and to an author that a measure has ended."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from apps.authority.models.contests import Contest
from apps.authority.models.items import NecessityTest


class ContestReminder(models.Model):
    """That the time to answer a contest came near its end, or passed, was said once."""

    class Kind(models.TextChoices):
        SOON = "soon", "Due within a quarter of the time"
        OVERDUE = "overdue", "Overdue"

    contest = models.ForeignKey(Contest, models.PROTECT, related_name="reminders", db_index=False)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["contest", "kind"], name="contest_reminded_once"),
            models.CheckConstraint(
                name="contest_reminder_kind_valid", condition=Q(kind__in=["soon", "overdue"])
            ),
        ]

    def __str__(self) -> str:
        return f"reminder ({self.kind}) of contest {self.contest_id}"


class Ending(models.Model):
    """That an author is to be told that a measure has ended which nobody's contest ended. It goes out by itself, once, when
    she knows of the measure and no order forbids it. Whose contest ended it, or was open then, is told by its answer."""

    test = models.OneToOneField(NecessityTest, models.PROTECT, related_name="ending")
    due_at = models.DateTimeField()
    language = models.CharField(max_length=2, default="", blank=True)
    text = models.TextField(default="", blank=True)
    told_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="ending_told_says_what",
                condition=Q(told_at=None, language="", text="")
                | Q(told_at__isnull=False, language__in=["en", "km", "vi"]) & ~Q(text=""),
            ),
        ]
        indexes = [models.Index(fields=["due_at"], name="ending_due", condition=Q(told_at=None))]
        triggers = [
            pgtrigger.Trigger(
                name="ending_is_of_a_measure_no_contest_ended",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    PERFORM 1 FROM authority_necessitytest measure WHERE measure.id = NEW.test_id FOR SHARE;
                    IF NEW.told_at IS NOT NULL
                       OR NOT EXISTS (SELECT 1 FROM authority_necessitytest measure
                                      WHERE measure.id = NEW.test_id AND measure.lifted_at IS NOT NULL)
                       OR EXISTS (SELECT 1 FROM authority_contest contest
                                  WHERE contest.test_id = NEW.test_id
                                    AND contest.outcome IS DISTINCT FROM 'upheld') THEN
                        RAISE EXCEPTION 'ending_is_of_a_measure_no_contest_ended' USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="ending_is_told_when_it_may_be",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition("NEW.told_at IS NOT NULL"),
                func="""
                    IF EXISTS (SELECT 1 FROM authority_necessitytest measure
                               JOIN authority_requestitem one ON one.id = measure.item_id
                               JOIN authority_silence silence ON silence.request_id = one.request_id
                               WHERE measure.id = NEW.test_id AND silence.until > NEW.told_at)
                       OR NOT EXISTS (SELECT 1 FROM authority_necessitytest measure
                                      JOIN authority_telling telling ON telling.decision_id = measure.decision_id
                                      WHERE measure.id = NEW.test_id AND telling.told_at <= NEW.told_at) THEN
                        RAISE EXCEPTION 'ending_is_told_when_it_may_be' USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="ending_is_told_once",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                func="""
                    IF TG_OP = 'UPDATE' AND OLD.told_at IS NULL AND NEW.test_id = OLD.test_id THEN
                        RETURN NEW;
                    END IF;
                    RAISE EXCEPTION 'ending_is_told_once' USING ERRCODE = 'check_violation';
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"telling the author that measure {self.test_id} has ended"
