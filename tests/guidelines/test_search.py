import pytest

from apps.guidelines import queries, reading
from apps.guidelines.operations import load, publish
from apps.guidelines.scripts import words_of
from tests.guidelines.test_loading import STARTER


@pytest.fixture
def edition(db):
    publish(load(STARTER, actor=None), actor=None, reason="For the test.")
    return queries.in_force()


def codes(q: str, edition) -> list[str]:
    return [found.rule.code for found in reading.search(q, edition)]


@pytest.mark.parametrize(
    ("q", "first"),
    [
        ("YS-1", "YS-1"),
        ("ys1", "YS-1"),
        ("vx 2", "VX-2"),
        ("threats by people with power", "VX-2"),
        ("grooming", "YS-2"),
        ("groming", "YS-2"),
        ("thraets", "VX-1"),
        ("slur", "HT-2"),
        ("SLURS", "HT-2"),
        ("weapon instructions", "VX-4"),
        ("self-harm", "SH-1"),
        ("selfharm", "SH-1"),
    ],
)
def test_the_rule_one_means_comes_first(edition, q, first):
    assert codes(q, edition)[0] == first


@pytest.mark.parametrize("q", ["", "   ", "!!!", "the of and", "zzzzqqq", "x" * 10_000])
def test_nothing_sensible_finds_nothing(edition, q):
    assert codes(q, edition) == []


def test_a_policy_code_lists_its_rules(edition):
    assert codes("RG", edition)[:5] == ["RG-1", "RG-2", "RG-3", "RG-4", "RG-5"]


def test_the_words_that_matched_are_told(edition):
    assert "threats" in reading.search("thraets", edition)[0].words


def test_words_of_khmer_stay_whole_and_vietnamese_loses_its_marks():
    assert words_of("ការគំរាមកំហែង, ហិង្សា។") == ["ការគំរាមកំហែង", "ហិង្សា"]
    assert words_of("Đe dọa trẻ em") == ["de", "doa", "tre", "em"]


def test_rules_likely_start_with_those_named_and_never_exceed_nine(edition):
    likely = [rule.code for rule in queries.rules_likely(["SH-3", "NOPE-1", "VX-1"], edition=edition)]
    assert likely[:2] == ["SH-3", "VX-1"]
    assert {"SH-1", "SH-2", "SH-4", "SH-5"} <= set(likely)
    assert len(likely) == len(set(likely)) == 9


def test_without_a_hint_every_policy_is_offered_once(edition):
    likely = queries.rules_likely([], edition=edition)
    assert len({rule.policy_code for rule in likely}) == 9
