"""The hash chain over events: tampering with any sealed event shows."""

import hashlib
import json
from dataclasses import dataclass

from django.db import connection, transaction

from apps.ledger.models import Event, Seal

GENESIS = b"\0" * 32


def digest(event: Event) -> bytes:
    """SHA-256 of everything an event says, in a fixed form."""
    said = [
        event.pk,
        event.kind,
        event.actor_id,
        event.case_id,
        event.item_id,
        event.private,
        event.data,
        event.occurred_at.isoformat(),
    ]
    return hashlib.sha256(json.dumps(said, sort_keys=True, separators=(",", ":")).encode()).digest()


def chain_hash(number: int, previous: bytes, event_ids: list[int], digests: bytes) -> bytes:
    """SHA-256 over the seal's number, the seal before, and what it covers."""
    head = json.dumps([number, event_ids]).encode()
    return hashlib.sha256(head + previous + digests).digest()


def seal(events: list[Event]) -> None:
    """Close a batch of events under the next link of the chain. One at a time: see the lock."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('ledger seal'))")
        last = Seal.objects.order_by("-number").values_list("number", "hash").first()
        number, previous = (last[0] + 1, bytes(last[1])) if last else (1, GENESIS)
        ordered = sorted(events, key=lambda event: event.pk)
        event_ids = [event.pk for event in ordered]
        digests = b"".join(digest(event) for event in ordered)
        Seal.objects.create(
            number=number,
            event_ids=event_ids,
            digests=digests,
            previous_hash=previous,
            hash=chain_hash(number, previous, event_ids, digests),
        )


@dataclass(frozen=True)
class Verdict:
    """What a verification found: how much was checked, and the first thing that does not fit, if any."""

    seals: int
    events: int
    trouble: str = ""
    event_id: int | None = None


def verify(*, batch: int = 50) -> Verdict:
    """Recompute the chain from its beginning; names the first event or seal that does not fit.

    Reads in many short queries, so that no snapshot is held open.
    """
    previous, number, checked = GENESIS, 0, 0
    while seals := list(Seal.objects.filter(number__gt=number).order_by("number")[:batch]):
        for link in seals:
            number += 1
            if link.number != number or bytes(link.previous_hash) != previous:
                return Verdict(
                    number - 1, checked, f"seal {number} is missing or does not follow the one before"
                )
            events = {event.pk: event for event in Event.objects.filter(pk__in=link.event_ids)}
            digests = bytes(link.digests)
            for index, event_id in enumerate(link.event_ids):
                event = events.get(event_id)
                if event is None:
                    return Verdict(number, checked, f"event {event_id} is missing", event_id)
                if digest(event) != digests[index * 32 : index * 32 + 32]:
                    return Verdict(number, checked, f"event {event_id} is not what was sealed", event_id)
                checked += 1
            if chain_hash(number, previous, link.event_ids, digests) != bytes(link.hash):
                return Verdict(number, checked, f"seal {number} does not match its own hash")
            previous = bytes(link.hash)
    return Verdict(number, checked)
