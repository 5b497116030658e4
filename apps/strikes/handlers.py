from apps.ledger.models import Event
from apps.strikes.operations import follow


def follow_enforcements(events: list[Event]) -> None:
    follow(events)
