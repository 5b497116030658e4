"""How many requests a key may make in a minute.

Redis counts for all processes. Each process tells it only every few requests while the limit is far, and
every request once it is near; without Redis each process counts for itself, and nobody is shut out.
"""

import threading
import time
from dataclasses import dataclass

import redis
from django.conf import settings

WINDOW_SECONDS = 60
STEP = 20  # requests counted here before Redis hears of them, and never more than 1 % of the limit
NEAR = 0.9  # share of the limit from which Redis hears of every request
# After Redis did not answer it is left alone this long: a request never waits for it twice.
REDIS_REST_SECONDS = 5


@dataclass(slots=True)
class Count:
    """Requests of a key in one window: those everywhere, when last told, and those here since."""

    window: int
    everywhere: int = 0
    here: int = 0


_lock = threading.Lock()
_counts: dict[int, Count] = {}
_client: "redis.Redis | None" = None
_resting_until = 0.0


def seconds_to_wait(key_id: int, limit: int) -> int:
    """Count one request of a key: 0 if it is within the limit, else the seconds until the next window."""
    moment = time.time()
    window = int(moment // WINDOW_SECONDS)
    with _lock:
        count = _counts.get(key_id)
        if count is None or count.window != window:
            count = _counts[key_id] = Count(window)
        count.here += 1
        untold, sum = count.here, count.everywhere + count.here
        tell = not count.everywhere or untold >= min(STEP, limit // 100) or sum > limit * NEAR
        if tell:
            count.everywhere, count.here = sum, 0
    if tell:
        total = _tell(key_id, window, untold)
        if total is not None:
            sum = total
            with _lock:
                count.everywhere = max(count.everywhere, total)
    if sum <= limit:
        return 0
    return max(1, round((window + 1) * WINDOW_SECONDS - moment))


def _tell(key_id: int, window: int, requests: int) -> int | None:
    """Add requests to what Redis knows; the sum of all processes, or None when Redis is away."""
    global _client, _resting_until
    if time.monotonic() < _resting_until:
        return None
    try:
        if _client is None:
            _client = redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=0.2, socket_timeout=0.2)
        name = f"reviewqueue:rate:{key_id}:{window}"
        total = int(_client.incrby(name, requests))  # type: ignore[arg-type]
        if total == requests:
            _client.expire(name, 2 * WINDOW_SECONDS)
        return total
    except redis.RedisError:
        _resting_until = time.monotonic() + REDIS_REST_SECONDS
        return None
