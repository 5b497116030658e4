"""The coefficients, against the worked examples of the literature, against themselves, and where they have no value."""

from itertools import pairwise, permutations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from apps import agreement
from apps.agreement import (
    cohen,
    fleiss,
    krippendorff,
    pairs_as_counts,
    per_class,
    tally,
    weighted_share,
    wilson,
)

# Fleiss 1971, table 1: thirty patients, six psychiatrists, five diagnoses.
FLEISS_1971 = """00060 03003 01401 00006 03030 20400 00402 20310 20040 00006 10050 11040 03300 10050 02031
                 00501 30012 51000 02040 10203 00006 01050 02013 20040 10041 05010 40002 02040 10500 00006"""
# Krippendorff, "Computing Krippendorff's Alpha-Reliability" (2011), part C: four observers, twelve units, values missing.
KRIPPENDORFF_2011_C = ["123321412...", "1233224125.3", ".3332342251.", "12332441251."]


def ratings(rows: list[str], letters: str) -> np.ndarray:
    return np.array([[letters.index(one) if one in letters else -1 for one in row] for row in rows]).T


def test_cohens_kappa_of_cohen_1960_table_1():
    found = cohen([[88, 14, 18], [10, 40, 10], [2, 6, 12]], draws=500)
    assert (round(found.value, 3), found.n) == (0.492, 200)
    assert 0.37 < found.low < 0.41
    assert 0.56 < found.high < 0.60


def test_fleiss_kappa_of_fleiss_1971_table_1():
    found = fleiss([[int(one) for one in row] for row in FLEISS_1971.split()])
    assert (round(found.value, 3), found.n) == (0.430, 30)


@pytest.mark.parametrize(
    ("rows", "letters", "level", "alpha"),
    [
        (["0100000010", "1110010000"], "01", "nominal", 0.095),  # 2011, part A: binary, two observers
        (["aabbdcccedda", "babbbccceddd"], "abcde", "nominal", 0.692),  # 2011, part B: five classes
        (KRIPPENDORFF_2011_C, "12345", "nominal", 0.743),
        (KRIPPENDORFF_2011_C, "12345", "ordinal", 0.815),
    ],
)
def test_alpha_of_krippendorff_2011(rows, letters, level, alpha):
    found = krippendorff(*tally(ratings(rows, letters), len(letters)), level=level)
    assert round(found.value, 3) == alpha


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilsons_interval_of_newcombe_1998_table_1(hits, n, low, high):
    found = wilson(hits, n)
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


@pytest.mark.parametrize(
    ("value", "name"),
    [(-0.1, "poor"), (0.2, "slight"), (0.4, "fair"), (0.6, "moderate"), (0.8, "substantial"), (0.81, "almost perfect")],
)  # fmt: skip
def test_coefficients_are_called_what_landis_and_koch_called_them(value, name):
    assert agreement.band(value) == name


# --- Laws --------------------------------------------------------------------------------------------------------

judgements = st.integers(2, 4).flatmap(
    lambda raters: st.lists(
        st.lists(st.integers(-1, 3), min_size=raters, max_size=raters), min_size=2, max_size=25
    )
)


def slowly(rows: np.ndarray, level: str) -> float | None:
    """Alpha as its definition reads: every pair of judgements of a unit, against every pair of all judgements."""
    units = [[v for v in row if v >= 0] for row in rows.tolist()]
    units = [unit for unit in units if len(unit) > 1]
    values = [v for unit in units for v in unit]
    n = {c: values.count(c) for c in range(4)}

    def apart(c: int, k: int) -> float:
        if level == "nominal":
            return float(c != k)
        low, high = min(c, k), max(c, k)
        return (sum(n[g] for g in range(low, high + 1)) - (n[c] + n[k]) / 2) ** 2

    observed = sum(apart(a, b) / (len(unit) - 1) for unit in units for a, b in permutations(unit, 2))
    expected = sum(apart(a, b) for a, b in permutations(values, 2)) / max(1, len(values) - 1)
    return 1 - observed / expected if expected else None


@pytest.mark.laws
@pytest.mark.parametrize("level", ["nominal", "ordinal"])
@given(rows=judgements)
def test_alpha_is_what_its_definition_says(level, rows):
    rows = np.array(rows)
    found, told = krippendorff(*tally(rows, 4), level=level).value, slowly(rows, level)
    assert (found is None) == (told is None)
    assert told is None or found == pytest.approx(told, abs=1e-9)


@pytest.mark.laws
@given(rows=judgements, seed=st.integers(0, 99))
def test_alpha_asks_neither_who_judged_nor_in_which_order_nor_what_classes_are_called(rows, seed):
    rows, rng = np.array(rows), np.random.default_rng(seed)
    as_is = krippendorff(*tally(rows, 4)).value
    shuffled = rng.permuted(rng.permutation(rows), axis=1)
    renamed = np.append(rng.permutation(4), -1)[shuffled]
    other = krippendorff(*tally(renamed, 4)).value
    assert (as_is is None and other is None) or other == pytest.approx(as_is, abs=1e-9)
    backwards = krippendorff(*tally(np.where(rows < 0, -1, 3 - rows), 4), level="ordinal").value
    forwards = krippendorff(*tally(rows, 4), level="ordinal").value
    assert (forwards is None and backwards is None) or backwards == pytest.approx(forwards, abs=1e-9)


tables = st.integers(2, 4).flatmap(
    lambda k: st.lists(st.lists(st.integers(0, 30), min_size=k, max_size=k), min_size=k, max_size=k)
)


@pytest.mark.laws
@given(table=tables)
def test_the_three_coefficients_of_two_raters_are_kin(table):
    """Fleiss' kappa of two raters is Scott's pi; alpha is pi with (1 - pi) / 2n added; Cohen's is never below pi."""
    counts, times = pairs_as_counts(table)
    rows = np.repeat(counts, times.astype(int), axis=0)
    assume(len(rows))
    pi, alpha, kappa = fleiss(rows).value, krippendorff(counts, times).value, cohen(table).value
    assert (pi is None) == (alpha is None) == (kappa is None)
    if pi is not None:
        assert alpha == pytest.approx(pi + (1 - pi) / (2 * len(rows)), abs=1e-9)
        assert kappa >= pi - 1e-9


@pytest.mark.laws
@given(table=tables, seed=st.integers(0, 9))
def test_an_interval_holds_its_value_and_is_the_same_for_the_same_seed(table, seed):
    found = krippendorff(*pairs_as_counts(table), draws=50, seed=seed)
    assert found == krippendorff(*pairs_as_counts(table), draws=50, seed=seed)
    if found.value is not None:
        assert found.low <= found.value <= found.high <= 1


@pytest.mark.laws
@given(n=st.integers(1, 5000), share=st.floats(0, 1))
def test_wilsons_interval_holds_what_was_seen_stays_a_share_and_narrows(n, share):
    hits = round(n * share)
    found, more = wilson(hits, n), wilson(10 * hits, 10 * n)
    assert 0 <= found.low <= found.value <= found.high <= 1
    assert more.high - more.low < found.high - found.low
    mirrored = wilson(n - hits, n)
    assert (mirrored.low, mirrored.high) == (pytest.approx(1 - found.high), pytest.approx(1 - found.low))


def test_drawing_patterns_is_drawing_items():
    """The interval over patterns, and over items drawn one by one with replacement."""
    rng = np.random.default_rng(3)
    truth = rng.integers(0, 3, 300)
    rows = np.where(rng.random((300, 3)) < 0.8, truth[:, None], rng.integers(0, 3, (300, 3)))
    fast = krippendorff(*tally(rows, 3), draws=2000, seed=1)
    slow = [krippendorff(*tally(rows[rng.integers(0, 300, 300)], 3)).value for _ in range(600)]
    low, high = np.percentile(slow, [2.5, 97.5])
    assert (fast.low, fast.high) == (pytest.approx(low, abs=0.012), pytest.approx(high, abs=0.012))


def test_draws_of_unequal_probability_are_weighted_back():
    """Nine in ten wrong among the rare ones drawn always; one in ten among the rest, of which a twentieth is drawn."""
    hits = [1] * 90 + [0] * 10 + [1] * 10 + [0] * 90
    found = weighted_share(hits, [1] * 100 + [20] * 100)
    assert found.value == pytest.approx((90 + 200) / 2100)
    assert (found.hits, found.n) == (100, 200)
    assert found.low < 0.138 < found.high
    assert found.high - found.low > wilson(100, 200).high - wilson(100, 200).low - 0.03
    equal = weighted_share(hits, [7] * 200)
    assert (equal.low, equal.high) == (
        pytest.approx(wilson(100, 200).low),
        pytest.approx(wilson(100, 200).high),
    )


def test_the_interval_of_a_difference_of_newcombe_1998b_table_2():
    """56/70 against 48/80: method 10 gives 0.0524 to 0.3339; 9/10 against 3/10: 0.1705 to 0.8090."""
    for (a, m), (b, n), low, high in (
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
    ):
        found = agreement.difference(wilson(b, n), wilson(a, m))
        assert (round(found[1], 4), round(found[2], 4)) == (low, high)
    assert agreement.difference(wilson(0, 0), wilson(1, 2)) is None


# --- Trouble -----------------------------------------------------------------------------------------------------


def test_one_rater_only_has_no_agreement_and_says_why():
    alone = np.array([[0, -1], [1, -1], [-1, 2]])
    assert krippendorff(*tally(alone, 3), draws=10) == agreement.Estimate(None, n=0, why="one_rater")
    assert fleiss([[1, 0], [0, 1]]).why == "one_rater"


def test_nothing_at_all_is_no_agreement():
    assert krippendorff(np.zeros((0, 3))).why == "nothing"
    assert cohen([[0, 0], [0, 0]]).why == "nothing"
    assert fleiss(np.zeros((0, 3))).why == "nothing"
    assert [one.agreement.value for one in per_class([[0, 0], [0, 0]])] == [None, None]
    assert wilson(0, 0) == agreement.Share(0, 0, None, 0.0, 1.0)
    assert weighted_share([], []).value is None


def test_one_class_leaves_nothing_to_agree_about():
    table = [[50, 0], [0, 0]]
    for found in (cohen(table), krippendorff(*pairs_as_counts(table)), fleiss([[2, 0]] * 50)):
        assert (found.value, found.low, found.n, found.why, found.shown) == (
            None,
            None,
            50,
            "one_class",
            False,
        )


def test_everyone_agrees_is_one_and_still_has_an_interval():
    found = krippendorff(*pairs_as_counts([[20, 0], [0, 20]]), draws=200)
    assert (found.value, found.high) == (1, 1)
    assert 0.8 < found.low < 0.9  # forty items may agree by luck


def test_a_class_that_never_occurs_changes_nothing():
    with_it = cohen([[20, 5, 0], [4, 21, 0], [0, 0, 0]])
    assert with_it.value == pytest.approx(cohen([[20, 5], [4, 21]]).value)
    never = per_class([[20, 5, 0], [4, 21, 0], [0, 0, 0]])[2]
    assert (never.agreement.value, never.prevalence) == (None, 0)


def test_a_rare_class_shows_beside_a_kappa_it_depresses():
    """Feinstein and Cicchetti, J. Clin. Epidemiol. 43 (1990): high agreement, low kappa."""
    table = [[2, 5], [5, 188]]
    assert cohen(table).value < 0.3
    rare, common = per_class(table)
    assert (round(rare.prevalence, 3), round(rare.agreement.value, 3)) == (0.035, 0.167)
    assert common.agreement.value > 0.94


def test_a_rater_who_left_takes_only_her_own_judgements():
    rows = np.array([[0, 0, 1], [1, 1, 1], [2, 2, 2], [0, 1, 0]] * 10)
    gone = rows.copy()
    gone[:, 2] = -1
    found = krippendorff(*tally(gone, 3), draws=100)
    assert (found.n, found.value) == (40, krippendorff(*tally(rows[:, :2], 3)).value)


def test_unequal_numbers_of_raters_are_refused_by_fleiss():
    with pytest.raises(ValueError, match="same number of raters"):
        fleiss([[2, 0], [2, 1]])


def test_nothing_is_shown_below_thirty():
    assert [wilson(20, n).shown for n in (29, 30)] == [False, True]
    assert [cohen([[n - 5, 3], [2, 0]]).shown for n in (29, 30)] == [False, True]


def test_the_bands_cover_every_value():
    values = np.linspace(-1, 1, 201)
    names = [agreement.band(float(value)) for value in values]
    assert sum(a != b for a, b in pairwise(names)) == 5
