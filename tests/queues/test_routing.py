"""Which rule a case goes by, and what can be said of rules without any case."""

from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.queues.routing import (
    FLAGS,
    LISTED,
    NUMBERS,
    Traits,
    covers,
    first_match,
    folded,
    holds,
    overlaps,
    overlaps_singly,
    taken_by,
)

RULES_OF = {"AA": {"AA1", "AA2"}, "BB": {"BB1"}, "CC": {"CC1", "CC2"}}
POLICY_OF = {rule: policy for policy, rules in RULES_OF.items() for rule in rules}
VALUES = {
    "policies": [*RULES_OF, "ZZ"],
    "rules": [*POLICY_OF, "ZZ9"],
    "languages": ["en", "km", "vi"],
    "countries": ["KH", "VN"],
    "kinds": ["text", "image", "video"],
    "sources": ["user_report", "auto_flag", "trusted_flagger"],
    "purposes": ["review", "re_review"],
    "authors": ["test:a", "test:b"],
    "files": ["f1", "f2"],
    "words": ["free money", "ប្រាក់", "lừa"],
}
LEAST = {
    "min_severity": [1, 3, 5],
    "min_views": [0, 100, 10_000],
    "min_views_per_hour": [0, 10],
    "min_followers": [1, 1_000],
}


@st.composite
def conditions(draw) -> dict[str, Any]:
    """Few values and few conditions, so that rules often touch."""
    found: dict[str, Any] = {}
    keys = draw(st.lists(st.sampled_from([*VALUES, *LEAST, *FLAGS]), max_size=4, unique=True))
    for key in keys:
        if key in VALUES:
            found[key] = draw(st.lists(st.sampled_from(VALUES[key]), max_size=3, unique=True))
        elif key in LEAST:
            found[key] = draw(st.sampled_from(LEAST[key]))
        else:
            found[key] = draw(st.booleans())
    return found


@st.composite
def traits(draw) -> Traits:
    rules = draw(st.lists(st.sampled_from(sorted(POLICY_OF)), max_size=3, unique=True))
    number = st.none() | st.sampled_from([0, 1, 10, 99, 100, 1_000, 20_000])
    return Traits(
        purpose=draw(st.sampled_from(VALUES["purposes"])),
        rules=tuple(rules),
        policies=tuple(sorted({POLICY_OF[rule] for rule in rules})),
        language=draw(st.sampled_from([*VALUES["languages"], ""])),
        country=draw(st.sampled_from([*VALUES["countries"], ""])),
        kind=draw(st.sampled_from(VALUES["kinds"])),
        detected_by=draw(st.sampled_from(VALUES["sources"])),
        severity=draw(st.integers(1, 5)),
        views=draw(number),
        views_per_hour=draw(number),
        followers=draw(number),
        public_figure=draw(st.booleans()),
        minors=draw(st.booleans()),
        trusted=draw(st.booleans()),
        author=draw(st.sampled_from([*VALUES["authors"], ""])),
        files=tuple(draw(st.lists(st.sampled_from(VALUES["files"]), max_size=2, unique=True))),
        said=folded(draw(st.sampled_from(["", "Free money!", "យកប្រាក់ FREE   money", "lua", "freemoney"]))),
    )


@dataclass
class Rule:
    conditions: dict[str, Any] = field(default_factory=dict)
    active: bool = True


def a_case(**fields: Any) -> Traits:
    usual = {
        "purpose": "review", "rules": (), "policies": (), "language": "en", "country": "", "kind": "text",
        "detected_by": "user_report", "severity": 3,
    }  # fmt: skip
    return Traits(**{**usual, **fields})


def test_the_first_rule_that_holds_wins():
    rules = [Rule({"languages": ["km"]}), Rule({"min_severity": 3}), Rule({})]
    assert first_match(rules, a_case()) is rules[1]


def test_a_rule_that_is_switched_off_is_passed_over():
    rules = [Rule({}, active=False), Rule({})]
    assert first_match(rules, a_case()) is rules[1]


def test_what_nothing_matches_is_left_to_the_default_queue():
    assert first_match([Rule({"languages": ["km"]})], a_case()) is None


@pytest.mark.parametrize(("views", "matches"), [(None, False), (99, False), (100, True)])
def test_a_number_nobody_knows_reaches_no_minimum(views, matches):
    assert holds({"min_views": 100}, a_case(views=views)) is matches


def test_every_condition_the_model_names_is_asked():
    assert {*LISTED, *NUMBERS, *FLAGS} == {*VALUES, *LEAST, *FLAGS}


@pytest.mark.parametrize(
    ("word", "text", "matches"),
    [
        ("free money", "FREE, money!", True),
        ("free money", "freemoney", False),
        ("free", "freedom", False),
        ("lừa đảo", "Lua Dao tien", True),
        ("បោក", "ការបោកប្រាស់តាមអនឡាញ", True),
        ("#gold", "sell #GOLD now", True),
        ("bit.ly", "see https://bit.ly/x", True),
        ("…", "anything", False),
    ],
)
def test_a_word_is_found_whole_whatever_its_case_and_marks(word, text, matches):
    assert holds({"words": [word]}, a_case(said=folded(text))) is matches


@pytest.mark.laws
@given(conditions(), conditions(), traits())
def test_what_an_earlier_rule_covers_it_also_matches(earlier, later, case):
    if covers(earlier, later, RULES_OF) and holds(later, case):
        assert holds(earlier, case)


@pytest.mark.laws
@given(st.lists(conditions(), max_size=3), conditions(), traits())
def test_a_rule_called_unreachable_is_reached_by_no_case(earlier, later, case):
    takers = taken_by(earlier, later, RULES_OF)
    if takers and holds(later, case):
        assert any(holds(earlier[index], case) for index in takers)


@pytest.mark.laws
@given(conditions(), conditions(), traits())
def test_two_rules_that_match_one_case_overlap(one, other, case):
    if holds(one, case) and holds(other, case):
        assert overlaps(one, other)
        assert overlaps(other, one)
        assert overlaps_singly(one, other, RULES_OF) or len(case.rules) > 1


@pytest.mark.laws
@given(conditions())
def test_a_rule_covers_itself_and_a_rule_without_conditions_covers_everything(some):
    assert covers(some, some, RULES_OF)
    assert covers({}, some, RULES_OF)


@pytest.mark.parametrize(
    ("earlier", "later", "covered"),
    [
        ({"policies": ["AA"]}, {"rules": ["AA1"]}, True),  # a rule belongs to its policy
        ({"rules": ["AA1", "AA2"]}, {"policies": ["AA"]}, True),  # all rules of a policy are the policy
        ({"rules": ["AA1"]}, {"policies": ["AA"]}, False),
        ({"policies": ["AA", "BB"]}, {"policies": ["BB"]}, True),
        ({"policies": ["AA"]}, {"policies": ["AA", "BB"]}, False),
        (
            {"policies": ["AA"]},
            {"policies": ["BB"], "rules": ["AA1"]},
            True,
        ),  # one of its two lists is inside
        ({"languages": ["en", "km"]}, {"languages": ["km"]}, True),
        ({"languages": ["en"]}, {}, False),
        ({"min_severity": 3}, {"min_severity": 4}, True),
        ({"min_severity": 4}, {"min_severity": 3}, False),
        ({"min_severity": 1}, {}, True),  # every case has at least that
        ({"min_views": 0}, {}, True),
        ({"public_figure": True}, {}, False),
        ({"public_figure": False}, {}, True),  # false asks for nothing
        ({"kinds": []}, {}, True),  # an empty list asks for nothing
    ],
)
def test_what_covers_what(earlier, later, covered):
    assert covers(earlier, later, RULES_OF) is covered


def test_several_rules_may_leave_nothing_between_them():
    earlier = [{"languages": ["en"]}, {"kinds": ["video"]}, {"languages": ["km"]}]
    assert taken_by(earlier, {"languages": ["en", "km"], "min_severity": 2}, RULES_OF) == [0, 2]
    assert taken_by(earlier, {"languages": ["en", "vi"]}, RULES_OF) == []


def test_rules_of_different_policies_meet_only_in_a_case_of_both():
    one, other = {"policies": ["AA"]}, {"policies": ["BB"]}
    assert overlaps(one, other)
    assert not overlaps_singly(one, other, RULES_OF)
    assert overlaps_singly(one, {"rules": ["AA2"]}, RULES_OF)
    assert not overlaps({"kinds": ["text"]}, {"kinds": ["image"]})
