"""A browser before a real system. Without a browser these tests are skipped loudly; with CI=true that is a failure."""

import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client, override_settings
from playwright.sync_api import Browser, Page, expect, sync_playwright

from apps.briefing import queries as briefing
from apps.guidelines import changes, reading
from apps.guidelines.queries import IN_FORCE_KNOWN_FOR, forget_in_force
from apps.queues.operations import refresh_cases
from tests import make
from tests.browser import installed
from tests.browser.system import PASSWORD, PEOPLE, System, browser_database, database_url
from tests.conftest import beside_every_database, person
from tests.patience import PATIENCE

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]  # as in the house; tests have a quicker one
# axe tries inline styles of its own to measure contrast: what no file of ours said, once axe is there, is axe's.
KEEPS_VIOLATIONS = """document.addEventListener("securitypolicyviolation", event => {
    if (window.axe && !event.sourceFile) return;
    const kept = JSON.parse(sessionStorage.broken ?? "[]");
    kept.push(`${location.pathname}: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`);
    sessionStorage.broken = JSON.stringify(kept);
});"""
ASKS_VIOLATIONS = """() => {
    const kept = sessionStorage.broken ?? "[]";
    delete sessionStorage.broken;
    return JSON.parse(kept);
}"""
expect.set_options(timeout=PATIENCE * 1_000)
AXE = Path(__file__).parents[1] / "vendor/axe.min.js"


def pytest_collection_modifyitems(items):
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = os.environ.get("RQ_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if not path:
        words = "there is no Chromium: apt install chromium, or set RQ_CHROMIUM"
        if os.environ.get("CI") == "true":
            pytest.fail(words)
        pytest.skip(f"*** BROWSER TESTS SKIPPED: {words} ***")
    # Inside, Playwright runs an event loop, before which Django refuses to use its database.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def system(django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[System]:
    """A database with what every installation has, and the processes on it."""
    name, copied = browser_database(), connection.settings_dict["NAME"].startswith("test_")
    if not copied:  # only browser tests were asked for: there was none to copy
        with django_db_blocker.unblock():
            connection.close()
            with beside_every_database() as cursor:
                cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
                cursor.execute(f'CREATE DATABASE "{name}"')
    running = System(
        database_url=database_url(connection.settings_dict, name),
        redis_url=settings.REDIS_URL,
        var=tmp_path_factory.mktemp("system"),
    )
    if not copied:
        running.run("manage.py", "migrate", "--verbosity", "0")
    with running.inside(django_db_blocker):
        make.house()
        with override_settings(PASSWORD_HASHERS=HASHERS):
            for who in PEOPLE:
                person(who)
        installed.keep()
    forget_in_force()
    running.run("manage.py", "collectstatic", "--noinput", "--verbosity", "0")
    try:
        for process in ("web", "worker", "tick"):
            running.start(process)
        running.wait_for_first_page()
        yield running
    finally:
        running.stop_all()
        with django_db_blocker.unblock(), beside_every_database() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@pytest.fixture
def house(system, django_db_blocker, settings) -> Iterator[System]:
    """The system as installed, nothing in it; what the test does with models and operations happens in its database."""
    settings.MEDIA_ROOT = system.var / "media"
    with system.inside(django_db_blocker):
        moved = installed.put_back()
        for forget in (forget_in_force, reading.forget, changes.forget, briefing.forget):
            forget()
        if "guidelines_guidelineversion" in moved:
            time.sleep(IN_FORCE_KNOWN_FOR)  # so long the web may remember the version that is gone
        yield system
        forget_in_force()


@pytest.fixture
def visit(chromium, house):
    """`visit("moderator")`: a page of that person in a browser of her own. A test ends with no script error and
    nothing refused by the Content Security Policy on any page it opened."""
    pages: list[Page] = []
    broken: list[str] = []

    def open_page(who: str | None = None, **options) -> Page:
        options.setdefault("viewport", {"width": 1366, "height": 768})
        context = chromium.new_context(base_url=house.base, **options)
        context.set_default_timeout(PATIENCE * 1_000)
        if who:
            client = Client()
            client.force_login(person(who))
            context.add_cookies(
                [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": house.base}]
            )
        context.add_init_script(KEEPS_VIOLATIONS)
        page = context.new_page()
        page.on("pageerror", lambda error: broken.append(f"{page.url}: {error}"))
        if options.get("java_script_enabled", True):
            pages.append(page)
        return page

    yield open_page
    for page in pages:
        broken += violations(page)
        page.context.close()
    assert broken == []


def violations(page: Page) -> list[str]:
    """What the Content Security Policy has refused in this tab so far, over all its pages; asking forgets it."""
    found: list[str] = page.evaluate(ASKS_VIOLATIONS)
    return found


@pytest.fixture(scope="session")
def axe() -> str:
    return AXE.read_text()


@pytest.fixture
def password() -> str:
    return PASSWORD


@pytest.fixture
def waiting(house):
    """`waiting(2)`: as many reported cases, most urgent first, whose texts say which they are."""

    def put(n=1, *, rule="HT-4", **fields):
        items = []
        for number in range(1, n + 1):
            item = make.item(text=f"Post number {number} that somebody reported.", **fields)
            make.report(item, rule=rule, by=f"reporter-{number}")
            refresh_cases([item.pk])
            items.append(item)
        return items

    return put
