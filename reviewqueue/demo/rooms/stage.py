"""The demo's people at work on what the rooms show: beside any shift that they begin themselves."""

import random
import time
from dataclasses import replace
from datetime import timedelta

from django.db import transaction
from django.utils.timezone import now

from apps.accounts.models import User
from apps.decisions.models import Decision
from apps.decisions.verdict import Verdict
from apps.guidelines.queries import in_force
from apps.intake.models import Item
from apps.ledger.models import Event
from apps.ledger.operations import drain
from apps.queues.models import Barred, Case
from apps.wellbeing.exposure import Look
from apps.wellbeing.models import LimitSet, Shift
from reviewqueue.demo.content import DemoCase, demo_cases
from reviewqueue.demo.judging import conclude, receive_as

SECONDS = 50  # that somebody looks at one case
PATIENCE = 5.0  # seconds until a case must have been opened by whoever relays events


class Stage:
    def __init__(self) -> None:
        self.random = random.Random("rooms")
        self.edition = in_force()
        self.cases = {case.key: case for case in demo_cases()}
        self.shifts: dict[int, Shift] = {}

    def person(self, name: str) -> User:
        return User.objects.get(username=name, demo=True)

    def shift_of(self, person: User) -> Shift:
        """A few minutes' work of today that ends with each case; the shift she begins herself is another."""
        if person.pk not in self.shifts:
            limits = LimitSet.objects.latest("id")
            specialist = "specialist" in person.skills
            at = now()
            self.shifts[person.pk] = Shift.objects.create(
                user=person,
                limit_set=limits,
                started_at=at - timedelta(seconds=SECONDS),
                day_started_at=at - timedelta(seconds=SECONDS),
                ended_at=at,
                max_exposure=limits.max_exposure,
                budget=limits.specialist_budget if specialist else limits.budget,
            )
        return self.shifts[person.pk]

    def like(self, key: str, *, text: str = "", **other: object) -> DemoCase:
        """A demo case in other words, seen by nobody else yet."""
        found = self.cases[key]
        return replace(found, text=text or found.text, near_duplicate_of=None, **other)  # type: ignore[arg-type]

    def received(self, like: DemoCase, name: str, *, hours: float = 3) -> Item:
        """The case came in just now, posted some hours ago, under a number that says which room it is for."""
        at = now()
        item = receive_as(like, f"shown-{name}", at=at, posted_at=at - timedelta(hours=hours))
        assert item is not None
        return item

    def waiting(self, item: Item) -> Case | None:
        """The open case of an item, once whoever relays events has opened it; None when somebody holds it."""
        until = time.monotonic() + PATIENCE
        while True:
            drain()
            found = Case.objects.filter(item=item, state=Case.State.WAITING).first()
            if found is not None or time.monotonic() > until:
                return found
            time.sleep(0.1)

    @transaction.atomic
    def decide(self, case: Case, person: User, verdict: Verdict) -> list[Event]:
        """She decides a waiting case, marked as demo data: the event that tells of it, or nothing when another has it."""
        found = (
            Case.objects.select_for_update(of=("self",), no_key=True).select_related("item").get(pk=case.pk)
        )
        barred = Barred.objects.filter(case=found, user=person).exists()
        if found.state != Case.State.WAITING or barred:
            return []
        at = now()
        shift = self.shift_of(person)
        found.state, found.closed_at = Case.State.DONE, at
        found.rule_codes = sorted({*found.rule_codes, *verdict.rules})
        found.save(update_fields=["state", "closed_at", "rule_codes"])
        decision = conclude(
            found,
            person=person,
            shift=shift,
            verdict=verdict,
            edition=self.edition,
            claimed_at=max(found.opened_at, at - timedelta(seconds=SECONDS)),
            at=at,
            look=Look(SECONDS * 0.6),
            measures=self._measures(found, verdict),
        )
        shift.ended_at = at
        shift.save(update_fields=["spent", "ended_at"])
        made = Event.objects.filter(kind="decision.made", case_id=found.pk, data__decision=decision)
        return list(made)

    def _measures(self, case: Case, verdict: Verdict) -> bool:
        """As for anybody: a second look only measures, and so does settling one when the first was right."""
        if case.purpose != Case.Purpose.ADJUDICATION:
            return case.purpose == Case.Purpose.SECOND_LOOK
        assert case.about_decision_id is not None
        asked = Decision.objects.get(pk=case.about_decision_id)
        said = (asked.outcome, set(asked.rule_codes), set(asked.actions))
        return said == (verdict.outcome, set(verdict.rules), set(verdict.effective_actions))
