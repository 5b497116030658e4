"""Sending what is due: claimed for two minutes, sent outside any transaction."""

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.utils.timezone import now

from apps.ledger.operations import record
from apps.transparency.models import Statement

if TYPE_CHECKING:
    from apps.transparency.calling import Answer

BATCH = 100
CLAIMED_FOR = timedelta(minutes=2)
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=10), timedelta(hours=6)
State = Statement.State


def send_due(*, batches: int = 20) -> int:
    """Send what waits, in batches of at most 100; how many are in the database now. Nothing without an address.

    A statement that is refused is set aside with its reasons, and the rest of its batch goes again at once. Whatever
    else goes wrong, the batch waits, 10 seconds at first, doubling to 6 hours, and is never given up.
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
    batch = list(due.order_by("next_attempt_at", "pk").select_for_update(skip_locked=True)[:BATCH])
    Statement.objects.filter(pk__in=[one.pk for one in batch]).update(next_attempt_at=now() + CLAIMED_FOR)
    return batch


@transaction.atomic
def settle(batch: Sequence[Statement], answer: "Answer") -> int:
    """Write down what came of a batch; how many statements are in the database because of it."""
    from apps.transparency.calling import known_already

    at = now()
    taken = {one.pk for one in batch} if answer.taken else set()
    refused = []
    for place, reasons in answer.refused.items():
        one = batch[place]
        if known_already(reasons):
            taken.add(one.pk)
            continue
        one.state, one.reasons, one.attempts = State.REFUSED, reasons, one.attempts + 1
        refused.append(one)
    Statement.objects.bulk_update(refused, ["state", "reasons", "attempts"])
    Statement.objects.filter(pk__in=taken, state=State.READY).update(state=State.SENT, sent_at=at)
    settled = taken | {one.pk for one in refused}
    rest = [one for one in batch if one.pk not in settled]
    for one in rest:
        one.attempts += 1
        one.last_error = answer.error
        wait = min(FIRST_WAIT * 2 ** min(one.attempts - 1, 12), LONGEST_WAIT)
        one.next_attempt_at = at + (wait if answer.error else timedelta(0))
    Statement.objects.bulk_update(rest, ["attempts", "last_error", "next_attempt_at"])
    if refused:
        record("statement.refused", actor=None, statements=[one.pk for one in refused])
    if taken:
        record("statement.sent", actor=None, statements=sorted(taken))
    return len(taken)
