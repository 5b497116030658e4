"""A whole reviewqueue of real processes beside the test: web, worker and tick on a database of their own."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dj_database_url
from django.conf import settings
from django.db import connection

from tests.patience import PATIENCE, soon

PROJECT = Path(__file__).resolve().parents[2]
PEOPLE = (
    "moderator",
    "moderator2",
    "senior",
    "policy",
    "policy2",
    "supervisor",
    "wellbeing",
    "legal",
    "legal2",
    "admin",
)
PASSWORD = "a calm evening"
PLACE = ("NAME", "HOST", "PORT", "USER", "PASSWORD")
EMPTIED = (
    "intake_item, intake_author, intake_reporter, wellbeing_shift, wellbeing_personveil, ledger_event, ledger_seal, "
    "queues_case"
)


def free_port() -> int:
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        return line.getsockname()[1]


def browser_database() -> str:
    """The name of the database of this process's browser tests, beside that of the others."""
    name = connection.settings_dict["NAME"]
    if name.startswith("test_"):
        return f"{name}_browser"
    return f"test_{name}_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}_browser"


def database_url(settings: dict[str, Any], name: str) -> str:
    """The address of another database on the same server."""
    user = settings["USER"] or ""
    password = f":{settings['PASSWORD']}" if settings["PASSWORD"] else ""
    host = str(settings["HOST"] or "").replace("/", "%2F")
    port = f":{settings['PORT']}" if settings["PORT"] else ""
    return f"postgresql://{user}{password}@{host}{port}/{name}"


class System:
    def __init__(self, *, database_url: str, redis_url: str, var: Path) -> None:
        self.port = free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self.database = dj_database_url.parse(database_url)
        self.var = var
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.environment = {
            **os.environ, "DATABASE_URL": database_url, "REDIS_URL": redis_url, "VAR_DIR": str(var),
            "SECRET_KEY": settings.SECRET_KEY, "HTTPS": "false", "ALLOWED_HOSTS": "127.0.0.1",
            "PUBLIC_URL": self.base, "WEB_THREADS": "4",
        }  # fmt: skip

    def run(self, *words: str) -> None:
        ran = subprocess.run(
            [sys.executable, *words], cwd=PROJECT, env=self.environment, capture_output=True, text=True
        )
        assert ran.returncode == 0, ran.stdout + ran.stderr

    def start(self, name: str) -> None:
        words = {
            "web": ("-m", "granian", "--interface", "asginl", "--host", "127.0.0.1", "--port", str(self.port), "--workers", "1",
                    "--http", "1", "--log-level", "warning", "--workers-kill-timeout", "2", "reviewqueue.asgi:application"),
        }.get(name, ("manage.py", name))  # fmt: skip
        log = (self.var / f"{name}.log").open("ab")
        self.processes[name] = subprocess.Popen(
            [sys.executable, *words],
            cwd=PROJECT,
            env=self.environment,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )

    def stop(self, name: str, how: int = signal.SIGTERM) -> None:
        process = self.processes.pop(name)
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(how)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(20)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def stop_all(self) -> None:
        for name in list(self.processes):
            self.stop(name)

    def status(self, path: str) -> tuple[int, str]:
        """What an address answers, without following anybody anywhere; (0, why) when nobody answers."""
        try:
            with urllib.request.urlopen(self.base + path, timeout=PATIENCE) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as refused:
            return refused.code, refused.read().decode()
        except OSError as trouble:
            return 0, str(trouble)

    def wait_for_first_page(self) -> None:
        soon(lambda: self.status("/healthz")[0] == 200)

    @contextlib.contextmanager
    def inside(self, blocker: Any) -> Iterator[None]:
        """This process works on the system's database meanwhile, as one more of its processes would."""
        with blocker.unblock():
            connection.close()
            kept = {key: connection.settings_dict[key] for key in PLACE}
            connection.settings_dict.update({key: self.database[key] for key in PLACE})
            try:
                yield
            finally:
                connection.close()
                connection.settings_dict.update(kept)


def empty() -> None:
    """Nothing has come in and nobody is at work; guidelines, queues, limits and people stay."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename LIKE 'insight_%'"
        )
        rollups = [name for (name,) in cursor.fetchall()]
        cursor.execute(f"TRUNCATE {', '.join([EMPTIED, *rollups])} CASCADE")
