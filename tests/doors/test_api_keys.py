from datetime import timedelta

import pytest
import redis
import time_machine
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils.timezone import now

from apps.accounts import keys, rates
from apps.accounts.models import MachineKey, Scope
from apps.ledger.models import Event
from tests.doors.programs import FLAG, ITEM, READING, REPORT, Program, refused, rows

DOORS = {
    ("PUT", "/items"): "ingest",
    ("POST", "/reports"): "ingest",
    ("POST", "/flags"): "ingest",
    ("POST", "/views"): "ingest",
    ("POST", "/bulk"): "ingest",
    ("POST", "/items/erase"): "erase",
    ("POST", "/uploads"): "ingest",
    ("GET", "/items/demo/p1"): "read",
    ("GET", "/decisions"): "read",
    ("GET", "/stats"): "read",
    ("GET", "/guidelines"): "read",
    ("GET", "/guidelines/1.0.0"): "read",
    ("GET", "/rules/HT-1"): "read",
    ("GET", "/people/M-1000/availability"): "read",
    ("GET", "/people/M-1000/exposure"): "read",
    ("GET", "/accounts/demo/p1"): "read",
    ("POST", "/enforcements/1/effective"): "enforce",
    ("POST", "/appeals"): "appeal",
    ("GET", "/appeals/1"): "read",
    ("POST", "/law-contests"): "appeal",
    ("GET", "/law-contests/1"): "read",
    ("POST", "/law-notices"): "ingest",
    ("GET", "/law-notices/1"): "read",
    ("GET", "/banks"): "banks",
    ("POST", "/osprey/results"): "ingest",
    ("GET", "/osprey/actions"): "read",
    ("POST", "/banks/1/entries"): "banks",
    ("POST", "/banks/1/load"): "banks",
    ("POST", "/bank-entries/1/opinions"): "banks",
    ("DELETE", "/bank-entries/1/opinions"): "banks",
    ("POST", "/bank-lookups"): "banks",
}
# What stands in the document where these addresses name something.
NAMED = {
    "/banks/1/": "/banks/{bank_id}/",
    "/bank-entries/1/": "/bank-entries/{entry_id}/",
    "/demo/p1": "/{source}/{external_id}",
    "/1/": "/{enforcement_id}/",
    "/appeals/1": "/appeals/{appeal_id}",
    "/law-contests/1": "/law-contests/{contest_id}",
    "/law-notices/1": "/law-notices/{notice_id}",
    "/1.0.0": "/{version}",
    "/HT-1": "/{code}",
    "/M-1000/": "/{pseudonym}/",
}
REFUSED_TO_ALL = "/people/M-1000/exposure"  # opens for its scope, to say that nobody is told
BODIES = {"/items": {"item": ITEM}, "/reports": REPORT, "/flags": FLAG, "/views": [READING]}


@pytest.mark.parametrize("scope", Scope.values)
@pytest.mark.parametrize(
    ("door", "needed"), DOORS.items(), ids=lambda value: " ".join(value) if isinstance(value, tuple) else ""
)
def test_a_door_opens_for_its_scope_and_for_admin_alone(db, door, needed, scope):
    program, (method, path) = Program(scope), door
    before = rows()
    answer = program.send(method, path, BODIES.get(path, {}))
    if scope in (needed, "admin") and path == REFUSED_TO_ALL:
        assert answer.json()["code"] != "wrong_scope"
    elif scope in (needed, "admin"):
        assert answer.status_code not in (401, 403)
    else:
        assert refused(answer, 403, "wrong_scope")[0] == f"This key does not hold the scope “{needed}”."
        assert rows() == before


def test_every_door_of_the_document_is_in_the_table_above(db):
    document = Client().get("/api/v1/openapi.json").json()
    named = {
        (method.upper(), path.removeprefix("/api/v1"))
        for path, methods in document["paths"].items()
        for method in methods
    }
    known = set()
    for method, path in DOORS:
        for name, meant in NAMED.items():
            path = path.replace(name, meant)
        known.add((method, path))
    assert named == known


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Bearer wrong", "Basic cnE6cnE=", "Bearer \u00e9", "rq_x"]
)
def test_without_a_key_in_force_every_door_stays_shut(db, header):
    answer = Client().post(
        "/api/v1/reports", REPORT, content_type="application/json", headers={"Authorization": header}
    )
    assert refused(answer, 401, "no_key")[0] == "Send a machine key in force: Authorization: Bearer KEY."
    assert sum(rows()[name] for name in ("Item", "Report")) == 0


def test_a_revoked_key_opens_nothing(db):
    program = Program("ingest")
    assert program.post("/reports", REPORT).status_code == 202
    keys.revoke(MachineKey.objects.get())
    refused(program.post("/reports", REPORT), 401, "no_key")


def test_a_key_revoked_elsewhere_is_forgotten_within_ten_seconds(db, monkeypatch):
    clock = [100.0]
    monkeypatch.setattr(keys.time, "monotonic", lambda: clock[0])
    program = Program("ingest")
    program.post("/reports", REPORT)
    MachineKey.objects.update(revoked_at=now())
    assert program.post("/reports", REPORT).status_code == 202
    clock[0] += 10.1
    refused(program.post("/reports", REPORT), 401, "no_key")


def test_only_the_hash_of_a_key_is_stored(db):
    token = keys.issue("a platform", ["read", "ingest", "read"])
    key = MachineKey.objects.get()
    assert token not in str(vars(key))
    assert (len(key.hash), key.hint, key.scopes) == (64, token[:8], ["ingest", "read"])
    event = Event.objects.get(kind="key.issued")
    assert event.data == {"key": key.pk, "scopes": ["ingest", "read"]}


@pytest.fixture(params=["redis", "no redis"])
def counter(request, monkeypatch):
    """The limit holds whether or not Redis is there to count."""
    monkeypatch.setattr(rates, "_counts", {})
    monkeypatch.setattr(rates, "_resting_until", 0.0)
    if request.param == "no redis":
        monkeypatch.setattr(rates, "_client", redis.Redis.from_url("redis://127.0.0.1:1/0"))
    yield
    rates._resting_until = 0.0


def test_a_key_beyond_its_rate_is_told_when_to_come_back(db, counter):
    program = Program("ingest", rate=3)
    with time_machine.travel("2026-03-01T09:30:20.000Z", tick=False) as clock:
        clear(MachineKey.objects.get().pk)
        assert [program.post("/reports", REPORT).status_code for _ in range(3)] == [202] * 3
        before = rows()
        answer = program.post("/reports", REPORT)
        sentence, _ = refused(answer, 429, "too_many_requests")
        assert sentence == "This key may make 3 requests a minute. Try again in 40 s."
        assert answer.headers["Retry-After"] == "40"
        assert rows() == before
        clock.shift(timedelta(seconds=40))
        assert program.post("/reports", REPORT).status_code == 202


def test_one_key_does_not_use_up_anothers_rate(db, counter):
    eager, calm = Program("ingest", rate=1), Program("ingest", rate=1)
    with time_machine.travel("2026-03-01T09:31:20.000Z", tick=False):
        for key in MachineKey.objects.all():
            clear(key.pk)
        assert [eager.post("/reports", REPORT).status_code for _ in range(2)] == [202, 429]
        assert calm.post("/reports", REPORT).status_code == 202


def clear(key_id):
    """Ids of rolled back tests come again: no count may be left from them."""
    try:
        client = redis.Redis.from_url(rates.settings.REDIS_URL)
        client.delete(*client.keys(f"reviewqueue:rate:{key_id}:*") or ["none"])
    except redis.RedisError:
        pass


def test_processes_count_together(db, monkeypatch):
    """Two processes, each with a memory of its own, share one limit."""
    one, other = {}, {}
    clear(77)
    with time_machine.travel("2026-03-01T09:32:20.000Z", tick=False):
        waits = []
        for memory in [one, other] * 4:
            monkeypatch.setattr(rates, "_counts", memory)
            waits.append(rates.seconds_to_wait(77, 5))
    clear(77)
    assert waits == [0, 0, 0, 0, 0, 40, 40, 40]


def test_the_command_prints_the_key_once(db, capsys):
    call_command("issue_key", "a platform", "--scope", "ingest", "--scope", "read")
    token = capsys.readouterr().out.strip()
    assert keys.find(token).scopes == ["ingest", "read"]


@pytest.mark.parametrize(
    "arguments",
    [["x"], ["x", "--scope", "all"], ["", "--scope", "read"], ["x", "--scope", "read", "--rate", "0"]],
)
def test_the_command_refuses_what_makes_no_key(db, arguments):
    with pytest.raises(CommandError):
        call_command("issue_key", *arguments)
    assert MachineKey.objects.exists() is False
