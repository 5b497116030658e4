"""What happens once a decision can no longer be taken back."""

from datetime import timedelta

import time_machine
from django.utils.timezone import now

from apps.ledger.operations import drain


def later(**by: int) -> None:
    """Hand over everything that is due by then (11 seconds, when nothing else is said)."""
    with time_machine.travel(now() + timedelta(**(by or {"seconds": 11}))):
        drain()
