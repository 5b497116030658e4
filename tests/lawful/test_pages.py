"""The doors: public forms in three languages, the page behind each side's link, legal reviewers' pages, the API."""

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.timezone import now

from apps.accounts.models import Scope
from apps.lawful.links import address, token
from apps.lawful.models import CounterNotice, LawFile, LawNotice
from apps.lawful.operations import decide
from tests import make
from tests.doors.programs import Program
from tests.intake.files import SVG, bomb
from tests.lawful.conftest import EMAIL, NAME, WHY, accepted, noticed, reviewed

PDF = b"%PDF-1.7\n" + b"1 0 obj << /Type /Page >> endobj\n" * 200 + b"%%EOF"


def typed(item, **fields) -> dict:
    return {
        "address": f"{item.source}:{item.external_id}",
        "country": "kh",
        "relation": "owner",
        "concerned": "The photograph “Dawn”.",
        "statement": "It is mine.",
        "name": NAME,
        "email": EMAIL,
        "good_faith": "yes",
        "accurate": "yes",
        **fields,
    }


@pytest.mark.parametrize(("language", "country"), [("en", "Cambodia"), ("km", "កម្ពុជា"), ("vi", "Campuchia")])
def test_people_name_a_page_and_a_country_as_they_know_them(floor, legal, client, language, country):
    item = make.item(url="https://platform.example/@a/1")
    form = client.get(f"/law-notice/{language}/property/").content.decode()
    assert f'<option value="KH">{country}</option>' in form
    answer = client.post(
        f"/law-notice/{language}/property/", typed(item, address="https://platform.example/@a/1/")
    )
    assert (LawNotice.objects.get().item, LawNotice.objects.get().state) == (item, "review")
    notice = reviewed(LawNotice.objects.get(), floor)
    decide(actor=legal, notice_id=notice.pk, accept=True, reasons=WHY)
    assert country in client.get(answer.url).content.decode()


def upload(name, content, mime):
    return SimpleUploadedFile(name, content, content_type=mime)


@pytest.mark.parametrize("language", ["en", "km", "vi"])
def test_anybody_sends_one_and_sees_where_it_stands(house, client, language):
    item = make.item()
    index = client.get(f"/law-notice/{language}/")
    assert f"/law-notice/{language}/intimate/" in index.content.decode()
    form = client.get(f"/law-notice/{language}/property/?item=test:{item.external_id}").content.decode()
    assert f'value="test:{item.external_id}"' in form
    answer = client.post(
        f"/law-notice/{language}/property/",
        typed(item, files=[upload("deed.pdf", PDF, "application/pdf")]),
    )
    notice = LawNotice.objects.get()
    assert (answer.status_code, answer.url) == (
        302,
        f"/law-notice/{language}/told/{token(notice.pk, 'notifier')}/",
    )
    assert (notice.item, notice.language, notice.country) == (item, language, "KH")
    assert LawFile.objects.get().mime == "application/pdf"
    page = client.get(answer.url).content.decode()
    assert f'lang="{language}"' in page
    assert NAME not in page


def test_what_is_missing_is_said_and_what_was_written_is_kept(house, client):
    answer = client.post(
        "/law-notice/en/property/", typed(make.item(), good_faith="", concerned="", country="XX")
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "It is mine." in page
    assert page.count('aria-invalid="true"') == 3
    assert LawNotice.objects.count() == 0


@pytest.mark.parametrize(
    "files",
    [
        [("x.svg", SVG, "image/svg+xml")],
        [("x.png", b"MZ this is a program", "image/png")],
        [("x.png", bomb(), "image/png")],
        [(f"{n}.pdf", PDF + bytes([n]), "application/pdf") for n in range(4)],
    ],
    ids=["svg", "a lie", "a bomb", "too many"],
)
def test_files_that_are_not_what_they_say_are_refused_with_the_notice(house, client, files):
    answer = client.post(
        "/law-notice/en/property/", typed(make.item(), files=[upload(*one) for one in files])
    )
    assert answer.status_code in (413, 415, 422)
    assert "A file could not be taken" in answer.content.decode()
    assert (LawNotice.objects.count(), LawFile.objects.count()) == (0, 0)


def test_a_day_that_does_not_exist_is_refused(house, client):
    answer = client.post("/law-notice/en/property/", typed(make.item(), ends_at="2031-02-30"))
    assert (answer.status_code, LawNotice.objects.count()) == (422, 0)


def test_too_many_from_one_address_wait(house, client):
    statuses = [
        client.post("/law-notice/en/property/", typed(make.item(), name="")).status_code for _ in range(11)
    ]
    assert statuses == [422] * 10 + [429]


def test_the_author_objects_and_the_notifier_names_a_court(floor, legal, client):
    notice = accepted(floor, legal)
    hers = address(notice.pk, "author", "en").partition("/law-notice")[2]
    page = client.get(f"/law-notice{hers}").content.decode()
    assert WHY in page
    assert NAME not in page
    assert EMAIL not in page
    said = {"do": "object", "statement": "I took it.", "good_faith": "yes", "name": "Dara Author"}
    assert client.post(f"/law-notice{hers}", said).status_code == 302
    assert client.post(f"/law-notice{hers}", said).status_code == 409
    theirs = address(notice.pk, "notifier", "vi").partition("/law-notice")[2]
    page = client.get(f"/law-notice{theirs}").content.decode()
    assert "Tác giả phản đối" in page
    assert "Dara" not in page
    assert "I took it" not in page
    # What is the other side's to do is not hers.
    assert client.post(f"/law-notice{hers}", {"do": "court", "court": "Mine"}).status_code == 422
    assert client.post(f"/law-notice{theirs}", {"do": "court", "court": "Court, 7/26"}).status_code == 302
    assert CounterNotice.objects.get().state == "court"
    assert client.post(f"/law-notice{theirs}", {"do": "withdraw"}).status_code == 409


def test_links_of_one_side_or_one_notice_open_no_other(floor, legal, client):
    notice = accepted(floor, legal)
    mine = token(notice.pk, "author")
    for wrong in (mine.replace("-a", "-n"), mine.replace(str(notice.pk), str(notice.pk + 1), 1), mine[:-1]):
        assert client.get(f"/law-notice/en/told/{wrong}/").status_code == 404


def test_a_legal_reviewer_decides_on_its_page(floor, legal, signed_in):
    notice = reviewed(noticed(), floor)
    client = signed_in("legal")
    assert f"/law-notices/{notice.pk}/" in client.get("/law-notices/").content.decode()
    page = client.get(f"/law-notices/{notice.pk}/").content.decode()
    assert NAME in page
    refused = client.post(
        f"/law-notices/{notice.pk}/decide/", {"accept": "yes", "reasons": f"{NAME} is right"}
    )
    assert refused.status_code == 422
    assert "Leave out names" in refused.content.decode()
    assert (
        client.post(f"/law-notices/{notice.pk}/decide/", {"accept": "yes", "reasons": WHY}).status_code == 302
    )
    again = client.post(f"/law-notices/{notice.pk}/decide/", {"accept": "no", "reasons": WHY})
    assert again.status_code == 409
    assert client.post(f"/law-notices/{notice.pk}/lift/").status_code == 302
    notice.refresh_from_db()
    assert (notice.state, notice.measure_ending) == ("by_law", "lifted")


def test_files_are_downloads_for_legal_reviewers(house, client, signed_in):
    client.post(
        "/law-notice/en/property/",
        typed(make.item(), files=[upload("<b>.pdf", PDF, "application/pdf")]),
    )
    file = LawFile.objects.get()
    got = signed_in("legal").get(f"/law-notices/{file.notice_id}/files/{file.pk}/")
    assert b"".join(got.streaming_content) == PDF
    assert got["Content-Disposition"] == f'attachment; filename="notifier-{file.pk}.pdf"'


def test_the_pages_cost_the_same_with_many(house, legal, signed_in, django_assert_max_num_queries):
    client = signed_in("legal")
    first = noticed()
    client.get("/law-notices/")
    with django_assert_max_num_queries(6) as few:
        client.get("/law-notices/")
    for n in range(30):
        noticed(email=f"n{n}@rights.example")
    with django_assert_max_num_queries(len(few)):
        page = client.get("/law-notices/").content.decode()
    following = re.search(r'href="(\?kind=[^"]+)"', page)[1].replace("&amp;", "&")
    rest = client.get(f"/law-notices/{following}").content.decode()
    shown = [set(re.findall(r"/law-notices/(\d+)/", one)) for one in (page, rest)]
    assert (len(shown[0]), len(shown[1]), shown[0] & shown[1]) == (25, 6, set())
    assert client.get("/law-notices/?after=nonsense~x").status_code == 200
    with django_assert_max_num_queries(11):
        client.get(f"/law-notices/{first.pk}/")


def test_the_platform_hands_one_on_and_asks_where_it_stands(house):
    item = make.item()
    program = Program(Scope.ADMIN)
    body = {
        "kind": "intimate", "source": "test", "external_id": item.external_id, "country": "KH", "relation": "self",
        "statement": "It shows me.", "concerned": "My face.", "name": NAME, "email": EMAIL,
        "good_faith": True, "accurate": True, "ends_at": (now() + timedelta(days=90)).isoformat(),
    }  # fmt: skip
    taken = program.send("POST", "/law-notices", body)
    assert taken.status_code == 202
    notice = LawNotice.objects.get()
    assert taken.json()["law_notice_id"] == notice.pk
    stands = program.send("GET", f"/law-notices/{notice.pk}").json()
    assert (stands["state"], stands["counter_notice"]) == ("review", None)
    assert NAME not in str(stands)
    refused = program.send("POST", "/law-notices", {**body, "good_faith": False})
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["field"] == "good_faith"
    assert LawNotice.objects.count() == 1


@pytest.mark.parametrize(
    ("language", "words"), [("en", "within 7 days"), ("km", "7 ថ្ងៃ"), ("vi", "trong 7 ngày")]
)
def test_the_time_is_told_as_people_count_it(house, client, language, words):
    page = client.get(f"/law-notice/{language}/property/").content.decode()
    assert words in page
    assert "168" not in page
    assert "source:id" not in page
