"""From a draw to a settled disagreement, through the operations the worker and the desk use."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils.timezone import now

from apps.decisions.errors import DecidedBefore
from apps.decisions.models import Decision, Enforcement, Hold, Notice
from apps.decisions.operations import undo
from apps.decisions.queries import decision_log, enforcements_in_force
from apps.decisions.verdict import Verdict
from apps.delivery.models import Delivery, Endpoint
from apps.errors import NotAllowed
from apps.ledger.models import Event
from apps.quality.models import Adjudication, Comparison, Draw, Finding, Void
from apps.quality.operations import void_forgotten
from apps.quality.queries import Inclusion, inclusion_of, votes_of
from apps.queues.errors import NotYours
from apps.queues.models import Barred, Case
from apps.queues.operations import claim_case, claim_next
from tests import make
from tests.conftest import person
from tests.quality.conftest import (
    CLEAR,
    OTHER_RULE,
    REMOVE,
    STRIKE,
    case,
    decided,
    let_pass,
    newcomer,
    plan,
    second_look_of,
)


def kinds(*names: str) -> list[str]:
    return list(Event.objects.filter(kind__in=names).order_by("id").values_list("kind", flat=True))


def test_two_people_who_say_the_same_are_compared_and_nothing_else_happens(floor):
    plan()
    first = decided("moderator", case())
    look = second_look_of(first)
    before = Enforcement.objects.count(), Notice.objects.count()
    second = decided("moderator2", look)
    pair = Comparison.objects.get()
    assert (pair.first, pair.second, pair.agreed, pair.same_actions) == (first, second, True, True)
    assert (pair.first_rater, pair.second_rater) == (person("moderator"), person("moderator2"))
    assert (pair.rule_code, pair.language, pair.first_label, pair.origin) == (
        "AU-4",
        "en",
        "violates",
        "human",
    )
    assert (second.measures, second.supersedes_id, second.purpose) == (True, None, "second_look")
    assert (Enforcement.objects.count(), Notice.objects.count()) == before
    assert not Adjudication.objects.exists()
    assert not Finding.objects.exists()
    [told] = Event.objects.filter(kind="second_look.settled")
    assert told.private
    assert {key: told.data[key] for key in ("agreed", "rule", "language", "adjudicated", "outcome")} == {
        "agreed": True, "rule": "AU-4", "language": "en", "adjudicated": False, "outcome": "violates",
    }  # fmt: skip


def test_a_disagreement_is_settled_by_a_third_whose_word_replaces_a_wrong_decision(floor):
    plan()
    first = decided("moderator", case())
    second = decided("moderator2", second_look_of(first), CLEAR)
    assert enforcements_in_force(first.item_id).get().action == "remove"
    asked = Adjudication.objects.get()
    assert (asked.case.queue.slug, asked.case.purpose) == ("second-person", "adjudication")
    third = decided("senior", asked.case, Verdict("no_violation", explanation="It is plainly a joke."))
    asked.refresh_from_db()
    assert (asked.upheld, asked.changed, asked.decision, asked.why) == (
        "second",
        True,
        third,
        "It is plainly a joke.",
    )
    assert (third.measures, third.supersedes_id) == (False, first.pk)
    assert not enforcements_in_force(first.item_id).exists()
    found = {one.person.username: one for one in Finding.objects.all()}
    assert {name: one.stood for name, one in found.items()} == {"moderator": False, "moderator2": True}
    assert found["moderator"].decision == first
    assert found["moderator2"].decision == second
    assert {one.why for one in found.values()} == {"It is plainly a joke."}
    assert [vote.kind for vote in votes_of([first.item_id])[first.item_id]] == [
        "review",
        "second_look",
        "adjudication",
    ]
    assert kinds("second_look.settled", "second_look.adjudicated") == [
        "second_look.settled",
        "second_look.adjudicated",
    ]


def test_where_the_first_was_right_nothing_is_decided_again(floor):
    plan()
    first = decided("moderator", case())
    decided("moderator2", second_look_of(first), OTHER_RULE)
    notices = Notice.objects.count()
    third = decided("senior", Adjudication.objects.get().case, REMOVE)
    asked = Adjudication.objects.get()
    assert (asked.upheld, asked.changed, third.measures, third.supersedes_id) == ("first", False, True, None)
    assert (Enforcement.objects.count(), Notice.objects.count()) == (1, notices)
    assert [one.pk for one in decision_log(after=0, limit=10)] == []
    with time_machine.travel(now() + timedelta(minutes=1)):
        assert [one.pk for one in decision_log(after=0, limit=10)] == [first.pk]


def test_what_is_done_may_be_all_they_differ_in(floor):
    plan()
    first = decided("moderator", case())
    decided("moderator2", second_look_of(first), STRIKE)
    pair = Comparison.objects.get()
    assert (pair.agreed, pair.same_actions) == (True, False)
    decided("senior", pair.adjudication.case, STRIKE)
    assert Adjudication.objects.get().upheld == "second"
    assert enforcements_in_force(first.item_id).get().action == "strike"


def test_when_not_even_the_third_is_sure_nobody_is_told_she_was_wrong(floor):
    plan()
    first = decided("moderator", case())
    decided("moderator2", second_look_of(first), CLEAR)
    decided("senior", Adjudication.objects.get().case, Verdict("unsure"))
    assert Adjudication.objects.get().upheld == "open"
    assert not Finding.objects.exists()
    assert enforcements_in_force(first.item_id).get().action == "remove"


def test_what_was_decided_anew_meanwhile_is_not_overruled(floor):
    """The adjudication is about a decision that is not in force any more: it stays a label."""
    plan()
    first = decided("moderator", case())
    decided("moderator2", second_look_of(first), CLEAR)
    anew = make.case(item=first.item, queue="fraud", purpose="re_review", rule_codes=["AU-4"])
    newest = decided("senior", anew, STRIKE)
    other = newcomer("senior2", "senior_moderator")
    third = decided(other, Adjudication.objects.get().case, CLEAR)
    assert (third.measures, Adjudication.objects.get().changed) == (True, False)
    assert enforcements_in_force(first.item_id).get().decision == newest


# Laws


def test_nobody_second_looks_her_own_nor_settles_what_she_judged(floor):
    plan()
    first = decided("moderator", case())
    look = second_look_of(first)
    assert Barred.objects.filter(case=look, user=person("moderator"), why="decided").exists()
    with pytest.raises(NotYours):
        claim_case(actor=floor, holder=floor, case_id=look.pk)
    Barred.objects.all().delete()
    with pytest.raises(DecidedBefore), transaction.atomic():
        decided("moderator", look)
    with pytest.raises(IntegrityError, match="second_person_never_decided_before"), transaction.atomic():
        _insert(first, case=look, purpose="second_look", decider=floor)
    assert not Comparison.objects.exists()
    decided("senior", look, CLEAR)
    asked = Adjudication.objects.get()
    with pytest.raises(NotYours):
        claim_case(actor=person("senior"), holder=person("senior"), case_id=asked.case_id)
    with pytest.raises(IntegrityError, match="second_person_never_decided_before"), transaction.atomic():
        _insert(first, case=asked.case, purpose="adjudication", decider=person("senior"))
    with pytest.raises(NotAllowed):
        decided("moderator2", give_to_moderators(asked.case))
    with pytest.raises(IntegrityError, match="adjudicator_is_neither_of_the_two"), transaction.atomic():
        Adjudication.objects.update(
            decision=Comparison.objects.get().second, upheld="second", settled_at=now()
        )
    asked.refresh_from_db()
    assert asked.decision is None


def _insert(like: Decision, **fields) -> Decision:
    made = Decision.objects.get(pk=like.pk)
    made.pk, made.supersedes_id, made.measures, made.claim_id = None, None, True, None
    made.decided_at = now()
    for name, value in fields.items():
        setattr(made, name, value)
    made._state.adding = True
    made.save()
    return made


def give_to_moderators(asked: Case) -> Case:
    from apps.queues.models import Queue

    Queue.objects.filter(pk=asked.queue_id).update(roles=["moderator", "senior_moderator"])
    return asked


def test_the_database_keeps_what_was_drawn_compared_and_told(floor):
    plan()
    first = decided("moderator", case())
    second = decided("moderator2", second_look_of(first), CLEAR)
    decided("senior", Adjudication.objects.get().case, CLEAR)
    for model in (Draw, Comparison, Finding, Adjudication):
        with pytest.raises(Exception, match=r"Cannot|settled_once"), transaction.atomic():
            model.objects.all().delete()
    with pytest.raises(Exception, match="Cannot update"), transaction.atomic():
        Draw.objects.update(probability=0.5)
    with pytest.raises(IntegrityError, match="second_look_and_golden_only_measure"), transaction.atomic():
        _insert(first, case=second.case, purpose="second_look", decider=person("policy"), measures=False)
    with pytest.raises(IntegrityError, match="supersedes_nothing"), transaction.atomic():
        _insert(first, case=first.case, decider=person("policy"), supersedes=second)
    with pytest.raises(IntegrityError, match="draw_is_of_a_decision_in_its_own_right"), transaction.atomic():
        Draw.objects.create(decision=second, plan=Draw.objects.get().plan, case=first.case, stratum="", because="random",
                            probability=1, origin="human", exposure=0)  # fmt: skip
    with pytest.raises(IntegrityError, match="finding_is_told_to_whoever_decided"), transaction.atomic():
        Finding.objects.create(person=person("senior"), decision=Adjudication.objects.get().decision.supersedes.case
                               .decisions.get(pk=first.pk), source="golden", stood=True, outcome="violates")  # fmt: skip


# Drawing


def test_a_draw_keeps_the_probability_it_had(floor):
    plan(random_share=0.5, clear_share=1)
    one = decided("moderator", case(), CLEAR)
    drawn = Draw.objects.get()
    assert (drawn.decision, drawn.probability, drawn.because) == (one, 1, "random")
    assert drawn.stratum == "AU-4|en|no_action|human"
    said = Inclusion("AU-4|en|no_action|human", 1.0, "every queue 1")
    look = second_look_of(one)
    other = case()
    assert inclusion_of([one.case_id, look.pk, other.pk]) == {one.case_id: said, look.pk: said}


def test_handing_a_decision_over_twice_draws_it_once_and_taking_it_back_draws_nothing(floor):
    from apps.quality.operations import draw

    plan()
    decided("moderator", case())
    events = list(Event.objects.filter(kind="decision.made"))
    with transaction.atomic():
        assert draw(events) == []
    taken_back = decided("moderator2", case(), wait=False)
    undo(actor=person("moderator2"), decision_id=taken_back.pk)
    let_pass()
    assert Draw.objects.count() == 1


def test_what_is_held_or_unsure_is_not_drawn_and_what_two_agreed_on_is_looked_at_by_a_third(floor):
    plan(random_share=0.03)
    decided("moderator", case(), Verdict("unsure"))
    assert not Draw.objects.exists()
    held = decided("moderator", case(), Verdict("violates", ["AU-4"], ["account_terminate"]))
    assert Hold.objects.get().decision == held
    assert not Draw.objects.exists()
    approval = Case.objects.get(purpose="approval")
    decided("senior", approval, Verdict("violates", ["AU-4"], ["account_terminate"]))
    drawn = Draw.objects.get()
    assert (drawn.because, drawn.probability) == ("irreversible", 1)
    page_of_third = Case.objects.get(draw=drawn)
    assert page_of_third.queue.slug == "fraud"
    assert set(page_of_third.barred.values_list("user__username", flat=True)) == {"moderator", "senior"}


def test_a_second_look_spends_exposure_as_any_other(floor):
    from apps.wellbeing.models import Shift

    plan()
    first = decided("moderator", case(exposure=2))
    shift = Shift.objects.get(user=person("moderator2"))
    decided("moderator2", second_look_of(first))
    again = Shift.objects.get(pk=shift.pk)
    assert again.spent - shift.spent == Shift.objects.get(user=person("moderator")).spent
    assert again.spent > shift.spent


# Trouble


def test_a_changed_item_voids_what_waits_and_what_is_decided_too_late(floor):
    plan()
    one, two = decided("moderator", case()), decided("moderator", case())
    claim_case(actor=person("moderator2"), holder=person("moderator2"), case_id=second_look_of(two).pk)
    for item in (one.item, two.item):
        item.revision = 2
        item.save()
        from apps.ledger.operations import record

        with transaction.atomic():
            record("item.changed", actor=None, item=item, revision=2)
    let_pass()
    assert Void.objects.get().draw.decision == one
    assert Case.objects.get(draw__decision=one).state == "done"
    from apps.decisions.operations import decide
    from apps.queues.models import Claim

    live = Claim.objects.get(ended_at=None)
    decide(actor=person("moderator2"), claim_id=live.pk, verdict=CLEAR)
    let_pass()
    assert set(Void.objects.values_list("because", flat=True)) == {"item_changed"}
    assert Void.objects.count() == 2
    assert not Comparison.objects.exists()


def test_with_one_person_only_a_second_look_is_given_up_after_a_week(floor):
    plan()
    decided("moderator", case())
    assert claim_next(actor=floor) is None
    assert void_forgotten() == 0
    with time_machine.travel(now() + timedelta(days=8)):
        assert void_forgotten() == 1
        assert void_forgotten() == 0
    assert Void.objects.get().because == "nobody_left"
    assert not Case.objects.exclude(state="done").exists()


def test_nothing_of_a_look_that_only_measures_leaves_the_house(floor):
    Endpoint.objects.create(url="https://platform.example/hook", secret="whsec_x", kinds=[])
    plan()
    first = decided("moderator", case())
    told = set(Delivery.objects.values_list("message_id", flat=True))
    decided("moderator2", second_look_of(first), OTHER_RULE)
    assert set(Delivery.objects.values_list("message_id", flat=True)) == told
    assert first.item.reports.get().upheld is True
    assert re.search("second", "".join(told)) is None
