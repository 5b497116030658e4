"""What the tick does that belongs to no single room."""

from django.contrib.sessions.models import Session
from django.utils.timezone import now

from apps.accounts.models import User
from apps.queues.operations import end_shift
from apps.wellbeing.operations import abandoned_shifts


def end_abandoned_shifts() -> int:
    """End shifts that nobody can still be working, as if those people had done so; how many."""
    people = User.objects.filter(pk__in=abandoned_shifts(now()))
    for person in people:
        end_shift(actor=person)
    return len(people)


def forget_ended_sessions() -> int:
    """Take sessions away that have ended; how many."""
    return Session.objects.filter(expire_date__lt=now()).delete()[0]
