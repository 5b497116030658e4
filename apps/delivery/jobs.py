import logging

import redis
from django.conf import settings
from django_rq import job

from apps.delivery.operations import send_due as send

WAKING = "reviewqueue:webhooks:awake"

log = logging.getLogger("reviewqueue.webhooks")


@job("outside", result_ttl=0, failure_ttl=3600)
def send_due() -> None:
    """Send what is due, briefly, to endpoints that answer: the relay may be waiting for this worker.

    The rest is the tick's. The flag is taken down first: what is owed after this wakes the next.
    """
    redis.Redis.from_url(settings.REDIS_URL).delete(WAKING)
    send(seconds=1, only_well=True)


def wake() -> None:
    """Have a worker send soon. Many messages wake it once; without Redis the tick sends them."""
    try:
        there = redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=0.2, socket_timeout=0.5)
        if there.set(WAKING, 1, nx=True, ex=30):
            send_due.delay()
    except redis.RedisError as trouble:
        log.debug("Redis is away, the tick will send: %s", trouble)
