"""A notice of law comes in: its statements are checked, it is kept, acknowledged, and its item is reviewed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.crypto import salted_hmac
from django.utils.timezone import now

from apps.appeals.evidence import Kept
from apps.intake.codes import COUNTRIES
from apps.intake.models import Item
from apps.intake.queries import items_at
from apps.lawful.errors import LawNoticeInvalid
from apps.lawful.models import LawFile, LawNotice, LawWords
from apps.lawful.operations.reviewing import ask_for_review
from apps.lawful.operations.telling import tell
from apps.ledger.operations import record

FILES_AT_MOST = 3
STATEMENT_AT_MOST = 5_000
Kind, Relation = LawNotice.Kind, LawNotice.Relation
# Who may say so, by kind; the same as `law_notice_relation_fits_its_kind`.
WHO: dict[str, tuple[str, ...]] = {
    Kind.MINORS: (Relation.SELF, Relation.GUARDIAN, Relation.OFFICE, Relation.AGENT),
    Kind.PRIVACY: (Relation.SELF, Relation.GUARDIAN, Relation.AGENT),
    Kind.PROPERTY: (Relation.OWNER, Relation.AGENT),
    Kind.INTIMATE: (Relation.SELF, Relation.GUARDIAN, Relation.AGENT),
}
# About offences against children a notice may come without a name and address (DSA Art. 16(2)(c)).
NAMELESS = (Kind.MINORS,)
MAILS = ("@", ".")


@dataclass(frozen=True)
class Sent:
    """What a form or a program says. `address`: source:id, or an address as the notifier knows it.

    `concerned`: the work (property) or the person the item is about, in words. `good_faith`: believed unlawful in good
    faith. `accurate`: what is said is accurate and, for an agent, she is authorised to act.
    """

    kind: str
    address: str
    country: str
    relation: str
    statement: str
    concerned: str = ""
    name: str = ""
    email: str = ""
    good_faith: bool = False
    accurate: bool = False
    ends_at: datetime | None = None
    language: str = "en"


def check(sent: Sent, files: Sequence[Kept] = ()) -> None:
    """Refuse what lacks a statement the law asks for. Raises LawNoticeInvalid, naming each field."""
    errors: list[dict[str, str]] = []

    def refuse(name: str, reason: str) -> None:
        errors.append({"field": name, "reason": reason})

    if sent.kind not in WHO:
        refuse("kind", "Use one of minors, privacy, property, intimate.")
    elif sent.relation not in WHO[sent.kind]:
        refuse("relation", f"Use one of {', '.join(WHO[sent.kind])}.")
    if sent.country not in COUNTRIES:
        refuse("country", "There is no country with this code. Use ISO 3166-1, such as KH or VN.")
    if sent.language not in ("en", "km", "vi"):
        refuse("language", "Use one of en, km, vi.")
    named = sent.kind not in NAMELESS or sent.name.strip() or sent.email.strip()
    for name, value, most, needed in (
        ("address", sent.address, 2000, True),
        ("statement", sent.statement, STATEMENT_AT_MOST, True),
        ("concerned", sent.concerned, 1000, sent.kind in (Kind.PROPERTY, Kind.INTIMATE)),
        ("name", sent.name, 200, named),
        ("email", sent.email, 254, named),
    ):
        if needed and not value.strip():
            refuse(name, "This is required.")
        elif len(value) > most:
            refuse(name, f"At most {most:,} characters.")
        elif "\x00" in value:
            refuse(name, "It contains a character that cannot be stored.")
    if sent.email.strip() and not all(mark in sent.email.strip()[1:-1] for mark in MAILS):
        refuse("email", "This is not an e-mail address.")
    if not sent.good_faith:
        refuse("good_faith", "The notice is taken only with this statement.")
    if not sent.accurate:
        refuse("accurate", "The notice is taken only with this statement.")
    if sent.ends_at is not None and sent.ends_at <= now():
        refuse("ends_at", "This moment has passed.")
    if len(files) > FILES_AT_MOST:
        refuse("files", f"At most {FILES_AT_MOST} files.")
    if errors:
        raise LawNoticeInvalid(errors=errors)


@transaction.atomic
def send(*, sent: Sent, files: Sequence[Kept] = (), key_id: int | None = None) -> LawNotice:
    """Keep a notice of law with its clock, acknowledge it, and have its item reviewed; a person decides.

    The same notice of one address about one item, while it is open, is kept once. What is not found here waits for a
    legal reviewer to find it. Raises LawNoticeInvalid, LawNoticeNotTaken.
    """
    check(sent, files)
    at = now()
    address = sent.address.strip()
    item = item_at(address)
    sender = sender_of(sent.email)
    if item is not None:
        # The item is the lock: two that are sent twice at once meet here.
        Item.objects.select_for_update(no_key=True).get(pk=item.pk)
        again = LawNotice.objects.filter(item=item, kind=sent.kind, sender=sender, closed_at=None).first()
        if again is not None and sent.email.strip():
            return again
    notice = LawNotice.objects.create(
        kind=sent.kind,
        address=address,
        item=item,
        country=sent.country,
        language=sent.language,
        relation=sent.relation,
        good_faith=sent.good_faith,
        accurate=sent.accurate,
        received_at=at,
        due_at=at + timedelta(hours=settings.LAW_NOTICE_HOURS[sent.kind]),
        ends_at=sent.ends_at,
        key_id=key_id,
        sender=sender,
        state=LawNotice.State.UNKNOWN,
    )
    LawWords.objects.create(
        notice=notice,
        side="notifier",
        name=sent.name.strip(),
        email=sent.email.strip(),
        concerned=sent.concerned.strip(),
        statement=sent.statement.replace("\r\n", "\n").strip(),
    )
    keep_files(notice, "notifier", files)
    record("law_notice.received", actor=None, private=True, notice=notice.pk, law=notice.kind)
    tell(notice, "notifier", "received")
    if item is not None:
        ask_for_review(notice)
    return notice


def keep_files(notice: LawNotice, side: str, files: Sequence[Kept]) -> None:
    LawFile.objects.bulk_create(
        LawFile(notice=notice, side=side, file=one.file, mime=one.mime, size=one.size, sha256=one.sha256)
        for one in {file.sha256: file for file in files}.values()
    )


def item_at(address: str) -> Item | None:
    """The one item at this address, written as source:id or as the platform's own address, if it is here."""
    found = items_at([address]).get(address, [])
    return found[0] if len(found) == 1 else None


def sender_of(email: str) -> str:
    """A name for whoever writes from an address: always the same, and nobody reads the address from it."""
    if not email.strip():
        return "law-nobody"
    return f"law-{salted_hmac('reviewqueue.lawful.sender', email.strip().casefold()).hexdigest()[:32]}"
