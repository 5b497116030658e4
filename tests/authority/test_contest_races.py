"""Two do the same, or the opposite, about one measure at the same moment: it is contested, decided and lifted once."""

from datetime import timedelta

import pytest
import time_machine
from django.utils.timezone import now

from apps.authority.errors import ContestDecided, ContestedAlready, NothingToContest
from apps.authority.models import Contest, ContestLetter, ContestWords, NecessityTest, Telling
from apps.authority.operations import (
    answer_proposal,
    contest,
    decide_contest,
    lift,
    lift_due,
    tell_authors_due,
)
from apps.decisions.models import Enforcement
from apps.ledger.models import Event
from tests.authority.conftest import legal2, proposed
from tests.authority.test_authority_races import at_once, row
from tests.conftest import person

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]
WHY = "A song about a public office does not come under the article that was named."


@pytest.fixture
def telling(row):
    """What was withheld for some days, and whose author was told."""
    proposed(row, person("legal"), until=now() + timedelta(days=3))
    answer_proposal(actor=person("admin"), item=row, agrees=True)
    assert tell_authors_due() == 1
    return Telling.objects.get()


def trying(call, *refusals):
    def run():
        try:
            return call()
        except refusals:
            return "refused"

    return run


def lodging(telling, n=0):
    return trying(
        lambda: contest(telling_id=telling.pk, statement=f"It is about an office, {n}.", language="en"),
        ContestedAlready,
        NothingToContest,
    )


def deciding(made, outcome, who):
    return trying(
        lambda: decide_contest(actor=who, contest_id=made.pk, outcome=outcome, reasons=WHY), ContestDecided
    )


def lifted() -> int:
    return Enforcement.objects.filter(reverses__isnull=False).count()


def test_contested_by_several_at_once_it_is_contested_once(telling):
    came = at_once(*[lodging(telling, n) for n in range(4)])
    assert came.count("refused") == 3
    assert (Contest.objects.count(), ContestWords.objects.count()) == (1, 1)
    assert Event.objects.filter(kind="authority.contested").count() == 1


def test_of_two_who_decide_at_once_one_is_heard(telling):
    made = lodging(telling)()
    one, other = legal2("one"), legal2("other")
    came = at_once(deciding(made, "lifted", one), deciding(made, "upheld", other))
    assert came.count("refused") == 1
    made.refresh_from_db()
    assert (lifted(), made.outcome) in [(1, "lifted"), (0, "upheld")]
    assert (NecessityTest.objects.get().lifted_at is not None) is (made.outcome == "lifted")
    assert ContestLetter.objects.count() == 1
    assert Event.objects.filter(kind="authority.contest_decided").count() == 1


@pytest.mark.parametrize("outcome", ["lifted", "upheld"])
def test_decided_while_it_ends_by_itself_and_by_hand_it_is_lifted_once(telling, outcome):
    made = lodging(telling)()
    who, legal, test = legal2(), person("legal"), NecessityTest.objects.get()
    with time_machine.travel(now() + timedelta(days=4), tick=True):
        came = at_once(deciding(made, outcome, who), lift_due, lambda: lift(actor=legal, test=test))
    made.refresh_from_db()
    test.refresh_from_db()
    assert lifted() == 1
    assert test.lifted_at is not None
    assert Event.objects.filter(kind="authority.lifted").count() == 1
    assert ContestLetter.objects.count() == 1
    if came[0] == "refused":
        assert (made.state, made.outcome) == ("moot", None)
    else:
        assert (made.state, made.outcome) == ("decided", outcome)
        assert (test.lifted_by == who) is (outcome == "lifted")


def test_contested_while_it_ends_it_is_closed_or_never_opened(telling):
    legal, test = person("legal"), NecessityTest.objects.get()
    came = at_once(lodging(telling), lambda: lift(actor=legal, test=test))
    assert came[1] is True
    assert lifted() == 1
    states = list(Contest.objects.values_list("state", flat=True))
    assert states == ([] if came[0] == "refused" else ["moot"])
    assert ContestLetter.objects.count() == len(states)


__all__ = ["row"]
