"""How far people agree, in bulk: alpha over a hundred thousand items; and whether 95 % intervals hold in 95 of 100 worlds.

The second half is a simulation with known error rates: worlds are drawn, second looks in them as the sampling plan
draws them, and it is counted how often the interval that the pages show holds the rate that is so.

`python -m bench.agreement` runs it alone, without servers, and prints what it found.
"""

import json
import time
from typing import Any

import numpy as np

from apps.agreement import difference, krippendorff, pairs_as_counts, share_of_sums, tally, wilson
from bench.meter import spin
from bench.system import System
from bench.targets import at_most, between, reported

ITEMS, RATERS, DRAWS = 100_000, 3, 1_000
AT_MOST = 10.0  # seconds
WORLDS = 20_000  # simulated for each kind of interval; a fortieth of them for those that take a bootstrap
LOW, HIGH = 94.0, 96.0
# Strata of a queue: decisions in 90 days, probability of being drawn, share that is wrong. As the plan: all of what is
# irreversible, a tenth of what was let stand, a twenty-fifth of the rest.
STRATA = ((60, 1.0, 0.03, 0.12), (900, 0.10, 0.02, 0.15), (4_000, 0.04, 0.03, 0.20))


def run(system: System | None, scale: float) -> dict[str, Any]:
    """Seconds of the bootstrap for a few sizes of the question, and coverage of each interval in per cent."""
    worlds = max(400, int(WORLDS * scale))
    items = max(5_000, int(ITEMS * scale))
    speed = {
        "12 classes": bulk(items, 12, "nominal"),
        "200 classes": bulk(items, 200, "nominal"),
        "5 ordered classes": bulk(items, 5, "ordinal"),
    }
    covered = {
        "a share (Wilson), 30 to 400 second looks": wilson_holds(worlds),
        "a share of decisions drawn with unequal probability": weighted_holds(worlds),
        "a difference of two shares (Newcombe)": difference_holds(worlds),
        "alpha of pairs (bootstrap), 100 to 600 pairs": alpha_holds(max(200, worlds // 10)),
    }
    slowest = max(one["seconds"] for one in speed.values())
    worked = max(one["processor_seconds"] for one in speed.values())
    targets = [
        at_most(
            f"alpha, {DRAWS:,} bootstrap draws over {items:,} items × {RATERS} raters",
            slowest,
            AT_MOST,
            " s",
            1,
        )
    ]
    targets.append(reported("the same in processor time", f"{worked:.1f} s"))
    targets += [
        between(f"95 % intervals of {name} hold", value, LOW, HIGH, " %") for name, value in covered.items()
    ]
    answer = {
        "items": items,
        "raters": RATERS,
        "draws": DRAWS,
        "speed": speed,
        "worlds": worlds,
        "coverage": covered,
    }
    return answer | {"loop_milliseconds": spin(), "targets": targets}


def bulk(items: int, classes: int, level: Any) -> dict[str, Any]:
    """One alpha with its interval, from ratings of which a tenth is missing; and without the interval, as a floor."""
    rng = np.random.default_rng(11)
    often = rng.dirichlet(np.ones(classes) * 0.5)
    truth = rng.choice(classes, items, p=often)
    ratings = np.where(
        rng.random((items, RATERS)) < 0.85, truth[:, None], rng.choice(classes, (items, RATERS), p=often)
    )
    ratings[rng.random((items, RATERS)) < 0.1] = -1
    since = time.perf_counter()
    counts, times = tally(ratings, classes)
    krippendorff(counts, times, level=level)
    floor = time.perf_counter() - since
    since, worked = time.perf_counter(), time.process_time()
    counts, times = tally(ratings, classes)
    found = krippendorff(counts, times, level=level, draws=DRAWS)
    seconds, worked = time.perf_counter() - since, time.process_time() - worked
    return {
        "seconds": round(seconds, 3), "processor_seconds": round(worked, 3), "without_interval": round(floor, 3),
        "times_the_floor": round(seconds / floor, 1),
        "patterns": len(times), "alpha": round(found.value or 0, 4), "low": found.low, "high": found.high,
    }  # fmt: skip


def _share(held: list[bool]) -> float:
    return round(100 * sum(held) / len(held), 2)


def wilson_holds(worlds: int) -> float:
    rng = np.random.default_rng(1)
    held = []
    for _ in range(worlds):
        n, wrong = int(rng.integers(30, 401)), rng.uniform(0.02, 0.25)
        found = wilson(int(rng.binomial(n, wrong)), n)
        held.append(found.low <= wrong <= found.high)
    return _share(held)


def weighted_holds(worlds: int) -> float:
    rng = np.random.default_rng(2)
    held = []
    for _ in range(worlds):
        hit, miss, wrong, all_of_them = np.zeros(3), np.zeros(3), 0.0, 0
        for decisions, probability, low, high in STRATA:
            rate = rng.uniform(low, high)
            size = int(rng.integers(decisions // 2, decisions * 2))
            drawn = int(rng.binomial(size, probability))
            bad = int(rng.binomial(drawn, rate))
            w = 1 / probability
            hit += bad * np.array([1, w, w * w])
            miss += (drawn - bad) * np.array([1, w, w * w])
            wrong, all_of_them = wrong + rate * size, all_of_them + size
        found = share_of_sums(tuple(hit), tuple(miss))
        held.append(found.low <= wrong / all_of_them <= found.high)
    return _share(held)


def difference_holds(worlds: int) -> float:
    rng = np.random.default_rng(3)
    held = []
    for _ in range(worlds):
        n, m = (int(one) for one in rng.integers(30, 301, 2))
        p, q = rng.uniform(0.6, 0.97, 2)
        found = difference(wilson(int(rng.binomial(n, p)), n), wilson(int(rng.binomial(m, q)), m))
        held.append(found is not None and found[1] <= q - p <= found[2])
    return _share(held)


def alpha_holds(worlds: int) -> float:
    """Two people who each see what is so with a probability and else guess; the true alpha follows from it exactly."""
    rng = np.random.default_rng(4)
    held = []
    for world in range(worlds):
        k, n = int(rng.integers(2, 6)), int(rng.integers(100, 601))
        often = rng.dirichlet(np.ones(k) * 3)
        sees = rng.uniform(0.75, 0.95)
        said = sees * np.eye(k) + (1 - sees) * often  # said[truth][class]
        cells = np.einsum("t,ta,tb->ab", often, said, said)
        chosen = cells.sum(axis=0)
        true = 1 - (1 - np.trace(cells)) / (1 - (chosen**2).sum())
        table = rng.multinomial(n, cells.ravel()).reshape(k, k)
        found = krippendorff(*pairs_as_counts(table), draws=DRAWS, seed=world)
        held.append(found.low is not None and found.high is not None and found.low <= true <= found.high)
    return _share(held)


if __name__ == "__main__":
    print(json.dumps(run(None, 1.0), indent=1))
