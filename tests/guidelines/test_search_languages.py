"""Search in every language there is: the starter guidelines in English, Khmer and Vietnamese, in memory."""

from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml

from apps.guidelines import search
from apps.guidelines.search import Index

FILES = Path(search.__file__).parent / "starter"


@pytest.fixture(scope="module")
def index() -> Index:
    policies = yaml.safe_load((FILES / "starter.yaml").read_text())["policies"]
    rules = [text(rule["code"], rule, policy["title"]) for policy in policies for rule in policy["rules"]]
    others = {}
    for language in ("km", "vi"):
        given = yaml.safe_load((FILES / f"{language}.yaml").read_text())
        others[language] = [text(code, rule, "") for code, rule in given["rules"].items()]
    return Index(rules, others)


def text(code: str, rule: dict, policy_title: str) -> SimpleNamespace:
    return SimpleNamespace(
        code=code,
        policy_title=policy_title,
        title=rule["title"],
        description=rule.get("description", ""),
        violating_examples=tuple(rule.get("violating_examples", ())),
        allowed_examples=tuple(rule.get("allowed_examples", ())),
    )


def codes(q: str, index: Index) -> list[str]:
    return [hit.rule.code for hit in index.search(q)]


@pytest.mark.parametrize(
    ("q", "wanted"),
    [
        ("ជួញដូរមនុស្ស", "VX-5"),  # a word in the middle of a run without spaces
        ("ជួញដូរ\u200bមនុស្ស", "VX-5"),  # the same with the invisible space some keyboards put
        ("លិខិតឆ្លងដែន", "VX-5"),  # in an example
        ("ពាក្យប្រមាថមើលងាយ", "HT-2"),
        ("អាសយដ្ឋានផ្ទះ", "HR-2"),
        ("ជំងឺបរិភោគ", "SH-3"),
        ("ជំងឹបរិភោគ", "SH-3"),  # one vowel mistaken
        ("អាសយដ្ឋនផ្ទះ", "HR-2"),  # one sign left out
        ("បោកប្រាស់ពាក្យសម្ងាត់", "AU-4"),  # two words that do not stand side by side, typed without a space
        ("បោកប្រាស់ ពាក្យសម្ងាត់", "AU-4"),
        ("đe dọa", "VX-1"),
        ("de doa", "VX-1"),  # without the marks
        ("mua ban nguoi", "VX-5"),
        ("phi nhan tinh", "HT-1"),
        ("lừa đảo", "AU-4"),
        ("lừa đảoo", "AU-4"),
        ("trafficking", "VX-5"),
        ("thraets", "VX-1"),
    ],
)
def test_the_rule_one_means_is_among_the_first_in_every_language(index, q, wanted):
    assert wanted in codes(q, index)[:3]


def test_khmer_is_found_whatever_the_order_in_which_its_signs_were_typed(index):
    typed = "ប្រមាថ"
    other = "បរ\u17d2មាថ"  # not a way of typing it: the foot belongs to the other letter
    swapped = "ភ\u17b6\u17c6"  # ា before ំ, which keyboards produce in both orders
    assert "HT-2" in codes(typed, index)
    assert codes("គ\u17c6រា" + "មកំហែង", index)[:1] == codes("គំរាមកំហែង", index)[:1]
    assert index.search(other) != index.search(typed)
    assert codes(swapped, index) == codes("ភ\u17c6\u17b6", index)


@pytest.mark.parametrize("q", ["កខគឃងចឆជឈញ", "ឥឥឥឥ", "zzqqxxyy", "\u17d2", "្្្"])
def test_nonsense_finds_nothing_in_any_script(index, q):
    assert codes(q, index) == []


def test_a_rule_is_told_once_and_in_the_language_it_was_found_in(index):
    hits = index.search("ជួញដូរមនុស្ស")
    assert len({hit.rule.code for hit in hits}) == len(hits)
    assert hits[0].language == "km"
    assert index.search("trafficking")[0].language == ""
