"""How rules fare, for those who write them: from the rollups, and a few pairs of decisions that disagree."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.db.models import Sum
from django.utils.timezone import localdate

from apps.guidelines.models import RuleVersion
from apps.insight.histogram import bounds, quantile
from apps.insight.models import RuleDay, RuleTimeDay

DAYS = 90
FEW = 5  # second answers: of fewer, a share says nothing
SUMS = (
    "considered", "violated", "otherwise", "cleared", "unsure", "compared", "disagreed", "appealed",
    "overturned", "escalated_unclear", "marked_unclear",
)  # fmt: skip


@dataclass(frozen=True)
class RuleUse:
    """Sums of a rule over a stretch of days."""

    code: str
    considered: int = 0
    violated: int = 0
    otherwise: int = 0
    cleared: int = 0
    unsure: int = 0
    compared: int = 0
    disagreed: int = 0
    appealed: int = 0
    overturned: int = 0
    escalated_unclear: int = 0
    marked_unclear: int = 0

    @property
    def disagreement(self) -> float | None:
        """Share of second answers that said otherwise of the rule; None of fewer than five."""
        return self.disagreed / self.compared if self.compared >= FEW else None

    @property
    def weight(self) -> float:
        """Volume × disagreement: about how many decisions a second person would have made otherwise."""
        return self.considered * (self.disagreement or 0.0)


def rule_uses(*, days: int = DAYS) -> list[RuleUse]:
    """Every rule considered in the last days: most volume × disagreement first, then most often called unclear."""
    rows = (
        RuleDay.objects.filter(day__gt=localdate() - timedelta(days=days))
        .values("rule_code")
        .annotate(**{f"sum_{name}": Sum(name) for name in SUMS})
    )
    found = [_use(row) for row in rows]
    return sorted(
        found,
        key=lambda use: (-use.weight, -use.marked_unclear - use.escalated_unclear, -use.considered, use.code),
    )


def rule_use(code: str, *, days: int = DAYS) -> RuleUse:
    """One rule over the last days; all zero when it was never considered."""
    rows = (
        RuleDay.objects.filter(rule_code=code, day__gt=localdate() - timedelta(days=days))
        .values("rule_code")
        .annotate(**{f"sum_{name}": Sum(name) for name in SUMS})
    )
    return next((_use(row) for row in rows), RuleUse(code))


def _use(row: Any) -> RuleUse:
    return RuleUse(row["rule_code"], **{name: max(0, row[f"sum_{name}"] or 0) for name in SUMS})


@dataclass(frozen=True)
class Times:
    """How long decisions under a rule took: quarters in seconds, and the histogram as (up to seconds, how many)."""

    quarters: tuple[float, float, float] | None
    bars: list[tuple[float, int]]


def rule_times(code: str, *, days: int = DAYS) -> Times:
    """The distribution of the time from taking a case to deciding it."""
    since: date = localdate() - timedelta(days=days)
    rows = RuleTimeDay.objects.filter(rule_code=code, day__gt=since).values("bucket").annotate(n=Sum("n"))
    counts = {row["bucket"]: row["n"] for row in rows if row["n"] > 0}
    if not counts:
        return Times(None, [])
    first, middle, last = (quantile(counts, share) or 0.0 for share in (0.25, 0.5, 0.75))
    bars = [(bounds(number)[1], counts.get(number, 0)) for number in range(min(counts), max(counts) + 1)]
    return Times((first, middle, last), bars)


PAIRS = """
    WITH citing AS (
        SELECT cited.decision_id FROM unnest(%s::bigint[]) AS rule (id)
        CROSS JOIN LATERAL (SELECT decision_id FROM decisions_decisionrule
                            WHERE rule_version_id = rule.id ORDER BY decision_id DESC LIMIT 1000) cited
    ),
    pairs AS (
        SELECT later.id, later.supersedes_id FROM citing JOIN decisions_decision later ON later.id = citing.decision_id
        WHERE later.supersedes_id IS NOT NULL
        UNION
        SELECT later.id, later.supersedes_id FROM citing
        JOIN decisions_decision later ON later.supersedes_id = citing.decision_id
    )
    SELECT first.id, first.outcome, array_to_string(first.rule_codes, ', '), array_to_string(first.rationale, ','),
           later.id, later.outcome, array_to_string(later.rule_codes, ', '), array_to_string(later.rationale, ','),
           later.purpose, later.decided_at, item.kind, item.language
    FROM pairs JOIN decisions_decision later ON later.id = pairs.id
    JOIN decisions_decision first ON first.id = pairs.supersedes_id
    JOIN intake_item item ON item.id = later.item_id
    WHERE NOT later.withdraws AND NOT first.withdraws AND first.decider_id IS DISTINCT FROM later.decider_id
      AND first.outcome IN ('violates', 'no_violation') AND later.outcome IN ('violates', 'no_violation')
      AND later.purpose IN ('second_opinion', 'approval', 'second_look', 'appeal')
      AND ((%s = ANY(first.rule_codes)) <> (%s = ANY(later.rule_codes)) OR first.outcome <> later.outcome)
      AND NOT EXISTS (SELECT 1 FROM decisions_decision undo WHERE undo.supersedes_id = later.id AND undo.withdraws)
    ORDER BY later.id DESC LIMIT %s
"""
NAMES = (
    "first_id", "first_outcome", "first_rules", "first_because", "later_id", "later_outcome", "later_rules",
    "later_because", "purpose", "at", "kind", "language",
)  # fmt: skip


def disagreements(code: str, *, limit: int = 10) -> list[dict[str, Any]]:
    """Newest cases in which two people said otherwise of a rule: what each said and why, never who."""
    versions = list(
        RuleVersion.objects.filter(code=code, version__published_at__isnull=False).values_list(
            "id", flat=True
        )
    )
    with connection.cursor() as cursor:
        cursor.execute(PAIRS, [versions, code, code, limit])
        return [dict(zip(NAMES, row, strict=True)) for row in cursor.fetchall()]
