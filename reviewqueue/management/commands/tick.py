"""The tick: one process that sees to everything that is owed or due, whether or not Redis is there.

A row of SWEEPS is (lane, name, function, every so many seconds). A lane is a thread with its own database
connection: quick database work must not wait behind a slow HTTP answer. Every sweep claims what it works on,
so several tick processes do no harm.
"""

import logging
import signal
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.core.management.base import BaseCommand
from django.db import close_old_connections, connections
from django.utils.module_loading import import_string

SWEEPS: list[tuple[str, str, str, float]] = [
    ("relay", "hand over what is owed", "reviewqueue.sweeps.relay_late", 0.5),
    ("house", "end expired claims", "apps.queues.operations.end_expired_claims", 2),
    (
        "house",
        "release cases whose media took too long",
        "apps.queues.operations.release_overdue_preparing",
        2,
    ),
    ("house", "publish guidelines whose time has come", "apps.guidelines.operations.publish_due", 1),
    ("house", "end suspensions whose time is over", "apps.strikes.operations.end_suspensions", 10),
    ("house", "say which appeals are due", "apps.appeals.operations.remind", 60),
    ("house", "forget what old appeals said", "apps.appeals.operations.forget_words", 3600),
    ("house", "let due minutes pass", "apps.insight.operations.fold", 2),
    ("house", "make labels final", "apps.feedback.operations.finish_due", 1),
    ("house", "take what was erased out of training", "apps.feedback.operations.forget_erased", 60),
    ("house", "forget old flows", "apps.insight.operations.forget_old_flows", 3600),
    ("house", "forget what old messages said", "apps.delivery.operations.forget_old_payloads", 3600),
    ("house", "forget old idempotent answers", "apps.intake.operations.forget_answers", 3600),
    ("house", "forget ended sessions", "reviewqueue.sweeps.forget_ended_sessions", 3600),
    ("house", "end abandoned shifts", "apps.queues.operations.end_abandoned_shifts", 60),
    ("house", "settle owed exposure", "apps.queues.operations.settle_owed", 30),
    ("house", "forget words of erased content", "apps.training.operations.forget_erased", 3600),
    ("house", "see what first choices became", "apps.training.operations.note_decided", 60),
    ("house", "tell authors what local law took away", "apps.authority.operations.tell_authors_due", 60),
    ("house", "tell authors what local law gave back", "apps.authority.operations.tell_endings_due", 60),
    ("house", "say which contests are due", "apps.authority.operations.remind", 60),
    ("house", "forget what authors contested", "apps.authority.operations.forget_words", 3600),
    ("house", "lift measures whose time is over", "apps.authority.operations.lift_due", 60),
    ("house", "bring back what authors objected to", "apps.lawful.operations.restore_due", 60),
    ("house", "end measures of notices of law", "apps.lawful.operations.end_due", 60),
    ("house", "forget what notices of law said", "apps.lawful.operations.forget_words", 3600),
    ("house", "sum the days of exposure", "apps.insight.operations.fold_exposure_days", 600),
    ("house", "give up forgotten second looks", "apps.quality.operations.void_forgotten", 600),
    ("house", "fold looks older than 90 days", "apps.wellbeing.care.operations.fold_old_exposure", 3600),
    ("house", "forget old check-ins and notes", "apps.wellbeing.care.operations.forget_old_words", 3600),
    ("house", "count reports by the day", "apps.disclosure.operations.fold_notices", 300),
    ("house", "count how long reports waited", "apps.disclosure.operations.fold_answers", 300),
    ("outside", "send statements of reasons", "apps.transparency.operations.send_due", 10),
    ("house", "draw unflagged items by chance", "apps.detectors.operations.explore", 60),
    (
        "house",
        "forget where people and detectors disagreed long ago",
        "apps.detectors.operations.forget_old_disagreements",
        3600,
    ),
    ("trends", "see what rises", "apps.trends.operations.watch", 300),
    ("trends", "forget old signs", "apps.trends.operations.forget_old_signs", 3600),
    ("outside", "send webhooks", "apps.delivery.operations.send_due", 1),
    ("media", "prepare media no worker took", "apps.intake.jobs.sweep_media", 2),
    ("media", "write exports no worker took", "apps.feedback.jobs.sweep_exports", 2),
    ("house", "take old exports away", "apps.feedback.operations.running.forget_old", 3600),
    ("files", "let go of files nobody points to", "reviewqueue.forgetting.let_go", 3600),
    ("banks", "look back for what is new in banks", "apps.matching.operations.look_back", 1),
    ("exchanges", "follow exchanges", "apps.matching.operations.follow_exchanges", 300),
    ("exchanges", "tell exchanges what was found", "apps.matching.operations.tell_exchanges", 10),
    ("live", "tell the dashboards", "apps.insight.jobs.tell_dashboards", 0.35),
]

NICER = (
    5  # a third of the weight of a page: dashboards are told from here, and are to be told within a second
)

log = logging.getLogger("reviewqueue.tick")


@dataclass
class Sweep:
    """Something to be done again and again. A failure is said once, until it heals, and stops nothing."""

    name: str
    do: Callable[[], Any]
    every: float
    due: float = 0.0
    trouble: str = field(default="", init=False)

    def run(self) -> None:
        self.due = time.monotonic() + self.every
        try:
            close_old_connections()
            self.do()
        except Exception as error:
            self._failed(error)
        else:
            if self.trouble:
                log.warning("“%s” works again.", self.name)
            self.trouble = ""

    def _failed(self, error: Exception) -> None:
        # The class is the key: messages of a database that is away differ in ports and process ids.
        trouble = type(error).__name__
        if trouble != self.trouble:
            log.error("“%s” did not work: %s: %s", self.name, trouble, str(error).strip(), exc_info=True)
        self.trouble = trouble


def run_lane(sweeps: Iterable[Sweep], stop: threading.Event) -> None:
    """Run each sweep when it is due, until asked to stop; the sweep at hand is finished first."""
    rounds = list(sweeps)
    while not stop.is_set():
        for sweep in rounds:
            if sweep.due <= time.monotonic() and not stop.is_set():
                sweep.run()
        stop.wait(max(0.02, min(sweep.due for sweep in rounds) - time.monotonic()))
    connections.close_all()


def lanes(table: list[tuple[str, str, str, float]]) -> dict[str, list[Sweep]]:
    """The table as sweeps by lane. Fails at once when a row names a function that is not there."""
    found: dict[str, list[Sweep]] = {}
    for lane, name, path, every in table:
        found.setdefault(lane, []).append(Sweep(name, import_string(path), every))
    return found


class Command(BaseCommand):
    help = (
        "Sees to all that is owed or due: handoffs, claims, deliveries, rollups, tidying. Run at least one."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        threads = [
            threading.Thread(target=run_lane, args=(sweeps, stop), name=f"tick-{lane}")
            for lane, sweeps in lanes(SWEEPS).items()
        ]
        for thread in threads:
            thread.start()
        # Waiting in slices: a signal is handled between two of them.
        while any(thread.is_alive() for thread in threads):
            stop.wait(0.5)
            if stop.is_set():
                for thread in threads:
                    thread.join()
