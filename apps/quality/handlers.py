from apps.ledger.models import Event
from apps.quality import operations


def decided(events: list[Event]) -> None:
    """Decisions can no longer be taken back: draw second looks, put golden cases in, and take in what was looked at."""
    operations.compare(events)
    operations.settle(events)
    operations.answer(events)
    operations.draw(events)
    operations.put_in(events)


def changed(events: list[Event]) -> None:
    """Items changed: second looks that wait, and golden cases, are of what is not there any more."""
    operations.void_changed(events)
    operations.retire_changed(events)


def published(events: list[Event]) -> None:
    operations.retire_moved(events)
