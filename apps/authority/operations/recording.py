"""Writing down that an authority asks: an order, a request, or a telephone call."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.timezone import localdate, now

from apps.accounts.models import User
from apps.authority.documents import Kept
from apps.authority.errors import InvalidAsking, StepNotDue
from apps.authority.models import Document, Request, RequestItem, Sender, Silence
from apps.authority.operations.reviewing import ask_for_review
from apps.authority.operations.steps import locked
from apps.intake.codes import COUNTRIES
from apps.intake.models import Item
from apps.intake.queries import items_at, not_one_item
from apps.ledger.operations import record

ITEMS_AT_MOST = 200
EARLIEST = date(1970, 1, 1)
LONGEST_SILENCE = timedelta(days=3650)
CLOCKS_DIFFER = timedelta(minutes=5)


@dataclass(frozen=True)
class Asking:
    """What the form says. `addresses`: one item each, as source:id. `rule`: a rule of ours it may concern, a hint."""

    sender: str
    country: str
    kind: str
    form: str
    channel: str
    scope: str
    addresses: Sequence[str]
    received_at: datetime
    countries: Sequence[str] = ()
    reference: str = ""
    contact: str = ""
    legal_basis: str = ""
    rule: str = ""
    issued_on: date | None = None
    valid_until: date | None = None
    clock_minutes: int | None = None
    confidential_until: datetime | None = None
    author_silence_until: datetime | None = None
    silence_basis: str = ""
    documents: Sequence[Kept] = field(default_factory=tuple)


def check(asking: Asking) -> None:
    """Refuse what cannot be: dates that contradict each other, countries that do not exist. Raises InvalidAsking."""
    errors: list[dict[str, str]] = []

    def refuse(name: str, reason: str) -> None:
        errors.append({"field": name, "reason": reason})

    at = now()
    if not asking.sender.strip():
        refuse("sender", "Name the authority.")
    if asking.country not in COUNTRIES:
        refuse("country", "There is no country with this code. Use ISO 3166-1, such as KH or VN.")
    for code in asking.countries:
        if code not in COUNTRIES:
            refuse("countries", f"There is no country {code}. Use ISO 3166-1, such as KH or VN.")
    if not asking.scope.strip():
        refuse("scope", "Write what they ask for, as exactly as they say it.")
    if not asking.addresses:
        refuse("addresses", "Name at least one item, one a line.")
    if len(asking.addresses) > ITEMS_AT_MOST:
        refuse(
            "addresses",
            f"At most {ITEMS_AT_MOST} items; this names {len(asking.addresses)}. Record it in parts.",
        )
    if any(len(one) > 2000 for one in asking.addresses):
        refuse("addresses", "One of the addresses is longer than 2,000 characters.")
    if asking.received_at > at + CLOCKS_DIFFER:
        refuse("received_at", "This moment lies in the future.")
    if asking.received_at.date() < EARLIEST:
        refuse("received_at", "This moment lies before 1970.")
    if asking.issued_on and asking.issued_on > localdate(asking.received_at):
        refuse("issued_on", "It cannot have been issued after it was received.")
    if asking.issued_on and asking.issued_on < EARLIEST:
        refuse("issued_on", "This day lies before 1970.")
    if asking.valid_until and asking.issued_on and asking.valid_until < asking.issued_on:
        refuse("valid_until", "It cannot end before it was issued.")
    if asking.clock_minutes is not None and not 0 < asking.clock_minutes <= 366 * 24 * 60:
        refuse("clock_minutes", "A clock lasts between a minute and a year.")
    for name in ("confidential_until", "author_silence_until"):
        until: datetime | None = getattr(asking, name)
        if until is None:
            continue
        if until <= at:
            refuse(name, "This moment has passed. Leave it empty when nothing is to be kept quiet.")
        elif until > at + LONGEST_SILENCE:
            refuse(
                name, "More than ten years ahead. Write the date the order names, and prolong it by another."
            )
        if not asking.silence_basis.strip():
            refuse("silence_basis", "Write on which basis it is to be kept quiet.")
    if asking.author_silence_until and not asking.documents:
        refuse("documents", "Silence towards the author needs the order that asks for it: add the file.")
    if "\x00" in "".join((asking.sender, asking.scope, asking.legal_basis, asking.contact, asking.reference)):
        refuse("scope", "The text contains a character that cannot be stored.")
    if errors:
        raise InvalidAsking(errors=errors)


@transaction.atomic
def record_request(*, actor: User, asking: Asking) -> Request:
    """Write down a request with its documents and silences, split it into items, and have each one reviewed.

    The review is asked for under our own guidelines first, in a case that looks like any other. A statutory
    clock makes the case due sooner; nothing else gives it a place in the queue. Raises InvalidAsking.
    """
    check(asking)
    sender, _ = Sender.objects.get_or_create(
        name=asking.sender.strip(), country=asking.country, defaults={"kind": asking.kind}
    )
    deadline = asking.received_at + timedelta(minutes=asking.clock_minutes) if asking.clock_minutes else None
    asked = Request.objects.create(
        sender=sender,
        form=asking.form,
        channel=asking.channel,
        reference=asking.reference.strip(),
        contact=asking.contact.strip(),
        legal_basis=asking.legal_basis.strip(),
        scope=asking.scope.strip(),
        countries=sorted(set(asking.countries) or {asking.country}),
        received_at=asking.received_at,
        issued_on=asking.issued_on,
        valid_until=asking.valid_until,
        clock_minutes=asking.clock_minutes,
        deadline_at=deadline,
        recorded_by=actor,
    )
    documents = [add_document(actor=actor, request=asked, kept=kept) for kept in asking.documents]
    for kind, until in (
        (Silence.Kind.CONFIDENTIAL, asking.confidential_until),
        (Silence.Kind.AUTHOR, asking.author_silence_until),
    ):
        if until is not None:
            document = documents[0] if documents else None
            keep_quiet(
                actor=actor,
                request=asked,
                kind=kind,
                until=until,
                basis=asking.silence_basis,
                document=document,
            )
    addresses = list(dict.fromkeys(one.strip() for one in asking.addresses if one.strip()))
    here = _known(addresses)
    seen: set[int] = set()
    for position, address in enumerate(addresses, start=1):
        item = here.get(address)
        if item is not None and item.pk in seen:
            continue
        row = RequestItem.objects.create(
            request=asked,
            position=position,
            address=address,
            item=item,
            state=RequestItem.State.UNKNOWN,
            deadline_at=deadline,
        )
        if item is not None:
            seen.add(item.pk)
            ask_for_review(row, rule=asking.rule)
    record("authority.recorded", actor=actor, private=True, request=asked.pk, items=len(addresses))
    return asked


def _known(addresses: Sequence[str]) -> dict[str, Item]:
    """The items at these addresses, written as source:id or as the platform's own address; none where several are."""
    return {address: items[0] for address, items in items_at(addresses).items() if len(items) == 1}


@transaction.atomic
def locate(*, actor: User, item: RequestItem, address: str, rule: str = "") -> None:
    """Say where an item that was not found here is after all, and have it reviewed. Raises StepNotDue, InvalidAsking."""
    row = locked(item, RequestItem.State.UNKNOWN)
    known = _known([address.strip()]).get(address.strip())
    if known is None:
        reason = not_one_item(address.strip())
        raise InvalidAsking(errors=[{"field": "address", "reason": reason}])
    if RequestItem.objects.filter(request=row.request_id, item=known).exists():
        raise StepNotDue("This request asks about that item already.")
    row.item = known
    ask_for_review(row, rule=rule)
    record("authority.located", actor=actor, private=True, request=row.request_id, position=row.position)


@transaction.atomic
def add_document(*, actor: User, request: Request, kept: Kept) -> Document:
    """Keep a file with a request; the same bytes once."""
    document, made = Document.objects.get_or_create(
        request=request,
        sha256=kept.sha256,
        defaults={
            "name": kept.name,
            "file": kept.file,
            "mime": kept.mime,
            "size": kept.size,
            "added_by": actor,
        },
    )
    if made:
        record("authority.document", actor=actor, private=True, request=request.pk, sha256=kept.sha256)
    return document


@transaction.atomic
def keep_quiet(
    *, actor: User, request: Request, kind: str, until: datetime, basis: str, document: Document | None
) -> Silence:
    """Keep a request, or the author's notice of it, quiet until a moment. It ends by itself; a longer one is a new row.

    Raises InvalidAsking when the moment has passed, no basis is named, or the author's silence has no stored order.
    """
    errors = []
    if until <= now():
        errors.append({"field": "until", "reason": "This moment has passed."})
    if until > now() + LONGEST_SILENCE:
        errors.append({"field": "until", "reason": "More than ten years ahead."})
    if not basis.strip():
        errors.append({"field": "basis", "reason": "Write on which basis it is to be kept quiet."})
    if kind == Silence.Kind.AUTHOR and document is None:
        errors.append({"field": "document", "reason": "Choose the stored order that asks for it."})
    if errors:
        raise InvalidAsking(errors=errors)
    # The request's row is the lock: no author is told between our looking and our writing.
    Request.objects.select_for_update().get(pk=request.pk)
    made = Silence.objects.create(
        request=request, kind=kind, until=until, basis=basis.strip(), document=document, recorded_by=actor
    )
    facts = {"request": request.pk, "silence": kind, "until": until.isoformat()}
    record("authority.quiet", actor=actor, private=True, **facts)
    return made
