"""A version saved as a file and loaded again is the same version, to the letter."""

import re

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.guidelines import parts
from apps.guidelines.errors import GuidelinesUnreadable
from apps.guidelines.history import compatibility_map
from apps.guidelines.models import GuidelineVersion, Policy, RetiredRule, RuleVersion
from apps.guidelines.operations import load, open_draft, publish
from apps.guidelines.yaml_text import dump
from tests import make
from tests.guidelines.test_drafts import change
from tests.guidelines.test_loading import SMALL, STARTER

pytestmark = pytest.mark.django_db
# What YAML takes for something else, and what people write.
AWKWARD = [
    "yes",
    "null",
    "1.0",
    "- a",
    "a: b",
    "# no",
    "'",
    '"',
    "*x",
    "&x",
    "!x",
    "%",
    "a\n\nb",
    "ក្រុម",
    "😂",
    "…\u2028x",
]
words = st.one_of(
    st.sampled_from(AWKWARD),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1, max_size=60),
)
texts = words.map(lambda text: text.replace("\r", "\n").strip()).filter(bool)


def whole(version: GuidelineVersion) -> list:
    """Everything a version says, without its number and its ids."""
    rules = [
        {**parts.rule_doc(rule), "policy": rule.policy.code}
        for rule in version.rules.select_related("policy").order_by("position")
    ]
    policies = [parts.policy_doc(policy) for policy in version.policies.order_by("position")]
    gone = [(one.code, one.successors, one.note) for one in version.retired_rules.order_by("code")]
    return [{**parts.head_doc(version), "number": ""}, policies, rules, gone]


def renumbered(text: str, number: str) -> str:
    return re.sub(r"^  version: .*$", f"  version: '{number}'", text, count=1, flags=re.MULTILINE)


def there_and_back(version: GuidelineVersion) -> None:
    text = dump(version)
    again = load(renumbered(text, "again"), actor=None)
    assert whole(again) == whole(version)
    assert renumbered(dump(again), version.number) == renumbered(text, version.number)


def test_the_starter_set_comes_back_as_it_was():
    there_and_back(load(STARTER, actor=None))


def test_everything_a_draft_may_say_comes_back(policy):
    publish(load(STARTER, actor=None), actor=None, reason="First.")
    draft = open_draft(actor=policy, number="2")
    question = {"key": "aim", "text": "Recovery or promotion?", "options": ["recovery", "promotion"]}
    change(
        draft,
        "SH-1",
        questions=[question],
        check_required=True,
        compatibility="split",
        predecessors=["SH-1", "SH-2"],
    )
    change(draft, "VX-1", code="VX-9", note="Another name.")
    change(
        draft,
        "AU-4",
        title="Fraud",
        compatibility="narrowed",
        handling={"dual_review": True, "notify": "somebody"},
    )
    gone = draft.rules.get(code="HT-3")
    gone.delete()
    RetiredRule.objects.create(
        version=draft,
        identity=gone.identity,
        code="HT-3",
        title=gone.title,
        successors=["VX-9"],
        note="See there.",
    )
    draft.refresh_from_db()
    identities = {rule.code: rule.identity for rule in draft.rules.all()}
    text = dump(draft)
    there_and_back(draft)
    again = GuidelineVersion.objects.get(number="again")
    assert {rule.code: rule.identity for rule in again.rules.all()} == identities
    assert "was: VX-1" in text
    publish(make.approved(GuidelineVersion.objects.get(pk=draft.pk)), actor=policy, reason="Second.")
    assert dump(GuidelineVersion.objects.get(pk=draft.pk)) == text
    told = {(one["rule_version"], *one["from"]): one["compatibility"] for one in compatibility_map()}
    assert len(told) == 51
    assert told["SH-1@2", "SH-1@1.1.0", "SH-2@1.1.0"] == "split"
    assert told["VX-9@2", "VX-1@1.1.0"] == told["VX-2@2", "VX-2@1.1.0"] == "same"
    assert told["AU-4@2", "AU-4@1.1.0"] == "narrowed"
    assert [one["to"] for one in compatibility_map() if one["rule_version"] is None] == [["VX-9@2"]]


@given(title=texts, text=texts, examples=st.lists(texts, min_size=1, max_size=3), note=texts, principle=texts)
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_words_come_back(title, text, examples, note, principle):
    with transaction.atomic():
        version = load(SMALL, actor=None)
        RuleVersion.objects.filter(version=version).update(
            title=title, description=text, violating_examples=examples, note=note, handling={"notify": note}
        )
        Policy.objects.filter(version=version).update(description=text)
        GuidelineVersion.objects.filter(pk=version.pk).update(principles=[principle, *examples])
        there_and_back(GuidelineVersion.objects.get(pk=version.pk))
        transaction.set_rollback(True)


def test_two_rules_of_a_file_never_continue_one():
    publish(load(STARTER, actor=None), actor=None, reason="First.")
    text = renumbered(dump(GuidelineVersion.objects.get()), "2")
    twice = re.sub(r"^( *)- code: VX-2$", r"\1- code: VX-22\n\1  was: VX-3", text, flags=re.MULTILINE)
    with pytest.raises(GuidelinesUnreadable) as refusal:
        load(twice, actor=None)
    [fault] = refusal.value.errors
    assert fault["reason"] == "VX-3 and VX-22 both continue one rule."
    assert re.fullmatch(r"line \d+", fault["field"])
    assert GuidelineVersion.objects.count() == 1
