from apps.feedback.jobs import wake_worker
from apps.feedback.operations import keep_labels as keep
from apps.feedback.operations import settle_appealed
from apps.ledger.models import Event


def keep_labels(events: list[Event]) -> None:
    """Decisions that can no longer be taken back: their labels begin, and those they replace are corrected."""
    keep(events)


def appeals_settled(events: list[Event]) -> None:
    """An appeal was settled: the label of its decision may become final at once."""
    settle_appealed([event.data["decision"] for event in events if "decision" in event.data])


def write_exports(events: list[Event]) -> None:
    """Exports were asked for: a worker is to begin."""
    for event in events:
        wake_worker(event.data["run"])
