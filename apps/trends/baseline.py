"""What is usual, and how far beyond it a count is. Pure functions.

A sign's usual share of all items is taken from earlier days of the same kind (the same day of the week), and its expected
count is that share of what there was in all: so a busy evening raises nothing by itself. The bound of what chance explains is
the one used to detect outbreaks, with a two-thirds power for the skewness of small counts and a factor for counts that vary
more than chance does: Farrington, Andrews, Beale and Catchpole, "A statistical algorithm for the early detection of
outbreaks of infectious disease", J. R. Statist. Soc. A 159 (1996) 547–563, equations for U with an extra-Poisson φ. The
interval of the ratio is Wald's on the log scale, with halves added to the counts and the same φ.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Z_ALERT = 3.29  # one in two thousand by chance; very many signs are looked at
Z_INTERVAL = 1.96
LEAST = 5  # fewer items than this raise nothing, and are shown to nobody
WEEKS = 8
FEW_WEEKS = 4  # with fewer weeks than this, every day counts, whatever day of the week it is
DAYS_WITHOUT_WEEKS = 28


@dataclass(frozen=True)
class Rise:
    """`upper`: what chance still explains. `low` and `high`: a 95 % interval of `ratio`, observed to expected."""

    n: int
    expected: float
    upper: float
    ratio: float
    low: float
    high: float
    days: int

    @property
    def beyond_chance(self) -> bool:
        return self.n >= LEAST and self.n >= self.upper

    @property
    def rising(self) -> bool:
        return self.n >= LEAST and self.low > 1


def days_like(today: int, first: int) -> list[int]:
    """The earlier days that are like today: the same weekday of the last weeks, or every day while there are few weeks.

    Days since 1970; `first` is the first day anything was counted.
    """
    weeks = [today - 7 * week for week in range(1, WEEKS + 1) if today - 7 * week >= first]
    if len(weeks) >= FEW_WEEKS:
        return weeks
    return [day for day in range(today - 1, today - DAYS_WITHOUT_WEEKS - 1, -1) if day >= first]


def rise(n: int, everything: int, usual: Sequence[tuple[int, int]]) -> Rise:
    """How a count compares with `usual`: (count of the sign, of everything) of each day like today.

    `everything` is how many items there were in all in the window of `n`. Half an item is added to what was counted
    before, so that what was never seen is expected to be rare, not impossible.
    """
    usual = [(of_it, total) for of_it, total in usual if total > 0]
    counted = sum(of_it for of_it, _ in usual) + 0.5
    share = min(1.0, counted / (sum(total for _, total in usual) + 1.0))
    expected = max(share * everything, 1e-9)
    spread = _spread(usual, share)
    variance = spread + expected * spread / counted  # of the count, and of the estimate, over the mean
    upper = expected * (1 + 2 / 3 * Z_ALERT * math.sqrt(variance / expected)) ** 1.5
    error = math.sqrt(spread / (n + 0.5) + spread / counted)
    ratio = (n + 0.5) / (expected + 0.5)
    return Rise(
        n,
        expected,
        upper,
        ratio,
        ratio * math.exp(-Z_INTERVAL * error),
        ratio * math.exp(Z_INTERVAL * error),
        len(usual),
    )


def _spread(usual: Sequence[tuple[int, int]], share: float) -> float:
    """Pearson's φ: how much more the days vary than chance; never below 1."""
    terms = [(of_it - share * total) ** 2 / (share * total) for of_it, total in usual]
    return max(1.0, sum(terms) / (len(terms) - 1)) if len(terms) > 1 else 1.0


def rises(
    counts: Mapping[object, int],
    everything: int,
    usual: Mapping[object, Mapping[int, int]],
    totals: Mapping[int, int],
) -> dict[object, Rise]:
    """`rise` of many signs: `usual` is each sign's count by day, `totals` that of everything by the days like today."""
    return {
        sign: rise(n, everything, [(usual.get(sign, {}).get(day, 0), total) for day, total in totals.items()])
        for sign, n in counts.items()
    }
