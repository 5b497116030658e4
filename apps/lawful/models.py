"""Notices of law: what they say of themselves, and the way each one goes. Personal data lies in LawWords alone."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from apps.decisions.models import Decision
from apps.intake.models import Item, Report
from apps.lawful.models_sides import CounterNotice, LawFile, LawLetter, LawWords
from apps.queues.models import Case

__all__ = ["CounterNotice", "LawFile", "LawLetter", "LawNotice", "LawWords"]
ENDED = ["by_rules", "by_law", "refused", "withdrawn"]


class LawNotice(models.Model):
    """Somebody says that an item is unlawful, with the statements that law asks for.

    unknown → review → by_rules, or → law → by_law or refused; withdrawn while it is open. Our own guidelines are asked
    first, by a moderator; the law is then found by a legal reviewer who is somebody else. Never by a program.
    `country`: whose law; the measure holds there and nowhere else. `ends_at`: when the notice itself says the ground lapses.
    """

    class Kind(models.TextChoices):
        MINORS = "minors", "Minors"
        PRIVACY = "privacy", "Privacy"
        PROPERTY = "property", "Intellectual property"
        INTIMATE = "intimate", "Intimate images"

    class State(models.TextChoices):
        UNKNOWN = "unknown", "Not found here yet"
        REVIEW = "review", "Under our guidelines"
        LAW = "law", "For a legal reviewer"
        BY_RULES = "by_rules", "Acted on under our rules"
        BY_LAW = "by_law", "Withheld under local law"
        REFUSED = "refused", "Refused"
        WITHDRAWN = "withdrawn", "Withdrawn by who sent it"

    class Relation(models.TextChoices):
        SELF = "self", "The person concerned"
        GUARDIAN = "guardian", "Parent or guardian of the person"
        OFFICE = "office", "An office or body that protects the person"
        OWNER = "owner", "The rights holder"
        AGENT = "agent", "Authorised to act for the person or rights holder"

    class Ending(models.TextChoices):
        RESTORED = "restored", "The author objected, and no court was asked"
        RAN_OUT = "ran_out", "Its time was over"
        LIFTED = "lifted", "A legal reviewer ended it"

    kind = models.CharField(max_length=8, choices=Kind.choices)
    address = models.CharField(max_length=2000)
    item = models.ForeignKey(Item, models.PROTECT, null=True, related_name="+")
    country = models.CharField(max_length=2)
    language = models.CharField(max_length=2, default="en")
    relation = models.CharField(max_length=8, choices=Relation.choices)
    good_faith = models.BooleanField()
    accurate = models.BooleanField()
    received_at = models.DateTimeField()
    due_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    key_id = models.BigIntegerField(null=True)
    sender = models.CharField(
        max_length=40
    )  # the same for all notices of one address, and tells nothing of it
    report = models.ForeignKey(Report, models.PROTECT, null=True, related_name="+", db_index=False)
    review_asked_at = models.DateTimeField(null=True)
    review = models.ForeignKey(Decision, models.PROTECT, null=True, related_name="+", db_index=False)
    case = models.ForeignKey(Case, models.PROTECT, null=True, related_name="+", db_index=False)
    state = models.CharField(max_length=10, choices=State.choices)
    reasons = models.TextField(default="", blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    closed_at = models.DateTimeField(null=True)
    measure = models.OneToOneField(Decision, models.PROTECT, null=True, related_name="+")
    measure_until = models.DateTimeField(null=True)
    measure_ended_at = models.DateTimeField(null=True)
    measure_ending = models.CharField(max_length=8, choices=Ending.choices, null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="law_notice_kind_valid",
                condition=Q(kind__in=["minors", "privacy", "property", "intimate"]),
            ),
            models.CheckConstraint(
                name="law_notice_state_valid",
                condition=Q(state__in=["unknown", "review", "law", *ENDED]),
            ),
            models.CheckConstraint(
                name="law_notice_makes_its_statements", condition=Q(good_faith=True, accurate=True)
            ),
            models.CheckConstraint(
                name="law_notice_relation_fits_its_kind",
                condition=Q(kind="property", relation__in=["owner", "agent"])
                | Q(kind="minors", relation__in=["self", "guardian", "office", "agent"])
                | Q(kind__in=["privacy", "intimate"], relation__in=["self", "guardian", "agent"]),
            ),
            models.CheckConstraint(
                name="law_notice_is_due_after_it_came", condition=Q(due_at__gt=F("received_at"))
            ),
            models.CheckConstraint(
                name="law_notice_ended_has_a_time",
                condition=Q(state__in=ENDED, closed_at__isnull=False)
                | ~Q(state__in=ENDED) & Q(closed_at=None),
            ),
            models.CheckConstraint(
                name="law_notice_is_about_an_item",
                condition=Q(item__isnull=False) | Q(state__in=["unknown", "refused", "withdrawn"]),
            ),
            models.CheckConstraint(
                name="law_notice_is_decided_by_a_person_with_reasons",
                condition=~Q(state__in=["by_law", "refused"]) & Q(decided_by=None)
                | Q(state__in=["by_law", "refused"], decided_by__isnull=False) & ~Q(reasons=""),
            ),
            models.CheckConstraint(
                name="law_measure_is_of_what_was_accepted",
                condition=Q(state="by_law", measure__isnull=False)
                | ~Q(state="by_law") & Q(measure=None, measure_until=None),
            ),
            models.CheckConstraint(
                name="law_measure_ended_says_how",
                condition=Q(measure_ended_at=None, measure_ending=None)
                | Q(measure__isnull=False, measure_ended_at__isnull=False, measure_ending__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["due_at", "id"], name="law_notice_by_clock", condition=Q(closed_at=None)),
            models.Index(fields=["item"], name="law_notice_in_review", condition=Q(state="review")),
            models.Index(fields=["closed_at", "id"], name="law_notice_by_end"),
            models.Index(
                fields=["measure_until"],
                name="law_measure_to_end",
                condition=Q(state="by_law", measure_ended_at=None),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="law_notice_is_found_by_another_legal_reviewer",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                condition=pgtrigger.Condition("NEW.decided_by_id IS NOT NULL"),
                func="""
                    IF NOT EXISTS (SELECT 1 FROM accounts_user person
                                   WHERE person.id = NEW.decided_by_id AND 'legal_reviewer' = ANY(person.roles))
                        OR EXISTS (SELECT 1 FROM decisions_decision review
                                   WHERE review.id = NEW.review_id AND review.decider_id = NEW.decided_by_id) THEN
                        RAISE EXCEPTION 'law_notice_is_found_by_another_legal_reviewer' USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="law_notice_is_reviewed_by_a_person_first",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                condition=pgtrigger.Condition("NEW.state IN ('law', 'by_law', 'by_rules')"),
                func="""
                    IF NOT EXISTS (SELECT 1 FROM decisions_decision review
                                   WHERE review.id = NEW.review_id AND review.item_id = NEW.item_id
                                     AND NOT review.withdraws AND review.decider_id IS NOT NULL
                                     AND review.outcome = CASE NEW.state WHEN 'by_rules' THEN 'violates'
                                                                         ELSE 'no_violation' END) THEN
                        RAISE EXCEPTION 'law_notice_is_reviewed_by_a_person_first' USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="law_measure_holds_in_one_country_only",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                condition=pgtrigger.Condition("NEW.measure_id IS NOT NULL"),
                func="""
                    IF NOT EXISTS (SELECT 1 FROM decisions_decision made
                                   JOIN decisions_enforcement ordered ON ordered.decision_id = made.id
                                   WHERE made.id = NEW.measure_id AND made.ground = 'legal_only'
                                     AND made.item_id = NEW.item_id
                                     AND ordered.parameters -> 'countries' = jsonb_build_array(NEW.country)) THEN
                        RAISE EXCEPTION 'law_measure_holds_in_one_country_only' USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="ended_law_notice_stays_ended",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                func="""
                    IF TG_OP = 'DELETE' OR OLD.measure_ended_at IS NOT NULL
                        OR (OLD.closed_at IS NOT NULL
                            AND to_jsonb(NEW) - '{measure_ended_at,measure_ending}'::text[]
                             <> to_jsonb(OLD) - '{measure_ended_at,measure_ending}'::text[])
                        OR (NEW.kind, NEW.address, NEW.country, NEW.received_at, NEW.due_at, NEW.sender, NEW.relation)
                           <> (OLD.kind, OLD.address, OLD.country, OLD.received_at, OLD.due_at, OLD.sender, OLD.relation)
                    THEN
                        RAISE EXCEPTION 'ended_law_notice_stays_ended' USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"notice of law {self.pk} ({self.kind}, {self.state})"

    @property
    def is_open(self) -> bool:
        return self.closed_at is None

    @property
    def holds(self) -> bool:
        """Whether what it asked for holds under the law now."""
        return self.measure_id is not None and self.measure_ended_at is None
