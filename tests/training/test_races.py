"""The same thing at the same moment, in real threads on a real PostgreSQL."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from apps.errors import DomainError
from apps.ledger.models import Event
from apps.queues.models import Queue
from apps.training.errors import AnsweredAlready, CertifiedAlready, DoingItAlready
from apps.training.models import Answer, Assignment, Certificate
from apps.training.operations import answer, certify, give
from apps.wellbeing.operations import start_shift
from tests import make
from tests.conftest import person
from tests.training.conftest import AU4, NONE, module

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]


def at_once(verb, times: int = 2) -> list:
    """What came of doing it several times at the same moment: results and refusals."""
    ready = Barrier(times)

    def one(_: int):
        try:
            ready.wait(timeout=60)
            return verb()
        except DomainError as refusal:
            return type(refusal)
        finally:
            connection.close()

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(one, range(times)))


def test_a_module_an_answer_and_a_certificate_are_there_once(db):
    make.house()
    Queue.objects.filter(slug="fraud").update(skill="fraud")
    her, senior, queue = person("moderator"), person("senior"), Queue.objects.get(slug="fraud")
    start_shift(actor=her)
    made = module("certification", queue="fraud")
    given = at_once(lambda: give(actor=her, person=her, module_id=made.pk))
    assert given.count(DoingItAlready) == 1
    mine = Assignment.objects.get()
    for position, (outcome, codes) in enumerate((AU4, NONE, AU4), start=1):
        said = {"position": position, "outcome": outcome, "rule_codes": codes}
        came = at_once(lambda said=said: answer(actor=her, assignment_id=mine.pk, **said))
        assert came.count(AnsweredAlready) == 1
    assert Answer.objects.count() == 3
    assert Event.objects.filter(kind="module.finished").count() == 1
    came = at_once(lambda: certify(actor=senior, person=her, queue=queue))
    assert came.count(CertifiedAlready) == 1
    assert Certificate.objects.count() == 1
    her.refresh_from_db()
    assert her.skills == ["fraud"]
    assert Event.objects.filter(kind="certificate.given").count() == 1
