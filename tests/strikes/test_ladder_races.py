"""Two people at the ladder at the same moment, on a real database: one gets her way, the other is told."""

import threading

import pytest
from django.db import connection

from apps.ledger.models import Event
from apps.strikes.ladder import Ladder, Step
from apps.strikes.models import LadderVersion
from apps.strikes.operations import propose_ladder, settle_ladder, withdraw_ladder
from tests import make
from tests.conftest import person

STRICTER = Ladder((Step(1, "", 0), Step(2, "account_suspend", 7)), (30, 60, 90, 90, 365))
REASON = "Sellers of followers come back within days."


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
def test_two_people_put_it_in_force_at_the_same_moment_and_one_does():
    make.house()
    made = propose_ladder(actor=person("policy"), ladder=STRICTER, reason=REASON)
    people = [person("legal"), person("policy2"), person("admin")]
    came = together(
        [lambda who=who: settle_ladder(actor=who, version_id=made.pk, approve=True) for who in people]
    )
    assert sorted(came) == ["LadderSettledAlready", "LadderSettledAlready", "done"]
    assert list(LadderVersion.objects.values_list("number", "state")) == [(1, "approved")]
    assert Event.objects.filter(kind="ladder.approved").count() == 1


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
def test_of_two_proposals_at_the_same_moment_one_waits():
    make.house()
    people = [person("policy"), person("legal"), person("admin")]
    came = together(
        [lambda who=who: propose_ladder(actor=who, ladder=STRICTER, reason=REASON) for who in people]
    )
    assert sorted(came) == ["LadderProposedAlready", "LadderProposedAlready", "done"]
    assert LadderVersion.objects.count() == 1


def together(calls):
    came: list[str] = []
    start = threading.Barrier(len(calls))

    def run(call) -> None:
        start.wait()
        try:
            call()
            came.append("done")
        except Exception as trouble:
            came.append(type(trouble).__name__)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    return came


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
def test_it_is_taken_back_or_put_in_force_and_never_both():
    make.house()
    policy, legal = person("policy"), person("legal")
    made = propose_ladder(actor=policy, ladder=STRICTER, reason=REASON)
    came = together(
        [
            lambda: withdraw_ladder(actor=policy, version_id=made.pk),
            lambda: settle_ladder(actor=legal, version_id=made.pk, approve=True),
        ]
    )
    assert sorted(came) == ["LadderSettledAlready", "done"]
    assert LadderVersion.objects.exclude(state="proposed").count() == 1
