"""How far people agree: kappas, alpha, Wilson's interval. Arrays and numbers only; no models, no pages.

Every coefficient is written over *patterns*: the distinct ways in which an item was judged, and how often each
occurred. Drawing n items with replacement is the same as one multinomial draw over the patterns, so a thousand
bootstrap draws over a hundred thousand items are one small matrix product.

A class is a whole number from 0. Where a coefficient has no value (one class, one rater, nothing at all), `value`
is None and `why` says so; nothing here divides by zero. Nothing is to be shown below `SHOWN_FROM` items.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

SHOWN_FROM = 30
Z95 = 1.959963984540054
DRAWS = 1000
# numpy is imported where something is reckoned: most pages, and the desk, never do.
Weights: TypeAlias = "NDArray[np.float64]"
Statistic: TypeAlias = "Callable[[Weights], Weights]"
Why = Literal["", "nothing", "one_rater", "one_class"]


@dataclass(frozen=True)
class Estimate:
    """A coefficient with its 95 % interval over `n` items. `low` and `high` are None without bootstrap draws."""

    value: float | None
    low: float | None = None
    high: float | None = None
    n: int = 0
    why: Why = ""

    @property
    def shown(self) -> bool:
        return self.value is not None and self.n >= SHOWN_FROM


@dataclass(frozen=True)
class Share:
    """`hits` of `n`, with Wilson's interval; without any, `value` is None and the interval is all there is: 0 to 1."""

    hits: float
    n: float
    value: float | None
    low: float
    high: float

    @property
    def shown(self) -> bool:
        return self.value is not None and self.n >= SHOWN_FROM


@dataclass(frozen=True)
class ClassAgreement:
    """Agreement on one class: of the times either chose it, how often both did; `prevalence` its share of choices."""

    index: int
    agreement: Share
    prevalence: float | None


def wilson(hits: float, n: float, z: float = Z95) -> Share:
    """The score interval of a share: E. B. Wilson, JASA 22 (1927) 209-212; method 3 of Newcombe, Stat. Med. 17 (1998)."""
    if n <= 0:
        return Share(0, 0, None, 0.0, 1.0)
    p, spread = hits / n, z * z / n
    middle = (p + spread / 2) / (1 + spread)
    half = z / (1 + spread) * (max(0.0, p * (1 - p) / n + spread / (4 * n))) ** 0.5
    # Rounding must not leave what was observed outside.
    return Share(hits, n, p, max(0.0, min(p, middle - half)), min(1.0, max(p, middle + half)))


def weighted_share(hits: ArrayLike, weights: ArrayLike) -> Share:
    """The share in a population from draws of unequal probability, `weights` = 1 / probability of being drawn.

    `hits` are 0 or 1. See `share_of_sums`.
    """
    import numpy as np

    x, w = np.asarray(hits, float), np.asarray(weights, float)
    hit, miss = w * x, w * (1 - x)
    return share_of_sums(
        (float(x.sum()), float(hit.sum()), float((hit * w).sum())),
        (float((1 - x).sum()), float(miss.sum()), float((miss * w).sum())),
    )


def share_of_sums(hit: tuple[float, float, float], miss: tuple[float, float, float]) -> Share:
    """As `weighted_share`, from (how many, sum of weights, sum of squared weights) of hits and of misses.

    Hájek's estimator; the interval is Wilson's at the effective number of draws, p (1-p) / variance, as Korn and
    Graubard put it (Survey Methodology 24 (1998) 193-201); Kish's (sum w)² / sum w² where p is 0 or 1.
    `hits` and `n` count the draws that were made, not the effective ones.
    """
    n, total = hit[0] + miss[0], hit[1] + miss[1]
    if n <= 0 or total <= 0:
        return wilson(0, 0)
    p = hit[1] / total
    variance = ((1 - p) ** 2 * hit[2] + p**2 * miss[2]) / total**2
    effective = p * (1 - p) / variance if 0 < p < 1 else total**2 / (hit[2] + miss[2])
    found = wilson(p * effective, effective)
    return Share(hit[0], n, p, min(p, found.low), max(p, found.high))


def difference(before: Share, after: Share) -> tuple[float, float, float] | None:
    """How much higher `after` is, with its 95 % interval; None when either has no value.

    Method 10 of Newcombe, Statistics in Medicine 17 (1998) 873-890: the two intervals, squared and added.
    """
    if before.value is None or after.value is None:
        return None
    d = after.value - before.value
    down = ((after.value - after.low) ** 2 + (before.high - before.value) ** 2) ** 0.5
    up = ((after.high - after.value) ** 2 + (before.value - before.low) ** 2) ** 0.5
    return d, max(-1.0, d - down), min(1.0, d + up)


def cohen(table: ArrayLike, *, draws: int = 0, seed: int = 0) -> Estimate:
    """Kappa of two raters: Cohen, Educ. Psychol. Meas. 20 (1960) 37-46.

    `table[i][j]`: items the first put into class i and the second into class j.
    """
    import numpy as np

    cells = np.asarray(table, float)
    k = len(cells)
    first, second = np.repeat(np.arange(k), k), np.tile(np.arange(k), k)
    rows, columns, same = np.eye(k)[first], np.eye(k)[second], (first == second).astype(float)

    def kappa(w: Weights) -> Weights:
        n = w.sum(axis=1)
        expected = ((w @ rows) * (w @ columns)).sum(axis=1) / n**2
        return _corrected(w @ same / n, expected)

    return _estimate(kappa, cells.ravel(), rows + columns, draws, seed)


def fleiss(counts: ArrayLike, *, draws: int = 0, seed: int = 0) -> Estimate:
    """Kappa of several raters, the same number for every item: Fleiss, Psychol. Bull. 76 (1971) 378-382.

    `counts[i][c]`: how many raters put item i into class c. Raises ValueError when the numbers of raters differ.
    """
    import numpy as np

    patterns, times = _patterns(np.asarray(counts, float))
    m = patterns.sum(axis=1)
    if m.size and (m != m[0]).any():
        raise ValueError("Fleiss' kappa needs the same number of raters for every item.")
    if not m.size or m[0] < 2:
        return Estimate(None, n=int(times.sum()), why="one_rater" if m.size else "nothing")
    alike = ((patterns**2).sum(axis=1) - m) / (m * (m - 1))

    def kappa(w: Weights) -> Weights:
        n = w.sum(axis=1)
        shares = (w @ patterns) / (n * m[0])[:, None]
        return _corrected(w @ alike / n, (shares**2).sum(axis=1))

    return _estimate(kappa, times, patterns, draws, seed)


def krippendorff(
    counts: ArrayLike,
    times: ArrayLike | None = None,
    *,
    level: Literal["nominal", "ordinal"] = "nominal",
    draws: int = 0,
    seed: int = 0,
) -> Estimate:
    """Alpha, for any number of raters and with missing judgements: Krippendorff, Content Analysis (2004) ch. 11.

    `counts[i][c]`: how many raters put item i into class c; `times[i]`: how often that row occurs (once). Items with
    fewer than two judgements say nothing about agreement and are left out of `n`. Classes of the ordinal level are
    in their order. Intervals: percentiles over items drawn with replacement (Hayes and Krippendorff, Communication
    Methods and Measures 1 (2007) 77-89, resample pairs; items are what we draw).
    """
    import numpy as np

    rows = np.asarray(counts, float)
    often = np.ones(len(rows)) if times is None else np.asarray(times, float)
    if not rows.size or not often.sum():
        return Estimate(None, why="nothing")
    paired = (rows.sum(axis=1) > 1) & (often > 0)
    if not paired.any():
        return Estimate(None, why="one_rater")
    patterns, often = rows[paired], often[paired]
    if times is None:
        patterns, often = _patterns(patterns)
    m = patterns.sum(axis=1)
    if level == "nominal":
        apart = (m**2 - (patterns**2).sum(axis=1)) / (m - 1)
    else:
        pairs = patterns[:, :, None] * patterns[:, None, :] / (m - 1)[:, None, None]

    def alpha(w: Weights) -> Weights:
        import numpy as np

        of_class = w @ patterns
        n = of_class.sum(axis=1)
        if level == "nominal":
            observed, expected = w @ apart, (n**2 - (of_class**2).sum(axis=1)) / (n - 1)
        else:  # the distance of two classes is that of their middle ranks, squared
            at = np.cumsum(of_class, axis=1) - of_class / 2
            distance = (at[:, :, None] - at[:, None, :]) ** 2
            observed = ((w @ pairs.reshape(len(pairs), -1)) * distance.reshape(len(w), -1)).sum(axis=1)
            middle, square = (of_class * at).sum(axis=1), (of_class * at**2).sum(axis=1)
            expected = 2 * (n * square - middle**2) / (n - 1)
        # A share of nothing expected is rounding, not disagreement.
        return 1 - _ratio(observed, np.where(expected > 1e-9 * n, expected, 0.0))

    return _estimate(alpha, often, patterns, draws, seed)


def tally(ratings: ArrayLike, classes: int) -> tuple[NDArray[Any], NDArray[Any]]:
    """Distinct patterns and how often each occurs, from `ratings[item][rater]`, classes from 0, negative for missing."""
    import numpy as np

    ordered = np.sort(np.asarray(ratings), axis=1)
    # One number for each row: sorting those is twenty times faster than sorting rows.
    key = np.zeros(len(ordered), dtype=np.int64)
    if (classes + 1) ** ordered.shape[1] < 2**62:
        for column in ordered.T:
            key = key * (classes + 1) + np.maximum(column, -1) + 1
        _, first, times = np.unique(key, return_index=True, return_counts=True)
        distinct = ordered[first]
    else:
        distinct, times = np.unique(ordered, axis=0, return_counts=True)
    counts = np.zeros((len(distinct), classes))
    for column in distinct.T:
        there = column >= 0
        np.add.at(counts, (np.nonzero(there)[0], column[there]), 1)
    return counts, times


def pairs_as_counts(table: ArrayLike) -> tuple[NDArray[Any], NDArray[Any]]:
    """Patterns and how often each occurs, from a table of pairs (first's class by second's), for `krippendorff`."""
    import numpy as np

    cells = np.asarray(table, float)
    k = len(cells)
    one = np.eye(k)
    return one[np.repeat(np.arange(k), k)] + one[np.tile(np.arange(k), k)], cells.ravel()


def per_class(table: ArrayLike) -> list[ClassAgreement]:
    """Agreement on each class and its prevalence, from a table of pairs. Rare classes depress kappa; this shows which.

    A class that never occurs has no agreement (`value` None), and prevalence 0.
    """
    import numpy as np

    cells = np.asarray(table, float)
    chosen, both, total = cells.sum(axis=0) + cells.sum(axis=1), np.diag(cells), cells.sum()
    return [
        ClassAgreement(
            index,
            wilson(float(both[index]), float(chosen[index] - both[index])),
            float(chosen[index] / (2 * total)) if total else None,
        )
        for index in range(len(cells))
    ]


def band(value: float) -> str:
    """What a coefficient is usually called: Landis and Koch, Biometrics 33 (1977) 159-174. A convention, not a law."""
    names = ((0.2, "slight"), (0.4, "fair"), (0.6, "moderate"), (0.8, "substantial"))
    return "poor" if value < 0 else next((name for limit, name in names if value <= limit), "almost perfect")


def _ratio(above: Weights, below: Weights) -> Weights:
    """`above / below`; not a number where there is nothing to divide by."""
    import numpy as np

    return np.divide(above, below, out=np.full_like(above, np.nan), where=below > 0)


def _corrected(observed: Weights, expected: Weights) -> Weights:
    """Agreement beyond chance, as a share of what chance leaves; 1 - expected of rounding counts as nothing."""
    import numpy as np

    room = 1 - expected
    return 1 - _ratio(1 - observed, np.where(room > 1e-12, room, 0.0))


def _patterns(rows: Weights) -> tuple[Weights, Weights]:
    """Each distinct row once, with how often it occurs."""
    import numpy as np

    if not rows.size:
        return rows, np.zeros(0)
    distinct, times = np.unique(rows, axis=0, return_counts=True)
    return distinct, times.astype(float)


def _estimate(statistic: Statistic, times: Weights, patterns: Weights, draws: int, seed: int) -> Estimate:
    """The coefficient over all items, and its interval over `draws` samples of as many items with replacement.

    Where everybody agrees, they agree in every draw as well and the percentiles have no width. How far that may be
    luck is then told by Wilson's bound on the share of items agreed on, put into 1 - disagreement / chance.
    """
    import numpy as np

    n = round(float(times.sum()))
    if not n:
        return Estimate(None, why="nothing")
    value = float(statistic(times[None, :])[0])
    if np.isnan(value):
        return Estimate(None, n=n, why="one_class")
    if not draws:
        return Estimate(value, n=n)
    rng, shares = np.random.default_rng(seed), times / times.sum()
    at_once = max(1, 4_000_000 // len(times))
    found = np.concatenate(
        [
            statistic(rng.multinomial(n, shares, size=min(at_once, draws - done)).astype(float))
            for done in range(0, draws, at_once)
        ]
    )
    low, high = (float(one) for one in np.nanpercentile(found, [2.5, 97.5]))
    if value > 1 - 1e-12:
        shares = times @ patterns / (times @ patterns).sum()
        low = 1 - (1 - wilson(n, n).low) / float(1 - (shares**2).sum())
    return Estimate(value, min(low, value), max(high, value), n)
