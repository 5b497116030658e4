"""Servers that go away, and processes that die in the middle of something."""

import signal
import subprocess
import sys
import threading
import time

import pytest
from django.db import connection, transaction
from django.utils.timezone import now

from apps.decisions.models import Decision
from apps.ledger.models import Event, Handoff
from apps.ledger.operations import drain, record
from apps.queues.models import Case, Claim
from reviewqueue import embedded
from reviewqueue.embedded import postgres
from reviewqueue.embedded.places import places
from tests import make
from tests.browser.system import PROJECT
from tests.patience import PATIENCE, soon

pytestmark = pytest.mark.embedded_only

REPORT = {
    "item": {
        "source": "platform",
        "external_id": "post-1",
        "kind": "text",
        "language": "en",
        "text": "Hello.",
    },
    "reason": "spam",
    "rule": "AU-4",
}
DIES_INSIDE = """
import django, time
django.setup()
from apps.ledger.operations import relay, subscriptions
real = subscriptions.handlers["queues.cases"]
def and_then_never_comes_back(events):
    real(events)
    print("inside", flush=True)
    time.sleep(600)
subscriptions.handlers["queues.cases"] = and_then_never_comes_back
relay("queues.cases")
"""


def due():
    """Handoffs that should have arrived by now."""
    return Handoff.objects.filter(due_at__lte=now()).count()


def test_redis_stopped_work_goes_on_and_all_that_is_owed_arrives(running, program, mara):
    soon(lambda: running.status("/readyz")[0] == 200)
    embedded.stop_redis(running.var)
    try:
        status, words = running.status("/readyz")
        assert status == 503
        assert "Redis does not answer. Work goes on; live updates pause." in words
        assert running.status("/account/login/")[0] == 200
        assert running.status("/healthz")[0] == 200

        assert program.post("/api/v1/reports", json=REPORT).status_code == 202
        soon(lambda: Case.objects.filter(state="waiting").exists())  # the tick relays by itself
        assert mara.post("/desk/shift/start").status_code == 200
        assert mara.post("/desk/next").status_code == 200
        claim = Claim.objects.get(ended_at=None)
        answer = mara.post(f"/desk/claims/{claim.pk}/decide", data={"outcome": "not", "spans": "[]"})
        assert answer.status_code == 200
        assert Decision.objects.get().outcome == "no_violation"
        assert Case.objects.get().state == "done"
    finally:
        embedded.start_redis(running.var)
    soon(lambda: running.status("/readyz")[0] == 200)
    soon(lambda: due() == 0)
    assert Handoff.objects.filter(attempts__gt=0).count() == 0
    assert all(process.poll() is None for process in running.processes.values())


def test_a_worker_killed_inside_a_handler_its_work_is_done_exactly_once(house):
    item = make.item()
    make.report(item, rule="AU-4")
    with transaction.atomic():
        record("report.received", actor=None, item=item)
    before = Handoff.objects.filter(subscriber="queues.cases").count()
    worker = subprocess.Popen(
        [sys.executable, "-c", DIES_INSIDE], cwd=PROJECT, stdout=subprocess.PIPE, text=True,
        env={**house.environment, "DJANGO_SETTINGS_MODULE": "reviewqueue.settings"},
    )  # fmt: skip
    try:
        assert worker.stdout.readline().strip() == "inside"
        assert (Case.objects.count(), Handoff.objects.filter(subscriber="queues.cases").count()) == (
            0,
            before,
        )
    finally:
        worker.send_signal(signal.SIGKILL)
        worker.wait()
    soon(lambda: drain() and Case.objects.exists())
    drain()
    assert Case.objects.filter(item=item).count() == 1
    assert Event.objects.filter(kind="case.opened", item_id=item.pk).count() == 1
    assert due() == 0


@pytest.mark.parametrize("crash", [False, True], ids=["restarted", "power cut"])
def test_postgresql_restarted_requests_fail_with_503_and_recover(running, program, mara, crash):
    processes = {name: process.pid for name, process in running.processes.items()}
    assert mara.get("/desk/").status_code == 200
    assert program.post("/api/v1/reports", json=REPORT).status_code == 202
    connection.close()
    seen: list[int] = []
    stop = threading.Event()

    def keep_asking():
        while not stop.is_set():
            seen.append(mara.get("/desk/").status_code)
            seen.append(program.post("/api/v1/reports", json=REPORT).status_code)
            time.sleep(0.02)

    asking = threading.Thread(target=keep_asking)
    asking.start()
    try:
        soon(lambda: len(seen) >= 4)
        embedded.restart_postgres(running.var, crash=crash)
        soon(lambda: seen[-6:].count(200) == 3 and seen[-6:].count(202) == 3)
    finally:
        stop.set()
        asking.join(PATIENCE)
    assert set(seen) <= {200, 202, 503}
    assert all(process.poll() is None for process in running.processes.values())
    assert {name: process.pid for name, process in running.processes.items()} == processes
    soon(lambda: Case.objects.filter(item__external_id="post-1").exists() and due() == 0)
    assert Case.objects.count() == 1
    assert running.status("/readyz")[0] == 200


def test_a_page_that_comes_while_the_database_is_away_says_so_calmly(running, program, mara):
    connection.close()
    postgres.stop(places(running.var))
    try:
        page = mara.get("/desk/", headers={"HX-Request": "false"})
        assert (page.status_code, page.headers["Retry-After"]) == (503, "5")
        assert "Nothing was changed" in page.text
        refused = program.post("/api/v1/reports", json=REPORT)
        assert refused.status_code == 503
        assert refused.headers["Content-Type"] == "application/problem+json"
        assert refused.json()["code"] == "database_away"
        assert running.status("/healthz")[0] == 200
    finally:
        embedded.ensure(running.var)
    soon(lambda: mara.get("/desk/").status_code == 200)
