"""The worker: one process, one job at a time, no fork. When Redis is away it waits; nothing is lost."""

import logging
import signal
import threading
from typing import Any, cast

import redis
from django.core.management.base import BaseCommand, CommandParser
from django.db import close_old_connections
from django_rq.workers import get_worker
from rq import SimpleWorker, Worker
from rq.worker.base import StopRequested

from reviewqueue.courtesy import give_way

QUEUES = ("relay", "outside", "media", "exports")
NICER = 5  # a third of the weight of a page, when both want the processor
WAIT_AT_MOST = 5.0  # seconds between two attempts to reach Redis again
STILL_AWAY = "could not connect to Redis"

log = logging.getLogger("reviewqueue.worker")


class SaidOnce(logging.Filter):
    """RQ repeats that Redis is away at every attempt; once is enough, until it answers again."""

    def __init__(self) -> None:
        super().__init__()
        self.said = False

    def filter(self, record: logging.LogRecord) -> bool:
        if STILL_AWAY not in str(record.msg):
            return True
        if not self.said:
            self.said = True
            log.warning("Redis is away: the tick process carries on, and this worker waits for it to return.")
        return False

    def redis_answered(self) -> None:
        if self.said:
            self.said = False
            log.warning("Redis is back.")


class HouseWorker(SimpleWorker):
    """RQ's worker that keeps its database connection honest and leaves quietly."""

    max_connection_wait_time = WAIT_AT_MOST
    asked_to_stop = threading.Event()
    away = SaidOnce()

    def perform_job(self, job: Any, queue: Any, execution: Any) -> bool:
        # A persistent connection may have died since the last job: PostgreSQL may have been restarted.
        close_old_connections()
        try:
            return super().perform_job(job, queue, execution)
        finally:
            close_old_connections()

    def heartbeat(self, *args: Any, **kwargs: Any) -> None:
        super().heartbeat(*args, **kwargs)
        self.away.redis_answered()

    def check_for_suspension(self, burst: bool) -> None:
        # A signal may have come before RQ listened to signals.
        if self.asked_to_stop.is_set():
            raise StopRequested
        super().check_for_suspension(burst)

    def request_stop(self, signum: int, frame: Any) -> None:
        self.asked_to_stop.set()
        super().request_stop(signum, frame)

    def set_shutdown_requested_date(self) -> None:
        """A note for dashboards of RQ. Must not break the job at hand because Redis is away."""
        try:
            super().set_shutdown_requested_date()
        except redis.RedisError:
            log.debug("Redis is away; the request to stop is not noted there")


def run(queues: tuple[str, ...], *, burst: bool = False) -> None:
    """Work until SIGTERM or SIGINT, finishing the job at hand; comes back by itself when Redis was away."""
    try:
        _work(queues, burst)
    except StopRequested:
        # RQ's answer to a signal stays in force where RQ itself is not at work: while it makes itself known to Redis,
        # and while we wait for Redis to return.
        return


def _work(queues: tuple[str, ...], burst: bool) -> None:
    stop = HouseWorker.asked_to_stop
    wait = 1.0
    logging.getLogger("rq.worker").addFilter(HouseWorker.away)
    while not stop.is_set():
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        try:
            # Its type names the forking worker; any other is taken as well.
            worker = get_worker(*queues, worker_class=cast(type[Worker], HouseWorker), worker_ttl=60)
            worker.work(burst=burst, logging_level="WARNING")
            wait = 1.0
        except redis.RedisError as trouble:
            log.debug("%s", trouble)
            logging.getLogger("rq.worker").error(STILL_AWAY)
        if burst:
            return
        stop.wait(wait)
        wait = min(wait * 2, WAIT_AT_MOST)


class Command(BaseCommand):
    help = "Runs background jobs: the relay, what goes outside, media, exports. Start as many as there is work for."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("queues", nargs="*", default=QUEUES, help=f"by default: {', '.join(QUEUES)}")
        parser.add_argument("--burst", action="store_true", help="stop when nothing is left to do")

    def handle(self, *args: Any, **options: Any) -> None:
        give_way(NICER)
        run(tuple(options["queues"]), burst=options["burst"])
