from apps.ledger.models import Event
from apps.rehearsal.operations import keep


def keep_citations(events: list[Event]) -> None:
    keep(events)
