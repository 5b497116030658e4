"""Calibration sessions, blind until they are closed; and precedents, after a first choice and by lot."""

import re

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from apps.decisions.operations import decide
from apps.decisions.verdict import Verdict
from apps.intake.models import ItemContent
from apps.ledger.models import Event
from apps.queues.models import Case
from apps.queues.operations import claim_next
from apps.training.errors import CalibrationOpen, NothingToCalibrate, RuledAlready, SayWhy
from apps.training.models import Calibration, CalibrationCase, CalibrationVerdict, FirstChoice, Ruling
from apps.training.operations import close_calibration, judge, note_decided, open_calibration, rule_on
from apps.training.operations.choosing import drawn
from apps.training.queries.calibrations import spread_of
from apps.training.queries.precedents import showing_effect
from apps.wellbeing.exposure import Look
from tests import make
from tests.conftest import person
from tests.training.conftest import AU4, NONE, pairs

pytestmark = pytest.mark.django_db
REMOVE = Verdict("violates", ["AU-4"], ["remove"])


def page(client, at: str, status: int = 200) -> str:
    answer = client.get(at)
    assert answer.status_code == status
    return answer.content.decode()


def test_what_was_posted_in_the_same_words_again_and_again_is_asked_about_once(floor):
    pairs(8, AU4, NONE)
    copies = list(ItemContent.objects.order_by("id").values_list("id", flat=True)[:6])
    ItemContent.objects.filter(pk__in=copies).update(text="Invest now and be rich.")
    session = open_calibration(actor=person("senior"), rule_code="AU-4")
    assert session.cases.filter(text="Invest now and be rich.").count() == 1
    assert session.cases.count() == 3


def test_everybody_decides_alone_then_the_spread_is_shown_and_ruled_on(floor, signed_in):
    pairs(12, AU4, NONE)
    senior = signed_in("senior")
    at = senior.post("/training/calibrations/", {"rule": "AU-4"}).url
    session = Calibration.objects.get()
    assert at == f"/training/calibrations/{session.pk}/"
    assert session.cases.count() == 10
    assert not CalibrationCase.objects.filter(text__contains="example.org").exists()

    def say(client, outcome, *rules) -> int:
        position = re.search(r'name="position" value="(\d+)"', page(client, at))[1]
        return client.post(
            f"{at}judge/", {"position": position, "outcome": outcome, "rules": rules}
        ).status_code

    one, two = signed_in("moderator"), signed_in("moderator2")
    assert say(one, "violates") == 422
    assert not CalibrationVerdict.objects.exists()
    for _ in range(10):
        assert say(one, "violates", "AU-4") == 302
    assert say(two, "no_violation") == 302
    words = page(two, at)
    assert "Decided back then" not in words
    assert "progress value" not in words
    assert "You have said everything" in page(one, at)
    assert one.post(f"{at}close/").status_code == 403
    assert one.post(f"{at}remark/", {"position": "1", "text": "Too early."}).status_code == 409
    assert senior.post(f"{at}ruling/", {"text": "What is promised for money."}).status_code == 409
    assert signed_in("supervisor").get(at).status_code == 403
    senior.post(f"{at}close/")
    assert two.post(f"{at}judge/", {"position": "2", "outcome": "unsure"}).status_code == 409
    spread = spread_of(Calibration.objects.get())
    assert (spread.people, spread.rows[0]["said"]) == (2, [("AU-4", 1, 50), ("none", 1, 50)])
    assert (spread.rows[1]["said"], spread.rows[1]["then"]) == ([("AU-4", 1, 100)], "AU-4")
    assert one.post(f"{at}remark/", {"position": "1", "text": "The fee decides."}).status_code == 302
    assert senior.post(f"{at}ruling/", {"text": "Short"}).status_code == 422
    assert senior.post(f"{at}ruling/", {"text": "A promise counts once money is asked."}).status_code == 302
    words = page(two, at)
    assert "The fee decides." in words
    assert "A promise counts once money is asked." in words
    for name in ("M-moderator2",):
        assert name not in words
    assert "A promise counts once money is asked." in page(signed_in("policy"), "/quality/rules/AU-4/")
    with pytest.raises(RuledAlready):
        rule_on(actor=person("senior"), session_id=session.pk, text="Something else from now on.")
    assert Event.objects.filter(kind="calibration.ruled", data__rule="AU-4").count() == 1


def test_a_calibration_needs_cases_and_is_open_once_and_guarded_by_the_database(floor):
    senior = person("senior")
    with pytest.raises(NothingToCalibrate):
        open_calibration(actor=senior, rule_code="AU-4")
    pairs(3, AU4, AU4)
    pairs(3, AU4, AU4, exposure=2)
    session = open_calibration(actor=senior, rule_code="AU-4")
    assert [one.exposure for one in session.cases.all()] == [0, 0, 0]
    with pytest.raises(CalibrationOpen):
        open_calibration(actor=senior, rule_code="AU-4")
    judge(actor=floor, session_id=session.pk, position=1, outcome="unsure", rule_codes=[])
    case = session.cases.get(position=1)
    with pytest.raises(IntegrityError, match="decided_once_per_person"), transaction.atomic():
        CalibrationVerdict.objects.create(case=case, person=floor, outcome="unsure")
    with pytest.raises(DatabaseError, match="ruling_ends_a_closed_calibration"), transaction.atomic():
        Ruling.objects.create(
            session=session,
            rule_code="AU-4",
            rule_version=session.rule_version,
            text="Now.",
            written_by=senior,
        )
    close_calibration(actor=senior, session_id=session.pk)
    with pytest.raises(DatabaseError, match="calibration_is_decided_while_open"), transaction.atomic():
        CalibrationVerdict.objects.create(case=case, person=senior, outcome="unsure")
    with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
        CalibrationVerdict.objects.update(outcome="no_violation")
    alone = spread_of(session)
    assert (alone.people, alone.alpha.value, alone.alpha.why) == (1, None, "one_rater")
    with pytest.raises(SayWhy):
        rule_on(actor=senior, session_id=session.pk, text=" ")
    assert not Ruling.objects.exists()


# --- Precedents --------------------------------------------------------------------------------------------------


def at_hand(who, **fields) -> int:
    make.case(queue="fraud", rule_codes=["AU-4"], item=make.item(text="Invest now and be rich."), **fields)
    return claim_next(actor=who).claim_id


def chooses(client, claim: int, outcome: str = "violates", *codes: str):
    from apps.guidelines.queries import in_force

    rules = [in_force().rules[code].id for code in codes]
    return client.post(f"/desk/claims/{claim}/first-choice", {"outcome": outcome, "rules": rules})


@pytest.fixture
def lot(monkeypatch):
    """What the lot says next."""
    said = {"shown": True}
    monkeypatch.setattr("apps.training.operations.choosing.drawn", lambda claim: said["shown"])
    return said


def test_precedents_come_after_a_first_choice_and_only_by_lot(floor, signed_in, lot):
    pairs(2, AU4, NONE, AU4)
    desk, claim = signed_in("moderator"), at_hand(floor)
    assert "Earlier decisions on similar cases" not in desk.get("/desk/").content.decode()
    assert chooses(desk, claim).status_code == 204
    assert chooses(desk, claim, "").status_code == 204
    assert not FirstChoice.objects.exists()
    words = chooses(desk, claim, "violates", "AU-4").content.decode()
    assert "Earlier decisions on similar cases" in words
    assert "settled by a third person" in words
    assert "<rq-veil veiled" in words
    kept = FirstChoice.objects.get()
    assert (kept.outcome, kept.rule_codes, kept.share, kept.shown, len(kept.precedents)) == (
        "violates", ["AU-4"], 0.5, True, 3,
    )  # fmt: skip
    assert "Earlier decisions" in chooses(desk, claim, "no_violation").content.decode()
    assert FirstChoice.objects.get().outcome == "violates"
    assert chooses(signed_in("moderator2"), claim, "violates", "AU-4").status_code == 204
    lot["shown"] = False
    decide(actor=floor, claim_id=claim, verdict=REMOVE, look=Look(1))
    other = at_hand(floor)
    words = chooses(desk, other, "violates", "AU-4").content.decode()
    assert "Earlier decisions" not in words
    hidden = FirstChoice.objects.get(claim_id=other)
    assert (hidden.shown, hidden.precedents) == (False, [])


@pytest.mark.parametrize("purpose", ["appeal", "approval", "adjudication", "second_opinion"])
def test_who_corrects_others_sees_no_precedents(floor, signed_in, lot, purpose):
    pairs(1, AU4, NONE, AU4)
    claim = at_hand(floor)
    Case.objects.filter(claims=claim).update(purpose=purpose)
    assert (
        "Earlier decisions" not in chooses(signed_in("moderator"), claim, "violates", "AU-4").content.decode()
    )
    assert (FirstChoice.objects.get().shown, FirstChoice.objects.get().share) == (False, 0.0)


def test_what_showing_them_changes_is_told_against_not_showing_them(floor, signed_in, lot):
    desk = signed_in("moderator")
    for shown, verdict in ((True, Verdict("no_violation")), (False, REMOVE)):
        lot["shown"] = shown
        claim = at_hand(floor)
        chooses(desk, claim, "violates", "AU-4")
        decide(actor=floor, claim_id=claim, verdict=verdict, look=Look(1))
    assert note_decided() == 2
    assert list(FirstChoice.objects.order_by("id").values_list("shown", "kept")) == [
        (True, False),
        (False, True),
    ]
    assert note_decided() == 0
    senior = signed_in("senior")
    assert "too few yet" in page(senior, "/quality/precedents/")
    FirstChoice.objects.bulk_create(
        FirstChoice(claim_id=10_000 + n, case_id=1, person=floor, outcome="violates", rule_codes=["AU-4"], share=0.5,
                    shown=n % 2 == 0, decision_id=90_000 + n, kept=n % 6 != 0, agreed=n % 3 != 0)
        for n in range(120)
    )  # fmt: skip
    effect = showing_effect()
    assert (effect.shown.n, effect.hidden.n) == (61, 61)
    assert effect.changed[0] == pytest.approx(21 / 61)
    assert effect.changed[1] > 0
    assert effect.confirmed[1] < 0 < effect.confirmed[2]
    assert "no change can be told" in page(senior, "/quality/precedents/")
    with pytest.raises(DatabaseError, match="first_choice_is_never_changed"), transaction.atomic():
        FirstChoice.objects.update(shown=False)


def test_the_lot_is_fair_and_the_same_for_a_claim():
    said = [drawn(claim) for claim in range(4000)]
    assert said == [drawn(claim) for claim in range(4000)]
    assert 1850 < sum(said) < 2150
