"""Many appeal the same decision at the same moment: one case, one appeal for each of them, nobody lost."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.utils.timezone import now

from apps.appeals.errors import AppealedAlready
from apps.appeals.models import Appeal
from apps.appeals.operations import lodge
from apps.queues.models import Case
from tests import make
from tests.appeals.conftest import decided
from tests.conftest import person
from tests.patience import PATIENCE

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]


def test_at_the_same_moment_all_join_one_case_and_nobody_appeals_twice():
    with time_machine.travel(now() - timedelta(hours=2), tick=True):
        make.house()
    decision = decided(by=person("moderator"))
    for number in range(3):
        make.report(
            decision.item, by=f"reporter-{number}", received_at=decision.decided_at - timedelta(hours=1)
        )
    callers = [("author", None)] * 3 + [("reporter", f"reporter-{number}") for number in range(3)]
    ready = threading.Barrier(len(callers))

    def call(caller):
        by, reporter = caller
        ready.wait(PATIENCE)
        try:
            return lodge(decision_id=decision.pk, by=by, reporter=reporter, statement="Look again.").case_id
        except AppealedAlready:
            return None
        finally:
            connection.close()

    with ThreadPoolExecutor(len(callers)) as pool:
        cases = list(pool.map(call, callers))
    assert sorted(case is None for case in cases) == [False] * 4 + [True] * 2
    assert len({case for case in cases if case}) == 1
    assert Appeal.objects.count() == 4
    assert Case.objects.filter(purpose="appeal").count() == 1
