"""Two write down, carry out or answer the same ruling at the same moment: it is done once."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.utils.timezone import localdate, now

from apps.board.errors import AnsweredAlready
from apps.board.models import BoardCase, Ruling
from apps.board.operations import answer, bring, carry_out, record_ruling
from apps.decisions.models import Decision
from apps.decisions.operations import decide
from apps.decisions.verdict import Verdict
from apps.ledger.models import Event
from apps.queues.operations import claim_next
from apps.wellbeing.exposure import Look
from apps.wellbeing.operations import start_shift
from tests import make
from tests.conftest import person
from tests.later import later
from tests.patience import PATIENCE

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]
REMOVE = Verdict("violates", ["VX-1"], ["remove"])


@pytest.fixture
def brought() -> BoardCase:
    make.house()
    moderator = person("moderator")
    start_shift(actor=moderator)
    make.case()
    claim = claim_next(actor=moderator)
    made = decide(actor=moderator, claim_id=claim.claim_id, verdict=Verdict("no_violation"), look=Look(1))
    later()
    said = {"direction": "referred", "reference": "FB-1", "question": "Was it right to leave it up?"}
    return bring(actor=person("legal"), decision_id=made.decision_id, **said)


def at_once(*calls):
    """What each call came to, all begun at the same moment: its answer, or 'refused'."""
    ready = threading.Barrier(len(calls))

    def run(call):
        ready.wait(PATIENCE)
        try:
            return call()
        except AnsweredAlready:
            return "refused"
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def ruled(brought, kind="binding", by="legal"):
    return record_ruling(
        actor=person(by),
        case=brought,
        kind=kind,
        words="The decision to leave it up is overturned.",
        decided_on=localdate(),
        due_at=now() + timedelta(days=7),
    )


def test_a_ruling_written_down_twice_is_one(brought):
    person("legal"), person("admin")
    came = at_once(*[lambda by=by: ruled(brought, by=by) for by in ("legal", "admin", "legal")])
    assert came.count("refused") == 2
    assert Ruling.objects.count() == 1
    assert Event.objects.filter(kind="board.ruled").count() == 1


def test_a_binding_ruling_carried_out_twice_at_once_is_one_decision(brought):
    ruling, legal, admin = ruled(brought), person("legal"), person("admin")
    before = Decision.objects.count()
    came = at_once(
        *[lambda who=who: carry_out(actor=who, ruling=ruling, verdict=REMOVE) for who in (legal, admin)]
    )
    assert came.count("refused") == 1
    assert Decision.objects.count() == before + 1
    assert Event.objects.filter(kind="board.carried_out").count() == 1


def test_a_recommendation_answered_twice_at_once_has_one_answer(brought):
    ruling, legal = ruled(brought, "advisory"), person("legal")
    came = at_once(
        lambda: answer(
            actor=legal, ruling=ruling, answer="accepted", words="We will do it by the end of the year."
        ),
        lambda: answer(
            actor=legal, ruling=ruling, answer="declined", words="We will not do it, for this reason."
        ),
    )
    assert came.count("refused") == 1
    assert Event.objects.filter(kind="board.answered").count() == 1
