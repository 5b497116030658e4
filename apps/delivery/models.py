from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class Endpoint(models.Model):
    """Where the platform wants to be told. `secret` is the Standard Webhooks secret (whsec_…)."""

    name = models.CharField(max_length=80, unique=True)
    url = models.CharField(max_length=2000)
    secret = models.CharField(max_length=100)
    kinds = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    active = models.BooleanField(default=True)
    created_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return self.name


class Delivery(models.Model):
    """One message owed to one endpoint, kept with all its attempts."""

    class State(models.TextChoices):
        PENDING = "pending", "Waiting to be sent"
        DELIVERED = "delivered", "Delivered"
        FAILED = "failed", "Given up after 72 hours"

    endpoint = models.ForeignKey(Endpoint, models.PROTECT, related_name="deliveries")
    message_id = models.CharField(max_length=60)
    kind = models.CharField(max_length=40)
    event_id = models.BigIntegerField()
    payload = models.JSONField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.PENDING)
    attempts_made = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField()
    created_at = models.DateTimeField(db_default=Now())
    delivered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["endpoint", "message_id"], name="delivery_once_per_endpoint"),
            models.CheckConstraint(
                name="delivery_state_valid", condition=Q(state__in=["pending", "delivered", "failed"])
            ),
        ]
        indexes = [
            models.Index(fields=["next_attempt_at"], name="delivery_pending", condition=Q(state="pending")),
            models.Index(fields=["-id"], name="delivery_failed", condition=Q(state="failed")),
        ]

    def __str__(self) -> str:
        return f"{self.kind} to endpoint {self.endpoint_id} ({self.state})"


class Attempt(models.Model):
    delivery = models.ForeignKey(Delivery, models.PROTECT, related_name="attempts")
    at = models.DateTimeField(db_default=Now())
    status = models.PositiveSmallIntegerField(null=True)
    milliseconds = models.PositiveIntegerField()
    error = models.CharField(max_length=300, default="", blank=True)

    def __str__(self) -> str:
        return f"attempt on delivery {self.delivery_id}: {self.status or self.error}"
