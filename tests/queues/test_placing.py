"""A supervisor moves a case, gives it to somebody, or takes it back."""

import pytest
from django.db import transaction

from apps.accounts.models import PlatformAccount
from apps.ledger.models import Event
from apps.queues.errors import CannotBeGiven, CannotBeMoved, CaseNotWaiting
from apps.queues.models import Barred, Case, CaseNote, Claim, Queue
from apps.queues.operations import claim_next, give, move, take_away
from apps.wellbeing.models import ExposureEntry, Shift
from apps.wellbeing.operations import start_break, start_shift
from tests import make


@pytest.fixture(autouse=True)
def house(db):
    make.house()


def queue(slug):
    return Queue.objects.get(slug=slug)


def told(case):
    return list(Event.objects.filter(case_id=case.pk).order_by("id").values_list("kind", flat=True))


def test_a_moved_case_waits_in_the_lane_of_its_new_queue(supervisor):
    case = make.case(queue="hate", exposure=2)
    move(actor=supervisor, case_id=case.pk, queue=queue("threats"), note="  Reads like a threat.  ")
    before, after = case.queue_id, queue("threats").pk
    case.refresh_from_db()
    assert (case.queue_id, case.lane.queue_id, case.lane.exposure) == (after, after, 2)
    assert case.placed_by_hand is True
    event = Event.objects.get(case_id=case.pk)
    assert (event.kind, event.actor_id, event.item_id) == ("case.moved", supervisor.pk, case.item_id)
    assert (event.data["from"], event.data["to"], event.data["queue"]) == (before, after, after)
    assert "threat" not in str(event.data)
    assert CaseNote.objects.get(case=case).text == "Reads like a threat."


def test_a_case_is_moved_without_a_reason(supervisor):
    case = make.case(queue="hate")
    move(actor=supervisor, case_id=case.pk, queue=queue("threats"))
    assert CaseNote.objects.count() == 0


def refused(case, *, by, to, error, sentence):
    before = Case.objects.values().get(pk=case.pk)
    events = told(case)
    with pytest.raises(error, match=sentence):
        move(actor=by, case_id=case.pk, queue=to, note="why")
    assert Case.objects.values().get(pk=case.pk) == before
    assert (told(case), CaseNote.objects.count()) == (events, 0)


def test_a_case_in_somebodys_hands_is_not_moved(supervisor, moderator):
    case = make.case(queue="hate")
    start_shift(actor=moderator)
    claim_next(actor=moderator)
    refused(case, by=supervisor, to=queue("threats"), error=CaseNotWaiting, sentence="Take it back first")


def test_a_case_that_is_done_is_not_moved(supervisor):
    case = make.case(queue="hate", state="done", closed_at="2026-01-01T00:00Z")
    refused(case, by=supervisor, to=queue("threats"), error=CaseNotWaiting, sentence="done")


def test_a_case_is_not_moved_where_nobody_could_take_it(supervisor):
    Queue.objects.filter(slug="threats").update(active=False)
    case = make.case(queue="hate")
    refused(case, by=supervisor, to=queue("threats"), error=CannotBeMoved, sentence="switched off")


def test_a_case_is_not_moved_to_where_it_is(supervisor):
    case = make.case(queue="hate")
    refused(case, by=supervisor, to=queue("hate"), error=CannotBeMoved, sentence="already")


def test_an_approval_stays_with_senior_moderators(supervisor):
    case = make.case(queue="second-person", purpose="approval")
    refused(case, by=supervisor, to=queue("hate"), error=CannotBeMoved, sentence="senior moderators")
    move(actor=supervisor, case_id=case.pk, queue=queue("escalations"))


def test_a_case_given_to_someone_is_hers_and_reserved(supervisor, moderator):
    make.case(priority=9)
    case = make.case(queue="hate", exposure=2)
    shift = start_shift(actor=moderator)
    given = give(actor=supervisor, case_id=case.pk, holder=moderator)
    claim = Claim.objects.get(pk=given.claim_id)
    shift.refresh_from_db()
    assert (claim.case_id, claim.holder_id, claim.ended_at) == (case.pk, moderator.pk, None)
    assert shift.reserved == case.units > 0
    assert told(case) == ["case.claimed", "case.given"]
    event = Event.objects.get(kind="case.given")
    assert (event.actor_id, event.data["holder"]) == (supervisor.pk, moderator.pk)


def not_on_shift(person, case):
    Shift.objects.filter(user=person).update(ended_at="2030-01-01T00:00Z")


def on_a_break(person, case):
    start_break(actor=person)


def at_her_budget(person, case):
    Shift.objects.filter(user=person).update(spent=16_000)


def below_her_own_limit(person, case):
    Shift.objects.filter(user=person).update(max_exposure=1)


def holding_another(person, case):
    make.case(priority=90)
    claim_next(actor=person)


def skipped_it_before(person, case):
    Barred.objects.create(case=case, user=person, why="skipped")


def reported_it(person, case):
    PlatformAccount.objects.create(user=person, source="test", external_id="mara-on-the-platform")
    make.report(case.item, by="mara-on-the-platform")


def wrote_it(person, case):
    PlatformAccount.objects.create(user=person, source="test", external_id=case.item.author.external_id)


def another_role(person, case):
    person.roles = ["policy_lead"]
    person.save()


def does_not_read_it(person, case):
    person.languages = ["km"]
    person.save()


@pytest.mark.parametrize(
    "why",
    [
        not_on_shift,
        on_a_break,
        at_her_budget,
        below_her_own_limit,
        holding_another,
        skipped_it_before,
        reported_it,
        wrote_it,
        another_role,
        does_not_read_it,
    ],
)
def test_whatever_the_reason_the_refusal_reads_the_same_and_changes_nothing(supervisor, moderator, why):
    start_shift(actor=moderator)
    case = make.case(queue="hate", exposure=2)
    why(moderator, case)
    before, shift = told(case), Shift.objects.values().get(user=moderator)
    with pytest.raises(CannotBeGiven) as refusal:
        give(actor=supervisor, case_id=case.pk, holder=moderator)
    assert (refusal.value.status, refusal.value.code) == (409, "cannot_be_given")
    assert refusal.value.sentence == "This case cannot go to that person right now. Nothing was changed."
    case.refresh_from_db()
    assert (case.state, told(case), Shift.objects.values().get(user=moderator)) == ("waiting", before, shift)
    assert Claim.objects.filter(case=case).count() == 0


def test_a_case_somebody_holds_goes_straight_to_another(supervisor, moderator, moderator2):
    case = make.case(exposure=2)
    start_shift(actor=moderator)
    start_shift(actor=moderator2)
    claim_next(actor=moderator)
    give(actor=supervisor, case_id=case.pk, holder=moderator2, taken_from=moderator.pk)
    assert Claim.objects.get(ended_at=None).holder_id == moderator2.pk
    assert Claim.objects.get(holder=moderator).ending == "reassigned"
    reserved = dict(Shift.objects.values_list("user_id", "reserved"))
    assert reserved == {moderator.pk: 0, moderator2.pk: case.units}
    assert told(case) == ["case.claimed", "case.returned", "case.taken_back", "case.claimed", "case.given"]


def test_when_it_cannot_go_to_the_other_the_first_keeps_it(supervisor, moderator, moderator2):
    case = make.case(exposure=2)
    start_shift(actor=moderator)
    claim_next(actor=moderator)
    before = told(case)
    with pytest.raises(CannotBeGiven):
        give(actor=supervisor, case_id=case.pk, holder=moderator2, taken_from=moderator.pk)
    assert Claim.objects.get(ended_at=None).holder_id == moderator.pk
    assert (told(case), Shift.objects.get().reserved) == (before, case.units)
    assert ExposureEntry.objects.count() == 0


def test_a_case_she_has_is_not_given_to_her_again(supervisor, moderator):
    case = make.case()
    start_shift(actor=moderator)
    claim_next(actor=moderator)
    with pytest.raises(CaseNotWaiting, match="has the case already"):
        give(actor=supervisor, case_id=case.pk, holder=moderator, taken_from=moderator.pk)
    assert Claim.objects.count() == 1


def test_a_case_that_changed_hands_since_it_was_looked_at_stays_where_it_is(
    supervisor, moderator, moderator2, senior
):
    """Nobody loses a case because a supervisor's page was old."""
    case = make.case()
    for person in (moderator, moderator2):
        start_shift(actor=person)
    with pytest.raises(CaseNotWaiting, match="changed hands"):
        give(actor=supervisor, case_id=case.pk, holder=moderator2, taken_from=moderator.pk)
    claim_next(actor=moderator)
    for seen in (None, senior.pk):
        with pytest.raises(CaseNotWaiting, match="changed hands"):
            give(actor=supervisor, case_id=case.pk, holder=moderator2, taken_from=seen)
    assert Claim.objects.get().holder_id == moderator.pk
    assert told(case) == ["case.claimed"]


@pytest.mark.parametrize("state", ["done", "preparing"])
def test_a_case_that_is_done_or_not_ready_is_given_to_nobody(supervisor, moderator, state):
    closed = {"closed_at": "2026-01-01T00:00Z"} if state == "done" else {}
    case = make.case(state=state, **closed)
    start_shift(actor=moderator)
    with pytest.raises(CaseNotWaiting):
        give(actor=supervisor, case_id=case.pk, holder=moderator)
    assert (told(case), Claim.objects.count()) == ([], 0)


def test_a_case_taken_back_waits_again_and_what_was_seen_stays_paid(supervisor, moderator):
    case = make.case(exposure=2)
    start_shift(actor=moderator)
    claim_next(actor=moderator)
    take_away(actor=supervisor, case_id=case.pk)
    case.refresh_from_db()
    claim = Claim.objects.get(case=case)
    assert (case.state, claim.ending) == ("waiting", "reassigned")
    assert told(case) == ["case.claimed", "case.returned", "case.taken_back"]
    assert ExposureEntry.objects.get(claim_id=claim.pk).reported is False
    assert Shift.objects.get(user=moderator).reserved == 0


def test_nobody_to_take_it_from_is_said_and_leaves_no_trace(supervisor):
    case = make.case()
    with pytest.raises(CaseNotWaiting, match="Nobody holds this case any more"), transaction.atomic():
        take_away(actor=supervisor, case_id=case.pk)
    assert told(case) == []
