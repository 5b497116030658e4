from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class Kind(models.TextChoices):
    DECISION_MADE = "decision.made", "A decision was made"
    DECISION_SUPERSEDED = "decision.superseded", "An earlier decision was replaced"
    ENFORCEMENT_DUE = "enforcement.due", "Something is to be done"
    ENFORCEMENT_REVERSED = "enforcement.reversed", "Something is to be undone"
    LABEL_FINAL = "label.final", "A label became final"
    LABEL_CORRECTED = "label.corrected", "A final label was replaced"
    SUSPENSION_ENDED = "suspension.ended", "A suspension ended by itself"
    APPEAL_DECIDED = "appeal.decided", "An appeal was decided"
    NOTICE_DUE = "notice.due", "An author is to be told something"
    LAW_LETTER = "law_notice.letter", "One side of a notice of law is to be told something"


class Endpoint(models.Model):
    """Where the platform wants to be told. `secret` is the Standard Webhooks secret (whsec_…).

    `kinds` empty: everything. While it rests, after several failures in a row, nothing is sent there; a
    single message then tries whether it is back.
    """

    name = models.CharField(max_length=80, unique=True)
    url = models.CharField(max_length=2000)
    secret = models.CharField(max_length=100)
    kinds = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    active = models.BooleanField(default=True)
    failures_in_a_row = models.PositiveIntegerField(default=0, db_default=0)
    rests_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return self.name


class Delivery(models.Model):
    """One message owed to one endpoint, kept with all its attempts.

    Whoever sends it first moves `next_attempt_at` on, so that nobody else does meanwhile; when that
    process dies, the message is simply due again. `attempts_made` counts from the last replay.
    `payload` is null once it was forgotten.
    """

    class State(models.TextChoices):
        PENDING = "pending", "Waiting to be sent"
        DELIVERED = "delivered", "Delivered"
        FAILED = "failed", "Given up after 72 hours"

    endpoint = models.ForeignKey(Endpoint, models.PROTECT, related_name="deliveries", db_index=False)
    message_id = models.CharField(max_length=60)
    kind = models.CharField(max_length=40)
    event_id = models.BigIntegerField()
    payload = models.JSONField(null=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PENDING)
    attempts_made = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField()
    give_up_at = models.DateTimeField(db_default=Now())
    created_at = models.DateTimeField(db_default=Now())
    delivered_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = [
            models.UniqueConstraint(fields=["endpoint", "message_id"], name="delivery_once_per_endpoint"),
            models.CheckConstraint(
                name="delivery_state_valid", condition=Q(state__in=["pending", "delivered", "failed"])
            ),
        ]
        indexes = [
            # Serves sending: what is due at an endpoint.
            models.Index(
                fields=["endpoint", "next_attempt_at"], name="delivery_due", condition=Q(state="pending")
            ),
            # Serve the page and its health line: the oldest pending, the newest failed.
            models.Index(fields=["id"], name="delivery_pending", condition=Q(state="pending")),
            models.Index(fields=["-id"], name="delivery_failed", condition=Q(state="failed")),
            # Serves forgetting.
            models.Index(
                fields=["created_at"], name="delivery_payload_by_age", condition=Q(payload__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} to endpoint {self.endpoint_id} ({self.state})"


class Attempt(models.Model):
    """One try: the status answered, or why there was no answer. What was answered is not kept."""

    delivery = models.ForeignKey(Delivery, models.PROTECT, related_name="attempts")
    at = models.DateTimeField(db_default=Now())
    status = models.PositiveSmallIntegerField(null=True)
    milliseconds = models.PositiveIntegerField()
    error = models.CharField(max_length=300, default="", blank=True)

    def __str__(self) -> str:
        return f"attempt on delivery {self.delivery_id}: {self.status or self.error}"
