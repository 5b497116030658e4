from apps.ledger.models import Event
from apps.trends.operations import count


def keep_signs(events: list[Event]) -> None:
    """Reports and decisions: the counts of what they are about follow."""
    count(events)
