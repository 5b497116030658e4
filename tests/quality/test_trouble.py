"""Automatic decisions, people who left, rules that moved, and several at the same moment."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction
from django.utils.timezone import now

from apps.accounts.models import User
from apps.decisions.evidence import take
from apps.decisions.models import Decision
from apps.decisions.operations import undo
from apps.decisions.operations.writing import Draft, write
from apps.errors import DomainError
from apps.guidelines.operations import open_draft, publish, save_part
from apps.guidelines.queries import in_force
from apps.ledger.models import Event
from apps.ledger.operations import drain, record_many
from apps.quality.models import Adjudication, Comparison, Draw, Finding, Golden, SamplingPlan, Void
from apps.quality.models.sampling import SHARES
from apps.quality.operations import add_golden, draw, retire, set_plan
from apps.queues.models import Case
from tests import make
from tests.conftest import person
from tests.guidelines.test_drafts import change, part_of
from tests.quality.conftest import CLEAR, OTHER_RULE, REMOVE, case, decided, let_pass, plan, second_look_of


def automatic(origin: str) -> Decision:
    """A decision nobody made, as the rooms that make them write it."""
    of = case()
    edition = in_force()
    with transaction.atomic():
        pk, entries = write(
            Draft(
                case=of, claim_id=None, decider_id=None, verdict=REMOVE, edition=edition, evidence=take(of.item_id),
                held=False, revealed=False, at=now(), origin=origin,
            )
        )  # fmt: skip
        Case.objects.filter(pk=of.pk).update(state="done", closed_at=now())
        record_many(entries)
    let_pass()
    return Decision.objects.get(pk=pk)


@pytest.mark.parametrize("origin", ["auto", "hash_propagated"])
def test_automatic_decisions_are_looked_at_by_the_same_means(floor, origin):
    plan(random_share=0.03, automatic_share=1, propagated_share=1)
    first = automatic(origin)
    drawn = Draw.objects.get()
    assert (drawn.decision, drawn.origin, drawn.stratum) == (first, origin, f"AU-4|en|remove|{origin}")
    second = decided("moderator", second_look_of(first), CLEAR)
    pair = Comparison.objects.get()
    assert (pair.first_rater, pair.second_rater, pair.origin, pair.agreed) == (None, floor, origin, False)
    decided("senior", pair.adjudication.case, CLEAR)
    assert Adjudication.objects.get().changed
    assert [(one.decision, one.stood) for one in Finding.objects.all()] == [(second, True)]


def test_a_rule_reworded_between_two_looks_makes_them_say_nothing_and_another_rule_does_not(
    floor, published_at_once
):
    plan()
    first, other = decided("moderator", case()), decided("moderator", case(), OTHER_RULE)
    version = open_draft(actor=person("policy"), number="2")
    change(version, "AU-4", description="Only what is promised for money.", compatibility="narrowed")
    publish(make.approved(version), actor=person("policy"), reason="narrower")
    drain()
    decided("moderator2", second_look_of(first), CLEAR)
    assert [(one.draw.decision, one.because) for one in Void.objects.all()] == [(first, "rules_changed")]
    decided("moderator2", second_look_of(other), OTHER_RULE)
    assert [(pair.first, pair.agreed) for pair in Comparison.objects.all()] == [(other, True)]
    assert not Adjudication.objects.exists()
    assert not Event.objects.filter(kind="second_look.settled", data__first=first.pk).exists()


def test_a_rule_retired_between_two_looks_makes_them_say_nothing_and_keeps_what_was_compared_before(
    floor, published_at_once, signed_in
):
    plan()
    first, other = decided("moderator", case()), decided("moderator", case(text="Another promise."))
    decided("moderator2", second_look_of(other))
    version = open_draft(actor=person("policy"), number="2")
    doc = {"retired": True, "code": "AU-4", "title": "Promises", "successors": ["AU-1"], "note": "Covered."}
    part = part_of(version, "AU-4")
    version.refresh_from_db()
    save_part(actor=person("policy"), version_id=version.pk, part=part, doc=doc, seen=version.revision)
    publish(make.approved(version), actor=person("policy"), reason="One rule says it all.")
    drain()
    assert "AU-4" not in in_force().rules
    second = decided("moderator2", second_look_of(first), OTHER_RULE)  # under what is in force at that moment
    assert [(one.draw.decision, one.because) for one in Void.objects.all()] == [(first, "rules_changed")]
    assert [(pair.first, pair.agreed) for pair in Comparison.objects.all()] == [(other, True)]
    assert not Adjudication.objects.exists()
    assert not Finding.objects.filter(decision__in=[first, second]).exists()
    client = signed_in("policy")
    page = client.get("/quality/rules/AU-4/")
    assert page.status_code == 200
    assert "AU-4" in page.content.decode()
    assert client.get("/quality/rules/").status_code == 200


def test_a_person_who_left_is_compared_and_told_where_only_she_would_read_it(floor):
    plan()
    first = decided("moderator", case())
    User.objects.filter(pk=floor.pk).update(is_active=False, roles=[])
    decided("moderator2", second_look_of(first), CLEAR)
    decided("senior", Adjudication.objects.get().case, CLEAR)
    assert Finding.objects.get(person=floor).stood is False
    assert Adjudication.objects.get().changed


def test_an_undone_second_look_is_not_compared_and_an_undone_word_settles_nothing(floor):
    plan()
    first = decided("moderator", case())
    look = second_look_of(first)
    said = decided("moderator2", look, CLEAR, wait=False)
    undo(actor=person("moderator2"), decision_id=said.pk)
    let_pass()
    assert not Comparison.objects.exists()
    from apps.queues.models import Claim
    from apps.queues.operations import release

    release(actor=person("moderator2"), claim_id=Claim.objects.get(ended_at=None).pk)
    decided("moderator2", look, CLEAR)
    asked = Adjudication.objects.get()
    word = decided("senior", asked.case, CLEAR, wait=False)
    undo(actor=person("senior"), decision_id=word.pk)
    let_pass()
    asked.refresh_from_db()
    assert (asked.decision, asked.upheld) == (None, "")
    assert not Finding.objects.exists()


# At the same moment


def at_once(*actions):
    """Run them all in threads; True for those that went through, False for those refused in words."""

    def attempt(action):
        try:
            action()
            return True
        except DomainError:
            return False
        finally:
            connection.close()

    with ThreadPoolExecutor(len(actions)) as pool:
        return list(pool.map(attempt, actions))


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
def test_of_several_at_one_moment_each_thing_happens_once():
    from apps.wellbeing.operations import start_shift

    make.house()
    for name in ("moderator", "moderator2", "senior"):
        start_shift(actor=person(name))
    plan(random_share=0.03)
    firsts = [decided("moderator", case()) for _ in range(6)]
    first = next(one for one in firsts if not Draw.objects.filter(decision=one).exists())
    plan()
    made = list(Event.objects.filter(kind="decision.made", data__decision=first.pk))
    assert at_once(*[lambda: draw(made)] * 4) == [True] * 4
    assert Draw.objects.filter(decision=first).count() == 1
    decided("moderator2", second_look_of(first), OTHER_RULE)
    decided("senior", Adjudication.objects.get().case, REMOVE)
    settled, senior = Adjudication.objects.get().pk, person("senior")
    kept = at_once(*[lambda: add_golden(actor=senior, adjudication_id=settled)] * 4)
    assert kept.count(True) == Golden.objects.count() == 1
    golden = Golden.objects.get().pk
    gone = at_once(*[lambda: retire(actor=senior, golden_id=golden, because="leaked")] * 4)
    assert gone.count(True) == 1
    assert Event.objects.filter(kind="golden.retired").count() == 1
    shares = dict.fromkeys(SHARES, 0.05)
    saved = at_once(
        *[
            lambda: set_plan(
                actor=senior, queue=None, shares=shares, golden_share=0, finer=[], reason="More.", seen=2
            )
        ]
        * 4
    )
    assert saved.count(True) == 1
    assert SamplingPlan.objects.filter(number=3).count() == 1
