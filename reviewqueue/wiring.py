"""One table: when X happens, these handlers are told.

A row is (subscriber, handler, kinds or None for everything, how long after). Handlers get
batches, once each, in the order of the events; see `apps.ledger.operations.relay`.
"""

import logging
from collections.abc import Iterable
from datetime import timedelta

import redis
from django.conf import settings
from django.utils.module_loading import import_string

from apps.feedback.facts import facts
from apps.insight.queries.health import gauges
from apps.ledger.operations import subscriptions

AT_ONCE = timedelta(0)
AFTER_UNDO = timedelta(seconds=10)  # outward things wait until a decision can no longer be taken back

TABLE: list[tuple[str, str, Iterable[str] | None, timedelta]] = [
    ("ledger.seals", "apps.ledger.handlers.seal_events", None, AT_ONCE),
    ("intake.media", "apps.intake.handlers.prepare", ["item.received", "item.changed"], AT_ONCE),
    (
        "queues.cases",
        "apps.queues.handlers.refresh",
        [
            "report.received",
            "flag.received",
            "item.changed",
            "views.counted",
            # While somebody holds a case it keeps its place; what was learned meanwhile counts once it is back.
            "case.returned",
            "case.escalated",
            "case.reopened",
        ],
        AT_ONCE,
    ),
    ("decisions.reporters", "apps.decisions.handlers.credit_reporters", ["decision.made"], AFTER_UNDO),
    ("queues.prepared", "apps.queues.handlers.prepared", ["item.prepared"], AT_ONCE),
    (
        "insight.rollups",
        "apps.insight.handlers.keep_rollups",
        [
            "case.opened",
            "case.claimed",
            "case.returned",
            "case.closed",
            "case.reopened",
            "case.escalated",
            "case.moved",
            "case.reprioritised",
            "decision.made",
            "decision.withdrawn",
            "enforcement.effective",
            "guidelines.marked_unclear",
        ],
        AT_ONCE,
    ),
    (
        "rehearsal.citations",
        "apps.rehearsal.handlers.keep_citations",
        ["decision.made", "decision.withdrawn"],
        AT_ONCE,
    ),
    ("insight.rollups", "apps.insight.handlers.keep_rollups", ["enforcement.reversed"], AFTER_UNDO),
    (
        "insight.people",
        "apps.insight.handlers.people_changed",
        ["shift.started", "shift.ended", "break.started", "break.ended"],
        AT_ONCE,
    ),
    (
        "delivery.webhooks",
        "apps.delivery.handlers.announce_outside",
        ["decision.made", "enforcement.due", "enforcement.reversed"],
        AFTER_UNDO,
    ),
    # Nobody takes back what these tell of: they go out at once.
    (
        "delivery.webhooks",
        "apps.delivery.handlers.announce_outside",
        ["label.final", "label.corrected"],
        AT_ONCE,
    ),
    (
        "transparency.statements",
        "apps.transparency.handlers.keep",
        ["enforcement.due", "enforcement.reversed"],
        AFTER_UNDO,
    ),
    ("feedback.labels", "apps.feedback.handlers.keep_labels", ["decision.made"], AFTER_UNDO),
    ("feedback.appeals", "apps.feedback.handlers.appeals_settled", ["appeal.decided"], AT_ONCE),
]

# What the training export asks of rooms beside its own; what nobody fills is null there, and said so.
FACTS: dict[str, str] = {}
INCLUSIONS: list[str] = []  # everyone who draws samples

# What the live dashboard says of rooms beside its own.
GAUGES = {"webhooks": "apps.delivery.queries.health"}

AWAKE = "reviewqueue:relay:awake"
log = logging.getLogger("reviewqueue.relay")


def connect() -> None:
    """Fill the subscriptions from the table; called once, when the apps are ready."""
    for name, path, kinds, after in TABLE:
        subscriptions.subscribe(name, import_string(path), kinds, after)
    for name, path in GAUGES.items():
        gauges[name] = import_string(path)
    for name, path in FACTS.items():
        setattr(facts, name, import_string(path))
    facts.inclusion_of[:] = [import_string(path) for path in INCLUSIONS]
    if not settings.TESTING:
        subscriptions.on_commit = wake_relay


_redis: "redis.Redis | None" = None


def wake_relay() -> None:
    """Have a worker drain the handoffs soon. Many commits wake it once; without Redis the tick does it."""
    global _redis
    from reviewqueue.jobs import drain_relay  # a job module imports django_rq, which needs the app registry

    try:
        if _redis is None:
            _redis = redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=0.2, socket_timeout=0.5)
        if _redis.set(AWAKE, 1, nx=True, ex=5):
            drain_relay.delay()
    except redis.RedisError as trouble:
        log.debug("Redis is away, the tick will relay: %s", trouble)
