"""What the limits add to a claim: the same statement on the same rows, with and without everything they ask."""

import statistics
import time
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.utils.timezone import now

from apps.queues.operations import claiming
from apps.queues.operations.claiming import claim_within
from apps.statements import Statement
from apps.wellbeing.models import Shift
from apps.wellbeing.operations import start_shift
from apps.wellbeing.operations.account import standing

ROUNDS = 400
# What the product's claim asks and keeps for the limits beyond level and budget, and what stands there without them.
BEYOND = {
    " AND (queue.mixes OR NOT %(relief)s::boolean)": "",
    " AND lane.harms & %(avoids)s::integer = 0": "",
    "shift_id, exposure, level,": "shift_id, exposure,",
    "marked.exposure, %(max_exposure)s, %(used)s": "marked.exposure, %(used)s",
}


class Undone(Exception):
    """Takes a measured claim back."""


def cost_of_limits(week: Any) -> dict[str, float]:
    """Medians of a claim within all limits and of one that only knows level and budget, taken in turns, in ms."""
    bare_claim = [
        Statement("bench_plain_top", plain(claiming.TOP)),
        Statement("bench_plain_next", plain(claiming.HEADS)),
    ]
    people = [person.user for person in week.people if not (person.user.skills or person.watcher.avoids)][:20]
    for person in people:
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE queues_claim SET ended_at = now(), ending = 'released' WHERE holder_id = %s AND ended_at IS NULL",
                [person.pk],
            )
            cursor.execute("UPDATE wellbeing_shift SET ended_at = now(), break_started_at = NULL WHERE user_id = %s AND "
                           "ended_at IS NULL", [person.pk])  # fmt: skip
        shift = start_shift(actor=person)
        Shift.objects.filter(pk=shift.pk).update(
            started_at=now() - timedelta(minutes=30)
        )  # past its gentle start
    limited: list[float] = []
    bare: list[float] = []
    for number in range(ROUNDS + 20):
        person = people[number % len(people)]
        pair = (
            (_limited(person), _bare(person, bare_claim))
            if number % 2
            else (_bare(person, bare_claim), _limited(person))
        )
        one, other = pair if number % 2 else pair[::-1]
        if number >= 20:
            limited.append(one)
            bare.append(other)
    with_limits, without = statistics.median(limited), statistics.median(bare)
    return {
        "claim_milliseconds": round(with_limits, 3),
        "plain_claim_milliseconds": round(without, 3),
        "of_plain": round(with_limits / without, 3),
    }


def plain(candidates: str) -> str:
    """The product's claim over these candidates, without what the limits ask beyond level and budget.

    Raises LookupError when the claim has changed so that a part of it is no longer found: what would then be
    measured as plain would not be.
    """
    sql = claiming.CLAIM.format(candidates=candidates, kept=claiming.KEPT)
    for asked, instead in BEYOND.items():
        if asked not in sql:
            raise LookupError(f"The claim no longer says: {asked}")
        sql = sql.replace(asked, instead)
    return sql


def _limited(person: Any) -> float:
    """The product's own claim."""
    try:
        with transaction.atomic():
            began = time.perf_counter()
            claim_within(standing(person), actor=person)
            took = time.perf_counter() - began
            raise Undone
    except Undone:
        return took * 1000


def _bare(person: Any, statements: list[Statement]) -> float:
    """The same without what the limits ask beyond level and budget: a shift row of five columns, a shorter statement."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            began = time.perf_counter()
            cursor.execute(
                "SAVEPOINT plain; SET LOCAL lock_timeout = '300ms'; SELECT id, max_exposure, spent + reserved, budget, "
                "break_started_at FROM wellbeing_shift WHERE user_id = %s AND ended_at IS NULL FOR UPDATE",
                [person.pk],
            )
            shift, level, used, budget, _ = cursor.fetchone()
            cursor.execute("RELEASE SAVEPOINT plain; SET LOCAL lock_timeout = 0")
            values = {
                "user": person.pk, "roles": person.roles, "skills": person.skills, "languages": [*person.languages, ""],
                "max_exposure": level, "remaining": max(0, budget - used), "shift": shift, "used": used,
                "budget": budget, "fixed": None, "now": now(), "queue": None, "depth": claiming.DEPTHS[0],
            }  # fmt: skip
            for statement in statements:
                row = statement.run(values)
                if row and row[1]:
                    claiming.record_many(
                        [claiming.Entry("case.claimed", person.pk, row[3], row[4], data={"claim": row[1]})]
                    )
                    break
            took = time.perf_counter() - began
            raise Undone
    except Undone:
        return took * 1000
