"""The file of a case: everything a moderator reads before she decides, in one query."""

import json
from collections.abc import Sequence
from contextlib import nullcontext
from typing import Any, NamedTuple

from django.db import DatabaseError, connection, transaction
from django.utils.dateparse import parse_datetime

from apps.accounts.models import User
from apps.intake.models import AccountEvidence, Author, Item
from apps.queues.models import Case, Claim, Queue
from apps.queues.queries import live_claim
from apps.statements import Rows, Statement, columns
from apps.strikes.ladder import STEPS, steps_from
from apps.wellbeing.models import LimitSet, Shift
from apps.wellbeing.veil.ladder import Veil
from apps.wellbeing.veil.queries import IN_FORCE, veils_told

PARTS = list(AccountEvidence.Part.values)

CASE_FILE = Statement(
    "desk_case_file",
    """
SELECT
    (SELECT jsonb_build_object('text', content.text, 'context', content.context, 'erased_at', content.erased_at)
     FROM intake_itemcontent content WHERE content.item_id = item.id AND content.revision = item.revision),
    (SELECT jsonb_agg(jsonb_build_object(
        'id', m.id, 'position', m.position, 'mime', m.mime, 'alt', m.alt, 'transcript', m.transcript, 'duration_s', m.duration_s,
        'width', m.width, 'height', m.height, 'state', m.state, 'refused_reason', m.refused_reason,
        'veil_uri', m.veil, 'frames', m.frames) ORDER BY m.position)
     FROM intake_media m WHERE m.item_id = item.id AND m.revision = item.revision),
    (SELECT jsonb_agg(jsonb_build_object(
        'reason', r.reason, 'rule_code', r.rule_code, 'trusted_flagger', r.trusted, 'comment', r.comment,
        'count', r.count, 'upheld', r.upheld, 'judged', r.judged, 'at', r.at + seen.later_by)
        ORDER BY r.trusted DESC, r.count DESC, r.at)
     FROM (SELECT report.reason, report.rule_code, report.trusted, count(*) AS count, min(report.received_at) AS at,
                  (array_agg(report.comment ORDER BY report.id) FILTER (WHERE report.comment <> ''))[1] AS comment,
                  -- Of their other reports: how far they are believed does not tell what was decided of this one.
                  sum(GREATEST(reporter.upheld - (report.upheld IS TRUE)::int, 0)) AS upheld,
                  sum(GREATEST(reporter.judged - (report.upheld IS NOT NULL)::int, 0)) AS judged
           FROM (SELECT * FROM intake_report WHERE item_id = item.id AND received_at <= seen.until
                 ORDER BY id LIMIT 500) report
           LEFT JOIN intake_reporter reporter ON reporter.id = report.reporter_id
           GROUP BY report.reason, report.rule_code, report.trusted
           ORDER BY report.trusted DESC, count(*) DESC LIMIT 12) r),
    (SELECT count(*) FROM (SELECT 1 FROM intake_report WHERE item_id = item.id AND received_at <= seen.until
                           LIMIT 1000) counted),
    (SELECT jsonb_agg(jsonb_build_object('detector', f.detector, 'version', f.detector_version, 'scores', f.scores,
                                         'at', f.received_at + seen.later_by))
     FROM (SELECT DISTINCT ON (detector) * FROM intake_flag
           WHERE item_id = item.id AND NOT shadow AND received_at <= seen.until
           ORDER BY detector, id DESC LIMIT 12) f),
    (SELECT jsonb_agg(jsonb_build_object(
        'at', d.decided_at + seen.later_by, 'outcome', d.outcome, 'rule_codes', d.rule_codes, 'actions', d.actions,
        'held', d.held,
        'by', d.pseudonym, 'why', d.explanation, 'note', d.private_note) ORDER BY d.id DESC)
     FROM (SELECT decision.*, person.pseudonym, words.explanation, words.private_note
           FROM decisions_decision decision
           LEFT JOIN accounts_user person ON person.id = decision.decider_id
           LEFT JOIN decisions_decisionwords words ON words.decision_id = decision.id
           WHERE decision.item_id = item.id AND NOT decision.withdraws AND NOT decision.measures
             AND decision.purpose <> 'authority_request' AND decision.decided_at < seen.until
             AND NOT EXISTS (SELECT 1 FROM decisions_decision undo
                             WHERE undo.supersedes_id = decision.id AND undo.withdraws)
           ORDER BY decision.id DESC LIMIT 10) d),
    (SELECT jsonb_build_object('prior_decisions', count(*),
                               'prior_violations', count(*) FILTER (WHERE past.outcome = 'violates'),
                               'strikes', (SELECT count(*) FROM strikes_strike counts
                                           WHERE counts.author_id = item.author_id AND counts.lifted_at IS NULL
                                             AND counts.expires_at > now()))
     FROM (SELECT d.outcome FROM intake_item other JOIN decisions_decision d ON d.item_id = other.id
           WHERE other.author_id = item.author_id AND NOT d.withdraws AND NOT d.held AND d.outcome <> 'unsure'
             AND NOT d.measures AND d.purpose <> 'authority_request' AND d.decided_at < seen.until
             AND NOT EXISTS (SELECT 1 FROM decisions_decision later
                             WHERE later.supersedes_id = d.id AND later.decided_at < seen.until)
           LIMIT 500) past),
    (SELECT count(*) FROM (SELECT 1 FROM intake_item twin WHERE twin.text_sha256 = item.text_sha256
                           AND twin.text_sha256 <> '' AND twin.id <> item.id LIMIT 100) twins),
    (SELECT jsonb_agg(jsonb_build_object('text', note.text, 'by', person.pseudonym,
         'at', CASE WHEN cs.id = %(case)s THEN note.at ELSE note.at + seen.later_by END) ORDER BY note.id)
     FROM queues_casenote note JOIN accounts_user person ON person.id = note.author_id
     JOIN queues_case cs ON cs.id = note.case_id
     WHERE cs.item_id = item.id AND (cs.id = %(case)s
        OR note.at < seen.until AND cs.purpose NOT IN ('second_look', 'golden'))),
    (SELECT jsonb_agg(jsonb_build_object('part', e.part, 'facts', e.facts, 'told_with', e.told_with, 'detector', e.detector,
                                         'version', e.detector_version, 'at', e.received_at + seen.later_by) ORDER BY e.id DESC)
     FROM unnest(CASE item.kind WHEN 'account' THEN %(parts)s::text[] END) asked (part) CROSS JOIN LATERAL (
        SELECT * FROM intake_accountevidence told WHERE told.item_id = item.id AND told.part = asked.part
            AND NOT told.shadow AND told.received_at <= seen.until ORDER BY told.id DESC LIMIT 3) e),
    EXISTS (SELECT 1 FROM matching_match match WHERE match.item_id = item.id AND match.revision = item.revision),
    EXISTS (SELECT 1 FROM matching_member member WHERE member.item_id = item.id),
    (SELECT ladder.steps FROM strikes_ladderversion ladder WHERE ladder.state = 'approved' AND ladder.retired_at IS NULL),
    seen.later_by, seen.purpose
FROM intake_item item
-- The same statement for every case, so that nothing tells a blind one from another: it is shown as it was.
LEFT JOIN LATERAL (SELECT blind.until, blind.later_by, first.purpose FROM quality_blind blind
                   JOIN queues_case first ON first.id = blind.first_case_id
                   WHERE blind.case_id = %(case)s) again ON true
CROSS JOIN LATERAL (SELECT COALESCE(again.until, 'infinity'::timestamptz) AS until,
                           COALESCE(again.later_by, interval '0') AS later_by, again.purpose) seen
WHERE item.id = %(item)s
""",
)


# What it tells, in the order of its columns.
FILE = (
    "content", "media", "reports", "reports_total", "flags", "earlier", "author", "siblings", "notes", "account",
    "matched", "clustered", "ladder", "later_by", "purpose",
)  # fmt: skip


def case_file(item_id: int, case_id: int | None = None) -> dict[str, Any]:
    """Content, media, reports, flags, earlier decisions, author history and notes of an item, one query.

    Reports are grouped by reason; what is long is cut in the database, so that a thousand reports cost
    what one costs. Times are datetimes. A case in which a decision is looked at again is shown as it was before that
    decision: `later_by` is what all its times, and the item's own, are moved by, `purpose` what it is called.
    """
    row = CASE_FILE.run({"item": item_id, "case": case_id or 0, "parts": PARTS})
    assert row is not None
    return _told(row)


def _told(row: Sequence[Any]) -> dict[str, Any]:
    told = dict(zip(FILE, row, strict=True))
    content = _json(told.pop("content")) or {}
    ladder = told["ladder"]
    return told | {
        "text": content.get("text", ""),
        "erased_at": parse_datetime(content.get("erased_at") or ""),
        "context": content.get("context") or [],
        "media": _json(told["media"]) or [],
        "reports": _timed(_json(told["reports"])),
        "flags": _timed(_json(told["flags"])),
        "earlier": _timed(_json(told["earlier"])),
        "author": _json(told["author"]),
        "account": _timed(_json(told["account"])),
        "ladder": STEPS if ladder is None else steps_from(_json(ladder)),
        "notes": _timed(_json(told["notes"])),
    }


# The desk of somebody who holds a case is this one statement: her shift, the claim, the case with its file, and the veils
# over it. Each of them alone would be a round trip more on the way of every decision. `held` is no name of the file's own.
DESK = Statement(
    "desk_now",
    f"""
    SELECT {columns(Shift, "shift")}, {columns(LimitSet, "limits")}, {columns(Claim, "claim")},
        {columns(Case, "held")}, {columns(Queue, "queue")}, {columns(Item, "item")}, {columns(Author, "author")},
        {", ".join(f"file.{name}" for name in FILE)}, veils.floor, veils.own
    FROM wellbeing_shift shift
    JOIN wellbeing_limitset limits ON limits.id = shift.limit_set_id
    LEFT JOIN queues_claim claim ON claim.holder_id = shift.user_id AND claim.ended_at IS NULL
    LEFT JOIN queues_case held ON held.id = claim.case_id
    LEFT JOIN queues_queue queue ON queue.id = held.queue_id
    LEFT JOIN intake_item item ON item.id = held.item_id
    LEFT JOIN intake_author author ON author.id = item.author_id
    LEFT JOIN LATERAL ({CASE_FILE.sql.replace("%(item)s", "held.item_id").replace("%(case)s", "held.id")}) file
        ({", ".join(FILE)}) ON true
    LEFT JOIN LATERAL ({IN_FORCE.sql.replace("%(user)s", "shift.user_id").replace("%(exposure)s", "held.exposure")}) veils
        (floor, own) ON true
    WHERE shift.user_id = %(user)s AND shift.ended_at IS NULL
    """,  # noqa: S608  (column names, and statements of our own)
)


class Now(NamedTuple):
    """How the desk stands. `readable` is False while her shift cannot be read, which is not the same as having none.

    `file` is what `case_file` tells of the case she holds, `veils` what lies over it; None where they are to be asked for.
    """

    shift: Shift | None
    claim: Claim | None
    readable: bool = True
    file: dict[str, Any] | None = None
    veils: dict[str, Veil] | None = None


def desk_now(user: User) -> Now:
    """Her running shift with its limits, and the claim she holds with case, queue, item, author, file and veils; one query.

    Where shifts cannot be read the claim is still there: what lies on a desk does not vanish with its account.
    """
    try:
        # Inside somebody's transaction a failure must not take it along; a page has none.
        with transaction.atomic() if connection.in_atomic_block else nullcontext():
            row = DESK.run({"user": user.pk, "parts": PARTS})
    except DatabaseError:
        if connection.connection is None or connection.connection.closed:
            raise
        return Now(None, live_claim(user), readable=False)
    if row is None:
        return Now(None, None)
    rows = Rows(row)
    shift, limits, claim, case = rows.take(Shift), rows.take(LimitSet), rows.take(Claim), rows.take(Case)
    queue, item, author = rows.take(Queue), rows.take(Item), rows.take(Author)
    assert shift is not None
    shift.limit_set = limits  # type: ignore[assignment]
    if claim is None or case is None or queue is None or item is None:
        return Now(shift, None)
    item.author, case.queue, case.item, claim.case = author, queue, item, case
    floor, own = row[-2:]
    return Now(
        shift, claim, file=_told(row[-2 - len(FILE) : -2]), veils=veils_told(floor, own, case.exposure)
    )


def _json(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def _timed(rows: list[dict[str, Any]] | None) -> list[dict[str, Any]]:
    for row in rows or []:
        row["at"] = parse_datetime(row["at"])
    return rows or []
