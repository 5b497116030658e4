"""The questions of the room. Of people only to themselves; names of raters never leave it."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from apps.accounts.models import User
from apps.decisions.models import Decision, DecisionRule
from apps.decisions.queries import standing
from apps.decisions.verdict import RATIONALE
from apps.guidelines.models import RuleVersion
from apps.quality.models import Adjudication, Draw, Finding, Golden, GoldenCase, SamplingPlan
from apps.queues.models import Case, Queue
from apps.statements import numbers

# Two ways in, each by its own index: asked with "or", all draws would be read for every batch. A later draw counts.
INCLUSIONS = """
SELECT drawn.of_case, draw.stratum, draw.probability, queue.slug, plan.number
FROM (
    SELECT second.case_id AS of_case, second.id FROM quality_draw second WHERE second.case_id = ANY(%(cases)s::bigint[])
    UNION ALL
    SELECT first.case_id, looked.id FROM decisions_decision first JOIN quality_draw looked ON looked.decision_id = first.id
    WHERE first.case_id = ANY(%(cases)s::bigint[])
) drawn
JOIN quality_draw draw ON draw.id = drawn.id
JOIN quality_samplingplan plan ON plan.id = draw.plan_id
LEFT JOIN queues_queue queue ON queue.id = plan.queue_id
ORDER BY draw.id
"""
SHOWN = 50  # rows a page shows at most
IN_USE = 2_000  # golden cases to choose from at most


@dataclass(frozen=True)
class Inclusion:
    """With what probability (0 to 1) a case could come into the sample, in which stratum, under which plan."""

    stratum: str
    probability: float
    plan: str


def inclusion_of(case_ids: Iterable[int]) -> dict[int, Inclusion]:
    """How the cases came into the sample, those that did: the drawn decision's case and its second look alike.

    A case without an entry was not drawn. One query.
    """
    with connection.cursor() as cursor:
        cursor.execute(INCLUSIONS, {"cases": numbers(case_ids)})
        return {
            case: Inclusion(stratum, probability, f"{queue or 'every queue'} {number}")
            for case, stratum, probability, queue, number in cursor.fetchall()
        }


@dataclass(frozen=True)
class Vote:
    """One judgement of an item. `kind` is the purpose of the case it was given in, as in the tables."""

    decision_id: int
    outcome: str
    rule_codes: tuple[str, ...]
    kind: str


def votes_of(item_ids: Iterable[int]) -> dict[int, list[Vote]]:
    """Every judgement of each item that was not taken back, oldest first; those that only measure included.

    Who gave them is not told. One query.
    """
    rows = standing().filter(item_id__in=list(item_ids)).order_by("id")
    votes: dict[int, list[Vote]] = defaultdict(list)
    for item, pk, outcome, codes, purpose in rows.values_list(
        "item_id", "id", "outcome", "rule_codes", "purpose"
    ):
        votes[item].append(Vote(pk, outcome, tuple(codes), purpose))
    return dict(votes)


@dataclass(frozen=True)
class GoldenContent:
    """Items, and SHA-256 of texts and files, that are golden or were: nothing may ever be learned from them."""

    items: frozenset[int] = frozenset()
    texts: frozenset[str] = frozenset()
    media: frozenset[str] = frozenset()


def golden_content() -> GoldenContent:
    """All that is golden, retired ones included: some thousands, since people choose each. One query."""
    rows = list(Golden.objects.values_list("item_id", "text_sha256", "media_sha256"))
    return GoldenContent(
        frozenset(row[0] for row in rows),
        frozenset(row[1] for row in rows if row[1]),
        frozenset(row[2] for row in rows if row[2]),
    )


# Plans


def plans_in_force() -> dict[int | None, SamplingPlan]:
    """The newest plan of each queue that has one; under None the one for all others. One query."""
    newest = SamplingPlan.objects.select_related("created_by").order_by("queue_id", "-number")
    return {plan.queue_id: plan for plan in newest.distinct("queue_id")}


def plan_history(queue: Queue | None) -> list[SamplingPlan]:
    return list(
        SamplingPlan.objects.filter(queue=queue).select_related("created_by").order_by("-number")[:SHOWN]
    )


# Rules across versions


def identities_cited(decision_ids: Iterable[int]) -> dict[int, frozenset[Any]]:
    """Which rules each decision cites, as what they are whatever their code. One query."""
    cited: dict[int, set[Any]] = {pk: set() for pk in decision_ids}
    rows = DecisionRule.objects.filter(decision_id__in=list(cited))
    for decision, identity in rows.values_list("decision_id", "rule_version__identity"):
        cited[decision].add(identity)
    return {decision: frozenset(identities) for decision, identities in cited.items()}


WORDING = ("title", "description", "violating_examples", "allowed_examples", "actions", "questions")


def moved(identities: Collection[Any], *, one: int, other: int) -> set[Any]:
    """Those of the rules that do not stand in both guideline versions in the same words. One query."""
    if one == other:
        return set()
    words: dict[tuple[Any, int], tuple[Any, ...]] = {
        (row[0], row[1]): row[2:]
        for row in RuleVersion.objects.filter(
            identity__in=list(identities), version_id__in=[one, other]
        ).values_list("identity", "version_id", *WORDING)
    }
    return {
        identity
        for identity in identities
        if (identity, one) not in words or words.get((identity, one)) != words.get((identity, other))
    }


def identities_of(codes: Collection[str], version: int) -> set[Any]:
    """The rules that bear these codes in a guideline version."""
    return set(
        RuleVersion.objects.filter(version_id=version, code__in=codes).values_list("identity", flat=True)
    )


# Settling what two people decided differently


@dataclass(frozen=True)
class Said:
    """One judgement as others may read it: what and why, never by whom."""

    outcome: str
    outcome_label: str
    rule_codes: list[str]
    actions: list[str]
    because: list[str]
    confidence: str
    explanation: str
    note: str


def said_of(decision: Decision) -> Said:
    words = getattr(decision, "words", None)
    return Said(
        decision.outcome,
        str(decision.get_outcome_display()),
        list(decision.rule_codes),
        list(decision.actions),
        [RATIONALE[code] for code in decision.rationale if code in RATIONALE],
        decision.confidence,
        words.explanation if words else "",
        words.private_note if words else "",
    )


def both_sides(case: Case) -> list[Said]:
    """What the two people said, side by side; which came first is not told, and the order says nothing."""
    pair = (
        Adjudication.objects.filter(case=case)
        .select_related("comparison__first__words", "comparison__second__words")
        .first()
    )
    if pair is None:
        return []
    sides = [said_of(pair.comparison.first), said_of(pair.comparison.second)]
    return sides if pair.comparison_id % 2 else sides[::-1]


@dataclass(frozen=True)
class Unsettled:
    adjudication: Adjudication
    mine: bool


def unsettled(viewer: User) -> list[Unsettled]:
    """What waits to be settled, the most urgent first, and whether she may: never what she decided herself."""
    rows = (
        Adjudication.objects.filter(decision=None)
        .select_related("case__queue", "comparison")
        .defer("case__breakdown")
        .order_by("case__rank")[:SHOWN]
    )
    return [
        Unsettled(one, viewer.pk not in (one.comparison.first_rater_id, one.comparison.second_rater_id))
        for one in rows
    ]


def settled_lately() -> list[Adjudication]:
    """What was settled lately, newest first, and whether it is golden."""
    return list(
        Adjudication.objects.filter(decision__isnull=False)
        .select_related("decision", "case", "comparison", "golden")
        .defer("case__breakdown")
        .order_by("-settled_at")[:SHOWN]
    )


# Golden cases


@dataclass(frozen=True)
class Kept:
    golden: Golden
    given: int = 0
    right: int = 0
    experts: int = 0
    experts_right: int = 0


def golden_set(*, retired: bool = False) -> list[Kept]:
    """The golden cases with how they were answered, in sums; who answered is not told. Two queries."""
    rows = list(
        Golden.objects.filter(retired_at__isnull=not retired)
        .select_related("queue", "guideline_version", "added_by")
        .order_by("-id")[:SHOWN]
    )
    sums: dict[int, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    answers = GoldenCase.objects.filter(golden__in=rows, answered_at__isnull=False)
    for golden, expert, right in answers.values_list("golden_id", "expert", "right"):
        of = sums[golden]
        of[0] += 1
        of[1] += bool(right)
        of[2] += expert
        of[3] += expert and bool(right)
    return [Kept(row, *sums[row.pk]) for row in rows]


def golden_to_give(queue_ids: Collection[int]) -> dict[int, list[Golden]]:
    """Golden cases in use by queue, in the order of their numbers; none of which a copy is out. One query."""
    rows = (
        Golden.objects.filter(retired_at=None, queue_id__in=queue_ids)
        .exclude(given__case__state__in=[Case.State.WAITING, Case.State.PREPARING, Case.State.CLAIMED])
        .select_related("adjudication__comparison__first")
        .order_by("queue_id", "id")[:IN_USE]
    )
    found: dict[int, list[Golden]] = defaultdict(list)
    for row in rows:
        found[row.queue_id].append(row)
    return found


# Hers


@dataclass(frozen=True)
class Told:
    finding: Finding
    said: Said
    found_rules: list[str] = field(default_factory=list)


def findings_of(person: User) -> list[Told]:
    """What she is told of her own judgements, newest first. Nobody else is ever asked this of her."""
    rows = Finding.objects.filter(person=person).select_related("decision__words", "decision__case")
    rows = rows.defer("decision__words__evidence", "decision__case__breakdown").order_by("-id")
    return [Told(one, said_of(one.decision), list(one.rule_codes)) for one in rows[:SHOWN]]


def waiting_second_looks() -> QuerySet[Draw]:
    return Draw.objects.filter(case__state=Case.State.WAITING, void=None, comparison=None)
