"""How many requests a key may make in a minute. Redis counts for all processes; without it each counts for itself."""

import threading
import time

import redis
from django.conf import settings

WINDOW_SECONDS = 60
REDIS_REST_SECONDS = (
    5  # after Redis did not answer, it is left alone this long: a request never waits for it twice
)

_lock = threading.Lock()
_here: dict[tuple[int, int], int] = {}
_client: "redis.Redis | None" = None
_resting_until = 0.0


def seconds_to_wait(key_id: int, limit: int) -> int:
    """Count one request of a key: 0 if it is within the limit, else the seconds until the next window."""
    moment = time.time()
    window = int(moment // WINDOW_SECONDS)
    if _count(key_id, window) <= limit:
        return 0
    return max(1, round((window + 1) * WINDOW_SECONDS - moment))


def _count(key_id: int, window: int) -> int:
    global _client, _resting_until
    if time.monotonic() >= _resting_until:
        try:
            if _client is None:
                _client = redis.Redis.from_url(
                    settings.REDIS_URL, socket_connect_timeout=0.2, socket_timeout=0.2
                )
            name = f"reviewqueue:rate:{key_id}:{window}"
            count = int(_client.incr(name))  # type: ignore[arg-type]
            if count == 1:
                _client.expire(name, 2 * WINDOW_SECONDS)
            return count
        except redis.RedisError:
            _resting_until = time.monotonic() + REDIS_REST_SECONDS
    with _lock:
        if (key_id, window) not in _here:
            for old in [known for known in _here if known[1] != window]:
                del _here[old]
        _here[key_id, window] = _here.get((key_id, window), 0) + 1
        return _here[key_id, window]
