"""Modules: put together from settled cases, worked through in paid time, and what is counted of them."""

from datetime import timedelta

import pytest
import time_machine
from django.db import DatabaseError, connection, transaction
from django.utils.timezone import now

from apps.errors import Invalid, NotAllowed
from apps.guidelines.operations import open_draft, publish
from apps.guidelines.queries import forget_in_force
from apps.intake.models import ItemContent
from apps.ledger.models import Event
from apps.ledger.operations import drain
from apps.queues.models import Claim
from apps.queues.operations import claim_next, release
from apps.training.errors import (
    AnsweredAlready,
    DoingItAlready,
    HoldsACase,
    ModuleFixed,
    ModuleNotReady,
    ModuleRetired,
    ModuleUnusable,
)
from apps.training.models import Answer, Assignment, Module, ModuleCase
from apps.training.operations import (
    add_case,
    answer,
    forget_erased,
    give,
    give_to_language,
    look_at_next,
    open_module,
    publish_module,
    retire_module,
    take_out,
)
from apps.training.queries.candidates import candidates_for
from apps.training.queries.learning import time_of
from apps.wellbeing.errors import NotOnShift, OnBreak
from apps.wellbeing.models import ExposureEntry
from apps.wellbeing.operations import end_shift, start_break
from tests import make
from tests.conftest import person
from tests.guidelines.test_drafts import change
from tests.training.conftest import AU4, NONE, module, pairs

pytestmark = pytest.mark.django_db


def draft(**fields) -> Module:
    asked = {"kind": "targeted", "title": "Scams", "chosen": "none", "instead_of": "AU-4", **fields}
    return open_module(actor=person("senior"), **asked)


def put_in(of: Module, **fields) -> ModuleCase:
    asked = {
        "text": "Somebody promises a fortune for a small fee.", "exposure": 1, "outcome": "violates", "rule_codes": ["AU-4"],
        "about_rule": "AU-4", "explanation": "The rule speaks of promised gains.", "names_nobody": True, **fields,
    }  # fmt: skip
    return add_case(actor=person("senior"), module_id=of.pk, **asked)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"text": "Write to me@example.org and be rich."}, "text"),
        ({"text": "Write to [email] and be rich."}, "text"),
        ({"text": "Short"}, "text"),
        ({"names_nobody": False}, "names_nobody"),
        ({"exposure": 3}, "exposure"),
        ({"rule_codes": []}, "outcome"),
        ({"outcome": "unsure"}, "outcome"),
        ({"rule_codes": ["ZZ-9"]}, "rules"),
        ({"about_rule": "ZZ-9"}, "about_rule"),
        ({"explanation": "Because"}, "explanation"),
    ],
)
def test_what_cannot_be_learned_from_does_not_go_into_a_module(floor, fields, field):
    made = draft()
    with pytest.raises(ModuleUnusable) as refused:
        put_in(made, **fields)
    assert [error["field"] for error in refused.value.errors] == [field]
    assert not ModuleCase.objects.exists()
    assert not Event.objects.filter(kind="module.case_added").exists()


def test_a_module_is_about_a_pair_or_for_a_queue(floor):
    for wrong, field in (
        ({"chosen": "AU-4"}, "instead_of"),
        ({"chosen": "ZZ-9"}, "chosen"),
        ({"kind": "practice"}, "queue"),
        ({"title": " "}, "title"),
    ):
        with pytest.raises(Invalid) as refused:
            draft(**wrong)
        assert [error["field"] for error in refused.value.errors] == [field]
    with pytest.raises(NotAllowed):
        open_module(actor=floor, kind="targeted", title="Mine", chosen="none", instead_of="AU-4")
    assert not Module.objects.exists()


def test_a_module_in_use_does_not_change(floor):
    made = draft()
    for number in range(2):
        put_in(made, text=f"Somebody promises a fortune, {number}.")
    with pytest.raises(ModuleNotReady):
        publish_module(actor=person("senior"), module_id=made.pk)
    put_in(made)
    take_out(actor=person("senior"), module_id=made.pk, position=2)
    put_in(made)
    publish_module(actor=person("senior"), module_id=made.pk)
    with pytest.raises(ModuleFixed):
        put_in(made)
    for sql in (
        "UPDATE training_module SET title = 'Other' WHERE id = %s",
        "DELETE FROM training_module WHERE id = %s",
    ):
        with pytest.raises(DatabaseError, match="module_changes_only_by_being_retired"), transaction.atomic():
            run(sql, made.pk)
    for sql in (
        "UPDATE training_modulecase SET explanation = 'Other' WHERE module_id = %s",
        "DELETE FROM training_modulecase WHERE module_id = %s",
        "INSERT INTO training_modulecase (module_id, position, text, language, exposure, outcome, rule_codes, rule_version_id,"
        " explanation) SELECT module_id, 9, text, '', 0, outcome, rule_codes, rule_version_id, explanation"
        " FROM training_modulecase WHERE module_id = %s LIMIT 1",
    ):
        with (
            pytest.raises(DatabaseError, match="case_of_a_published_module_is_never_changed"),
            transaction.atomic(),
        ):
            run(sql, made.pk)
    with pytest.raises(DatabaseError, match="never_above_2"), transaction.atomic():
        ModuleCase.objects.create(
            module=draft(), position=1, text="Heavy", exposure=3, outcome="no_violation", explanation="Because.",
            rule_version=made.cases.first().rule_version,
        )  # fmt: skip


def run(sql: str, *values) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def test_candidates_are_light_settled_cases_with_names_taken_out(floor):
    pairs(2, NONE, AU4, AU4)
    pairs(1, NONE, AU4)  # not settled
    pairs(1, NONE, AU4, AU4, exposure=2)
    made = draft()
    found = candidates_for(made)
    assert [(one.outcome, one.rule_codes, one.why) for one in found] == [
        ("violates", ["AU-4"], "The offer is a bait.")
    ] * 2
    assert all("[email]" in one.text and "example.org" not in one.text for one in found)
    put_in(made, decision_id=found[0].decision_id)
    assert [one.decision_id for one in candidates_for(made)] == [found[1].decision_id]
    with pytest.raises(ModuleUnusable, match="cannot go"):
        put_in(made, decision_id=found[0].decision_id)


def test_working_through_a_module_is_paid_time_without_exposure(floor):
    mine = give(actor=floor, person=floor, module_id=module().pk)
    with time_machine.travel(now(), tick=False) as clock:
        first = look_at_next(actor=floor, assignment_id=mine.pk)
        clock.shift(timedelta(minutes=4))
        right = answer(
            actor=floor,
            assignment_id=mine.pk,
            position=first.position,
            outcome="violates",
            rule_codes=["AU-4"],
        )
        second = look_at_next(actor=floor, assignment_id=mine.pk)
        clock.shift(timedelta(hours=2))  # the page was left open
        other = answer(
            actor=floor, assignment_id=mine.pk, position=second.position, outcome="unsure", rule_codes=[]
        )
        assert (right.right, right.seconds, other.right, other.seconds) == (True, 240, False, 900)
        assert (time_of(floor).now, time_of(floor).month) == (19, 19)
        assert not ExposureEntry.objects.exists()
        third = look_at_next(actor=floor, assignment_id=mine.pk)
        answer(
            actor=floor,
            assignment_id=mine.pk,
            position=third.position,
            outcome="violates",
            rule_codes=["AU-4"],
        )
    mine.refresh_from_db()
    assert (mine.asked, mine.right, mine.passed) == (3, 2, False)
    with pytest.raises(AnsweredAlready):
        answer(actor=floor, assignment_id=mine.pk, position=1, outcome="unsure", rule_codes=[])
    assert look_at_next(actor=floor, assignment_id=mine.pk) is None
    [told] = Event.objects.filter(kind="module.finished")
    assert told.private


def test_training_is_done_on_shift_and_without_a_case_in_hand(floor):
    mine = give(actor=floor, person=floor, module_id=module().pk)

    def refused(error):
        with pytest.raises(error):
            look_at_next(actor=floor, assignment_id=mine.pk)
        with pytest.raises(error):
            answer(actor=floor, assignment_id=mine.pk, position=1, outcome="unsure", rule_codes=[])

    make.case(queue="fraud")
    assert claim_next(actor=floor)
    refused(HoldsACase)
    release(actor=floor, claim_id=Claim.objects.get(holder=floor, ended_at=None).pk)
    start_break(actor=floor)
    refused(OnBreak)
    end_shift(actor=floor)
    refused(NotOnShift)
    assert not Answer.objects.exists()


def test_a_module_is_given_once_at_a_time_and_only_while_in_use(floor):
    made = module(language="en")
    supervisor = person("supervisor")
    given = give(actor=supervisor, person=floor, module_id=made.pk)
    assert (given.because, given.given_by) == ("given", supervisor)
    with pytest.raises(DoingItAlready):
        give(actor=floor, person=floor, module_id=made.pk)
    with pytest.raises(NotAllowed):
        give(actor=person("moderator2"), person=floor, module_id=made.pk)
    assert give_to_language(actor=supervisor, module_id=made.pk) == 2  # those two of three who have it not
    retire_module(actor=person("senior"), module_id=made.pk, because="A better one is in use.")
    with pytest.raises(ModuleRetired):
        give(actor=supervisor, person=person("moderator2"), module_id=made.pk)
    with pytest.raises(DatabaseError, match="module_is_given_while_in_use"), transaction.atomic():
        Assignment.objects.create(
            module=made, person=person("senior"), because="own", given_by=person("senior")
        )
    assert Assignment.objects.count() == 3


def test_a_module_is_retired_when_its_rule_is_worded_anew(floor, policy, published_at_once):
    scams, _ = module(), module(chosen="AU-1", instead_of="none")
    version = open_draft(actor=policy, number="2")
    change(version, "AU-4", description="Only what is promised for money.", compatibility="narrowed")
    publish(make.approved(version), actor=policy, reason="clearer")
    forget_in_force()
    with time_machine.travel(now() + timedelta(seconds=11)):
        drain()
    scams.refresh_from_db()
    assert (scams.state, scams.retired_because) == (
        "retired",
        "Worded anew or retired in guidelines 2: AU-4.",
    )
    assert Event.objects.filter(kind="module.retired", actor_id=None).count() == 2  # both explain by AU-4


def test_a_case_whose_content_is_erased_is_left_out(floor):
    made = module()
    mine = give(actor=floor, person=floor, module_id=made.pk)
    for position in (1, 2):
        look_at_next(actor=floor, assignment_id=mine.pk)
        answer(actor=floor, assignment_id=mine.pk, position=position, outcome="violates", rule_codes=["AU-4"])
    assert forget_erased() == 0
    [first] = pairs(1)
    taken = put_in(draft(), decision_id=first.first_id)
    ItemContent.objects.filter(item_id=first.first.item_id).delete()
    assert forget_erased() == 1
    taken.refresh_from_db()
    assert (taken.text, taken.gone_at is None) == ("", False)
    made.cases.update(text="", gone_at=now())
    assert look_at_next(actor=floor, assignment_id=mine.pk) is None
    mine.refresh_from_db()
    assert (mine.asked, mine.right, mine.passed) == (2, 1, False)
    other = give(actor=person("senior"), person=person("senior"), module_id=made.pk)
    assert look_at_next(actor=person("senior"), assignment_id=other.pk) is None
    other.refresh_from_db()
    assert (other.asked, other.right, other.passed) == (0, 0, False)


def test_a_case_whose_content_is_erased_is_emptied_also_when_its_item_says_something_new(floor):
    kept, gone = pairs(2)
    unfinished = draft()
    stays = put_in(unfinished, decision_id=kept.first_id)
    taken = put_in(unfinished, decision_id=gone.first_id)
    item = gone.first.item
    ItemContent.objects.filter(item=item).update(text="", context=[], erased_at=now())
    ItemContent.objects.create(item=item, revision=item.revision + 1, text="Something else.")
    assert (forget_erased(), forget_erased()) == (1, 0)
    for case in (stays, taken):
        case.refresh_from_db()
    assert (taken.text, taken.gone_at is None) == ("", False)
    assert (stays.text == "", stays.gone_at) == (False, None)


def test_answers_and_finished_modules_are_never_changed(floor):
    made = module()
    mine = give(actor=floor, person=floor, module_id=made.pk)
    for position in (1, 2, 3):
        answer(actor=floor, assignment_id=mine.pk, position=position, outcome=AU4[0], rule_codes=AU4[1])
    with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
        Answer.objects.update(right=True)
    with pytest.raises(DatabaseError, match="finished_module_is_never_changed"), transaction.atomic():
        Assignment.objects.update(right=3)
    with pytest.raises(DatabaseError, match="answer_is_to_a_case_of_the_module"), transaction.atomic():
        Answer.objects.create(
            assignment=mine, case=module().cases.first(), outcome=NONE[0], right=True, shift_id=1, seconds=1
        )
