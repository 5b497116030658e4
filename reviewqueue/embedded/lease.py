"""Who is using the servers: a lease that the kernel itself takes back.

Two lock files in VAR_DIR. Every process that uses the servers holds `embedded.lock` shared, as an open
file, so that it is given back however the process ends. Starting and stopping happen only under
`embedded.turn`, one process at a time. Whoever leaves closes its file, opens a new one and asks for the
lock exclusively without waiting: granted means nobody is left.

A forked child shares its parent's open file, and so the lease lasts until both are gone. That is why
leaving never says "unlock" (which would take it from the other) and asks through a new file.
"""

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator
from pathlib import Path

from .errors import EmbeddedError

# The first start on a slow disk (making the database) took 3 s at worst; a stop waits at most 30 s.
LONGEST_TURN = 90.0


def open_lock(path: Path) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as problem:
        raise EmbeddedError(
            f"The lock file {path} cannot be opened ({problem.strerror}). "
            "VAR_DIR=/another/folder chooses another."
        ) from problem


def take(lock: int, how: int) -> bool:
    try:
        fcntl.flock(lock, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextlib.contextmanager
def turn(var: Path) -> Iterator[None]:
    """Start or stop servers alone."""
    lock = open_lock(var / "embedded.turn")
    try:
        deadline = time.monotonic() + LONGEST_TURN
        while not take(lock, fcntl.LOCK_EX):
            if time.monotonic() > deadline:
                raise EmbeddedError(
                    f"Another process has been starting or stopping the servers in {var} for "
                    f"{LONGEST_TURN:.0f} seconds. Its messages are in {var}/log."
                )
            time.sleep(0.02)
        yield
    finally:
        os.close(lock)


def join(var: Path) -> int:
    """Take the lease; the number is the open file that is the lease."""
    lock = open_lock(var / "embedded.lock")
    # Waits only for the moment in which a caretaker finds out that nobody is left.
    fcntl.flock(lock, fcntl.LOCK_SH)
    return lock


@contextlib.contextmanager
def if_nobody_is_left(var: Path) -> Iterator[bool]:
    """In one's turn: whether no process holds the lease; while the block runs, none can take it."""
    lock = open_lock(var / "embedded.lock")
    try:
        alone = take(lock, fcntl.LOCK_EX)
        # Not even shared: then it is the caretaker, who has just been woken and lets go at once.
        while not alone and not take(lock, fcntl.LOCK_SH):
            time.sleep(0.005)
            alone = take(lock, fcntl.LOCK_EX)
        yield alone
    finally:
        os.close(lock)
