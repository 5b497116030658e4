"""Sending what is owed: claimed for half a minute, sent outside any transaction, and every attempt written down."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Collection
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import connection, transaction
from django.db.models import F
from django.utils.timezone import now

from apps.delivery.models import Attempt, Delivery, Endpoint

if TYPE_CHECKING:
    from apps.delivery.calling import Answer, Call

FIRST_WAIT = timedelta(seconds=5)
LONGEST_WAIT = timedelta(hours=6)
CLAIMED_FOR = timedelta(seconds=30)  # longer than a call can last; after that whoever claimed it has died
AT_ONCE = 48
EACH = 24  # of one endpoint: one that is slow does not take every place
GATHER_SECONDS = 0.04  # answers that come together are written down together: writing costs by the round
RESTS_AFTER = 3  # failures in a row
FIRST_REST, LONGEST_REST = timedelta(seconds=5), timedelta(minutes=5)

CLAIM = """
UPDATE delivery_delivery delivery SET next_attempt_at = %(mine_until)s
FROM delivery_endpoint endpoint
WHERE endpoint.id = delivery.endpoint_id AND delivery.id IN (
    SELECT due.id FROM delivery_endpoint awake
    CROSS JOIN LATERAL (
        SELECT id, next_attempt_at FROM delivery_delivery
        WHERE endpoint_id = awake.id AND state = 'pending' AND next_attempt_at <= %(now)s
        ORDER BY next_attempt_at
        LIMIT CASE WHEN awake.failures_in_a_row >= %(rests_after)s THEN 1 ELSE %(each)s END
        FOR UPDATE SKIP LOCKED
    ) due
    WHERE awake.active AND (awake.rests_until IS NULL OR awake.rests_until <= %(now)s)
      AND NOT awake.id = ANY(%(busy)s::bigint[]) AND NOT (%(only_well)s AND awake.failures_in_a_row > 0)
    ORDER BY due.next_attempt_at LIMIT %(places)s
)
RETURNING delivery.id, endpoint.id, endpoint.url, endpoint.secret, delivery.message_id, delivery.payload::text
"""
# Messages that were received, each with its attempt: one round trip for all of them.
RECEIVED = """
WITH told AS (
    SELECT * FROM unnest(%(ids)s::bigint[], %(statuses)s::int[], %(milliseconds)s::int[]) AS told (id, status, milliseconds)
), held AS (
    SELECT id FROM delivery_delivery WHERE id = ANY(%(ids)s::bigint[]) ORDER BY id FOR UPDATE
), tried AS (
    INSERT INTO delivery_attempt (delivery_id, status, milliseconds, error)
    SELECT id, status, milliseconds, '' FROM told
)
UPDATE delivery_delivery delivery
SET attempts_made = attempts_made + 1, state = 'delivered', delivered_at = %(at)s
FROM held WHERE delivery.id = held.id
"""
WRITE = """
UPDATE delivery_delivery delivery
SET attempts_made = told.made, state = told.state, next_attempt_at = told.next
FROM unnest(%s::bigint[], %s::int[], %s::text[], %s::timestamptz[]) AS told (id, made, state, next)
WHERE delivery.id = told.id
"""


def send_due(*, seconds: float = 60, only_well: bool = False) -> int:
    """Send what is due, taking more for at most `seconds`; how many attempts were made.

    Safe from several processes at once. A process killed on the way leaves a message due again half a
    minute later, under the same Webhook-Id: at least once, and recognisable. While some endpoints are
    slow, others go on. `only_well` leaves out those that failed last, for a caller in a hurry.
    """
    from apps.delivery.calling import Line  # an HTTP client takes a third of a second that few processes need

    made, enough = 0, time.monotonic() + seconds
    flying: dict[Future[Answer], Call] = {}
    with Line() as line, ThreadPoolExecutor(AT_ONCE, thread_name_prefix="webhook") as pool:
        while True:
            places = AT_ONCE - len(flying)
            if places >= AT_ONCE // 2 and time.monotonic() < enough:
                carrying = Counter(one.endpoint_id for one in flying.values())
                busy = [endpoint for endpoint, n in carrying.items() if n >= EACH // 2]
                for one in claim_due(places, busy=busy, only_well=only_well):
                    flying[pool.submit(line.call, one)] = one
                    made += 1
            if not flying:
                return made
            wait(flying, return_when=FIRST_COMPLETED)
            time.sleep(GATHER_SECONDS)
            done = [future for future in flying if future.done()]
            record_attempts([(flying.pop(future), future.result()) for future in done])


def claim_due(places: int = AT_ONCE, *, busy: Collection[int] = (), only_well: bool = False) -> list[Call]:
    """Take messages that are due, so that nobody else sends them for half a minute.

    Not of endpoints that are `busy`, and of one that keeps failing a single one (`only_well`: none).
    """
    from apps.delivery.calling import Call

    at = now()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            CLAIM,
            {
                "now": at,
                "mine_until": at + CLAIMED_FOR,
                "rests_after": RESTS_AFTER,
                "each": EACH,
                "busy": list(busy),
                "only_well": only_well,
                "places": places,
            },
        )
        rows = cursor.fetchall()
    return [
        Call(delivery, endpoint, url, secret, message, json.loads(payload))
        for delivery, endpoint, url, secret, message, payload in rows
    ]


@transaction.atomic
def record_attempts(answered: Collection[tuple[Call, Answer]]) -> None:
    """Write attempts down, and what follows: delivered, another try later, or given up after 72 hours.

    The number of statements does not grow with the number of attempts, only with that of endpoints.
    """
    at = now()
    received = [(one, answer) for one, answer in answered if answer.received]
    others = [(one, answer) for one, answer in answered if not answer.received]
    if received:
        with connection.cursor() as cursor:
            cursor.execute(
                RECEIVED,
                {
                    "ids": [one.delivery_id for one, _ in received],
                    "statuses": [answer.status for _, answer in received],
                    "milliseconds": [answer.milliseconds for _, answer in received],
                    "at": at,
                },
            )
    if others:
        _record_failed(others, at)
    for endpoint in sorted({one.endpoint_id for one, _ in answered}):
        _note_how_it_fares(endpoint, [answer for one, answer in answered if one.endpoint_id == endpoint], at)


def _record_failed(answered: Collection[tuple[Call, Answer]], at: datetime) -> None:
    Attempt.objects.bulk_create(
        Attempt(delivery_id=one.delivery_id, status=it.status, milliseconds=it.milliseconds, error=it.error)
        for one, it in answered
    )
    locked = (
        Delivery.objects.select_for_update().order_by("id").in_bulk([one.delivery_id for one, _ in answered])
    )
    for one, _ in answered:
        _settle(locked[one.delivery_id], at)
    columns = ("id", "attempts_made", "state", "next_attempt_at")
    with connection.cursor() as cursor:
        cursor.execute(WRITE, [[getattr(row, name) for row in locked.values()] for name in columns])


def _settle(delivery: Delivery, at: datetime) -> None:
    delivery.attempts_made += 1
    if delivery.state == Delivery.State.PENDING and at >= delivery.give_up_at:
        delivery.state = Delivery.State.FAILED
    elif delivery.state == Delivery.State.PENDING:
        delivery.next_attempt_at = next_attempt(delivery.attempts_made, at, delivery.give_up_at)


def next_attempt(made: int, at: datetime, give_up_at: datetime) -> datetime:
    """5 s after the first attempt, then doubling to 6 h; the last one falls on the moment of giving up."""
    wait = min(FIRST_WAIT * 2 ** min(made - 1, 20), LONGEST_WAIT)
    return min(at + wait, give_up_at)


def _note_how_it_fares(endpoint_id: int, answers: list[Answer], at: datetime) -> None:
    """An endpoint that keeps failing rests, so that it does not hold up the others."""
    endpoint = Endpoint.objects.filter(pk=endpoint_id)
    if any(answer.received for answer in answers):
        endpoint.filter(failures_in_a_row__gt=0).update(failures_in_a_row=0, rests_until=None)
        return
    # What fails at the same moment is one failure: a hiccup must not look like a long absence.
    endpoint.update(failures_in_a_row=F("failures_in_a_row") + 1)
    failures = endpoint.values_list("failures_in_a_row", flat=True).get()
    if failures >= RESTS_AFTER:
        rest = min(FIRST_REST * 2 ** min(failures - RESTS_AFTER, 10), LONGEST_REST)
        endpoint.update(rests_until=at + rest)
