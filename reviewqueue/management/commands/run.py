"""`manage.py run`: the same as `make run`. `--prepare` does what is missing before the first page."""

import hashlib
import io
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from apps.guidelines.models import GuidelineVersion, Translation
from apps.guidelines.queries import in_force
from apps.queues.operations.setup import install_starter
from reviewqueue.migrating import lightly
from reviewqueue.supervisor import SIGN_INS

STARTER_GUIDELINES = settings.BASE_DIR / "apps/guidelines/starter/starter.yaml"
STARTER_TRANSLATIONS = [STARTER_GUIDELINES.with_name(name) for name in ("km.yaml", "vi.yaml")]
PREPARING = 7_236_542  # the advisory lock: two that start at once prepare one after the other


class Command(BaseCommand):
    help = "Starts everything: servers, database, demo, web, worker and tick; Ctrl-C stops it."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--prepare", action="store_true", help="only prepare what is missing, start nothing"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["prepare"]:
            os.execv(sys.executable, [sys.executable, "-m", "reviewqueue.supervisor"])  # noqa: S606
        with one_at_a_time():
            self.step("Database tables", migrate)
            self.step("Static files", collect_static)
            if settings.EMBEDDED:
                self.step("Starter guidelines", load_starter_guidelines)
                self.step("Starter translations", load_starter_translations)
                self.step("Starter queues", make_starter_queues)
                self.step("Demo people", make_demo_people)

    def step(self, name: str, do: Callable[[], bool]) -> None:
        began = time.monotonic()
        if do():
            self.stdout.write(f"{name}: done ({time.monotonic() - began:.1f} s).")
            self.stdout.flush()


@contextmanager
def one_at_a_time() -> Iterator[None]:
    with connection.cursor() as cursor:
        # Whoever came first may take its time, and so may a migration of a large table.
        cursor.execute("SET statement_timeout = 0")
        cursor.execute("SELECT pg_advisory_lock(%s)", [PREPARING])
        yield
        cursor.execute("SELECT pg_advisory_unlock(%s)", [PREPARING])


def migrate() -> bool:
    executor = MigrationExecutor(connection)
    if not executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return False
    with lightly():
        call_command("migrate", interactive=False, verbosity=0)
    return True


def collect_static() -> bool:
    """Collecting hashes and compresses every file; so only when one of them has changed."""
    stamp = Path(settings.STATIC_ROOT) / ".collected"
    seen = fingerprint_of_static_files()
    if stamp.exists() and stamp.read_text() == seen:
        return False
    call_command("collectstatic", interactive=False, verbosity=0)
    stamp.write_text(seen)
    return True


def fingerprint_of_static_files() -> str:
    digest = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list([]):
            found = Path(storage.path(path)).stat()
            digest.update(f"{path}\0{found.st_mtime_ns}\0{found.st_size}\0".encode())
    return digest.hexdigest()


def load_starter_guidelines() -> bool:
    if GuidelineVersion.objects.filter(state=GuidelineVersion.State.PUBLISHED).exists():
        return False
    call_command("load_guidelines", str(STARTER_GUIDELINES), publish=True, stdout=io.StringIO())
    return True


def load_starter_translations() -> bool:
    if Translation.objects.exists() or in_force().code != "STARTER":
        return False
    call_command("load_translations", *map(str, STARTER_TRANSLATIONS), stdout=io.StringIO())
    return True


def make_starter_queues() -> bool:
    return bool(install_starter(actor=None))


def make_demo_people() -> bool:
    people = get_user_model().objects.filter(username__in=SIGN_INS)
    if people.count() == len(SIGN_INS) and (Path(settings.VAR_DIR) / "demo_password").exists():
        return False
    call_command("demo_people", verbosity=0)
    return True
