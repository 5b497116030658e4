"""The guideline pages: everyone signed in reads; addresses stay good for ever."""

import pytest

from apps.guidelines.models import GuidelineVersion
from apps.guidelines.operations import load, publish
from apps.ledger.models import Event
from tests import make
from tests.guidelines.test_loading import SMALL, STARTER


@pytest.fixture
def starter(db) -> GuidelineVersion:
    return publish(load(STARTER, actor=None), actor=None, reason="For the test.")


def reworded(number: str, old: str, new: str) -> GuidelineVersion:
    assert old in SMALL
    return load(SMALL.replace('"0.1"', f'"{number}"').replace(old, new), actor=None)


def test_the_document_shows_every_rule_with_its_words(starter, signed_in):
    page = signed_in("moderator").get("/guidelines/").content.decode()
    for rule in starter.rules.all():
        assert f'id="{rule.code}"' in page
    assert "Violence, threats and dangerous organisations" in page
    assert "Severity 5 · critical" in page
    assert "Protection of minors" in page
    assert "A second person must agree before anything is done." in page


def test_the_document_costs_few_queries_however_many_rules(starter, signed_in, django_assert_max_num_queries):
    client = signed_in("moderator")
    client.get("/guidelines/")
    with django_assert_max_num_queries(2):  # session and person
        client.get("/guidelines/")


def test_search_works_as_a_plain_form(starter, signed_in):
    page = signed_in("moderator").get("/guidelines/?q=groming").content.decode()
    assert "1 rule for “groming”" in page
    assert "<mark>Grooming,</mark>" in page
    assert '<a href="/guidelines/rules/YS-2/">' in page
    assert "<header" in page


def test_search_as_you_type_answers_only_the_part_that_changes(starter, signed_in):
    page = signed_in("moderator").get("/guidelines/?q=VX-1", headers={"HX-Request": "true"}).content.decode()
    assert "rules for “VX-1”" in page
    assert "<html" not in page


def test_what_was_searched_is_shown_as_text(starter, signed_in):
    page = signed_in("moderator").get("/guidelines/", {"q": "<script>alert(1)</script>"}).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_a_rule_has_an_address_in_any_case(starter, signed_in):
    client = signed_in("legal")
    assert "Threats by people with power" in client.get("/guidelines/rules/VX-2/").content.decode()
    response = client.get("/guidelines/rules/vx-2/")
    assert (response.status_code, response.url) == (301, "/guidelines/rules/VX-2/")


def test_an_unknown_rule_is_not_found_in_words(starter, signed_in):
    response = signed_in("moderator").get("/guidelines/rules/ZZ-9/")
    assert response.status_code == 404
    assert "There is no rule ZZ-9." in response.content.decode()


@pytest.mark.django_db
def test_a_version_keeps_its_wording_at_its_address(signed_in, published_at_once):
    publish(reworded("1", "Says what breaks it.", "The old words."), actor=None, reason="First.")
    publish(reworded("2", "Says what breaks it.", "The new words."), actor=None, reason="Second.")
    client = signed_in("moderator")
    now = client.get("/guidelines/rules/AB-1/").content.decode()
    assert "The new words." in now
    assert "reworded" in now
    for address in ("/guidelines/versions/1/rules/AB-1/", "/guidelines/versions/1/"):
        then = client.get(address).content.decode()
        assert "The old words." in then
        assert "The new words." not in then
        assert "What is in force now" in then


@pytest.mark.django_db
def test_the_address_of_a_rule_that_is_gone_leads_to_its_last_wording(signed_in, published_at_once):
    publish(reworded("1", "AB-1", "AB-7"), actor=None, reason="First.")
    publish(reworded("2", "AB-1", "AB-1"), actor=None, reason="Second.")
    response = signed_in("moderator").get("/guidelines/rules/AB-7/")
    assert (response.status_code, response.url) == (302, "/guidelines/versions/1/rules/AB-7/")


@pytest.mark.django_db
def test_a_draft_is_seen_by_those_who_write_only(signed_in):
    load(SMALL, actor=None)
    for name, status in [("moderator", 404), ("supervisor", 404), ("policy", 200), ("admin", 200)]:
        assert signed_in(name).get("/guidelines/versions/0.1/").status_code == status
        assert signed_in(name).get("/guidelines/versions/0.1/rules/AB-1/").status_code == status
    assert "0.1" not in signed_in("moderator").get("/guidelines/versions/").content.decode()
    assert "0.1" in signed_in("policy").get("/guidelines/versions/").content.decode()


@pytest.mark.django_db
def test_a_policy_lead_publishes_an_approved_draft_with_a_reason(signed_in, policy):
    version = make.approved(load(SMALL, actor=None))
    sent = {"reason": "A first set.", "revision": version.revision}
    response = signed_in("policy").post("/guidelines/versions/0.1/publish/", sent)
    assert (response.status_code, response.url) == (302, "/guidelines/versions/0.1/")
    version.refresh_from_db()
    assert (version.state, version.published_by, version.reason) == ("published", policy, "A first set.")


@pytest.mark.django_db
def test_without_a_reason_nothing_is_published_and_the_form_says_why(signed_in):
    version = make.approved(load(SMALL, actor=None))
    sent = {"reason": " ", "revision": version.revision}
    response = signed_in("policy").post("/guidelines/versions/0.1/publish/", sent)
    assert response.status_code == 422
    assert "Say in a sentence why this version is published." in response.content.decode()
    assert GuidelineVersion.objects.get().state == "in_review"
    assert not Event.objects.filter(kind="guidelines.published").exists()


@pytest.mark.django_db
def test_a_moderator_publishes_nothing(signed_in):
    version = make.approved(load(SMALL, actor=None))
    sent = {"reason": "Mine.", "revision": version.revision}
    assert signed_in("moderator").post("/guidelines/versions/0.1/publish/", sent).status_code == 403
    assert GuidelineVersion.objects.get().state == "in_review"


@pytest.mark.django_db
def test_before_the_first_version_the_page_says_so(signed_in):
    response = signed_in("moderator").get("/guidelines/")
    assert response.status_code == 200
    assert "No guidelines are in force yet" in response.content.decode()


@pytest.mark.django_db
def test_markup_in_a_guideline_text_is_harmless(signed_in):
    text = "A *fine* line <script>alert(1)</script> <img src=x onerror=alert(1)> [x](javascript:alert(1)) see AB-1"
    publish(reworded("1", "Says what breaks it.", f"'{text}'"), actor=None, reason="First.")
    page = signed_in("moderator").get("/guidelines/").content.decode()
    assert "<em>fine</em>" in page
    assert "<script>alert" not in page
    assert "<img" not in page
    assert 'href="javascript' not in page
    assert '<a href="/guidelines/rules/AB-1/" rel="noopener noreferrer">AB-1</a>' in page
