"""A real PostgreSQL and a real Redis for whoever has set neither DATABASE_URL nor REDIS_URL.

Both come as programs inside Python packages and live under VAR_DIR (default `var/`). The first process that
calls `ensure` starts them, others with the same VAR_DIR join, the last one out stops them; `lease.py` says
how that survives crashes. Nothing here knows Django.
"""

import atexit
import contextlib
import os
from dataclasses import dataclass

from . import caretaker, lease, postgres, redis_server
from .errors import EmbeddedError
from .places import Places, places

__all__ = [
    "EmbeddedError",
    "Servers",
    "ensure",
    "leave",
    "not_running",
    "restart_postgres",
    "start_redis",
    "stop",
    "stop_redis",
]


@dataclass(frozen=True)
class Servers:
    database_url: str
    redis_url: str
    owned: bool
    """True when embedded here (so the demo may be set up); False when they are servers of somebody's own."""


_leases: dict[Places, int] = {}


def ensure(var_dir: str | os.PathLike[str] | None = None) -> Servers:
    """The servers to use: those named in the environment, else embedded ones, started or joined.

    Joined for as long as this process (or a fork of it) lives. Calling again is cheap and revives a server
    that has died. Raises EmbeddedError, whose text is for the person at the terminal.
    """
    named = {name: os.environ.get(name, "").strip() for name in ("DATABASE_URL", "REDIS_URL")}
    missing = [name for name, value in named.items() if not value]
    if not missing:
        return Servers(named["DATABASE_URL"], named["REDIS_URL"], owned=False)
    if len(missing) == 1:
        present = next(name for name in named if name not in missing)
        raise EmbeddedError(
            f"{present} is set but {missing[0]} is not. Set {missing[0]} too, "
            "or neither to use the embedded PostgreSQL and Redis."
        )
    here = places(var_dir)
    here.make_var()
    with lease.turn(here.var):
        if here not in _leases:
            _leases[here] = lease.join(here.var)
            atexit.register(_leave, here)
        here.make_rest()
        postgres.ensure(here)
        redis_server.ensure(here)
        caretaker.ensure(here)
    return Servers(postgres.url(here), redis_server.url(here), owned=True)


def stop(var_dir: str | os.PathLike[str] | None = None) -> None:
    """Stop both servers now, whoever uses them, and give up this process's own lease."""
    here = places(var_dir)
    if not here.var.exists():
        return
    with lease.turn(here.var):
        _forget(here)
        _stop_both(here)


def restart_postgres(var_dir: str | os.PathLike[str] | None = None, *, crash: bool = False) -> None:
    """Every connection breaks, as in a restart of a production server; `crash` makes it a power cut."""
    here = places(var_dir)
    with lease.turn(here.var):
        postgres.stop(here, crash=crash)
        postgres.ensure(here)


def stop_redis(var_dir: str | os.PathLike[str] | None = None) -> None:
    here = places(var_dir)
    with lease.turn(here.var):
        redis_server.stop(here)


def start_redis(var_dir: str | os.PathLike[str] | None = None) -> None:
    here = places(var_dir)
    with lease.turn(here.var):
        redis_server.ensure(here)


def stop_if_nobody_is_left(here: Places) -> bool:
    """Stop the servers unless some process holds the lease; says whether they are stopped."""
    if not here.var.exists():  # deleted while they ran
        _stop_both(here)
        return True
    with lease.turn(here.var), lease.if_nobody_is_left(here.var) as alone:
        if alone:
            _stop_both(here)
        return alone


def _stop_both(here: Places) -> None:
    redis_server.stop(here)
    postgres.stop(here)
    if here.sockets.parent != here.var:
        with contextlib.suppress(OSError):
            here.sockets.rmdir()


def not_running(var_dir: str | os.PathLike[str] | None = None) -> list[str]:
    """Which of the two have no process, by name."""
    here = places(var_dir)
    looks = {"PostgreSQL": postgres.pids, "Redis": redis_server.pids}
    return [name for name, look in looks.items() if not look(here)]


def leave(var_dir: str | os.PathLike[str] | None = None) -> None:
    """Give up this process's lease now instead of at its end; the last one out stops the servers."""
    _leave(places(var_dir))


def _leave(here: Places) -> None:
    if _forget(here):
        stop_if_nobody_is_left(here)


def _forget(here: Places) -> bool:
    held = _leases.pop(here, None)
    if held is None:
        return False
    os.close(held)  # closed, not unlocked: a fork may still be using it
    return True
