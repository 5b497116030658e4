from apps.appeals.operations import settle
from apps.ledger.models import Event


def settle_appeals(events: list[Event]) -> None:
    settle(events)
