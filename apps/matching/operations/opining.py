"""What people hold of an entry. A false positive is disputed by one voice and decides nothing from that moment on."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils.timezone import now

from apps.accounts.models import User
from apps.ledger.operations import record
from apps.matching.errors import EntryGone, HashUnusable
from apps.matching.models import Entry, Opinion, Says
from apps.matching.operations.telling import owe
from apps.matching.operations.voices import Actor, by, of


@transaction.atomic
def opine(*, actor: Actor, entry_id: int, says: str, why: str, decision_id: int | None = None) -> Entry:
    """Confirm an entry (positive), dispute it (negative) or ask for a look (seed). It replaces what she, or it, held before.

    Takes effect with the commit: whoever decides automatically asks the entry's row under its lock. Raises
    HashUnusable without a reason, EntryGone.
    """
    if says not in (Says.POSITIVE, Says.NEGATIVE, Says.SEED):
        raise HashUnusable(errors=[{"field": "says", "reason": "Choose what you hold of it."}])
    if not why.strip():
        raise HashUnusable(errors=[{"field": "why", "reason": "Say why, for whoever looks at it next."}])
    entry = Entry.objects.select_for_update(no_key=True).get(pk=entry_id)
    if entry.purged_at is not None:
        raise EntryGone
    _say(entry, of(actor), says, why, decision_id)
    entry.refresh_from_db()
    owe(entry)
    facts: dict[str, Any] = {"bank": entry.bank_id, "entry": entry.pk, "says": says, "opinion": entry.opinion}
    record("entry.opined", **by(actor), **facts, decision=decision_id)
    return entry


@transaction.atomic
def withdraw(*, actor: Actor, entry_id: int) -> Entry:
    """Take back what she, or it, holds of an entry; what others hold of it stands. Withdrawing what is not held changes
    nothing, and is no event. What an exchange is owed follows, as with any opinion."""
    entry = Entry.objects.select_for_update(no_key=True).get(pk=entry_id)
    held = Opinion.objects.filter(entry=entry, **of(actor), withdrawn_at=None).first()
    if held is None:
        return entry
    held.withdrawn_at = now()
    held.save(update_fields=["withdrawn_at"])
    entry.refresh_from_db()
    owe(entry)
    facts: dict[str, Any] = {
        "bank": entry.bank_id,
        "entry": entry.pk,
        "says": held.says,
        "opinion": entry.opinion,
    }
    record("opinion.withdrawn", **by(actor), **facts, decision=held.decision_id)
    return entry


@transaction.atomic
def settle(*, actor: User, entry_id: int, says: str, why: str) -> Entry:
    """End a dispute among people here: the others' opinions are withdrawn and hers stands. The source's stays.

    Raises HashUnusable, EntryGone.
    """
    entry = Entry.objects.select_for_update(no_key=True).get(pk=entry_id)
    others = Opinion.objects.filter(entry=entry, withdrawn_at=None).exclude(person=actor)
    withdrawn = list(others.order_by("id").values_list("id", flat=True))
    settled = opine(actor=actor, entry_id=entry_id, says=says, why=why)
    for opinion in Opinion.objects.filter(pk__in=withdrawn):
        opinion.withdrawn_at = now()
        opinion.save(update_fields=["withdrawn_at"])
    settled.refresh_from_db()
    owe(settled)
    record(
        "entry.settled",
        actor=actor,
        bank=entry.bank_id,
        entry=entry.pk,
        opinion=settled.opinion,
        withdrawn=withdrawn,
    )
    return settled


@transaction.atomic
def opine_by_decision(
    *, person_id: int, entry_ids: Iterable[int], upheld: bool, decision_id: int, item_id: int
) -> None:
    """Somebody decided an item that matches these entries: she confirms them, or disputes them, by what she decided."""
    entries = list(
        Entry.objects.filter(pk__in=list(entry_ids), purged_at=None)
        .order_by("pk")
        .select_for_update(no_key=True)
    )
    says = Says.POSITIVE if upheld else Says.NEGATIVE
    why = (
        "Decided so on an item that matches."
        if upheld
        else "An item that matches was found to break no such rule."
    )
    for entry in entries:
        _say(entry, {"person_id": person_id}, says, why, decision_id)
        entry.refresh_from_db()
        owe(entry)
        facts: dict[str, Any] = {
            "bank": entry.bank_id,
            "entry": entry.pk,
            "says": says,
            "opinion": entry.opinion,
        }
        record("entry.opined", actor=person_id, item=item_id, decision=decision_id, **facts)


@transaction.atomic
def withdraw_of_decision(decision_ids: Iterable[int]) -> None:
    """The decisions were taken back: so is what they said of entries."""
    said = Opinion.objects.filter(decision_id__in=list(decision_ids), withdrawn_at=None)
    # Entries first, as everywhere: whoever holds an entry's row has its opinions to herself.
    concerned = Entry.objects.filter(pk__in=said.values("entry_id")).order_by("pk")
    entries = {entry.pk: entry for entry in concerned.select_for_update(no_key=True)}
    for opinion in said.order_by("entry_id").select_for_update(no_key=True):
        opinion.withdrawn_at = now()
        opinion.save(update_fields=["withdrawn_at"])
        record(
            "opinion.withdrawn", actor=opinion.person_id, entry=opinion.entry_id, decision=opinion.decision_id
        )
    for entry in entries.values():
        owe(entry)


def _say(entry: Entry, whose: dict[str, Any], says: str, why: str, decision_id: int | None) -> None:
    """Replace what one person or program holds; the entry's row is locked, so that two devices of hers do not meet."""
    for before in Opinion.objects.filter(entry=entry, **whose, withdrawn_at=None):
        before.withdrawn_at = now()
        before.save(update_fields=["withdrawn_at"])
    Opinion.objects.create(entry=entry, **whose, says=says, why=why.strip()[:300], decision_id=decision_id)


def sum_of(voices: Iterable[str]) -> str:
    """Many opinions as one, as the trigger `entry_opinion_is_the_sum_of_its_voices` sums them."""
    said = set(voices)
    if Says.DISPUTED in said or {Says.POSITIVE, Says.NEGATIVE} <= said:
        return Says.DISPUTED
    return next((one for one in (Says.NEGATIVE, Says.POSITIVE) if one in said), Says.SEED)
