"""What matching does when it hears of items."""

from apps.ledger.models import Event
from apps.matching.operations import screen


def screen_items(events: list[Event]) -> None:
    """Items came in, changed, or have their media ready: those without media at once, the others when all are ready."""
    screen(
        event.item_id
        for event in events
        if event.item_id is not None and (event.kind == "item.prepared" or not event.data.get("media"))
    )
