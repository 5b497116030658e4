from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import IntegrityError, InternalError, connection, transaction
from django.utils.timezone import now

from apps.ledger import operations as ledger
from apps.ledger.models import Event, Handoff, Seal
from apps.ledger.operations import Subscriptions, drain, record, relay
from apps.ledger.sealing import seal, verify


@pytest.fixture
def heard(db, monkeypatch):
    """A subscriber of `bell.rung`; the list of what it heard, batch by batch."""
    subscriptions, batches = Subscriptions(), []
    subscriptions.subscribe(
        "listener", lambda events: batches.append([e.id for e in events]), ["bell.rung"], timedelta(0)
    )
    monkeypatch.setattr(ledger, "subscriptions", subscriptions)
    return batches


def ring(times=1):
    with transaction.atomic():
        for _ in range(times):
            record("bell.rung", actor=None, loud=True)


def test_what_happened_reaches_its_subscriber_once(heard):
    ring(3)
    assert drain() == 3
    assert heard == [list(Event.objects.order_by("id").values_list("id", flat=True))]
    assert drain() == 0
    assert Handoff.objects.exists() is False


def test_nobody_is_told_of_what_was_rolled_back(heard):
    def ring_and_fail():
        with transaction.atomic():
            record("bell.rung", actor=None)
            raise ValueError("something else went wrong")

    with pytest.raises(ValueError, match="something else"):
        ring_and_fail()
    assert (drain(), heard, Event.objects.count()) == (0, [], 0)


def test_an_event_outside_a_transaction_is_refused(transactional_db):
    with pytest.raises(RuntimeError, match="inside the operation's transaction"):
        record("bell.rung", actor=None)
    assert Event.objects.exists() is False


def test_one_bad_event_delays_only_itself(heard, monkeypatch):
    ring(3)
    bad = Event.objects.order_by("id")[1].id

    def picky(events):
        if any(event.id == bad for event in events):
            raise ValueError("cannot digest this")
        heard.extend(event.id for event in events)

    monkeypatch.setitem(ledger.subscriptions.handlers, "listener", picky)
    before = now()
    drain()
    owed = Handoff.objects.get()
    assert (owed.event_id, owed.attempts, owed.last_error) == (bad, 1, "ValueError: cannot digest this")
    assert before + timedelta(seconds=5) <= owed.due_at <= now() + timedelta(seconds=5)
    assert len(heard) == 2


def test_after_twenty_failures_a_person_must_look(heard, monkeypatch):
    ring()
    monkeypatch.setitem(ledger.subscriptions.handlers, "listener", lambda events: 1 / 0)
    with time_machine.travel(now(), tick=False) as clock:
        for _ in range(25):
            relay("listener")
            clock.shift(timedelta(hours=1))
    owed = Handoff.objects.get()
    assert owed.attempts == 20
    assert owed.given_up_at is not None


def test_a_delayed_handoff_waits_its_time(db, monkeypatch):
    subscriptions, heard = Subscriptions(), []
    subscriptions.subscribe("slow", lambda events: heard.extend(events), ["bell.rung"], timedelta(seconds=10))
    monkeypatch.setattr(ledger, "subscriptions", subscriptions)
    ring()
    assert drain() == 0
    with time_machine.travel(now() + timedelta(seconds=11)):
        assert drain() == 1
    assert len(heard) == 1


def test_what_waits_is_due_on_the_full_second_and_never_before_its_time(db, monkeypatch):
    subscriptions, heard = Subscriptions(), []
    subscriptions.subscribe(
        "slow", lambda events: heard.append(len(events)), ["bell.rung"], timedelta(seconds=10)
    )
    subscriptions.subscribe("quick", lambda events: None, ["bell.rung"], timedelta(0))
    monkeypatch.setattr(ledger, "subscriptions", subscriptions)
    noon = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)
    with time_machine.travel(noon, tick=False) as clock:
        for microseconds in (0, 1, 400_000, 999_999):
            clock.move_to(noon + timedelta(microseconds=microseconds))
            ring()
            assert drain() == 1, "who is told at once is told at once"
        slow = Handoff.objects.filter(subscriber="slow").order_by("event")
        seconds = [(one.due_at - noon).total_seconds() for one in slow]
        assert seconds == [10, 11, 11, 11]
        clock.move_to(noon + timedelta(seconds=10.999999))
        drain()
        assert heard == [1]
        clock.move_to(noon + timedelta(seconds=11))
        drain()
    assert heard == [1, 3]


@pytest.mark.parametrize("change", ["UPDATE ledger_event SET kind = 'x'", "DELETE FROM ledger_event"])
def test_the_database_refuses_to_change_an_event(heard, change):
    ring()
    drain()
    with pytest.raises(InternalError, match="Cannot update or delete rows"), transaction.atomic():
        connection.cursor().execute(change)
    assert Event.objects.get().kind == "bell.rung"


def test_sealed_events_verify_and_tampering_is_named(heard):
    ring(5)
    events = list(Event.objects.order_by("id"))
    seal(events[:3])
    seal(events[3:])
    assert (verify().events, verify().seals, verify().trouble) == (5, 2, "")
    victim = events[3].pk
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE ledger_event DISABLE TRIGGER USER")
        cursor.execute("UPDATE ledger_event SET kind = 'bell.silent' WHERE id = %s", [victim])
        cursor.execute("ALTER TABLE ledger_event ENABLE TRIGGER USER")
    verdict = verify()
    assert verdict.event_id == victim
    assert verdict.trouble == f"event {victim} is not what was sealed"


def test_a_missing_seal_is_noticed(heard):
    ring(2)
    first, second = Event.objects.order_by("id")
    seal([first])
    seal([second])
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE ledger_seal DISABLE TRIGGER USER")
        Seal.objects.filter(number=1).delete()
        cursor.execute("ALTER TABLE ledger_seal ENABLE TRIGGER USER")
    assert verify().trouble == "seal 1 is missing or does not follow the one before"


def test_an_event_is_owed_once_to_a_subscriber(heard):
    ring()
    with pytest.raises(IntegrityError, match="handoff_once_per_subscriber"), transaction.atomic():
        Handoff.objects.create(event=Event.objects.get(), subscriber="listener")
