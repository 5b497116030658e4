"""Two hundred people watch the dashboard: how old is what they see, and what does it cost those who decide?"""

import bisect
import statistics
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils.timezone import localdate, now

from bench import invariants
from bench.aside import Aside
from bench.decide import drive, people_and_spare, ratio, surroundings, watch
from bench.moderators import percentiles
from bench.system import System
from bench.targets import at_most, none, reported

SOCKETS = 200
SECONDS = 20
TURNS = 2  # each with and without, in turns: the machine is never the same twice
STALE_SECONDS, LOST = 1.0, 10.0


def run(system: System, scale: float) -> dict[str, Any]:
    """Flat out with one dashboard and with two hundred, in turns."""
    people, _ = people_and_spare()
    seconds = max(4.0, SECONDS * scale)
    alone, watched, ages = [], [], []
    with surroundings(system, dashboards=1) as around:
        drive(system, people, seconds=3, rate=None)
        for _ in range(TURNS):
            alone.append(drive(system, people, seconds=seconds, rate=None))
            invariants.settle()
            began, before = now(), decided_today()
            watchers = watch(system, SOCKETS)
            try:
                watched.append(drive(system, people, seconds=seconds, rate=None))
                ages.append(ages_of(watchers, began, before))
            finally:
                watchers.kill()
            invariants.settle()
        around.end()
    without = statistics.mean(one["per_second"] for one in alone)
    with_all = statistics.mean(one["per_second"] for one in watched)
    lost = round(1 - ratio(with_all, without), 3)
    slowest = max(one["slowest_socket_seconds"]["p95"] for one in ages)
    told = min(one["told"] for one in ages)
    return {
        "with_one": alone,
        "with_all": watched,
        "ages": ages,
        "throughput_lost": lost,
        "targets": [
            none(f"of {SOCKETS} dashboards, never told", SOCKETS - told),
            at_most("a decision is on every dashboard within (p95)", slowest, STALE_SECONDS, " s", 2),
            at_most("decide throughput lost to them", lost * 100, LOST, " %", 1),
            reported("cycles without and with them", f"{without:.0f}/s and {with_all:.0f}/s"),
        ],
    }


def decided_today() -> int:
    """How many decisions of today the dashboard tells of once everything is handed over."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT COALESCE(sum(n), 0) FROM insight_decisionday WHERE day = %s AND rule_code = ''",
            [localdate()],
        )
        return int(cursor.fetchone()[0])


def ages_of(watchers: Aside, began: datetime, before: int) -> dict[str, Any]:
    """How long after it was made each decision was on the dashboards: on the first one, and on the slowest.

    A snapshot that tells of N decisions holds the first N. `decided_at` lies a little before the commit,
    so that these ages are rather too long.
    """
    invariants.settle()
    told = watchers.finish()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT extract(epoch FROM decided_at)::float FROM decisions_decision "
            "WHERE decided_at >= %s AND NOT withdraws ORDER BY 1",
            [began],
        )
        made = [row[0] for row in cursor.fetchall()]
    counts = [count for count, _ in told["arrivals"]]
    # A socket that joined between two snapshots is told of the later one only: it is its first news of both.
    first = {count: min(times) for count, times in told["arrivals"]}
    last = {count: max(times) for count, times in told["arrivals"]}
    ages, slowest = [], []
    for number, at in enumerate(made, before + 1):
        place = bisect.bisect_left(counts, number)
        if place < len(counts) and first[counts[place]] >= at:
            ages.append(first[counts[place]] - at)
            slowest.append(last[counts[place]] - at)
    return {
        "decisions": len(made),
        "told": max((len(times) for _, times in told["arrivals"]), default=0),
        "snapshots": len(counts),
        "messages": told["messages"],
        "bytes_per_message": round(told["bytes"] / max(1, told["messages"])),
        "first_socket_seconds": _seconds(ages),
        "slowest_socket_seconds": _seconds(slowest),
    }


def _seconds(ages: list[float]) -> dict[str, float]:
    return {name: round(value / 1000, 3) for name, value in percentiles(ages).items()}
