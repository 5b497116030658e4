"""What was seen before, as a case shows it: matches, near-duplicates, and how items alike were decided. Never content."""

from collections import Counter
from typing import Any

from apps.decisions.models import Decision
from apps.intake.models import Item
from apps.matching.queries import cluster_of, items_like, matches_of

ALIKE_AT_MOST = 20  # newest items that matched the same entries


def seen_before(item: Item, *, matched: bool = True, clustered: bool = True) -> dict[str, Any]:
    """Matches, cluster, and the outcomes of the newest decisions on other items that matched the same entries."""
    matches = matches_of(item) if matched else []
    return {
        "matches": matches,
        "cluster": cluster_of(item) if clustered else None,
        "decided_alike": _decided_alike(item, [one["entry"].pk for one in matches]) if matches else [],
    }


def _decided_alike(item: Item, entries: list[int]) -> list[tuple[str, int]]:
    others = items_like(entries, but=item.pk, limit=ALIKE_AT_MOST)
    standing = Decision.objects.filter(item__in=others, withdraws=False, superseded_by=None)
    return sorted(Counter(decision.get_outcome_display() for decision in standing.only("outcome")).items())
