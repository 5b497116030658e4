from django.db.models import QuerySet

from apps.ledger.models import Event, Handoff


def timeline(
    *, case_id: int | None = None, item_id: int | None = None, actor_id: int | None = None
) -> QuerySet[Event]:
    """What happened to a case or an item, or what a person did; newest first, private events left out."""
    chosen = {"case_id": case_id, "item_id": item_id, "actor_id": actor_id}
    subject = {name: value for name, value in chosen.items() if value is not None}
    if len(subject) != 1:
        raise ValueError("a timeline has exactly one subject")
    return Event.objects.filter(private=False, **subject).order_by("-id")


def given_up() -> QuerySet[Handoff]:
    """Handoffs that failed too often, newest first: they wait for a person to replay them."""
    return Handoff.objects.filter(given_up_at__isnull=False).select_related("event").order_by("-given_up_at")
