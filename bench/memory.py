"""What the web processes grow to under load, and what everything together takes when nobody works.

A page shared by several processes (the modules of a fork, PostgreSQL's buffers) is counted once, shared out
among them: that is PSS. RSS, which counts it in each, stands beside it.
"""

import time
from typing import Any

from bench import invariants
from bench.decide import drive, people_and_spare, surroundings
from bench.meter import everything_of, memory
from bench.system import System
from bench.targets import at_most

LOADED_SECONDS, REST_SECONDS = 15, 20
WEB_MB, ALL_MB = 250, 1024


def run(system: System, scale: float) -> dict[str, Any]:
    """Under load, then at rest, over however many cases are loaded. The fresh demo is measured by bench.start."""
    people, _ = people_and_spare()
    with surroundings(system, dashboards=0):
        drive(system, people, seconds=max(3, LOADED_SECONDS * scale), rate=None)
        loaded = of_everything(system.var)
        invariants.settle()
    time.sleep(max(3, REST_SECONDS * scale))
    rest = of_everything(system.var)
    system.stop()
    biggest = max(process["pss"] for process in [*loaded["web"]["each"], *rest["web"]["each"]])
    return {
        "after_load": loaded,
        "at_rest": rest,
        "targets": [
            at_most("web process after load (PSS)", biggest, WEB_MB, " MB"),
            at_most("everything at rest, buffers full (PSS)", rest["all_mb"]["pss"], ALL_MB, " MB"),
        ],
    }


def of_everything(var: Any) -> dict[str, Any]:
    """MB of each part and of all."""
    found: dict[str, Any] = {}
    sums = {"rss": 0.0, "pss": 0.0, "uss": 0.0}
    for name, pids in sorted(everything_of(var).items()):
        each = [used for pid in pids if (used := memory(pid))]
        own = {kind: round(sum(one[kind] for one in each), 1) for kind in sums}
        sums = {kind: round(sums[kind] + own[kind], 1) for kind in sums}
        found[name] = {"processes": len(each), **own, **({"each": each} if name == "web" else {})}
    return found | {"all_mb": sums}
