from typing import Any

from django.db.models import QuerySet
from django.utils.timezone import now

from apps.delivery.models import Delivery, Endpoint

COUNT_UP_TO = 1_000  # beyond that a count costs and says nothing more
LATE_AFTER = 300  # seconds: an endpoint that was away for a moment has been tried again by then


def endpoints() -> list[Endpoint]:
    return list(Endpoint.objects.order_by("name"))


def deliveries(*, state: str = "", before: int | None = None) -> QuerySet[Delivery]:
    """Messages, newest first, with their endpoints and attempts; those before an id, in one state or any."""
    found = Delivery.objects.select_related("endpoint").prefetch_related("attempts").order_by("-id")
    if state:
        found = found.filter(state=state)
    if before is not None:
        found = found.filter(id__lt=before)
    return found


def health() -> dict[str, Any]:
    """How the webhooks fare: seconds the oldest unsent message has waited, how many wait, how many were given up."""
    oldest = (
        Delivery.objects.filter(state=Delivery.State.PENDING).order_by("id").values_list("created_at").first()
    )
    return {
        "oldest_waits_seconds": round((now() - oldest[0]).total_seconds(), 1) if oldest else None,
        "late_after_seconds": LATE_AFTER,
        "pending": _count(Delivery.State.PENDING),
        "given_up": _count(Delivery.State.FAILED),
    }


def _count(state: str) -> int:
    return Delivery.objects.filter(state=state).order_by()[:COUNT_UP_TO].count()
