"""`make run`: everything in one terminal, started in order and stopped in order.

Embedded servers, then the preparing steps (one short process, see management/commands/run.py) while the web loads
its code, then worker and tick, and the demo history filling in behind them. A process that ends by itself is started
again, after a pause that grows. This process itself stays small: it never loads Django.
"""

import contextlib
import http.client
import io
import os
import signal
import socket
import sys
import threading
import time
from pathlib import Path

from reviewqueue import embedded
from reviewqueue.children import Child, python
from reviewqueue.embedded.places import PROJECT, places

HOST = "127.0.0.1"
SIGN_INS = (
    "moderator",
    "moderator2",
    "senior",
    "senior2",
    "policy",
    "policy2",
    "supervisor",
    "wellbeing",
    "legal",
    "admin",
)
FIRST_PAGE_WITHIN = 90.0
LOOK_AT_SERVERS_EVERY = 3.0
STOP_SECONDS = (4.0, 3.0)  # the web first, then the others; the servers take about one more


class Refused(Exception):
    """Why nothing was started, in a sentence."""


class Supervisor:
    def __init__(self, port: int, var: Path) -> None:
        self.port = port
        self.logs = var / "log"
        self.password = var / "demo_password"
        self.preparing = var / "preparing"
        os.environ["PREPARING_WHILE_THERE"] = str(self.preparing)  # the web waits for its end, see asgi.py
        self.stopping = threading.Event()
        self.children: list[Child] = []
        self.started = time.monotonic()
        self.parent = os.getppid()

    def run(self) -> None:
        for what in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(what, lambda *_: self.stopping.set())
        check_port_is_free(self.port)
        try:
            self._start()
            while not self.stopping.wait(0.25):
                self._look_after()
        finally:
            self._stop()

    def _start(self) -> None:
        began = time.monotonic()
        self.servers = embedded.ensure()
        self.looked = time.monotonic()
        if self.servers.owned:
            say(f"PostgreSQL and Redis: ready ({self.looked - began:.1f} s). Their data: {self.logs.parent}")
        self.preparing.parent.mkdir(parents=True, exist_ok=True)
        self.preparing.touch()
        try:
            self._child("web", *web(self.port))
            if not self._prepare():
                return
        finally:
            self.preparing.unlink(missing_ok=True)
        if not self._wait_for_first_page():
            return
        self._child("worker", "manage.py", "worker")
        self._child("tick", "manage.py", "tick")
        self._welcome()
        if self.servers.owned:
            self._child("demo_cases", "manage.py", "demo_cases", once=True)

    def _prepare(self) -> bool:
        steps = Child("prepare", python("manage.py", "run", "--prepare"), log=None, once=True)
        self.children.append(steps)
        steps.start()
        while steps.is_alive() and not self.stopping.wait(0.05):
            pass
        if self.stopping.is_set():
            return False
        if steps.returncode:
            raise Refused("Preparing did not succeed; what went wrong is said above.")
        self.children.remove(steps)
        return True

    def _child(self, name: str, *words: str, once: bool = False) -> None:
        child = Child(name, python(*words), log=self.logs / f"{name}.log", once=once)
        self.children.append(child)
        child.start()

    def _wait_for_first_page(self) -> bool:
        deadline = time.monotonic() + FIRST_PAGE_WITHIN
        while not self.stopping.wait(0.05):
            if answers(self.port):
                return True
            web = self.children[0]
            if not web.is_alive() or web.has_failed_inside():
                raise Refused(f"The web process does not start. {web.last_words()}")
            if time.monotonic() > deadline:
                raise Refused(f"No page after {FIRST_PAGE_WITHIN:.0f} s; the log is {web.log}.")
        return False

    def _welcome(self) -> None:
        took = time.monotonic() - self.started
        say(f"\n  reviewqueue is at http://{HOST}:{self.port}  (after {took:.1f} s)\n")
        if self.servers.owned:
            say(f"  Sign in as    {', '.join(SIGN_INS[:5])},\n                {', '.join(SIGN_INS[5:])}")
            say(f"  Password      {self.password.read_text().strip()}")
        say(f"  Logs          {self.logs}\n  Ctrl-C stops everything; the data stays.\n")

    def _look_after(self) -> None:
        for child in list(self.children):
            if child.is_alive():
                continue
            if child.once:
                self.children.remove(child)
                say_how_it_ended(child)
            elif child.start_if_due():
                say(f"{child.name} is running again.")
            elif child.ended_just_now():
                when = f"starting it again in {child.pause:.0f} s"
                say(f"{child.name} ended ({child.how()}); {when}. {child.last_words()}")
        if self.servers.owned and time.monotonic() - self.looked > LOOK_AT_SERVERS_EVERY:
            self._revive_servers()
            self.looked = time.monotonic()
        if "MAKELEVEL" in os.environ and os.getppid() != self.parent:
            self.stopping.set()  # make was killed

    def _revive_servers(self) -> None:
        gone = embedded.not_running()
        if not gone:
            return
        try:
            embedded.ensure()
            say(f"{' and '.join(gone)} had ended; running again.")
        except embedded.EmbeddedError as problem:
            say(str(problem))

    def _stop(self) -> None:
        """Web first, so that no new work arrives; then who works; the lease on the servers last."""
        if self.children:
            say("\nStopping …")
        first = [child for child in self.children if child.name == "web"]
        rest = [child for child in self.children if child.name != "web"]
        for group, seconds in zip((first, rest), STOP_SECONDS, strict=True):
            for child in group:
                child.ask_to_stop()
            deadline = time.monotonic() + seconds
            for child in group:
                child.stop_by(deadline)
        embedded.leave()
        say("Stopped.")


def web(port: int) -> list[str]:
    """Two processes for two cores. Threads and connections are the application's own (asgi.py)."""
    return [
        *("-m", "granian", "--interface", "asginl", "--host", HOST, "--port", str(port)),
        *("--workers", "2", "--http", "1", "--log-level", "warning", "--respawn-failed-workers"),
        *("--respawn-interval", "1", "--workers-kill-timeout", "3", "reviewqueue.asgi:application"),
    ]


def check_port_is_free(port: int) -> None:
    with socket.socket() as line:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            line.bind((HOST, port))
        except OSError as problem:
            raise Refused(
                f"Port {port} cannot be used ({problem.strerror}). "
                f"Another one is chosen with: make run PORT={port + 1 if port < 65535 else 8000}"
            ) from problem


def answers(port: int) -> bool:
    line = http.client.HTTPConnection(HOST, port, timeout=5)
    try:
        line.request("GET", "/healthz")
        return line.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        line.close()


def say_how_it_ended(child: Child) -> None:
    if child.name == "demo_cases" and child.returncode == 0:
        say("The demo cases and their history are all in.")
    elif child.returncode:
        say(f"{child.name} did not finish ({child.how()}). {child.last_words()}")


def say(words: str) -> None:
    with contextlib.suppress(OSError):  # a closed terminal must not keep anything from being stopped
        print(words, flush=True)


def chosen_port() -> int:
    given = os.environ.get("PORT") or "8000"
    if not (given.isascii() and given.isdigit() and 1 <= int(given) <= 65535):
        raise Refused(f"PORT is {given!r}; it must be a number from 1 to 65535.")
    return int(given)


def main() -> int:
    os.chdir(PROJECT)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a terminal without UTF-8
    var = places().var
    os.environ["VAR_DIR"] = str(var)  # children find the same one
    try:
        Supervisor(chosen_port(), var).run()
    except (Refused, embedded.EmbeddedError) as problem:
        print(problem, file=sys.stderr)
        return 1
    except PermissionError as problem:
        whose = "It belongs to another user, perhaps from a run as root."
        print(f"{problem.filename} cannot be used ({problem.strerror}). {whose}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
