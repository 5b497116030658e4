"""Orders of operations that once broke a law, kept as plain stories."""

from datetime import timedelta

import pytest
import time_machine
from django.utils.timezone import now

from apps.decisions.errors import UndoTooLate
from apps.decisions.models import Decision, Hold
from apps.decisions.operations import decide, undo
from apps.decisions.queries import enforcements_in_force
from apps.decisions.verdict import Verdict
from apps.errors import DomainError
from apps.intake.models import Item
from apps.ledger.models import Event
from apps.ledger.operations import drain
from apps.queues.models import Case
from apps.queues.operations import claim_case, claim_next, refresh_cases, release
from apps.wellbeing.exposure import Look
from apps.wellbeing.models import Shift
from apps.wellbeing.operations import start_shift
from tests import make
from tests.laws.invariants import breaches

pytestmark = pytest.mark.laws

FINE = Verdict("no_violation")
UNSURE = Verdict("unsure")
HELD = Verdict("violates", ["VX-2"], ["remove"])


@pytest.fixture
def floor(db, moderator, moderator2, senior):
    make.house()
    for someone in (moderator, moderator2, senior):
        start_shift(actor=someone)
    return moderator, moderator2, senior


def reported(rule="HT-1"):
    item = make.item()
    make.report(item, rule=rule)
    refresh_cases([item.pk])
    return item


def changes(item, **fields):
    """The author puts something else there, and a case opens anew."""
    Item.objects.filter(pk=item.pk).update(revision=item.revision + 1, **fields)
    item.refresh_from_db()
    refresh_cases([item.pk])


def decides(who, verdict):
    return decide(
        actor=who, claim_id=claim_next(actor=who).claim_id, verdict=verdict, look=Look(1)
    ).decision_id


def test_a_post_that_became_a_video_meanwhile_costs_no_more_than_was_reserved(floor):
    mara, *_ = floor
    item = reported()
    claim = claim_next(actor=mara).claim_id
    reserved = Shift.objects.get(user=mara).reserved
    Item.objects.filter(pk=item.pk).update(kind="video")
    with time_machine.travel(now() + timedelta(minutes=9)):
        decide(actor=mara, claim_id=claim, verdict=FINE)
    assert breaches() == {}
    shift = Shift.objects.get(user=mara)
    assert (shift.reserved, shift.spent) == (0, reserved)


def test_what_became_known_during_a_claim_counts_when_the_case_returns(floor):
    mara, *_ = floor
    item = reported(rule="HT-4")
    claim = claim_next(actor=mara).claim_id
    make.report(item, by="another", rule="VX-3")
    refresh_cases([item.pk])
    release(actor=mara, claim_id=claim)
    drain()
    case = Case.objects.get(item=item)
    assert (case.state, case.exposure, case.queue.slug) == ("waiting", 3, "threats")


@pytest.mark.parametrize("rounds", [1, 2])
def test_a_decision_is_not_taken_back_into_a_second_open_review(floor, rounds):
    mara, *_ = floor
    item = reported()
    for _ in range(rounds):
        last = decides(mara, FINE)
        changes(item)
    before = Event.objects.count()
    with pytest.raises(UndoTooLate, match="changed"):
        undo(actor=mara, decision_id=last)
    assert (breaches(), Event.objects.count()) == ({}, before)
    assert Decision.objects.filter(withdraws=True).count() == 0


@pytest.mark.parametrize(("verdict", "purpose"), [(UNSURE, "second_opinion"), (HELD, "approval")])
def test_a_second_person_is_asked_once_and_about_the_newest_decision(floor, verdict, purpose):
    mara, nary, _ = floor
    item = reported()
    decides(mara, verdict)
    changes(item)
    newest = decides(nary, verdict) if purpose == "approval" else _re_reviews(nary, item, verdict)
    assert breaches() == {}
    asked = Case.objects.get(item=item, purpose=purpose, state="waiting")
    assert asked.about_decision_id == newest
    assert set(asked.barred.values_list("user__username", flat=True)) == {"moderator", "moderator2"}
    if purpose == "approval":
        assert list(Hold.objects.order_by("id").values_list("state", flat=True)) == ["withdrawn", "pending"]


def _re_reviews(who, item, verdict):
    case = Case.objects.get(item=item, purpose="re_review")
    claim = claim_case(actor=who, holder=who, case_id=case.pk)
    return decide(actor=who, claim_id=claim.claim_id, verdict=verdict, look=Look(1)).decision_id


def test_while_a_second_person_is_at_it_nobody_else_asks_for_another(floor):
    mara, nary, sena = floor
    item = reported()
    decides(mara, HELD)
    first = claim_next(actor=sena)
    changes(item)
    claim = claim_next(actor=nary).claim_id
    before = (Event.objects.count(), Decision.objects.count())
    with pytest.raises(DomainError, match="second person") as refusal:
        decide(actor=nary, claim_id=claim, verdict=HELD, look=Look(1))
    assert refusal.value.status == 409
    assert (Event.objects.count(), Decision.objects.count()) == before
    decide(actor=sena, claim_id=first.claim_id, verdict=FINE, look=Look(1))
    decide(actor=nary, claim_id=claim, verdict=HELD, look=Look(1))
    assert breaches() == {}


@pytest.mark.parametrize(("verdict", "purpose"), [(UNSURE, "second_opinion"), (HELD, "approval")])
def test_a_second_person_is_not_asked_about_an_item_that_was_settled_meanwhile(floor, verdict, purpose):
    mara, nary, sena = floor
    item = reported()
    decides(mara, verdict)
    changes(item)
    _re_reviews(nary, item, FINE)
    asked = Case.objects.get(item=item, purpose=purpose)
    assert (asked.state, asked.claims.count()) == ("done", 0)
    assert Event.objects.get(kind="case.closed", case_id=asked.pk).data["unclaimed"] is True
    assert list(Hold.objects.values_list("state", "resolved_by")) == [("withdrawn", None)] * (verdict is HELD)
    assert claim_next(actor=sena) is None
    assert breaches() == {}


def test_a_second_person_who_is_at_it_already_has_the_last_word(floor):
    mara, nary, sena = floor
    item = reported()
    held = decides(mara, HELD)
    first = claim_next(actor=sena)
    changes(item)
    _re_reviews(nary, item, FINE)
    assert Hold.objects.get(decision=held).state == "pending"
    last = decide(actor=sena, claim_id=first.claim_id, verdict=HELD, look=Look(1)).decision_id
    assert Hold.objects.get(decision=held).state == "approved"
    assert list(enforcements_in_force(item.pk).values_list("action", "decision")) == [("remove", last)]
    assert breaches() == {}


def test_an_undo_after_settling_leaves_the_item_to_the_review_alone(floor):
    mara, nary, _ = floor
    item = reported()
    decides(mara, HELD)
    changes(item)
    settled = _re_reviews(nary, item, FINE)
    undo(actor=nary, decision_id=settled)
    assert Case.objects.get(item=item, purpose="re_review").state == "claimed"
    assert Case.objects.get(item=item, purpose="approval").state == "done"
    assert breaches() == {}
