"""Cases with a known answer: told from no other by anybody who gets one, and never learned from."""

import json

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils.timezone import now

from apps.decisions.models import Decision, Enforcement, Notice
from apps.decisions.verdict import Verdict
from apps.erasure.operations import erase
from apps.feedback.operations.exporting import export
from apps.guidelines.operations import open_draft, publish
from apps.intake.models import ItemContent
from apps.ledger.models import Event
from apps.ledger.operations import drain, record
from apps.quality.errors import NotGolden, RetiredAlready
from apps.quality.models import Adjudication, Finding, Golden, GoldenCase
from apps.quality.operations import add_golden, retire
from apps.queues.models import Case
from apps.queues.operations import claim_case
from tests import make
from tests.conftest import person
from tests.guidelines.test_drafts import change
from tests.quality.conftest import (
    CLEAR,
    LATER,
    OTHER_RULE,
    REMOVE,
    case,
    decided,
    given,
    let_pass,
    newcomer,
    plan,
    second_look_of,
)


def adjudicated(first_case: Case | None = None, verdict: Verdict = REMOVE) -> Adjudication:
    first = decided("moderator", first_case or case())
    decided("moderator2", second_look_of(first), CLEAR)
    found = Adjudication.objects.get(comparison__first=first)
    decided("senior", found.case, verdict)
    found.refresh_from_db()
    return found


@pytest.fixture
def golden(floor) -> Golden:
    """A case whose answer is known, in use."""
    plan()
    kept = add_golden(
        actor=person("senior"), adjudication_id=adjudicated().pk, why="It promises a fixed gain."
    )
    plan(random_share=0.03, clear_share=0.03)
    return kept


def test_it_is_put_among_the_others_answered_and_told_to_her_alone(golden):
    plan(random_share=0.03, clear_share=0.03, golden_share=0.02)
    numbers = [number for number in range(1, 4000) if _is_put_in(number)]
    assert len(numbers) == pytest.approx(80, abs=25)
    third = newcomer("third", "moderator")
    out = given(golden)
    before = Enforcement.objects.count(), Notice.objects.count()
    hers = decided(third, out.case, OTHER_RULE)
    out.refresh_from_db()
    assert (out.decision, out.person, out.right, out.expert) == (hers, third, False, False)
    assert (hers.measures, hers.supersedes_id) == (True, None)
    assert (Enforcement.objects.count(), Notice.objects.count()) == before
    told = Finding.objects.get(decision=hers)
    assert (told.person, told.stood, told.rule_codes, told.why) == (
        third,
        False,
        ["AU-4"],
        "It promises a fixed gain.",
    )
    assert not Finding.objects.filter(person=third).exclude(pk=told.pk).exists()
    again = given(golden)
    assert again.case.barred.filter(user=third).exists()
    with pytest.raises(IntegrityError, match="golden_is_given_once_per_person"), transaction.atomic():
        GoldenCase.objects.filter(pk=again.pk).update(decision=golden.adjudication.decision, person=third, right=True,
                                                      answered_at=now())  # fmt: skip


def _is_put_in(number: int) -> bool:
    from apps.quality.strata import chance

    return chance("a seed", "golden", number) < 0.02


def test_for_a_share_of_decisions_one_is_put_into_their_queue(golden, monkeypatch):
    plan(random_share=0.03, clear_share=0.03, golden_share=0.02)
    monkeypatch.setattr("apps.quality.operations.giving.chance", lambda seed, what, number: 0.0)
    decided("moderator", make.case(queue="hate"), CLEAR)
    assert not GoldenCase.objects.exists()
    decided("moderator", case(), CLEAR)
    out = GoldenCase.objects.get()
    assert (out.case.queue.slug, out.case.purpose, out.case.state) == ("fraud", "golden", "waiting")
    assert set(out.case.barred.values_list("user__username", flat=True)) == {
        "moderator",
        "moderator2",
        "senior",
    }
    decided("moderator", case(), CLEAR)
    assert GoldenCase.objects.count() == 1


@pytest.mark.parametrize("exposure", [3, 4])
def test_what_is_heavy_is_never_golden(floor, exposure):
    plan(extreme_share=1)
    found = adjudicated()
    Case.objects.filter(pk=found.case_id).update(exposure=exposure)
    with pytest.raises(NotGolden, match="too heavy"):
        add_golden(actor=person("senior"), adjudication_id=found.pk)
    assert not Golden.objects.exists()
    kept = _golden_row(found)
    with pytest.raises(IntegrityError, match="golden_exposure_at_most_2"), transaction.atomic():
        kept.save()


def _golden_row(found: Adjudication) -> Golden:
    third = found.decision
    return Golden(
        adjudication=found, item=third.item, item_revision=1, queue=found.case.queue, exposure=found.case.exposure,
        outcome=third.outcome, rule_codes=["AU-4"], guideline_version=third.guideline_version, added_by=person("senior"),
    )  # fmt: skip


def test_only_what_was_settled_is_golden_and_once(floor):
    plan()
    found = adjudicated()
    add_golden(actor=person("senior"), adjudication_id=found.pk)
    with pytest.raises(NotGolden, match="kept already"):
        add_golden(actor=person("senior"), adjudication_id=found.pk)
    open_one = decided("moderator", case())
    decided("moderator2", second_look_of(open_one), CLEAR)
    waiting = Adjudication.objects.get(decision=None)
    with pytest.raises(NotGolden, match="settled"):
        add_golden(actor=person("senior"), adjudication_id=waiting.pk)
    row = _golden_row(found)
    row.adjudication = waiting
    with pytest.raises(IntegrityError, match="golden_is_a_settled_adjudication"), transaction.atomic():
        row.save()
    with pytest.raises(IntegrityError, match="changes_only_by_being_retired"), transaction.atomic():
        Golden.objects.update(outcome="no_violation")


# Retiring


def test_a_changed_rule_retires_it_and_the_copy_that_waits(golden, published_at_once):
    out = given(golden)
    version = open_draft(actor=person("policy"), number="2")
    change(version, "AU-1", description="Other words.", compatibility="same")
    publish(make.approved(version), actor=person("policy"), reason="clearer")
    drain()
    golden.refresh_from_db()
    assert golden.retired_at is None
    version = open_draft(actor=person("policy"), number="3")
    change(version, "AU-4", description="Only what is promised for money.", compatibility="narrowed")
    publish(make.approved(version), actor=person("policy"), reason="narrower")
    drain()
    golden.refresh_from_db()
    out.case.refresh_from_db()
    assert (golden.retired_because, out.case.state) == ("rule_changed", "done")
    assert Event.objects.get(kind="golden.retired").private


def test_an_erased_item_retires_it_before_anybody_gets_it(golden):
    ItemContent.objects.filter(item=golden.item).update(text="", erased_at=now())
    assert given(golden) is None
    golden.refresh_from_db()
    assert golden.retired_because == "item_gone"
    assert not Case.objects.filter(purpose="golden").exists()


def test_a_changed_item_retires_it(golden):
    golden.item.revision = 2
    golden.item.save()
    with transaction.atomic():
        record("item.changed", actor=None, item=golden.item, revision=2)
    drain()
    golden.refresh_from_db()
    assert golden.retired_because == "item_changed"


def test_two_experienced_people_who_say_otherwise_retire_it(golden):
    for name in ("senior2", "senior3"):
        golden.refresh_from_db()
        assert golden.retired_at is None
        decided(newcomer(name, "senior_moderator"), given(golden).case, CLEAR)
    golden.refresh_from_db()
    assert golden.retired_because == "disputed"


def test_a_leaked_one_is_retired_once_and_an_answer_that_comes_later_says_nothing(golden):
    out, third = given(golden), newcomer("third", "moderator")
    claim_case(actor=third, holder=third, case_id=out.case_id)
    retire(actor=person("senior"), golden_id=golden.pk, because="leaked", note="Passed round.")
    with pytest.raises(RetiredAlready):
        retire(actor=person("senior"), golden_id=golden.pk, because="other")
    from apps.decisions.operations import decide
    from apps.queues.models import Claim

    decide(actor=third, claim_id=Claim.objects.get(holder=third, ended_at=None).pk, verdict=CLEAR)
    let_pass()
    out.refresh_from_db()
    assert out.decision is None
    assert not Finding.objects.filter(person=third).exists()


# Never learned from


def test_nothing_golden_nor_any_copy_of_it_is_in_a_split(golden, tmp_path):
    decided(newcomer("third", "moderator"), given(golden).case)
    copy = decided("moderator", case(text="Invest now and be rich."))
    others = [decided("moderator", case(text=f"Another one, {number}.")) for number in range(4)]
    with time_machine.travel(now() + LATER * 6):
        export(tmp_path / "out", formats=["jsonl"], actor=None, test_from=now())
    lines = (tmp_path / "out/data/decisions.jsonl").read_text().splitlines()
    splits = {row["decision_id"]: row["split"] for row in map(json.loads, lines)}
    of_golden = [one.pk for one in Decision.objects.filter(item=golden.item, withdraws=False)]
    assert len(of_golden) == 4
    assert {splits[pk] for pk in (*of_golden, copy.pk)} == {None}
    assert {splits[one.pk] for one in others} & {"train", "validation"}


def test_its_content_is_erased_and_it_goes_out_of_use_with_the_case_that_waited(golden):
    put_in_now = given(golden)
    assert put_in_now is not None
    erase(item_id=golden.item_id, because="person", key_id=1)
    golden.refresh_from_db()
    put_in_now.case.refresh_from_db()
    assert (golden.retired_because, put_in_now.case.state) == ("item_gone", "done")
    assert given(golden) is None
