"""The embedded servers: the first process starts them, others join, the last one out stops them."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg2
import pytest

from reviewqueue.embedded import postgres, processes, redis_server
from reviewqueue.embedded.places import PROJECT, Places
from tests.patience import PATIENCE

pytestmark = pytest.mark.embedded_only

USES_THEM = """
import json, sys
from reviewqueue import embedded
try:
    servers = embedded.ensure()
except embedded.EmbeddedError as refusal:
    sys.exit(f"refused: {refusal}")
print(json.dumps([servers.database_url, servers.redis_url, servers.owned]), flush=True)
"""
UNTIL_TOLD = USES_THEM + "sys.stdin.read()"
FORKS = (
    USES_THEM
    + "import os\nif os.fork() == 0: sys.exit()\nos.wait(); print('left', flush=True)\nsys.stdin.read()"
)
OUTLIVED = USES_THEM + "import os\nif os.fork(): sys.exit()\nprint('child', flush=True)\nsys.stdin.read()"


class House:
    """One VAR_DIR and the processes that use it."""

    def __init__(self, var: Path) -> None:
        self.places = Places(var)
        self.people: list[subprocess.Popen[str]] = []

    def enter(self, script: str = UNTIL_TOLD, **env: str) -> subprocess.Popen[str]:
        outside = {n: v for n, v in os.environ.items() if n not in ("DATABASE_URL", "REDIS_URL")}
        person = subprocess.Popen(
            [sys.executable, "-c", script],
            env=outside | {"VAR_DIR": str(self.places.var)} | env,
            cwd=PROJECT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.people.append(person)
        return person

    def running(self) -> tuple[int, int]:
        return len(postgres.pids(self.places)), len(redis_server.pids(self.places))

    def write(self) -> None:
        with (
            postgres.connect(self.places, "reviewqueue", "reviewqueue") as session,
            session.cursor() as cursor,
        ):
            cursor.execute("CREATE TABLE IF NOT EXISTS kept (n int); INSERT INTO kept VALUES (1)")

    def written(self) -> int:
        with (
            postgres.connect(self.places, "reviewqueue", "reviewqueue") as session,
            session.cursor() as cursor,
        ):
            cursor.execute("SELECT count(*) FROM kept")
            return cursor.fetchone()[0]

    def clear(self) -> None:
        for person in self.people:
            if person.poll() is None:
                person.kill()
            person.communicate()
        # The servers, and the caretaker that ends them: until then they still write here.
        assert soon(lambda: not processes.find(lambda line: str(self.places.var) in line))


@pytest.fixture
def house() -> Iterator[House]:
    with tempfile.TemporaryDirectory(prefix="rq-") as folder:
        house = House(Path(folder).resolve() / "var")
        yield house
        house.clear()


def says(person: subprocess.Popen[str]) -> list:
    line = person.stdout.readline()
    assert line, person.stderr.read()
    return json.loads(line)


def leaves(person: subprocess.Popen[str]) -> None:
    person.communicate(timeout=PATIENCE)


def soon(is_so: Callable[[], bool], seconds: float = PATIENCE) -> bool:
    deadline = time.monotonic() + seconds
    while not is_so() and time.monotonic() < deadline:
        time.sleep(0.05)
    return is_so()


def test_the_first_starts_a_real_postgresql_18_and_a_real_redis(house: House) -> None:
    database_url, redis_url, owned = says(house.enter())
    assert owned is True
    with psycopg2.connect(database_url) as session, session.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('server_version_num')::int / 10000, rolsuper FROM pg_roles"
            " WHERE rolname = current_user"
        )
        assert cursor.fetchone() == (18, False)
        cursor.execute("SHOW listen_addresses")
        assert cursor.fetchone() == ("",)
    with socket.socket(socket.AF_UNIX) as line:
        line.connect(redis_url.removeprefix("unix://").partition("?")[0])
        line.sendall(b"CONFIG GET save\r\n")
        assert line.recv(100) == b"*2\r\n$4\r\nsave\r\n$0\r\n\r\n"


def test_two_that_start_at_the_same_instant_share_one_server(house: House) -> None:
    people = [house.enter() for _ in range(4)]
    assert len({tuple(says(person)) for person in people}) == 1
    assert house.running() == (1, 1)


def test_the_last_one_out_stops_them_and_the_data_stays(house: House) -> None:
    first, second = house.enter(), house.enter()
    says(first), says(second)
    house.write()
    leaves(first)
    assert house.running() == (1, 1)
    leaves(second)
    assert house.running() == (0, 0)
    says(house.enter())
    assert house.written() == 1


def test_a_killed_last_user_leaves_nothing_running(house: House) -> None:
    person = house.enter()
    says(person)
    person.kill()
    assert soon(lambda: house.running() == (0, 0))


def test_a_killed_user_does_not_take_the_servers_from_the_others(house: House) -> None:
    killed, stays = house.enter(), house.enter()
    says(killed), says(stays)
    killed.kill()
    killed.wait()
    says(house.enter())
    assert house.running() == (1, 1)


def test_a_fork_that_ends_stops_nothing(house: House) -> None:
    person = house.enter(FORKS)
    says(person)
    assert person.stdout.readline() == "left\n"
    assert house.running() == (1, 1)
    leaves(person)
    assert house.running() == (0, 0)


def test_a_fork_that_outlives_its_parent_keeps_them(house: House) -> None:
    person = house.enter(OUTLIVED)
    says(person)
    assert person.stdout.readline() == "child\n"
    person.wait()
    assert not soon(lambda: house.running() != (1, 1), seconds=1)
    person.stdin.close()
    person.stdin = None
    assert soon(lambda: house.running() == (0, 0))


def test_servers_killed_like_in_a_power_cut_come_back_with_what_was_committed(house: House) -> None:
    says(house.enter())
    house.write()
    for pid in postgres.pids(house.places) | redis_server.pids(house.places):
        os.kill(pid, signal.SIGKILL)
    says(house.enter())
    assert house.running() == (1, 1)
    assert house.written() == 1


def test_a_pid_file_whose_number_is_now_another_programs_is_not_believed(house: House) -> None:
    person = house.enter()
    says(person)
    pid_file = house.places.data / "postmaster.pid"
    stale = pid_file.read_text().split("\n", 1)[1]
    leaves(person)
    another = house.enter("import sys; sys.stdin.read()")
    pid_file.write_text(f"{another.pid}\n{stale}")
    says(house.enter())
    assert house.running() == (1, 1)
    assert another.poll() is None


def test_a_folder_deleted_under_running_servers_starts_afresh(house: House) -> None:
    orphaned = house.enter()
    says(orphaned)
    before = postgres.pids(house.places) | redis_server.pids(house.places)
    shutil.rmtree(house.places.var)
    says(house.enter())
    assert house.running() == (1, 1)
    assert not before & (postgres.pids(house.places) | redis_server.pids(house.places))


def test_an_interrupted_first_start_is_begun_again(house: House) -> None:
    half_made = house.places.var / "postgres.unfinished"
    half_made.mkdir(parents=True)
    (half_made / "PG_VERSION").write_text("18\n")
    says(house.enter())
    assert not half_made.exists()


@pytest.mark.parametrize("name", ["deep/" + "er/" * 40 + "var", "a folder's name, odd/var"])
def test_a_path_too_long_or_odd_for_a_socket_is_no_obstacle(house: House, name: str) -> None:
    house.places = Places(house.places.var.parent / name)
    says(house.enter())
    house.write()
    assert house.places.sockets.parent == Path("/tmp")
    for person in house.people:
        leaves(person)
    assert house.running() == (0, 0)
    assert not house.places.sockets.exists()


@pytest.mark.parametrize(
    ("given", "missing"),
    [("DATABASE_URL", "REDIS_URL"), ("REDIS_URL", "DATABASE_URL")],
    ids=lambda name: name,
)
def test_one_address_without_the_other_is_refused_and_starts_nothing(
    house: House, given: str, missing: str
) -> None:
    _, refusal = house.enter(**{given: "something://somewhere"}).communicate(timeout=PATIENCE)
    assert refusal == (
        f"refused: {given} is set but {missing} is not. Set {missing} too, "
        "or neither to use the embedded PostgreSQL and Redis.\n"
    )
    assert not house.places.var.exists()


def test_with_both_addresses_nothing_is_started(house: House) -> None:
    answer = says(house.enter(DATABASE_URL="postgresql://db.example/q", REDIS_URL="redis://r.example"))
    assert answer == ["postgresql://db.example/q", "redis://r.example", False]
    assert not house.places.var.exists()


def test_data_of_another_postgresql_is_refused_and_left_alone(house: House) -> None:
    house.places.data.mkdir(parents=True)
    (house.places.data / "PG_VERSION").write_text("15\n")
    _, refusal = house.enter().communicate(timeout=PATIENCE)
    assert "was written by PostgreSQL 15; this is 18" in refusal
    assert (house.places.data / "PG_VERSION").read_text() == "15\n"


def test_a_place_that_cannot_be_written_is_said_in_a_sentence(house: House) -> None:
    house.places.var.parent.joinpath("a file").touch()
    house.places = Places(house.places.var.parent / "a file" / "var")
    _, refusal = house.enter().communicate(timeout=PATIENCE)
    assert refusal == (
        f"refused: The data folder {house.places.var} cannot be used (Not a directory: {house.places.var}). "
        "VAR_DIR=/another/folder chooses another.\n"
    )


def test_postgresql_restarted_or_crashed_and_redis_stopped_and_back(house: House) -> None:
    restarts = USES_THEM + (
        "embedded.restart_postgres(); embedded.restart_postgres(crash=True)\n"
        "embedded.stop_redis(); print('stopped', flush=True); sys.stdin.readline()\n"
        "embedded.start_redis(); print('started', flush=True); sys.stdin.readline()\n"
        "embedded.stop(); print('both stopped', flush=True)"
    )
    person = house.enter(restarts)
    says(person)
    for words, running in (("stopped", (1, 0)), ("started", (1, 1)), ("both stopped", (0, 0))):
        assert person.stdout.readline() == words + "\n"
        assert house.running() == running
        if running != (0, 0):  # it asks no more afterwards, and may have left
            person.stdin.write("\n")
            person.stdin.flush()
