"""What the exploration tells: inclusion probabilities, prevalence, and what it rests on."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from django.db import connection

from apps.detectors.models import Plan
from apps.detectors.statistics import Estimate, total
from apps.detectors.strata import STRATA
from apps.statements import among

INCLUSIONS = "SELECT case_id, stratum, probability, plan_id FROM detectors_draw WHERE "


@dataclass(frozen=True)
class Inclusion:
    """How a case came to be drawn: `probability` is the chance its item had, `plan` names the plan it was drawn under."""

    stratum: str
    probability: float
    plan: str


def inclusion_of(case_ids: Iterable[int]) -> dict[int, Inclusion]:
    """For those of the cases that were drawn by the exploration. The others were selected and have no probability."""
    asked = list(case_ids)
    with connection.cursor() as cursor:
        cursor.execute(INCLUSIONS + among("case_id", asked))
        rows = cursor.fetchall()
    wanted = set(asked) if rows else set()
    return {
        case: Inclusion(stratum, probability, str(plan))
        for case, stratum, probability, plan in rows
        if case in wanted
    }


def plan_in_force() -> Plan | None:
    """The newest plan, if it draws anything."""
    plan = Plan.objects.select_related("set_by").order_by("-id").first()
    return plan if plan is not None and any(plan.rates.values()) else None


def plans() -> list[Plan]:
    return list(Plan.objects.select_related("set_by").order_by("-id")[:20])


@dataclass(frozen=True)
class Candidate:
    """An unflagged item: what its stratum is told from."""

    item_id: int
    kind: str
    language: str
    minors: bool
    scores: list[dict[str, Any]]


CANDIDATES = """
SELECT item.id, item.kind, item.language, item.minors,
    (SELECT jsonb_agg(flag.scores) FROM (SELECT DISTINCT ON (detector, detector_version) scores FROM intake_flag
     WHERE item_id = item.id ORDER BY detector, detector_version, id DESC) flag)::text
FROM intake_item item
WHERE item.id = ANY(%s) AND NOT item.demo
  AND NOT EXISTS (SELECT 1 FROM queues_case cs WHERE cs.item_id = item.id)
  AND NOT EXISTS (SELECT 1 FROM intake_report report WHERE report.item_id = item.id)
  AND NOT EXISTS (SELECT 1 FROM intake_flag flag WHERE flag.item_id = item.id AND flag.over_threshold)
ORDER BY item.id
"""


def candidates(item_ids: Sequence[int]) -> list[Candidate]:
    """Those of the items that nobody reported, no detector flagged and no case was opened for."""
    with connection.cursor() as cursor:
        cursor.execute(CANDIDATES, [list(item_ids)])
        rows = cursor.fetchall()
    return [
        Candidate(item, kind, language, minors, [one for flag in json.loads(scores or "[]") for one in flag])
        for item, kind, language, minors, scores in rows
    ]


@dataclass(frozen=True)
class Hit:
    """A drawn item that breaks rules. `weight`: how many unflagged items it stands for."""

    rule_codes: tuple[str, ...]
    weight: float
    caught: frozenset[str]


@dataclass(frozen=True)
class Sample:
    """A period's draws, weighted. `unflagged` items were looked through, `covered` of them could be drawn.

    `heaviest` is the largest weight of all judged draws: what one more hit might have stood for.
    """

    unflagged: int
    covered: int
    drawn: int
    judged: int
    heaviest: float
    hits: list[Hit]
    strata: list["OfStratum"]

    def missed(self, rule_code: str | None = None, *, but: Sequence[str] = ()) -> Estimate:
        """How many unflagged items break the rule (any, when None) in all: the Horvitz–Thompson total.

        `but`: leave out what one of these ("detector\\nversion\\nrule") had over its threshold all the same.
        """
        found = [
            hit.weight
            for hit in self.hits
            if (rule_code is None or rule_code in hit.rule_codes) and not hit.caught.intersection(but)
        ]
        return total(found, self.heaviest)

    def caught(self, named: str, rule_code: str) -> Estimate:
        """How many unflagged items break the rule and were caught by a detector that opens no cases."""
        found = [hit.weight for hit in self.hits if rule_code in hit.rule_codes and named in hit.caught]
        return total(found, self.heaviest) if found else Estimate(0, 0, 0)

    def prevalence(self, rule_code: str | None = None) -> Estimate | None:
        """The share of unflagged items that break the rule; None before anything was judged."""
        if not self.covered or not self.judged:
            return None
        of = self.missed(rule_code)
        value, low, high = (min(1.0, end / self.covered) for end in (of.value, of.low, of.high))
        return Estimate(value, low, high, self.judged)


@dataclass(frozen=True)
class OfStratum:
    title: str
    unflagged: int
    covered: int
    drawn: int
    judged: int
    violating: int


SAMPLED = """
SELECT draw.plan_id, draw.stratum, draw.probability, judged.outcome, judged.rule_codes, judged.caught
FROM detectors_draw draw LEFT JOIN detectors_judged judged ON judged.draw_id = draw.id
WHERE draw.drawn_at >= %s AND draw.drawn_at < %s AND (%s = '' OR draw.language = %s)
"""


LOOKED_THROUGH = """
SELECT stratum, sum(unflagged)::bigint, sum(covered)::bigint FROM detectors_frameweek
WHERE week >= %s AND week < %s AND (%s = '' OR language = %s) GROUP BY 1
"""


def sample(since: date, until: date, *, language: str = "") -> Sample:
    """What the draws of whole weeks, from one Monday to before another, say of the items that nobody flagged."""
    with connection.cursor() as cursor:
        cursor.execute(LOOKED_THROUGH, [since, until, language, language])
        looked = {stratum: (unflagged, covered) for stratum, unflagged, covered in cursor.fetchall()}
        begin, end = (datetime.combine(day, time(), UTC) for day in (since, until))
        cursor.execute(SAMPLED, [begin, end, language, language])
        return weigh(cursor.fetchall(), looked)


def weigh(rows: Sequence[Any], looked: Mapping[str, tuple[int, int]]) -> Sample:
    """Put draws together: (plan, stratum, probability, outcome, rules, caught), outcome None while not judged.

    `looked`: unflagged and covered items by stratum. Draws that are not judged yet say nothing: within a plan's
    stratum those judged stand for them too, their weights raised by Σ1/π of all drawn over Σ1/π of those judged.
    """
    drawn_weight: dict[tuple[int, str], float] = defaultdict(float)
    judged_weight: dict[tuple[int, str], float] = defaultdict(float)
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for plan, stratum, pi, outcome, *_ in rows:
        drawn_weight[plan, stratum] += 1 / pi
        counts[stratum][0] += 1
        if outcome is not None:
            judged_weight[plan, stratum] += 1 / pi
            counts[stratum][1] += 1
            counts[stratum][2] += outcome == "violates"
    hits, heaviest = [], 0.0
    for plan, stratum, pi, outcome, codes, caught in rows:
        if outcome is None:
            continue
        weight = drawn_weight[plan, stratum] / judged_weight[plan, stratum] / pi
        heaviest = max(heaviest, weight)
        if outcome == "violates":
            hits.append(Hit(tuple(codes), weight, frozenset(caught)))
    return Sample(
        unflagged=sum(n for n, _ in looked.values()),
        covered=sum(n for _, n in looked.values()),
        drawn=len(rows),
        judged=sum(n[1] for n in counts.values()),
        heaviest=heaviest,
        hits=hits,
        strata=[
            OfStratum(kind.title, *looked.get(name, (0, 0)), *counts[name])
            for name, kind in STRATA.items()
            if name in looked or name in counts
        ],
    )
