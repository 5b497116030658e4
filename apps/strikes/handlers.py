from apps.ledger.models import Event
from apps.strikes.operations import follow, weigh


def follow_enforcements(events: list[Event]) -> None:
    follow(events)


def weigh_reporters(events: list[Event]) -> None:
    weigh(events)
