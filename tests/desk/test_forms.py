"""What the desk's pages send, and what is made of it."""

import pytest
from django.http import QueryDict

from apps.decisions.errors import InvalidVerdict
from apps.desk.forms import by_field, read_look, read_verdict, typed
from apps.guidelines.queries import in_force
from tests import make


@pytest.fixture
def edition(db):
    make.house()
    return in_force()


def sent(**fields) -> QueryDict:
    data = QueryDict(mutable=True)
    for name, value in fields.items():
        data.setlist(name, value if isinstance(value, list) else [value])
    return data


def test_a_whole_form_is_read(edition):
    rule = edition.rules["HT-1"]
    verdict = read_verdict(
        sent(
            outcome="violates", rules=[str(rule.id)], rule_codes=" au-4, ht-1 ", actions=["remove", "label"],
            rationale=["satire"], confidence="sure", explanation="  Because.  ", private_note=" Hm. ",
            duration_days="7", countries="kh, IE", label_text=" Careful ",
        ),
        edition,
    )  # fmt: skip
    assert (verdict.outcome, verdict.rules, verdict.actions) == (
        "violates",
        ("HT-1", "AU-4"),
        ("remove", "label"),
    )
    assert (verdict.explanation, verdict.private_note, verdict.confidence) == ("Because.", "Hm.", "sure")
    assert verdict.parameters == {"days": 7, "countries": ["KH", "IE"], "label": "Careful"}


@pytest.mark.parametrize(
    ("said", "means"), [("not", "no_violation"), ("unsure", "unsure"), ("", ""), ("x", "x")]
)
def test_the_outcome_is_taken_as_said_and_never_guessed(edition, said, means):
    assert read_verdict(sent(outcome=said), edition).outcome == means


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({"rules": ["999999"]}, "rules", "choose the rule again"),
        ({"rules": ["<b>"]}, "rules", "choose the rule again"),
        ({"duration_days": "0"}, "duration_days", "from 1 to 3650"),
        ({"duration_days": "-3"}, "duration_days", "from 1 to 3650"),
        ({"duration_days": "1e3"}, "duration_days", "from 1 to 3650"),
        ({"countries": "Ireland"}, "countries", "two-letter"),
        ({"countries": "K1"}, "countries", "two-letter"),
    ],
)
def test_what_cannot_be_read_is_said_at_its_field(edition, fields, field, words):
    with pytest.raises(InvalidVerdict) as refusal:
        read_verdict(sent(outcome="violates", **fields), edition)
    assert words in by_field(refusal.value.errors)[field][0]


@pytest.mark.parametrize(
    "said",
    [None, "", "{", "{}", "7", '"x"', "[1]", '[{"from_ms": 5}]', '[{"from_ms": 9, "to_ms": 3}]',
     '[{"from_ms": -1, "to_ms": 3}]', '[{"from_ms": 0, "to_ms": 1e12}]', '[{"from_ms": NaN, "to_ms": 1}]',
     [{"from_ms": 0, "to_ms": 1}] * 5001],
)  # fmt: skip
def test_spans_that_cannot_be_read_count_as_nothing_said(said):
    assert read_look(said) is None


def test_no_spans_mean_that_nothing_was_shown():
    assert read_look("[]").seconds == 0


def test_what_was_typed_goes_back_into_the_form():
    data = sent(outcome="violates", rules=["3", "4"], explanation="Long.")
    assert typed(data) == {"outcome": "violates", "rules": ["3", "4"], "explanation": "Long."}
