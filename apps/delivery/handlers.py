from django.conf import settings
from django.db import transaction

from apps.delivery.jobs import wake
from apps.delivery.operations import announce
from apps.ledger.models import Event


def announce_outside(events: list[Event]) -> None:
    """Decisions and enforcement that can no longer be taken back: owe the platform its messages, then send."""
    if announce(events) and not settings.TESTING:
        transaction.on_commit(wake, robust=True)
