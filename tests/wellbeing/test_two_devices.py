"""Two devices, an opt-out, a break and the end of a shift, all at once: nothing is overdrawn."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.utils.timezone import now

from apps.accounts.models import User
from apps.decisions.operations import decide
from apps.errors import DomainError
from apps.queues.models import Claim
from apps.queues.operations import claim_next, end_shift, stop_now
from apps.wellbeing.exposure import Look
from apps.wellbeing.harms import BIT
from apps.wellbeing.models import ExposureEntry, PersonLimit, Practice, Shift
from apps.wellbeing.operations import choose_harms, end_break, start_break, start_shift, tighten
from tests import make
from tests.wellbeing.conftest import FINE

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def mara():
    make.house()
    person = User.objects.create(username="mara", pseudonym="M1", roles=["moderator"], languages=["en"])
    Practice.objects.create(user=person, since=now() - timedelta(days=90))
    start_shift(actor=person)
    Shift.objects.update(started_at=now() - timedelta(minutes=20))
    return person


def at_once(*acts):
    """All of them in threads of their own; a refusal in words is an answer too."""

    def run(act):
        try:
            return act()
        except DomainError as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def test_two_devices_cannot_overdraw_a_budget(mara):
    """Room for one case of exposure 3, and a person who works on four devices for a while."""
    for _ in range(8):
        make.case(exposure=3, kind="image")
    Shift.objects.update(budget=1_300)

    def work():
        for _ in range(4):
            try:
                claimed = claim_next(actor=mara)
                if claimed:
                    decide(actor=mara, claim_id=claimed.claim_id, verdict=FINE, look=Look(9_999))
            except DomainError:
                continue

    at_once(*[work] * 4)
    shift = Shift.objects.get()
    heavy = sum(ExposureEntry.objects.filter(exposure__gte=2).values_list("units", flat=True))
    assert (heavy == shift.spent <= 1_300, shift.reserved) == (True, 0)
    for claim in Claim.objects.all():
        assert claim.used_before + claim.reserved <= claim.budget


def test_an_opt_out_beside_claims_counts_for_every_claim_after_it(mara):
    for _ in range(6):
        make.case(exposure=1, harms=BIT["hate"])

    def work():
        for _ in range(6):
            if claimed := claim_next(actor=mara):
                decide(actor=mara, claim_id=claimed.claim_id, verdict=FINE, look=Look(0))

    at_once(work, lambda: choose_harms(actor=mara, avoids=BIT["hate"]))
    chosen = PersonLimit.objects.get(user=mara)
    assert chosen.avoids == BIT["hate"]
    assert claim_next(actor=mara) is None
    # The claim takes the shift's lock first, as the choice does: each came wholly before or wholly after it.
    assert not Claim.objects.filter(ended_at=None).exists()


def test_beginning_a_shift_on_many_devices_makes_one_and_keeps_the_days_account(mara):
    make.case(exposure=3)
    claimed = claim_next(actor=mara)
    decide(actor=mara, claim_id=claimed.claim_id, verdict=FINE, look=Look(60))
    spent = Shift.objects.get().spent
    at_once(lambda: end_shift(actor=mara), *[lambda: start_shift(actor=mara)] * 6)
    if not Shift.objects.filter(ended_at=None).exists():
        start_shift(actor=mara)
    running = Shift.objects.get(ended_at=None)
    assert running.budget == 16_000 - spent
    assert running.high_run == 1


def test_stop_break_end_and_claims_at_once_leave_nothing_reserved(mara):
    for _ in range(6):
        make.case(exposure=2)
    at_once(
        *[lambda: claim_next(actor=mara)] * 3,
        lambda: stop_now(actor=mara),
        lambda: start_break(actor=mara),
        lambda: end_break(actor=mara, at_once=True),
        lambda: tighten(actor=mara, max_exposure=1, budget=10, opted_in_to_extreme=False),
        lambda: end_shift(actor=mara),
    )
    for shift in Shift.objects.all():
        live = Claim.objects.filter(shift_id=shift.pk, ended_at=None)
        assert shift.reserved == sum(live.values_list("reserved", flat=True))
    assert Claim.objects.filter(ended_at=None).count() <= 1
