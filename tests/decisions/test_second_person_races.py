"""A second person at work and a first one deciding the same item anew: neither waits for the other in a circle."""

import threading

import pytest
from django.db import connection, transaction

from apps.accounts.models import User
from apps.decisions.models import Decision
from apps.decisions.operations import decide
from apps.decisions.verdict import Verdict
from apps.intake.models import Item
from apps.queues.models import Barred, Case
from apps.queues.operations import claim_case, claim_next, hold, refresh_cases, release_overdue_preparing
from apps.wellbeing.exposure import Look
from apps.wellbeing.operations import start_shift
from tests import make
from tests.patience import PATIENCE, soon

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]

UNSURE = Verdict("unsure")


@pytest.fixture
def floor():
    make.house()
    people = [
        User.objects.create(username=f"m{n}", pseudonym=f"M{n}", roles=["moderator"], languages=["en"])
        for n in range(3)
    ]
    for one in people:
        start_shift(actor=one)
    return people


class Meanwhile:
    """`act()` inside a transaction of its own that stays open until the block ends, in another connection."""

    def __init__(self, act):
        self.act, self.entered, self.leave = act, threading.Event(), threading.Event()
        self.trouble = None
        self.thread = threading.Thread(target=self._run)

    def _run(self):
        try:
            with transaction.atomic():
                self.act()
                self.entered.set()
                self.leave.wait(PATIENCE)
        except Exception as trouble:
            self.trouble = trouble
        finally:
            self.entered.set()
            connection.close()

    def __enter__(self):
        self.thread.start()
        assert self.entered.wait(PATIENCE)
        assert self.trouble is None
        with connection.cursor() as cursor:  # who waits for the other fails, instead of hanging
            cursor.execute("SET lock_timeout = '2s'")

    def __exit__(self, *_):
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = 0")
        self.leave.set()
        self.thread.join(PATIENCE)
        assert self.trouble is None


def test_being_unsure_again_never_waits_for_the_second_person_who_is_deciding(floor):
    """She holds her case and will want the item; he holds the item: if he wanted her case, both would wait for ever."""
    first, second, third = floor
    item = make.item()
    make.report(item, rule="HT-1")
    refresh_cases([item.pk])
    decide(actor=first, claim_id=claim_next(actor=first).claim_id, verdict=UNSURE, look=Look(1))
    asked = claim_next(actor=second)
    Item.objects.filter(pk=item.pk).update(revision=item.revision + 1)
    refresh_cases([item.pk])
    again = Case.objects.get(purpose="re_review")
    claim = claim_case(actor=third, holder=third, case_id=again.pk).claim_id
    with Meanwhile(lambda: hold(actor=second, claim_id=asked.claim_id)):
        decide(actor=third, claim_id=claim, verdict=UNSURE, look=Look(1))
    assert Decision.objects.filter(decider=third, outcome="unsure").count() == 1
    assert Barred.objects.filter(case_id=asked.case_id, user=third, why="decided").exists()


def test_a_report_on_an_item_under_decision_by_a_second_person_is_not_kept_waiting(floor):
    """What only refers to a locked case or item goes in beside the lock."""
    first, second, _ = floor
    item = make.item()
    make.report(item, rule="HT-1")
    refresh_cases([item.pk])
    decide(actor=first, claim_id=claim_next(actor=first).claim_id, verdict=UNSURE, look=Look(1))
    asked = claim_next(actor=second).claim_id
    fine = Verdict("no_violation")
    with Meanwhile(lambda: decide(actor=second, claim_id=asked, verdict=fine, look=Look(1))):
        make.report(item, by="another", rule="HT-1")
    assert item.reports.count() == 2


def test_letting_prepared_cases_go_locks_them_in_the_order_of_their_ids(floor):
    """As `refresh_cases` does; whoever waits for the first of them holds none of the others."""
    first, *others = [make.case(state="preparing", ready_by="2026-01-01T00:00Z").pk for _ in range(20)]
    Case.objects.filter(pk=first).update(
        ready_by="2026-01-02T00:00Z"
    )  # now last, in the table and in its index
    released = []

    def let_go():
        try:
            released.append(release_overdue_preparing())
        finally:
            connection.close()

    sweep = threading.Thread(target=let_go)
    with Meanwhile(lambda: Case.objects.select_for_update().get(pk=first)):
        sweep.start()
        soon(somebody_waits_for_a_lock)
        with transaction.atomic():
            assert len(Case.objects.filter(pk__in=others).select_for_update(nowait=True)) == 19
    sweep.join(PATIENCE)
    assert released == [20]


def somebody_waits_for_a_lock():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return cursor.fetchone()[0]
