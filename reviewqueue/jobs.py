import time

import redis
from django.conf import settings
from django_rq import job

from apps.ledger.operations import drain_once
from reviewqueue.wiring import AWAKE

GATHER_SECONDS = 0.25  # one drain for everything committed meanwhile; the dashboards are promised a second


@job("relay", result_ttl=0, failure_ttl=3600)
def drain_relay() -> None:
    """Hand over what is owed. The flag is taken down first: a commit after this wakes the next drain."""
    time.sleep(GATHER_SECONDS)
    redis.Redis.from_url(settings.REDIS_URL).delete(AWAKE)
    drain_once()
