"""Fingerprints into a bank, switched off, and erased."""

from collections.abc import Sequence

from django.db import IntegrityError, connection, transaction
from django.utils.timezone import now

from apps.accounts.models import User
from apps.intake.models import Item
from apps.ledger.operations import record
from apps.matching.errors import EntryGone, EntryKnown, HashUnusable
from apps.matching.hashes import NewEntry, trouble_at
from apps.matching.models import Bank, Entry, Says, Signal
from apps.matching.operations.voices import Actor, by, of
from apps.matching.prints import frames_of
from apps.matching.queries import prints_of

AT_ONCE = 1_000


def add_entries(*, bank: Bank, entries: Sequence[NewEntry], actor: Actor | None) -> int:
    """Add many; those the bank has already stay as they are. How many are new. The caller is in a transaction.

    Every entry must have passed `trouble_with`.
    """
    with connection.cursor() as cursor:  # the lock under which entries are numbered: what is counted is ours
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('matching.entries'))")
    before = Entry.objects.filter(bank=bank).order_by("-id").values_list("id", flat=True).first() or 0
    for start in range(0, len(entries), AT_ONCE):
        Entry.objects.bulk_create(
            [
                Entry(
                    bank=bank, signal=one.signal, value=one.value, quality=one.quality, tags=list(one.tags)[:20],
                    ref=one.ref[:200], why=one.why[:300], source_says=one.says, opinion=one.says,
                    **of(actor, "added_by"),
                )
                for one in entries[start : start + AT_ONCE]
            ],
            ignore_conflicts=True,
        )  # fmt: skip
    return Entry.objects.filter(bank=bank, id__gt=before).count()


@transaction.atomic
def add_entry(*, actor: Actor, bank_id: int, entry: NewEntry) -> Entry:
    """Add one fingerprint by hand, or by a program's. Raises HashUnusable, EntryKnown (which names the one there is)."""
    if not entry.why.strip():
        raise HashUnusable(errors=[{"field": "why", "reason": "Say why it belongs here."}])
    field, trouble = trouble_at(entry)
    if trouble:
        raise HashUnusable(trouble, errors=[{"field": field, "reason": trouble}])
    bank = Bank.objects.get(pk=bank_id)
    try:
        with transaction.atomic():
            made = Entry.objects.create(
                bank=bank, signal=entry.signal, value=entry.value, quality=entry.quality, tags=list(entry.tags),
                ref=entry.ref[:200], why=entry.why.strip()[:300], source_says=entry.says, opinion=entry.says,
                **of(actor, "added_by"),
            )  # fmt: skip
    except IntegrityError as refused:
        if "entry_once_per_bank" in str(refused):
            there = Entry.objects.filter(
                bank=bank, signal=entry.signal, value=entry.value, purged_at=None
            ).first()
            named = [{"field": "value", "reason": f"It is entry {there.pk} of this bank."}] if there else []
            raise EntryKnown(errors=named) from None
        raise
    record("entry.added", **by(actor), bank=bank.pk, entry=made.pk, signal=made.signal, says=made.opinion)
    return made


@transaction.atomic
def add_from_item(*, actor: User, bank_id: int, item: Item, why: str, says: str = Says.POSITIVE) -> int:
    """Add all fingerprints of an item that was decided to a bank: how many are new. Raises HashUnusable without any.

    Of an item with media its caption is left out: the same words may stand under anything.
    """
    if not why.strip():
        raise HashUnusable(errors=[{"field": "why", "reason": "Say why it belongs here."}])
    prints = prints_of([item]).get(item.pk, [])
    media = [one for one in prints if one.signal != Signal.TEXT]
    entries = [
        NewEntry(
            signal=one.signal,
            value=value,
            quality=None if one.signal == Signal.TEXT else one.quality,
            says=says,
            why=why.strip(),
        )
        for one in media or prints
        for value in ([one.value] if one.signal == Signal.FILM else frames_of(one.value))
    ]
    if not entries:
        raise HashUnusable(
            "This item has no fingerprint: its text is too short, and it has no media that could be read."
        )
    bank = Bank.objects.get(pk=bank_id)
    new = add_entries(bank=bank, entries=entries, actor=actor)
    record("entries.added", actor=actor, item=item, bank=bank.pk, new=new, says=says)
    return new


@transaction.atomic
def switch(*, actor: User, entry_id: int, on: bool) -> None:
    """Take an entry out of use, or back into it; from the next look-up on. Raises EntryGone."""
    entry = Entry.objects.select_for_update(no_key=True).get(pk=entry_id)
    if entry.purged_at is not None:
        raise EntryGone
    if entry.enabled == on:
        return
    entry.enabled = on
    entry.save(update_fields=["enabled"])
    record("entry.switched", actor=actor, bank=entry.bank_id, entry=entry.pk, on=on)


@transaction.atomic
def purge(*, actor: User | None, entry_ids: Sequence[int]) -> int:
    """Erase fingerprints that were withdrawn where they came from; how many. The rows stay, without the hash."""
    gone = (
        Entry.objects.filter(pk__in=entry_ids, purged_at=None).order_by("pk").select_for_update(no_key=True)
    )
    ids = list(gone.values_list("pk", flat=True))
    Entry.objects.filter(pk__in=ids).update(value="", purged_at=now(), held_at=None)
    if ids:
        record("entries.purged", actor=actor, entries=ids[:200], n=len(ids))
    return len(ids)
