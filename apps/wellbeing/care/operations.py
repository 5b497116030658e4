"""What a person does for herself, and what a wellbeing lead offers.

Check-ins, notes and bookings leave no event: an event can never be deleted, and these can.
"""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils.timezone import now

from apps.accounts.models import User
from apps.ledger.operations import record
from apps.wellbeing.care.models import CounsellingSlot, HelpPlace
from apps.wellbeing.care.questions import AMOUNT, REST, WORDS_AT_MOST
from apps.wellbeing.care.wall import value
from apps.wellbeing.errors import InvalidWords, NoteNotDelivered, SlotTaken

FOLD_AT_ONCE = 20_000
NOTE_AT_MOST = 500


def monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def check_in(amount: str, rest: str, wish: str, *, actor: User, today: date) -> int:
    """Keep her answers for this week, in place of earlier ones, unshared. Raises InvalidWords."""
    errors = []
    if amount not in AMOUNT:
        errors.append({"field": "amount", "reason": "Please choose one of the answers."})
    if rest not in REST:
        errors.append({"field": "rest", "reason": "Please choose one of the answers."})
    if len(wish) > WORDS_AT_MOST:
        errors.append({"field": "wish", "reason": f"Please say it in {WORDS_AT_MOST} characters or fewer."})
    if errors:
        raise InvalidWords(errors=errors)
    kept: int = value("save_check_in", actor.pk, monday(today), [amount, rest, wish.strip()])
    return kept


def delete_check_in(which: int, *, actor: User) -> bool:
    """Delete one of her check-ins, for good. False when it is not hers or not there."""
    return value("delete_check_in", actor.pk, which) is not None


def share_check_in(which: int, *, shared: bool, actor: User) -> bool:
    """Let the wellbeing lead read one check-in, or no longer."""
    return value("share_check_in", actor.pk, which, shared) is not None


def be_open_to_notes(*, actor: User, wanted: bool) -> None:
    """Whether colleagues may write to her."""
    value("be_open_to_notes", actor.pk, wanted)


def write_note(to: int, words: str, *, actor: User) -> int:
    """A private note to a colleague who takes notes. Kept 30 days. Raises InvalidWords and NoteNotDelivered."""
    words = words.strip()
    if not words or len(words) > NOTE_AT_MOST:
        raise InvalidWords(errors=[{"field": "words", "reason": f"Write 1 to {NOTE_AT_MOST} characters."}])
    if to == actor.pk:
        raise NoteNotDelivered
    note: int | None = value("write_note", actor.pk, to, words)
    if note is None:
        raise NoteNotDelivered
    return note


def delete_note(which: int, *, actor: User) -> bool:
    """Delete a note she wrote or got, for both of them."""
    return value("delete_note", actor.pk, which) is not None


@transaction.atomic
def book(slot_id: int, *, actor: User) -> CounsellingSlot:
    """Take a free time with a counsellor. No reason, and nobody else is told who. Raises SlotTaken."""
    slot = CounsellingSlot.objects.select_for_update(no_key=True).filter(pk=slot_id).first()
    if slot is None or slot.withdrawn_at or slot.starts_at <= now():
        raise SlotTaken
    if value("book", actor.pk, slot.pk, slot.starts_at) is None:
        raise SlotTaken
    return slot


def unbook(slot_id: int, *, actor: User) -> bool:
    """Give a booked time back, without a reason. False when it is not hers."""
    return value("unbook", actor.pk, slot_id) is not None


@transaction.atomic
def offer_slot(starts_at: datetime, minutes: int, place: str, *, actor: User) -> CounsellingSlot:
    """Offer a time with a counsellor. Raises InvalidWords for the past, and for what is offered already."""
    if starts_at <= now():
        raise InvalidWords(errors=[{"field": "starts_at", "reason": "This is in the past."}])
    if not 10 <= minutes <= 180:
        raise InvalidWords(errors=[{"field": "minutes", "reason": "From 10 to 180 minutes."}])
    try:
        with transaction.atomic():
            slot = CounsellingSlot.objects.create(
                starts_at=starts_at, minutes=minutes, place=place.strip(), offered_by=actor
            )
    except IntegrityError:
        raise InvalidWords(errors=[{"field": "starts_at", "reason": "This time is offered there already."}])
    record("counselling.offered", actor=actor, slot=slot.pk)
    return slot


@transaction.atomic
def withdraw_slot(slot_id: int, *, actor: User) -> None:
    """Take an offered time back; whoever booked it sees that it was withdrawn."""
    slot = (
        CounsellingSlot.objects.select_for_update(no_key=True).filter(pk=slot_id, withdrawn_at=None).first()
    )
    if slot is None:
        raise SlotTaken
    slot.withdrawn_at = now()
    slot.save(update_fields=["withdrawn_at"])
    record("counselling.withdrawn", actor=actor, slot=slot.pk)


@transaction.atomic
def save_place(place: HelpPlace, *, verified: bool, actor: User) -> HelpPlace:
    """Write a place of help. `verified`: somebody of the organisation has checked it just now."""
    place.to_complete = not (place.phone or place.url or verified)
    place.verified_at, place.verified_by = (now(), actor) if verified else (None, None)
    place.changed_at = now()
    place.save()
    record("help.changed", actor=actor, place=place.pk, verified=verified)
    return place


@transaction.atomic
def remove_place(place: HelpPlace, *, actor: User) -> None:
    """Take a place off the page of help, for everybody."""
    record("help.removed", actor=actor, place=place.pk)
    place.delete()


def consent(purpose: str, *, given: bool, actor: User) -> None:
    """Allow or stop allowing: `study`, her weeks in an export without her name; `named`, the lead reads her weeks."""
    if purpose not in ("study", "named"):
        raise InvalidWords(errors=[{"field": "purpose", "reason": "There is no such consent."}])
    value("set_consent", actor.pk, purpose, given)


# Retention, in the tick


def fold_old_exposure() -> int:
    """Looks older than 90 days become weekly sums; how many. The one way past the ledger of exposure, written down."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = '5min'")
        folded: int = value("fold_exposure", FOLD_AT_ONCE)
        if folded:
            record("wellbeing.looks_folded", actor=None, looks=folded)
    return folded


def forget_old_words() -> int:
    """Check-ins and notes after 30 days, bookings 30 days after their time; how many."""
    with transaction.atomic():
        forgotten: int = value("forget_old_words")
        if forgotten:
            record("wellbeing.words_forgotten", actor=None, rows=forgotten)
    return forgotten


def as_json(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows with times and dates as ISO 8601."""
    return [
        {name: one.isoformat() if isinstance(one, date) else one for name, one in row.items()} for row in rows
    ]
