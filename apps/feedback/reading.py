"""Reading decisions for the export, column by column.

By ranges of ids in many short reads, so that no snapshot is held open. PostgreSQL writes a batch as text, Arrow
parses it: no row is ever a Python object. The next batches are read while one is being worked on.
"""

import json
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field
from itertools import chain, repeat
from types import SimpleNamespace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.json
from django.db import connection

from apps.feedback.lines import Lines

BATCH = 5_000  # rows per read
AHEAD = 2  # batches that are read or wait to be worked on
LIST = "\x1f"  # between the elements of a list in its cell
COMMA, QUOTE = "\x02", "\x01"  # never in JSON as PostgreSQL writes it, so that it needs no quotes
LENGTH = slice(
    21, 25
)  # of the one value of the one row, where COPY's binary format has it; then comes the value

CHANGED = """
    AND EXISTS (SELECT 1 FROM feedback_label label
                WHERE label.decision_id = decision.id AND label.id > {since} AND label.id <= {cursor})
"""
LAST = """
SELECT max(id) FROM (SELECT decision.id FROM decisions_decision decision
                     WHERE decision.id > {after} AND decision.id <= {upto} {changed} ORDER BY decision.id LIMIT {size}) one
"""
# Of the words only the evidence is read: the private note and the explanation never leave the database.
ROWS = """
SELECT decision.id, decision.item_id, decision.item_revision, decision.purpose, decision.decider_id,
    decision.outcome, decision.ground, decision.guideline_version_id,
    array_to_string(decision.rule_codes, E'\\x1f'), array_to_string(decision.actions, E'\\x1f'),
    array_to_string(decision.rationale, E'\\x1f'), decision.confidence, decision.language, decision.detection_source,
    decision.reveal_state, decision.held, decision.demo, decision.decided_at AT TIME ZONE 'UTC',
    NULLIF(words.evidence->>'text', ''), words.evidence->'media', words.evidence->'flags',
    words.erased_at IS NULL AND words.evidence <> '{{}}'::jsonb, item.kind, item.author_id,
    item.posted_at AT TIME ZONE 'UTC', decision.case_id, array_to_string("case".rule_codes, E'\\x1f'),
    (SELECT translate(report.reason, E'\\n\\r', '  ') FROM intake_report report
     WHERE report.item_id = decision.item_id AND report.received_at <= decision.decided_at
     ORDER BY report.id LIMIT 1),
    "group".cluster, "group".key,
    "case".exposure = 4 OR "case".rule_codes && {restricted} OR decision.rule_codes && {restricted}
      OR EXISTS (SELECT 1 FROM queues_case other WHERE other.item_id = decision.item_id
                 AND other.id <> decision.case_id AND (other.exposure = 4 OR other.rule_codes && {restricted})),
    others.some
FROM decisions_decision decision
-- Kept apart (OFFSET 0), so that it is asked once, and everything about other decisions only where there are any.
CROSS JOIN LATERAL (
    SELECT EXISTS (SELECT 1 FROM decisions_decision other
                   WHERE other.item_id = decision.item_id AND other.id <> decision.id) AS some OFFSET 0
) others
JOIN intake_item item ON item.id = decision.item_id
JOIN queues_case "case" ON "case".id = decision.case_id
-- From where it begins is said of the words as well: else a merge would read those of all decisions before, in every batch.
LEFT JOIN decisions_decisionwords words ON words.decision_id = decision.id AND words.decision_id > {after}
LEFT JOIN feedback_splitgroup "group" ON "group".item_id = decision.item_id
WHERE decision.id > {after} AND decision.id <= {upto} AND decision.origin = 'human' AND NOT decision.withdraws
  -- What only a local law asks for teaches nothing, and may have to stay unsaid.
  AND decision.purpose <> 'authority_request'
  AND NOT EXISTS (SELECT 1 FROM feedback_label gone WHERE gone.decision_id = decision.id AND gone.state = 'removed')
  AND (NOT others.some OR NOT COALESCE((SELECT undo.withdraws FROM decisions_decision undo
                                        WHERE undo.supersedes_id = decision.id), false))
  {changed}
ORDER BY decision.id LIMIT {size}
"""
IN_ONE_PIECE = "SELECT string_agg(concat({line}), E'\\n') FROM ({rows}) one ({names})"
TEXT, BIG, MOMENT = pa.string(), pa.int64(), pa.timestamp("us")
READ = {
    "id": BIG, "item_id": BIG, "item_revision": pa.int32(), "purpose": TEXT, "decider_id": BIG, "outcome": TEXT,
    "ground": TEXT, "version_id": BIG, "rule_codes": TEXT, "actions": TEXT, "rationale": TEXT, "confidence": TEXT,
    "language": TEXT, "source": TEXT, "reveal_state": TEXT, "held": pa.bool_(), "demo": pa.bool_(), "decided_at": MOMENT,
    "text": TEXT, "media": TEXT, "flags": TEXT, "kept": pa.bool_(),
    "kind": TEXT, "author_id": BIG, "posted_at": MOMENT, "case_id": BIG, "considered": TEXT,
    "reason": TEXT, "cluster": BIG, "key": TEXT, "restricted": pa.bool_(), "several": pa.bool_(),
}  # fmt: skip
ANYTHING = {
    "text",
    "reason",
    "language",
    "reveal_state",
    "source",
    "kind",
}  # not of our own writing: may hold a quote
BARE = {"media", "flags"}  # JSON, in which neither a quote nor a comma of ours can stand
MAY_BE_NULL = {
    "text",
    "reason",
    "key",
}  # of the other texts: quotes around nothing would be a text without letters
_score = pa.struct([("rule", TEXT), ("score", pa.float64()), ("threshold", pa.float64())])
_flag = pa.struct([("detector", TEXT), ("version", TEXT), ("at", TEXT), ("scores", pa.list_(_score))])
_media = pa.struct([("sha256", TEXT), ("pdq", TEXT), ("pdq_quality", pa.int32())])
MEDIA, FLAGS = pa.list_(_media), pa.list_(_flag)


@dataclass(frozen=True)
class Range:
    """What is asked for: decisions up to an id; with `since`, only those whose label moved in (since, cursor]."""

    upto: int
    restricted: frozenset[str]
    since: int | None = None
    cursor: int = 0
    size: int = field(default_factory=lambda: BATCH)


def batches(asked: Range) -> Iterator[pa.Table]:
    """The decisions, oldest first, as tables with the columns of READ.

    The next ones are read on other connections meanwhile, except inside a transaction, which no other connection sees.
    """
    if connection.in_atomic_block:
        yield from (
            table for piece in _pieces(asked) if (table := _batch(asked, *piece, connection)).num_rows
        )
        return
    waiting: deque[Future[pa.Table]] = deque()
    with Lines() as lines:
        for piece in chain(_pieces(asked), repeat(None, AHEAD)):
            if piece is not None:
                waiting.append(lines.read(_batch, asked, *piece))
            if waiting and (piece is None or len(waiting) > AHEAD):
                table = waiting.popleft().result()
                if table.num_rows:
                    yield table


def _pieces(asked: Range) -> Iterator[tuple[int, int]]:
    """(after, up to) of the ids of one read each, at most `asked.size` decisions between them."""
    after = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                LAST.format(after=after, upto=int(asked.upto), size=int(asked.size), changed=_changed(asked))
            )
            (upto,) = cursor.fetchone()
        if upto is None:
            return
        yield after, upto
        after = upto


def _changed(asked: Range) -> str:
    return CHANGED.format(since=int(asked.since), cursor=asked.cursor) if asked.since is not None else ""


def _batch(asked: Range, after: int, upto: int, line: Any) -> pa.Table:
    pieces: list[bytes] = []
    with line.cursor() as cursor:
        sql = ROWS.format(
            after=int(after), upto=int(upto), size=int(asked.size), changed=_changed(asked),
            restricted=cursor.cursor.mogrify("%s::varchar[]", [sorted(asked.restricted)]).decode(),
        )  # fmt: skip
        cursor.copy_expert(
            f"COPY ({_in_one_piece(sql)}) TO STDOUT (FORMAT binary)", SimpleNamespace(write=pieces.append)
        )
    told = (
        pieces[0] if len(pieces[0]) > LENGTH.stop else b"".join(pieces)
    )  # then comes the end, which says nothing
    length = int.from_bytes(told[LENGTH], signed=True)
    if length < 0:  # null: there is no row
        return pa.schema(list(READ.items())).empty_table()
    return pa.csv.read_csv(
        pa.BufferReader(pa.py_buffer(told).slice(LENGTH.stop, length)),
        read_options=pa.csv.ReadOptions(column_names=list(READ), use_threads=False, block_size=length + 1024),
        parse_options=pa.csv.ParseOptions(delimiter=COMMA, quote_char=QUOTE, double_quote=True),
        convert_options=pa.csv.ConvertOptions(
            column_types=READ, true_values=["t"], false_values=["f"], null_values=[""], strings_can_be_null=True,
            quoted_strings_can_be_null=False,
        ),
    ).combine_chunks()  # fmt: skip


def _in_one_piece(sql: str) -> str:
    """The rows of `sql` as one value, CSV: row by row the driver would wait ten thousand times for its turn among threads.

    Quotes are told together with what stands between cells, so that a cell that is never null costs nothing but itself.
    """
    told: list[str] = []
    between = ""
    for number, (name, type) in enumerate(READ.items()):
        value = f"replace({name}, E'\\x01', E'\\x01\\x01')" if name in ANYTHING else name
        around = "\\x01" if type == TEXT and name not in BARE else ""
        if around and name in MAY_BE_NULL:
            value, around = f"E'\\x01' || {value} || E'\\x01'", ""
        between += ("\\x02" if number else "") + around
        told += [f"E'{between}'", value] if between else [value]
        between = around
    if between:
        told.append(f"E'{between}'")
    return IN_ONE_PIECE.format(line=", ".join(told), rows=sql, names=", ".join(READ))


def parsed(column: pa.Array, kind: pa.DataType) -> pa.Array:
    """A column of JSON lists as lists of `kind`, null where there is none. Only what is not empty is parsed."""
    full = pc.fill_null(pc.greater(pc.binary_length(column), 2), False)
    some = column.filter(full)
    if not len(some):
        return pa.nulls(len(column), kind)
    lines = pc.binary_join(
        pa.ListArray.from_arrays(
            pa.array([0, len(some)], pa.int32()),
            pc.binary_join_element_wise('{"v":', some, "}", ""),
        ),
        "\n",
    )
    written = lines[0].as_buffer()
    schema = pa.schema([("v", kind)])
    try:
        values = pa.json.read_json(
            pa.BufferReader(written),
            read_options=pa.json.ReadOptions(use_threads=False, block_size=len(written) + 1024),
            parse_options=pa.json.ParseOptions(explicit_schema=schema, unexpected_field_behavior="ignore"),
        )["v"].combine_chunks()
    except pa.ArrowInvalid:  # a number as text, or the like: slower, and with care
        with_care = _media_with_care if kind == MEDIA else _flags_with_care
        values = pa.array([with_care(json.loads(one)) for one in some.to_pylist()], kind)
    return values.take(places_of(full))


def places_of(known: pa.Array) -> pa.Array:
    """Where each row finds its value in a column that holds those of the `known` rows only; null for the others."""
    here = known.to_numpy(zero_copy_only=False)
    return pa.array(np.cumsum(here) - 1, mask=~here)


def _media_with_care(media: Any) -> list[dict[str, Any]]:
    return [
        {
            "sha256": one.get("sha256"),
            "pdq": one.get("pdq"),
            "pdq_quality": _number(one.get("pdq_quality"), int),
        }
        for one in media
    ]


def _flags_with_care(flags: Any) -> list[dict[str, Any]]:
    return [
        {
            "detector": one.get("detector"),
            "version": str(one.get("version") or "") or None,
            "at": one.get("at"),
            "scores": [
                {
                    "rule": score.get("rule"),
                    "score": _number(score.get("score"), float),
                    "threshold": _number(score.get("threshold"), float),
                }
                for score in one.get("scores") or []
            ],
        }
        for one in flags
    ]


def _number(value: Any, kind: type) -> Any:
    try:
        return None if value is None else kind(float(value))
    except (TypeError, ValueError):
        return None
