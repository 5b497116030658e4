"""The estimates against computations made another way, and against a truth that is known because it was made up."""

import math
import random
from statistics import NormalDist

import pytest

from apps.detectors.statistics import (
    chi_square_quantile,
    drift,
    effective,
    gamma_share,
    kappa,
    pooled,
    recall,
    total,
    weighted_share,
    wilson,
)


def poisson_at_most(k: int, mean: float) -> float:
    return sum(math.exp(-mean + n * math.log(mean) - math.lgamma(n + 1)) for n in range(k + 1))


@pytest.mark.parametrize(
    ("share", "freedom", "tabled"),
    [
        (0.975, 1, 5.02389),
        (0.025, 2, 0.05064),
        (0.975, 10, 20.48318),
        (0.025, 10, 3.24697),
        (0.975, 100, 129.56120),
    ],
)
def test_quantiles_are_those_of_the_printed_tables(share, freedom, tabled):
    assert chi_square_quantile(share, freedom) == pytest.approx(tabled, abs=5e-5)


@pytest.mark.parametrize("mean", [0.3, 2.0, 11.0, 60.0])
def test_the_gamma_function_is_the_tail_of_a_poisson_count(mean):
    for k in (0, 1, 5, 20):
        assert gamma_share(k + 1, mean) == pytest.approx(1 - poisson_at_most(k, mean), abs=1e-12)


def test_wilsons_interval_holds_exactly_the_shares_a_score_test_does_not_refuse():
    z = NormalDist().inv_cdf(0.975)
    for hits, trials in ((0, 12), (3, 12), (40, 90), (90, 90)):
        found = wilson(hits, trials)
        kept = [
            p for p in (n / 20_000 for n in range(1, 20_000))
            if abs(hits / trials - p) <= z * math.sqrt(p * (1 - p) / trials)
        ]  # fmt: skip
        assert (found.low, found.high) == pytest.approx(
            (min(kept) if hits else 0, max(kept) if hits < trials else 1), abs=1e-4
        )
    assert wilson(0, 0) is None


def test_a_count_of_equal_weights_has_garwoods_exact_interval():
    found = total([10.0] * 4, 10.0)
    assert found.value == 40
    assert poisson_at_most(3, found.low / 10) == pytest.approx(0.975, abs=1e-9)
    assert poisson_at_most(4, found.high / 10) == pytest.approx(0.025, abs=1e-9)


def test_nothing_found_still_leaves_room_for_what_one_more_might_have_stood_for():
    found = total([], 200.0)
    assert (found.value, found.low) == (0, 0)
    assert found.high == pytest.approx(200 * -math.log(0.025))


def test_weights_all_one_are_a_plain_share():
    assert weighted_share(3, 10, 0, 0, 0, 10) == wilson(3, 10)
    assert effective(10.0, 10.0) == 10


def test_the_total_is_right_on_average_and_its_interval_covers_the_truth_at_its_level():
    """20,000 items in three strata with rates of 1, 5 and 20 %: drawn 400 times, each for itself."""
    chance = random.Random(20260701)
    strata = [(15_000, 0.004, 0.01), (4_000, 0.02, 0.05), (1_000, 0.1, 0.2)]
    truth = sum(round(n * share) for n, share, _ in strata)
    values, covered, rounds = [], 0, 400
    for _ in range(rounds):
        weights = [1 / pi for n, share, pi in strata for _ in range(round(n * share)) if chance.random() < pi]
        found = total(weights, 100.0)
        values.append(found.value)
        covered += found.low <= truth <= found.high
    spread = math.sqrt(sum(round(n * share) * (1 - pi) / pi for n, share, pi in strata) / rounds)
    assert abs(sum(values) / rounds - truth) < 4 * spread
    assert covered / rounds >= 0.95


def test_precision_covers_the_truth_at_its_level():
    chance = random.Random(7)
    rounds, covered = 600, 0
    for _ in range(rounds):
        found = wilson(sum(chance.random() < 0.83 for _ in range(60)), 60)
        covered += found.low <= 0.83 <= found.high
    assert 0.925 <= covered / rounds <= 0.985


def test_parts_are_put_together_by_their_size_and_the_interval_covers():
    assert pooled([(1, 1.0, 1), (1, 1.0, 1), (1, 1.0, 1)], 3) == wilson(3, 3)
    assert pooled([], 0) is None
    chance, rounds, covered = random.Random(5), 500, 0
    parts = [(900, 0.1, 30), (100, 0.9, 40)]
    for _ in range(rounds):
        drawn = [(size, sum(chance.random() < p for _ in range(n)) / n, n) for size, p, n in parts]
        found = pooled(drawn, 70)
        covered += found.low <= 0.18 <= found.high
    assert covered / rounds >= 0.94


def test_recall_takes_the_worst_of_both_ends():
    caught, missed = total([1.0] * 80, 1.0), total([10.0, 10.0], 10.0)
    found = recall(caught, missed)
    assert found.value == 0.8
    assert found.low == pytest.approx(caught.low / (caught.low + missed.high))
    assert found.high == pytest.approx(caught.high / (caught.high + missed.low))
    assert recall(total([], 0), total([], 0)) is None


def test_drift_is_none_where_nothing_moved_and_grows_with_the_distance():
    same, near, far = [100, 200, 300], [110, 200, 290], [300, 200, 100]
    assert drift(same, same) == 0
    assert 0 < drift(same, near) < 0.1 < 0.25 < drift(same, far)
    p, q = [100.5 / 601.5, 200.5 / 601.5, 300.5 / 601.5], [300.5 / 601.5, 200.5 / 601.5, 100.5 / 601.5]
    assert drift(same, far) == pytest.approx(
        sum((b - a) * math.log(b / a) for a, b in zip(p, q, strict=True))
    )
    assert drift([0, 0], [1, 2]) is None


def test_agreement_beyond_chance_is_nothing_when_answers_are_independent():
    assert kappa(50, 50, 0, 0) == 1
    assert kappa(25, 25, 25, 25) == 0
    assert kappa(0, 10, 0, 0) is None
