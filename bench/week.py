"""`make bench-wellbeing`: a simulated week of 200 moderators and 400,000 cases, seeded, with a moved clock.

Cases are claimed and settled by the product's own operations on a real PostgreSQL, one after the other in the order
of simulated time. Beside it stands somebody who knows the limits but not the code (`bench/week_rules.py`) and notes
every claim beyond one of them; and whenever a person is told that nothing waits for her, it is looked up in another
way whether something did.

python -m bench.week                 the whole week, into bench/results/
python -m bench.week --scale 0.25    a quarter of the people and of the cases
"""

import argparse
import heapq
import json
import random
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from bench.system import installation
from bench.targets import at_most, none, reported

PEOPLE, CASES, SEED = 200, 400_000, 7
MONDAY = datetime(
    2026, 3, 23, tzinfo=UTC
)  # Europe's clocks change at the end of this week: nothing here may notice
WEEK = timedelta(days=7)
P95_MS, DEARER_AT_MOST = 100.0, 1.2
RESULTS = Path(__file__).parent / "results"
SECONDS = {
    "text": 28,
    "account": 25,
    "image": 24,
    "audio": 50,
    "video": 60,
    "live": 70,
}  # a usual case, by kind
HOURS = (0.6, 0.5, 0.4, 0.4, 0.5, 0.7, 0.9, 1.1, 1.2, 1.2, 1.2, 1.2, 1.3, 1.3, 1.2, 1.2, 1.2, 1.3, 1.4, 1.5, 1.5, 1.3,
         1.0, 0.8)  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--scale", type=float, default=1.0, help="share of people and cases (default 1)")
    parser.add_argument("--results", type=Path, default=RESULTS)
    asked = parser.parse_args()
    with installation() as _system:
        from bench.meter import commit, machine
        from bench.week_cost import cost_of_limits
        from bench.week_drawing import draw
        from bench.week_people import Week

        # Of what runs: hours later another commit may be checked out.
        about = {
            "machine": machine(),
            "commit": commit(),
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
        }
        week = Week(people=max(8, round(PEOPLE * asked.scale)), cases=round(CASES * asked.scale))
        since = time.monotonic()
        say(f"A week of {len(week.people)} moderators and {week.cases:,} cases …")
        week.run(say)
        took = time.monotonic() - since
        free = without_limits(week)
        result = week.summary() | {"seconds": round(took, 1), "cost": cost_of_limits(week)}
        result["units_without_limits"] = [round(one / 100, 1) for one in free]
        text = json.dumps(
            about | {"scale": asked.scale, "targets": targets(result), "result": result}, indent=1
        )
        asked.results.mkdir(parents=True, exist_ok=True)
        (asked.results / "wellbeing.json").write_text(text + "\n")
        (asked.results / "wellbeing.svg").write_text(
            draw([person.spent for person in week.people], free, week.caps())
        )
    for one in targets(result):
        say(
            f"  {'met   ' if one['met'] else 'MISSED'}  {one['name']}: {one['measured']} (wanted: {one['wanted']})"
        )
    say(f"  ({took / 60:.1f} minutes)")


def targets(result: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        none("claims above any limit", sum(result["beyond"].values())),
        none("told that nothing waits while something allowed did", result["starved"]),
        at_most("from free to next case: p95", result["milliseconds"]["p95"], P95_MS, " ms", 1),
        at_most(
            "claim with all limits, of a plain claim", result["cost"]["of_plain"], DEARER_AT_MOST, " ×", 2
        ),
        reported("cases decided, of those that came in", f"{result['decided']:,} of {result['came_in']:,}"),
    ]


def without_limits(week: Any) -> list[int]:
    """What the same people would have taken on without limits and breaks, in the same order of urgency; centiunits.

    Worked out in memory: no database, and so no more than the same rule of who may take what.
    """
    from apps.wellbeing.exposure import units

    chance = random.Random(SEED)
    tie = count()
    lanes: dict[tuple[int, str], list[tuple[int, int, Any]]] = {}
    arrivals = iter(week.arrivals)
    coming = next(arrivals, None)
    spent = [0] * len(week.people)
    events = [(at, n) for n, person in enumerate(week.people) for at in person.starts]
    ends = {(n, at): at + timedelta(hours=8) for at, n in events}
    until = dict.fromkeys(range(len(week.people)), MONDAY)
    heapq.heapify(events)
    while events:
        at, n = heapq.heappop(events)
        until[n] = max(until[n], ends.get((n, at), MONDAY))
        while coming is not None and coming[0] <= at:
            _, rank, queue, language, case = coming
            heapq.heappush(lanes.setdefault((queue, language), []), (rank, next(tie), case))
            coming = next(arrivals, None)
        if at >= until[n]:
            continue
        person = week.people[n]
        heads = [
            (lane[0][0], key)
            for key, lane in lanes.items()
            if lane and key[0] in person.queues and key[1] in person.reads
        ]
        if not heads:
            heapq.heappush(events, (at + timedelta(seconds=60), n))
            continue
        _, _, case = heapq.heappop(lanes[min(heads)[1]])
        seconds = handling(chance, case.kind)
        spent[n] += units(exposure=case.exposure, kind=case.kind, seconds=seconds * 0.6, revealed=True)
        heapq.heappush(events, (at + timedelta(seconds=seconds), n))
    return sorted(spent, reverse=True)


def handling(chance: random.Random, kind: str) -> float:
    """Seconds one case takes, its looking and writing together."""
    return max(4.0, chance.lognormvariate(0, 0.6) * SECONDS[kind])


def hourly(cases: int) -> Iterator[tuple[datetime, int]]:
    """The start of each hour of the week and how many cases come in within it."""
    weights = [HOURS[hour % 24] for hour in range(24 * 7)]
    given = 0
    for hour in range(len(weights)):
        upto = round(cases * sum(weights[: hour + 1]) / sum(weights))
        yield MONDAY + timedelta(hours=hour), upto - given
        given = upto


def percentiles(milliseconds: list[float]) -> dict[str, float]:
    ordered = sorted(milliseconds)
    return {
        name: round(ordered[min(len(ordered) - 1, int(len(ordered) * share))], 2)
        for name, share in (("median", 0.5), ("p95", 0.95), ("p99", 0.99), ("worst", 1.0))
    }


def counted(names: list[str]) -> dict[str, int]:
    return dict(Counter(names))


def say(words: str) -> None:
    print(words, flush=True)


if __name__ == "__main__":
    main()
