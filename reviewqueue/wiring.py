"""One table: when X happens, these handlers are told.

A row is (subscriber, handler, kinds or None for everything, how long after). Handlers get
batches, once each, in the order of the events; see `apps.ledger.operations.relay`.
"""

import logging
import time
from collections.abc import Iterable
from datetime import timedelta

import redis
from django.conf import settings
from django.utils.module_loading import import_string

from apps.feedback.facts import facts
from apps.insight.queries.health import gauges, notices
from apps.intake.standing import standing
from apps.ledger.operations import subscriptions
from apps.misses.questions import questions

AT_ONCE = timedelta(0)
# In no hurry: on the next full second, with all that came up until then. Tests do not wait.
SOON = timedelta(0) if settings.TESTING else timedelta(milliseconds=1)
AFTER_UNDO = timedelta(seconds=10)  # outward things wait until a decision can no longer be taken back

TABLE: list[tuple[str, str, Iterable[str] | None, timedelta]] = [
    ("ledger.seals", "apps.ledger.handlers.seal_events", None, SOON),
    ("intake.media", "apps.intake.handlers.prepare", ["item.received", "item.changed"], AT_ONCE),
    (
        "queues.cases",
        "apps.queues.handlers.refresh",
        [
            "report.received",
            "flag.received",
            "item.changed",
            "views.counted",
            "item.matched",
            "cluster.context_differs",
            "cluster.left",
            # While somebody holds a case it keeps its place; what was learned meanwhile counts once it is back.
            "case.returned",
            "case.escalated",
            "case.reopened",
            # At which reach a person judged an item: known before the next count of its views is looked at.
            "decision.made",
            "decision.withdrawn",
            "review.asked",
            "law_notice.review_asked",
        ],
        AT_ONCE,
    ),
    ("appeals.outcomes", "apps.appeals.handlers.settle_appeals", ["decision.made"], AFTER_UNDO),
    ("strikes.reporters", "apps.strikes.handlers.weigh_reporters", ["reports.judged"], SOON),
    (
        "strikes.accounts",
        "apps.strikes.handlers.follow_enforcements",
        ["enforcement.due", "enforcement.reversed"],
        AFTER_UNDO,
    ),
    ("decisions.reporters", "apps.decisions.handlers.credit_reporters", ["decision.made"], AFTER_UNDO),
    # An item is compared with the banks before anybody is shown it.
    (
        "matching.items",
        "apps.matching.handlers.screen_items",
        ["item.received", "item.changed", "item.prepared"],
        AT_ONCE,
    ),
    ("decisions.matches", "apps.decisions.handlers.act_on_matches", ["item.matched"], AT_ONCE),
    (
        "decisions.banks",
        "apps.decisions.handlers.tell_banks",
        ["decision.made", "decision.withdrawn"],
        AT_ONCE,
    ),
    ("decisions.clusters", "apps.decisions.handlers.settle_clusters", ["decision.made"], AFTER_UNDO),
    (
        "decisions.carried",
        "apps.decisions.handlers.carry_on",
        ["cluster.decided", "cluster.carried_on"],
        AT_ONCE,
    ),
    ("decisions.newcomers", "apps.decisions.handlers.carry_to_newcomers", ["cluster.joined"], AT_ONCE),
    ("decisions.reversals", "apps.decisions.handlers.reverse_sets", ["decisions.set_reversed"], AT_ONCE),
    (
        "queues.clusters",
        "apps.queues.handlers.fold_near_duplicates",
        ["cluster.joined", "case.returned"],
        AT_ONCE,
    ),
    ("queues.prepared", "apps.queues.handlers.prepared", ["item.screened"], AT_ONCE),
    ("authority.reviews", "apps.authority.handlers.reviewed", ["decision.made"], AFTER_UNDO),
    ("lawful.reviews", "apps.lawful.handlers.reviewed", ["decision.made"], AFTER_UNDO),
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
        SOON,
    ),
    (
        "detectors.counts",
        "apps.detectors.handlers.keep_counts",
        ["flag.received", "decision.made", "decision.withdrawn"],
        SOON,
    ),
    ("insight.rollups", "apps.insight.handlers.keep_rollups", ["enforcement.reversed"], AFTER_UNDO),
    ("quality.looks", "apps.quality.handlers.decided", ["decision.made"], AFTER_UNDO),
    ("quality.changes", "apps.quality.handlers.changed", ["item.changed"], AT_ONCE),
    ("quality.rules", "apps.quality.handlers.published", ["guidelines.published"], AT_ONCE),
    (
        "training.pairs",
        "apps.training.handlers.count_pairs",
        ["second_look.settled", "second_look.adjudicated"],
        AT_ONCE,
    ),
    # A publication takes effect some seconds after it is written.
    (
        "training.modules",
        "apps.training.handlers.retire_reworded_modules",
        ["guidelines.published"],
        AFTER_UNDO,
    ),
    (
        "insight.people",
        "apps.insight.handlers.people_changed",
        ["shift.started", "shift.ended", "break.started", "break.ended"],
        AT_ONCE,
    ),
    (
        "misses.settle",
        "apps.misses.handlers.keep_misses",
        ["decision.made", "decision.withdrawn", "enforcement.effective", "appeal.decided"],
        AFTER_UNDO,
    ),
    (
        "trends.signs",
        "apps.trends.handlers.keep_signs",
        ["report.received"],
        SOON,
    ),
    ("trends.signs", "apps.trends.handlers.keep_signs", ["decision.made", "decision.withdrawn"], AFTER_UNDO),
    (
        "delivery.webhooks",
        "apps.delivery.handlers.announce_outside",
        ["decision.made", "enforcement.due", "enforcement.reversed", "notice.due"],
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
    ("feedback.exports", "apps.feedback.handlers.write_exports", ["feedback.export_asked"], AT_ONCE),
    # What an appeal came to is only settled once its decision can no longer be taken back.
    (
        "delivery.webhooks",
        "apps.delivery.handlers.announce_outside",
        [
            "appeal.decided",
            "suspension.ended",
            "law_notice.letter",
            "authority.contest_answered",
            "authority.ending_told",
        ],
        AT_ONCE,
    ),
]

# What the training export asks of rooms beside its own; what nobody fills is null there, and said so.
FACTS: dict[str, str] = {
    "clusters_of": "apps.matching.queries.clusters_of",
    "appeals_of": "apps.appeals.queries.appeals_of",
    "appeal_window": "apps.appeals.queries.window",
}
INCLUSIONS = ["apps.detectors.queries.inclusion_of", "apps.quality.queries.inclusion_of"]

# What the live dashboard says of rooms beside its own.
GAUGES = {"webhooks": "apps.delivery.queries.health"}

# Whom intake asks on which terms a detector's scores are taken.
TERMS = "apps.detectors.queries.terms_of"
# What the room of misses asks of rooms that are not below it: an attribute of its `questions`, and who answers.
ANSWERS = {
    "rising": "apps.trends.queries.rising_in",
    "nearest_hash": "apps.matching.queries.nearest_hashes",
}

# What else the live page tells those who watch it, in sentences that lead somewhere.
NOTICES = ["apps.trends.queries.notices"]

AWAKE = "reviewqueue:relay:awake"
GATHER_SECONDS = (
    0.4  # one drain for everything committed meanwhile: a round costs some statements a subscriber
)
RELAYING = "reviewqueue:relay:going-round"  # for as long as a worker does; forgotten when it died on the way
RELAYING_SECONDS = 30
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
    standing.ask = import_string(TERMS)
    notices[:] = [import_string(path) for path in NOTICES]
    for name, path in ANSWERS.items():
        setattr(questions, name, import_string(path))
    if not settings.TESTING:
        subscriptions.on_commit = wake_relay


_redis: "redis.Redis | None" = None


def _line() -> redis.Redis:
    global _redis
    if _redis is None:
        _redis = redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=0.2, socket_timeout=0.5)
    return _redis


_woken = float("-inf")  # when this process last had a drain begun


def wake_relay() -> None:
    """Have a worker drain the handoffs soon. Many commits wake it once; without Redis the tick does it.

    A drain takes along what is committed while it gathers: who had one begun a moment ago need not ask for it.
    """
    global _woken
    if time.monotonic() - _woken < GATHER_SECONDS * 0.75:
        return
    from reviewqueue.jobs import drain_relay  # a job module imports django_rq, which needs the app registry

    try:
        if _line().set(AWAKE, 1, nx=True, ex=5):
            before = time.monotonic()  # it gathers from here on, or later
            drain_relay.delay()
            _woken = before
    except redis.RedisError as trouble:
        log.debug("Redis is away, the tick will relay: %s", trouble)


def is_relaying() -> bool:
    """Whether a worker is going round the subscribers now. False when Redis is away."""
    try:
        return bool(_line().exists(RELAYING))
    except redis.RedisError:
        return False
