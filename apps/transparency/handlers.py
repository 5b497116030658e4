from apps.ledger.models import Event
from apps.transparency.operations import keep_statements, withhold_reversed


def keep(events: list[Event]) -> None:
    """Enforcements that can no longer be taken back: each has its statement; what is reversed unsent is withheld."""
    keep_statements([event for event in events if event.kind == "enforcement.due"])
    withhold_reversed([event for event in events if event.kind == "enforcement.reversed"])
