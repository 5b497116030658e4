import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.expressions import RawSQL
from django.db.models.functions import Now

WHOLE = """
    EXTRACT(day FROM begins) = 1
    AND mod(EXTRACT(month FROM begins)::int - 1, CASE kind WHEN 'quarter' THEN 3 WHEN 'half' THEN 6 ELSE 12 END) = 0
    AND ends = (begins + CASE kind WHEN 'quarter' THEN interval '3 months' WHEN 'half' THEN interval '6 months'
                         ELSE interval '1 year' END)::date
"""


class Period(models.Model):
    """What one report tells of: whole days from `begins` to before `ends`."""

    class Kind(models.TextChoices):
        QUARTER = "quarter", "Quarter"
        HALF = "half", "Half year"
        YEAR = "year", "Year"

    kind = models.CharField(max_length=8, choices=Kind.choices)
    begins = models.DateField()
    ends = models.DateField()

    class Meta:
        ordering = ["-begins", "kind"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "begins"], name="period_once"),
            models.CheckConstraint(
                name="period_kind_valid", condition=Q(kind__in=["quarter", "half", "year"])
            ),
            models.CheckConstraint(name="period_ends_after_it_began", condition=Q(ends__gt=F("begins"))),
            # Whole quarters, halves and years of the calendar: two of a kind never share a day.
            models.CheckConstraint(
                name="period_is_a_whole_one",
                condition=RawSQL(WHOLE, (), output_field=models.BooleanField()),  # noqa: S611  (a constant)
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="period_is_never_changed", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return self.slug

    @property
    def slug(self) -> str:
        """2026-q3, 2026-h2 or 2026: its part of an address, for ever."""
        if self.kind == self.Kind.YEAR:
            return f"{self.begins.year}"
        months = 3 if self.kind == self.Kind.QUARTER else 6
        return f"{self.begins.year}-{self.kind[0]}{(self.begins.month - 1) // months + 1}"


class Edition(models.Model):
    """A report of a period. A draft may be counted anew; what is published never changes, a correction is the next one.

    `figures` is all that is published, as `apps.disclosure.figures` built it: small numbers are hidden in it already.
    `recipients` and `words` are what only the service itself can say: its active recipients, and what it did.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        PUBLISHED = "published", "Published"

    period = models.ForeignKey(Period, models.PROTECT, related_name="editions", db_index=False)
    number = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    reason = models.CharField(max_length=500, default="", blank=True)
    recipients = models.PositiveBigIntegerField(null=True)
    words = models.TextField(default="", blank=True)
    figures = models.JSONField()
    sha256 = models.CharField(max_length=64)
    drafted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField()
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["period", "number"], name="edition_once_per_number"),
            models.UniqueConstraint(
                fields=["period"], condition=Q(state="draft"), name="edition_one_draft_per_period"
            ),
            models.CheckConstraint(name="edition_state_valid", condition=Q(state__in=["draft", "published"])),
            models.CheckConstraint(name="edition_numbers_from_one", condition=Q(number__gt=0)),
            models.CheckConstraint(
                name="edition_published_says_by_whom_and_when",
                condition=Q(state="draft", published_by=None, published_at=None)
                | Q(state="published", published_by__isnull=False, published_at__isnull=False),
            ),
            models.CheckConstraint(
                name="edition_takes_two_people",
                condition=Q(published_by=None) | ~Q(published_by=F("drafted_by")),
            ),
            models.CheckConstraint(
                name="edition_that_corrects_says_why", condition=Q(number=1) | ~Q(reason="")
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="edition_published_never_changes",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Condition("OLD.state = 'published'"),
                func="RAISE EXCEPTION 'edition_published_never_changes' USING ERRCODE = 'check_violation';",
            ),
            pgtrigger.Trigger(
                name="edition_begins_as_a_draft",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                condition=pgtrigger.Condition("NEW.state <> 'draft'"),
                func="RAISE EXCEPTION 'edition_begins_as_a_draft' USING ERRCODE = 'check_violation';",
            ),
            pgtrigger.Trigger(
                name="edition_is_of_a_period_that_is_over",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF NEW.drafted_at < (SELECT ends FROM disclosure_period WHERE id = NEW.period_id) THEN
                        RAISE EXCEPTION 'edition_is_of_a_period_that_is_over' USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"edition {self.number} of period {self.period_id} ({self.state})"


class NoticeDay(models.Model):
    """Reports of one day by the rule they name. A notice of a trusted flagger is counted in both columns."""

    day = models.DateField()
    rule_code = models.CharField(max_length=100, default="", blank=True)
    n = models.IntegerField(default=0)
    trusted = models.IntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["day", "rule_code"], name="notice_day_once")]

    def __str__(self) -> str:
        return f"{self.n} reports on {self.day}"


class NoticesFolded(models.Model):
    """One row: the last report that is counted in `NoticeDay`. Whoever folds holds it."""

    report_id = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"reports up to {self.report_id}"


class NoticeAnswered(models.Model):
    """Reports that were answered in one month, by the rule they name and the whole minutes that took: an exact histogram."""

    month = models.DateField()
    rule_code = models.CharField(max_length=100, default="", blank=True)
    minutes = models.PositiveIntegerField()
    n = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["month", "rule_code", "minutes"], name="notice_answered_once"),
            models.CheckConstraint(
                name="notice_answered_month_is_whole",
                condition=RawSQL("EXTRACT(day FROM month) = 1", (), output_field=models.BooleanField()),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.n} reports answered within {self.minutes} minutes"


class AnswersFolded(models.Model):
    """One row: the last decision whose answers are counted in `NoticeAnswered`. Whoever folds holds it."""

    decision_id = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"decisions up to {self.decision_id}"
