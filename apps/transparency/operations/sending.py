"""Sending what is due: claimed for two minutes, sent outside any transaction."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.utils.timezone import now

from apps.ledger.operations import record
from apps.transparency.models import Statement
from apps.transparency.operations.keeping import one_keeper_at_a_time

if TYPE_CHECKING:
    from apps.transparency.calling import Answer

BATCH = 100
CLAIMED_FOR = timedelta(minutes=2)
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=40), timedelta(hours=6)
SETTLED = ["state", "because", "reasons", "sent_at", "attempts", "last_error", "next_attempt_at"]
State = Statement.State


def send_due(*, batches: int = 20) -> int:
    """Send what waits, in batches of at most 100; how many are in the database now. Nothing without an address.

    The database takes a batch whole or not at all. A statement that is refused is set aside with its reasons, one that was
    there before counts as sent, and the rest of the batch goes again at once. Whatever else goes wrong, the batch waits,
    40 seconds at first, doubling to 6 hours, and is never given up.
    """
    if not settings.DSA_API_URL:
        return 0
    from apps.transparency.calling import (
        post,  # an HTTP client takes a third of a second that few processes need
    )

    sent = 0
    for _ in range(batches):
        batch = claim()
        if not batch:
            break
        sent += settle(batch, post([one.body for one in batch]))
    return sent


@transaction.atomic
def claim() -> list[Statement]:
    """Take a batch that is due, so that nobody else sends it meanwhile."""
    due = Statement.objects.filter(state=State.READY, next_attempt_at__lte=now())
    batch = list(
        due.order_by("next_attempt_at", "pk").select_for_update(skip_locked=True, no_key=True)[:BATCH]
    )
    Statement.objects.filter(pk__in=[one.pk for one in batch]).update(next_attempt_at=now() + CLAIMED_FOR)
    return batch


@transaction.atomic
def settle(batch: Sequence[Statement], answer: "Answer") -> int:
    """Write down what came of a batch; how many statements are in the database because of it.

    What it took is sent, even where somebody withheld it meanwhile: that it is there is what happened.
    """
    one_keeper_at_a_time()
    at = now()
    rows = Statement.objects.defer("body").in_bulk([one.pk for one in batch])
    taken, refused, settled = [], [], []
    for place, sent in enumerate(batch):
        one = rows[sent.pk]
        if one.state != State.SENT and (answer.taken or place in answer.known):
            one.state, one.because, one.sent_at, one.last_error = State.SENT, "", at, ""
            taken.append(one.pk)
        elif one.state != State.READY:
            continue
        elif reasons := answer.refused.get(place):
            one.state, one.reasons, one.attempts = State.REFUSED, reasons, one.attempts + 1
            refused.append(one.pk)
        else:
            _wait(one, answer.error, at)
        settled.append(one)
    if len(taken) == len(batch):
        Statement.objects.filter(pk__in=taken).update(state=State.SENT, because="", sent_at=at, last_error="")
    else:
        Statement.objects.bulk_update(settled, SETTLED)
    if refused:
        record("statement.refused", actor=None, statements=refused)
    if taken:
        record("statement.sent", actor=None, statements=taken)
    return len(taken)


def _wait(one: Statement, error: str, at: datetime) -> None:
    one.attempts, one.last_error = one.attempts + 1, error
    wait = min(FIRST_WAIT * 2 ** min(one.attempts - 1, 12), LONGEST_WAIT)
    one.next_attempt_at = at + (wait if error else timedelta(0))
