"""Disputes before out-of-court bodies: written down, ended and answered once each, and counted for the public."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils.timezone import localdate

from apps.board.errors import DisputeSettled, InvalidForBoard
from apps.board.models import Dispute
from apps.board.operations import end_dispute, record_dispute, say_complied
from apps.decisions.models import Enforcement
from apps.disclosure.files import sheets
from apps.ledger.models import Event
from tests import make
from tests.disclosure.conftest import drafted, published, removing, table

pytestmark = pytest.mark.django_db
BODY = "Dispute Body Example"
NAMES = ("disputes", "disputes_ended", "disputes_changed", "median_days", "complied", "complied_rate")


@pytest.fixture
def decision(db):
    make.house()
    return removing(at=datetime(2025, 7, 1, tzinfo=UTC)).decision


def disputed(legal, decision, number="1", *, by="author", on=date(2025, 7, 10)) -> Dispute:
    return record_dispute(
        actor=legal, body=BODY, reference=number, decision_id=decision.pk, by=by, received_on=on
    )


def ended(legal, dispute, outcome="changed", *, on=date(2025, 8, 1)) -> Dispute:
    return end_dispute(actor=legal, dispute=dispute, outcome=outcome, words="As it wrote.", ended_on=on)


def test_from_the_page_it_is_written_down_ended_and_answered_once(decision, signed_in):
    browser = signed_in("legal")
    said = {
        "body": BODY, "reference": "D-7", "decision_id": decision.pk, "by": "author", "received_on": "2025-07-10",
    }  # fmt: skip
    made = browser.post("/board/disputes/", said)
    dispute = Dispute.objects.get()
    page = f"/board/disputes/{dispute.pk}/"
    assert made.url == page
    again = browser.post("/board/disputes/", said)
    assert again.status_code == 422
    assert "There is a dispute with this number already." in again.content.decode()
    end = {"outcome": "changed", "words": "It was satire.", "ended_on": "2025-08-01"}
    early = browser.post(f"{page}end/", {**end, "ended_on": "2025-07-09"})
    assert early.status_code == 422
    assert "It cannot end before it came in." in early.content.decode()
    assert browser.post(f"{page}end/", end).status_code == 302
    assert browser.post(f"{page}end/", end).status_code == 409
    answer = {"complied": "yes", "words": "It is shown again.", "complied_on": "2025-08-03"}
    assert browser.post(f"{page}comply/", answer).status_code == 302
    assert browser.post(f"{page}comply/", answer).status_code == 409
    dispute.refresh_from_db()
    assert (dispute.outcome, dispute.complied, dispute.complied_words) == (
        "changed",
        True,
        "It is shown again.",
    )
    assert "Complied with" in browser.get("/board/disputes/").content.decode()
    shown = browser.get(page).content.decode()
    assert "It was satire." in shown
    assert "<form" not in shown[shown.index("<main") : shown.index("</main")]
    kinds = Event.objects.filter(kind__startswith="dispute.").order_by("id").values_list("kind", "private")
    assert list(kinds) == [
        ("dispute.recorded", True), ("dispute.ended", True), ("dispute.answered", True),
    ]  # fmt: skip
    assert Enforcement.objects.count() == 1  # nothing followed by itself


def test_what_cannot_be_is_refused(decision, legal):
    for wrong in (
        {"decision_id": 0}, {"by": "state"}, {"reference": " "}, {"body": ""},
        {"received_on": date(2025, 6, 30)}, {"received_on": localdate() + timedelta(days=1)},
    ):  # fmt: skip
        said = {
            "body": BODY, "reference": "1", "decision_id": decision.pk, "by": "author",
            "received_on": date(2025, 7, 10),
        }  # fmt: skip
        with pytest.raises(InvalidForBoard):
            record_dispute(actor=legal, **{**said, **wrong})
    stands = ended(legal, disputed(legal, decision), "stands")
    with pytest.raises(InvalidForBoard, match="asked for nothing"):
        say_complied(actor=legal, dispute=stands, complied=True, words="Done.", complied_on=date(2025, 8, 2))
    with pytest.raises(DisputeSettled):
        ended(legal, stands)


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("dispute_once_per_body_and_number", "UPDATE board_dispute SET reference = '1'"),
        ("dispute_goes_on_step_by_step", "UPDATE board_dispute SET body = 'Another'"),
        ("dispute_goes_on_step_by_step", "UPDATE board_dispute SET outcome = 'stands' WHERE reference = '2'"),
        ("dispute_goes_on_step_by_step", "DELETE FROM board_dispute"),
        (
            "dispute_ended_says_how_and_when",
            "UPDATE board_dispute SET outcome = 'stands' WHERE reference = '1'",
        ),
        (
            "dispute_is_complied_with_where_something_is_asked",
            "UPDATE board_dispute SET complied = true WHERE reference = '2'",
        ),
    ],
)
def test_the_database_refuses(decision, legal, name, change):
    disputed(legal, decision)
    ended(legal, disputed(legal, decision, "2"))
    if name == "dispute_once_per_body_and_number":
        change = (
            "INSERT INTO board_dispute (body, reference, decision_id, by, received_on, recorded_by_id, outcome, "
            "outcome_words, complied_words) SELECT body, reference, decision_id, by, received_on, recorded_by_id, "
            "'', '', '' FROM board_dispute"
        )
    with pytest.raises(IntegrityError, match=name), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)


def test_the_public_reads_how_many_and_what_came_of_them(decision, legal, settings):
    settings.TRANSPARENCY_SMALLEST = 1
    for number, (outcome, day) in enumerate([("changed", 12), ("partly", 14), ("stands", 30), ("none", 31)]):
        made = ended(legal, disputed(legal, decision, str(number)), outcome, on=date(2025, 7, day))
        if outcome == "changed":
            say_complied(
                actor=legal, dispute=made, complied=True, words="Done.", complied_on=date(2025, 9, 1)
            )
    ended(legal, disputed(legal, decision, "later", by="reporter"), on=date(2025, 10, 1))
    edition = drafted()
    whole = dict(zip(NAMES, (5, 4, 2, 4, 1, 0.5), strict=True))
    assert table(edition, "disputes") == {
        "": whole,
        "author": {**whole, "disputes": 4},
        "reporter": dict(zip(NAMES, (1, 0, 0, None, 0, None), strict=True)),
    }
    columns, rows = sheets(edition)["6_complaints"]
    assert columns[-3:] == ("received", "median_days", "implemented")
    assert [line for line in rows if line[0] == "out_of_court"] == [
        ["out_of_court", "", 4, 2, "", 5, 4, 1],
        ["out_of_court", "author", 4, 2, "", 4, 4, 1],
        ["out_of_court", "reporter", 0, 0, "", 1, "", 0],
    ]
    assert {len(line) for line in rows} == {len(columns)}


def test_few_are_hidden_and_what_was_published_before_keeps_its_sheet(decision, legal):
    ended(legal, disputed(legal, decision))
    edition = published()
    assert table(edition, "disputes")[""] is None
    edition.figures["tables"] = [one for one in edition.figures["tables"] if one["id"] != "disputes"]
    columns, rows = sheets(edition)["6_complaints"]
    assert columns == ("subject", "key", "decided", "changed", "median_hours")
    assert {len(line) for line in rows} == {5}
