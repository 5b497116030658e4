"""Shifts, breaks, and the account of exposure. The shift's row is the lock for all of a person's exposure."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import F
from django.utils.timezone import now

from apps.accounts.models import User
from apps.ledger.operations import record
from apps.statements import Statement
from apps.wellbeing.errors import (
    AboveTheCeiling,
    AlreadyOnShift,
    InvalidLimits,
    LimitsMoved,
    NotOnShift,
    OnBreak,
)
from apps.wellbeing.exposure import MODALITY, Look, units
from apps.wellbeing.limits import REASON_AT_MOST, Wanted, above_the_ceiling
from apps.wellbeing.models import Break, ExposureEntry, LimitSet, PersonLimit, Shift
from apps.wellbeing.queries import ceiling_of, limits_in_force, limits_of

log = logging.getLogger("reviewqueue.wellbeing")

PATIENCE = "300ms"  # how long a claim waits for the shift's row before it counts as unreadable
ABANDONED_AFTER = timedelta(hours=16)


@dataclass(frozen=True)
class Allowance:
    """What a person may be handed right now. `shift_id` None: wellbeing could not be read (fail safe)."""

    shift_id: int | None
    max_exposure: int
    used: int
    budget: int

    @property
    def remaining(self) -> int:
        return max(0, self.budget - self.used)

    @property
    def readable(self) -> bool:
        return self.shift_id is not None


FAIL_SAFE = Allowance(shift_id=None, max_exposure=1, used=0, budget=0)


def allowance(user: User) -> Allowance:
    """Lock her shift and say what she may be handed now. First lock of a claim; one round trip.

    Raises NotOnShift and OnBreak. When the row cannot be read in time or at all, the answer is
    FAIL_SAFE: only exposure 0 and 1, and the claim notes that its exposure is still owed.
    """
    with connection.cursor() as cursor:
        try:
            cursor.execute(
                f"""
                SAVEPOINT wellbeing;
                SET LOCAL lock_timeout = '{PATIENCE}';
                SELECT id, max_exposure, spent + reserved, budget, break_started_at
                FROM wellbeing_shift WHERE user_id = %s AND ended_at IS NULL FOR UPDATE
                """,  # noqa: S608  (the constant above, nobody's input)
                [user.pk],
            )
            row = cursor.fetchone()
            cursor.execute("RELEASE SAVEPOINT wellbeing; SET LOCAL lock_timeout = 0")
        except DatabaseError:
            if connection.connection is None or connection.connection.closed:
                raise
            log.warning("wellbeing could not be read for person %s: only light cases are handed out", user.pk)
            cursor.execute("ROLLBACK TO SAVEPOINT wellbeing; SET LOCAL lock_timeout = 0")
            return FAIL_SAFE
    if row is None:
        raise NotOnShift
    if row[4] is not None:
        raise OnBreak
    return Allowance(shift_id=row[0], max_exposure=row[1], used=row[2], budget=row[3])


LOCK = Statement(
    "wellbeing_lock",
    "SELECT id FROM wellbeing_shift WHERE user_id = %(user)s AND ended_at IS NULL FOR UPDATE",
)


def lock_shift(user: User) -> int | None:
    """Take the first lock of the order for someone who may be between shifts; her shift's id, if any."""
    row = LOCK.run({"user": user.pk})
    return row[0] if row else None


@transaction.atomic
def start_shift(*, actor: User) -> Shift:
    """Begin a shift with today's limits. Raises AlreadyOnShift."""
    limits = limits_of(actor)
    try:
        with transaction.atomic():
            shift = Shift.objects.create(
                user=actor,
                limit_set_id=limits.limit_set_id,
                started_at=now(),
                max_exposure=limits.max_exposure,
                budget=limits.budget,
            )
    except IntegrityError:
        raise AlreadyOnShift
    record("shift.started", actor=actor, private=True, shift=shift.pk)
    return shift


@transaction.atomic
def end_shift(*, actor: User) -> None:
    """End her shift and any break in it. The caller has released her claim. Raises NotOnShift."""
    shift = Shift.objects.select_for_update().filter(user=actor, ended_at=None).first()
    if shift is None:
        raise NotOnShift
    at = now()
    Break.objects.filter(shift=shift, ended_at=None).update(ended_at=at)
    shift.break_started_at, shift.ended_at = None, at
    shift.save(update_fields=["break_started_at", "ended_at"])
    record("shift.ended", actor=actor, private=True, shift=shift.pk)


@transaction.atomic
def start_break(*, actor: User) -> Shift:
    """Begin a break, always allowed, never with a reason. Already on one: nothing changes."""
    shift = Shift.objects.select_for_update().filter(user=actor, ended_at=None).first()
    if shift is None:
        raise NotOnShift
    if shift.break_started_at is None:
        shift.break_started_at = now()
        shift.save(update_fields=["break_started_at"])
        Break.objects.create(shift=shift, started_at=shift.break_started_at)
        record("break.started", actor=actor, private=True, shift=shift.pk)
    return shift


@transaction.atomic
def end_break(*, actor: User) -> Shift:
    """Come back from a break. Not on one: nothing changes."""
    shift = Shift.objects.select_for_update().filter(user=actor, ended_at=None).first()
    if shift is None:
        raise NotOnShift
    if shift.break_started_at is not None:
        at = now()
        Break.objects.filter(shift=shift, ended_at=None).update(ended_at=at)
        shift.break_started_at, shift.last_break_ended_at = None, at
        shift.save(update_fields=["break_started_at", "last_break_ended_at"])
        record("break.ended", actor=actor, private=True, shift=shift.pk)
    return shift


SETTLE = Statement(
    "wellbeing_settle",
    """
    WITH entry AS (
        INSERT INTO wellbeing_exposureentry
            (user_id, shift_id, claim_id, exposure, modality, seconds_revealed, reported, units, at)
        VALUES (%(user)s, %(shift)s, %(claim)s, %(exposure)s, %(modality)s, %(seconds)s, %(reported)s, %(cost)s, %(at)s)
        ON CONFLICT (claim_id) DO NOTHING RETURNING units
    )
    UPDATE wellbeing_shift shift
    SET spent = spent + COALESCE((SELECT units FROM entry), 0),
        reserved = CASE WHEN EXISTS (SELECT 1 FROM entry) THEN GREATEST(reserved - %(reserved)s::integer, 0)
                        ELSE reserved END
    WHERE shift.id = %(shift)s
    RETURNING id, max_exposure, spent + reserved, budget, ended_at IS NULL AND break_started_at IS NULL
    """,
)


@dataclass(frozen=True)
class Settled:
    """The account after a look was paid for. `working`: she is on shift and not on a break."""

    allowed: Allowance
    working: bool


def settle(
    *,
    user_id: int,
    shift_id: int | None,
    claim_id: int,
    exposure: int,
    kind: str,
    reserved: int,
    look: Look,
    at: datetime | None = None,
) -> Settled | None:
    """Turn a claim's reservation into what the look really cost. The caller holds the shift's lock.

    One statement: entry and shift row together, once per claim. None when the shift is unknown: then it
    is still owed. `look` must already be within the claim's wall time. Never more than was reserved: the
    author may have made a film of a text meanwhile, and she was shown what it was when she took it.
    """
    if shift_id is None:
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
        }
    )
    if row is None:
        return None
    shift, max_exposure, used, budget, working = row
    return Settled(Allowance(shift_id=shift, max_exposure=max_exposure, used=used, budget=budget), working)


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


@transaction.atomic
def tighten(
    *, actor: User, max_exposure: int | None, budget: int | None, opted_in_to_extreme: bool
) -> PersonLimit:
    """Set one's own limits; also lowers what the running shift may still hand out, never raises it.

    `budget` in centiunits; None leaves a limit to the organisation. Raises AboveTheCeiling when either is
    above what the organisation allows her; the database has the last word on that.
    """
    above = above_the_ceiling(
        ceiling_of(actor, limits_in_force()), max_exposure, budget, opted_in_to_extreme=opted_in_to_extreme
    )
    if above:
        raise AboveTheCeiling(errors=above)
    try:
        with transaction.atomic():
            limit, _ = PersonLimit.objects.update_or_create(
                user=actor,
                defaults={
                    "max_exposure": max_exposure,
                    "budget": budget,
                    "opted_in_to_extreme": opted_in_to_extreme,
                    "changed_at": now(),
                },
            )
    except IntegrityError as refusal:
        if "person_limit_within_the_ceiling" not in str(refusal):
            raise
        raise AboveTheCeiling
    running = Shift.objects.select_for_update().filter(user=actor, ended_at=None).first()
    if running:
        if max_exposure is not None:
            running.max_exposure = min(running.max_exposure, max_exposure)
        if not opted_in_to_extreme:
            running.max_exposure = min(running.max_exposure, 3)
        if budget is not None:
            running.budget = min(running.budget, budget)
        running.save(update_fields=["max_exposure", "budget"])
    record("limits.changed_own", actor=actor, private=True)
    return limit


@transaction.atomic
def set_limits(wanted: Wanted, *, reason: str, based_on: int, actor: User) -> LimitSet:
    """Put a new set of the organisation's limits in force, as a new row; running shifts keep theirs.

    `based_on` is the set its author saw. Raises InvalidLimits with every field that cannot be, and
    LimitsMoved when another set came between.
    """
    errors = wanted.problems()
    if not reason.strip():
        errors.append(
            {"field": "reason", "reason": "Say why: it stays in the history for everyone after you."}
        )
    elif len(reason.strip()) > REASON_AT_MOST:
        errors.append(
            {"field": "reason", "reason": f"Please say it in {REASON_AT_MOST} characters or fewer."}
        )
    if errors:
        raise InvalidLimits(errors=errors)
    LimitSet.objects.select_for_update(no_key=True).get(pk=limits_in_force().pk)  # one at a time
    before = limits_in_force()
    if before.pk != based_on:
        raise LimitsMoved
    if wanted == Wanted.of(before):
        raise InvalidLimits("These are the limits in force already. Nothing was changed.")
    limits = LimitSet.objects.create(**wanted.values(), reason=reason.strip(), set_by=actor, set_at=now())
    record("limits.set", actor=actor, limit_set=limits.pk, before=before.pk)
    return limits


def abandoned_shifts(at: datetime) -> list[int]:
    """People whose shift has run so long that nobody can still be working it."""
    return list(
        Shift.objects.filter(ended_at=None, started_at__lt=at - ABANDONED_AFTER).values_list(
            "user_id", flat=True
        )
    )
