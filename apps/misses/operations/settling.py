"""From decisions to misses: which violations were found late, and what the evidence says of why."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db import connection, transaction
from django.utils.timezone import now

from apps.decisions.models import Decision
from apps.intake.models import Flag
from apps.ledger.operations import Entry, record_many
from apps.misses.evidence import Known, Score, facts, suggest
from apps.misses.models import Miss, ScoredRule
from apps.misses.operations.sums import Days
from apps.misses.queries import Late, effective_views, late_of, standing_of, unclear_cases
from apps.misses.questions import questions
from apps.queues.queries import milestones_in_force

# Of most items nothing was ever violated: they are left out before anything else is read.
CONCERNED = """
    SELECT item_id FROM misses_miss WHERE item_id = ANY(%(items)s)
    UNION
    SELECT item_id FROM decisions_decision
    WHERE item_id = ANY(%(items)s) AND outcome = 'violates' AND ground = 'guideline' AND NOT withdraws AND NOT held
    ORDER BY item_id
"""


@transaction.atomic
def settle(item_ids: Iterable[int]) -> list[int]:
    """Make, change or drop the misses of these items, as their decisions stand now; ids of those that are new.

    Works from the decisions themselves, so that it may be called again, in any order, and for any item. What a person
    confirmed stays. One settling at a time; the number of queries does not grow with the number of items.
    """
    ids = sorted(set(item_ids))
    if not ids:
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('misses'), hashtext('settle'))")
        cursor.execute(CONCERNED, {"items": ids})
        ids = [row[0] for row in cursor.fetchall()]
    if not ids:
        return []
    decisions, milestones = standing_of(ids), milestones_in_force()
    late = {pk: found for pk in ids if (found := late_of(decisions.get(pk, []), milestones))}
    there = {
        (miss.item_id, miss.item_revision): miss
        for miss in Miss.objects.filter(item__in=ids).order_by("pk").select_for_update(no_key=True)
    }
    days = Days()
    entries = _drop(decisions, there, late, days)
    fresh: list[Miss] = []
    views = effective_views(list(late))
    known = _known(late)
    for pk, found in late.items():
        first = found.decision
        miss = there.get((pk, first.item_revision))
        if miss is None:
            miss = Miss(item_id=pk, item_revision=first.item_revision)
            fresh.append(miss)
        else:
            days.count(miss, -1)
        miss.decision, miss.found_by, miss.found_at = first, found.found_by, first.decided_at
        miss.rule_codes, miss.language, miss.posted_at = (
            first.rule_codes,
            first.language,
            first.item.posted_at,
        )
        miss.views = views.get(pk, first.views_at_decision)
        miss.suggested, miss.evidence = suggest(known[pk]), facts(known[pk])
        miss.stands_as, miss.dropped_at = miss.cause or miss.suggested, None
        days.count(miss, 1)
        if miss.pk:
            miss.save()
    Miss.objects.bulk_create(fresh)
    days.write()
    entries += [
        Entry(
            "miss.found", None, miss.decision.case_id, miss.item_id,
            data={"miss": miss.pk, "found_by": miss.found_by, "suggested": miss.suggested, "decision": miss.decision_id},
        )
        for miss in fresh
    ]  # fmt: skip
    record_many(entries)
    return [miss.pk for miss in fresh]


def _drop(
    decisions: dict[int, list[Decision]],
    there: dict[tuple[int, int], Miss],
    late: dict[int, Late],
    days: Days,
) -> list[Entry]:
    """Misses whose violation does not stand any more are kept, and count no more."""
    entries = []
    for (pk, revision), miss in there.items():
        if miss.dropped_at is not None or (pk in late and late[pk].decision.item_revision == revision):
            continue
        of_it = [one for one in decisions.get(pk, []) if one.item_revision == revision]
        if of_it and of_it[-1].outcome == "violates":
            continue  # an earlier version of the item, judged as it was
        days.count(miss, -1)
        miss.dropped_at = now()
        miss.save(update_fields=["dropped_at"])
        entries.append(Entry("miss.dropped", None, None, pk, data={"miss": miss.pk}))
    return entries


def _known(late: dict[int, Late]) -> dict[int, Known]:
    """Everything the suggestions rest on, for a batch."""
    ids = list(late)
    scores = _scores(late)
    covered: dict[str, set[str]] = defaultdict(set)
    codes = {code for found in late.values() for code in found.decision.rule_codes}
    for code, language in ScoredRule.objects.filter(rule_code__in=codes).values_list("rule_code", "language"):
        covered[code].add(language)
    unclear = unclear_cases([one.case_id for found in late.values() for one in found.before])
    nearest = questions.nearest_hash(ids) if ids else {}
    rising = questions.rising(ids) if ids else {}
    return {
        pk: Known(
            rules=found.decision.rule_codes,
            language=found.decision.language,
            cleared=any(one.outcome == "no_violation" for one in found.before),
            unclear=any(one.outcome == "unsure" or one.case_id in unclear for one in found.before),
            scores=tuple(scores.get(pk, ())),
            covered=frozenset().union(*(covered[code] for code in found.decision.rule_codes)),
            nearest=nearest.get(pk, {}),
            rising=rising.get(pk, {}),
        )
        for pk, found in late.items()
    }


def _scores(late: dict[int, Late]) -> dict[int, list[Score]]:
    """Each detector's newest scores of each item; and remember which rules are scored in which language."""
    newest = (
        Flag.objects.filter(item__in=list(late))
        .order_by("item", "detector", "-id")
        .distinct("item", "detector")
        .values_list("item", "item_revision", "detector", "scores")
    )
    found: dict[int, list[Score]] = defaultdict(list)
    scored = set()
    for pk, revision, detector, scores in newest:
        for one in scores:
            scored.add((one["rule"], late[pk].decision.language, detector))
            if revision == late[pk].decision.item_revision:
                found[pk].append(_score(detector, one))
    ScoredRule.objects.bulk_create(
        [
            ScoredRule(rule_code=rule, language=language, detector=name)
            for rule, language, name in sorted(scored)
        ],
        ignore_conflicts=True,
    )
    return found


def _score(detector: str, one: dict[str, Any]) -> Score:
    threshold = one.get("threshold")
    return Score(detector, one["rule"], float(one["score"]), None if threshold is None else float(threshold))
