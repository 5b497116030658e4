"""Estimates from samples and the intervals they come with. Pure functions of counts and weights.

Everything is two-sided at 95 %, so that each end alone is a 97.5 % bound.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

LEVEL = 0.95
Z = 1.959963984540054  # the normal quantile of 97.5 %


@dataclass(frozen=True)
class Estimate:
    """A value with its interval; `n` is how many judged items it rests on."""

    value: float
    low: float
    high: float
    n: int = 0


def wilson(successes: float, trials: float, n: int | None = None) -> Estimate | None:
    """A share with Wilson's score interval; None without trials.

    `trials` may be an effective number (see `effective`); then `n` says how many there really were.
    Wilson 1927, J. Am. Stat. Assoc. 22:209; Brown, Cai & DasGupta 2001, Stat. Sci. 16:101 on why not Wald's.
    """
    if trials <= 0:
        return None
    share = min(1.0, max(0.0, successes / trials))
    spread = Z * Z / trials
    middle = (share + spread / 2) / (1 + spread)
    half = Z / (1 + spread) * math.sqrt(share * (1 - share) / trials + spread / (4 * trials))
    # The ends are exact where the share is: rounding must not push a bound past its own value.
    low = 0.0 if share == 0 else max(0.0, middle - half)
    high = 1.0 if share == 1 else min(1.0, middle + half)
    return Estimate(share, low, high, round(trials) if n is None else n)


def effective(weight: float, square: float) -> float:
    """How many equally weighted items tell as much: (Σw)² / Σw². Kish 1965, Survey Sampling, 8.2."""
    return weight * weight / square if square > 0 else 0.0


def weighted_share(
    known: float, known_trials: float, weight: float, weight_of_hits: float, square: float, n: int
) -> Estimate | None:
    """A share of items of which some are all judged and others stand for 1/π each.

    `known` of `known_trials` were all judged (weight 1); the sampled ones have Σ1/π = `weight`, of which
    `weight_of_hits`, and Σ1/π² = `square`. Wilson's interval with Kish's effective number.
    """
    trials = known_trials + weight
    if trials <= 0:
        return None
    share = (known + weight_of_hits) / trials
    size = effective(trials, known_trials + square)
    return wilson(share * size, size, n)


def pooled(parts: Sequence[tuple[float, float, float]], n: int) -> Estimate | None:
    """The share in a whole that is put together of parts: (how large, share found in it, effective answers there).

    Each part counts by its size. The interval is Wilson's for as many answers as tell as much as these do together:
    1 / Σ (W²/m), with W a part's place in the whole and m its answers (Cochran 1977, Sampling Techniques, 5.4, with
    one variance for all parts, which errs to the careful side).
    """
    whole = sum(size for size, _, _ in parts)
    if whole <= 0:
        return None
    share = sum(size * found for size, found, _ in parts) / whole
    answers = 1 / sum((size / whole) ** 2 / told for size, _, told in parts if size)
    return wilson(share * answers, answers, n)


def total(weights: Iterable[float], heaviest: float) -> Estimate:
    """How many there are in all, when those sampled stand for `weights` (1/π) each: the Horvitz–Thompson total.

    The interval is the one of Fay & Feuer 1997 (Stat. Med. 16:791) for a weighted sum of Poisson counts, which holds
    for rare things and for none at all, where normal intervals fail. `heaviest` is the largest weight in the whole
    sample, hits or not.
    """
    found = list(weights)
    value, square = sum(found), sum(weight * weight for weight in found)
    low = (
        square / (2 * value) * chi_square_quantile((1 - LEVEL) / 2, 2 * value * value / square)
        if found
        else 0.0
    )
    widest = max([heaviest, *found])
    if widest <= 0:
        return Estimate(value, low, value, len(found))
    above, spread = value + widest, square + widest * widest
    high = spread / (2 * above) * chi_square_quantile((1 + LEVEL) / 2, 2 * above * above / spread)
    return Estimate(value, low, high, len(found))


def chi_square_quantile(share: float, freedom: float) -> float:
    """The value below which a chi-square variable lies with probability `share`; `freedom` need not be whole.

    Found by halving: P(freedom / 2, x / 2) rises with x.
    """
    low, high = 0.0, max(1.0, freedom)
    while gamma_share(freedom / 2, high / 2) < share:
        high *= 2
    for _ in range(200):
        middle = (low + high) / 2
        if gamma_share(freedom / 2, middle / 2) < share:
            low = middle
        else:
            high = middle
        if high - low <= 1e-12 * high:
            break
    return (low + high) / 2


def gamma_share(shape: float, x: float) -> float:
    """The regularised lower incomplete gamma function P(shape, x).

    A series below shape + 1, Lentz's continued fraction above: NIST Digital Library of Mathematical Functions,
    8.7.1 and 8.9.2.
    """
    if x <= 0:
        return 0.0
    front = math.exp(shape * math.log(x) - x - math.lgamma(shape))
    if x < shape + 1:
        term = added = 1 / shape
        place = shape
        while abs(term) > abs(added) * 1e-16:
            place += 1
            term *= x / place
            added += term
        return min(1.0, front * added)
    tiny = 1e-300
    b = x + 1 - shape
    c, d = 1 / tiny, 1 / b
    value = d
    for step in range(1, 10_000):
        a = -step * (step - shape)
        b += 2
        d = 1 / (a * d + b or tiny)
        c = b + a / c or tiny
        value *= c * d
        if abs(c * d - 1) < 1e-16:
            break
    return max(0.0, 1 - front * value)


def recall(caught: Estimate, missed: Estimate) -> Estimate | None:
    """The share caught of all there is. Each end takes the worst of both, so that it covers at least at its level.

    None when nothing was caught and nothing is known to be missed.
    """
    if caught.value + missed.value <= 0:
        return None
    return Estimate(
        caught.value / (caught.value + missed.value),
        caught.low / (caught.low + missed.high) if caught.low + missed.high > 0 else 0.0,
        caught.high / (caught.high + missed.low) if caught.high + missed.low > 0 else 1.0,
        caught.n + missed.n,
    )


def drift(before: Sequence[float], after: Sequence[float]) -> float | None:
    """How far two histograms of scores lie apart: Σ (p − q) ln(p / q), the population stability index.

    Jeffreys' divergence 1946; half a count is added to every bin, so that an empty one is no infinity. None when one
    of them is empty. Below 0.1 is usually called stable, above 0.25 another population: rules of thumb.
    """
    if sum(before) <= 0 or sum(after) <= 0:
        return None
    first, second = ([n + 0.5 for n in bins] for bins in (before, after))
    total_first, total_second = sum(first), sum(second)
    pairs = [(p / total_first, q / total_second) for p, q in zip(first, second, strict=True)]
    return sum((q - p) * math.log(q / p) for p, q in pairs)


def kappa(both: float, neither: float, first_only: float, second_only: float) -> float | None:
    """Agreement beyond chance of two yes-or-no answers: Cohen 1960, Educ. Psychol. Meas. 20:37. None when undefined."""
    n = both + neither + first_only + second_only
    if not n:
        return None
    observed = (both + neither) / n
    yes = (both + first_only) * (both + second_only)
    no = (neither + second_only) * (neither + first_only)
    expected = (yes + no) / (n * n)
    return None if expected >= 1 else (observed - expected) / (1 - expected)
