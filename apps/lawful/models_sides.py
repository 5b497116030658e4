"""The two sides of a notice of law: what each said, the files each sent, what each is told, and the author's objection."""

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

SIDES = [("notifier", "Who sent the notice"), ("author", "The author")]


class LawWords(models.Model):
    """What one side said, and who says it. Personal data, erasable; neither side is ever shown the other's."""

    notice = models.ForeignKey("lawful.LawNotice", models.CASCADE, related_name="words", db_index=False)
    side = models.CharField(max_length=8, choices=SIDES)
    name = models.CharField(max_length=200, default="", blank=True)
    email = models.CharField(max_length=254, default="", blank=True)
    concerned = models.CharField(max_length=1000, default="", blank=True)  # the work, or the person
    statement = models.TextField()
    erased_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["notice", "side"], name="law_words_once_per_side"),
            models.CheckConstraint(name="law_words_side_valid", condition=Q(side__in=["notifier", "author"])),
        ]
        indexes = [
            models.Index(fields=["notice"], name="law_words_to_erase", condition=Q(erased_at=None)),
        ]

    def __str__(self) -> str:
        return f"words of the {self.side} on notice of law {self.notice_id}"


class LawFile(models.Model):
    """A file sent as evidence, kept under its SHA-256; opened by legal reviewers alone, as a download."""

    notice = models.ForeignKey("lawful.LawNotice", models.CASCADE, related_name="files", db_index=False)
    side = models.CharField(max_length=8, choices=SIDES)
    file = models.CharField(max_length=200)
    mime = models.CharField(max_length=60)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["notice", "side", "sha256"], name="law_file_kept_once"),
            models.CheckConstraint(name="law_file_side_valid", condition=Q(side__in=["notifier", "author"])),
        ]

    def __str__(self) -> str:
        return f"file {self.pk} of notice of law {self.notice_id}"


class LawLetter(models.Model):
    """What one side was told of one thing, once."""

    notice = models.ForeignKey("lawful.LawNotice", models.PROTECT, related_name="letters", db_index=False)
    side = models.CharField(max_length=8, choices=SIDES)
    about = models.CharField(max_length=12)
    language = models.CharField(max_length=2)
    text = models.TextField()
    at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["notice", "side", "about"], name="law_letter_once_per_side"),
            models.CheckConstraint(
                name="law_letter_side_valid", condition=Q(side__in=["notifier", "author"])
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="law_letter_is_never_changed", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return f"letter to the {self.side} on notice of law {self.notice_id} ({self.about})"


class CounterNotice(models.Model):
    """The author objects. Whoever sent the notice may show until `waits_until` that a court was asked; else the item
    comes back, once."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waits whether a court is asked"
        COURT = "court", "A court was asked"
        RESTORED = "restored", "The item came back"
        MOOT = "moot", "The measure ended before"

    notice = models.OneToOneField("lawful.LawNotice", models.PROTECT, related_name="counter")
    lodged_at = models.DateTimeField()
    waits_until = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    court = models.CharField(max_length=500, default="", blank=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="counter_notice_state_valid",
                condition=Q(state__in=["waiting", "court", "restored", "moot"]),
            ),
            models.CheckConstraint(
                name="counter_notice_waits_a_while", condition=Q(waits_until__gt=F("lodged_at"))
            ),
            models.CheckConstraint(
                name="counter_notice_restores_only_after_the_wait",
                condition=~Q(state="restored")
                | Q(settled_at__isnull=False) & Q(settled_at__gte=F("waits_until")),
            ),
            models.CheckConstraint(
                name="counter_notice_court_is_named_in_time",
                condition=~Q(state="court")
                | ~Q(court="") & Q(settled_at__isnull=False) & Q(settled_at__lt=F("waits_until")),
            ),
            models.CheckConstraint(
                name="counter_notice_settled_has_a_time",
                condition=Q(state="waiting", settled_at=None)
                | ~Q(state="waiting") & Q(settled_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["waits_until"], name="counter_notice_due", condition=Q(state="waiting")),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="counter_notice_objects_to_what_holds",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF NOT EXISTS (SELECT 1 FROM lawful_lawnotice said
                                   WHERE said.id = NEW.notice_id AND said.kind IN ('privacy', 'property')
                                     AND said.state = 'by_law' AND said.measure_ended_at IS NULL) THEN
                        RAISE EXCEPTION 'counter_notice_objects_to_what_holds' USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="counter_notice_is_settled_once",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                func="""
                    IF TG_OP = 'UPDATE' AND OLD.state = 'waiting' AND NEW.state <> 'waiting'
                        AND to_jsonb(NEW) - '{state,court,settled_at}'::text[]
                          = to_jsonb(OLD) - '{state,court,settled_at}'::text[] THEN
                        RETURN NEW;
                    END IF;
                    RAISE EXCEPTION 'counter_notice_is_settled_once' USING ERRCODE = 'check_violation';
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"counter-notice to notice of law {self.notice_id} ({self.state})"
