"""Earlier final decisions on similar cases, and what came of showing them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Count, Q
from django.utils.timezone import now

from apps.agreement import Share, difference, wilson
from apps.intake.models import ItemContent
from apps.queues.models import Case
from apps.training.models import FirstChoice

DAYS = 365
LOOKED_AT, SHOWN = 120, 3
LIGHT = 1


@dataclass(frozen=True)
class Precedent:
    """An earlier final decision. `text` is '' unless it is light enough to be shown beside a case, under a veil."""

    decision_id: int
    outcome: str
    rule_codes: list[str]
    rationale: list[str]
    why: str
    number: str
    decided_at: datetime
    adjudicated: bool
    exposure: int
    language: str
    text: str


# Final: a person's, in force, not taken back, not waiting for a second person. Those a third person settled come
# first. Under the rules chosen or suspected, of the same kind and language; never the item at hand, never golden.
FINAL = """
    WITH near AS (
        SELECT DISTINCT cited.decision_id AS id FROM guidelines_ruleversion rule
        JOIN guidelines_guidelineversion version ON version.id = rule.version_id AND version.published_at IS NOT NULL
        CROSS JOIN LATERAL (SELECT decision_id FROM decisions_decisionrule c WHERE c.rule_version_id = rule.id
                            ORDER BY decision_id DESC LIMIT %(depth)s) cited
        WHERE rule.code = ANY(%(codes)s::varchar[])
        UNION
        SELECT d.id FROM (SELECT id, rule_codes FROM queues_case WHERE queue_id = %(queue)s AND id <> %(case)s
                          ORDER BY id DESC LIMIT 400) cs
        JOIN decisions_decision d ON d.case_id = cs.id WHERE cs.rule_codes && %(codes)s::varchar[]
    )
    SELECT d.id, d.outcome, d.rule_codes, d.rationale, COALESCE(settled.why, ''), version.number, d.decided_at,
           settled.id IS NOT NULL, cs.exposure, d.language, d.item_id, d.item_revision
    FROM near JOIN decisions_decision d ON d.id = near.id
    JOIN queues_case cs ON cs.id = d.case_id
    JOIN intake_item item ON item.id = d.item_id
    JOIN guidelines_guidelineversion version ON version.id = d.guideline_version_id
    LEFT JOIN quality_adjudication settled ON settled.decision_id = d.id
    WHERE d.item_id <> %(item)s AND item.kind = %(kind)s AND d.language = %(language)s AND d.decided_at > %(since)s
      AND d.decider_id IS NOT NULL AND NOT d.withdraws AND NOT d.held AND d.outcome <> 'unsure'
      AND (NOT d.measures OR settled.id IS NOT NULL)
      AND NOT EXISTS (SELECT 1 FROM decisions_decision later WHERE later.supersedes_id = d.id)
      AND NOT EXISTS (SELECT 1 FROM quality_golden golden WHERE golden.item_id = d.item_id)
    ORDER BY settled.id IS NULL, d.id DESC LIMIT %(depth)s
"""


def precedents_for(case: Case, codes: Sequence[str], *, only: Sequence[int] | None = None) -> list[Precedent]:
    """Up to three final decisions on similar cases, the most alike in words first; `only`: those shown before."""
    words = _words(_text(case.item_id, case.item.revision))
    values: dict[str, Any] = {
        "codes": sorted({*codes, *case.rule_codes}), "depth": LOOKED_AT, "queue": case.queue_id, "case": case.pk,
        "item": case.item_id, "kind": case.item.kind, "language": case.language, "since": now() - timedelta(days=DAYS),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(FINAL, values)
        rows = [row for row in cursor.fetchall() if only is None or row[0] in only]
    texts = {
        (item, revision): text
        for item, revision, text in ItemContent.objects.filter(
            item_id__in={row[10] for row in rows}
        ).values_list("item_id", "revision", "text")
    }
    alike = sorted(rows, key=lambda row: -_alike(words, _words(texts.get((row[10], row[11]), ""))))
    shown = [
        [*row[:10], texts.get((row[10], row[11]), "") if row[8] <= LIGHT else ""] for row in alike[:SHOWN]
    ]
    return [Precedent(*row) for row in shown]


def _text(item_id: int, revision: int) -> str:
    return (
        ItemContent.objects.filter(item=item_id, revision=revision).values_list("text", flat=True).first()
        or ""
    )


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text[:4000].casefold()))


def _alike(one: set[str], other: set[str]) -> float:
    """Words in common, as a share of all (Jaccard); 0 where there are none."""
    return len(one & other) / len(one | other) if one and other else 0.0


@dataclass(frozen=True)
class Arm:
    """First choices after which precedents were, or were not, shown: how many changed, how many a second person confirmed."""

    n: int
    changed: Share
    confirmed: Share


@dataclass(frozen=True)
class ShowingEffect:
    """Both arms, and the differences (shown less not shown) with their intervals; None where nothing can be told."""

    shown: Arm
    hidden: Arm
    changed: tuple[float, float, float] | None
    confirmed: tuple[float, float, float] | None


def showing_effect(*, days: int = 90) -> ShowingEffect:
    """What showing precedents changes: among claims in which it was left to the lot."""
    rows = (
        FirstChoice.objects.filter(
            at__gt=now() - timedelta(days=days), share__gt=0, share__lt=1, kept__isnull=False
        )
        .values("shown")
        .annotate(
            n=Count("id"),
            moved=Count("id", filter=Q(kept=False)),
            looked=Count("id", filter=Q(agreed__isnull=False)),
            stood=Count("id", filter=Q(agreed=True)),
        )
    )
    arms = {
        row["shown"]: Arm(row["n"], wilson(row["moved"], row["n"]), wilson(row["stood"], row["looked"]))
        for row in rows
    }
    nothing = Arm(0, wilson(0, 0), wilson(0, 0))
    shown, hidden = arms.get(True, nothing), arms.get(False, nothing)
    return ShowingEffect(
        shown, hidden, _told(hidden.changed, shown.changed), _told(hidden.confirmed, shown.confirmed)
    )


def _told(before: Share, after: Share) -> tuple[float, float, float] | None:
    return difference(before, after) if before.shown and after.shown else None
