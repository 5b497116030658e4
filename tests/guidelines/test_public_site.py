"""The public site: what is or was in force, for anybody, in every language there is."""

import xml.etree.ElementTree as ET
from copy import deepcopy
from pathlib import Path

import pytest
import yaml

from apps.guidelines import queries, reading
from apps.guidelines.operations import load, publish
from apps.guidelines.operations.translating import load_translations
from tests.guidelines.test_loading import STARTER

FILES = Path(queries.__file__).parent / "starter"
SITE = "/community-guidelines/"


@pytest.fixture
def published(db, published_at_once):
    publish(load(STARTER, actor=None), actor=None, reason="The first set.")
    load_translations((FILES / "km.yaml").read_bytes(), edition=queries.in_force(), actor=None)
    reading.forget()
    return queries.in_force()


def publish_reworded(number="2.0.0"):
    newer = yaml.safe_load(STARTER)
    newer["guideline_set"]["version"] = number
    rules = {rule["code"]: rule for policy in newer["policies"] for rule in policy["rules"]}
    rules["VX-1"]["description"] += " A plan is enough."
    last = newer["policies"][-1]["rules"]
    last.append({**deepcopy(last[-1]), "code": "LG-9", "title": "A new rule"})
    newer["policies"][0]["rules"] = [r for r in newer["policies"][0]["rules"] if r["code"] != "YS-5"]
    publish(
        load(yaml.safe_dump(newer, allow_unicode=True), actor=None), actor=None, reason="Clearer <threats>."
    )


def page(client, address, **headers) -> str:
    answer = client.get(address, headers=headers)
    assert answer.status_code == 200, address
    return answer.content.decode()


def test_anybody_reads_the_guidelines_in_force_and_nothing_of_how_cases_are_handled(published, client):
    text = page(client, f"{SITE}en/")
    for code in published.rules:
        assert f'id="{code}"' in text
    assert "Version 1.1.0, in force since" in text
    assert "Severity" not in text
    assert "specialists" not in text
    assert "noindex" not in text
    assert "csrfmiddlewaretoken" not in text
    assert "sessionid" not in client.cookies


def test_every_page_names_itself_in_each_language_and_where_the_languages_are(published, client, settings):
    settings.PUBLIC_URL = "https://review.example"
    text = page(client, f"{SITE}km/rules/VX-1/")
    assert '<html lang="km">' in text
    for language in ("en", "km"):
        link = f'hreflang="{language}" href="https://review.example{SITE}{language}/rules/VX-1/"'
        assert link in text
    assert f'hreflang="x-default" href="https://review.example{SITE}rules/VX-1/"' in text


def test_a_khmer_reader_gets_khmer_words_and_is_told_that_nobody_read_them_over(published, client):
    text = page(client, f"{SITE}km/rules/VX-1/")
    assert "ការគំរាមកំហែងគួរឱ្យជឿ" in text
    assert "ផ្ទុយនឹងវិធាន" in text
    assert "ត្រូវការឱ្យអ្នកប្រើភាសានេះពីកំណើតអាន" in text
    assert f'href="{SITE}en/rules/VX-1/" hreflang="en"' in text


def test_what_is_not_translated_says_in_which_language_it_is(published, client):
    text = page(client, f"{SITE}km/rules/VX-2/")
    assert '<div class="measure" lang="en"><p>Applies' in text


@pytest.mark.parametrize(
    ("asked", "given"),
    [("km-KH,en;q=0.5", "km"), ("fr, en;q=0.8", "en"), ("", "en"), ("xx;;q", "en"), ("vi", "en")],
)
def test_an_address_without_a_language_leads_to_the_readers(published, client, asked, given):
    answer = client.get(f"{SITE}versions/1.1.0/rules/VX-1/", headers={"Accept-Language": asked})
    assert (answer.status_code, answer.url) == (302, f"{SITE}{given}/versions/1.1.0/rules/VX-1/")
    assert "Accept-Language" in answer["Vary"]


@pytest.mark.parametrize(
    "address",
    [
        "fr/",
        "en/rules/NO-1/",
        "en/versions/9/",
        "en/versions/1.1.0/rules/NO-1/",
        "nowhere",
        "//evil.example/",
    ],
)
def test_what_is_not_there_is_not_there(published, client, address):
    assert client.get(f"{SITE}{address}").status_code == 404


def test_a_draft_is_nobodys_to_see(published, client):
    load(
        STARTER.replace(b'"1.1.0"', b'"9.0"')
        if isinstance(STARTER, bytes)
        else STARTER.replace('"1.1.0"', '"9.0"'),
        actor=None,
    )
    assert client.get(f"{SITE}en/versions/9.0/").status_code == 404
    assert "9.0" not in page(client, f"{SITE}en/versions/")


def test_an_earlier_version_stays_at_its_address_word_for_word(published, client):
    before = page(client, f"{SITE}en/versions/1.1.0/rules/VX-1/")
    publish_reworded()
    after = page(client, f"{SITE}en/versions/1.1.0/rules/VX-1/")
    assert "A plan is enough." not in after
    assert published.rules["VX-1"].description[:40] in before
    assert "This version is no longer in force." in after
    assert "A plan is enough." in page(client, f"{SITE}en/rules/VX-1/")
    assert client.get(f"{SITE}en/rules/YS-5/").url == f"{SITE}en/versions/1.1.0/rules/YS-5/"


def test_a_stale_translation_says_so_and_which_text_counts(published, client):
    publish_reworded()
    text = page(client, f"{SITE}km/rules/VX-1/")
    assert "អត្ថបទ English ត្រូវបានសរសេរឡើងវិញ" in text
    assert "រហូតដល់បានបកប្រែ៖ ការពិពណ៌នា." in text
    assert "A plan is enough." in text, "what is newer is told in its own words"
    assert "ត្រូវបានសរសេរឡើងវិញ" not in page(client, f"{SITE}km/versions/1.1.0/rules/VX-1/")


def test_what_each_version_changed_is_listed(published, client):
    publish_reworded()
    text = page(client, f"{SITE}en/versions/")
    assert "Clearer &lt;threats&gt;." in text
    for kind, code in (("Reworded", "VX-1"), ("New", "LG-9"), ("Retired", "YS-5")):
        assert f'<span class="badge">{kind}</span>' in text
        assert code in text
    assert "HT-1" not in text


def test_changes_come_as_rss(published, client, settings):
    settings.PUBLIC_URL = "https://review.example"
    publish_reworded()
    answer = client.get(f"{SITE}km/changes.rss")
    assert answer["Content-Type"].startswith("application/rss+xml")
    items = ET.fromstring(answer.content).findall("channel/item")
    assert [item.findtext("link") for item in items] == [
        f"https://review.example{SITE}km/versions/{number}/" for number in ("2.0.0", "1.1.0")
    ]
    told = items[0].findtext("description").splitlines()
    assert told[0] == "Clearer <threats>."
    assert "សរសេរឡើងវិញ: VX-1 ការគំរាមកំហែងគួរឱ្យជឿ និងការញុះញង់ឱ្យប្រើហិង្សា" in told
    assert "ថ្មី: LG-9 A new rule" in told
    assert [line for line in told if "YS-5" in line] == ["ឈប់ប្រើ: YS-5 គណនីដែលសង្ស័យថាអាយុមិនគ្រប់"]
    assert items[1].findtext("description").splitlines() == ["The first set.", "ជំនាន់ដំបូង។"]


def test_anybody_searches_in_khmer_without_spaces_and_with_a_slip(published, client):
    for q in ("ជួញដូរមនុស្ស", "ជួញដួរមនុស្ស"):
        text = page(client, f"{SITE}km/?q={q}")
        assert f'href="{SITE}km/rules/VX-5/"' in text
    assert "<mark>ជួញដូរមនុស្ស</mark>" in page(client, f"{SITE}km/?q=ជួញដូរមនុស្ស")
    assert "&lt;script&gt;" in page(client, f"{SITE}en/?q=<script>")


def test_whoever_is_signed_out_is_led_from_the_house_to_the_public_page(published, client, signed_in):
    answer = client.get("/guidelines/versions/1.1.0/rules/VX-1/")
    assert (answer.status_code, answer.url) == (302, f"{SITE}versions/1.1.0/rules/VX-1/")
    assert signed_in("moderator").get("/guidelines/versions/1.1.0/rules/VX-1/").status_code == 200


def test_before_the_first_version_the_site_says_so(client, db):
    assert "No guidelines have been published yet." in page(client, f"{SITE}en/")
    assert client.get(SITE).url == f"{SITE}en/"


def test_a_page_costs_few_queries_and_may_be_kept_by_caches(published, client, django_assert_max_num_queries):
    page(client, f"{SITE}km/")
    with django_assert_max_num_queries(
        3
    ):  # the version's row; every few seconds what is in force and translated
        answer = client.get(f"{SITE}km/")
    assert answer["Cache-Control"] == "public, max-age=60"
