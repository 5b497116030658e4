from apps.insight.operations import raise_pulse, take_in
from apps.ledger.models import Event


def keep_rollups(events: list[Event]) -> None:
    """Cases, decisions and enforcement: the numbers follow."""
    take_in(events)


def people_changed(events: list[Event]) -> None:
    """Somebody came or went. How many are available is counted when it is shown; nobody is looked at here."""
    raise_pulse()
