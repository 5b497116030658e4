"""Writing down what happened, and handing it on."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils.timezone import now

from apps.ledger.models import Event, Handoff
from apps.statements import Rows, Statement, columns

Handler = Callable[[list[Event]], None]

RETRY_FIRST = timedelta(seconds=5)
RETRY_AT_MOST = timedelta(hours=1)
GIVE_UP_AFTER = 20  # attempts; with the waits above that is about 14 hours


@dataclass
class Subscriptions:
    """Who is told of what, and how long after. Filled once by `reviewqueue/wiring.py`."""

    handlers: dict[str, Handler] = field(default_factory=dict)
    by_kind: dict[str, dict[str, timedelta]] = field(default_factory=dict)
    of_everything: dict[str, timedelta] = field(default_factory=dict)
    on_commit: Callable[[], None] | None = None

    def subscribe(self, name: str, handler: Handler, kinds: Iterable[str] | None, after: timedelta) -> None:
        """Tell `handler` of the kinds (None: of everything), not before `after` has passed."""
        self.handlers[name] = handler
        if kinds is None:
            self.of_everything[name] = after
        for kind in kinds or ():
            self.by_kind.setdefault(kind, {})[name] = after

    def of(self, kind: str) -> dict[str, timedelta]:
        return {**self.of_everything, **self.by_kind.get(kind, {})}


subscriptions = Subscriptions()


@dataclass(frozen=True)
class Entry:
    """An event about to be written; see `record`."""

    kind: str
    actor_id: int | None = None
    case_id: int | None = None
    item_id: int | None = None
    private: bool = False
    data: dict[str, Any] = field(default_factory=dict)


def record(
    kind: str,
    *,
    actor: Any,
    case: Any = None,
    item: Any = None,
    private: bool = False,
    **data: Any,
) -> None:
    """Write down what happened and who still has to hear of it.

    `actor`, `case` and `item` are model instances, ids or None. `data` must be JSON-ready and
    hold no content and no personal data. Runs inside the caller's transaction, so that an event
    exists if and only if the change it describes was committed.
    """
    record_many([Entry(kind, _id(actor), _id(case), _id(item), private, data)])


RECORD = Statement(
    "ledger_record",
    """
    WITH written AS (
        INSERT INTO ledger_event (kind, actor_id, case_id, item_id, private, data, occurred_at)
        SELECT e.kind, e.actor, e.of_case, e.item, e.private, e.data::jsonb, %(at)s::timestamptz
        FROM unnest(%(kinds)s::text[], %(actors)s::bigint[], %(cases)s::bigint[], %(items)s::bigint[],
                    %(privates)s::boolean[], %(data)s::text[]) AS e (kind, actor, of_case, item, private, data)
        RETURNING id, kind
    )
    INSERT INTO ledger_handoff (event_id, subscriber, due_at)
    SELECT written.id, owed.subscriber, owed.due_at
    FROM written JOIN unnest(%(owed_kinds)s::text[], %(subscribers)s::text[], %(due)s::timestamptz[])
        AS owed (kind, subscriber, due_at) USING (kind)
    """,
    by_index=False,
)


def record_many(entries: Sequence[Entry], *, at: datetime | None = None) -> None:
    """Write many events and their handoffs in one statement. See `record`.

    `at` is when it happened, by default now; other times are for bringing in history.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("record() must run inside the operation's transaction")
    if not entries:
        return
    at = at or now()
    moment = now()
    owed = [
        (kind, name, due_after(moment, after))
        for kind in {entry.kind for entry in entries}
        for name, after in subscriptions.of(kind).items()
    ]
    RECORD.run(
        {
            "at": at,
            "kinds": [entry.kind for entry in entries],
            "actors": [entry.actor_id for entry in entries],
            "cases": [entry.case_id for entry in entries],
            "items": [entry.item_id for entry in entries],
            "privates": [entry.private for entry in entries],
            "data": [json.dumps(entry.data, default=str) for entry in entries],
            "owed_kinds": [row[0] for row in owed],
            "subscribers": [row[1] for row in owed],
            "due": [row[2] for row in owed],
        }
    )
    _kick_on_commit()


def due_after(moment: datetime, after: timedelta) -> datetime:
    """When a handoff is due: at once, or on the full second after its wait.

    What became owed within one second is then handed over together, however often the relay goes round: a
    subscriber costs by the round, and those that wait are in no hurry.
    """
    due = moment + after
    if after and due.microsecond:
        due += timedelta(microseconds=1_000_000 - due.microsecond)
    return due


def _kick_on_commit() -> None:
    kick = subscriptions.on_commit
    if kick and not any(hook[1] is kick for hook in connection.run_on_commit):
        transaction.on_commit(kick, robust=True)


def _id(subject: Any) -> int | None:
    return subject if subject is None or isinstance(subject, int) else subject.pk


def relay(subscriber: str, *, limit: int = 500, read: "Read | None" = None) -> int:
    """Hand one batch of owed events to a subscriber; how many were handed over.

    One transaction: the handler's own writes and the end of the debt commit together, so
    database effects happen exactly once. One relay at a time per subscriber (an advisory lock),
    oldest first. When a batch fails its events are tried one by one, so that a single bad
    event delays only itself: it waits 5 s, doubling to 1 h, and is given up after 20 attempts.
    `read` holds what was read for others on the same round.
    """
    try:
        with transaction.atomic():
            return _hand_over(subscriber, limit, read or Read())
    except Exception as trouble:
        if limit == 1:
            _note_failure(subscriber, trouble)
            return 1
    handed = 0
    while handed < limit and relay(subscriber, limit=1):
        handed += 1
    return handed


LOCK = Statement(
    "ledger_relay_lock",
    "SELECT pg_try_advisory_xact_lock(hashtext('relay'), hashtext(%(subscriber)s::text))",
    by_index=False,
)
# Not prepared: with the limit in sight the planner knows that few events are looked up.
TAKE = """
    WITH owed AS MATERIALIZED (
        SELECT id, event_id FROM ledger_handoff
        WHERE subscriber = %s AND given_up_at IS NULL AND due_at <= %s
        ORDER BY due_at, event_id LIMIT %s FOR UPDATE SKIP LOCKED
    )
    DELETE FROM ledger_handoff handoff USING owed WHERE handoff.id = owed.id RETURNING handoff.event_id
"""
READ = Statement(
    "ledger_read",
    f"SELECT {columns(Event, 'event')} FROM ledger_event event WHERE event.id = ANY(%(ids)s::bigint[])",  # noqa: S608  (column names)
)


class Read:
    """Events read on one round of the relay. An event never changes, so what one subscriber is handed serves the next."""

    def __init__(self) -> None:
        self.known: dict[int, Event] = {}

    def of(self, ids: Sequence[int]) -> list[Event]:
        """These events, oldest first; those not known yet in one query. A handler must not change what it is handed."""
        missing = [one for one in ids if one not in self.known]
        if missing:
            for row in READ.rows({"ids": missing}):
                event = Rows(row).take(Event)
                if event is not None:
                    self.known[event.pk] = event
        return [self.known[one] for one in sorted(ids) if one in self.known]


def wait_for(subscriber: str) -> None:
    """Wait until what is being handed to a subscriber is committed; nothing more is until the caller's transaction ends.

    For a handler that must see all that another one has written. The other one must never wait for this one.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('relay'), hashtext(%s))", [subscriber])


def _hand_over(subscriber: str, limit: int, read: Read) -> int:
    locked = LOCK.run({"subscriber": subscriber})
    if locked is None or not locked[0]:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(TAKE, [subscriber, now(), limit])
        events = read.of([row[0] for row in cursor.fetchall()])
    if events:
        subscriptions.handlers[subscriber](events)
    return len(events)


def _owed(subscriber: str) -> Any:
    return Handoff.objects.filter(subscriber=subscriber, given_up_at=None, due_at__lte=now()).order_by(
        "due_at", "event_id"
    )


@transaction.atomic
def _note_failure(subscriber: str, trouble: Exception) -> None:
    handoff = _owed(subscriber).select_for_update(skip_locked=True).first()
    if handoff is None:
        return
    handoff.attempts += 1
    handoff.last_error = f"{type(trouble).__name__}: {trouble}"[:2000]
    handoff.due_at = now() + min(RETRY_FIRST * 2 ** (handoff.attempts - 1), RETRY_AT_MOST)
    if handoff.attempts >= GIVE_UP_AFTER:
        handoff.given_up_at = now()
    handoff.save(update_fields=["attempts", "last_error", "due_at", "given_up_at"])


OWING = Statement(
    "ledger_owing",
    """
    SELECT array_agg(name) FROM unnest(%(names)s::text[]) name
    WHERE EXISTS (SELECT 1 FROM ledger_handoff owed
                  WHERE owed.subscriber = name AND owed.given_up_at IS NULL AND owed.due_at <= %(at)s::timestamptz)
    """,
)


def owing(*, late: timedelta = timedelta(0)) -> list[str]:
    """The subscribers to whom something has been due for at least `late`; one probe of the index for each."""
    row = OWING.run({"names": list(subscriptions.handlers), "at": now() - late})
    return (row[0] if row else None) or []


def drain(*, rounds: int = 200) -> int:
    """Hand over everything that is owed and due, to everyone, what comes up on the way included; how many."""
    total = 0
    for _ in range(rounds):
        handed = drain_once()
        total += handed
        if not handed:
            break
    return total


def drain_once(*, batch: int = 500) -> int:
    """Hand over what is owed and due now, once round all subscribers; how many handoffs were made.

    What comes up meanwhile waits for the next round: whoever commits it wakes one. A round costs some
    statements for each subscriber however little it hands over, so going round again at once, for the few
    events of the last milliseconds, would spend a whole core on a busy day.
    """
    total, read, owed = 0, Read(), set(owing())
    # In the order of the table: what a subscriber leaves behind, one further down may be told on the same round.
    for subscriber in [name for name in subscriptions.handlers if name in owed]:
        handed = batch
        while handed == batch:
            handed = relay(subscriber, limit=batch, read=read)
            total += handed
    return total


def drain_late(*, late: timedelta = timedelta(seconds=1)) -> int:
    """Hand over what no worker has taken for so long: Redis is away, or the time of a delayed handoff has come."""
    return drain_once() if owing(late=late) else 0


@transaction.atomic
def replay(handoff: Handoff, *, actor: Any) -> None:
    """Owe a given-up handoff again, now."""
    Handoff.objects.filter(pk=handoff.pk).update(given_up_at=None, attempts=0, due_at=now())
    record("handoff.replayed", actor=actor, subscriber=handoff.subscriber, event=handoff.event_id)
