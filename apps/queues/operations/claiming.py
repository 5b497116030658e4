"""Giving out work: one statement finds the most urgent case she may have, marks it, and reserves its exposure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.timezone import now

from apps.accounts.models import User
from apps.briefing.queries import codes_withheld
from apps.ledger.operations import Entry, record_many
from apps.queues.errors import AlreadyHolding, NotYours
from apps.queues.models import Claim
from apps.statements import Statement
from apps.wellbeing.operations import Allowance, allowance

WITHOUT_JAVASCRIPT = timedelta(minutes=30)  # nothing renews the claim, so it is long and fixed
WALK = 1000  # most urgent cases of all that are gone through before her lanes are looked into one by one
DEPTHS = (4, 64, 1000)  # heads looked at per lane; more only when rivals hold the first few
IN_VAIN = 16  # claims for which the walk is left out after one that found nothing of hers
KEPT_AT_MOST = 20_000

_in_vain: dict[int, int] = {}  # person: for how many claims more her lanes are looked into at once

# Which lanes are hers to take from. `remaining` only limits exposure 2 and more: at the end of a
# budget lighter work may go on.
QUEUES = """
    queue.active AND queue.roles && %(roles)s::varchar[]
    AND (queue.skill = '' OR queue.skill = ANY(%(skills)s::varchar[]))
    AND (%(queue)s::bigint IS NULL OR queue.id = %(queue)s) AND (queue.mixes OR NOT %(relief)s::boolean)
"""
OF_QUEUES = """
    lane.language = ANY(%(languages)s::varchar[])
    AND lane.exposure <= %(max_exposure)s
    AND (lane.exposure <= 1 OR lane.units <= %(remaining)s)
    AND lane.harms & %(avoids)s::integer = 0
    AND NOT EXISTS (SELECT 1 FROM queues_claim mine WHERE mine.holder_id = %(user)s::bigint AND mine.ended_at IS NULL)
"""
LANES = f"{QUEUES} AND {OF_QUEUES}"
NOT_BARRED = """
    NOT EXISTS (SELECT 1 FROM queues_barred barred WHERE barred.case_id = cs.id AND barred.user_id = %(user)s)
"""
# The head of each lane, by its index; then the most urgent of those that nobody holds a lock on.
HEADS = f"""
    SELECT head.id, head.rank
    FROM queues_lane lane
    JOIN queues_queue queue ON queue.id = lane.queue_id
    CROSS JOIN LATERAL (
        SELECT cs.id, cs.rank FROM queues_case cs
        WHERE cs.lane_id = lane.id AND cs.state = 'waiting' AND {NOT_BARRED}
        ORDER BY cs.rank, cs.id LIMIT %(depth)s::bigint
    ) head
    WHERE {LANES}
    ORDER BY head.rank, head.id LIMIT %(depth)s::bigint * 4
"""  # noqa: S608  (composed of constants; values are parameters)
# The most urgent cases of all, in their order, until some of hers are found: nearly always enough, and one walk along an
# index for all lanes. Who has many lanes finds hers early; who has few finds none here, and has few to look into. What
# is hers IS TRUE, and who is barred IS NULL, so that both stay filters: as joins they would be answered for every case
# of the walk, and sorted, before the first is taken.
TOP = f"""
    SELECT head.id, head.rank
    FROM (SELECT cs.id, cs.rank, cs.lane_id FROM queues_case cs WHERE cs.state = 'waiting'
          ORDER BY cs.rank, cs.id LIMIT {WALK}) head
    WHERE (head.lane_id IN (
              SELECT lane.id FROM queues_lane lane
              WHERE (lane.queue_id IN (SELECT queue.id FROM queues_queue queue WHERE {QUEUES})) IS TRUE AND {OF_QUEUES}
          )) IS TRUE
      AND (SELECT true FROM queues_barred barred
           WHERE barred.case_id = head.id AND barred.user_id = %(user)s LIMIT 1) IS NULL
    ORDER BY head.rank, head.id LIMIT 16
"""  # noqa: S608
ONE_CASE = f"""
    SELECT cs.id, cs.rank
    FROM queues_case cs
    JOIN queues_lane lane ON lane.id = cs.lane_id
    JOIN queues_queue queue ON queue.id = lane.queue_id
    WHERE cs.id = %(case)s AND cs.state = 'waiting' AND {NOT_BARRED} AND {LANES}
"""  # noqa: S608
KEPT = """,
    kept AS (
        UPDATE wellbeing_shift SET reserved = wellbeing_shift.reserved + claimed.reserved
        FROM claimed WHERE wellbeing_shift.id = %(shift)s
    )"""
CLAIM = """
    WITH heads AS MATERIALIZED ({candidates}),
    picked AS (
        SELECT cs.id, cs.queue_id FROM heads JOIN queues_case cs ON cs.id = heads.id
        WHERE cs.state = 'waiting' AND NOT EXISTS (
            SELECT 1 FROM accounts_platformaccount own
            JOIN intake_item item ON item.id = cs.item_id AND item.source = own.source
            LEFT JOIN intake_author author ON author.id = item.author_id
            WHERE own.user_id = %(user)s AND (author.external_id = own.external_id OR EXISTS (
                SELECT 1 FROM intake_report report JOIN intake_reporter reporter ON reporter.id = report.reporter_id
                WHERE report.item_id = item.id AND reporter.external_id = own.external_id)))
        ORDER BY heads.rank, cs.id LIMIT 1 FOR NO KEY UPDATE OF cs SKIP LOCKED
    ),
    marked AS (
        UPDATE queues_case cs SET state = 'claimed' FROM picked WHERE cs.id = picked.id
        RETURNING cs.id, cs.item_id, cs.queue_id, cs.exposure, cs.units, cs.severity, cs.due_at, cs.opened_at,
                  COALESCE(NULLIF(cs.shown_as, ''), cs.purpose), cs.rank
    ),
    claimed AS (
        INSERT INTO queues_claim (case_id, holder_id, shift_id, exposure, level, used_before, budget, reserved, owed,
                                  started_at, expires_at, ending)
        SELECT marked.id, %(user)s, %(shift)s::bigint, marked.exposure, %(max_exposure)s, %(used)s::integer, %(budget)s::integer,
               CASE WHEN %(shift)s::bigint IS NULL THEN 0 ELSE marked.units END, %(shift)s::bigint IS NULL,
               %(now)s::timestamptz,
               %(now)s::timestamptz + COALESCE(%(fixed)s::interval, queue.claim_minutes * interval '1 minute'), ''
        FROM marked JOIN queues_queue queue ON queue.id = marked.queue_id
        RETURNING id, case_id, reserved, expires_at
    ){kept}
    SELECT seen.heads, claimed.id, claimed.expires_at, marked.*
    FROM (SELECT count(*) AS heads FROM heads) seen
    LEFT JOIN (claimed JOIN marked ON marked.id = claimed.case_id) ON true
"""
PICK_TOP = Statement("queues_claim_top", CLAIM.format(candidates=TOP, kept=KEPT))
PICK_NEXT = Statement("queues_claim_next", CLAIM.format(candidates=HEADS, kept=KEPT))
PICK_ONE = Statement("queues_claim_one", CLAIM.format(candidates=ONE_CASE, kept=KEPT))
# For somebody who has yet to answer the check of a rule: no case under it. Statements of their own, so that
# nobody else pays for the question; the head of a lane is then looked up in the table, not in its index.
WITHHELD = " AND NOT cs.rule_codes && %(withheld)s::varchar[] "


def _less(statement: Statement) -> Statement:
    sql = statement.sql.replace(NOT_BARRED, NOT_BARRED + WITHHELD)
    return Statement(
        f"{statement.name}_less", sql.replace("cs.id = heads.id\n", f"cs.id = heads.id{WITHHELD}\n")
    )


def _unread(statement: Statement) -> Statement:
    return Statement(f"{statement.name}_unread", statement.sql.replace(KEPT, ""))


LESS = {pick: _less(pick) for pick in (PICK_TOP, PICK_NEXT, PICK_ONE)}
# Where wellbeing cannot be read, nothing is reserved, and its table is not so much as named.
UNREAD = {pick: _unread(pick) for pick in (*LESS, *LESS.values())}


@dataclass(frozen=True)
class Claimed:
    """A claim just made."""

    claim_id: int
    case_id: int
    item_id: int
    expires_at: datetime


@transaction.atomic
def claim_next(*, actor: User, queue_id: int | None = None, fixed: timedelta | None = None) -> Claimed | None:
    """Give her the most urgent waiting case she may have; None when there is none for her.

    1. Lock her shift and read what she may be handed.
    2. One statement: find the most urgent case that is hers to take and that no rival holds, mark it,
       write the claim with the sum that justified it, reserve the worst case on the shift. First among
       the most urgent cases of all; when none of those is hers, or lately was, at the head of each of her lanes.
    3. Record it.

    A double claim is impossible even if this is wrong: `claim_one_live_per_case`,
    `claim_one_live_per_moderator`; so is a claim beyond the budget: `claim_fits_the_budget`.
    Raises NotOnShift, OnBreak, AlreadyHolding.
    """
    return claim_within(allowance(actor), actor=actor, queue_id=queue_id, fixed=fixed)


def claim_within(
    allowed: Allowance,
    *,
    actor: User,
    queue_id: int | None = None,
    fixed: timedelta | None = None,
    before: Sequence[Entry] = (),
) -> Claimed | None:
    """`claim_next` for a caller inside a transaction that holds the shift's lock and knows the allowance.

    `before` are the caller's own events, written down with this claim's, in one statement; found or not.
    """
    claimed, entry = _find(allowed, actor, queue_id, fixed)
    record_many([*before, entry] if entry else before)
    if claimed is None and Claim.objects.filter(holder=actor, ended_at=None).exists():
        raise AlreadyHolding
    return claimed


def _find(
    allowed: Allowance, actor: User, queue_id: int | None, fixed: timedelta | None
) -> "tuple[Claimed, Entry] | tuple[None, None]":
    walks = _walks(actor.pk)
    for asked in allowed.in_turn():
        if walks:
            heads, taken = _take(PICK_TOP, actor, asked, fixed, queue=queue_id)
            if taken:
                return taken
            if not heads:  # not only held by rivals at this moment
                _remember_in_vain(actor.pk)
        for depth in DEPTHS:
            heads, taken = _take(PICK_NEXT, actor, asked, fixed, queue=queue_id, depth=depth)
            if taken:
                return taken
            if not heads:  # nothing waits in any lane of hers, however deep
                break
    return None, None


def _walks(person: int) -> bool:
    """Whether the walk is tried for her. Only a matter of speed: her lanes give the same case.

    Who found nothing of hers among the most urgent of all will hardly do so a moment later: what others alone may
    have (another language, a level beyond hers) stays at the top while they are few.
    """
    left = _in_vain.get(person, 0)
    if left:
        _in_vain[person] = left - 1
    return not left


def _remember_in_vain(person: int) -> None:
    if len(_in_vain) >= KEPT_AT_MOST:
        _in_vain.clear()
    _in_vain[person] = IN_VAIN


def forget() -> None:
    """For tests: whose walk was in vain."""
    _in_vain.clear()


@transaction.atomic
def claim_case(*, actor: User, holder: User, case_id: int) -> Claimed:
    """Give one waiting case to one person, within the same limits as her own claims. Raises NotYours.

    Every reason for which it cannot be given looks the same to the actor: limits are private.
    """
    _, taken = _take(PICK_ONE, holder, allowance(holder), None, queue=None, case=case_id)
    if taken is None:
        raise NotYours("This case cannot go to that person right now.")
    claimed, entry = taken
    record_many([entry])
    return claimed


def _take(
    statement: Statement, actor: User, allowed: Allowance, fixed: timedelta | None, **where: Any
) -> tuple[int, tuple[Claimed, Entry] | None]:
    """How many cases came into question; the claim of one and what is to be written down of it, if it could be taken."""
    at = now()
    values = {
        "user": actor.pk,
        "roles": actor.roles,
        "skills": actor.skills,
        "languages": [*actor.languages, ""],
        "max_exposure": allowed.max_exposure,
        "remaining": allowed.remaining,
        "avoids": allowed.avoids,
        "relief": allowed.relief,
        "shift": allowed.shift_id,
        "used": allowed.used,
        "budget": allowed.budget,
        "fixed": fixed,
        "now": at,
        **where,
    }
    if withheld := codes_withheld(actor, at):
        statement, values["withheld"] = LESS[statement], withheld
    row = (statement if allowed.readable else UNREAD[statement]).run(values)
    assert row is not None
    (
        heads,
        claim_id,
        expires_at,
        case_id,
        item_id,
        queue,
        _exposure,
        _units,
        severity,
        due,
        opened,
        purpose,
        rank,
    ) = row
    if claim_id is None:
        return heads, None
    facts = {
        "claim": claim_id,
        "queue": queue,
        "severity": severity,
        "due": int(due.timestamp()),
        "opened": int(opened.timestamp()),
        "purpose": purpose,
        "rank": rank,
    }
    entry = Entry("case.claimed", actor.pk, case_id, item_id, data=facts)
    return heads, (Claimed(claim_id, case_id, item_id, expires_at), entry)
