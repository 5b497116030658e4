"""A seeded fortnight of decided cases, so that dashboards, exports and timelines have something true to show.

Everything goes through the same doors as real work where it can (intake, the writing of decisions, the
ledger), with the times it would have had; every item and decision is marked as demo data. Texts are those
of the demo's own cases under other numbers.
"""

import random
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import pairwise

from django.db import transaction
from django.utils.timezone import localdate, now

from apps.accounts.models import User
from apps.decisions.models import Enforcement
from apps.decisions.operations import record_effect
from apps.decisions.verdict import Verdict, hold_because
from apps.disclosure.periods import days_of, midnight
from apps.guidelines.queries import Edition, in_force
from apps.intake.credibility import PRIOR, STRENGTH
from apps.intake.models import Item
from apps.ledger.models import Event
from apps.ledger.operations import Entry, record, record_many
from apps.queues.lanes import lane_for
from apps.queues.models import Case
from apps.queues.operations.assessing import Map, assess
from apps.queues.queries import case_facts, signals_of
from apps.wellbeing.exposure import Look
from apps.wellbeing.models import Break, LimitSet, Shift
from reviewqueue.demo.content import DemoCase, demo_cases
from reviewqueue.demo.judging import allowed, conclude, receive_as, verdict_on

DAYS = 14
A_DAY = 84  # decisions on a weekday, all people together
SEED = 20_260_301
MISTAKES = 0.05  # share of decisions that differ from what the case's author thinks right
IN_THE_QUARTER, A_DAY_THEN = 6, 20  # days at the end of the quarter before, and decisions on one of them
WORKERS = ("moderator", "moderator2", "senior", "senior2")
SHIFT = timedelta(hours=7, minutes=30)


class Historian:
    """Writes the days before `at`: how many, and about how many decisions a weekday, all people together."""

    def __init__(self, at: datetime, *, days: int = 0, a_day: int = 0) -> None:
        self.at, self.days, self.a_day = at, days or DAYS, a_day or A_DAY
        self.random = random.Random()
        self.edition: Edition = in_force()
        self.where = Map.now()
        self.limits = LimitSet.objects.latest("id")
        self.cases = [case for case in demo_cases() if usable(case, self.edition)]
        self.people = list(User.objects.filter(username__in=WORKERS, demo=True).order_by("username"))
        self.number = 0

    def write(self) -> Iterator[int]:
        """Write day after day, oldest first; yields how many decisions there are so far."""
        for ago in range(self.days, 0, -1):
            day = (self.at - timedelta(days=ago)).replace(hour=0, minute=0, second=0, microsecond=0)
            busy = self.a_day if day.weekday() < 5 else self.a_day // 2
            for person in self.people:
                # Each day is one transaction with a seed of its own, so that an interrupted run goes on.
                self.random.seed(f"{SEED} {person.username} {ago}")
                self.prefix = f"history-{person.username}-{day:%y%m%d}"
                if not Shift.objects.filter(user=person, started_at__date=day.date()).exists():
                    with transaction.atomic():
                        self._day(person, day, busy // len(self.people))
                yield self.number

    def _day(self, person: User, day: datetime, cases: int) -> None:
        begins = day + timedelta(
            hours=self.random.choice([6, 7, 8, 9, 13]), minutes=self.random.randrange(60)
        )
        if begins + SHIFT > self.at - timedelta(hours=1):
            return
        budget = self.limits.specialist_budget if "specialist" in person.skills else self.limits.budget
        shift = Shift.objects.create(
            user=person,
            limit_set=self.limits,
            started_at=begins,
            day_started_at=begins,  # of a day that is over: whoever begins a shift now begins a day
            ended_at=begins + SHIFT,
            max_exposure=self.limits.max_exposure,
            budget=budget,
        )
        readable = [case for case in self.cases if case.language in person.languages]
        moments = sorted(begins + SHIFT * self.random.random() for _ in range(cases))
        for moment, until in pairwise([*moments, begins + SHIFT]):
            seconds = min(self.random.uniform(25, 240), max(20.0, (until - moment).total_seconds() - 1))
            self._decide(person, shift, self.random.choice(readable), moment, seconds)
        shift.save(update_fields=["spent"])
        Break.objects.create(
            shift=shift, started_at=begins + SHIFT / 2, ended_at=begins + SHIFT / 2 + timedelta(minutes=12)
        )

    def _decide(self, person: User, shift: Shift, like: DemoCase, at: datetime, seconds: float) -> None:
        self.number += 1
        waited = timedelta(minutes=self.random.lognormvariate(3.2, 1.1))
        opened_at = at - min(waited, timedelta(hours=40))
        item = self._receive(like, opened_at)
        if item is None:
            return
        known = signals_of([item.pk], prior=PRIOR, strength=STRENGTH)[item.pk]
        found = assess(item, known, purpose=Case.Purpose.REVIEW, opened_at=opened_at, where=self.where)
        if found.exposure > shift.max_exposure or shift.spent + found.units > shift.budget:
            return
        decided_at = at + timedelta(seconds=seconds)
        case = Case.objects.create(
            item=item,
            state=Case.State.DONE,
            queue_id=found.queue_id,
            lane_id=lane_for(
                queue_id=found.queue_id,
                exposure=found.exposure,
                language=item.language,
                units=found.units,
                harms=found.harms,
            ),
            severity=found.severity,
            exposure=found.exposure,
            units=found.units,
            harms=found.harms,
            priority=found.priority.points,
            breakdown=found.priority.breakdown,
            rank=found.priority.rank,
            due_at=found.priority.due_at,
            due_because=found.priority.due_because,
            rule_codes=sorted({*found.rule_codes, *like.ends.rules}),
            detection_source=found.detection_source,
            language=item.language,
            opened_at=opened_at,
            closed_at=decided_at,
        )
        record_many([Entry("case.opened", None, case.pk, item.pk, data=case_facts(case))], at=opened_at)
        look = Look(0.0 if found.exposure >= 2 and self.random.random() < 0.25 else seconds * 0.6)
        decision_id = conclude(
            case,
            person=person,
            shift=shift,
            verdict=self._verdict(like),
            edition=self.edition,
            claimed_at=at,
            at=decided_at,
            look=look,
        )
        self._carry_out(decision_id, like, item, decided_at)

    def _receive(self, like: DemoCase, at: datetime) -> Item | None:
        """The demo case under a number of its own, as it would have come in then; without its media files."""
        # A post that people report was seen; what a detector finds alone is mostly found unseen.
        hours = self.random.lognormvariate(1, 1) if like.reports else self.random.uniform(0, 4) / 60
        number = f"{self.prefix}-{self.number}"
        return receive_as(like, number, at=at, posted_at=at - timedelta(hours=hours))

    def _verdict(self, like: DemoCase) -> Verdict:
        confidence = self.random.choice(["sure", "sure", "fairly", "unsure"])
        return verdict_on(like, self.edition, mistaken=self.random.random() < MISTAKES, confidence=confidence)

    def _carry_out(self, decision_id: int, like: DemoCase, item: Item, decided_at: datetime) -> None:
        """The platform reports when it took effect; for one in ten it does not know the views."""
        for enforcement in Enforcement.objects.filter(decision_id=decision_id, reverses=None):
            at = decided_at + timedelta(seconds=self.random.uniform(12, 900))
            seen = bool(like.reports) or self.random.random() < 0.06
            views = int(self.random.lognormvariate(5, 1.6)) if seen else 0
            known = self.random.random() > 0.1
            record_effect(enforcement_id=enforcement.pk, at=at, views=views if known else None)


def usable(case: DemoCase, edition: Edition) -> bool:
    """A case one person decides alone, without exposure that nobody on a plain shift may see."""
    if case.ends.outcome not in ("violates", "not") or case.author.public_figure:
        return False
    rules = [edition.rules[code] for code in case.ends.rules if code in edition.rules]
    verdict = Verdict("violates", [rule.code for rule in rules], [a for a in case.ends.actions if allowed(a)])
    plain = all(rule.exposure < 4 and not rule.specialist_only and rule.policy_code != "LG" for rule in rules)
    return plain and not hold_because(verdict, edition, public_figure=False)


def has_history() -> bool:
    return Event.objects.filter(kind="demo.history_written").exists()


def write_history() -> Iterator[int]:
    """Write the fortnight, unless it is there; yields the number of decisions as they come."""
    if not has_history():
        yield from _written(Historian(now()), "demo.history_written")


def write_quarter() -> Iterator[int]:
    """Write a few days at the end of the quarter before this one, unless they are there: what a report is about."""
    if not Event.objects.filter(kind="demo.quarter_written").exists():
        _, ends = last_quarter(localdate())
        then = Historian(midnight(ends), days=IN_THE_QUARTER, a_day=A_DAY_THEN)
        yield from _written(then, "demo.quarter_written")


def last_quarter(today: date) -> tuple[date, date]:
    """The first day of the quarter before today's, and the day after its last."""
    number = today.year * 4 + (today.month - 1) // 3 - 1
    return days_of("quarter", number // 4, number % 4 + 1)


def _written(historian: Historian, kind: str) -> Iterator[int]:
    yield from historian.write()
    with transaction.atomic():
        record(kind, actor=None, decisions=historian.number)
