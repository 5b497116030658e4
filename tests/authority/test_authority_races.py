"""Two people take the same step, or opposite ones, at the same moment: one of them is taken, and what follows happens once."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.utils.timezone import now

from apps.authority.errors import StepNotDue
from apps.authority.models import Letter, NecessityTest, Telling
from apps.authority.operations import (
    answer_proposal,
    find_validity,
    lift,
    lift_due,
    propose,
    record_request,
    refuse,
    tell_authors_due,
)
from apps.decisions.models import Enforcement, Notice
from apps.ledger.operations import drain
from apps.wellbeing.operations import start_shift
from tests import make
from tests.authority.conftest import WORDS, asking, letters, proposed, reviewed
from tests.conftest import person
from tests.patience import PATIENCE

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def row():
    """One item of a request that breaks no rule of ours: the law is to be asked."""
    make.house()
    letters()
    moderator = person("moderator")
    moderator.languages = ["en", "km", "vi"]
    moderator.save()
    start_shift(actor=moderator)
    made = record_request(actor=person("legal"), asking=asking(make.item()))
    drain()
    return reviewed(made.items.get(), moderator)


def at_once(*calls):
    """What each call came to, all begun at the same moment: its answer, or 'refused'."""
    ready = threading.Barrier(len(calls))

    def run(call):
        ready.wait(PATIENCE)
        try:
            return call()
        except StepNotDue:
            return "refused"
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def test_two_who_agree_at_once_withhold_it_once(row):
    proposed(row, person("legal"))
    second = [person("admin"), person("supervisor")]
    came = at_once(*[lambda who=who: answer_proposal(actor=who, item=row, agrees=True) for who in second])
    assert came.count("refused") == 1
    assert NecessityTest.objects.filter(state="agreed").count() == 1
    assert Enforcement.objects.count() == 1
    assert Telling.objects.count() == 1


def test_of_two_who_answer_differently_one_is_heard(row):
    proposed(row, person("legal"))
    admin, supervisor = person("admin"), person("supervisor")
    came = at_once(
        lambda: answer_proposal(actor=admin, item=row, agrees=True),
        lambda: answer_proposal(actor=supervisor, item=row, agrees=False, words="Something milder would do."),
    )
    assert came.count("refused") == 1
    row.refresh_from_db()
    assert Enforcement.objects.count() == (1 if row.state == "by_law" else 0)
    assert row.state in ("by_law", "test")


def test_a_refusal_and_a_proposal_exclude_each_other(row):
    legal, admin = person("legal"), person("admin")
    find_validity(actor=legal, item=row, valid=True, reasons="Signed by the competent court.")
    came = at_once(
        lambda: propose(actor=legal, item=row, words=WORDS, about_officials=False),
        lambda: refuse(actor=admin, item=row, reasons="Nothing in that law asks for it."),
    )
    assert came.count("refused") == 1
    row.refresh_from_db()
    assert (row.state, NecessityTest.objects.count(), Letter.objects.count()) in [
        ("second", 1, 0),
        ("refused", 0, 1),
    ]


def test_its_end_and_a_hand_that_lifts_it_give_it_back_once(row):
    proposed(row, person("legal"), until=now() + timedelta(days=3))
    answer_proposal(actor=person("admin"), item=row, agrees=True)
    test = NecessityTest.objects.get()
    with time_machine.travel(now() + timedelta(days=4), tick=True):
        came = at_once(lift_due, lift_due, lambda: lift(actor=person("legal"), test=test))
    assert sum(map(int, came)) == 1
    assert Enforcement.objects.filter(reverses__isnull=False).count() == 1


def test_the_author_is_told_once_whoever_goes_round(row):
    proposed(row, person("legal"))
    answer_proposal(actor=person("admin"), item=row, agrees=True)
    assert sum(at_once(tell_authors_due, tell_authors_due, tell_authors_due)) == 1
    told = NecessityTest.objects.get().decision
    assert Notice.objects.filter(decision=told, audience="author").count() == 1
