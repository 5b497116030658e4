"""Anybody reads what is published, in three languages; nobody but those who write reports sees a draft."""

import csv
import io
import json
import zipfile

import pytest
from django.test import Client

from apps.disclosure.models import Edition
from apps.disclosure.words import DEFINITIONS, TABLES
from apps.ledger.models import Event
from tests.conftest import person
from tests.disclosure.conftest import drafted, published


def signed_in(name):
    client = Client()
    client.force_login(person(name))
    return client


@pytest.fixture
def report(removed):
    removed(8, language="en")
    removed(6, language="vi")
    removed(2, language="km")
    return published(words="We added people who read Khmer.", recipients=1234567)


@pytest.mark.parametrize(
    ("language", "title", "number"),
    [
        ("en", "Transparency reports", "1,234,567"),
        ("km", "របាយការណ៍តម្លាភាព", "1,234,567"),
        ("vi", "Báo cáo minh bạch", "1.234.567"),
    ],
)
def test_anybody_reads_it_in_her_language(report, language, title, number):
    client = Client()
    page = client.get(f"/transparency/reports/{language}/")
    assert (page.status_code, page["Cache-Control"]) == (200, "public, max-age=300")
    assert title in page.text
    assert f'href="/transparency/reports/{language}/2025-q3/"' in page.text
    page = client.get(f"/transparency/reports/{language}/2025-q3/")
    assert page.status_code == 200
    assert number in page.text
    assert "We added people who read Khmer." in page.text
    for title in TABLES.values():
        assert title.in_(language) in page.text
    for name in ("policy2", "legal"):
        assert person(name).pseudonym not in page.text
        assert person(name).username not in page.text


def test_a_hidden_number_is_on_no_page_and_in_no_file(report):
    client = Client()
    page = client.get("/transparency/reports/en/2025-q3/").text
    section = page.split('id="removals_by_language"')[1].split("</section>")[0]
    assert '<td class="num">*</td>' in section
    assert "fewer than 5" in section
    assert section.count('<td class="num">*</td>') == 2
    rows = list(csv.DictReader(io.StringIO(client.get("/transparency/files/2025-q3/1/figures.csv").text)))
    hidden = [row for row in rows if row["table"] == "removals_by_language" and row["hidden"] == "yes"]
    assert {row["key"] for row in hidden} == {"km", "vi"}
    assert {row["value"] for row in hidden} == {""}


def test_the_address_without_a_language_leads_to_the_readers(report):
    client = Client()
    for accepted, language in (("km,en;q=0.5", "km"), ("vi-VN", "vi"), ("fr", "en"), ("", "en")):
        answer = client.get("/transparency/reports/", headers={"Accept-Language": accepted})
        assert (answer.status_code, answer["Location"]) == (302, f"/transparency/reports/{language}/")
        assert "Accept-Language" in answer["Vary"]


def test_every_number_leads_to_its_definition_and_its_statement(report):
    client = Client()
    page = client.get("/transparency/reports/en/2025-q3/").text
    definitions = client.get("/transparency/reports/en/definitions/").text
    assert set(DEFINITIONS) == set(TABLES)
    for id in TABLES:
        assert f'href="/transparency/reports/en/definitions/#{id}"' in page
        assert f'id="{id}"' in definitions
    assert "insight_removalcell" in definitions


def test_a_draft_looks_like_nothing_to_the_public(house):
    made = drafted()
    client = Client()
    for address in (
        "/transparency/reports/en/2025-q3/", "/transparency/reports/en/2025-q3/1/", "/transparency/files/2025-q3/1/figures.json",
        "/transparency/reports/en/2025-q9/", "/transparency/reports/fr/", "/transparency/files/2025-q3/1/other.txt",
    ):  # fmt: skip
        assert client.get(address).status_code == 404
    assert "2025-q3" not in client.get("/transparency/reports/en/").text
    assert client.get(f"/transparency/drafts/{made.pk}/").status_code == 302


def test_the_newest_edition_is_shown_and_an_older_one_says_that_it_is(report):
    published(reason="Two were counted late.")
    client = Client()
    newest = client.get("/transparency/reports/en/2025-q3/").text
    assert "Two were counted late." in newest
    assert "There is a newer edition" not in newest
    older = client.get("/transparency/reports/en/2025-q3/1/").text
    assert "There is a newer edition" in older
    assert "Two were counted late." not in older


def test_files_are_the_same_bytes_for_ever_and_say_what_the_page_says(report, removed):
    client = Client()
    addresses = [
        f"/transparency/files/2025-q3/1/{name}" for name in ("figures.json", "figures.csv", "eu.zip")
    ]
    before = [client.get(address) for address in addresses]
    assert [one.status_code for one in before] == [200] * 3
    removed(9)
    assert [client.get(address).content for address in addresses] == [one.content for one in before]
    said = json.loads(before[0].content)
    assert (said["period"], said["edition"], said["active_recipients"]) == ("2025-q3", 1, 1234567)
    assert said["sha256"] == report.sha256
    with zipfile.ZipFile(io.BytesIO(before[2].content)) as archive:
        names = archive.namelist()
        sheets = {name: archive.read(name).decode() for name in names}
    assert len(names) == 10
    assert all(text.endswith("\r\n") for text in sheets.values())
    assert "1234567" in sheets["9_active_recipients.csv"]
    restricted = list(csv.DictReader(io.StringIO(sheets["5_own_initiative_terms.csv"])))
    assert [(row["automated_detection"], row["decision"], row["n"]) for row in restricted] == [
        ("no", "human", "16")
    ]
    assert restricted[0]["category"].startswith("STATEMENT_CATEGORY_")
    assert "DECISION_VISIBILITY_CONTENT_REMOVED" in restricted[0]["restriction"]


def test_two_people_draft_and_publish_on_the_page(removed):
    removed(7)
    policy, legal = signed_in("policy2"), signed_in("legal")
    answer = policy.post(
        "/transparency/drafts/", {"period": "2025-q3", "words": "Ours.", "recipients": "10"}, follow=True
    )
    assert "Counted. Somebody else reads it over" in answer.text
    made = Edition.objects.get()
    page = policy.get(f"/transparency/drafts/{made.pk}/").text
    assert "so somebody else reads it over" in page
    assert "Publish it" not in page
    refused = policy.post(f"/transparency/drafts/{made.pk}/publish/", {"seen": made.sha256}, follow=True)
    assert "Whoever drafted a report does not publish it" in refused.text
    assert Edition.objects.get().state == "draft"
    done = legal.post(f"/transparency/drafts/{made.pk}/publish/", {"seen": made.sha256}, follow=True)
    assert "Everybody can read it now" in done.text
    assert Client().get("/transparency/reports/en/2025-q3/").status_code == 200


def test_a_form_that_cannot_be_used_says_why_and_loses_nothing(house):
    published()
    policy = signed_in("policy2")
    answer = policy.post(
        "/transparency/drafts/", {"period": "2025-q3", "words": "Kept words", "recipients": "many"}
    )
    assert (answer.status_code, "Kept words" in answer.text) == (422, True)
    form = policy.get("/transparency/drafts/").content.decode()
    assert "2025-q3: 1 July to 30 September 2025" in form
    answer = policy.post("/transparency/drafts/", {"period": "2025-q3", "words": "Kept words"})
    assert answer.status_code == 422
    assert "A correction of what is published says what was wrong." in answer.text
    assert "Kept words" in answer.text
    assert policy.post("/transparency/drafts/", {"period": "2099-q1"}).status_code == 422
    assert Edition.objects.count() == 1
    assert Event.objects.filter(kind="disclosure.drafted").count() == 1


def test_pages_ask_the_database_little_however_much_there_is(report, django_assert_num_queries):
    client = Client()
    client.get("/transparency/reports/en/2025-q3/")
    with django_assert_num_queries(2):
        client.get("/transparency/reports/en/2025-q3/")
    published("2025-q2")
    published("2025-q1")
    with django_assert_num_queries(1):
        client.get("/transparency/reports/en/")
    with django_assert_num_queries(0):
        client.get("/transparency/reports/en/definitions/")
