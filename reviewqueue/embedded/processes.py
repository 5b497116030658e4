"""Finding and ending server processes by what they were started with, never by a remembered number.

A pid file outlives its process after a crash, and its number may by then be someone else's. The command
line of a running server names its data folder or socket, so that is what is asked for.
"""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

PROC = Path("/proc")


def find(belongs: Callable[[str], bool]) -> set[int]:
    """The running processes whose command line, a blank behind it, `belongs`.

    A process that has ended and waits to be reaped has no command line any more.
    """
    return {pid for pid, line in _command_lines() if line and belongs(line + " ")}


def _command_lines() -> Iterator[tuple[int, str]]:
    if not (PROC / "self").exists():  # not Linux
        listing = subprocess.run(
            ["ps", "-axwwo", "pid=,command="], capture_output=True, text=True, check=True
        )
        for line in listing.stdout.splitlines():
            pid, _, command = line.strip().partition(" ")
            yield int(pid), command
        return
    for entry in os.scandir(PROC):
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                raw = (PROC / entry.name / "cmdline").read_bytes()
                # Servers that retitle themselves leave blanks and zeros behind the title.
                yield int(entry.name), os.fsdecode(raw).rstrip("\0 ").replace("\0", " ")


def tell(pids: Iterable[int], what: signal.Signals) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, what)


def end(look: Callable[[], set[int]], steps: Iterable[tuple[signal.Signals, float]]) -> bool:
    """Send each signal in turn and wait its seconds for `look` to find nothing; True once nothing is left."""
    for what, seconds in steps:
        tell(look(), what)
        if wait_until(lambda: not look(), seconds):
            return True
    return not look()


def wait_until(is_so: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True
