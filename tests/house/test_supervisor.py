"""`make run` from outside: one command brings a working house, heals it, and takes all of it away again."""

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from reviewqueue.children import Child
from reviewqueue.embedded import processes
from reviewqueue.embedded.places import PROJECT
from tests.patience import PATIENCE

pytestmark = pytest.mark.embedded_only

SLEEPS = [sys.executable, "-c", "import time; time.sleep(600)"]
DEAF = [
    sys.executable,
    "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(600)",
]
WITH_A_CHILD = [
    sys.executable,
    "-c",
    "import subprocess, sys, time; print(subprocess.Popen(['sleep', '611']).pid, flush=True); time.sleep(600)",
]


class Run:
    """A running `make run`, whose words are collected while it goes on."""

    def __init__(self, var: Path, **env: str) -> None:
        outside = {n: v for n, v in os.environ.items() if n not in ("DATABASE_URL", "REDIS_URL", "MAKELEVEL")}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "reviewqueue.supervisor"],
            cwd=PROJECT,
            env=outside | {"VAR_DIR": str(var)} | env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.said = ""
        self.listener = threading.Thread(target=self._listen)
        self.listener.start()

    def _listen(self) -> None:
        for line in self.process.stdout:
            self.said += line

    def says(self, words: str, seconds: float = 2 * PATIENCE) -> bool:
        return (
            soon(lambda: words in self.said or self.process.poll() is not None, seconds)
            and words in self.said
        )

    def stop(self) -> int:
        self.process.terminate()
        try:
            return self.process.wait(PATIENCE)
        finally:
            self.process.kill()
            self.listener.join()


@pytest.fixture
def var() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="rq-") as folder:
        yield Path(folder).resolve() / "var"


def soon(is_so: Callable[[], bool], seconds: float = PATIENCE) -> bool:
    return processes.wait_until(is_so, seconds)


def free_port() -> int:
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        return line.getsockname()[1]


def running(command: list[str], log: Path | None = None) -> Child:
    child = Child("a child", command, log=log)
    child.start()
    return child


def status_of(url: str) -> int:
    try:
        with urllib.request.urlopen(url, timeout=PATIENCE) as answer:
            return answer.status
    except OSError:
        return 0


def test_one_command_brings_the_house_heals_it_and_takes_it_away(var: Path) -> None:
    port = free_port()
    run = Run(var, PORT=str(port))
    try:
        assert run.says(f"reviewqueue is at http://127.0.0.1:{port}"), run.said
        assert run.says("Ctrl-C stops everything"), run.said
        password = (var / "demo_password").read_text().strip()
        assert f"Password      {password}\n" in run.said
        assert (var / "demo_password").stat().st_mode & 0o077 == 0
        assert status_of(f"http://127.0.0.1:{port}/account/login/") == 200
        assert soon(lambda: status_of(f"http://127.0.0.1:{port}/readyz") == 200)

        servers = processes.find(lambda line: "-m granian" in line and f"--port {port} " in line)
        os.kill(min(servers), signal.SIGKILL)
        assert run.says("web ended (SIGKILL); starting it again"), run.said
        assert soon(lambda: status_of(f"http://127.0.0.1:{port}/healthz") == 200)

        [redis] = processes.find(lambda line: f"redis-server unixsocket:{var}" in line)
        os.kill(redis, signal.SIGKILL)
        assert soon(lambda: status_of(f"http://127.0.0.1:{port}/readyz") == 200)
    finally:
        ended = run.stop()
    assert ended == 0
    assert run.said.endswith("Stopping …\nStopped.\n")
    assert soon(lambda: not processes.find(lambda line: str(var) in line))


def test_a_taken_port_is_said_at_once_and_nothing_is_started(var: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        run = Run(var, PORT=str(port))
        assert run.process.wait(PATIENCE) == 1
        run.listener.join()
    assert re.fullmatch(
        rf"Port {port} cannot be used \(Address already in use\)\. Another one is chosen with: make run PORT=\d+\n",
        run.said,
    )
    assert not var.exists()


@pytest.mark.parametrize("port", ["eighty", "0", "70000", "-1", "٨٠٨٠"])
def test_a_port_that_is_none_is_refused_in_words(var: Path, port: str) -> None:
    run = Run(var, PORT=port)
    assert run.process.wait(PATIENCE) == 1
    run.listener.join()
    assert run.said == f"PORT is {port!r}; it must be a number from 1 to 65535.\n"


def test_a_child_that_keeps_ending_is_started_after_growing_pauses() -> None:
    child = running([sys.executable, "-c", "raise SystemExit(3)"])
    pauses = []
    for _ in range(3):
        assert soon(lambda: not child.is_alive())
        assert child.ended_just_now() is True
        assert child.ended_just_now() is False
        assert child.start_if_due() is False
        assert child.how() == "exit status 3"
        pauses.append(child.pause)
        child.start_again_at = time.monotonic()
        assert child.start_if_due() is True
    child.stop_by(time.monotonic())
    assert pauses == [1, 2, 4]


def test_a_child_that_will_not_stop_is_killed_when_its_time_is_up(tmp_path: Path) -> None:
    log = tmp_path / "child.log"
    deaf, polite = running(DEAF, log), running(SLEEPS)
    assert soon(lambda: log.exists() and log.read_text() == "deaf\n")
    for child, seconds in ((deaf, 0.1), (polite, PATIENCE)):
        child.ask_to_stop()
        child.stop_by(time.monotonic() + seconds)
    assert (deaf.how(), polite.how()) == ("SIGKILL", "SIGTERM")


def test_nothing_a_child_started_outlives_it(tmp_path: Path) -> None:
    log = tmp_path / "child.log"
    child = running(WITH_A_CHILD, log)
    assert soon(lambda: log.exists() and log.read_text().endswith("\n"))
    grandchild = int(log.read_text())
    os.kill(child.process.pid, signal.SIGKILL)
    assert soon(lambda: not child.is_alive())
    assert grandchild in processes.find(lambda line: "sleep 611" in line)
    assert child.ended_just_now()
    assert soon(lambda: grandchild not in processes.find(lambda line: "sleep 611" in line))
