from apps.ledger.models import Event
from apps.queues.operations import refresh_cases, release_prepared


def refresh(events: list[Event]) -> None:
    """Something came in about these items: open or update their cases."""
    refresh_cases(event.item_id for event in events if event.item_id is not None)


def prepared(events: list[Event]) -> None:
    """The media of these items are ready to be looked at."""
    release_prepared(event.item_id for event in events if event.item_id is not None)
