from apps.detectors import operations
from apps.ledger.models import Event


def keep_counts(events: list[Event]) -> None:
    """Scores came in, or a first answer was given or taken back."""
    operations.keep(events)
