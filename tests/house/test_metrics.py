"""`/metrics`: what Prometheus reads of the house, and what it reads while the database is away."""

import pytest
from django.db import OperationalError
from prometheus_client.parser import text_string_to_metric_families

from apps.delivery.models import Delivery, Endpoint
from apps.ledger.models import Handoff
from apps.ledger.operations import drain
from apps.queues.operations import claim_next, refresh_cases
from apps.wellbeing.operations import start_shift
from reviewqueue import metrics
from tests import make


def numbers(client):
    page = client.get("/metrics")
    assert page.status_code == 200
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(page.content.decode())
        for sample in family.samples
    }


@pytest.fixture
def house(db):
    make.house()
    drain()


def report(rule):
    item = make.item()
    make.report(item, rule=rule)
    refresh_cases([item.pk])


def test_depth_lag_and_backlog_are_told(house, client, moderator):
    for _ in range(3):
        report("HT-1")
    start_shift(actor=moderator)
    claim_next(actor=moderator)
    drain()
    told = numbers(client)
    assert told["reviewqueue_queue_waiting", "hate"] == 2
    assert told["reviewqueue_queue_claimed", "hate"] == 1
    assert told["reviewqueue_queue_waiting", "fraud"] == 0
    assert told["reviewqueue_relay_lag_seconds",] == 0
    assert told["reviewqueue_database_up",] == 1

    report("HT-1")
    Handoff.objects.update(due_at="2026-01-01T00:00Z")
    endpoint = Endpoint.objects.create(name="Platform", url="https://platform.example/", secret="whsec_x")
    Delivery.objects.create(
        endpoint=endpoint, message_id="evt_1", kind="decision.made", event_id=1, payload={},
        next_attempt_at="2026-01-01T00:00Z", give_up_at="2026-01-04T00:00Z",
    )  # fmt: skip
    told = numbers(client)
    assert told["reviewqueue_relay_lag_seconds",] > 3600
    assert told["reviewqueue_webhooks_pending",] == 1
    assert told["reviewqueue_webhooks_given_up",] == 0


def test_it_costs_the_same_however_much_waits(house, client, django_assert_num_queries):
    with django_assert_num_queries(6):
        client.get("/metrics")
    for _ in range(5):
        report("HT-1")
    drain()
    with django_assert_num_queries(6):
        client.get("/metrics")


def test_without_a_database_the_process_still_speaks(client, monkeypatch):
    def away(at):
        raise OperationalError("connection refused")

    monkeypatch.setattr(metrics, "queues_now", away)
    monkeypatch.setattr(metrics.connection, "close", lambda: None)
    told = numbers(client)
    assert told["reviewqueue_database_up",] == 0
    assert told["process_resident_memory_bytes",] > 0
    assert not [name for name, *_ in told if name.startswith("reviewqueue_queue")]
