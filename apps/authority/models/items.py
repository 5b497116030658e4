"""The items of a request, and the steps each one goes through."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from apps.authority.models.asking import Request
from apps.decisions.models import Decision
from apps.intake.models import Item
from apps.queues.models import Case

BY_LAW = "('law', 'test', 'second', 'asked_back', 'by_law')"


class RequestItem(models.Model):
    """One thing a request asks about, on its own way from the guidelines to an answer.

    review → by_rules, or → law → test → second → by_law. `asked_back` waits for the sender; `refused`
    and the two kinds of action end it. `unknown`: nothing at that address is here.
    """

    class State(models.TextChoices):
        UNKNOWN = "unknown", "Not found here"
        REVIEW = "review", "Under our guidelines"
        LAW = "law", "Is the order valid?"
        TEST = "test", "Is it necessary and proportionate?"
        SECOND = "second", "Waits for a second person"
        ASKED_BACK = "asked_back", "Waits for the sender"
        BY_RULES = "by_rules", "Acted on under our rules"
        BY_LAW = "by_law", "Withheld under local law only"
        REFUSED = "refused", "Refused"

    request = models.ForeignKey(Request, models.PROTECT, related_name="items", db_index=False)
    position = models.PositiveSmallIntegerField()
    address = models.CharField(max_length=2000)
    item = models.ForeignKey(Item, models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices)
    deadline_at = models.DateTimeField(null=True)
    review_asked_at = models.DateTimeField(null=True)
    review = models.ForeignKey(Decision, models.PROTECT, null=True, related_name="+")
    case = models.ForeignKey(Case, models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["request", "position"]
        constraints = [
            models.UniqueConstraint(fields=["request", "position"], name="request_item_once_per_position"),
            models.UniqueConstraint(fields=["request", "item"], name="request_asks_about_an_item_once"),
            models.CheckConstraint(
                name="request_item_state_valid",
                condition=Q(
                    state__in=[
                        "unknown", "review", "law", "test", "second", "asked_back", "by_rules", "by_law", "refused",
                    ]
                ),
            ),
            models.CheckConstraint(
                name="request_item_ended_has_a_time",
                condition=Q(state__in=["by_rules", "by_law", "refused"], closed_at__isnull=False)
                | ~Q(state__in=["by_rules", "by_law", "refused"]) & Q(closed_at=None),
            ),
            models.CheckConstraint(
                name="law_is_asked_only_after_the_guidelines",
                condition=~Q(state__in=["law", "test", "second", "by_law", "by_rules"])
                | Q(review__isnull=False),
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["item"], name="request_item_in_review", condition=Q(state="review")),
            models.Index(
                fields=["deadline_at"], name="request_item_open_by_clock", condition=Q(closed_at=None)
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="law_is_asked_only_when_no_rule_is_broken",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Insert,
                condition=pgtrigger.Condition(f"NEW.state IN {BY_LAW} AND NEW.review_id IS NOT NULL"),
                func="""
                    IF NOT EXISTS (SELECT 1 FROM decisions_decision review
                                   WHERE review.id = NEW.review_id AND review.outcome = 'no_violation'
                                     AND review.item_id = NEW.item_id AND NOT review.withdraws) THEN
                        RAISE EXCEPTION 'law_is_asked_only_when_no_rule_is_broken' USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="review_is_never_by_who_handles_the_request",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Insert,
                condition=pgtrigger.Condition("NEW.review_id IS NOT NULL"),
                func="""
                    IF EXISTS (SELECT 1 FROM decisions_decision review
                               JOIN authority_request asked ON asked.id = NEW.request_id
                               WHERE review.id = NEW.review_id AND (
                                   review.decider_id IS NULL OR review.decider_id = asked.recorded_by_id
                                   OR EXISTS (SELECT 1 FROM authority_validity v
                                              WHERE v.item_id = NEW.id AND v.by_id = review.decider_id)
                                   OR EXISTS (SELECT 1 FROM authority_necessitytest t
                                              WHERE t.item_id = NEW.id
                                                AND review.decider_id IN (t.proposed_by_id, t.second_by_id)))) THEN
                        RAISE EXCEPTION 'review_is_never_by_who_handles_the_request' USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="ended_request_item_stays_ended",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Condition("OLD.closed_at IS NOT NULL"),
                func="""
                    RAISE EXCEPTION 'ended_request_item_stays_ended' USING ERRCODE = 'check_violation';
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"item {self.position} of request {self.request_id} ({self.state})"

    @property
    def is_open(self) -> bool:
        return self.closed_at is None


class Validity(models.Model):
    """What the legal reviewer found: is it a valid order of a competent authority, and is the item unlawful there?"""

    item = models.ForeignKey(RequestItem, models.PROTECT, related_name="validities")
    valid = models.BooleanField()
    reasons = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["id"]
        constraints = [models.CheckConstraint(name="validity_gives_reasons", condition=~Q(reasons=""))]
        triggers = [
            pgtrigger.Protect(
                name="validity_is_never_changed", operation=pgtrigger.Update | pgtrigger.Delete
            ),
            pgtrigger.Trigger(
                name="validity_is_found_by_a_legal_reviewer",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF NOT EXISTS (SELECT 1 FROM accounts_user person
                                   WHERE person.id = NEW.by_id AND 'legal_reviewer' = ANY(person.roles)) THEN
                        RAISE EXCEPTION 'validity_is_found_by_a_legal_reviewer' USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"validity of item {self.item_id}: {self.valid}"


class NecessityTest(models.Model):
    """Legality, aim, necessity, proportionality (ICCPR Art. 19(3)) in writing, with the narrowest measure proposed.

    The only measure there is: withhold the item in one country, that of the sender. A second person answers.
    """

    class State(models.TextChoices):
        PENDING = "pending", "Waits for a second person"
        AGREED = "agreed", "Agreed"
        DECLINED = "declined", "Declined"

    item = models.ForeignKey(RequestItem, models.PROTECT, related_name="tests")
    legality = models.TextField()
    aim = models.TextField()
    necessity = models.TextField()
    proportionality = models.TextField()
    about_officials = models.BooleanField()
    in_spite_of_that = models.TextField(default="", blank=True)
    country = models.CharField(max_length=2)
    until = models.DateTimeField(null=True)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(db_default=Now())
    state = models.CharField(max_length=10, choices=State.choices, default=State.PENDING)
    second_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    second_words = models.TextField(default="", blank=True)
    second_at = models.DateTimeField(null=True)
    decision = models.OneToOneField(Decision, models.PROTECT, null=True, related_name="+")
    lifted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                name="test_state_valid", condition=Q(state__in=["pending", "agreed", "declined"])
            ),
            models.CheckConstraint(
                name="test_is_written_down",
                condition=~Q(legality="") & ~Q(aim="") & ~Q(necessity="") & ~Q(proportionality=""),
            ),
            models.CheckConstraint(
                name="criticism_of_officials_is_withheld_only_with_a_reason",
                condition=Q(about_officials=False) | ~Q(in_spite_of_that=""),
            ),
            models.CheckConstraint(
                name="restriction_takes_two_people",
                condition=Q(second_by=None) | ~Q(second_by=F("proposed_by")),
            ),
            models.CheckConstraint(
                name="test_answered_says_by_whom_and_what_came_of_it",
                condition=Q(state="pending", second_by=None, second_at=None, decision=None)
                | Q(state="declined", second_by__isnull=False, second_at__isnull=False, decision=None)
                & ~Q(second_words="")
                | Q(
                    state="agreed",
                    second_by__isnull=False,
                    second_at__isnull=False,
                    decision__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="only_what_was_agreed_is_lifted", condition=Q(lifted_at=None) | Q(state="agreed")
            ),
            models.UniqueConstraint(
                fields=["item"], condition=Q(state="pending"), name="test_one_waits_per_item"
            ),
            models.UniqueConstraint(
                fields=["item"], condition=Q(state="agreed"), name="restriction_once_per_request_item"
            ),
        ]
        indexes = [
            models.Index(
                fields=["until"],
                name="restriction_to_be_lifted",
                condition=Q(state="agreed", lifted_at=None, until__isnull=False),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="restriction_takes_one_legal_reviewer",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Insert,
                condition=pgtrigger.Condition("NEW.state = 'agreed'"),
                func="""
                    IF NOT EXISTS (SELECT 1 FROM accounts_user person
                                   WHERE person.id IN (NEW.proposed_by_id, NEW.second_by_id)
                                     AND 'legal_reviewer' = ANY(person.roles)) THEN
                        RAISE EXCEPTION 'restriction_takes_one_legal_reviewer'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="restriction_holds_in_the_senders_country_only",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Insert,
                func="""
                    IF NOT EXISTS (SELECT 1 FROM authority_requestitem one
                                   JOIN authority_request asked ON asked.id = one.request_id
                                   JOIN authority_sender sender ON sender.id = asked.sender_id
                                   WHERE one.id = NEW.item_id AND sender.country = NEW.country)
                       OR (NEW.decision_id IS NOT NULL AND NOT EXISTS (
                           SELECT 1 FROM decisions_decision made
                           JOIN decisions_enforcement ordered ON ordered.decision_id = made.id
                           WHERE made.id = NEW.decision_id AND made.ground = 'legal_only'
                             AND ordered.parameters -> 'countries' = jsonb_build_array(NEW.country))) THEN
                        RAISE EXCEPTION 'restriction_holds_in_the_senders_country_only' USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="test_is_answered_once_and_lifted_once",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                declare=[("answer", "text[]")],
                func="""
                    answer := '{state,second_by_id,second_words,second_at,decision_id,lifted_by_id,lifted_at}';
                    IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - answer = to_jsonb(OLD) - answer
                        AND (OLD.state = 'pending' AND NEW.lifted_at IS NULL
                             OR OLD.state = 'agreed' AND OLD.lifted_at IS NULL AND NEW.lifted_at IS NOT NULL
                                AND to_jsonb(NEW) - '{lifted_by_id,lifted_at}'::text[]
                                  = to_jsonb(OLD) - '{lifted_by_id,lifted_at}'::text[]) THEN
                        RETURN NEW;
                    END IF;
                    RAISE EXCEPTION 'test_is_answered_once_and_lifted_once' USING ERRCODE = 'check_violation';
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"test of item {self.item_id} ({self.state})"


class Telling(models.Model):
    """That an author is to be told of what local law took away, when that may be said. It goes out by itself."""

    item = models.OneToOneField(RequestItem, models.PROTECT, related_name="telling")
    decision = models.OneToOneField(Decision, models.PROTECT, related_name="+")
    due_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["due_at"], name="telling_due", condition=Q(told_at=None))]
        triggers = [
            pgtrigger.Trigger(
                name="author_is_never_told_while_an_order_forbids_it",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Insert,
                condition=pgtrigger.Condition("NEW.told_at IS NOT NULL"),
                func="""
                    IF EXISTS (SELECT 1 FROM authority_requestitem one
                               JOIN authority_silence silence ON silence.request_id = one.request_id
                               WHERE one.id = NEW.item_id AND silence.until > NEW.told_at) THEN
                        RAISE EXCEPTION 'author_is_never_told_while_an_order_forbids_it'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="author_is_told_once",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Condition("OLD.told_at IS NOT NULL"),
                func="RAISE EXCEPTION 'author_is_told_once' USING ERRCODE = 'check_violation';",
            ),
        ]

    def __str__(self) -> str:
        return f"telling the author of item {self.item_id}"
