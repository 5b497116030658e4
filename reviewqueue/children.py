"""One process that the supervisor keeps alive."""

import contextlib
import ctypes
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

from reviewqueue.embedded.places import rotate

LONGEST_PAUSE = 30.0
STEADY_AFTER = 60.0  # seconds of life after which an end counts as the first again
PR_SET_PDEATHSIG = 1


class Child:
    def __init__(self, name: str, command: list[str], *, log: Path | None, once: bool = False) -> None:
        self.name, self.command, self.log, self.once = name, command, log, once
        self.process: subprocess.Popen[bytes] | None = None
        self.log_began = 0
        self.pause = 0.0
        self.started = 0.0
        self.start_again_at: float | None = None

    def start(self) -> None:
        """In a session of its own: Ctrl-C reaches the supervisor alone, which stops all in order."""
        self.started, self.start_again_at = time.monotonic(), None
        with contextlib.ExitStack() as stack:
            out = None
            if self.log:
                rotate(self.log)
                out = stack.enter_context(self.log.open("ab"))
                self.log_began = out.tell()
            self.process = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT if out else None,
                start_new_session=True,
                preexec_fn=_end_with_parent if sys.platform == "linux" else None,
            )

    @property
    def returncode(self) -> int | None:
        return self.process.returncode if self.process else None

    def is_alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def ended_just_now(self) -> bool:
        """True once for each end; sets when it is started again."""
        if self.start_again_at is not None:
            return False
        self._kill_group()
        lived = time.monotonic() - self.started
        self.pause = 1.0 if lived > STEADY_AFTER or not self.pause else min(self.pause * 2, LONGEST_PAUSE)
        self.start_again_at = time.monotonic() + self.pause
        return True

    def start_if_due(self) -> bool:
        if self.start_again_at is None or time.monotonic() < self.start_again_at:
            return False
        self.start()
        return True

    def ask_to_stop(self) -> None:
        if self.process and self.is_alive():
            self.process.terminate()

    def stop_by(self, deadline: float) -> None:
        """Wait for it until then; whatever is left of it afterwards is killed."""
        if self.process is None:
            return
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(max(0.0, deadline - time.monotonic()))
        self._kill_group()
        self.process.wait()

    def _kill_group(self) -> None:
        """It and all it started: a server killed outright leaves its own children on the port."""
        if self.process:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)

    def how(self) -> str:
        code = self.returncode or 0
        return signal.Signals(-code).name if code < 0 else f"exit status {code}"

    def has_failed_inside(self) -> bool:
        """Whether it reported an unhandled error since its start, though it lives on and tries again."""
        return any(line.startswith("Traceback") for line in self._lines())

    def last_words(self) -> str:
        lines = [line.strip() for line in self._lines() if line.strip()]
        # The headline of the last error, where there is one: details of any length may follow it.
        telling = [
            line for line in lines if re.match(r"[A-Za-z_.]+(Error|Exception|Refused)\b", line)
        ] or lines
        if telling:
            return f"It said: {telling[-1]} ({self.log})"
        return f"Its log is {self.log}." if self.log else ""

    def _lines(self) -> list[str]:
        if not self.log or not self.log.exists():
            return []
        with self.log.open("rb") as log:
            log.seek(self.log_began)
            return log.read().decode(errors="replace").splitlines()


def python(*words: str) -> list[str]:
    return [sys.executable, *words]


def _end_with_parent() -> None:
    """Linux: should the supervisor be killed outright, the kernel asks its children to stop."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
