from apps.lawful.operations import settle_reviews
from apps.ledger.models import Event


def reviewed(events: list[Event]) -> None:
    settle_reviews(events)
