"""The people, the cases and the hours of the simulated week; everything that touches the database."""

import heapq
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import time_machine
from django.db import connection, transaction
from psycopg2.extras import execute_values

from apps.accounts.models import User
from apps.guidelines.queries import in_force
from apps.ledger.operations import subscriptions
from apps.queues.lanes import lanes_for
from apps.queues.models import Claim, Queue
from apps.queues.operations import claim_next, end_shift, finish, hold, skip, stop_now
from apps.queues.operations.assessing import UNKNOWN_EXPOSURE, UNKNOWN_SEVERITY
from apps.queues.operations.claiming import Claimed, claim_within
from apps.queues.priority import DUE_AFTER, SEVERITY_FLOOR, rank
from apps.queues.queries import queues_open_to, waiting_for
from apps.queues.starter import ROUTES
from apps.wellbeing import operations as wellbeing
from apps.wellbeing.allowed import BREAK_DUE, break_length
from apps.wellbeing.errors import BreakDue, OnBreak, Resting, ShiftOver
from apps.wellbeing.exposure import Look, units, worst_units
from apps.wellbeing.harms import BIT, harms_of
from apps.wellbeing.limits import Wanted
from apps.wellbeing.models import PersonLimit, Practice, Shift
from apps.wellbeing.queries import limit_set, limits_in_force
from bench.load import KINDS, LANGUAGES, VOLUME
from bench.week import MONDAY, SEED, WEEK, counted, handling, hourly, percentiles
from bench.week_rules import Case, Watcher

ITEMS, CASES = 10_000_000, 20_000_000
READS = (["en"], ["en", "vi"], ["en", "km"], ["vi"], ["km", "vi", "en"])
ASKS_AGAIN = timedelta(seconds=120)


@dataclass
class Person:
    user: User
    watcher: Watcher
    chance: random.Random
    starts: list[datetime]
    queues: set[int] = field(default_factory=set)
    reads: set[str] = field(default_factory=set)
    ends: datetime = MONDAY
    holds: Claimed | None = None
    since: datetime = MONDAY
    shown: float = 0.0
    break_since: datetime | None = None
    spent: int = 0


class Week:
    def __init__(self, *, people: int, cases: int) -> None:
        subscriptions.by_kind.clear()  # events are written; nobody is waiting to be told
        subscriptions.of_everything.clear()
        subscriptions.on_commit = None
        with connection.cursor() as cursor:
            cursor.execute("SET synchronous_commit = off; SET statement_timeout = 0")
        self.cases = cases
        self.chance = random.Random(SEED)
        self.deck = self._deck()
        self.people = [self._person(n, people) for n in range(people)]
        self.known: dict[int, Case] = {}
        self.arrivals: list[tuple[datetime, int, int, str, Case]] = []
        self.beyond: list[str] = []
        self.starved = self.decided = self.nothing = self.pauses = 0
        self.milliseconds: list[float] = []
        self.events: list[tuple[datetime, int, str, Any]] = []
        self.order = count()

    # What there is

    def _person(self, n: int, people: int) -> Person:
        """One in seven a specialist who opted in, one in eight senior, one in ten new, one in six who opted out."""
        chance = random.Random(SEED * 10_000 + n)
        specialist = n % 7 == 3
        user = User.objects.create(
            username=f"week{n}", pseudonym=f"W-{n}", password="!", languages=READS[n % 5],
            roles=["senior_moderator"] if n % 8 == 5 else ["moderator"], skills=["specialist"] if specialist else [],
        )  # fmt: skip
        new = MONDAY - timedelta(days=(n % 30) if n % 10 == 1 else 200)
        Practice.objects.create(user=user, since=new)
        avoids = chance.choice(list(BIT.values())) if n % 6 == 2 else 0
        own = 9_000 if n % 20 == 9 else None
        PersonLimit.objects.create(user=user, opted_in_to_extreme=specialist, avoids=avoids, budget=own)
        first = (5.5, 7.0, 8.0, 9.0, 13.5, 15.0, 21.5)[n % 7]
        days = [day for day in range(7) if (day - n) % 7 < 5]
        starts = [
            MONDAY + timedelta(days=day, hours=first, minutes=chance.uniform(0, 20))
            for day in days
            if day < 6 or first < 15
        ]
        watcher = Watcher(
            specialist=specialist, opted_in=specialist, avoids=avoids, new_since=new, own_budget=own
        )
        return Person(
            user, watcher, chance, starts, {queue.pk for queue in queues_open_to(user)}, {*user.languages, ""}
        )

    def _deck(self) -> list[dict[str, Any]]:
        """Kinds of case, as often as their share, exposure 4 among them."""
        edition = in_force()
        queues = {queue.slug: queue.pk for queue in Queue.objects.all()}
        routed = {code: slug for _, conditions, slug in ROUTES for code in conditions.get("policies", ())}
        rules: dict[str, list[Any]] = {slug: [] for slug in queues}
        for rule in edition.rules.values():
            rules[routed.get(rule.policy_code, "everything-else")].append(rule)
        deck = []
        for _ in range(2_000):
            slug, kind, language = (
                self.chance.choices(list(shares), list(shares.values()))[0]
                for shares in (VOLUME, KINDS, LANGUAGES)
            )
            rule = self.chance.choice(rules[slug]) if rules[slug] else None
            exposure = rule.exposure if rule else UNKNOWN_EXPOSURE[kind]
            deck.append(
                {
                    "queue": queues[slug], "kind": kind, "language": language, "exposure": exposure,
                    "severity": rule.severity if rule else UNKNOWN_SEVERITY, "harms": harms_of([rule] if rule else []),
                    "units": worst_units(exposure=exposure, kind=kind),
                }
            )  # fmt: skip
        keys = {(d["queue"], d["exposure"], d["language"], d["units"], d["harms"]) for d in deck}
        lanes = lanes_for(keys)
        for d in deck:
            d["lane"] = lanes[d["queue"], d["exposure"], d["language"], d["units"], d["harms"]]
        return deck

    def _come_in(self, hour: datetime, number: int) -> None:
        """The cases of one hour, waiting from its beginning on."""
        items, cases = [], []
        for _ in range(number):
            kind = self.chance.choice(self.deck)
            n = len(self.known) + 1
            points = min(100, SEVERITY_FLOOR[kind["severity"]] + self.chance.randrange(12))
            due = hour + DUE_AFTER[kind["severity"]]
            items.append((ITEMS + n, "week", f"post-{n}", kind["kind"], kind["language"], hour))
            place = rank(due, points)
            cases.append(
                (CASES + n, ITEMS + n, kind["queue"], kind["lane"], kind["severity"], kind["exposure"], kind["units"],
                 kind["harms"], points, place, due, kind["language"], hour)
            )  # fmt: skip
            case = Case(kind["exposure"], kind["units"], kind["kind"], kind["harms"], kind["queue"], hour)
            self.known[CASES + n] = case
            self.arrivals.append((hour, place, kind["queue"], kind["language"], case))
        with transaction.atomic(), connection.cursor() as cursor:
            execute_values(
                cursor,
                "INSERT INTO intake_item (id, source, external_id, kind, language, country, minors, views, views_per_hour,"
                " content_sha256, text_sha256, received_at, updated_at) VALUES %s",
                items,
                "(%s, %s, %s, %s, %s, '', false, 0, 0, repeat('0', 64), '', %s, now())",
                page_size=1_000,
            )
            execute_values(
                cursor,
                "INSERT INTO queues_case (id, item_id, queue_id, lane_id, severity, exposure, units, harms, priority, rank,"
                " due_at, language, opened_at, purpose, state, breakdown, due_because, rule_codes, detection_source,"
                " item_revision, placed_by_hand) VALUES %s",
                cases,
                "(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, 'review', 'waiting', '[]', '', '{}',"
                " 'user_report', 1, false)",
                page_size=1_000,
            )

    # What happens

    def run(self, say: Callable[[str], None]) -> None:
        for hour, number in hourly(self.cases):
            self._plan(hour, "come in", number)
        for person in self.people:
            for at in person.starts:
                self._plan(at, "start", person)
        self._plan(MONDAY + timedelta(days=2, hours=11), "tighter limits", None)
        day = 0
        with time_machine.travel(MONDAY, tick=False) as clock:
            while self.events and self.events[0][0] < MONDAY + WEEK:
                at, _, what, whom = heapq.heappop(self.events)
                if at >= MONDAY + timedelta(days=day + 1):
                    day += 1
                    say(
                        f"  day {day}: {self.decided:,} decided, {sum(1 for _ in self.beyond)} beyond a limit"
                    )
                    with connection.cursor() as cursor:
                        cursor.execute("ANALYZE queues_case; ANALYZE queues_claim; ANALYZE intake_item")
                clock.move_to(at)
                if what == "come in":
                    self._come_in(at, whom)
                elif what == "tighter limits":
                    self._tighten()
                else:
                    getattr(self, f"_{what}")(whom, at)

    def _plan(self, at: datetime, what: str, whom: Any) -> None:
        heapq.heappush(self.events, (at, next(self.order), what, whom))

    def _tighten(self) -> None:
        """On Wednesday the wellbeing lead lowers the budget; running shifts keep what they began with."""
        lead, _ = User.objects.get_or_create(
            username="week-lead", defaults={"pseudonym": "W-L", "roles": ["wellbeing_lead"], "password": "!"}
        )
        now_in_force = limits_in_force()
        wanted = Wanted(**(Wanted.of(now_in_force).values() | {"budget": 14_000}))
        wellbeing.set_limits(wanted, reason="A heavy week.", days=30, based_on=now_in_force.pk, actor=lead)

    def _start(self, person: Person, at: datetime) -> None:
        shift = wellbeing.start_shift(actor=person.user)
        person.ends = at + timedelta(hours=8)
        person.watcher.begins(at, limit_set(shift.limit_set_id))
        self._free(person, at)

    def _free(self, person: Person, at: datetime) -> None:
        """She asks for a case."""
        began = time.perf_counter()
        try:
            claimed = claim_next(actor=person.user)
        except (Resting, OnBreak, ShiftOver) as pause:
            self._pause(person, at, pause)
            return
        self.milliseconds.append((time.perf_counter() - began) * 1000)
        self._has(person, at, claimed)

    def _has(self, person: Person, at: datetime, claimed: Claimed | None) -> None:
        if claimed is None:
            self.nothing += 1
            with transaction.atomic():
                allowed = wellbeing.standing(person.user)
                # What she passed on is not offered again, and may be all that waits: asked only for others.
                if (
                    not allowed.pause
                    and waiting_for(person.user, allowed)
                    and not _only_barred(person.user, allowed)
                ):
                    self.starved += 1
            self._plan(at + ASKS_AGAIN, "free" if at + ASKS_AGAIN < person.ends else "end", person)
            return
        case = self.known[claimed.case_id]
        self.beyond += person.watcher.beyond(at, case)
        person.holds, person.since = claimed, at
        seconds = handling(person.chance, case.kind)
        person.shown = 0.0 if case.exposure >= 2 and person.chance.random() < 0.2 else seconds * 0.6
        self._plan(at + timedelta(seconds=seconds), "finish", person)

    def _finish(self, person: Person, at: datetime) -> None:
        """She decides, mostly; now and then she passes it on or stops. The next case comes in the same transaction."""
        assert person.holds is not None
        claim, case = person.holds, self.known[person.holds.case_id]
        lot, person.holds = person.chance.random(), None
        look = Look(person.shown)
        cost = min(
            units(exposure=case.exposure, kind=case.kind, seconds=person.shown, revealed=look.revealed),
            case.units,
        )
        person.spent += cost
        person.watcher.settles(at, case, cost, timedelta(seconds=round((at - person.since).total_seconds())),
                               worked=lot >= 0.02)  # fmt: skip
        if lot < 0.02:
            if lot < 0.002:
                stop_now(actor=person.user, look=look)
                self._resting(person, at, timedelta(minutes=20))
            else:
                skip(actor=person.user, claim_id=claim.claim_id, look=look)
                self._free(person, at)
            return
        self.decided += 1
        following, pause = None, False
        began = time.perf_counter()
        with transaction.atomic():
            held = hold(actor=person.user, claim_id=claim.claim_id)
            account = finish(held, ending=Claim.Ending.DECIDED, look=look, state="done")
            assert account is not None
            if account.working:
                following = claim_within(account.allowed, actor=person.user)
            else:
                pause = True
                if account.allowed.pause == BREAK_DUE:
                    wellbeing.start_break(actor=person.user)
        self.milliseconds.append((time.perf_counter() - began) * 1000)
        if pause:
            self._pause(person, at, None)
        else:
            self._has(person, at, following)

    def _pause(self, person: Person, at: datetime, why: Exception | None) -> None:
        self.pauses += 1
        shift = Shift.objects.get(user=person.user, ended_at=None)
        if isinstance(why, BreakDue):
            shift = wellbeing.start_break(actor=person.user)
        if shift.break_started_at is not None:
            self._resting(person, at, break_length(shift, limit_set(shift.limit_set_id)))
        elif isinstance(why, ShiftOver) or at >= person.ends:
            self._end(person, at)
        elif shift.rest_until is not None and shift.rest_until > at:
            self._plan(shift.rest_until, "free", person)
        else:
            self._plan(at + ASKS_AGAIN, "free", person)

    def _resting(self, person: Person, at: datetime, long: timedelta) -> None:
        person.break_since = at
        late = timedelta(minutes=person.chance.uniform(0, 5))  # nobody's business
        self._plan(at + long + late, "back", person)

    def _back(self, person: Person, at: datetime) -> None:
        assert person.break_since is not None
        wellbeing.end_break(actor=person.user)
        person.watcher.breaks(person.break_since, at)
        if at >= person.ends:
            self._end(person, at)
        else:
            self._free(person, at)

    def _end(self, person: Person, at: datetime) -> None:
        if not Shift.objects.filter(user=person.user, ended_at=None).exists():
            return
        end_shift(actor=person.user)
        person.watcher.ends(at)

    # What came of it

    def caps(self) -> list[int]:
        limits = limit_set(1) if limits_in_force().pk == 1 else limits_in_force()
        return [limits.budget * limits.weekly_factor, limits.specialist_budget * limits.weekly_factor]

    def summary(self) -> dict[str, Any]:
        spent = sorted((person.spent for person in self.people), reverse=True)
        return {
            "people": len(self.people),
            "came_in": len(self.known),
            "decided": self.decided,
            "claims": len(self.milliseconds),
            "beyond": counted(self.beyond),
            "starved": self.starved,
            "nothing_for_her": self.nothing,
            "pauses": self.pauses,
            "milliseconds": percentiles(self.milliseconds),
            "units_with_limits": [round(one / 100, 1) for one in spent],
            "weekly_cap_units": [cap / 100 for cap in self.caps()],
        }


def _only_barred(user: User, allowed: Any) -> bool:
    """Whether all that waits and that she may have are cases she passed on before."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT NOT EXISTS (
                SELECT 1 FROM queues_case cs JOIN queues_queue queue ON queue.id = cs.queue_id
                WHERE cs.state = 'waiting' AND cs.exposure <= %s AND (cs.exposure <= 1 OR cs.units <= %s)
                  AND cs.harms & %s = 0 AND (queue.mixes OR NOT %s) AND queue.roles && %s::varchar[]
                  AND (queue.skill = '' OR queue.skill = ANY(%s::varchar[])) AND cs.language = ANY(%s::varchar[])
                  AND NOT EXISTS (SELECT 1 FROM queues_barred barred WHERE barred.case_id = cs.id AND barred.user_id = %s))
            """,
            [allowed.max_exposure, allowed.remaining, allowed.avoids, allowed.relief, user.roles, user.skills,
             [*user.languages, ""], user.pk],
        )  # fmt: skip
        return bool(cursor.fetchone()[0])
