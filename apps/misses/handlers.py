from apps.ledger.models import Event
from apps.misses.operations import settle
from apps.misses.queries import items_of


def keep_misses(events: list[Event]) -> None:
    """Decisions, what came of appeals, and what took effect: the misses of these items follow."""
    items = {event.item_id for event in events if event.item_id is not None}
    unnamed = [
        event.data["decision"] for event in events if event.item_id is None and event.data.get("decision")
    ]
    settle(items | (items_of(unnamed) if unnamed else set()))
