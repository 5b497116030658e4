from apps.intake.jobs import wake_worker
from apps.ledger.models import Event


def prepare(events: list[Event]) -> None:
    """Items came in or changed: if they brought media, a worker is woken to prepare them."""
    if any(event.data.get("media") for event in events):
        wake_worker()
