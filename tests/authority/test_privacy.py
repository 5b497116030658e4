"""Nobody who decides knows that an authority asks, and nothing confidential is anywhere before its date."""

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection, transaction
from django.utils.timezone import now

from apps.accounts.keys import issue
from apps.authority.archive import as_file
from apps.authority.documents import keep
from apps.authority.models import Telling
from apps.authority.operations import add_document, keep_quiet, record_request, tell_authors_due
from apps.decisions.models import Notice
from apps.decisions.operations import decide
from apps.delivery.models import Delivery, Endpoint
from apps.feedback.operations.exporting import export
from apps.insight.jobs import tell_dashboards
from apps.intake.lines import ReportLine
from apps.intake.models import Author
from apps.intake.operations import receive
from apps.ledger.models import Event
from apps.ledger.operations import drain, record
from apps.queues.models import Claim
from apps.wellbeing.exposure import Look
from tests import make
from tests.authority.conftest import FINE, SECRET, asking, withheld
from tests.later import later

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\n" + b"1 0 obj << /Type /Page >> endobj\n" * 200 + b"%%EOF"
ONE_TIME = re.compile(r'name="csrfmiddlewaretoken" value="[^"]+"|"X-CSRFToken": "[^"]+"')


def reader() -> str:
    """A machine key that reads."""
    return issue("reader", scopes=["read"])


def by_a_reporter(item, legal):
    record(
        "test.aside", actor=None
    )  # where the request leaves an event of its own, so that numbers stay the same
    line = {
        "item": {"source": item.source, "external_id": item.external_id, "kind": item.kind},
        "reason": "other",
        "reporter": {"external_id": "somebody"},
    }
    receive([ReportLine.model_validate(line)], key=None)
    record("test.aside", actor=None)


def by_an_authority(item, legal):
    record_request(actor=legal, asking=asking(item))


def sequences() -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sequencename, COALESCE(last_value, 0) FROM pg_sequences WHERE schemaname = 'public'"
        )
        return dict(cursor.fetchall())


def rewind(to: dict[str, int]) -> None:
    with connection.cursor() as cursor:
        for name, value in to.items():
            cursor.execute("SELECT setval(%s, %s, %s)", [name, max(value, 1), value > 0])


def seen(ask, *, floor, legal, signed_in, key, tmp_path) -> dict[str, str]:
    """Everything that anybody can see of a review from its opening to its decision, as text."""
    before = sequences()
    with transaction.atomic(), time_machine.travel(now(), tick=False) as clock:
        singer = Author.objects.create(source="test", external_id="singer", handle="@singer")
        item = make.item(
            author=singer, external_id="the-post", text="A song about the minister.", received_at=now()
        )
        ask(item, legal)
        drain()
        api = {"headers": {"Authorization": f"Bearer {key}"}}
        desk, plans, senior = signed_in(floor), signed_in("supervisor"), signed_in("senior")
        found = {
            "next": desk.post("/desk/next", headers={"HX-Request": "true"}).content.decode(),
            "desk": desk.get("/desk/").content.decode(),
        }
        claim = floor_claim(floor)
        for name, client in (("supervisor", plans), ("senior", senior)):
            found[f"case, {name}"] = client.get(f"/cases/{claim.case_id}/").content.decode()
            found[f"item, {name}"] = client.get(f"/items/{item.pk}/").content.decode()
            found[f"list, {name}"] = client.get("/cases/?purpose=review").content.decode()
        found["re-reviews"] = plans.get("/cases/?purpose=re_review").content.decode()
        found["state"] = desk.get("/api/v1/items/test/the-post", **api).content.decode()
        found["board"] = plans.get("/live/board").content.decode()
        found["routing"] = plans.get("/queues/routing/").content.decode()
        decided = decide(actor=floor, claim_id=claim.pk, verdict=FINE, look=Look(1))
        drain()
        tell_dashboards()
        clock.shift(timedelta(seconds=30))
        drain()
        found["decided case"] = plans.get(f"/cases/{claim.case_id}/").content.decode()
        found["person"] = desk.get(f"/people/{floor.pk}/").content.decode()
        found["log"] = desk.get("/api/v1/decisions", **api).content.decode()
        found["decided state"] = desk.get("/api/v1/items/test/the-post", **api).content.decode()
        found["webhooks"] = json.dumps(
            list(Delivery.objects.order_by("id").values_list("payload", flat=True))
        )
        found["notices"] = str(list(Notice.objects.values_list("audience", "language", "text")))
        export(tmp_path / "export", formats=["jsonl"], actor=None)
        rows = [
            json.loads(line) for line in (tmp_path / "export/data/decisions.jsonl").read_text().splitlines()
        ]
        of_the_run = {
            "item_id_hash",
            "cluster_id",
            "author_id_hash",
            "reviewer_id_hash",
            "export_id",
            "sha256",
            "votes",
        }
        found["export"] = str([{k: v for k, v in row.items() if k not in of_the_run} for row in rows])
        assert [row["decision_id"] for row in rows] == [decided.decision_id]
        events = (
            Event.objects.filter(private=False)
            .exclude(kind__in=["test.aside", "feedback.exported"])
            .order_by("id")
        )
        lines = events.values_list("kind", "case_id", "item_id", "data")
        found["events"] = "\n".join(str(line) for line in lines)
        transaction.set_rollback(True)
    rewind(before)
    return {name: ONE_TIME.sub("", text) for name, text in found.items()}


def floor_claim(floor):
    return Claim.objects.get(holder=floor, ended_at=None)


def test_a_review_an_authority_asked_for_is_any_other_review_byte_for_byte(floor, legal, signed_in, tmp_path):
    Endpoint.objects.create(name="platform", url="https://platform.example/hooks", secret="whsec_x")
    key = reader()
    with time_machine.travel(now().replace(microsecond=0) + timedelta(minutes=4), tick=False):
        world = {"floor": floor, "legal": legal, "signed_in": signed_in, "key": key, "tmp_path": tmp_path}
        ordinary = seen(by_a_reporter, **world)
        asked = seen(by_an_authority, **world)
    assert "A song about the minister." in ordinary["desk"]
    assert "the-post" in ordinary["webhooks"]
    for name, text in ordinary.items():
        for ours, theirs in zip(text.splitlines(), asked[name].splitlines(), strict=True):
            assert theirs == ours, name
        assert asked[name] == text, name


@pytest.fixture
def confidential(asked, floor, legal, admin):
    """A confidential request, carried through to the end; its author may not be told for longer still."""
    order = keep([PDF], name="order.pdf")
    row = asked(
        make.item(external_id="the-post"),
        documents=[order],
        confidential_until=now() + timedelta(days=30),
        author_silence_until=now() + timedelta(days=60),
        silence_basis="Article 9 of a secret law",
        contact="Mr Quiet",
    )
    return withheld(row, floor, legal, admin)


LEAKS = (
    SECRET,
    "MW-77",
    "Penal code",
    "secret law",
    "Mr Quiet",
    "mocks the minister",
    "order.pdf",
    "authority",
    "LG-1",
)


def leaks(text: str, but: str = "") -> list[str]:
    text = re.sub(r"Requests? by authorit\w+|[Aa]uthority-requests|Authorities|<option[^>]*>[^<]*", "", text)
    return [word for word in LEAKS if word in text and word != but]


def test_a_confidential_request_is_nowhere_before_its_date(confidential, floor, signed_in, tmp_path):
    row = confidential
    Endpoint.objects.create(name="platform", url="https://platform.example/hooks", secret="whsec_x")
    key = reader()
    later(minutes=1)
    supervisor, senior, moderator = signed_in("supervisor"), signed_in("senior"), signed_in(floor)
    for client in (supervisor, senior, moderator, signed_in("policy")):
        answer = client.get(f"/authority-requests/{row.request_id}/")
        assert (answer.status_code in (403, 404), leaks(answer.content.decode(), but="authority")) == (
            True,
            [],
        )
    pages = {
        supervisor: [
            "/authority-requests/", "/authority-requests/?state=by_law", "/authority-requests/senders/", "/cases/",
            f"/cases/{row.case_id}/", f"/items/{row.item_id}/", "/live/board", "/cases/?action=geo_restrict",
            f"/people/{row.tests.get().proposed_by_id}/",
        ],
        senior: [f"/cases/{row.case_id}/", f"/items/{row.item_id}/"],
        moderator: ["/desk/", f"/people/{floor.pk}/", "/guidelines/rules/LG-1/"],
    }  # fmt: skip
    for client, addresses in pages.items():
        for address in addresses:
            answer = client.get(address)
            assert answer.status_code == 200, address
            if not address.startswith("/guidelines"):
                assert leaks(answer.content.decode()) == [], address
    assert supervisor.get(f"/authority-requests/senders/{row.request.sender_id}/").status_code == 404
    document = row.request.documents.get()
    assert supervisor.get(f"/authority-requests/{row.request_id}/documents/{document.pk}/").status_code == 403
    api = {"headers": {"Authorization": f"Bearer {key}"}}
    for address in ("/api/v1/decisions", "/api/v1/items/test/the-post", "/api/v1/stats"):
        text = moderator.get(address, **api).content.decode()
        assert (leaks(text), "legal_only" in text) == ([], False), address
    told = json.dumps(list(Delivery.objects.values_list("payload", flat=True)))
    assert (leaks(told), "LG-1" in told) == ([], False)
    shared = Event.objects.filter(private=False)
    assert leaks(json.dumps([[one.kind, one.data] for one in shared])) == []
    assert leaks("".join(as_file()), but="authority") == []
    assert json.loads("".join(as_file()))["notices"] == []
    with time_machine.travel(now() + timedelta(days=1)):
        export(tmp_path / "export", formats=["jsonl"], actor=None)
    rows = [json.loads(line) for line in (tmp_path / "export/data/decisions.jsonl").read_text().splitlines()]
    assert [(row["ground"], row["label"]) for row in rows] == [("guideline", "not")]
    assert Notice.objects.filter(decision__purpose="authority_request").count() == 0


def test_it_is_there_by_itself_from_its_date_and_the_author_hears_when_she_may(confidential, signed_in):
    row = confidential
    with time_machine.travel(now() + timedelta(days=31)):
        page = signed_in("supervisor").get(f"/authority-requests/{row.request_id}/").content.decode()
        assert SECRET in page
        assert "Mr Quiet" not in page  # the person stays with those who handle it
        [notice] = json.loads("".join(as_file()))["notices"]
        assert (notice["sender_name"], notice["action_taken"]) == (SECRET, "Yes")
        assert tell_authors_due() == 0
    with time_machine.travel(now() + timedelta(days=61)):
        Endpoint.objects.create(name="platform", url="https://platform.example/hooks", secret="whsec_x")
        assert tell_authors_due() == 1
        later()
        said = Delivery.objects.get(kind="notice.due").payload["data"]
        assert (said["audience"], "withheld in Cambodia" in said["text"]) == ("author", True)
    assert Telling.objects.get().told_at is not None


def test_an_order_that_comes_before_the_author_is_told_keeps_her_waiting(asked, floor, legal, admin):
    row = withheld(asked(), floor, legal, admin)
    order = add_document(actor=legal, request=row.request, kept=keep([PDF], name="order.pdf"))
    until = now() + timedelta(days=9)
    keep_quiet(
        actor=legal, request=row.request, kind="author", until=until, basis="A court order.", document=order
    )
    assert (tell_authors_due(), Telling.objects.get().due_at) == (0, until)
    assert Notice.objects.filter(audience="author").count() == 0
    with time_machine.travel(until + timedelta(seconds=1)):
        assert tell_authors_due() == 1


def test_the_archive_holds_no_personal_data(asked, floor, legal, admin, tmp_path):
    item = make.item(
        external_id="post-of-dara", text="Call me on 012 345 678.", url="https://example.org/dara"
    )
    row = withheld(
        asked(item, contact="Mr Named", legal_basis="Article 305, see clerk@court.example, +855 12 345 678"),
        floor, legal, admin,
    )  # fmt: skip
    out = tmp_path / "archive.json"
    call_command("export_authority_requests", out=str(out))
    text = Path(out).read_text()
    [notice] = json.loads(text)["notices"]
    assert notice["laws_referenced"] == "Article 305, see [email], [phone]"
    assert notice["works"] == [
        {
            "kind": "text", "language": "en", "url": "[redacted]",
            "outcome": "withheld in the sender's country under local law only",
            "date_closed": row.closed_at.date().isoformat(), "withheld_in": "KH", "withheld_until": None,
            "lifted": False,
        }
    ]  # fmt: skip
    for personal in (
        "Mr Named",
        "dara",
        "012 345",
        "clerk@",
        item.author.handle,
        legal.pseudonym,
        floor.pseudonym,
    ):
        assert personal not in text
