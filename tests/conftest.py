"""The cast: named after what they may do, the same in every test."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import hypothesis
import pytest
from django.db import connection
from django.test import Client
from django.utils.timezone import now

from apps.accounts.models import User
from apps.briefing import queries as briefing
from apps.guidelines import changes, reading
from apps.guidelines.queries import forget_in_force
from apps.notices import queries as notices
from apps.queues.operations import claiming
from apps.wellbeing.models import Practice
from apps.wellbeing.operations import account
from reviewqueue.migrating import lightly

# The same examples in every run: a law that holds today must not turn red tomorrow because of another landing.
# SEARCH=1 looks at new ones, and EXAMPLES=500 at many (tests/laws); what is found becomes a plain story.
hypothesis.settings.register_profile(
    "steady",
    deadline=None,
    derandomize=True,
    database=None,
    print_blob=True,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.register_profile(
    "search", parent=hypothesis.settings.get_profile("steady"), derandomize=False
)
hypothesis.settings.load_profile("search" if os.environ.get("SEARCH") else "steady")


@contextmanager
def beside_every_database() -> Iterator[Any]:
    """A cursor in none of the databases, with all the time it needs: dropping one waits for the disk."""
    with connection.creation._nodb_cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        yield cursor


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings):
    """The tables of the tests are made as `make run` makes them (tests/house/test_migrating.py says: the same)."""
    with lightly():
        yield


@pytest.fixture(scope="session")
def django_db_setup(request, django_db_setup, django_db_blocker):
    """The test database; and a copy for the browser's processes, taken while it is as the migrations left it.

    Tests with real transactions empty every table after them, the rows that migrations wrote included, and they
    run before the browser's.
    """
    original = connection.settings_dict["NAME"]
    if not original.startswith("test_") or not any(
        item.get_closest_marker("browser") for item in request.session.items
    ):
        yield
        _take_your_time()
        return
    others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"
    copy = f"{original}_browser"
    with django_db_blocker.unblock():
        connection.close()
        with beside_every_database() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{copy}" WITH (FORCE)')
            cursor.execute(others, [original])
            cursor.execute(f'CREATE DATABASE "{copy}" TEMPLATE "{original}"')
    yield
    with django_db_blocker.unblock(), beside_every_database() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{copy}" WITH (FORCE)')
    _take_your_time()


def _take_your_time() -> None:
    """What drops the test database after this does so on a connection of its own, which reads the settings anew."""
    connection.settings_dict["OPTIONS"]["options"] += " -c statement_timeout=0"


CAST = {
    "moderator": (["moderator"], ["en"]),
    "moderator2": (["moderator"], ["km", "vi", "en"]),
    "senior": (["senior_moderator"], ["en", "km", "vi"]),
    "policy": (["policy_lead"], ["en"]),
    "policy2": (["policy_lead"], ["en"]),
    "supervisor": (["supervisor"], ["en"]),
    "wellbeing": (["wellbeing_lead"], ["en"]),
    "legal": (["legal_reviewer"], ["en"]),
    "legal2": (["legal_reviewer"], ["en"]),
    "admin": (["admin"], ["en"]),
}


def person(name: str) -> User:
    """The person of the cast by that name, made when first asked for."""
    roles, languages = CAST[name]
    found = User.objects.filter(username=name).first()
    if found:
        return found
    made = User.objects.create_user(
        name,
        password="a calm evening",
        roles=roles,
        languages=languages,
        pseudonym=f"M-{name}",
        is_staff="admin" in roles,
        is_superuser="admin" in roles,
    )
    # Nobody of the cast is new to the work: a newcomer's budget is a share of the others'.
    Practice.objects.create(user=made, since=now() - timedelta(days=90))
    return made


def _fixture(name: str):
    @pytest.fixture(name=name)
    def member(db) -> User:
        return person(name)

    return member


for _name in CAST:
    globals()[_name] = _fixture(_name)


@pytest.fixture
def signed_in(db):
    """`signed_in("moderator")` or `signed_in(user)`: a test client with a session."""

    def sign_in(who: str | User) -> Client:
        client = Client()
        client.force_login(person(who) if isinstance(who, str) else who)
        return client

    return sign_in


@pytest.fixture(autouse=True)
def _shifts_can_be_read_on_a_busy_machine(request, monkeypatch):
    """A claim waits 300 ms for the shift's row, then goes on fail-safe. Sixteen threads on two cores may take longer.

    Tests of just that are marked `impatient`.
    """
    if "impatient" not in request.keywords:
        monkeypatch.setattr(account, "PATIENCE", "60s")


@pytest.fixture(autouse=True)
def _nothing_is_drawn_by_chance(request, monkeypatch):
    """Whether a decision is looked at again depends on its number, which no other test should depend on.

    What is drawn for certain is drawn; tests of the drawing itself (tests/quality) see to their own chance.
    """
    if "quality" not in request.path.parts and "browser" not in request.path.parts:
        for module in ("drawing", "giving"):
            monkeypatch.setattr(f"apps.quality.operations.{module}.chance", lambda *asked: 1 - 1e-9)


@pytest.fixture
def published_at_once(monkeypatch):
    """A publication takes effect in the moment it is written, for tests that are about something else."""
    monkeypatch.setattr("apps.guidelines.operations.publishing.LEAD", timedelta(0))


@pytest.fixture(autouse=True)
def _guidelines_looked_up_anew(request, monkeypatch):
    """The version in force is remembered for seconds; a rolled-back one must not outlive its test.

    Within a test it is remembered however busy the machine: a query more or less would depend on the clock.
    """
    known = (("queries", "IN_FORCE_KNOWN_FOR"), ("reading", "KNOWN_FOR"))
    for module, name in () if "impatient" in request.keywords else known:
        monkeypatch.setattr(f"apps.guidelines.{module}.{name}", 600.0)
    forget_in_force()
    reading.forget()
    changes.forget()
    briefing.forget()
    notices.forget()
    claiming.forget()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests come last: Playwright's event loop runs on in the thread that began it, where asyncio starts no other."""
    items.sort(key=lambda item: "browser" in item.path.parent.parts)
