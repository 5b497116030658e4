"""What decisions here say of an exchange's entries is owed to it, once a word; sent by the tick, tried again, and shown."""

import logging
from datetime import timedelta

from django.db import connection, transaction
from django.db.models import Max, QuerySet
from django.utils.timezone import now

from apps.accounts.models import User
from apps.errors import NotFound
from apps.ledger.operations import record
from apps.matching.errors import ExchangeAway
from apps.matching.exchanges import Refused, connect, tell, told_of
from apps.matching.models import Entry, Exchange, Opinion, OwedOpinion, Says

FIRST_AFTER = timedelta(minutes=1)  # a decision may still be taken back
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=6)
GIVES_UP_AFTER = timedelta(hours=72)
CLAIMED_FOR = timedelta(minutes=5)  # after that whoever claimed it has died
AT_ONCE = 100

CLAIM = """
UPDATE matching_owedopinion owed SET attempts = attempts + 1, due_at = %(mine_until)s
WHERE id = (
    SELECT due.id FROM matching_owedopinion due JOIN matching_exchange exchange ON exchange.id = due.exchange_id
    WHERE due.state = 'waiting' AND due.due_at <= %(now)s AND due.owed_at >= exchange.tells_since
      AND NOT exchange.id = ANY(%(away)s::bigint[])
    ORDER BY due.due_at LIMIT 1 FOR UPDATE OF due SKIP LOCKED
)
RETURNING id
"""

log = logging.getLogger("reviewqueue.matching")


@transaction.atomic
def let_tell(*, actor: User, bank_id: int, on: bool) -> None:
    """Let an exchange be told what decisions here say of its entries, or no longer: what waits is then not sent."""
    exchange = Exchange.objects.select_for_update(no_key=True).filter(bank=bank_id).first()
    if exchange is None:
        raise NotFound("This bank follows no exchange.")
    if (exchange.tells_since is not None) == on:
        return
    exchange.tells_since, exchange.tells_by = (now(), actor) if on else (None, None)
    exchange.save(update_fields=["tells_since", "tells_by"])
    _drop(OwedOpinion.objects.filter(exchange=exchange), "Telling was switched off.")
    record("exchange.tells", actor=actor, bank=bank_id, exchange=exchange.name, on=on)


def owe(entry: Entry) -> None:
    """Owe the entry's exchange what decisions here say of it now, if that is another word than before.

    The caller holds the entry's row. Nothing is owed where an admin did not allow it, where the entry did not come from the
    exchange, or while decisions here say both.
    """
    if not entry.ref or entry.added_by_id or entry.key_id or told_of(entry) is None:
        return
    exchange = Exchange.objects.filter(bank=entry.bank_id, tells_since__isnull=False).first()
    if exchange is None:
        return
    said = set(
        Opinion.objects.filter(entry=entry, withdrawn_at=None, decision_id__isnull=False).values_list(
            "says", flat=True
        )
    )
    word = said.pop() if len(said) == 1 else ""
    earlier = OwedOpinion.objects.filter(entry=entry)
    last = earlier.exclude(state=OwedOpinion.State.DROPPED).order_by("-version").first()
    if last is not None and last.says == word:
        return
    _drop(
        earlier, "Decisions here say something else by now." if word else "No decision here says so by now."
    )
    if word not in (Says.POSITIVE, Says.NEGATIVE):
        return
    told = earlier.filter(state=OwedOpinion.State.SENT).order_by("-version").first()
    if told is not None and told.says == word:
        return
    version = (earlier.aggregate(last=Max("version"))["last"] or 0) + 1
    OwedOpinion.objects.create(
        exchange=exchange, entry=entry, version=version, says=word, due_at=now() + FIRST_AFTER
    )


def tell_exchanges() -> int:
    """Send what is owed and due; how much was sent. An exchange that does not answer is left alone until the next round."""
    sent, away = 0, list[int]()
    for _ in range(AT_ONCE):
        with connection.cursor() as cursor:
            moment = now()
            cursor.execute(CLAIM, {"now": moment, "mine_until": moment + CLAIMED_FOR, "away": away})
            claimed = cursor.fetchone()
        if claimed is None:
            break
        owed = OwedOpinion.objects.select_related("exchange", "entry").get(pk=claimed[0])
        if not _send(owed):
            away.append(owed.exchange_id)
        sent += owed.state == OwedOpinion.State.SENT
    return sent


def _send(owed: OwedOpinion) -> bool:
    """Send one that was claimed and write down what came of it; whether its exchange answered."""
    known = told_of(owed.entry)
    if known is None or owed.entry.purged_at is not None:
        _settle(owed, OwedOpinion.State.DROPPED, "The exchange withdrew it meanwhile.")
        return True
    try:
        tell(connect(owed.exchange.kind), *known, owed.says)
    except Refused as refusal:
        _settle(owed, OwedOpinion.State.REFUSED, str(refusal))
    except ExchangeAway as trouble:
        if owed.owed_at < now() - GIVES_UP_AFTER:
            _settle(owed, OwedOpinion.State.REFUSED, f"Given up after three days. {trouble.sentence}")
        else:
            wait = min(FIRST_WAIT * 2 ** min(owed.attempts - 1, 20), LONGEST_WAIT)
            _mine(owed).update(due_at=now() + wait, reason=trouble.sentence[:200])
        log.warning("exchange %s: %s", owed.exchange.name, trouble.sentence)
        return False
    else:
        _settle(owed, OwedOpinion.State.SENT, "") or _sent_after_all(owed)
    return True


@transaction.atomic
def _sent_after_all(owed: OwedOpinion) -> None:
    """It went out while it was dropped: that is written down as a word of its own, and corrected by another if need be."""
    entry = Entry.objects.select_for_update(no_key=True).get(pk=owed.entry_id)
    if not Exchange.objects.filter(pk=owed.exchange_id, tells_since__isnull=False).exists():
        return
    later = OwedOpinion.objects.filter(entry=entry)
    version = (later.aggregate(last=Max("version"))["last"] or 0) + 1
    reason = "It was on its way already."
    OwedOpinion.objects.create(
        exchange=owed.exchange, entry=entry, version=version, says=owed.says, state=OwedOpinion.State.SENT,
        reason=reason, attempts=owed.attempts, due_at=now(), settled_at=now(),
    )  # fmt: skip
    owe(entry)


@transaction.atomic
def _settle(owed: OwedOpinion, state: str, reason: str) -> bool:
    if _mine(owed).update(state=state, reason=reason[:200], settled_at=now()):
        owed.state = state
        record(
            "exchange.told",
            actor=None,
            bank=owed.entry.bank_id,
            entry=owed.entry_id,
            version=owed.version,
            says=owed.says,
            state=state,
        )
        return True
    return False


def _mine(owed: OwedOpinion) -> QuerySet[OwedOpinion]:
    """The row while it waits and nobody else has claimed it since."""
    return OwedOpinion.objects.filter(pk=owed.pk, state=OwedOpinion.State.WAITING, attempts=owed.attempts)


def _drop(owed: QuerySet[OwedOpinion], reason: str) -> None:
    owed.filter(state=OwedOpinion.State.WAITING).update(
        state=OwedOpinion.State.DROPPED, reason=reason, settled_at=now()
    )
