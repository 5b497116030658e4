"""What sampling adds to a decision, and what drawing costs the worker afterwards."""

import os
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction

from apps.accounts.models import User
from apps.decisions.operations import decide
from apps.decisions.verdict import Verdict
from apps.ledger.models import Event
from apps.ledger.operations import subscriptions
from apps.quality.handlers import decided
from apps.quality.models import Draw
from apps.queues.operations import claim_next
from apps.wellbeing.exposure import Look
from bench.claims import Timed, Undone, moderators_free_to_claim
from bench.decide import people_and_spare, ratio
from bench.meter import spin
from bench.system import System
from bench.targets import at_most, reported

ROUNDS = 600
WARM_UP = 20
MADE = 1_000  # decisions the worker then draws from
AT_MOST = 1.05
CLEAR = Verdict("no_violation")


def run(system: System, scale: float) -> dict[str, Any]:
    """Decide and claim the next, each rolled back, in turns with and without sampling, so that both see one machine."""
    system.stop()
    rounds, made = max(60, int(ROUNDS * scale)), max(100, int(MADE * scale))
    people_and_spare()
    people = moderators_free_to_claim()
    timed = {"without": Timed(), "with": Timed()}
    for number in range(-WARM_UP, rounds):
        person = people[number % len(people)]
        for kind in ("without", "with") if number % 2 else ("with", "without"):
            with sampling(kind == "with"):
                timed_cycle(person, timed[kind] if number >= 0 else Timed())
    added = ratio(timed["with"].milliseconds, timed["without"].milliseconds)
    worker = drawing(people, made)
    answer = {
        "cycle_milliseconds": {kind: one.summary() for kind, one in timed.items()},
        "with_of_without": added,
        "with_of_without_in_database_cpu": ratio(timed["with"].cpu, timed["without"].cpu),
        "worker": worker,
        "loop_milliseconds": spin(),
        "load_average": round(os.getloadavg()[0], 1),
    }
    both = " and ".join(f"{one.milliseconds:.2f} ms" for one in timed.values())
    targets = [
        at_most("decide and claim with sampling, of without", added, AT_MOST, " ×", 3),
        reported("those two", both),
        reported(
            f"drawing from {worker['decisions']:,} decisions, in the worker",
            f"{worker['milliseconds_per_decision']:.2f} ms each, {worker['drawn']} drawn",
        ),
    ]
    return answer | {"targets": targets}


@contextmanager
def sampling(on: bool) -> Iterator[None]:
    """Whether decisions are handed to the room that draws from them."""
    told = subscriptions.by_kind["decision.made"]
    after = told.get("quality.looks")
    if not on:
        told.pop("quality.looks", None)
    try:
        yield
    finally:
        if after is not None:
            told["quality.looks"] = after


def timed_cycle(person: User, timed: Timed) -> None:
    try:
        with transaction.atomic():
            claimed = claim_next(actor=person)
            assert claimed, f"nothing for {person}"
            with timed.once():
                decide(
                    actor=person, claim_id=claimed.claim_id, verdict=CLEAR, look=Look(2), claim_another=True
                )
            raise Undone
    except Undone:
        pass


def drawing(people: list[User], made: int) -> dict[str, Any]:
    """Decisions made for good, then drawn from in batches of 500 as the relay hands them over; taken back at the end."""
    last = Event.objects.order_by("-id").values_list("id", flat=True).first() or 0
    spans = []
    drawn = 0
    try:
        with transaction.atomic():
            for number in range(made):
                person = people[number % len(people)]
                claimed = claim_next(actor=person)
                assert claimed, f"nothing for {person}"
                decide(actor=person, claim_id=claimed.claim_id, verdict=CLEAR, look=Look(0))
            events = list(Event.objects.filter(id__gt=last, kind="decision.made").order_by("id"))
            for start in range(0, len(events), 500):
                batch = events[start : start + 500]
                since = time.perf_counter()
                decided(batch)
                spans.append((time.perf_counter() - since) * 1000 / len(batch))
            drawn = Draw.objects.filter(decision__in=[event.data["decision"] for event in events]).count()
            raise Undone
    except Undone:
        pass
    return {
        "decisions": made,
        "drawn": drawn,
        "milliseconds_per_decision": round(statistics.median(spans), 3),
    }
