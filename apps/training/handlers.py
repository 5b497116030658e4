from apps.ledger.models import Event
from apps.training.operations import counting, making


def count_pairs(events: list[Event]) -> None:
    counting.count(events)


def retire_reworded_modules(events: list[Event]) -> None:
    making.retire_reworded()
