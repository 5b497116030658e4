"""Reading decisions for the export by ranges of their ids: many short reads, so that no snapshot is held open."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Max, Min
from django.utils.timezone import now

from apps.decisions.models import UNDO_WITHIN, Decision
from apps.decisions.queries import standing
from apps.guidelines.models import RuleVersion
from apps.intake.models import Item, Media
from apps.quality.queries import GoldenContent, golden_content
from apps.queues.models import Case

CHUNK = 20_000  # ids per counting read
BATCH = 1_000  # rows per writing read
NEVER_SHOWN = "YS-1"  # child abuse material: a hash and a label at most, whatever exposure a version gives it

EXPORTED = """
    decision.origin = 'human' AND NOT decision.withdraws AND decision.purpose <> 'authority_request'
    AND NOT EXISTS (SELECT 1 FROM decisions_decision undo WHERE undo.supersedes_id = decision.id AND undo.withdraws)
"""
# Of the words only the evidence is read: the private note and the explanation never leave the database.
FIRST_REASON = """
    (SELECT report.reason FROM intake_report report
     WHERE report.item_id = decision.item_id AND report.received_at <= decision.decided_at
     ORDER BY report.id LIMIT 1)
"""
ROWS = f"""
SELECT decision.id, decision.item_id, decision.item_revision, decision.purpose, decision.decider_id,
    decision.outcome, decision.ground, decision.guideline_version_id, decision.rule_codes, decision.actions,
    decision.rationale, decision.confidence, decision.language, decision.detection_source, decision.reveal_state,
    decision.held, decision.demo, decision.decided_at, words.evidence, words.erased_at,
    item.kind, item.author_id, item.posted_at, "case".rule_codes AS considered, "case".exposure,
    {FIRST_REASON} AS reason
FROM decisions_decision decision
JOIN intake_item item ON item.id = decision.item_id
JOIN queues_case "case" ON "case".id = decision.case_id
LEFT JOIN decisions_decisionwords words ON words.decision_id = decision.id
WHERE decision.id > %s AND decision.id <= %s AND {EXPORTED}
ORDER BY decision.id LIMIT %s
"""  # noqa: S608 (no value is put in by formatting)
COUNTED = f"""
SELECT decision.language, {FIRST_REASON}, date_trunc('hour', decision.decided_at), count(*)
FROM decisions_decision decision
WHERE decision.id > %s AND decision.id <= %s AND {EXPORTED}
GROUP BY 1, 2, 3
"""  # noqa: S608
FIRST_OF_TEXT = """
SELECT wanted.sha, (SELECT item.id FROM intake_item item WHERE item.text_sha256 = wanted.sha AND wanted.sha <> ''
                    ORDER BY item.id LIMIT 1)
FROM unnest(%s::text[]) AS wanted (sha)
"""


@dataclass(frozen=True)
class Said:
    """A standing decision on an item, as far as the rows of the item need it."""

    id: int
    item_id: int
    revision: int
    decider_id: int | None
    outcome: str
    rule_codes: Sequence[str]
    purpose: str
    origin: str
    measures: bool


@dataclass(frozen=True)
class Batch:
    """Rows and everything about their items that the rows need."""

    rows: list[dict[str, Any]]
    said: dict[int, list[Said]]
    restricted_items: set[int]
    first_of_text: dict[str, int]
    first_of_media: dict[str, int]
    author_of: dict[int, int | None]
    golden: GoldenContent


@dataclass
class Counts:
    languages: dict[str, int] = field(default_factory=dict)
    reasons: dict[str, int] = field(default_factory=dict)
    hours: dict[datetime, int] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        return sum(self.hours.values())

    def hour_reached(self, share: float) -> datetime | None:
        """The hour by which this share of the decisions was made."""
        reached = 0
        for hour in sorted(self.hours):
            if reached >= share * self.rows:
                return hour
            reached += self.hours[hour]
        return max(self.hours, default=None)


def last_settled() -> int:
    """The newest decision that can no longer be taken back; 0 when there is none."""
    settled = Decision.objects.filter(decided_at__lt=now() - UNDO_WITHIN * 2)
    return settled.aggregate(last=Max("id"))["last"] or 0


def restricted_codes() -> set[str]:
    """Rules whose content never leaves: extreme exposure in any version, and child abuse material."""
    return {NEVER_SHOWN, *RuleVersion.objects.filter(exposure=4).values_list("code", flat=True).distinct()}


def counts(upto: int) -> Counts:
    """How often each language, first reason and hour occurs, for the threshold and the split."""
    found = Counts()
    for start in range(0, upto, CHUNK):
        with connection.cursor() as cursor:
            cursor.execute(COUNTED, [start, min(start + CHUNK, upto)])
            for language, reason, hour, number in cursor.fetchall():
                found.hours[hour] = found.hours.get(hour, 0) + number
                found.languages[language] = found.languages.get(language, 0) + number
                if reason is not None:
                    found.reasons[reason] = found.reasons.get(reason, 0) + number
    return found


def batches(upto: int, restricted: set[str], size: int = BATCH) -> Iterator[Batch]:
    """All decisions to export up to an id, in batches; each batch is a handful of short reads of its own."""
    last = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(ROWS, [last, upto, size])
            names = [column.name for column in cursor.description]
            rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        if not rows:
            return
        last = rows[-1]["id"]
        yield _around(rows, restricted, upto)


def _around(rows: list[dict[str, Any]], restricted: set[str], upto: int) -> Batch:
    items = {row["item_id"] for row in rows}
    for row in rows:
        _read_evidence(row)
    first_of_text = _first_of_text({row["text_sha256"] for row in rows} - {""})
    first_of_media = _first_of_media({row["media_sha256"] for row in rows} - {""})
    firsts = {*first_of_text.values(), *first_of_media.values()}
    return Batch(
        rows=rows,
        said=_said(items, upto),
        restricted_items=_restricted(items, restricted),
        first_of_text=first_of_text,
        first_of_media=first_of_media,
        golden=golden_content(
            items=items,
            texts={row["text_sha256"] for row in rows},
            media={row["media_sha256"] for row in rows},
        ),
        author_of=dict(Item.objects.filter(pk__in=firsts).values_list("id", "author_id")),
    )


def _read_evidence(row: dict[str, Any]) -> None:
    """Adds the hashes of text and first media as the snapshot has them: the item may have changed since."""
    evidence = row["evidence"]
    row["evidence"] = evidence = json.loads(evidence) if isinstance(evidence, str) else evidence or {}
    text, media = evidence.get("text") or "", evidence.get("media") or []
    row["text_sha256"] = hashlib.sha256(text.encode()).hexdigest() if text else ""
    row["media_sha256"] = (media[0].get("sha256") or "") if media else ""


def _first_of_text(hashes: Iterable[str]) -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(FIRST_OF_TEXT, [list(hashes)])
        return {sha: item for sha, item in cursor.fetchall() if item is not None}


def _first_of_media(hashes: Iterable[str]) -> dict[str, int]:
    media = Media.objects.filter(sha256__in=list(hashes), position=0).values_list("sha256")
    return dict(media.annotate(first=Min("item_id")))


def _said(items: Iterable[int], upto: int) -> dict[int, list[Said]]:
    told: dict[int, list[Said]] = {}
    decisions = standing().filter(item_id__in=items, id__lte=upto).order_by("id")
    for row in decisions.values_list(
        "id",
        "item_id",
        "item_revision",
        "decider_id",
        "outcome",
        "rule_codes",
        "purpose",
        "origin",
        "measures",
    ):
        told.setdefault(row[1], []).append(Said(*row))
    return told


def _restricted(items: Iterable[int], codes: set[str]) -> set[int]:
    """Items that any decision or case ever tied to a restricted rule: then no row of the item shows content."""
    decided = Decision.objects.filter(item_id__in=items, rule_codes__overlap=list(codes))
    opened = Case.objects.filter(item_id__in=items)
    return {
        *decided.values_list("item_id", flat=True),
        *opened.filter(rule_codes__overlap=list(codes)).values_list("item_id", flat=True),
        *opened.filter(exposure=4).values_list("item_id", flat=True),
    }
