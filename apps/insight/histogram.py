"""Durations in buckets: four to each doubling, so that a median is known to about a tenth of itself."""

import math
from collections.abc import Mapping

PER_DOUBLING = 4


def bucket(seconds: float) -> int:
    """The bucket of a duration: 0 up to one second, then b covers (2^((b-1)/4), 2^(b/4)] seconds."""
    return 0 if seconds <= 1 else math.ceil(PER_DOUBLING * math.log2(seconds) - 1e-9)


def bounds(number: int) -> tuple[float, float]:
    """What a bucket covers, in seconds."""
    return (0.0, 1.0) if number == 0 else (2 ** ((number - 1) / PER_DOUBLING), 2 ** (number / PER_DOUBLING))


def quantile(counts: Mapping[int, int], share: float) -> float | None:
    """The duration in seconds below which `share` of them lie; None when there are none.

    Within a bucket the durations are taken as evenly spread.
    """
    total = sum(n for n in counts.values() if n > 0)
    if not total:
        return None
    wanted, passed = share * total, 0
    for number in sorted(counts):
        n = max(0, counts[number])
        if n and passed + n >= wanted:
            low, high = bounds(number)
            return low + (high - low) * (wanted - passed) / n
        passed += n
    return None


UNKNOWN_VIEWS = -1


def views_bucket(views: int | None) -> int:
    """The bucket of a number of views: unknown, none at all, and from one view on four to each doubling."""
    if views is None:
        return UNKNOWN_VIEWS
    return 0 if views <= 0 else 1 + bucket(float(views))


SEEN_FROM = (1, 10, 100, 1_000, 10_000)


def seen_from(views: int | None) -> int | None:
    """From which of `SEEN_FROM` on these views are; None where nobody saw it, or it is not known."""
    return max((floor for floor in SEEN_FROM if floor <= views), default=None) if views else None


def views_quantile(counts: Mapping[int, int], share: float) -> int | None:
    """The views below which `share` of the known ones lie, to about a tenth of itself; None when none are known."""
    known = {number: max(0, n) for number, n in counts.items() if number != UNKNOWN_VIEWS}
    total, passed = sum(known.values()), 0
    for number in sorted(known):
        passed += known[number]
        if passed >= share * total > 0:
            return round(bounds(number - 1)[1]) if number else 0
    return None
