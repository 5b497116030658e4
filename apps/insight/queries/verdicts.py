"""What the rollups need to know of decisions and removals: a fixed number of queries for a whole batch."""

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from django.db import connection
from django.db.models import Exists, OuterRef
from django.utils.timezone import now

from apps.decisions.models import Decision, DecisionRule, Enforcement
from apps.queues.models import Case

DEFINITE = (Decision.Outcome.VIOLATES, Decision.Outcome.NO_VIOLATION)
FIRST_LOOKS = (Case.Purpose.REVIEW, Case.Purpose.RE_REVIEW)


@dataclass(frozen=True)
class Verdict:
    """A decision as the rollups count it. Withdrawing decisions are none."""

    id: int
    item_id: int
    queue_id: int
    outcome: str
    rule_codes: tuple[str, ...]
    opened_at: datetime
    decided_at: datetime
    comparable: bool
    """Whether it says something of a detector: a person's definite answer at a first look."""


def verdicts(ids: Collection[int]) -> Iterator[Verdict]:
    """The decisions of these ids that decided something, withdrawn later or not."""
    rows = Decision.objects.filter(id__in=ids, withdraws=False, measures=False).values(
        "id", "item_id", "outcome", "rule_codes", "decided_at", "purpose", "origin",
        "case__opened_at", "case__queue_id",
    )  # fmt: skip
    for row in rows:
        yield Verdict(
            id=row["id"],
            item_id=row["item_id"],
            queue_id=row["case__queue_id"],
            outcome=row["outcome"],
            rule_codes=tuple(dict.fromkeys(row["rule_codes"])),
            opened_at=row["case__opened_at"],
            decided_at=row["decided_at"],
            comparable=row["outcome"] in DEFINITE
            and row["purpose"] in FIRST_LOOKS
            and row["origin"] == Decision.Origin.HUMAN,
        )


def opinions_before(given: Collection[Verdict]) -> list[tuple[int, str, str, list[dict[str, Any]]]]:
    """(decision, detector, version, scores) of each detector's newest flag before each decision."""
    if not given:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT decided.id, flag.detector, flag.detector_version, flag.scores::text
            FROM unnest(%s::bigint[], %s::bigint[], %s::timestamptz[]) AS decided (id, item_id, at)
            CROSS JOIN LATERAL (
                SELECT DISTINCT ON (detector) detector, detector_version, scores
                FROM intake_flag WHERE item_id = decided.item_id AND received_at <= decided.at AND NOT shadow
                ORDER BY detector, id DESC
            ) flag
            """,
            [[one.id for one in given], [one.item_id for one in given], [one.decided_at for one in given]],
        )
        rows = cursor.fetchall()
    return [(decision, detector, version, _scores(scores)) for decision, detector, version, scores in rows]


def _scores(text: str) -> list[dict[str, Any]]:
    return [score for score in json.loads(text) if score.get("threshold") is not None]


@dataclass(frozen=True)
class Removal:
    """A removal on guideline grounds that has taken effect."""

    enforcement_id: int
    item_id: int
    effective_at: datetime
    views: int | None
    posted_at: datetime | None
    first_report_at: datetime | None
    first_flag_at: datetime | None
    reinstated: bool
    policies: tuple[str, ...]
    rules: tuple[str, ...]
    language: str
    country: str
    source: str
    decided_by: str

    @property
    def proactive(self) -> bool:
        """No user had reported it before it was detected. A flag is a detection; a report is one too."""
        if self.first_report_at is None:
            return True
        return self.first_flag_at is not None and self.first_flag_at <= self.first_report_at

    @property
    def within_24h(self) -> bool | None:
        """None when it is not known when the item was posted."""
        if self.posted_at is None:
            return None
        return (self.effective_at - self.posted_at).total_seconds() <= 24 * 3600


def removals(ids: Collection[int]) -> list[Removal]:
    """Those of the enforcements that count as removals, in the order in which they took effect.

    Left out, as domain/METRICS.md asks: what only local law required, what happened to accounts, what
    was taken back within its ten seconds, and what the platform has not confirmed.
    """
    undone = Decision.objects.filter(withdraws=True)
    reversal = Enforcement.objects.filter(reverses=OuterRef("pk"), due_at__lte=now()).exclude(
        Exists(undone.filter(supersedes=OuterRef("decision")))
    )
    rows = list(
        Enforcement.objects.filter(
            id__in=ids,
            action="remove",
            reverses=None,
            effective_at__isnull=False,
            decision__ground="guideline",
        )
        .exclude(item__kind="account")
        .exclude(Exists(undone.filter(supersedes=OuterRef("decision"))))
        .annotate(reinstated=Exists(reversal))
        .order_by("effective_at", "id")
        .values(
            "id", "item_id", "decision_id", "effective_at", "views_at_effect", "posted_at", "first_report_at",
            "first_flag_at", "reinstated", "decision__language", "item__country", "detection_source", "decided_by",
        )
    )  # fmt: skip
    policies: dict[int, set[str]] = {}
    rules: dict[int, set[str]] = {}
    cited = DecisionRule.objects.filter(decision__in=[row["decision_id"] for row in rows])
    for decision, policy, rule in cited.values_list(
        "decision_id", "rule_version__policy__code", "rule_version__code"
    ):
        policies.setdefault(decision, set()).add(policy)
        rules.setdefault(decision, set()).add(rule)
    return [
        Removal(
            enforcement_id=row["id"],
            item_id=row["item_id"],
            effective_at=cast(datetime, row["effective_at"]),
            views=row["views_at_effect"],
            posted_at=row["posted_at"],
            first_report_at=row["first_report_at"],
            first_flag_at=row["first_flag_at"],
            reinstated=row["reinstated"],
            policies=tuple(sorted(policies.get(row["decision_id"], ()))),
            rules=tuple(sorted(rules.get(row["decision_id"], ()))),
            language=row["decision__language"],
            country=row["item__country"] or "",
            source=row["detection_source"],
            decided_by=row["decided_by"],
        )
        for row in rows
    ]


@dataclass(frozen=True)
class Taken:
    """A restriction that took effect: what was done, on which ground, found how, decided by what."""

    effective_at: datetime
    action: str
    rule_code: str
    ground: str
    source: str
    decided_by: str


def taken(ids: Collection[int]) -> list[Taken]:
    """Those of the enforcements that restrict something and took effect; what was undone in its ten seconds is none."""
    undone = Decision.objects.filter(withdraws=True, supersedes=OuterRef("decision"))
    rows = (
        Enforcement.objects.filter(id__in=ids, reverses=None, effective_at__isnull=False)
        .exclude(Exists(undone))
        .order_by("id")
        .values_list(
            "effective_at",
            "action",
            "decision__rule_codes",
            "decision__ground",
            "detection_source",
            "decided_by",
        )
    )
    return [
        Taken(cast(datetime, at), action, codes[0] if codes else "", ground, source, decided_by)
        for at, action, codes, ground, source, decided_by in rows
    ]
