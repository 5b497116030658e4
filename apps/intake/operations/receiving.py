"""The one way in: everything that is received, by whichever door, comes through `receive`."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import DataError, IntegrityError, OperationalError, connection, transaction
from django.utils.timezone import now

from apps.accounts.models import MachineKey
from apps.intake.lines import Line
from apps.intake.operations.batch import Batch
from apps.intake.operations.writing import write
from apps.ledger.operations import record_many

CHUNK = 500  # lines per transaction: few statements, short locks
TRIES = 4
HEALS = {"40P01", "40001"}  # deadlock, serialisation: somebody else's batch met ours


@dataclass(slots=True)
class Result:
    """What became of one line.

    `id` is the report's or flag's, else the item's. `created` means the item was unknown before,
    `duplicate` that the line said nothing new.
    Status: 201 an item was created, 200 updated or duplicate, 202 accepted, 4xx refused with `errors`.
    """

    status: int = 0
    id: int | None = None
    item_id: int | None = None
    created: bool = False
    duplicate: bool = False
    errors: list[dict[str, str]] = field(default_factory=list)


def receive(
    lines: Sequence[Line], *, key: MachineKey | None, at: datetime | None = None, demo: bool = False
) -> list[Result]:
    """Take in reports, flags, items and view counts; one result per line, in order.

    Lines on the same item merge into it in their order; a new text, media list or context makes a new
    revision. Each chunk of 500 lines is one transaction with the same dozen statements whatever its size,
    committed before this returns; inside a caller's transaction everything is one chunk. A line that
    cannot be kept is refused alone. `key` is the machine key that sent them (None: the command line);
    `at` and `demo` are for bringing in history.
    """
    size = len(lines) if connection.in_atomic_block else CHUNK
    results: list[Result] = []
    for start in range(0, len(lines), size or 1):
        results += _take(lines[start : start + size], key.pk if key else 0, at, demo)
    return results


def _take(lines: Sequence[Line], key_id: int, at: datetime | None, demo: bool) -> list[Result]:
    for attempt in range(1, TRIES + 1):
        results = [Result() for _ in lines]
        try:
            with transaction.atomic():
                batch = Batch(lines, results, key_id, at or now(), demo)
                batch.merge()
                record_many(write(batch), at=batch.at)
            return results
        except (OperationalError, IntegrityError) as trouble:
            if attempt == TRIES or not _heals(trouble):
                raise
        except DataError:
            if len(lines) == 1:
                reason = "The database cannot store a value of this line."
                return [Result(status=422, errors=[{"field": "", "reason": reason}])]
            middle = len(lines) // 2
            return _take(lines[:middle], key_id, at, demo) + _take(lines[middle:], key_id, at, demo)
    raise AssertionError("unreachable")


def _heals(trouble: Exception) -> bool:
    """Whether trying again can succeed: a deadlock, or a rival with the same idempotency key who has committed now."""
    cause: Any = trouble.__cause__
    return getattr(cause, "pgcode", "") in HEALS or "once_per_idempotency_key" in str(trouble)
