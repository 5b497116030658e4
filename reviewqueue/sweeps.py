"""What the tick does that belongs to no single room."""

from datetime import timedelta

from django.contrib.sessions.models import Session
from django.utils.timezone import now

from apps.ledger.operations import drain_late
from reviewqueue.wiring import is_relaying

A_WORKER_IS_STUCK = timedelta(seconds=10)


def relay_late() -> int:
    """Hand over what is late. While a worker goes its rounds that is its business, unless it does not get on.

    Two that go round at the same time hand over half as much each at twice the cost.
    """
    return drain_late(late=A_WORKER_IS_STUCK) if is_relaying() else drain_late()


def forget_ended_sessions() -> int:
    """Take sessions away that have ended; how many."""
    return Session.objects.filter(expire_date__lt=now()).delete()[0]
