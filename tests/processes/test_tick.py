"""The tick sees to what is owed, and one failure never stops the rest."""

import logging
import threading
import time
from datetime import timedelta
from uuid import uuid4

import pytest
import redis
from django.db import connection, transaction
from django.utils.timezone import now

from apps.ledger import operations as ledger
from apps.ledger.models import Handoff
from apps.ledger.operations import Subscriptions, record
from reviewqueue import jobs, sweeps, wiring
from reviewqueue.management.commands import tick
from reviewqueue.management.commands.tick import Sweep, lanes, run_lane
from tests.patience import PATIENCE, soon


def run_for(sweeps, until, *, at_most=PATIENCE):
    """Run a lane until `until()` holds, then stop it; the lane's thread has ended when this returns."""
    stop = threading.Event()
    thread = threading.Thread(target=run_lane, args=(sweeps, stop))
    thread.start()
    end = time.monotonic() + at_most
    while not until() and time.monotonic() < end:
        time.sleep(0.01)
    stop.set()
    thread.join(timeout=PATIENCE)
    assert not thread.is_alive()
    assert until()


def test_a_sweep_that_fails_does_not_stop_the_others(transactional_db):
    done = []
    run_for(
        [Sweep("broken", lambda: 1 / 0, 0.01), Sweep("sound", lambda: done.append(1), 0.01)],
        until=lambda: len(done) >= 3,
    )


def test_a_failure_is_said_once_and_so_is_its_end(transactional_db, caplog):
    failing = [True]
    sweep = Sweep("the sums", lambda: 1 / 0 if failing else None, 0)
    with caplog.at_level(logging.WARNING, logger="reviewqueue.tick"):
        for _ in range(3):
            sweep.run()
        failing.clear()
        for _ in range(2):
            sweep.run()
    assert [record.getMessage() for record in caplog.records] == [
        "“the sums” did not work: ZeroDivisionError: division by zero",
        "“the sums” works again.",
    ]


def test_a_sweep_goes_on_after_the_database_was_restarted(transactional_db):
    asked = []

    def ask():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            asked.append(cursor.fetchone()[0])

    def cut_the_line():
        if len(asked) == 1:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    run_for([Sweep("ask", ask, 0.01), Sweep("cut", cut_the_line, 0.01)], until=lambda: len(asked) >= 3)
    assert asked[0] != asked[1]
    assert asked[1] == asked[2]


def test_two_ticks_hand_over_once(transactional_db, monkeypatch):
    subscriptions, heard = Subscriptions(), []
    subscriptions.subscribe("listener", lambda events: heard.extend(e.id for e in events), None, timedelta(0))
    monkeypatch.setattr(ledger, "subscriptions", subscriptions)
    with transaction.atomic():
        for _ in range(50):
            record("bell.rung", actor=None)
    stop = threading.Event()
    both = [
        threading.Thread(target=run_lane, args=([Sweep("hand over", ledger.drain, 0.01)], stop))
        for _ in range(2)
    ]
    for thread in both:
        thread.start()
    soon(lambda: len(heard) >= 50)
    time.sleep(0.1)
    stop.set()
    for thread in both:
        thread.join(timeout=PATIENCE)
    assert len(heard) == len(set(heard)) == 50


def test_every_row_of_the_table_names_something_to_do():
    found = lanes(tick.SWEEPS)
    assert sum(len(sweeps) for sweeps in found.values()) == len(tick.SWEEPS)
    assert all(callable(sweep.do) for sweeps in found.values() for sweep in sweeps)


def test_a_row_that_names_nothing_is_refused_at_the_start():
    with pytest.raises(ImportError):
        lanes([("house", "nothing", "apps.ledger.operations.not_there", 1)])


@pytest.fixture
def owed(db, monkeypatch):
    """`owed(seconds)`: something a listener should have been handed so long ago; what it was handed is `owed.heard`."""
    subscriptions, heard = ledger.Subscriptions(), []
    subscriptions.subscribe("listener", heard.extend, ["bell.rung"], timedelta(0))
    monkeypatch.setattr(ledger, "subscriptions", subscriptions)

    def owe(seconds):
        with transaction.atomic():
            ledger.record("bell.rung", actor=None)
        Handoff.objects.update(due_at=now() - timedelta(seconds=seconds))

    owe.heard = heard
    return owe


@pytest.fixture
def said_here(monkeypatch):
    """Whether a worker goes round is said under a name of this test's own: others run beside it, on the same Redis."""
    name = f"{wiring.RELAYING}:{uuid4()}"
    for module in (wiring, jobs):
        monkeypatch.setattr(module, "RELAYING", name)
    yield
    wiring._line().delete(name)


@pytest.fixture
def a_worker_goes_round(said_here):
    wiring._line().set(wiring.RELAYING, 1, ex=30)


def test_what_no_worker_takes_is_handed_over_after_a_second(owed):
    owed(0.5)
    assert sweeps.relay_late() == 0
    owed(1.5)
    assert sweeps.relay_late() == 2
    assert len(owed.heard) == 2


def test_while_a_worker_goes_round_it_is_left_to_it_unless_it_is_stuck(owed, a_worker_goes_round):
    owed(2)
    assert sweeps.relay_late() == 0
    assert owed.heard == []
    owed(11)
    assert sweeps.relay_late() == 2
    assert len(owed.heard) == 2


def test_without_redis_nobody_is_waited_for(owed, a_worker_goes_round, monkeypatch):
    def away(*_):
        raise redis.ConnectionError("away")

    monkeypatch.setattr(wiring._line(), "exists", away)
    owed(2)
    assert sweeps.relay_late() == 1


def test_a_worker_that_went_round_says_so_while_it_does_and_for_two_seconds(owed, said_here, monkeypatch):
    seen = []
    monkeypatch.setattr(jobs, "drain_once", lambda: seen.append(wiring.is_relaying()))
    jobs.drain_relay()
    left = wiring._line().pttl(wiring.RELAYING)
    assert (seen, wiring.is_relaying()) == ([True], True)
    assert 0 < left <= 2000
