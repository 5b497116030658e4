"""The account of exposure: what she may be handed, what a claim reserves, and what a look has cost."""

import logging
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import DatabaseError, connection, transaction
from django.db.models import F
from django.utils.timezone import now
from prometheus_client import Counter

from apps.accounts.models import User
from apps.statements import Rows, Statement, columns
from apps.wellbeing.allowed import (
    BREAK_DUE,
    FAIL_SAFE,
    ON_BREAK,
    OVER,
    RESTING,
    Allowance,
    allowed_now,
)
from apps.wellbeing.errors import BreakDue, NotOnShift, OnBreak, Resting, ShiftOver
from apps.wellbeing.exposure import MODALITY, Look, units
from apps.wellbeing.models import ExposureEntry, Shift
from apps.wellbeing.queries import limit_set

Told = ParamSpec("Told")
Answer = TypeVar("Answer")
log = logging.getLogger("reviewqueue.wellbeing")

UNREADABLE = Counter(
    "reviewqueue_wellbeing_unreadable",
    "Times a person's standing could not be read: only light cases went out.",
)
PATIENCE = "300ms"  # how long a claim waits for the shift's row before it counts as unreadable
STANDING = Statement(
    "wellbeing_standing",
    f"""
    SELECT {columns(Shift, "shift")} FROM wellbeing_shift shift
    WHERE user_id = %(user)s AND ended_at IS NULL FOR UPDATE
    """,  # noqa: S608  (column names)
)
REFUSALS = {ON_BREAK: OnBreak, OVER: ShiftOver, BREAK_DUE: BreakDue, RESTING: Resting}


def allowance(user: User) -> Allowance:
    """Lock her shift and say what she may be handed now. First lock of a claim; one round trip.

    Raises NotOnShift, OnBreak, BreakDue, Resting and ShiftOver. When her row cannot be read in time or at all,
    the answer is FAIL_SAFE: only exposure 0 and 1, and the claim notes that its exposure is still owed.
    """
    allowed = standing(user)
    if allowed.pause:
        raise REFUSALS[allowed.pause]
    return allowed


def standing(user: User) -> Allowance:
    """`allowance` for someone who may be between cases: a pause is said, not raised. Raises NotOnShift."""
    with connection.cursor() as cursor:
        try:
            row = STANDING.run({"user": user.pk}, first=_guard())
            shift = Rows(row).take(Shift) if row else None
            limits = limit_set(shift.limit_set_id) if shift else None
            cursor.execute("RELEASE SAVEPOINT wellbeing; SET LOCAL lock_timeout = 0")
        except DatabaseError:
            if connection.connection is None or connection.connection.closed:
                raise
            UNREADABLE.inc()
            log.error("wellbeing could not be read for person %s: only light cases are handed out", user.pk)
            cursor.execute("ROLLBACK TO SAVEPOINT wellbeing; SET LOCAL lock_timeout = 0")
            return FAIL_SAFE
    if shift is None or limits is None:
        raise NotOnShift
    return allowed_now(shift, limits, now())


def _guard() -> str:
    return f"SAVEPOINT wellbeing; SET LOCAL lock_timeout = '{PATIENCE}'; "


LOCK = Statement(
    "wellbeing_lock",
    "SELECT id FROM wellbeing_shift WHERE user_id = %(user)s AND ended_at IS NULL FOR UPDATE",
)


_unread: ContextVar[bool] = ContextVar("wellbeing_unread", default=False)


def although_unread(operation: Callable[Told, Answer]) -> Callable[Told, Answer]:
    """For an operation that ends a claim: when it fails because shifts cannot be read, it is done without them.

    Nothing she decided is lost for that; what the look has cost is owed, and settled when it can be. Goes around
    the operation's own transaction, and costs nothing as long as all is well.
    """

    @wraps(operation)
    def done(*args: Told.args, **kwargs: Told.kwargs) -> Answer:
        try:
            return operation(*args, **kwargs)
        except DatabaseError:
            lost = connection.connection is None or connection.connection.closed
            if lost or _unread.get() or readable():
                raise
        log.error("wellbeing could not be read: a claim ends, and its exposure is owed")
        before = _unread.set(True)
        try:
            return operation(*args, **kwargs)
        finally:
            _unread.reset(before)

    return done


def readable() -> bool:
    """Whether anybody's shift can be read at this moment; asked only after something failed."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, true)", [PATIENCE])
            cursor.execute("SELECT id FROM wellbeing_shift WHERE id = 0")
            cursor.execute("SET LOCAL lock_timeout = 0")
    except DatabaseError:
        return False
    return True


def lock_shift(user: User) -> int | None:
    """Take the first lock of the order for someone who may be between shifts; her shift's id, if any."""
    if _unread.get():
        return None
    row = LOCK.run({"user": user.pk})
    return row[0] if row else None


def locking_shift(user: User) -> str:
    """`lock_shift` as what goes before the caller's own statement, in one round trip; empty when shifts go unread."""
    return "" if _unread.get() else LOCK.text({"user": user.pk})


# Her entry, and on her shift everything that decides what she may be handed next. `light` is what was worked on,
# not only passed by: skipping light cases does not bring heavy ones back.
SETTLE = Statement(
    "wellbeing_settle",
    f"""
    WITH entry AS (
        INSERT INTO wellbeing_exposureentry
            (user_id, shift_id, claim_id, exposure, modality, seconds_revealed, reported, units, at)
        VALUES (%(user)s, %(shift)s, %(claim)s, %(exposure)s, %(modality)s, %(seconds)s, %(reported)s, %(cost)s, %(at)s)
        ON CONFLICT (claim_id) DO NOTHING RETURNING units
    ), looked AS (
        SELECT units, %(exposure)s::int >= 3 AS high, %(exposure)s::int = 4 AS extreme,
               %(exposure)s::int <= 2 AND %(worked)s::boolean AS gentle,
               %(exposure)s::int <= 1 AND %(worked)s::boolean AS light, %(wall)s::int AS wall,
               %(at)s::timestamptz AS at, %(harms)s::int AS harms
        FROM entry
    )
    UPDATE wellbeing_shift shift SET
        spent = shift.spent + looked.units,
        reserved = GREATEST(shift.reserved - %(reserved)s::integer, 0),
        clock_at = GREATEST(shift.clock_at, looked.at),
        high_seconds = shift.high_seconds + CASE WHEN looked.high THEN looked.wall ELSE 0 END,
        extreme_seconds = shift.extreme_seconds + CASE WHEN looked.extreme THEN looked.wall ELSE 0 END,
        extremes = shift.extremes + looked.extreme::int,
        extreme_days = shift.extreme_days + (looked.extreme AND shift.extremes = 0)::int,
        high_since_rest = shift.high_since_rest OR looked.high,
        high_run = CASE WHEN looked.high THEN shift.high_run + 1 WHEN looked.gentle THEN 0 ELSE shift.high_run END,
        extreme_run = CASE WHEN looked.extreme THEN shift.extreme_run + 1
                           WHEN looked.high OR looked.gentle THEN 0 ELSE shift.extreme_run END,
        light_owed = CASE WHEN looked.high AND shift.high_run + 1 >= limits.high_run
                            OR looked.extreme AND shift.extreme_run + 1 >= limits.extreme_run THEN limits.light_after_run
                          WHEN looked.light THEN GREATEST(shift.light_owed - 1, 0) ELSE shift.light_owed END,
        harm_run = CASE WHEN looked.harms & shift.harms_last <> 0 THEN shift.harm_run + 1
                        WHEN looked.harms <> 0 THEN 1 WHEN %(worked)s::boolean THEN 0 ELSE shift.harm_run END,
        harms_last = CASE WHEN looked.harms & shift.harms_last <> 0 THEN looked.harms & shift.harms_last
                          WHEN looked.harms <> 0 THEN looked.harms
                          WHEN %(worked)s::boolean THEN 0 ELSE shift.harms_last END,
        extreme_times = CASE WHEN looked.extreme THEN (looked.at || shift.extreme_times)[1:5] ELSE shift.extreme_times END,
        rest_until = CASE WHEN looked.extreme THEN GREATEST(shift.rest_until, GREATEST(shift.clock_at, looked.at)
            + CASE WHEN (looked.at || shift.extreme_times)[limits.burst_items]
                        >= looked.at - limits.burst_minutes * interval '1 minute'
                   THEN limits.burst_cooldown_minutes * interval '1 minute'
                   ELSE limits.cooldown_seconds * interval '1 second' END)
            ELSE shift.rest_until END
    FROM looked, wellbeing_limitset limits
    WHERE shift.id = %(shift)s AND limits.id = shift.limit_set_id
    RETURNING {columns(Shift, "shift")}
    """,  # noqa: S608  (column names)
)


@dataclass(frozen=True)
class Settled:
    """The account after a look was paid for. `working`: she is on shift, and nothing asks her to pause."""

    allowed: Allowance
    working: bool


def may_settle(shift_id: int | None) -> bool:
    """Whether a look can be settled on this shift now; else it stays owed."""
    return shift_id is not None and not _unread.get()


def settle(
    *,
    user_id: int,
    shift_id: int | None,
    claim_id: int,
    exposure: int,
    kind: str,
    reserved: int,
    look: Look,
    wall_seconds: float = 0.0,
    harms: int = 0,
    worked: bool = False,
    at: datetime | None = None,
    first: str = "",
) -> Settled | None:
    """Turn a claim's reservation into what the look really cost. The caller holds the shift's lock.

    `first` goes before it in the same round trip, and only when `may_settle`.

    One statement: entry and shift row together, once per claim. None when the shift is unknown: then it
    is still owed. `look` must already be within the claim's wall time, which `wall_seconds` says; `worked`: the
    case was decided or passed on, not only given back. Never more than was reserved: the author may have made
    a film of a text meanwhile, and she was shown what it was when she took it.
    """
    if not may_settle(shift_id):
        return None
    cost = units(exposure=exposure, kind=kind, seconds=look.seconds, revealed=look.revealed)
    row = SETTLE.run(
        {
            "user": user_id,
            "shift": shift_id,
            "claim": claim_id,
            "exposure": exposure,
            "modality": MODALITY[kind],
            "seconds": look.seconds,
            "reported": look.reported,
            "cost": min(cost, reserved) if reserved else cost,
            "at": at or now(),
            "reserved": reserved,
            "wall": round(max(0.0, wall_seconds)),
            "harms": harms,
            "worked": worked,
        },
        first=first,
    )
    shift = Rows(row).take(Shift) if row else Shift.objects.filter(pk=shift_id or 0).first()
    if shift is None:
        return None
    allowed = allowed_now(shift, limit_set(shift.limit_set_id), now())
    return Settled(allowed, working=shift.ended_at is None and not allowed.pause)


def lock_shift_during(*, user_id: int, since: datetime, until: datetime) -> int | None:
    """Lock the shift, running or ended, that a stretch of time fell into; None when there was none."""
    return (
        Shift.objects.select_for_update()
        .filter(user_id=user_id, started_at__lte=until)
        .exclude(ended_at__lt=since)
        .order_by("-started_at")
        .values_list("id", flat=True)
        .first()
    )


def settle_without_shift(
    *, user_id: int, claim_id: int, exposure: int, kind: str, look: Look, at: datetime
) -> None:
    """Write down what a look cost outside any shift: it counts in her week. Once per claim."""
    ExposureEntry.objects.bulk_create(
        [
            ExposureEntry(
                user_id=user_id,
                claim_id=claim_id,
                exposure=exposure,
                modality=MODALITY[kind],
                seconds_revealed=look.seconds,
                reported=look.reported,
                units=units(exposure=exposure, kind=kind, seconds=look.seconds, revealed=look.revealed),
                at=at,
            )
        ],
        ignore_conflicts=True,
    )


def reserve(*, shift_id: int | None, units: int) -> None:
    """Reserve centiunits on a shift whose lock the caller holds."""
    Shift.objects.filter(pk=shift_id or 0).update(reserved=F("reserved") + units)
