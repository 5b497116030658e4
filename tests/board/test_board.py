"""The outside board: frozen evidence in a sealed file, rulings that are carried out or answered by a date."""

import io
import json
import zipfile
from datetime import timedelta

import pytest
import time_machine
from django.db import connection, transaction
from django.utils.timezone import localdate, now

from apps.board.errors import AnsweredAlready, InvalidForBoard
from apps.board.models import BoardCase, Handover, Precedent, Ruling
from apps.board.operations import (
    answer,
    bring,
    carry_out,
    record_ruling,
    set_precedent,
)
from apps.board.sealing import opens, path_of
from apps.decisions.models import Decision, Enforcement, Notice
from apps.decisions.operations import decide
from apps.decisions.verdict import Verdict
from apps.intake.models import ItemContent
from apps.ledger.models import Event
from apps.queues.models import Case
from apps.queues.operations import claim_next
from apps.strikes.models import Suspension
from apps.strikes.operations import end_suspensions
from apps.wellbeing.exposure import Look
from apps.wellbeing.operations import start_shift
from tests import make
from tests.later import later

pytestmark = pytest.mark.django_db
LEFT_UP = Verdict("no_violation", explanation="Newsworthy.", private_note="Ask Dara about him.")
REMOVE = Verdict("violates", ["VX-1"], ["remove"])


@pytest.fixture
def decided(db, moderator) -> Decision:
    """A speech left up, long enough ago that it can no longer be taken back."""
    make.house()
    start_shift(actor=moderator)
    item = make.item(text="Choose the legal system, or a bat.")
    make.report(item, by="somebody-who-reported")
    make.case(item=item)
    made = decide(
        actor=moderator, claim_id=claim_next(actor=moderator).claim_id, verdict=LEFT_UP, look=Look(1)
    )
    later()
    return Decision.objects.get(pk=made.decision_id)


@pytest.fixture
def brought(decided, legal) -> BoardCase:
    said = {"direction": "referred", "reference": "FB-1", "question": "Was it right to leave it up?"}
    return bring(actor=legal, decision_id=decided.pk, **said)


def ruled(case, by, kind="binding", days=7) -> Ruling:
    words = "The decision to leave it up is overturned."
    due = now() + timedelta(days=days)
    return record_ruling(actor=by, case=case, kind=kind, words=words, decided_on=localdate(), due_at=due)


def test_evidence_is_frozen_and_handed_over_as_one_sealed_file(brought, decided, signed_in, moderator):
    ItemContent.objects.filter(item=decided.item).update(text="Something harmless.")
    got = signed_in("legal").post(f"/board/{brought.pk}/file/")
    content = b"".join(got.streaming_content)
    assert (got["Content-Type"], Handover.objects.get().by.username) == ("application/zip", "legal")
    assert opens(content)
    file = zipfile.ZipFile(io.BytesIO(content))
    parts = {name: file.read(name).decode() for name in file.namelist()}
    assert json.loads(parts["content.json"])["text"] == "Choose the legal system, or a bat."
    assert json.loads(parts["case.json"])["decision"]["explanation"] == "Newsworthy."
    assert parts["manifest.json"] == brought.sealed.manifest
    everything = "".join(parts.values())
    for kept in (moderator.pseudonym, moderator.username, "somebody-who-reported", "Ask Dara"):
        assert kept not in everything


@pytest.mark.parametrize("part", ["content.json", "evidence.json", "manifest.json"])
def test_a_file_with_one_letter_changed_does_not_open(brought, part):
    whole = zipfile.ZipFile(io.BytesIO(path_of(brought.sealed.sha256).read_bytes()))
    forged = io.BytesIO()
    with zipfile.ZipFile(forged, "w") as file:
        for name in whole.namelist():
            body = whole.read(name)
            file.writestr(name, body.replace(b":", b";", 1) if name == part else body)
    assert not opens(forged.getvalue())


def test_what_never_leaves_is_there_as_hashes_alone(decided, legal, moderator):
    item = make.item(text="Words that never leave.")
    make.case(item=item, queue="everything-else", rule_codes=["YS-1"])
    claim = claim_next(actor=moderator)
    made = decide(actor=moderator, claim_id=claim.claim_id, verdict=Verdict("no_violation"), look=Look(1))
    Case.objects.filter(pk=claim.case_id).update(exposure=4)
    case = bring(
        actor=legal, decision_id=made.decision_id, direction="received", reference="B-2", question="Why?"
    )
    content = path_of(case.sealed.sha256).read_bytes()
    file = zipfile.ZipFile(io.BytesIO(content))
    assert opens(content)
    assert "content.json" not in file.namelist()
    assert "Words that never leave." not in "".join(file.read(name).decode() for name in file.namelist())


def test_a_binding_ruling_is_carried_out_once_by_a_decision(brought, decided, legal, admin):
    ruling = ruled(brought, legal)
    carry_out(actor=legal, ruling=ruling, verdict=REMOVE)
    made = Decision.objects.latest("id")
    ruling.refresh_from_db()
    assert (ruling.decision, made.supersedes, made.purpose, made.outcome) == (
        made,
        decided,
        "board",
        "violates",
    )
    assert [one.action for one in Enforcement.objects.all()] == ["remove"]
    assert sorted(Notice.objects.filter(decision=made).values_list("audience", flat=True)) == [
        "author",
        "reporter",
    ]
    before = Event.objects.count()
    with pytest.raises(AnsweredAlready):
        carry_out(actor=admin, ruling=ruling, verdict=REMOVE)
    assert (Decision.objects.count(), Event.objects.count()) == (2, before)


def test_a_suspension_ends_by_itself(brought, legal, signed_in):
    ruling = ruled(brought, legal)
    with pytest.raises(InvalidForBoard):
        carry_out(actor=legal, ruling=ruling, verdict=Verdict("violates", ["VX-2"], ["account_suspend"]))
    verdict = Verdict("violates", ["VX-2"], ["account_suspend"], parameters={"days": 180})
    carry_out(actor=legal, ruling=ruling, verdict=verdict)
    later()
    suspension = Suspension.objects.get()
    assert suspension.enforcement.parameters == {"target": "account", "days": 180}
    page = signed_in("legal").get(f"/board/{brought.pk}/").content.decode()
    assert "then it ends by itself" in page
    with time_machine.travel(now() + timedelta(days=179)):
        assert end_suspensions() == 0
    with time_machine.travel(now() + timedelta(days=181)):
        assert (end_suspensions(), end_suspensions()) == (1, 0)
    assert Event.objects.filter(kind="suspension.ended").count() == 1


def test_a_recommendation_is_answered_in_public(brought, legal, client, signed_in):
    ruling = ruled(brought, legal, kind="advisory")
    assert brought.reference not in client.get("/board/answers/").content.decode()
    with pytest.raises(InvalidForBoard):
        carry_out(actor=legal, ruling=ruling, verdict=REMOVE)
    at = f"/board/{brought.pk}/rulings/{ruling.pk}/answer/"
    short = signed_in("legal").post(
        at, {f"answer-{ruling.pk}-answer": "declined", f"answer-{ruling.pk}-words": "No."}
    )
    assert (short.status_code, Ruling.objects.get().answer) == (422, "")
    answer(
        actor=legal,
        ruling=ruling,
        answer="declined",
        words="It is not proportionate, because he is in office.",
    )
    page = client.get("/board/answers/").content.decode()
    assert "It is not proportionate, because he is in office." in page
    assert "Declined" in page
    assert legal.pseudonym not in page


def test_what_is_overdue_is_shown(brought, legal, signed_in):
    ruled(brought, legal, days=3)
    page = signed_in("policy").get("/board/").content.decode()
    assert ("Still owed" in page, "Overdue" in page) == (True, False)
    with time_machine.travel(now() + timedelta(days=4)):
        page = signed_in("policy").get("/board/").content.decode()
        assert "Overdue" in page


def test_precedent_stands_on_the_rule_for_everybody(brought, legal, signed_in):
    ruling = ruled(brought, legal)
    with pytest.raises(InvalidForBoard):
        set_precedent(actor=legal, ruling=ruling, code="ZZ-9", words="Nothing.")
    set_precedent(actor=legal, ruling=ruling, code="VX-1", words="A threat by a ruler is no news.")
    with pytest.raises(AnsweredAlready):
        set_precedent(actor=legal, ruling=ruling, code="VX-1", words="Again.")
    assert Precedent.objects.count() == 1
    client = signed_in("moderator")
    assert "/board/precedents/VX-1/" in client.get("/guidelines/rules/VX-1/").content.decode()
    part = client.get("/board/precedents/VX-1/", headers={"HX-Request": "true"}).content.decode()
    assert "A threat by a ruler is no news." in part
    assert "<html" not in part
    assert "Nothing yet" in client.get("/board/precedents/HT-1/").content.decode()


def test_a_case_brought_twice_or_of_nothing_is_refused(brought, decided, legal, signed_in):
    client = signed_in("legal")
    sent = {"direction": "received", "reference": "FB-1", "decision_id": decided.pk, "question": "Again?"}
    again = client.post("/board/new/", sent)
    assert (again.status_code, "There is a case with this number already." in again.content.decode()) == (
        422,
        True,
    )
    nothing = client.post("/board/new/", sent | {"reference": "FB-2", "decision_id": "999999"})
    assert (nothing.status_code, "no decision in force with this number" in nothing.content.decode()) == (
        422,
        True,
    )
    assert BoardCase.objects.count() == 1


def test_the_database_itself_keeps_rulings_as_they_were(brought, decided, legal):
    ruling = ruled(brought, legal, kind="advisory")

    def refused(name: str, sql: str, values: list) -> None:
        with pytest.raises(Exception, match=name), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, values)

    change = "UPDATE board_ruling SET words = 'another' WHERE id = %s"
    refused("ruling_changes_only_by_being_answered_once", change, [ruling.pk])
    wordless = (
        "UPDATE board_ruling SET answer = 'accepted', answered_at = now(), answered_by_id = %s WHERE id = %s"
    )
    refused("recommendation_is_answered_in_words", wordless, [legal.pk, ruling.pk])
    done = "UPDATE board_ruling SET carried_out_at = now(), carried_out_by_id = %s, decision_id = %s WHERE id = %s"
    refused("binding_ruling_is_carried_out_by_a_decision", done, [legal.pk, decided.pk, ruling.pk])
    refused("Cannot update", "UPDATE board_sealedfile SET sha256 = 'x' WHERE case_id = %s", [brought.pk])
    assert Ruling.objects.get().is_due
