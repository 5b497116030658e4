"""Who asks, in what form, on which basis, until when it is to be kept quiet."""

from datetime import timedelta

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from apps.intake.codes import COUNTRIES, country_name

CLOCKS_DIFFER = timedelta(minutes=5)


class Sender(models.Model):
    """An authority that asks: an office, never a person."""

    class Kind(models.TextChoices):
        COURT = "court", "Court"
        POLICE = "police", "Police or prosecutor"
        REGULATOR = "regulator", "Regulator"
        MINISTRY = "ministry", "Ministry or government office"
        OTHER = "other", "Another public body"

    name = models.CharField(max_length=200)
    country = models.CharField(max_length=2)
    kind = models.CharField(max_length=10, choices=Kind.choices)

    class Meta:
        ordering = ["country", "name"]
        constraints = [
            models.UniqueConstraint(fields=["name", "country"], name="sender_once_per_country"),
            models.CheckConstraint(
                name="sender_kind_valid",
                condition=Q(kind__in=["court", "police", "regulator", "ministry", "other"]),
            ),
            models.CheckConstraint(name="sender_country_exists", condition=Q(country__in=sorted(COUNTRIES))),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({country_name(self.country)})"


class Request(models.Model):
    """One order, request or informal contact, as it came in. What came in is never changed; it is answered.

    `clock_minutes` is what a law gives us, from `received_at`; null when no law sets a time. `contact` is the
    person who wrote or called: it leaves this page in no export.
    """

    class Form(models.TextChoices):
        ORDER = "order", "Order"
        REQUEST = "request", "Request"
        INFORMAL = "informal", "Informal contact"

    class Channel(models.TextChoices):
        LETTER = "letter", "Letter"
        PORTAL = "portal", "Portal"
        EMAIL = "email", "E-mail"
        PHONE = "phone", "Phone call"
        MEETING = "meeting", "Meeting"

    sender = models.ForeignKey(Sender, models.PROTECT, related_name="requests", db_index=False)
    form = models.CharField(max_length=10, choices=Form.choices)
    channel = models.CharField(max_length=10, choices=Channel.choices)
    reference = models.CharField(max_length=120, default="", blank=True)
    contact = models.CharField(max_length=200, default="", blank=True)
    legal_basis = models.TextField(default="", blank=True)
    scope = models.TextField()
    countries = ArrayField(models.CharField(max_length=2))
    received_at = models.DateTimeField()
    issued_on = models.DateField(null=True)
    valid_until = models.DateField(null=True)
    clock_minutes = models.PositiveIntegerField(null=True)
    deadline_at = models.DateTimeField(null=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="request_form_valid", condition=Q(form__in=["order", "request", "informal"])
            ),
            models.CheckConstraint(
                name="request_channel_valid",
                condition=Q(channel__in=["letter", "portal", "email", "phone", "meeting"]),
            ),
            models.CheckConstraint(
                name="request_names_countries_that_exist",
                condition=Q(countries__len__gt=0, countries__contained_by=sorted(COUNTRIES)),
            ),
            models.CheckConstraint(
                name="request_was_issued_before_it_came",
                condition=Q(issued_on=None) | Q(issued_on__lte=F("received_at")),
            ),
            models.CheckConstraint(
                name="request_ends_after_it_was_issued",
                condition=Q(valid_until=None) | Q(issued_on=None) | Q(valid_until__gte=F("issued_on")),
            ),
            models.CheckConstraint(
                name="request_came_before_it_was_recorded",
                condition=Q(received_at__lte=F("recorded_at") + CLOCKS_DIFFER),
            ),
            models.CheckConstraint(
                name="request_deadline_follows_its_clock",
                condition=Q(clock_minutes=None, deadline_at=None)
                | Q(clock_minutes__isnull=False, deadline_at__isnull=False)
                & Q(clock_minutes__gt=0, deadline_at__gt=F("received_at")),
            ),
        ]
        indexes = [models.Index(fields=["sender", "-id"], name="request_by_sender")]
        triggers = [
            pgtrigger.Protect(
                name="authority_request_is_never_changed", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return f"authority request {self.pk}"


class Document(models.Model):
    """A file that came with a request: private, known by its bytes, given only to those who handle requests."""

    request = models.ForeignKey(Request, models.PROTECT, related_name="documents", db_index=False)
    name = models.CharField(max_length=200)
    file = models.CharField(max_length=200)
    mime = models.CharField(max_length=60)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    added_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["request", "sha256"], name="document_once_per_request"),
        ]
        triggers = [
            pgtrigger.Protect(name="document_is_never_changed", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"document {self.pk} of request {self.request_id}"


class Silence(models.Model):
    """That something is to be kept quiet until a moment, and on which basis. A longer one is a new row.

    `confidential`: the request as a whole is shown to nobody but those who handle it. `author`: the author is not
    to be told; only an order that is stored here can ask for that.
    """

    class Kind(models.TextChoices):
        CONFIDENTIAL = "confidential", "The request is confidential"
        AUTHOR = "author", "The author may not be told"

    request = models.ForeignKey(Request, models.PROTECT, related_name="silences", db_index=False)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    basis = models.TextField()
    document = models.ForeignKey(Document, models.PROTECT, null=True, related_name="+")
    until = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                name="silence_kind_valid", condition=Q(kind__in=["confidential", "author"])
            ),
            models.CheckConstraint(
                name="silence_ends_after_it_began", condition=Q(until__gt=F("recorded_at"))
            ),
            models.CheckConstraint(
                name="silence_towards_the_author_is_a_stored_order",
                condition=~Q(kind="author") | Q(document__isnull=False),
            ),
            models.CheckConstraint(name="silence_says_why", condition=~Q(basis="")),
        ]
        indexes = [models.Index(fields=["request", "kind", "until"], name="silence_of_request")]
        triggers = [
            pgtrigger.Protect(name="silence_is_never_changed", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"silence on request {self.request_id} ({self.kind})"
