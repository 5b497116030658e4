"""Media fetched, checked and veiled, so that nobody is ever shown an unchecked file.

What fetches and reads media is imported where it is used: it takes half a second, and most processes never need it.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import connection, transaction
from django.utils.timezone import now

from apps.errors import DomainError
from apps.intake.errors import MediaAway, MediaRefused
from apps.intake.media.limits import bytes_at_most
from apps.intake.media.places import full_path
from apps.intake.models import Item, Media
from apps.ledger.operations import record

if TYPE_CHECKING:
    from apps.intake.media.making import Made

log = logging.getLogger("reviewqueue.media")

LEASE = timedelta(minutes=5)  # longer than any fetch may take; then another worker may try
WAITS = (timedelta(seconds=5), timedelta(seconds=30))  # before the second and the third try
CHUNK = 1 << 20

CLAIM = """
UPDATE intake_media SET attempts = attempts + 1, try_at = %s WHERE id = (
    SELECT id FROM intake_media WHERE state = 'preparing' AND try_at <= %s
    ORDER BY try_at LIMIT 1 FOR UPDATE SKIP LOCKED
) RETURNING id
"""


def prepare_due(limit: int = 10, *, late: timedelta = timedelta(0)) -> int:
    """Prepare media that are due, or that have been for `late`; how many were tried.

    A file is claimed for five minutes and no transaction is open while it is fetched. When its
    worker dies it is simply tried again; how often is limited, so a file that kills workers is refused.
    """
    for tried in range(limit):
        with connection.cursor() as cursor:
            cursor.execute(CLAIM, [now() + LEASE, now() - late])
            claimed = cursor.fetchone()
        if claimed is None:
            return tried
        _prepare(Media.objects.select_related("upload").get(pk=claimed[0]))
    return limit


def _prepare(media: Media) -> None:
    try:
        if media.attempts > len(WAITS) + 1:
            raise MediaRefused("Preparing this file failed again and again.")
        made = _make(media)
    except MediaRefused as refusal:
        _settle(media, None, refusal.sentence)
    except Exception as trouble:
        if not isinstance(trouble, DomainError):
            log.exception("media %s could not be prepared", media.pk)
        if media.attempts <= len(WAITS):
            Media.objects.filter(pk=media.pk, state=Media.State.PREPARING).update(
                try_at=now() + WAITS[media.attempts - 1]
            )
            return
        why = trouble.sentence if isinstance(trouble, DomainError) else "It could not be read."
        _settle(media, None, f"{why} Tried {media.attempts} times.")
    else:
        _settle(media, made, "")


def _make(media: Media) -> Made:
    from apps.intake.media.making import make, take

    with _bytes_of(media) as chunks:
        # The hash a sender gave is checked against the bytes; one of a former revision was checked then.
        taken = take(chunks, declared=media.mime, sha256=media.sha256)
    return make(taken)


@contextmanager
def _bytes_of(media: Media) -> Iterator[Iterator[bytes]]:
    if media.upload is None:
        from apps.intake.media.fetching import fetched

        with fetched(media.url, at_most=bytes_at_most(media.mime)) as chunks:
            yield chunks
        return
    try:
        file = full_path(media.upload.file).open("rb")
    except OSError:
        raise MediaAway("The uploaded file is not on this machine.") from None
    with file:
        yield iter(lambda: file.read(CHUNK), b"")


@transaction.atomic
def _settle(media: Media, made: Made | None, reason: str) -> None:
    """Write down what became of a file; the last file of an item's current revision announces the item.

    The item's row is locked first, so that of two files settling at once exactly one is the last.
    """
    item = Item.objects.select_for_update(no_key=True).only("id", "revision").get(pk=media.item_id)
    columns = (
        {"state": Media.State.REFUSED, "refused_reason": reason[:200]}
        if made is None
        else {
            "state": Media.State.READY,
            "refused_reason": "",
            "file": made.file,
            "mime": made.mime,
            "sha256": made.sha256,
            "width": made.width,
            "height": made.height,
            "duration_s": media.duration_s if made.duration_s is None else made.duration_s,
            "pdq": made.pdq or media.pdq,
            "pdq_quality": made.pdq_quality,
            "frame_pdqs": [list(frame) for frame in made.frame_pdqs],
            "frame_offsets": made.frame_offsets,
            "veil": made.veil,
            "frames": made.frames,
        }
    )
    if not Media.objects.filter(pk=media.pk, state=Media.State.PREPARING).update(**columns):
        return
    if made is None:
        record("media.refused", actor=None, item=item, media=media.pk)
    current = Media.objects.filter(item=item, revision=item.revision)
    if media.revision == item.revision and not current.filter(state=Media.State.PREPARING).exists():
        record("item.prepared", actor=None, item=item, revision=item.revision)
