"""The author contests what local law took away: what she said, what a person who took no part found, what she was told."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from apps.authority.models.items import NecessityTest


class Contest(models.Model):
    """That the author contests a measure of local law, once. It hears the measure, not a decision under our rules.

    `moot`: the measure ended for another reason first. `language` is the one the author read and is answered in. What she
    said lies in ContestWords; here are ids, moments, and the answer.
    """

    class State(models.TextChoices):
        OPEN = "open", "Waits to be decided"
        DECIDED = "decided", "Decided"
        MOOT = "moot", "The measure ended before"

    class Outcome(models.TextChoices):
        UPHELD = "upheld", "The measure stands"
        LIFTED = "lifted", "The measure is lifted"

    test = models.ForeignKey(NecessityTest, models.PROTECT, related_name="contests", db_index=False)
    language = models.CharField(max_length=2)
    lodged_at = models.DateTimeField()
    window_ends_at = models.DateTimeField()
    due_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    outcome = models.CharField(max_length=8, choices=Outcome.choices, null=True)
    reasons = models.TextField(default="", blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["test"], name="contest_once_per_measure"),
            models.CheckConstraint(
                name="contest_language_valid", condition=Q(language__in=["en", "km", "vi"])
            ),
            models.CheckConstraint(
                name="contest_is_lodged_in_time",
                condition=Q(lodged_at__lte=F("window_ends_at")) & Q(due_at__gt=F("lodged_at")),
            ),
            models.CheckConstraint(
                name="contest_decided_says_by_whom_and_why",
                condition=Q(state="open", outcome=None, decided_by=None, decided_at=None, reasons="")
                | Q(state="moot", outcome=None, decided_by=None, decided_at__isnull=False, reasons="")
                | Q(
                    state="decided",
                    outcome__in=["upheld", "lifted"],
                    outcome__isnull=False,
                    decided_by__isnull=False,
                    decided_at__isnull=False,
                )
                & ~Q(reasons=""),
            ),
        ]
        indexes = [
            models.Index(fields=["due_at", "id"], name="contest_open_by_clock", condition=Q(state="open")),
            models.Index(fields=["decided_at"], name="contest_by_end", condition=~Q(state="open")),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="contest_is_of_a_measure_its_author_was_told_of",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    PERFORM 1 FROM authority_necessitytest measure WHERE measure.id = NEW.test_id FOR SHARE;
                    IF NEW.state <> 'open' OR NOT EXISTS (
                        SELECT 1 FROM authority_necessitytest measure
                        JOIN authority_telling telling ON telling.item_id = measure.item_id
                        WHERE measure.id = NEW.test_id AND measure.state = 'agreed' AND measure.lifted_at IS NULL
                          AND telling.decision_id = measure.decision_id
                          AND telling.told_at <= NEW.lodged_at) THEN
                        RAISE EXCEPTION 'contest_is_of_a_measure_its_author_was_told_of'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="contest_is_decided_by_somebody_who_took_no_part",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                condition=pgtrigger.Condition("NEW.decided_by_id IS NOT NULL"),
                func="""
                    IF NOT EXISTS (SELECT 1 FROM accounts_user person
                                   WHERE person.id = NEW.decided_by_id
                                     AND ('legal_reviewer' = ANY(person.roles) OR 'admin' = ANY(person.roles)))
                       OR EXISTS (
                           SELECT 1 FROM authority_necessitytest measure
                           JOIN authority_requestitem contested ON contested.id = measure.item_id
                           JOIN authority_request asked ON asked.id = contested.request_id
                           WHERE measure.id = NEW.test_id AND (
                               asked.recorded_by_id = NEW.decided_by_id
                               OR EXISTS (SELECT 1 FROM authority_document given
                                          WHERE given.request_id = asked.id AND given.added_by_id = NEW.decided_by_id)
                               OR EXISTS (SELECT 1 FROM authority_silence quiet
                                          WHERE quiet.request_id = asked.id AND quiet.recorded_by_id = NEW.decided_by_id)
                               OR EXISTS (SELECT 1 FROM authority_letter sent
                                          WHERE sent.request_id = asked.id AND sent.sent_by_id = NEW.decided_by_id)
                               OR EXISTS (SELECT 1 FROM authority_requestitem one
                                          JOIN decisions_decision review ON review.id = one.review_id
                                          WHERE one.request_id = asked.id AND review.decider_id = NEW.decided_by_id)
                               OR EXISTS (SELECT 1 FROM authority_requestitem one
                                          JOIN authority_validity found ON found.item_id = one.id
                                          WHERE one.request_id = asked.id AND found.by_id = NEW.decided_by_id)
                               OR EXISTS (SELECT 1 FROM authority_requestitem one
                                          JOIN authority_necessitytest written ON written.item_id = one.id
                                          WHERE one.request_id = asked.id
                                            AND NEW.decided_by_id IN (written.proposed_by_id, written.second_by_id)))) THEN
                        RAISE EXCEPTION 'contest_is_decided_by_somebody_who_took_no_part'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="contest_outcome_is_what_holds",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                condition=pgtrigger.Condition("NEW.state <> 'open'"),
                func="""
                    PERFORM 1 FROM authority_necessitytest measure WHERE measure.id = NEW.test_id FOR SHARE;
                    IF NOT EXISTS (
                        SELECT 1 FROM authority_necessitytest measure WHERE measure.id = NEW.test_id
                          AND CASE WHEN NEW.outcome = 'upheld' THEN measure.lifted_at IS NULL
                                   WHEN NEW.outcome = 'lifted' THEN measure.lifted_at IS NOT NULL
                                                                    AND measure.lifted_by_id = NEW.decided_by_id
                                   ELSE measure.lifted_at IS NOT NULL END) THEN
                        RAISE EXCEPTION 'contest_outcome_is_what_holds' USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="contest_is_decided_once",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                func="""
                    IF TG_OP = 'UPDATE' AND OLD.state = 'open' AND NEW.state <> 'open'
                        AND to_jsonb(NEW) - '{state,outcome,reasons,decided_by_id,decided_at}'::text[]
                          = to_jsonb(OLD) - '{state,outcome,reasons,decided_by_id,decided_at}'::text[] THEN
                        RETURN NEW;
                    END IF;
                    RAISE EXCEPTION 'contest_is_decided_once' USING ERRCODE = 'check_violation';
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"contest {self.pk} of measure {self.test_id} ({self.state})"

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN


class ContestWords(models.Model):
    """What the author said. Personal data: erasable."""

    contest = models.OneToOneField(Contest, models.CASCADE, related_name="words")
    statement = models.TextField()
    erased_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"words of contest {self.contest_id}"


class ContestFile(models.Model):
    """A file the author sent, kept under its SHA-256; opened by those who handle requests alone, as a download."""

    contest = models.ForeignKey(Contest, models.CASCADE, related_name="files", db_index=False)
    file = models.CharField(max_length=200)
    mime = models.CharField(max_length=60)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["contest", "sha256"], name="contest_file_kept_once"),
        ]

    def __str__(self) -> str:
        return f"file {self.pk} of contest {self.contest_id}"


class ContestLetter(models.Model):
    """What the author was told came of it, once."""

    contest = models.ForeignKey(Contest, models.PROTECT, related_name="letters", db_index=False)
    text = models.TextField()
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["contest"], name="contest_is_answered_once"),
        ]
        triggers = [
            pgtrigger.Protect(
                name="contest_letter_is_never_changed", operation=pgtrigger.Update | pgtrigger.Delete
            ),
            pgtrigger.Trigger(
                name="contest_is_answered_after_it_ended",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF NOT EXISTS (SELECT 1 FROM authority_contest contest
                                   WHERE contest.id = NEW.contest_id AND contest.state <> 'open') THEN
                        RAISE EXCEPTION 'contest_is_answered_after_it_ended' USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"answer to contest {self.contest_id}"
