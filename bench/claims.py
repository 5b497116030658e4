"""What one claim costs with a million waiting and with a thousand, and what the limits add to a plain claim."""

import io
import os
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management import call_command
from django.db import connection, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from apps.accounts.models import User
from apps.guidelines.queries import forget_in_force
from apps.queues.models import Claim
from apps.queues.operations import claim_next, end_expired_claims, release
from apps.queues.operations.setup import install_starter
from bench.decide import people_and_spare, ratio
from bench.load import load
from bench.meter import spin
from bench.system import System
from bench.targets import at_most, reported
from reviewqueue.embedded import postgres
from reviewqueue.embedded.places import places
from reviewqueue.management.commands.run import STARTER_GUIDELINES

FEW = 1_000
ROUNDS = 400
WARM_UP = 10
AT_MOST = 1.2
# A claim that knows no person, lane or limit: the head of the whole queue, marked. The least any claim can cost.
PLAIN = """
WITH picked AS (
    SELECT id FROM queues_case WHERE state = 'waiting' ORDER BY rank, id LIMIT 1 FOR UPDATE SKIP LOCKED
), marked AS (
    UPDATE queues_case cs SET state = 'claimed' FROM picked WHERE cs.id = picked.id RETURNING cs.id, cs.exposure, cs.units
)
INSERT INTO queues_claim (case_id, holder_id, exposure, used_before, budget, reserved, owed, started_at, expires_at, ending)
SELECT id, %s, exposure, 0, 2000000000, units, false, now(), now() + interval '15 minutes', '' FROM marked RETURNING id
"""


class Undone(Exception):
    """Takes a measured claim back."""


def run(system: System, scale: float) -> dict[str, Any]:
    """Claims through the operation, each rolled back, in turns in both databases, so that both see the same machine."""
    system.stop()
    rounds = max(40, int(ROUNDS * scale))
    many = connections["default"]
    people_and_spare()
    with another_database("bench_few") as few:
        load(FEW, say=lambda words: None)
        people_and_spare()
        claims = {"many": Timed(), "few": Timed()}
        plain = {"many": Timed(), "few": Timed()}
        sizes = {"many": many, "few": few}
        lanes, people = {}, {}
        for size, database in sizes.items():
            use(database)
            people[size] = moderators_free_to_claim()
            lanes[size] = {"waiting": waiting(), "lanes": lanes_in_use()}
        for number in range(-WARM_UP, rounds):
            for size, database in sizes.items():
                use(database)
                person = people[size][number % len(people[size])]
                timed_claim(person, claims[size] if number >= 0 else Timed())
                timed_plain(person, plain[size] if number >= 0 else Timed())
        use(many)
    grown = ratio(claims["many"].milliseconds, claims["few"].milliseconds)
    answer = {
        "claim_milliseconds": {size: timed.summary() for size, timed in claims.items()},
        "plain_claim_milliseconds": {size: timed.summary() for size, timed in plain.items()},
        "waiting_and_lanes": lanes,
        "many_of_few": grown,
        "many_of_few_in_database_cpu": ratio(claims["many"].cpu, claims["few"].cpu),
        "claim_of_plain": ratio(claims["many"].milliseconds, plain["many"].milliseconds),
        "claim_of_plain_in_database_cpu": ratio(claims["many"].cpu, plain["many"].cpu),
        "loop_milliseconds": spin(),
        "load_average": round(os.getloadavg()[0], 1),
    }
    name = f"claim with {lanes['many']['waiting']:,} waiting, of one with {lanes['few']['waiting']:,}"
    both = " and ".join(f"{timed.milliseconds:.2f} ms" for timed in claims.values())
    targets = [
        at_most(name, grown, AT_MOST, " ×", 2),
        reported("those two claims", both),
        reported("claim within limits, of a plain claim without", f"{answer['claim_of_plain']:.2f} ×"),
    ]
    return answer | {"targets": targets}


class Timed:
    """Wall milliseconds, and CPU milliseconds of the server process that did it."""

    def __init__(self) -> None:
        self.wall: list[float] = []
        self.server: list[float] = []

    @property
    def milliseconds(self) -> float:
        return statistics.median(self.wall)

    @property
    def cpu(self) -> float:
        return statistics.median(self.server)

    def summary(self) -> dict[str, float]:
        ordered = sorted(self.wall)
        return {
            "median": round(self.milliseconds, 3), "p95": round(ordered[int(len(ordered) * 0.95)], 3),
            "database_cpu_median": round(self.cpu, 3), "times": len(ordered),
        }  # fmt: skip

    @contextmanager
    def once(self) -> Iterator[None]:
        pid = connection.connection.info.backend_pid
        cpu, since = _ran(pid), time.perf_counter()
        yield
        self.wall.append((time.perf_counter() - since) * 1000)
        self.server.append((_ran(pid) - cpu) / 1e6)


def _ran(pid: int) -> int:
    """Nanoseconds a process has run."""
    with open(f"/proc/{pid}/schedstat") as said:
        return int(said.read().split()[0])


def timed_claim(person: User, timed: Timed) -> None:
    try:
        with transaction.atomic():
            with timed.once():
                claimed = claim_next(actor=person)
            assert claimed, f"nothing for {person}"
            raise Undone
    except Undone:
        pass


def timed_plain(person: User, timed: Timed) -> None:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            with timed.once():
                cursor.execute(PLAIN, [person.pk])
            raise Undone
    except Undone:
        pass


def moderators_free_to_claim() -> list[User]:
    """People on shift who hold nothing; their live claims of earlier parts are given back."""
    end_expired_claims()
    for claim in Claim.objects.filter(ended_at=None).select_related("holder"):
        release(actor=claim.holder, claim_id=claim.pk)
    return list(
        User.objects.filter(username__startswith="bench").exclude(username="bench-supervisor").order_by("id")
    )


@contextmanager
def another_database(name: str) -> Iterator[BaseDatabaseWrapper]:
    """A second database on the same server, with the same guidelines and queues; gone afterwards."""
    first = connections["default"]
    owner = postgres.connect(places(), "postgres", "postgres")
    owner.autocommit = True
    owner.cursor().execute(f"CREATE DATABASE {name} OWNER {postgres.DATABASE}")
    second = connections.create_connection("default")
    second.settings_dict = {**first.settings_dict, "NAME": name}
    use(second)
    try:
        call_command("migrate", interactive=False, verbosity=0)
        call_command("load_guidelines", str(STARTER_GUIDELINES), publish=True, stdout=io.StringIO())
        install_starter(actor=None)
        yield second
    finally:
        second.close()
        use(first)
        owner.cursor().execute(f"DROP DATABASE {name} WITH (FORCE)")
        owner.close()


def use(database: BaseDatabaseWrapper) -> None:
    """From now on this process works over that connection, which stays open meanwhile."""
    if connections["default"] is not database:
        connections["default"] = database
        forget_in_force()


def waiting() -> int:
    return _count("SELECT count(*) FROM queues_case WHERE state = 'waiting'")


def lanes_in_use() -> int:
    return _count("SELECT count(DISTINCT lane_id) FROM queues_case WHERE state = 'waiting'")


def _count(sql: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return int(cursor.fetchone()[0])
