"""Stops the servers when the last process that used them was killed and could not do so itself.

One small process per VAR_DIR, apart from the terminal. It waits in the kernel for the lease to be free and
uses no processor time meanwhile. See lease.py.
"""

import fcntl
import os
import subprocess
import sys
from pathlib import Path

from . import lease
from .places import PROJECT, Places

_PROGRAM = """
import sys
sys.path.insert(0, sys.argv[1])
from reviewqueue.embedded import caretaker
caretaker.main()
"""


def ensure(places: Places) -> None:
    """In one's turn: see that a caretaker waits."""
    lock = lease.open_lock(_own_lock(places.var))
    is_missing = lease.take(lock, fcntl.LOCK_EX)
    os.close(lock)
    if is_missing:
        # -S: without the installed packages it stays small.
        command = [sys.executable, "-I", "-S", "-c", _PROGRAM, str(PROJECT), str(places.var)]
        subprocess.run(
            command, check=True, timeout=30, cwd="/", stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
        )


def main() -> None:
    places = Places(Path(sys.argv[2]))
    if os.fork():
        return
    os.setsid()
    with open(os.devnull, "r+b") as nothing:
        for stream in (0, 1, 2):
            os.dup2(nothing.fileno(), stream)
    lock = lease.open_lock(_own_lock(places.var))
    if lease.take(lock, fcntl.LOCK_EX):
        _wait(places)


def _wait(places: Places) -> None:
    from . import stop_if_nobody_is_left

    while True:
        free = lease.open_lock(places.var / "embedded.lock")
        fcntl.flock(free, fcntl.LOCK_EX)
        os.close(free)
        if stop_if_nobody_is_left(places):
            return


def _own_lock(var: Path) -> Path:
    return var / "embedded.caretaker"
