"""Sending what is owed: claimed for half a minute, sent outside any transaction, and every attempt written down."""

import json
from concurrent.futures import ThreadPoolExecutor, as_completed
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import F
from django.utils.timezone import now

from apps.delivery.calling import Answer, Call, call
from apps.delivery.models import Attempt, Delivery, Endpoint

FIRST_WAIT = timedelta(seconds=5)
LONGEST_WAIT = timedelta(hours=6)
CLAIMED_FOR = timedelta(seconds=30)  # longer than a call can last; after that whoever claimed it has died
AT_ONCE = 16
EACH = 8  # of one endpoint: one that is slow does not take every place
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
    ORDER BY due.next_attempt_at LIMIT %(at_once)s
)
RETURNING delivery.id, endpoint.id, endpoint.url, endpoint.secret, delivery.message_id, delivery.payload::text
"""


def send_due(*, rounds: int = 1_000) -> int:
    """Send every message that is due; how many attempts were made. Safe from several processes at once.

    A process killed on the way leaves a message due again half a minute later, under the same
    Webhook-Id: at least once, and recognisable.
    """
    made = 0
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="webhook") as pool:
        for _ in range(rounds):
            calls = claim_due()
            if not calls:
                break
            sent = {pool.submit(call, one): one for one in calls}
            for done in as_completed(sent):
                record_attempt(sent[done], done.result())
            made += len(calls)
    return made


def claim_due() -> list[Call]:
    """Take messages that are due, so that nobody else sends them for half a minute."""
    at = now()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            CLAIM,
            {
                "now": at,
                "mine_until": at + CLAIMED_FOR,
                "rests_after": RESTS_AFTER,
                "each": EACH,
                "at_once": AT_ONCE,
            },
        )
        rows = cursor.fetchall()
    return [Call(*address, payload=json.loads(payload)) for *address, payload in rows]


@transaction.atomic
def record_attempt(sent: Call, answer: Answer) -> None:
    """Write the attempt down, and what follows: delivered, another try later, or given up after 72 hours."""
    at = now()
    Attempt.objects.create(
        delivery_id=sent.delivery_id,
        status=answer.status,
        milliseconds=answer.milliseconds,
        error=answer.error[:300],
    )
    delivery = Delivery.objects.select_for_update().get(pk=sent.delivery_id)
    delivery.attempts_made += 1
    if answer.received:
        delivery.state, delivery.delivered_at = Delivery.State.DELIVERED, at
    elif delivery.state == Delivery.State.PENDING:
        if at >= delivery.give_up_at:
            delivery.state = Delivery.State.FAILED
        else:
            delivery.next_attempt_at = next_attempt(delivery.attempts_made, at, delivery.give_up_at)
    delivery.save(update_fields=["attempts_made", "state", "delivered_at", "next_attempt_at"])
    _note_how_it_fares(sent.endpoint_id, answer, at)


def next_attempt(made: int, at: datetime, give_up_at: datetime) -> datetime:
    """5 s after the first attempt, then doubling to 6 h; the last one falls on the moment of giving up."""
    wait = min(FIRST_WAIT * 2 ** min(made - 1, 20), LONGEST_WAIT)
    return min(at + wait, give_up_at)


def _note_how_it_fares(endpoint_id: int, answer: Answer, at: datetime) -> None:
    """An endpoint that keeps failing rests, so that it does not hold up the others."""
    endpoint = Endpoint.objects.filter(pk=endpoint_id)
    if answer.received:
        endpoint.filter(failures_in_a_row__gt=0).update(failures_in_a_row=0, rests_until=None)
        return
    endpoint.update(failures_in_a_row=F("failures_in_a_row") + 1)
    failures = endpoint.values_list("failures_in_a_row", flat=True).get()
    if failures >= RESTS_AFTER:
        rest = min(FIRST_REST * 2 ** min(failures - RESTS_AFTER, 10), LONGEST_REST)
        endpoint.update(rests_until=at + rest)
