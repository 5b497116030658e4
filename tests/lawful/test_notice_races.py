"""Two do the same, or the opposite, to one notice of law at the same moment: one of them is taken, once."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.utils.timezone import now

from apps.decisions.models import Enforcement
from apps.lawful.errors import LawStepNotDue
from apps.lawful.models import CounterNotice, LawLetter
from apps.lawful.operations import decide, lift, name_court, object_to, restore_due, withdraw
from apps.wellbeing.operations import start_shift
from tests import make
from tests.conftest import person
from tests.lawful.conftest import WHY, accepted, noticed, reviewed
from tests.patience import PATIENCE

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def floor():
    make.house()
    moderator = person("moderator")
    moderator.languages = ["en", "km", "vi"]
    moderator.save()
    start_shift(actor=moderator)
    return moderator


def at_once(*calls):
    """What each call came to, all begun at the same moment: its answer, or 'refused'."""
    ready = threading.Barrier(len(calls))

    def run(call):
        ready.wait(PATIENCE)
        try:
            return call()
        except LawStepNotDue:
            return "refused"
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def test_two_counter_notices_are_one(floor):
    notice = accepted(floor, person("legal"))
    came = at_once(
        *[
            lambda n=n: object_to(notice_id=notice.pk, statement=f"It is mine, {n}.", good_faith=True)
            for n in range(4)
        ]
    )
    assert came.count("refused") == 3
    assert CounterNotice.objects.count() == 1
    assert LawLetter.objects.filter(about="countered").count() == 1


def test_a_decision_and_a_withdrawal_exclude_each_other(floor):
    legal = person("legal")
    notice = reviewed(noticed(), floor)
    came = at_once(
        lambda: decide(actor=legal, notice_id=notice.pk, accept=True, reasons=WHY).state,
        lambda: withdraw(notice_id=notice.pk).state,
    )
    notice.refresh_from_db()
    assert sorted(map(str, came)) == sorted([str(notice.state), "refused"])
    assert Enforcement.objects.count() == (1 if notice.state == "by_law" else 0)


def test_it_comes_back_once_whoever_ends_it(floor):
    legal = person("legal")
    notice = accepted(floor, legal)
    object_to(notice_id=notice.pk, statement="It is mine.", good_faith=True)
    with time_machine.travel(now() + timedelta(days=15), tick=True):
        came = at_once(restore_due, restore_due, lambda: lift(actor=legal, notice_id=notice.pk))
    assert sum(map(int, came)) == 1
    assert Enforcement.objects.filter(reverses__isnull=False).count() == 1
    assert LawLetter.objects.filter(about__in=["restored", "ended"]).count() == 2


def test_of_two_who_name_a_court_one_is_taken(floor):
    notice = accepted(floor, person("legal"))
    object_to(notice_id=notice.pk, statement="It is mine.", good_faith=True)
    came = at_once(*[lambda n=n: name_court(notice_id=notice.pk, court=f"Court {n}") for n in range(3)])
    assert came.count("refused") == 2
    assert LawLetter.objects.filter(about="court").count() == 1
