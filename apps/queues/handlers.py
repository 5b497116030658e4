from apps.ledger.models import Event
from apps.queues.operations import fold, refresh_cases, release_prepared


def refresh(events: list[Event]) -> None:
    """Something came in about these items: open or update their cases."""
    refresh_cases(event.item_id for event in events if event.item_id is not None)


def prepared(events: list[Event]) -> None:
    """The media of these items are ready to be looked at, and no bank settles them."""
    release_prepared(event.item_id for event in events if event.item_id is not None)


def fold_near_duplicates(events: list[Event]) -> None:
    """Items are near-duplicates of others: one case for those in like context."""
    fold(event.data["cluster"] for event in events)
