"""The doors of a contest: the author's link in three languages, the legal reviewer's list and form, the files, the figures."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.timezone import now

from apps.accounts.models import Scope
from apps.authority.documents import keep
from apps.authority.links import token
from apps.authority.models import Contest, ContestFile, ContestLetter, NecessityTest, Telling
from apps.authority.operations import contest, decide_contest, keep_quiet, lift, tell_authors_due
from apps.authority.queries import tally
from apps.days import day_in_words
from apps.decisions.models import Notice
from apps.intake.codes import country_name
from apps.ledger.models import Event
from tests import make
from tests.authority.conftest import SECRET, legal2, withheld
from tests.authority.test_privacy import PDF
from tests.doors.programs import Program

pytestmark = pytest.mark.django_db
SAID = "The minister holds a public office; this is a song about his office."
WHY = "A song about a public office does not come under the article that was named."
WORDS = {
    "en": ("Contest what was withheld under a law", "You can contest this until", "You have contested this"),
    "km": ("ប្តឹងជំទាស់នឹងអ្វីដែលត្រូវបានបិទតាមច្បាប់", "អ្នកអាចប្តឹងជំទាស់រហូតដល់ថ្ងៃទី", "អ្នកបានប្តឹងជំទាស់ហើយ"),
    "vi": ("Khiếu nại nội dung bị hạn chế theo luật", "Bạn có thể khiếu nại đến ngày", "Bạn đã khiếu nại"),
}


@pytest.fixture
def told(asked, floor, legal, admin):
    def make_one(item=None, **fields) -> Telling:
        row = withheld(asked(item, **fields), floor, legal, admin)
        assert tell_authors_due() == 1
        return Telling.objects.select_related("item").get(item=row)

    return make_one


def link_in_letter(telling) -> str:
    """The path of the link as it stands in the author's notice."""
    text = Notice.objects.get(decision=telling.decision_id, audience="author").text
    [found] = re.findall(r"/law-contest/\S+", text)
    return found


def contested(telling) -> Contest:
    return contest(telling_id=telling.pk, statement=SAID, language="en")


@pytest.mark.parametrize("language", ["en", "km", "vi"])
def test_the_author_contests_by_the_link_in_her_letter(told, client, language):
    telling = told(make.item(language=language))
    at = link_in_letter(telling)
    assert at == f"/law-contest/{language}/{token(telling.pk)}/"
    until = day_in_words(telling.told_at + timedelta(days=settings.APPEAL_WINDOW_DAYS), language)
    assert until in Notice.objects.get(audience="author").text
    title, may, received = WORDS[language]
    page = client.get(at)
    text = page.content.decode()
    assert page.status_code == 200
    assert f'<html lang="{language}">' in text
    assert title in text
    assert f"{may} {until}" in text
    assert country_name("KH", language) in text
    assert "Penal code, Article 305" in text
    file = SimpleUploadedFile("song.pdf", PDF, content_type="application/pdf")
    answer = client.post(at, {"statement": SAID, "files": file})
    assert (answer.status_code, answer.url) == (302, at)
    page = client.get(at).content.decode()
    assert received in page
    assert "<form" not in page
    assert SAID not in page  # what she wrote stands on no page that a link opens
    assert (Contest.objects.get().language, ContestFile.objects.count()) == (language, 1)
    again = client.post(at, {"statement": "Once more."})
    assert (again.status_code, Contest.objects.count(), ContestFile.objects.count()) == (409, 1, 1)
    decide_contest(actor=legal2(), contest_id=Contest.objects.get().pk, outcome="lifted", reasons=WHY)
    ended = client.get(at)
    assert (ended.status_code, WHY in ended.content.decode(), "<form" in ended.content.decode()) == (
        200,
        True,
        False,
    )
    if language == "en":
        assert "It was withheld in Cambodia" in ended.content.decode()
        assert "It is withheld in Cambodia" not in ended.content.decode()
    for private in (SECRET, "MW-77", "M-legal2", "M-legal", SAID):
        assert private not in ended.content.decode()


def test_what_is_missing_is_said_in_her_language_and_nothing_is_kept(told, client):
    at = link_in_letter(told(make.item(language="km")))
    events = Event.objects.count()
    for sent, words, kept in (
        ({"statement": " "}, "សូមប្រាប់ថាហេតុអ្វី", ""),
        ({"statement": "x" * 5001}, "វាវែងពេក", "xxx"),
        (
            {
                "statement": SAID,
                "files": SimpleUploadedFile("a.svg", b"<svg/>", content_type="image/svg+xml"),
            },
            "មិនអាចទទួលឯកសារមួយបានទេ",
            SAID,
        ),
    ):
        answer = client.post(at, sent)
        page = answer.content.decode()
        assert (answer.status_code, words in page, kept in page) == (422, True, True)
    assert (Contest.objects.count(), Event.objects.count()) == (0, events)


def test_after_the_window_and_after_the_measure_nothing_can_be_contested(told, client, legal):
    telling = told()
    at = link_in_letter(telling)
    with time_machine.travel(telling.told_at + timedelta(days=settings.APPEAL_WINDOW_DAYS, seconds=1)):
        for answer in (client.get(at), client.post(at, {"statement": SAID})):
            assert answer.status_code == 409
            assert "The time in which this could be contested has passed." in answer.content.decode()
    lift(actor=legal, test=NecessityTest.objects.get())
    for answer in (client.get(at), client.post(at, {"statement": SAID})):
        assert (answer.status_code, "It is no longer withheld" in answer.content.decode()) == (409, True)
    assert Contest.objects.count() == 0


def test_too_many_through_one_link_wait(told, client):
    at = link_in_letter(told())
    statuses = [client.post(at, {"statement": ""}).status_code for _ in range(7)]
    assert statuses == [422] * 6 + [429]


def test_no_link_tells_that_there_is_something_to_keep_quiet(asked, floor, legal, admin, client):
    order = keep([PDF], name="order.pdf")
    until = now() + timedelta(days=60)
    row = withheld(
        asked(documents=[order], author_silence_until=until, silence_basis="A secret law"),
        floor,
        legal,
        admin,
    )
    assert tell_authors_due() == 0
    telling = Telling.objects.get()
    events = Event.objects.count()
    for language in ("en", "km", "vi"):
        pages = set()
        for given in (token(telling.pk), token(telling.pk + 1), "1~forged"):
            address = f"/law-contest/{language}/{given}/"
            for answer in (client.get(address), client.post(address, {"statement": SAID})):
                assert answer.status_code == 404
                pages.add(answer.content.decode().replace(given, ""))
        assert len(pages) == 1  # byte for byte what a link gets that was never ours
    assert (Contest.objects.count(), Event.objects.count()) == (0, events)
    with time_machine.travel(until + timedelta(seconds=1)):
        assert tell_authors_due() == 1
        assert client.get(f"/law-contest/en/{token(telling.pk)}/").status_code == 200
    assert row.telling.pk == telling.pk


def test_a_legal_reviewer_who_took_no_part_decides_on_the_page_of_the_request(told, signed_in, legal, admin):
    telling = told()
    made = contested(telling)
    asked_at = f"/authority-requests/{telling.item.request_id}/"
    at = f"{asked_at}items/1/contest/"
    hers, parts = signed_in(legal2()), signed_in("legal")
    assert "You may" in hers.get("/authority-requests/").content.decode()
    listed = parts.get("/authority-requests/").content.decode()
    assert "Contests to decide" in listed
    assert "Somebody who took no part" in listed
    page = hers.get(asked_at).content.decode()
    assert SAID in page
    assert f'action="{at}"' in page
    assert f'action="{at}"' not in parts.get(asked_at).content.decode()
    events = Event.objects.count()
    said = {"contest-1-outcome": "lifted", "contest-1-reasons": WHY}
    for client in (parts, signed_in("admin")):
        answer = client.post(at, said)
        assert answer.status_code == 409
        page = answer.content.decode()
        assert "You took part in this request. Somebody who did not decides the contest." in page
        assert f'action="{at}"' not in page
    short = hers.post(at, said | {"contest-1-reasons": "No."})
    assert (short.status_code, "in a sentence at least" in short.content.decode()) == (422, True)
    named = hers.post(
        at, said | {"contest-1-reasons": f"{legal.pseudonym} wrote a test that says too little."}
    )
    assert (named.status_code, "Leave out names of people" in named.content.decode()) == (422, True)
    made.refresh_from_db()
    assert (made.state, Event.objects.count(), ContestLetter.objects.count()) == ("open", events, 0)
    assert hers.post(at, said).status_code == 302
    made.refresh_from_db()
    assert (made.outcome, made.decided_by.username) == ("lifted", "legal2")
    assert hers.post(at, said).status_code == 409
    assert "Contests to decide" not in hers.get("/authority-requests/").content.decode()
    seen = signed_in("supervisor").get(asked_at).content.decode()
    assert "The measure is lifted" in seen
    assert SAID not in seen  # what an author wrote is for those who handle the request
    assert signed_in("supervisor").post(at, said).status_code == 403


def test_a_confidential_request_is_not_told_of_by_its_contest(told, signed_in, legal):
    telling = told()
    contested(telling)
    request = telling.item.request
    keep_quiet(
        actor=legal,
        request=request,
        kind="confidential",
        until=now() + timedelta(days=9),
        basis="A law.",
        document=None,
    )
    client = signed_in("supervisor")
    assert "Contests" not in client.get("/authority-requests/").content.decode()
    assert client.get(f"/authority-requests/{request.pk}/").status_code == 404


def test_files_of_authors_are_downloads_for_those_who_handle_requests(told, client, signed_in):
    telling = told()
    client.post(
        link_in_letter(telling),
        {"statement": SAID, "files": SimpleUploadedFile("<b>.pdf", PDF, content_type="application/pdf")},
    )
    file = ContestFile.objects.get()
    at = f"/authority-requests/{telling.item.request_id}/items/1/contest/files/{file.pk}/"
    got = signed_in("legal").get(at)
    assert b"".join(got.streaming_content) == PDF
    assert got["Content-Disposition"] == f'attachment; filename="contest-{file.contest_id}-{file.pk}.pdf"'
    assert signed_in("supervisor").get(at).status_code == 403
    assert signed_in("legal").get(at.replace("items/1/", "items/2/")).status_code == 404


def test_a_sender_page_says_what_was_lifted_and_what_because_its_author_contested_it(
    told, legal, signed_in, django_assert_max_num_queries
):
    tellings = [told(make.item()) for _ in range(3)]
    decide_contest(actor=legal2(), contest_id=contested(tellings[0]).pk, outcome="lifted", reasons=WHY)
    decide_contest(actor=legal2(), contest_id=contested(tellings[1]).pk, outcome="upheld", reasons=WHY)
    lift(actor=legal, test=NecessityTest.objects.get(decision=tellings[2].decision_id))
    sender = tellings[0].item.request.sender
    found = tally(legal, sender)
    assert (found.asked, found.by_law, found.lifted, found.contested, found.open) == (3, 3, 2, 1, 0)
    client = signed_in("legal")
    page = client.get(f"/authority-requests/senders/{sender.pk}/").content.decode()
    assert "3, 2 lifted since, 1 of these because the author contested it" in page
    with django_assert_max_num_queries(5):
        page = client.get("/authority-requests/senders/").content.decode()
    assert re.search(r'data-label="Lifted since">2 <span class="small soft">\(1 contested\)', page)


def test_the_platform_contests_for_an_author_and_asks_where_it_stands(told, asked, floor, legal, admin):
    telling = told(make.item())
    order = keep([PDF], name="order.pdf")
    silent = {
        "documents": [order],
        "author_silence_until": now() + timedelta(days=9),
        "silence_basis": "A law.",
    }
    withheld(asked(make.item(), **silent), floor, legal, admin)
    quiet = Telling.objects.get(told_at=None)
    program = Program(Scope.ADMIN)
    body = {"decision_id": telling.decision_id, "statement": SAID, "language": "vi"}
    events = Event.objects.filter(kind="authority.contested")
    answers = [
        program.post("/law-contests", body | {"decision_id": wrong}) for wrong in (quiet.decision_id, 2**40)
    ]
    assert [one.status_code for one in answers] == [404, 404]
    assert answers[0].json() == answers[1].json()
    appeals = [
        program.post("/appeals", {"decision_id": wrong, "by": "author", "statement": SAID})
        for wrong in (quiet.decision_id, telling.decision_id, 2**40)
    ]
    assert [one.status_code for one in appeals] == [404, 404, 404]
    assert appeals[0].json() == appeals[1].json() == appeals[2].json()
    empty = program.post("/law-contests", body | {"statement": " "})
    assert (empty.status_code, empty.json()["errors"][0]["field"]) == (422, "statement")
    strange = program.post("/law-contests", body | {"uploads": [7]})
    assert (strange.status_code, Contest.objects.count(), events.count()) == (422, 0, 0)
    taken = program.post("/law-contests", body)
    made = Contest.objects.get()
    assert (taken.status_code, taken.json()["contest_id"], made.language) == (202, made.pk, "vi")
    again = program.post("/law-contests", body | {"statement": "Once more."})
    assert (again.status_code, again.json()["code"], events.count()) == (409, "contested_already", 1)
    decide_contest(actor=legal2(), contest_id=made.pk, outcome="upheld", reasons=WHY)
    stands = program.get(f"/law-contests/{made.pk}")
    assert stands.json() | {"lodged_at": "", "due_at": "", "decided_at": ""} == {
        "contest_id": made.pk, "decision_id": telling.decision_id, "state": "decided", "outcome": "upheld",
        "lodged_at": "", "due_at": "", "decided_at": "",
    }  # fmt: skip
    assert program.get("/law-contests/0").status_code == 404


def test_the_pages_cost_the_same_for_one_contest_and_for_many(told, signed_in, django_assert_max_num_queries):
    client, first = signed_in(legal2()), told(make.item())
    contested(first)
    client.get("/authority-requests/")
    with django_assert_max_num_queries(9) as few:
        client.get("/authority-requests/")
    for _ in range(4):
        contested(told(make.item()))
    with django_assert_max_num_queries(len(few)):
        page = client.get("/authority-requests/").content.decode()
    assert page.count("You may") == 5
    with django_assert_max_num_queries(20):
        client.get(f"/authority-requests/{first.item.request_id}/")
    with django_assert_max_num_queries(6):
        client.get(link_in_letter(first))


def test_an_author_is_told_that_no_law_was_named(told, client):
    telling = told(make.item(), legal_basis="")
    text = Notice.objects.get(audience="author").text
    assert "(no article was named)" in text
    assert "(no article was named)" in client.get(link_in_letter(telling)).content.decode()
