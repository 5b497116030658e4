"""What public archives of takedown requests are given: the shape Lumen's notices have, and no personal data."""

import json
from collections.abc import Iterator
from typing import Any

from django.utils.crypto import salted_hmac

from apps.authority.models import Request, RequestItem
from apps.authority.queries import public_requests
from apps.feedback.redaction import redact

# The kinds of notice of the Lumen database (lumendatabase.org): court orders, and what governments ask without one.
COURT_ORDER, GOVERNMENT_REQUEST = "CourtOrder", "GovernmentRequest"
ACTED = (RequestItem.State.BY_RULES, RequestItem.State.BY_LAW)
OUTCOMES = {
    RequestItem.State.BY_RULES: "acted on under the platform's own rules",
    RequestItem.State.BY_LAW: "withheld in the sender's country under local law only",
    RequestItem.State.REFUSED: "refused",
}


def notices() -> Iterator[dict[str, Any]]:
    """Every request the public may know of now, oldest first, in short reads.

    A confidential request is left out until its date, and then it is there by itself. Left out for ever: whom it is
    about, the person who wrote or called, where the item is, its words, the documents, and who of us did what.
    """
    after = 0
    while batch := public_requests(after=after):
        yield from (notice(asked) for asked in batch)
        after = batch[-1].pk


def notice(asked: Request) -> dict[str, Any]:
    """One request as one notice. Days, not moments. Expects sender, items and agreed tests prefetched."""
    items = list(asked.items.all())
    order = asked.form == Request.Form.ORDER and asked.sender.kind == "court"
    return {
        # Not our number: its gaps would tell how many are still confidential.
        "id": salted_hmac("authority.archive", str(asked.pk), algorithm="sha256").hexdigest()[:20],
        "type": COURT_ORDER if order else GOVERNMENT_REQUEST,
        "form": asked.form,
        "title": f"{asked.get_form_display()} of an authority in {asked.sender.country}",
        "sender_name": redact(asked.sender.name),
        "sender_kind": asked.sender.kind,
        "sender_country": asked.sender.country,
        "jurisdictions": asked.countries,
        "date_sent": asked.issued_on.isoformat() if asked.issued_on else None,
        "date_received": asked.received_at.date().isoformat(),
        "laws_referenced": redact(asked.legal_basis) or None,
        "hours_given": round(asked.clock_minutes / 60, 2) if asked.clock_minutes else None,
        "action_taken": _taken(items),
        "works": [_work(item) for item in items],
    }


def _taken(items: list[RequestItem]) -> str:
    """Yes, No, Partial, as Lumen has it; Pending while something is open."""
    if any(item.is_open for item in items):
        return "Pending"
    acted = sum(item.state in ACTED for item in items)
    return "Yes" if acted == len(items) else "Partial" if acted else "No"


def _work(item: RequestItem) -> dict[str, Any]:
    ended = item.closed_at
    withheld = next(iter(item.tests.all()), None) if item.state == RequestItem.State.BY_LAW else None
    return {
        "kind": item.item.kind if item.item else None,
        "language": (item.item.language or None) if item.item else None,
        "url": "[redacted]",
        "outcome": OUTCOMES.get(RequestItem.State(item.state), "pending"),
        "date_closed": ended.date().isoformat() if ended else None,
        "withheld_in": withheld.country if withheld else None,
        "withheld_until": withheld.until.date().isoformat() if withheld and withheld.until else None,
        "lifted": bool(withheld and withheld.lifted_at),
    }


def as_file() -> Iterator[str]:
    """The whole archive as one JSON document, piece by piece."""
    yield '{"schema": "reviewqueue-authority-requests/1", "notices": ['
    for number, one in enumerate(notices()):
        yield ("," if number else "") + "\n" + json.dumps(one, ensure_ascii=False)
    yield "\n]}\n"
