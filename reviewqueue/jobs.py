import contextlib
import time

import redis
from django.conf import settings
from django_rq import job

from apps.ledger.operations import drain_once
from reviewqueue.wiring import AWAKE, GATHER_SECONDS, RELAYING, RELAYING_SECONDS

LINGER_SECONDS = 2  # after its last round a worker counts as going round: the next commit wakes it again


@job("relay", result_ttl=0, failure_ttl=3600)
def drain_relay() -> None:
    """Hand over what is owed. The flag is taken down first: a commit after this wakes the next drain."""
    line = redis.Redis.from_url(settings.REDIS_URL)
    line.set(RELAYING, 1, ex=RELAYING_SECONDS)
    try:
        time.sleep(GATHER_SECONDS)
        line.delete(AWAKE)
        drain_once()
    finally:
        with contextlib.suppress(redis.RedisError):
            line.set(RELAYING, 1, ex=LINGER_SECONDS)
