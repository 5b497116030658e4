"""Following exchanges: what is new comes in, what was withdrawn is erased, and one that fails is asked again later."""

import logging
from typing import Any

from django.db import transaction
from django.utils.timezone import now

from apps.errors import DomainError
from apps.ledger.operations import record
from apps.matching.exchanges import Delta, connect, deltas
from apps.matching.models import Entry, Exchange, Opinion
from apps.matching.operations.entering import add_entries, purge
from apps.matching.operations.opining import sum_of

log = logging.getLogger("reviewqueue.matching")


def follow_exchanges() -> int:
    """Ask every exchange for what is new; how many answered."""
    answered = 0
    for exchange in Exchange.objects.order_by("id"):
        try:
            follow_exchange(exchange.pk)
            answered += 1
        except DomainError as trouble:
            log.warning("exchange %s: %s", exchange.name, trouble.sentence)
    return answered


def follow_exchange(exchange_id: int) -> tuple[int, int]:
    """(new, withdrawn) entries. Each step is committed with its checkpoint, so nothing is fetched or counted twice.

    Raises ExchangeAway; the trouble is shown on the bank's page until it answers again.
    """
    exchange = Exchange.objects.select_related("bank").get(pk=exchange_id)
    new = gone = 0
    try:
        for delta in deltas(connect(exchange.kind), exchange.checkpoint):
            came, went = _take_in(exchange_id, delta)
            new, gone = new + came, gone + went
    except DomainError as trouble:
        Exchange.objects.filter(pk=exchange_id).update(trouble=trouble.sentence[:300])
        raise
    Exchange.objects.filter(pk=exchange_id).update(fetched_at=now(), trouble="")
    return new, gone


@transaction.atomic
def _take_in(exchange_id: int, delta: Delta) -> tuple[int, int]:
    exchange = Exchange.objects.select_for_update(no_key=True).get(pk=exchange_id)
    bank = exchange.bank
    said = {entry.ref: entry for entry in delta.entries}
    known_here = Entry.objects.filter(bank=bank, ref__in=said, purged_at=None).order_by("pk")
    listed = list(known_here.select_for_update(no_key=True))
    voices: dict[int, list[str]] = {}
    for entry_id, says in Opinion.objects.filter(entry__in=listed, withdrawn_at=None).values_list(
        "entry_id", "says"
    ):
        voices.setdefault(entry_id, []).append(says)
    for known in listed:
        if known.source_says != said[known.ref].says:
            known.source_says = said[known.ref].says
            known.opinion = sum_of([known.source_says, *voices.get(known.pk, ())])
            known.save(update_fields=["source_says", "opinion"])
    new = add_entries(bank=bank, entries=delta.entries, actor=None)
    withdrawn = Entry.objects.filter(bank=bank, ref__in=delta.withdrawn, purged_at=None)
    gone = purge(actor=None, entry_ids=list(withdrawn.values_list("pk", flat=True)))
    exchange.checkpoint = _plain(delta.checkpoint)
    exchange.save(update_fields=["checkpoint"])
    if new or gone:
        facts: dict[str, Any] = {
            "exchange": exchange.name,
            "new": new,
            "withdrawn": gone,
            "left_out": delta.left_out,
        }
        record("exchange.followed", actor=None, bank=bank.pk, **facts)
    return new, gone


def _plain(checkpoint: Any) -> Any:
    """A checkpoint as JSON: the package's own are small dataclasses."""
    if checkpoint is None or isinstance(checkpoint, (dict, list, str, int, float)):
        return checkpoint
    return {name: value for name, value in vars(checkpoint).items() if isinstance(value, (str, int, float))}
