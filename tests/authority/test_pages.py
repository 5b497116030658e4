"""The pages: one form for orders and telephone calls, the steps on one page, senders and letters."""

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.utils.timezone import localtime, now

from apps.authority.documents import BYTES_AT_MOST
from apps.authority.errors import LetterIncomplete
from apps.authority.models import Document, Letter, LetterTemplate, Request, RequestItem
from apps.authority.operations import publish_letter, record_request, write_letter
from apps.authority.placeholders import fill
from apps.ledger.operations import drain
from tests import make
from tests.authority.conftest import SCAM, SECRET, WORDS, asking, reviewed, withheld

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\n" + b"1 0 obj << /Type /Page >> endobj\n" * 200 + b"%%EOF"


def typed(item, **fields) -> dict:
    return {
        "form": "informal", "channel": "phone", "received_at": localtime().strftime("%Y-%m-%dT%H:%M"),
        "sender": SECRET, "kind": "ministry", "country": "KH", "contact": "A caller",
        "scope": "Asks that the song be taken down.", "addresses": f"{item.source}:{item.external_id}",
        **fields,
    }  # fmt: skip


def test_a_telephone_call_is_written_down_with_its_documents(house, signed_in):
    item = make.item()
    file = SimpleUploadedFile("note <b>.pdf", PDF, content_type="text/html")
    client = signed_in("legal")
    answer = client.post("/authority-requests/new/", typed(item, documents=file))
    made = Request.objects.get()
    assert (answer.status_code, answer.url) == (302, f"/authority-requests/{made.pk}/")
    assert (made.form, made.channel, made.sender.country, made.deadline_at) == (
        "informal",
        "phone",
        "KH",
        None,
    )
    page = client.get(answer.url).content.decode()
    assert "A caller" in page
    assert "whoever decides is not told that an authority asks" in page.lower()
    document = Document.objects.get()
    got = client.get(f"/authority-requests/{made.pk}/documents/{document.pk}/")
    assert (b"".join(got.streaming_content), got["Content-Type"]) == (PDF, "application/pdf")
    assert got["Content-Disposition"].startswith("attachment")


def test_an_order_names_pages_and_each_item_is_found_by_its_address(house, signed_in):
    """Authorities write what they see in their browser: never our own source:id."""
    item = make.item(url="https://platform.example/@a/1")
    one, other = (
        make.item(url="https://platform.example/@b/2"),
        make.item(url="https://platform.example/@b/2"),
    )
    client = signed_in("legal")
    lines = "https://platform.example/@a/1/#comments\nhttps://platform.example/@b/2\nhttps://platform.example/@c/3"
    answer = client.post("/authority-requests/new/", typed(item, addresses=lines))
    rows = RequestItem.objects.order_by("position")
    assert [(row.state, row.item) for row in rows] == [("review", item), ("unknown", None), ("unknown", None)]
    step = f"{answer.url}items/2/locate/"
    several = client.post(step, {"locate-2-address": "https://platform.example/@b/2"}).content.decode()
    assert f"Write one of them: test:{one.external_id}, test:{other.external_id}." in several
    assert RequestItem.objects.get(position=2).state == "unknown"
    client.post(step, {"locate-2-address": f"test:{other.external_id}"})
    assert (RequestItem.objects.get(position=2).state, RequestItem.objects.get(position=2).item) == (
        "review",
        other,
    )


def test_a_legal_reviewer_begins_where_authorities_ask(signed_in):
    assert signed_in("legal").get("/").url == "/authority-requests/"


def test_a_country_is_chosen_by_its_name(house, signed_in):
    """Two letters that somebody types are another country's: Ca(mbodia) is Canada."""
    form = signed_in("legal").get("/authority-requests/new/").content.decode()
    assert '<option value="KH">Cambodia</option>' in form
    answer = signed_in("legal").post("/authority-requests/new/", typed(make.item(), country="Cambodia"))
    assert (answer.status_code, Request.objects.count()) == (422, 0)


def test_the_countries_it_is_to_hold_in_are_chosen_by_their_names_and_kept_when_the_form_comes_back(
    house, signed_in
):
    web = signed_in("legal")
    wrong = typed(make.item(), countries=["KH", "GB"], issued_on="2026-02-30")
    answer = web.post("/authority-requests/new/", wrong)
    assert (answer.status_code, Request.objects.count()) == (422, 0)
    page = answer.content.decode()
    assert "Cambodia, United Kingdom" in page
    boxes = re.findall(r'<input[^>]*name="countries"[^>]*>', page)
    assert [re.search(r'value="(\w+)"', box)[1] for box in boxes if "checked" in box] == ["KH", "GB"]
    unknown = web.post("/authority-requests/new/", typed(make.item(), countries=["QQ"]))
    assert (unknown.status_code, Request.objects.count()) == (422, 0)
    assert "There is no country with this code." in unknown.content.decode()
    web.post("/authority-requests/new/", typed(make.item(), countries=["KH", "GB"]))
    assert Request.objects.get().countries == ["GB", "KH"]


@pytest.mark.parametrize(
    ("fields", "words"),
    {
        "a day that does not exist": ({"issued_on": "2026-02-30"}, "Enter a valid date"),
        "issued after it came": (
            {"issued_on": (now() + timedelta(days=9)).strftime("%Y-%m-%d")},
            "It cannot have been issued after it was received.",
        ),
        "a country that does not exist": ({"country": "ZZ"}, "There is no country with this code."),
        "a file that is none of ours": (
            {"documents": SimpleUploadedFile("order.pdf", b"MZ not a document at all")},
            "is neither PDF, JPEG nor PNG by its bytes",
        ),
        "a file that is too large": (
            {"documents": SimpleUploadedFile("order.pdf", b"%PDF-1.7" + bytes(BYTES_AT_MOST))},
            "Send it in parts.",
        ),
    }.values(),
)
def test_what_cannot_be_comes_back_with_what_was_typed(house, signed_in, fields, words):
    answer = signed_in("legal").post("/authority-requests/new/", typed(make.item(), **fields))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert words in page
    assert "Asks that the song be taken down." in page
    assert (Request.objects.count(), Document.objects.count()) == (0, 0)


def test_the_steps_are_taken_on_one_page(asked, floor, legal, signed_in):
    row = reviewed(asked(), floor)
    at = f"/authority-requests/{row.request_id}/"
    hers, admins = signed_in("legal"), signed_in("admin")
    refusal = admins.post(
        f"{at}items/1/validity/", {"validity-1-valid": "yes", "validity-1-reasons": "Signed by a court."}
    )
    assert (refusal.status_code, "Signed by a court." in refusal.content.decode()) == (403, True)
    hers.post(
        f"{at}items/1/validity/",
        {"validity-1-valid": "yes", "validity-1-reasons": "Signed by a competent court."},
    )
    short = {f"propose-1-{name}": words for name, words in WORDS.items()} | {"propose-1-aim": "Order."}
    refusal = hers.post(f"{at}items/1/propose/", short)
    assert (refusal.status_code, "Write which legitimate aim it serves" in refusal.content.decode()) == (
        422,
        True,
    )
    assert WORDS["necessity"] in refusal.content.decode()
    hers.post(f"{at}items/1/propose/", short | {"propose-1-aim": WORDS["aim"]})
    assert "Somebody else answers it." in hers.get(at).content.decode()
    again = hers.post(f"{at}items/1/answer/", {"answer-1-agrees": "yes"})
    assert (again.status_code, RequestItem.objects.get().state) == (409, "second")
    assert admins.post(f"{at}items/1/answer/", {"answer-1-agrees": "yes"}).status_code == 302
    page = admins.get(at).content.decode()
    assert "Withheld in Cambodia and nowhere else; no strike" in page
    assert admins.post(f"{at}items/1/lift/").status_code == 302
    assert RequestItem.objects.get().tests.get().lifted_by.username == "admin"


def test_a_letter_is_sent_from_the_page_and_kept_as_it_went_out(asked, floor, legal, signed_in):
    row = reviewed(asked(), floor)
    at = f"/authority-requests/{row.request_id}/items/1/letter/"
    client = signed_in("legal")
    sent = {
        "letter-1-kind": "refuse",
        "letter-1-language": "km",
        "letter-1-reasons": "No {sender} named a law. {item}",
    }
    assert client.post(at, sent).status_code == 302
    [letter] = Letter.objects.all()
    assert letter.body.startswith(f"To {SECRET}")  # English, because no Khmer one is in use
    assert "No {sender} named a law. {item}" in letter.body  # what is filled in is filled in once
    assert client.post(at, sent).status_code == 422  # an ended item is no longer refused
    assert Letter.objects.count() == 1


def test_a_sender_page_tells_the_rules_from_the_law(asked, floor, legal, admin, signed_in):
    reviewed(asked(make.item()), floor, SCAM)
    row = withheld(asked(make.item()), floor, legal, admin)
    asked(make.item(), confidential_until=now() + timedelta(days=1), silence_basis="A law.")
    sender = f"/authority-requests/senders/{row.request.sender_id}/"

    def told(client) -> list[str]:
        page = client.get(sender).content.decode()
        return [page.split(f"<dt>{name}</dt><dd>")[1].split("<")[0].split()[0] for name in (
            "Asked", "Acted on under our rules", "Withheld under local law only", "Refused", "Open",
        )]  # fmt: skip

    assert told(signed_in("legal")) == ["3", "1", "1", "0", "1"]
    assert told(signed_in("supervisor")) == ["2", "1", "1", "0", "0"]
    assert SECRET in signed_in("supervisor").get("/authority-requests/senders/").content.decode()


def test_a_template_with_a_missing_placeholder_cannot_be_published(house, legal, signed_in):
    client = signed_in("legal")
    at = "/authority-requests/letters/refuse/en/"
    client.post(at, {"body": "To {sender}: {item} stays, {becuse}."})
    page = client.post(f"{at}publish/")
    text = page.content.decode()
    assert (page.status_code, "{reference} is missing" in text, "{becuse} means nothing here." in text) == (
        422,
        True,
        True,
    )
    draft = LetterTemplate.objects.get(published_at=None)
    raw = "UPDATE authority_lettertemplate SET published_at = now() WHERE id = %s"
    refused = pytest.raises(IntegrityError, match="published_letter_has_its_placeholders")
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(raw, [draft.pk])
    client.post(at, {"body": "About {reference}, {item}: we refuse. {reasons}"})
    assert client.post(f"{at}publish/").status_code == 302
    assert LetterTemplate.objects.get(pk=draft.pk).published_at is not None
    with pytest.raises(IntegrityError, match="published_letter_is_never_changed"), transaction.atomic():
        LetterTemplate.objects.filter(pk=draft.pk).update(body="Another.")
    newer = write_letter(actor=legal, kind="refuse", language="en", body="{reference}")
    assert newer.number == draft.number + 1
    with pytest.raises(LetterIncomplete):
        publish_letter(actor=legal, template=newer)


def test_only_known_words_are_filled_in():
    assert (
        fill("{sender} {sender.name} {0} {{item}}", {"sender": "{item}", "item": "x"})
        == "{item} {sender.name} {0} {x}"
    )


def test_the_list_costs_the_same_for_one_request_and_for_many(
    house, legal, signed_in, django_assert_max_num_queries
):
    client = signed_in("legal")
    for number in range(5):
        record_request(actor=legal, asking=asking(make.item(), reference=f"N-{number}", clock_minutes=60))
    drain()
    with django_assert_max_num_queries(9):
        page = client.get("/authority-requests/").content.decode()
    assert "A clock is running" in page
    with django_assert_max_num_queries(16):
        client.get(f"/authority-requests/{Request.objects.latest('id').pk}/")
