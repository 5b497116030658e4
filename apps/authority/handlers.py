from apps.authority.operations import settle_reviews
from apps.ledger.models import Event


def reviewed(events: list[Event]) -> None:
    """Items were decided for good: requests that wait for their review go on."""
    settle_reviews(events)
