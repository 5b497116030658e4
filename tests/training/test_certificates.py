"""The way to a queue: reading, practice, certification, a certificate that routing asks for; and its end."""

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from apps.accounts.models import User
from apps.briefing.operations import acknowledge
from apps.decisions.operations import decide
from apps.decisions.verdict import Verdict
from apps.guidelines.queries import in_force
from apps.ledger.models import Event
from apps.queues.models import Queue
from apps.queues.operations import claim_next
from apps.training.errors import (
    CertifiedAlready,
    NotASenior,
    NotForOneself,
    NotPassed,
    QueueAsksForNothing,
    SayWhy,
)
from apps.training.models import Certificate, Mentor
from apps.training.operations import accompany, answer, certify, end_certificate, give
from apps.training.queries.learning import paths_of
from apps.wellbeing.exposure import Look
from tests import make
from tests.conftest import person
from tests.training.conftest import AU4, NONE, module

pytestmark = pytest.mark.django_db


@pytest.fixture
def exam(floor):
    """A certification for the fraud queue, which asks for one."""
    Queue.objects.filter(slug="fraud").update(skill="fraud")
    return module("certification", queue="fraud", cases=(AU4, AU4, NONE))


def fraud() -> Queue:
    return Queue.objects.get(slug="fraud")


def passes(who: User, of, *, said=(AU4, AU4, NONE)):
    mine = give(actor=who, person=who, module_id=of.pk)
    for position, (outcome, codes) in enumerate(said, start=1):
        answer(actor=who, assignment_id=mine.pk, position=position, outcome=outcome, rule_codes=codes)
    mine.refresh_from_db()
    return mine


def test_routing_gives_cases_of_a_queue_to_the_certified_alone(exam, floor):
    make.case(queue="fraud")
    assert claim_next(actor=floor) is None
    assert passes(floor, exam).passed
    made = certify(actor=person("senior"), person=floor, queue=fraud())
    floor.refresh_from_db()
    assert (floor.skills, made.skill, made.given_by) == (["fraud"], "fraud", person("senior"))
    assert claim_next(actor=floor) is not None
    [told] = Event.objects.filter(kind="certificate.given")
    assert (told.actor_id, told.data["person"]) == (person("senior").pk, floor.pk)


def test_without_passing_or_from_oneself_there_is_no_certificate(exam, floor):
    senior = person("senior")
    with pytest.raises(NotPassed):
        certify(actor=senior, person=floor, queue=fraud())
    failed = passes(floor, exam, said=(AU4, NONE, NONE))
    assert (failed.right, failed.passed) == (2, False)
    with pytest.raises(NotPassed):
        certify(actor=senior, person=floor, queue=fraud())
    passes(senior, exam)
    with pytest.raises(NotForOneself):
        certify(actor=senior, person=senior, queue=fraud())
    with pytest.raises(QueueAsksForNothing):
        certify(actor=senior, person=floor, queue=Queue.objects.get(slug="hate"))
    with pytest.raises(DatabaseError, match="rests_on_a_passed_certification"), transaction.atomic():
        Certificate.objects.create(person=floor, queue=fraud(), skill="fraud", basis=failed, given_by=senior)
    passed = passes(floor, exam)
    with pytest.raises(IntegrityError, match="never_given_to_oneself"), transaction.atomic():
        Certificate.objects.create(person=floor, queue=fraud(), skill="fraud", basis=passed, given_by=floor)
    floor.refresh_from_db()
    assert floor.skills == []
    assert not Certificate.objects.exists()
    assert not Event.objects.filter(kind="certificate.given").exists()


def test_who_loses_a_certificate_finishes_the_case_in_hand_and_gets_no_other(exam, floor):
    passes(floor, exam)
    made = certify(actor=person("senior"), person=floor, queue=fraud())
    floor.refresh_from_db()
    for _ in range(2):
        make.case(queue="fraud")
    claim = claim_next(actor=floor)
    with pytest.raises(SayWhy):
        end_certificate(actor=person("supervisor"), certificate_id=made.pk, because="")
    why = "The rule changed a lot; please take it again."
    end_certificate(actor=person("supervisor"), certificate_id=made.pk, because=why)
    floor.refresh_from_db()
    assert floor.skills == []
    done = decide(
        actor=floor, claim_id=claim.claim_id, verdict=Verdict("violates", ["AU-4"], ["remove"]), look=Look(1),
        claim_another=True,
    )  # fmt: skip
    assert (done.decision_id > 0, done.next) == (True, None)
    path = next(one for one in paths_of(floor) if one.queue.slug == "fraud")
    assert (path.certified, path.ended.ended_because, path.passed) == (False, why, False)
    end_certificate(
        actor=person("supervisor"), certificate_id=made.pk, because="Once more, with another reason."
    )
    made.refresh_from_db()
    assert made.ended_because == why
    assert Event.objects.filter(kind="certificate.ended").count() == 1
    with pytest.raises(NotPassed):  # one passed certification carries one certificate
        certify(actor=person("senior"), person=floor, queue=fraud())
    passes(floor, exam)
    certify(actor=person("senior"), person=floor, queue=fraud())
    with pytest.raises(CertifiedAlready):
        certify(actor=person("senior"), person=floor, queue=fraud())
    with pytest.raises(DatabaseError, match="changes_only_by_ending_once"), transaction.atomic():
        Certificate.objects.filter(pk=made.pk).update(ended_because="Other words.")


def test_the_path_says_what_comes_next(exam, floor):
    practice = module("practice", queue="fraud")

    def states() -> list[str]:
        path = next(one for one in paths_of(floor) if one.queue.slug == "fraud")
        return [step.state for step in path.steps]

    assert states() == ["ready", "ready", "later", "later"]
    acknowledge(actor=floor, number=in_force().number)
    mine = give(actor=floor, person=floor, module_id=practice.pk)
    assert states() == ["done", "open", "later", "later"]
    for position in (1, 2, 3):
        answer(actor=floor, assignment_id=mine.pk, position=position, outcome=NONE[0], rule_codes=[])
    assert states() == ["done", "done", "ready", "later"]
    passes(floor, exam)
    assert states() == ["done", "done", "done", "open"]
    certify(actor=person("senior"), person=floor, queue=fraud())
    assert states() == ["done", "done", "done", "done"]


def test_the_paths_cost_the_same_for_one_queue_as_for_many(exam, floor, django_assert_num_queries):
    with django_assert_num_queries(6):
        assert len(paths_of(floor)) == 2
    Queue.objects.filter(skill="", roles__contains=["moderator"]).update(skill="all")
    with django_assert_num_queries(6):
        assert len(paths_of(floor)) > 8


def test_a_person_is_accompanied_by_a_senior_who_is_somebody_else(floor):
    senior, supervisor = person("senior"), person("supervisor")
    accompany(actor=supervisor, person=floor, senior=senior)
    for wrong in (person("moderator2"), floor):
        with pytest.raises(NotASenior):
            accompany(actor=supervisor, person=floor, senior=wrong)
    assert Mentor.objects.get().senior == senior
    with pytest.raises(IntegrityError, match="nobody_is_her_own_senior"), transaction.atomic():
        Mentor.objects.create(person=senior, senior=senior)
    accompany(actor=supervisor, person=floor, senior=None)
    assert not Mentor.objects.exists()
