"""What the counts need to know of flags and answers: a fixed number of queries for a whole batch."""

import json
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection

FIRST_LOOKS = ["review", "re_review"]


@dataclass(frozen=True)
class Scored:
    """What one version of a detector said of an item."""

    named: tuple[str, str]
    scores: list[dict[str, Any]]
    at: datetime
    language: str = ""


@dataclass(frozen=True)
class Answer:
    """A person's first answer on an item. `probability` when it was drawn; `framed` when a draw stands for it.

    `units`: what the look cost, in centiunits, when that was settled.
    """

    decision_id: int
    item_id: int
    case_id: int
    outcome: str
    rule_codes: tuple[str, ...]
    language: str
    decided_at: datetime
    units: int | None
    probability: float | None
    framed: bool
    flags: list[Scored] = field(default_factory=list)

    @property
    def violates(self) -> bool:
        return self.outcome == "violates"

    @property
    def unsure(self) -> bool:
        return self.outcome == "unsure"


FIRST_SCORES = """
SELECT flag.detector, flag.detector_version, flag.scores::text, flag.received_at, item.language
FROM intake_flag flag JOIN intake_item item ON item.id = flag.item_id
WHERE flag.id = ANY(%s) AND NOT EXISTS (
    SELECT 1 FROM intake_flag earlier WHERE earlier.item_id = flag.item_id AND earlier.id < flag.id
      AND earlier.detector = flag.detector AND earlier.detector_version = flag.detector_version)
"""


def first_scores(flag_ids: Iterable[int]) -> Iterator[Scored]:
    """Those of the flags that are the first of their detector's version on their item."""
    ids = list(flag_ids)
    if not ids:
        return
    with connection.cursor() as cursor:
        cursor.execute(FIRST_SCORES, [ids])
        for detector, version, scores, at, language in cursor.fetchall():
            yield Scored((detector, version), _scores(scores), at, language)


# Framed: its stretch of items was looked through before the case opened, so it could have been drawn.
ANSWERS = """
SELECT d.id, d.item_id, d.case_id, d.outcome, d.rule_codes, d.language, d.decided_at, look.units, draw.probability,
    COALESCE(frame.from_id <= d.item_id AND frame.at <= cs.opened_at, false)
FROM decisions_decision d
JOIN queues_case cs ON cs.id = d.case_id
LEFT JOIN wellbeing_exposureentry look ON look.claim_id = d.claim_id
LEFT JOIN detectors_draw draw ON draw.case_id = d.case_id
LEFT JOIN LATERAL (SELECT from_id, at FROM detectors_frame WHERE upto_id >= d.item_id ORDER BY upto_id LIMIT 1) frame
    ON true
WHERE d.id = ANY(%s) AND NOT d.withdraws AND d.origin = 'human' AND d.purpose = ANY(%s)
"""

OPINIONS = """
SELECT decided.id, flag.detector, flag.detector_version, flag.scores::text, flag.received_at
FROM unnest(%s::bigint[], %s::bigint[], %s::timestamptz[]) AS decided (id, item_id, at)
CROSS JOIN LATERAL (
    SELECT DISTINCT ON (detector, detector_version) detector, detector_version, scores, received_at
    FROM intake_flag WHERE item_id = decided.item_id AND received_at <= decided.at
    ORDER BY detector, detector_version, id DESC
) flag
"""


def answers(decision_ids: Collection[int]) -> list[Answer]:
    """Those of the decisions that are people's first answers, with the newest flag of every detector's version before."""
    if not decision_ids:
        return []
    with connection.cursor() as cursor:
        cursor.execute(ANSWERS, [list(decision_ids), FIRST_LOOKS])
        found: dict[int, Answer] = {}
        for decision, item, case, outcome, codes, *rest in cursor.fetchall():
            found[decision] = Answer(decision, item, case, outcome, tuple(codes), *rest)
        for decision, flag in _opinions(
            cursor, [(one.decision_id, one.item_id, one.decided_at) for one in found.values()]
        ):
            found[decision].flags.append(flag)
    return list(found.values())


def _opinions(cursor: Any, decided: list[tuple[int, int, datetime]]) -> list[tuple[int, Scored]]:
    if not decided:
        return []
    cursor.execute(OPINIONS, [list(column) for column in zip(*decided, strict=True)])
    return [
        (decision, Scored((detector, version), _scores(scores), at))
        for decision, detector, version, scores, at in cursor.fetchall()
    ]


@dataclass(frozen=True)
class Word:
    """The last definite answer on a drawn item."""

    decision_id: int
    outcome: str
    rule_codes: list[str]
    decided_at: datetime
    caught: list[str] = field(default_factory=list)


LAST_WORDS = """
SELECT DISTINCT ON (d.item_id) d.item_id, d.id, d.outcome, d.rule_codes, d.decided_at
FROM decisions_decision d
WHERE d.item_id = ANY(%s) AND NOT d.withdraws AND d.origin = 'human' AND d.outcome <> 'unsure'
  AND NOT EXISTS (SELECT 1 FROM decisions_decision undo WHERE undo.supersedes_id = d.id AND undo.withdraws)
ORDER BY d.item_id, d.id DESC
"""


def last_words(item_ids: Iterable[int]) -> dict[int, Word]:
    """The last definite answer of a person on each item, and which detectors had caught it by then."""
    with connection.cursor() as cursor:
        cursor.execute(LAST_WORDS, [list(item_ids)])
        words = {
            item: Word(decision, outcome, list(codes), at)
            for item, decision, outcome, codes, at in cursor.fetchall()
        }
        of = {word.decision_id: word for word in words.values()}
        decided = [(word.decision_id, item, word.decided_at) for item, word in words.items()]
        for decision, flag in _opinions(cursor, decided):
            of[decision].caught.extend(
                "\n".join((*flag.named, score["rule"]))
                for score in flag.scores
                if score["score"] >= score["threshold"]
            )
    return words


def _scores(text: str) -> list[dict[str, Any]]:
    return [score for score in json.loads(text) if score.get("threshold") is not None]
