"""A moderator at work under the limits, and a clock that can be moved."""

from datetime import timedelta

import pytest
import time_machine
from django.utils.timezone import now

from apps.accounts.models import User
from apps.decisions.operations import decide
from apps.decisions.verdict import Verdict
from apps.queues.models import Case, Claim
from apps.queues.operations import claim_next, skip
from apps.wellbeing.exposure import Look
from apps.wellbeing.models import PersonLimit, Practice, Shift
from apps.wellbeing.operations import end_shift, start_shift
from tests import make

FINE = Verdict("no_violation")


class Work:
    """Somebody on shift, past its gentle start; cases come one by one, and time passes only when it is told to."""

    def __init__(self, person: User, clock) -> None:
        self.person, self.clock = person, clock

    def later(self, **by) -> "Work":
        self.clock.shift(timedelta(**by))
        return self

    def shift(self) -> Shift:
        return Shift.objects.get(user=self.person, ended_at=None)

    def begin(self, *, settled: bool = True) -> "Work":
        start_shift(actor=self.person)
        return self.later(minutes=10) if settled else self

    def begin_again(self) -> "Work":
        end_shift(actor=self.person)
        return self.begin()

    def levels(self, *exposures: int, **fields) -> "Work":
        """Cases waiting, most urgent first."""
        for place, exposure in enumerate(exposures):
            make.case(exposure=exposure, priority=90 - place, **fields)
        return self

    def takes(self) -> int | None:
        """Claims the next case; its exposure, None when there is nothing for her."""
        claimed = claim_next(actor=self.person)
        return Case.objects.get(pk=claimed.case_id).exposure if claimed else None

    def decides(self, *, shown: float = 0.0, minutes: float = 0) -> None:
        self.later(minutes=minutes)
        decide(actor=self.person, claim_id=self.claim().pk, verdict=FINE, look=Look(shown))

    def skips(self) -> None:
        skip(actor=self.person, claim_id=self.claim().pk, look=Look(0))

    def claim(self) -> Claim:
        return Claim.objects.get(holder=self.person, ended_at=None)

    def works(self, *, minutes: float = 0) -> int | None:
        """Takes a case and decides it; its exposure."""
        exposure = self.takes()
        if exposure is not None:
            self.decides(minutes=minutes)
        return exposure


@pytest.fixture
def clock(db):
    with time_machine.travel(now(), tick=False) as moved:
        yield moved


@pytest.fixture
def at_work(clock, moderator):
    """`at_work()`: a generalist; `at_work(specialist=True)`: one who opted in to exposure 4."""
    make.house()

    def put(*, specialist: bool = False, who: User = moderator) -> Work:
        if specialist:
            who.skills = ["specialist"]
            who.save()
            PersonLimit.objects.create(user=who, opted_in_to_extreme=True)
        Practice.objects.filter(user=who).update(since=now() - timedelta(days=90))
        return Work(who, clock)

    return put
