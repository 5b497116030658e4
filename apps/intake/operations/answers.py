import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils.timezone import now

from apps.accounts.models import MachineKey
from apps.intake.errors import IdempotencyKeyUsed
from apps.intake.models import IdempotentAnswer
from apps.statements import Statement

KEPT = timedelta(days=7)  # senders retry for hours, not weeks

Answer = tuple[int, Any]

CLAIM = Statement(
    "intake_answer_claim",
    """
    INSERT INTO intake_idempotentanswer (key_id, idempotency_key, body_sha256, status, answer, created_at)
    VALUES (%(key)s, %(idem)s, %(sha256)s, 0, '{}', now())
    ON CONFLICT (key_id, idempotency_key) DO NOTHING RETURNING id
    """,
)
KEEP = Statement(
    "intake_answer_keep",
    """
    UPDATE intake_idempotentanswer SET status = %(status)s::smallint, answer = %(answer)s::jsonb WHERE id = %(id)s::bigint
    """,
)


def answer_once(
    key: MachineKey, idempotency_key: str | None, body_sha256: str, make: Callable[[], Answer]
) -> Answer:
    """The answer of `make()`, made once per key and Idempotency-Key however often it is asked for.

    The claim is inserted first, in the transaction of the effect: a rival with the same key waits
    for it, then reads the answer. If `make` fails, claim and effect are undone together.
    Raises IdempotencyKeyUsed when the same key comes with another body.
    """
    if not idempotency_key:
        return make()
    with transaction.atomic():
        claimed = CLAIM.run({"key": key.pk, "idem": idempotency_key, "sha256": body_sha256})
        if claimed is None:
            given = IdempotentAnswer.objects.get(key_id=key.pk, idempotency_key=idempotency_key)
            if given.body_sha256 != body_sha256:
                raise IdempotencyKeyUsed
            return given.status, given.answer
        status, answer = make()
        KEEP.run({"id": claimed[0], "status": status, "answer": json.dumps({} if answer is None else answer)})
        return status, answer


def forget_answers() -> int:
    """Drop answers kept longer than seven days; how many. Reports keep their own idempotency key for good."""
    return IdempotentAnswer.objects.filter(created_at__lt=now() - KEPT).delete()[0]
