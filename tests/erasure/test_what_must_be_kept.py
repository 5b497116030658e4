"""What a court, an authority or an appeal still needs is not erased; what is erased stays erased, and is asked about no more."""

import threading
from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.utils.timezone import localdate, now

from apps.appeals.errors import ContentGone
from apps.appeals.models import Appeal
from apps.appeals.operations import lodge
from apps.board.operations import bring, record_dispute
from apps.decisions.models import Decision, DecisionWords
from apps.decisions.operations import decide
from apps.decisions.verdict import Verdict
from apps.erasure.models import Erasure
from apps.erasure.operations import erase
from apps.errors import DomainError
from apps.intake.models import ItemContent, Report
from apps.lawful.operations import send
from apps.ledger.models import Event
from apps.quality.models import Draw, Void
from apps.queues.models import Case
from apps.queues.operations import claim_next
from apps.wellbeing.operations import start_shift
from tests import make
from tests.appeals.conftest import SCAM
from tests.appeals.conftest import decided as violation
from tests.authority.conftest import asking, record_request
from tests.conftest import person
from tests.doors.programs import Program, refused
from tests.lawful.conftest import sent
from tests.quality.conftest import let_pass, plan

WORDS = "A post somebody reported."
PROCEDURE = (
    "A legal procedure about it is open. It can be erased once that has ended; legal reviewers know more."
)


@pytest.fixture
def decided(db, moderator) -> Decision:
    """A post that was decided, and can no longer be taken back."""
    with time_machine.travel(now() - timedelta(hours=1)):
        make.house()
    return violation(by=moderator)


def ask(decision: Decision):
    named = {"source": decision.item.source, "external_id": decision.item.external_id}
    return Program("erase").post("/items/erase", named | {"because": "person"})


def refused_for(decision: Decision, words: str) -> None:
    """It is refused in these words, and nothing was erased, written down, or told."""
    told, _ = refused(ask(decision), 409, "content_needed")
    assert told == words
    assert ItemContent.objects.get(item=decision.item).text == WORDS
    assert DecisionWords.objects.get(decision=decision).evidence["text"] == WORDS
    assert not Erasure.objects.exists()
    assert not Event.objects.filter(kind="content.erased").exists()


def authority(decision, legal):
    record_request(actor=legal, asking=asking(decision.item))


def notice(decision, legal):
    send(sent=sent(decision.item))


def board(decision, legal):
    bring(
        actor=legal, decision_id=decision.pk, direction="referred", reference="FB-1", question="Was it right?"
    )


def dispute(decision, legal):
    record_dispute(
        actor=legal, body="A body", reference="D-1", decision_id=decision.pk, by="author", received_on=localdate()
    )  # fmt: skip


@pytest.mark.parametrize("opened", [authority, notice, board, dispute])
def test_a_legal_procedure_keeps_the_content_and_nobody_is_told_which(decided, legal, opened):
    opened(decided, legal)
    refused_for(decided, PROCEDURE)


@pytest.mark.parametrize("rule", ["GR-1", "YS-1"])
def test_evidence_of_a_crime_is_kept_for_a_year(db, moderator, rule):
    """Of what a rule has kept for evidence, and of what somebody outside is told."""
    with time_machine.travel(now() - timedelta(hours=1)):
        make.house()
    found = violation(by=moderator, verdict=Verdict("violates", [rule], ["remove"]))
    until = found.decided_at + timedelta(days=365)
    refused_for(
        found,
        "It may be evidence of a crime, which its rule asks to keep. "
        f"It can be erased from {until:%Y-%m-%d} on.",
    )
    with time_machine.travel(until + timedelta(minutes=1)):
        assert ask(found).status_code == 200
    assert ItemContent.objects.get(item=found.item).text == ""


def test_what_broke_another_rule_is_erased(decided):
    assert SCAM.rules == ["AU-4"]
    assert ask(decided).status_code == 200


def test_what_is_erased_is_appealed_no_more(decided):
    ask(decided)
    with pytest.raises(ContentGone) as told:
        lodge(decision_id=decided.pk, by="author", statement="It was a joke.")
    assert told.value.sentence == (
        "The content was erased, so nobody can look at it again. What was decided stays as it is."
    )
    assert not Appeal.objects.exists()
    assert not Event.objects.filter(kind="appeal.lodged").exists()


def test_what_is_erased_within_ten_seconds_is_drawn_for_no_second_look(db, moderator):
    with time_machine.travel(now() - timedelta(hours=1)):
        make.house()
    plan()
    from tests.quality.conftest import case, decided

    start_shift(actor=moderator)
    erased, kept = decided(moderator, case(), wait=False), decided(moderator, case(), wait=False)
    assert ask(erased).status_code == 200
    let_pass()
    assert [draw.decision_id for draw in Draw.objects.all()] == [kept.pk]


def test_of_a_notice_only_that_there_was_one_and_its_ground_stay(decided):
    said = {
        "explanation": "It shows my flat.", "name": "Nary", "email": "nary@example.org", "url": "https://a.example/1",
        "good_faith": True, "legal_ground": "Article 9",
    }  # fmt: skip
    report = make.report(decided.item, by="nary", notice=said)
    plain = make.report(decided.item, by="dara")
    assert ask(decided).status_code == 200
    assert Report.objects.get(pk=report.pk).notice == {"good_faith": True, "legal_ground": "Article 9"}
    assert Report.objects.get(pk=plain.pk).notice is None


@pytest.mark.parametrize(
    ("model", "back"),
    [(ItemContent, {"text": WORDS, "erased_at": None}), (DecisionWords, {"evidence": {"text": WORDS}, "erased_at": None})],
)  # fmt: skip
def test_the_database_lets_nothing_that_is_erased_come_back(decided, model, back):
    ask(decided)
    before = model.objects.values().get()
    for change in (back, {"erased_at": None}, {"erased_at": now()}):
        with (
            pytest.raises(IntegrityError, match=r"erased_(content|evidence)_stays_erased"),
            transaction.atomic(),
        ):
            model.objects.update(**change)
    with pytest.raises(IntegrityError, match=r"erased_(content|evidence)_stays_erased"), transaction.atomic():
        model.objects.all().delete()
    assert model.objects.values().get() == before


# At the same moment


def at_once(*things) -> list[object]:
    """Do these at one moment, each in a thread of its own; what each came to, an exception or 'done', in their order."""
    gate, came = threading.Barrier(len(things)), [None] * len(things)

    def go(n, do):
        try:
            gate.wait()
            do()
            came[n] = "done"
        except DomainError as refusal:
            came[n] = refusal.code
        finally:
            connection.close()

    threads = [threading.Thread(target=go, args=(n, do)) for n, do in enumerate(things)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return came


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_", range(3))
def test_of_who_appeals_and_who_erases_at_once_one_is_refused(transactional_db, _):
    with time_machine.travel(now() - timedelta(hours=1)):
        make.house()
    found = violation(by=person("moderator"))
    came = at_once(
        lambda: lodge(decision_id=found.pk, by="author", statement="It was a joke."),
        lambda: erase(item_id=found.item_id, because="person", key_id=1),
    )
    assert came in (["done", "content_needed"], ["content_gone", "done"])
    kept = came[0] == "done"
    assert (Appeal.objects.count(), Erasure.objects.count()) == ((1, 0) if kept else (0, 1))
    assert ItemContent.objects.get(item=found.item).text == (WORDS if kept else "")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_", range(3))
def test_a_decision_made_while_somebody_erases_leaves_no_evidence_of_what_is_gone(transactional_db, _):
    with time_machine.travel(now() - timedelta(hours=1)):
        make.house()
    moderator = person("moderator")
    start_shift(actor=moderator)
    case = make.case(queue="fraud")
    claim = claim_next(actor=moderator)
    came = at_once(
        lambda: decide(actor=moderator, claim_id=claim.claim_id, verdict=SCAM),
        lambda: erase(item_id=case.item_id, because="person", key_id=1),
    )
    assert came in (["done", "done"], ["done", "content_needed"])
    erased = came[1] == "done"
    assert ItemContent.objects.get().text == ("" if erased else WORDS)
    assert DecisionWords.objects.get().evidence.get("text") == (None if erased else WORDS)


# What only measures


@pytest.fixture
def looked_at(db, moderator) -> Decision:
    """A decision that was drawn for a second look, which nobody has taken up yet."""
    with time_machine.travel(now() - timedelta(hours=1)):
        make.house()
    plan()
    from tests.quality.conftest import case, decided

    start_shift(actor=moderator)
    return decided(moderator, case(text=WORDS))


def test_a_second_look_that_nobody_has_taken_up_makes_way(looked_at, signed_in):
    [look] = Draw.objects.all()
    page = signed_in("admin").get(f"/items/{looked_at.item_id}/erase/").content.decode()
    assert "It cannot be erased now." not in page
    assert ask(looked_at).status_code == 200
    look.case.refresh_from_db()
    assert (look.case.state, look.void.because) == ("done", "item_gone")


def test_one_that_somebody_is_at_is_finished_first_and_nothing_makes_way_meanwhile(looked_at):
    [look] = Draw.objects.all()
    Case.objects.filter(pk=look.case_id).update(state="claimed")
    refused_for(looked_at, "A case about it is open. It can be erased once the case is decided.")
    assert not Void.objects.exists()


def test_what_is_refused_keeps_its_second_look(looked_at, legal):
    notice(looked_at, legal)
    refused_for(looked_at, PROCEDURE)
    assert (Draw.objects.get().case.state, Void.objects.count()) == ("waiting", 0)
