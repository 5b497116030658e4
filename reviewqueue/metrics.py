"""`/metrics`: the numbers of the process, and those of the house from rollups and index probes.

What is not known is left out, never 0: a gauge that says nothing while the database is away is the truth.
"""

import logging
from collections.abc import Iterable, Iterator

from django.db import Error, connection
from django.utils.timezone import now
from prometheus_client import REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from apps.insight.queries.health import health
from apps.insight.queries.queues import queues_now

log = logging.getLogger("reviewqueue.metrics")

QUEUE = {
    "waiting": "Cases waiting",
    "claimed": "Cases with a moderator",
    "overdue": "Open cases that are overdue",
}


def exposition() -> bytes:
    """The whole page, as Prometheus reads it."""
    house = CollectorRegistry()
    house.register(House())
    return generate_latest(REGISTRY) + generate_latest(house)


class House(Collector):
    def collect(self) -> Iterable[Metric]:
        families: dict[str, GaugeMetricFamily] = {}
        up = 1
        try:
            for name, words, labels, value in _read():
                family = families.setdefault(name, GaugeMetricFamily(name, words, labels=list(labels)))
                family.add_metric(list(labels.values()), value)
        except Error as trouble:
            log.debug("no numbers of the house: %s", trouble)
            connection.close()
            families, up = {}, 0
        yield GaugeMetricFamily(
            "reviewqueue_database_up", "1 when the database answered for this page", value=up
        )
        yield from families.values()


def _read() -> Iterator[tuple[str, str, dict[str, str], float]]:
    """(name, what it is, labels, value) of every number that is known."""
    at = now()
    for queue in queues_now(at):
        for key, words in QUEUE.items():
            yield f"reviewqueue_queue_{key}", words, {"queue": queue["slug"]}, queue[key]
        if (opened := queue["oldest_opened_at"]) is not None:
            age = max(0.0, at.timestamp() - opened)
            yield (
                "reviewqueue_queue_oldest_seconds",
                "Age of the oldest open case",
                {"queue": queue["slug"]},
                age,
            )
    told = health(at)
    relay, webhooks = told["relay"], told["webhooks"]
    lag = relay["oldest_waits_seconds"] or 0.0  # nothing is due: nothing lags
    yield "reviewqueue_relay_lag_seconds", "How long the oldest due handoff has waited", {}, lag
    yield "reviewqueue_relay_given_up", "Handoffs given up, counted up to 1000", {}, relay["given_up"]
    yield (
        "reviewqueue_webhooks_pending",
        "Messages not delivered yet, counted up to 1000",
        {},
        webhooks["pending"],
    )
    yield "reviewqueue_webhooks_given_up", "Messages given up, counted up to 1000", {}, webhooks["given_up"]
    waits = webhooks["oldest_waits_seconds"] or 0.0
    yield (
        "reviewqueue_webhooks_oldest_seconds",
        "How long the oldest undelivered message has waited",
        {},
        waits,
    )
