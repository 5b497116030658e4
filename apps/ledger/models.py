import pgtrigger
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class Event(models.Model):
    """One thing that happened, written once, in the transaction that made it true.

    Subjects are plain ids: the ledger lies under every room and knows none of them.
    `data` holds ids, codes and hashes, never content or personal data, so that
    erasing content never touches an event.
    """

    kind = models.CharField(max_length=60)
    actor_id = models.BigIntegerField(null=True)
    case_id = models.BigIntegerField(null=True)
    item_id = models.BigIntegerField(null=True)
    private = models.BooleanField(default=False, db_default=False)
    data = models.JSONField(default=dict)
    occurred_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [
            # Serve the timelines.
            models.Index(fields=["case_id", "id"], name="event_by_case", condition=Q(case_id__isnull=False)),
            models.Index(fields=["item_id", "id"], name="event_by_item", condition=Q(item_id__isnull=False)),
            models.Index(
                fields=["actor_id", "id"], name="event_by_actor", condition=Q(actor_id__isnull=False)
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="event_is_never_changed", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.kind} (event {self.pk})"


class Handoff(models.Model):
    """An event still owed to one subscriber. Done means deleted: what is here is owed."""

    # No foreign key in the database: the statement that writes an event writes its handoffs, and no event is
    # ever deleted (`event_is_never_changed`). Checking ten of them at each decision's commit was a tenth of it.
    event = models.ForeignKey(
        Event, models.PROTECT, related_name="handoffs", db_constraint=False, db_index=False
    )
    subscriber = models.CharField(max_length=60)
    due_at = models.DateTimeField(db_default=Now())
    attempts = models.PositiveSmallIntegerField(default=0, db_default=0)
    last_error = models.TextField(default="", db_default="", blank=True)
    given_up_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["event", "subscriber"], name="handoff_once_per_subscriber"),
        ]
        indexes = [
            # Serves the relay: what is owed to a subscriber, oldest first.
            models.Index(
                fields=["subscriber", "due_at", "event"], name="handoff_owed", condition=Q(given_up_at=None)
            ),
            models.Index(
                fields=["given_up_at"], name="handoff_given_up", condition=Q(given_up_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"event {self.event_id} owed to {self.subscriber}"


class Seal(models.Model):
    """A batch of events under a hash chain: `hash` covers the previous seal and every digest here.

    `digests` is 32 bytes (SHA-256) for each id of `event_ids`, in order, so that a
    verification names the first event that does not fit.
    """

    number = models.BigIntegerField(unique=True)
    event_ids = models.JSONField()
    digests = models.BinaryField()
    previous_hash = models.BinaryField()
    hash = models.BinaryField()
    sealed_at = models.DateTimeField(db_default=Now())

    class Meta:
        triggers = [
            pgtrigger.Protect(name="seal_is_never_changed", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"seal {self.number}"
