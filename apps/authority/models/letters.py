"""Letters to authorities and notices to authors, from templates that are published and then stay as they are."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from apps.authority.models.asking import Request
from apps.authority.models.items import RequestItem
from apps.authority.placeholders import REQUIRED


def _has_its_placeholders() -> Q:
    """Draft, or every kind has what it cannot do without."""
    found = Q(published_at=None)
    for kind, names in REQUIRED.items():
        needed = Q(kind=kind)
        for name in names:
            needed &= Q(body__contains="{" + name + "}")
        found |= needed
    return found


class LetterTemplate(models.Model):
    """One version of one letter in one language. The newest published one is used."""

    class Kind(models.TextChoices):
        RECEIVED = "received", "We have received it"
        CLARIFY = "clarify", "Please clarify"
        PUSH_BACK = "push_back", "Please narrow or withdraw it"
        REFUSE = "refuse", "We refuse"
        ACTED = "acted", "What we did"
        AUTHOR = "author", "To the author"

    kind = models.CharField(max_length=10, choices=Kind.choices)
    language = models.CharField(max_length=8)
    number = models.PositiveIntegerField()
    body = models.TextField()
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    written_at = models.DateTimeField(db_default=Now())
    published_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["kind", "language", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "language", "number"], name="letter_version_number_once"),
            models.CheckConstraint(name="letter_kind_valid", condition=Q(kind__in=sorted(REQUIRED))),
            models.CheckConstraint(
                name="published_letter_has_its_placeholders", condition=_has_its_placeholders()
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="published_letter_is_never_changed",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Condition("OLD.published_at IS NOT NULL"),
                func="RAISE EXCEPTION 'published_letter_is_never_changed' USING ERRCODE = 'check_violation';",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.language} {self.number}"


class Letter(models.Model):
    """A letter as it was sent to an authority."""

    request = models.ForeignKey(Request, models.PROTECT, related_name="letters")
    item = models.ForeignKey(RequestItem, models.PROTECT, null=True, related_name="letters")
    template = models.ForeignKey(LetterTemplate, models.PROTECT, related_name="+")
    body = models.TextField()
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    sent_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["id"]
        triggers = [
            pgtrigger.Protect(name="letter_is_never_changed", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(
                name="letter_is_written_from_a_published_template",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF NOT EXISTS (SELECT 1 FROM authority_lettertemplate worded
                                   WHERE worded.id = NEW.template_id AND worded.published_at IS NOT NULL) THEN
                        RAISE EXCEPTION 'letter_is_written_from_a_published_template'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"letter {self.pk} on request {self.request_id}"
