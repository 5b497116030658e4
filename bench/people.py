"""Moderators who are signed in and on shift already; what ends their day is the benchmark, not a limit."""

from dataclasses import asdict, dataclass
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import connection

from apps.accounts.models import User
from apps.wellbeing.limits import LIMITS
from apps.wellbeing.models import Ceilings, LimitSet, Shift
from apps.wellbeing.operations import start_shift
from apps.wellbeing.queries import limits_in_force

FIRST_ID = 90_000_001
FIRST_SHIFT = 80_000_001  # as in load.py: a number says what it names
NO_PAUSE = 30_000  # minutes, or cases in a row
NO_END = 20_000_000  # centiunits a shift: a benchmark is not a working day


@dataclass(frozen=True)
class Person:
    id: int
    name: str
    session: str

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def moderators(count: int) -> list[Person]:
    """`count` people on shift, one in eight a senior, one in six a specialist. Made once; found again."""
    if limits_in_force().budget != NO_END:
        Ceilings.objects.create(
            bounds={name: [0, NO_END] for name in LIMITS}, reason="A benchmark, not a working day."
        )
        LimitSet.objects.create(
            budget=NO_END,
            specialist_budget=NO_END,
            weekly_factor=100,
            **dict.fromkeys(
                ("shift_minutes", "break_every_minutes", "high_break_every_minutes", "high_minutes"), NO_PAUSE
            ),
            **dict.fromkeys(("high_run", "extreme_run", "harm_run"), NO_PAUSE),
            gentle_start_minutes=0,
            gentle_end_minutes=0,
            reason="A benchmark, not a working day.",
        )
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT setval(pg_get_serial_sequence('wellbeing_shift', 'id'), %s)", [FIRST_SHIFT]
            )
    made = []
    for number in range(count):
        user, fresh = User.objects.get_or_create(
            id=FIRST_ID + number,
            defaults={
                "username": f"bench{number}",
                "pseudonym": f"B-{number}",
                "roles": ["senior_moderator"] if number % 8 == 7 else ["moderator"],
                "languages": [["en"], ["en", "vi"], ["en", "km"], ["vi"], ["km", "vi", "en"]][number % 5],
                "skills": ["specialist"] if number % 6 == 5 else [],
                "password": "!",
            },
        )
        if fresh or not Shift.objects.filter(user=user, ended_at=None).exists():
            start_shift(actor=user)  # what ran before may have ended it
        made.append(Person(user.pk, user.username, session_of(user)))
    return made


def supervisor() -> Person:
    """Somebody who watches the dashboard."""
    user, _ = User.objects.get_or_create(
        username="bench-supervisor",
        defaults={"pseudonym": "B-S", "roles": ["supervisor"], "languages": ["en"], "password": "!"},
    )
    return Person(user.pk, user.username, session_of(user))


def session_of(user: User) -> str:
    """A session as signing in would have made it; its key."""
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    store[SESSION_KEY] = str(user.pk)
    store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.create()
    return str(store.session_key)
