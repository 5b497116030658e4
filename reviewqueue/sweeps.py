"""What the tick does that belongs to no single room."""

from django.contrib.sessions.models import Session
from django.utils.timezone import now


def forget_ended_sessions() -> int:
    """Take sessions away that have ended; how many."""
    return Session.objects.filter(expire_date__lt=now()).delete()[0]
