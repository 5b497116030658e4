"""The starter guidelines as rules a moderator has to work with."""

import re

import pytest
import yaml

from apps.decisions.verdict import Verdict, check
from apps.guidelines.queries import in_force
from tests import make

STARTER = yaml.safe_load(make.STARTER.read_text())
RULES = {rule["code"]: rule for policy in STARTER["policies"] for rule in policy["rules"]}


@pytest.mark.parametrize("code", sorted(RULES))
def test_what_a_rule_allows_needs_nothing_to_be_done(code):
    """Something is only done where a rule is broken, so an allowed example must not ask for a label or a limit."""
    asks = r"\((a |an )?(label|limit|age|adults|remov)|\b(label it|limit it|remove it)\b"
    told = [example for example in RULES[code]["allowed_examples"] if re.search(asks, example, re.I)]
    assert told == []


@pytest.mark.django_db
def test_footage_in_the_public_interest_is_labelled_under_its_own_rule():
    make.house()
    check(Verdict("violates", ["GR-2"], ["label", "age_restrict"]), in_force())
    unlabelled = [
        example for example in RULES["GR-2"]["violating_examples"] if "without a warning" in example
    ]
    assert "Label it and limit it to adults; never remove it." in unlabelled[0]
    assert "remove" not in RULES["GR-2"]["actions"]
