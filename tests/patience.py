"""How long a test waits for what should happen. It never waits so long when that happens.

A bound on time in a test is there so that a broken thing ends the test, never to measure: on a busy machine
everything takes ten times as long and is still right. Speed is measured by `make bench`.
"""

import time
from collections.abc import Callable
from typing import Any

PATIENCE = 120.0  # seconds


def soon(is_so: Callable[[], Any], seconds: float = PATIENCE) -> Any:
    """What `is_so` answers once that is something; fails when it never does."""
    deadline = time.monotonic() + seconds
    while True:
        if answer := is_so():
            return answer
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds:.0f} s")
        time.sleep(0.05)
