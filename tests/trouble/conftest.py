"""A system on servers of its own, which a test may stop, kill and restart."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from django.test import Client

from apps.accounts.keys import issue
from apps.guidelines.queries import forget_in_force
from reviewqueue import embedded
from tests import make
from tests.browser.system import System, empty
from tests.conftest import person
from tests.patience import PATIENCE

PROCESSES = ("web", "worker", "tick")


@pytest.fixture(scope="session")
def own_servers(django_db_blocker) -> Iterator[System]:
    named = {name: os.environ.pop(name) for name in ("DATABASE_URL", "REDIS_URL") if name in os.environ}
    with tempfile.TemporaryDirectory(prefix="rq-", ignore_cleanup_errors=True) as folder:
        var = Path(folder).resolve() / "var"
        servers = embedded.ensure(var)
        system = System(database_url=servers.database_url, redis_url=servers.redis_url, var=var)
        try:
            system.run("manage.py", "migrate", "--verbosity", "0")
            system.run("manage.py", "collectstatic", "--noinput", "--verbosity", "0")
            with system.inside(django_db_blocker):
                make.house()
            forget_in_force()
            yield system
        finally:
            system.stop_all()
            embedded.stop(var)
            os.environ.update(named)


@pytest.fixture
def house(own_servers, django_db_blocker) -> Iterator[System]:
    """Servers and an empty house; no process runs yet."""
    with own_servers.inside(django_db_blocker):
        forget_in_force()
        empty()
        yield own_servers
        own_servers.stop_all()
        forget_in_force()


@pytest.fixture
def running(house) -> System:
    """The same with web, worker and tick."""
    for name in PROCESSES:
        house.start(name)
    house.wait_for_first_page()
    return house


@pytest.fixture
def program(running) -> Iterator[httpx.Client]:
    """A platform that sends reports."""
    token = issue("platform", ["ingest", "read"])
    with httpx.Client(
        base_url=running.base, headers={"Authorization": f"Bearer {token}"}, timeout=PATIENCE
    ) as client:
        yield client


@pytest.fixture
def mara(running) -> Iterator[httpx.Client]:
    """A moderator's browser, signed in, without a browser."""
    signed_in = Client()
    signed_in.force_login(person("moderator"))
    cookies = {"sessionid": signed_in.cookies["sessionid"].value}
    with httpx.Client(base_url=running.base, cookies=cookies, timeout=PATIENCE) as client:
        client.get("/desk/")
        client.headers["X-CSRFToken"] = client.cookies["csrftoken"]
        client.headers["HX-Request"] = "true"
        yield client
