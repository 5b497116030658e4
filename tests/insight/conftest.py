import pytest

from apps.ledger.operations import drain
from apps.queues.models import Case
from apps.queues.operations import claim_next, refresh_cases
from apps.wellbeing.operations import start_shift
from tests import make


@pytest.fixture
def house(db):
    make.house()


@pytest.fixture
def mara(house, moderator):
    start_shift(actor=moderator)
    return moderator


@pytest.fixture
def reported(house):
    """`reported()`: a case opened by a report, as it would be; `reported(3)`: as many."""

    def open_cases(n=1, *, rule="AU-4", **fields):
        items = [make.item(**fields) for _ in range(n)]
        for one in items:
            make.report(one, rule=rule)
        opened = refresh_cases([one.pk for one in items])
        cases = list(Case.objects.filter(pk__in=opened).select_related("queue", "item").order_by("pk"))
        return cases if n > 1 else cases[0]

    return open_cases


@pytest.fixture
def take(house):
    """`take(mara)`: the claim she gets next."""
    return lambda actor: claim_next(actor=actor).claim_id


@pytest.fixture
def keep_up():
    """Hand over everything owed, the outward things too, as the relay would by and by."""

    def hand_over():
        while drain():
            pass

    return hand_over
