from dataclasses import dataclass

from django.utils.timezone import now

from apps.intake.models import Author
from apps.strikes.ladder import Step
from apps.strikes.models import ReporterPause, Strike, Suspension
from apps.strikes.queries_ladder import ladder_in_force

LISTED = 50


@dataclass(frozen=True)
class Standing:
    """How an account stands: strikes that count now, what so many provide for, and suspensions that run."""

    strikes: list[Strike]
    step: Step | None
    running: list[Suspension]


def standing_of(author: Author) -> Standing:
    """Strikes in force are neither lifted nor expired."""
    at = now()
    standing = Strike.objects.filter(author=author, lifted_at=None, expires_at__gt=at)
    strikes = list(standing.select_related("ladder").order_by("-given_at")[:LISTED])
    running = Suspension.objects.filter(author=author, ended_at=None, ends_at__gt=at).order_by("ends_at")
    return Standing(strikes, ladder_in_force().step(len(strikes)), list(running[:LISTED]))


def past_of(author: Author) -> tuple[list[Strike], list[Suspension]]:
    """What no longer counts: strikes lifted or expired, suspensions that ended; newest first."""
    strikes = Strike.objects.filter(author=author).exclude(lifted_at=None, expires_at__gt=now())
    ended = Suspension.objects.filter(author=author, ended_at__isnull=False)
    return list(strikes.order_by("-given_at")[:LISTED]), list(ended.order_by("-ended_at")[:LISTED])


def running_suspensions() -> list[Suspension]:
    """Suspensions that run, the one that ends first on top."""
    found = Suspension.objects.filter(ended_at=None).select_related("author")
    return list(found.order_by("ends_at")[:LISTED])


def proposed_pauses() -> list[ReporterPause]:
    """Pauses that a person has yet to decide, oldest first."""
    found = ReporterPause.objects.filter(state=ReporterPause.State.PROPOSED).select_related("warning")
    return list(found.order_by("id")[:LISTED])


def decided_pauses() -> list[ReporterPause]:
    """What was decided last, newest first."""
    found = ReporterPause.objects.exclude(state=ReporterPause.State.PROPOSED)
    return list(found.order_by("-id")[:LISTED])
