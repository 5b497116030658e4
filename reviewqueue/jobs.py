import contextlib
import time

import redis
from django.conf import settings
from django_rq import job

from apps.ledger.operations import drain_once
from reviewqueue.wiring import AWAKE, GATHER_SECONDS, RELAYING, RELAYING_SECONDS

REST_AT_MOST = 0.05  # seconds after one subscriber
LINGER_SECONDS = 2  # after its last round a worker counts as going round: the next commit wakes it again


@job("relay", result_ttl=0, failure_ttl=3600)
def drain_relay() -> None:
    """Hand over what is owed. The flag is taken down first: a commit after this wakes the next drain."""
    line = redis.Redis.from_url(settings.REDIS_URL)
    line.set(RELAYING, 1, ex=RELAYING_SECONDS)
    try:
        time.sleep(GATHER_SECONDS)
        line.delete(AWAKE)
        drain_once(rest=leave_room)
    finally:
        with contextlib.suppress(redis.RedisError):
            line.set(RELAYING, 1, ex=LINGER_SECONDS)


def leave_room(seconds: float) -> None:
    """Rest as long as the work took: what became due with the full second is done within the second, not in one go.

    In one go a worker and its database take half of a small machine for a third of every second, and pages wait.
    """
    time.sleep(min(seconds, REST_AT_MOST))
