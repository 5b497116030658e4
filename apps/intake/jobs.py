"""Preparing media, outside of every request: by a worker when woken, by the tick when nobody was."""

import logging
from datetime import timedelta

import redis
from django.db import transaction
from django_rq import job

from apps.intake.operations import prepare_due

AT_ONCE = 20
WORKERS_FIRST = timedelta(seconds=10)  # the tick takes what no worker took in this time
log = logging.getLogger("reviewqueue.media")


@job("media", result_ttl=0, failure_ttl=3600, timeout=3600)
def prepare_media() -> None:
    prepare_due(AT_ONCE)


def wake_worker() -> None:
    """Have a worker prepare what is due, once this transaction is committed. Without Redis the tick does it."""
    transaction.on_commit(_enqueue, robust=True)


def _enqueue() -> None:
    try:
        prepare_media.delay()
    except redis.RedisError as trouble:
        log.debug("Redis is away, the tick will prepare media: %s", trouble)


def sweep_media() -> int:
    return prepare_due(4, late=WORKERS_FIRST)
