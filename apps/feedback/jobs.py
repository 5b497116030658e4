"""Writing exports, outside of every request: in a process of its own, which gives back all it needed when it ends.

A worker starts it when woken, the tick when nobody was. Whoever starts it does not wait for it, and when whoever started it
ends, it leaves the export to another.
"""

import logging
import os
import subprocess
import sys
from datetime import timedelta

import redis
from django.conf import settings
from django.db import transaction
from django_rq import job

from apps.feedback.operations.running import due

WORKERS_FIRST = timedelta(seconds=10)  # the tick starts what no worker took in this time
log = logging.getLogger("reviewqueue.exports")
_started: list[subprocess.Popen[bytes]] = []


@job("exports", result_ttl=0, failure_ttl=3600)
def write_export(run_id: int) -> None:
    start(run_id)


def wake_worker(run_id: int) -> None:
    """Have a worker begin, once this transaction is committed. Without Redis the tick does."""
    transaction.on_commit(lambda: _enqueue(run_id), robust=True)


def _enqueue(run_id: int) -> None:
    try:
        write_export.delay(run_id)
    except redis.RedisError as trouble:
        log.debug("Redis is away, the tick will have the export written: %s", trouble)


def sweep_exports() -> int:
    """Begin what nobody began, or ended; how many were begun."""
    late = due(waits=WORKERS_FIRST)
    return sum(start(one) for one in late)


def start(run_id: int) -> bool:
    """Begin a process that writes this export, unless one that was begun here is still at work."""
    _started[:] = [child for child in _started if child.poll() is None]
    if _started:
        return False
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "write_export", str(run_id)]
    _started.append(subprocess.Popen([*command, "--for", str(os.getpid())], stdin=subprocess.DEVNULL))
    return True
