"""No order of claims, decisions, breaks, changes of limits and jumps of the clock goes beyond a limit.

Beside the product stands somebody with a stopwatch who knows the limits and not the code (bench/week_rules.py).
"""

import os
from datetime import timedelta

import pytest
import time_machine
from django.db import transaction
from django.utils.timezone import now
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from apps.errors import DomainError
from apps.queues import operations as queues
from apps.queues.models import Case, Claim
from apps.wellbeing import operations as wellbeing
from apps.wellbeing.exposure import Look, units
from apps.wellbeing.harms import BIT
from apps.wellbeing.limits import Wanted
from apps.wellbeing.models import PersonLimit, Practice, Shift
from apps.wellbeing.queries import limit_set, limits_in_force
from bench.week_rules import Case as Seen
from bench.week_rules import Watcher
from tests import make
from tests.conftest import person

pytestmark = [pytest.mark.laws, pytest.mark.django_db]

who = st.sampled_from(["moderator", "senior"])  # a generalist; a specialist who chose exposure 4
MINUTES = [0.5, 2, 3, 11, 16, 51, 91, 300, 1_300, -1, -70]
SMALL = {"budget": 3_000, "specialist_budget": 9_000, "high_minutes": 10, "extreme_minutes": 8, "extreme_run": 2,
         "high_run": 3, "light_after_run": 2, "weekly_factor": 1}  # fmt: skip


class Shifts(RuleBasedStateMachine):
    @initialize()
    def two_people_and_a_lead(self):
        self.undone_with_the_example = transaction.atomic()
        self.undone_with_the_example.__enter__()
        self.clock = time_machine.travel(now(), tick=False)
        self.time = self.clock.start()
        make.house()
        self.lead = person("wellbeing")
        self.people, self.watchers, self.held = {}, {}, {}
        for name, special in (("moderator", False), ("senior", True)):
            someone = person(name)
            someone.skills = ["specialist"] if special else []
            someone.save()
            PersonLimit.objects.update_or_create(
                user=someone, defaults={"opted_in_to_extreme": special, "avoids": 0}
            )
            since = Practice.objects.get(user=someone).since
            self.people[name] = someone
            self.watchers[name] = Watcher(specialist=special, opted_in=special, avoids=0, new_since=since)
        self._set(**SMALL)

    def teardown(self):
        if hasattr(self, "time"):
            self.clock.stop()
            transaction.set_rollback(True)
            self.undone_with_the_example.__exit__(None, None, None)

    def _set(self, **values):
        before = limits_in_force()
        wanted = Wanted(**(Wanted.of(before).values() | values))
        wellbeing.set_limits(wanted, reason="Another month.", days=30, based_on=before.pk, actor=self.lead)

    def _try(self, act, **given):
        try:
            return act(**given)
        except DomainError:
            return None

    def _shift(self, name):
        return Shift.objects.filter(user=self.people[name], ended_at=None).first()

    @rule(
        exposure=st.sampled_from([0, 1, 2, 3, 3, 4, 4]), harms=st.sampled_from([0, BIT["hate"], BIT["gore"]])
    )
    def a_case_comes_in(self, exposure, harms):
        for _ in range(2):
            make.case(exposure=exposure, harms=harms, kind="image")

    @rule(by=st.sampled_from(MINUTES))
    def time_passes_or_the_clock_is_set_back(self, by):
        self.time.shift(timedelta(minutes=by))

    @rule(name=who)
    def begins(self, name):
        if shift := self._try(wellbeing.start_shift, actor=self.people[name]):
            self.watchers[name].begins(now(), limit_set(shift.limit_set_id))

    @rule(name=who, how=st.sampled_from(["end", "stop"]))
    def ends_or_stops(self, name, how):
        if self._shift(name) is None:
            return
        self._settled(name, worked=False, look=None)
        if how == "stop":
            queues.stop_now(actor=self.people[name])
        else:
            queues.end_shift(actor=self.people[name])
            self.watchers[name].ends(now())

    @rule(name=who)
    def takes_or_ends_a_break(self, name):
        shift = self._shift(name)
        if shift is None or name in self.held:
            return
        since = shift.break_started_at
        if since is None:
            wellbeing.start_break(actor=self.people[name])
        elif self._try(wellbeing.end_break, actor=self.people[name]):
            self.watchers[name].breaks(since, now())

    @rule(name=who)
    def asks_for_a_case(self, name):
        claimed = self._try(queues.claim_next, actor=self.people[name])
        if claimed is None:
            return
        case = Case.objects.get(pk=claimed.case_id)
        seen = Seen(case.exposure, case.units, case.item.kind, case.harms, case.queue_id, case.opened_at)
        assert self.watchers[name].beyond(now(), seen) == []
        self.held[name] = (claimed.claim_id, seen, now())

    @rule(
        name=who, shown=st.sampled_from([0.0, 20.0, 400.0]), how=st.sampled_from(["decide", "decide", "skip"])
    )
    def is_done_with_it(self, name, shown, how):
        if name not in self.held:
            return
        claim_id, _, since = self.held[name]
        look = Look(shown)
        self._settled(name, worked=how == "decide", look=look.within((now() - since).total_seconds()))
        if how == "skip":
            queues.skip(actor=self.people[name], claim_id=claim_id, look=look)
            return
        with transaction.atomic():
            # Expired meanwhile or not: what is asked here is what a settlement leaves behind.
            Claim.objects.filter(pk=claim_id).update(expires_at=now() + timedelta(days=9))
            held = queues.hold(actor=self.people[name], claim_id=claim_id)
            queues.finish(held, ending=Claim.Ending.DECIDED, look=look, state=Case.State.DONE)

    def _settled(self, name, *, worked, look):
        if name not in self.held:
            return
        claim_id, seen, since = self.held.pop(name)
        Claim.objects.filter(pk=claim_id).update(expires_at=now() + timedelta(days=9))
        lasted = max(timedelta(0), now() - since)
        seconds = max(lasted.total_seconds(), 0.001) if look is None else look.seconds
        cost = units(exposure=seen.exposure, kind=seen.kind, seconds=seconds, revealed=seconds > 0)
        lasted = timedelta(seconds=round(lasted.total_seconds()))
        self.watchers[name].settles(now(), seen, min(cost, seen.units), lasted, worked=worked)

    @rule(name=who, harm=st.sampled_from([0, BIT["hate"], BIT["gore"]]))
    def chooses_what_not_to_meet(self, name, harm):
        wellbeing.choose_harms(actor=self.people[name], avoids=harm)
        self.watchers[name].avoids = harm

    @rule(name=who, budget=st.sampled_from([500, 1_500, 3_000]))
    def tightens_her_own(self, name, budget):
        opted = name == "senior"
        if self._try(
            wellbeing.tighten,
            actor=self.people[name],
            max_exposure=None,
            budget=budget,
            opted_in_to_extreme=opted,
        ):
            self.watchers[name].own_budget = budget

    @rule(budget=st.sampled_from([2_000, 3_000, 5_000]))
    def the_lead_changes_the_limits(self, budget):
        self._try(self._set, budget=budget)


def test_no_order_of_events_goes_beyond_a_limit(db):
    make.house()
    for name in ("moderator", "senior", "wellbeing"):
        person(name)
    run_state_machine_as_test(
        Shifts,
        settings=settings(
            max_examples=int(os.environ.get("EXAMPLES", 25)),
            phases=[Phase.generate, Phase.shrink] if "SHRINK" in os.environ else [Phase.generate],
            stateful_step_count=50,
            report_multiple_bugs=False,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
