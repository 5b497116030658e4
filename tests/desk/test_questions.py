"""Questions of a rule at the desk: a violation is not decided until they are answered."""

import re

import pytest

from apps.decisions.models import Decision
from apps.guidelines.operations import open_draft, publish
from tests import make
from tests.guidelines.test_drafts import change

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("published_at_once")]


@pytest.fixture
def desk(signed_in, policy):
    make.house()
    draft = open_draft(actor=policy)
    question = {"key": "aim", "text": "Recovery or promotion?", "options": ["recovery", "promotion"]}
    change(draft, "HT-1", questions=[question], compatibility="narrowed")
    publish(make.approved(draft), actor=policy, reason="Ask.")
    make.case(queue="hate", rule_codes=["HT-1"])
    client = signed_in("moderator")
    client.post("/desk/shift/start")
    page = client.get("/desk/").content.decode()
    if found := re.search(r'action="(/desk/briefing/[^"]+)"', page):
        client.post(found[1])
    page = client.post("/desk/next", headers={"HX-Request": "true"}).content.decode()
    address = re.search(r'action="(/desk/claims/\d+/decide)"', page)[1]
    rule = re.search(r'name="rules" value="(\d+)"[^>]*data-label="HT-1"', page)[1]
    return client, page, address, rule


def sent(rule: str, **more) -> dict:
    return {
        "outcome": "violates",
        "rules": rule,
        "actions": "remove",
        "spans": "[]",
        "confidence": "sure",
        **more,
    }


def test_a_rule_with_questions_is_not_cited_without_answers(desk):
    client, page, address, rule = desk
    assert "Recovery or promotion?" in page
    for answer in ({}, {f"answer-{rule}-aim": "something else"}):
        refused = client.post(address, sent(rule, **answer), headers={"HX-Request": "true"})
        assert "Not decided yet." in refused.content.decode()
        assert "HT-1 asks: Recovery or promotion? Choose an answer." in refused.content.decode()
    assert not Decision.objects.exists()
    client.post(address, sent(rule, **{f"answer-{rule}-aim": "promotion"}), headers={"HX-Request": "true"})
    decision = Decision.objects.get()
    assert decision.words.parameters == {"answers": {"HT-1": {"aim": "promotion"}}}


def test_no_violation_needs_no_answer(desk):
    client, _, address, _ = desk
    client.post(
        address, {"outcome": "not", "spans": "[]", "confidence": "sure"}, headers={"HX-Request": "true"}
    )
    assert Decision.objects.get().outcome == "no_violation"
