from collections.abc import Collection, Iterable
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils.timezone import now

from apps.accounts.models import User
from apps.decisions.models import UNDO_WITHIN, Decision, DecisionSet, Enforcement, Hold, MatchAudit
from apps.matching.models import Match, Says
from apps.matching.queries import opinions_on, prints_at
from apps.queues.models import Case

# Withdrawing decisions stand in the chain between a decision and what it really replaces.
SUPERSEDED = """
WITH RECURSIVE chain AS (
    SELECT later.id AS later_id, later.supersedes_id AS id, 1 AS depth
    FROM decisions_decision later WHERE later.id = ANY(%s)
    UNION ALL
    SELECT chain.later_id, earlier.supersedes_id, chain.depth + 1
    FROM chain JOIN decisions_decision earlier ON earlier.id = chain.id
    WHERE earlier.supersedes_id IS NOT NULL
)
SELECT DISTINCT ON (chain.later_id) chain.later_id, earlier.id
FROM chain JOIN decisions_decision earlier ON earlier.id = chain.id
WHERE NOT earlier.withdraws AND NOT earlier.held AND earlier.outcome <> 'unsure'
  AND NOT EXISTS (SELECT 1 FROM decisions_decision undo WHERE undo.supersedes_id = earlier.id AND undo.withdraws)
ORDER BY chain.later_id, chain.depth
"""


def not_withdrawn(decision_ids: Iterable[int]) -> set[int]:
    """Those of the decisions that were not taken back."""
    ids = list(decision_ids)
    taken_back = Decision.objects.filter(supersedes__in=ids, withdraws=True).values_list(
        "supersedes_id", flat=True
    )
    return set(ids) - set(taken_back)


def standing() -> QuerySet[Decision]:
    """Every judgement under the guidelines that was not taken back, those that only measure included.

    What was done only because local law asks for it is no judgement of ours: see `operations/by_law.py`.
    """
    judged = Decision.objects.filter(withdraws=False).exclude(purpose=Case.Purpose.AUTHORITY_REQUEST)
    return judged.exclude(superseded_by__withdraws=True)


def deciding() -> QuerySet[Decision]:
    """Every decision that decided something and was not taken back."""
    return standing().filter(measures=False)


def earlier_decisions(item_id: int, *, limit: int = 20) -> list[Decision]:
    """What was decided about an item, newest first, for the next person to read: who decided is a pseudonym."""
    return list(
        deciding().filter(item_id=item_id).select_related("decider", "words", "hold").order_by("-id")[:limit]
    )


def decision_log(*, after: int, limit: int) -> list[Decision]:
    """Decisions with an id above `after`, oldest first; those that can still be taken back are not yet there.

    Ids are given before commit, so a reader could pass over one still being written: the log ends where
    the undo time begins, and no transaction lasts that long.
    """
    return list(
        deciding()
        .filter(id__gt=after, decided_at__lt=now() - UNDO_WITHIN * 2)
        .select_related("item", "guideline_version", "words", "hold")
        .defer("guideline_version__principles", "guideline_version__actions")
        .prefetch_related("enforcements", "notices")
        .order_by("id")[:limit]
    )


def enforcements_in_force(item_id: int) -> QuerySet[Enforcement]:
    """What is to be done to an item now under the guidelines: ordered, not reversed, and not taken back."""
    return (
        Enforcement.objects.filter(item_id=item_id, reverses=None)
        .exclude(decision__purpose=Case.Purpose.AUTHORITY_REQUEST)
        .exclude(decision__superseded_by__withdraws=True)
        .exclude(
            Q(reversals__isnull=False)
            & Q(reversals__in=Enforcement.objects.exclude(decision__superseded_by__withdraws=True))
        )
    )


def recent_undoable(user: User) -> Decision | None:
    """Her last decision, if it can still be taken back."""
    last = Decision.objects.filter(decider=user, decided_at__gt=now() - UNDO_WITHIN).order_by("-id").first()
    if last is None or last.withdraws or Decision.objects.filter(supersedes=last).exists():
        return None
    return last


def author_history(author_id: int | None) -> dict[str, int]:
    """How often items of this author were decided, found to break a rule, and led to a strike."""
    if author_id is None:
        return {"prior_decisions": 0, "prior_violations": 0, "strikes": 0}
    decided = deciding().filter(item__author_id=author_id, held=False).exclude(outcome="unsure")
    outcomes = list(decided.values_list("outcome", "actions")[:500])
    return {
        "prior_decisions": len(outcomes),
        "prior_violations": sum(outcome == "violates" for outcome, _ in outcomes),
        "strikes": sum("strike" in actions for _, actions in outcomes),
    }


def pending_hold(decision_id: int) -> Hold | None:
    return (
        Hold.objects.filter(decision_id=decision_id, state=Hold.State.PENDING)
        .select_related("decision")
        .first()
    )


SETS_A_PAGE = 50
AUDITS_AT_ONCE = 20


def sets_page(*, after: int = 0) -> tuple[list[DecisionSet], int]:
    """Sets of decisions nobody made one by one, newest first, and the id to go on from (0: that is all)."""
    found = DecisionSet.objects.select_related("root", "reversed_by").order_by("-id")
    if after:
        found = found.filter(id__lt=after)
    rows = list(found[: SETS_A_PAGE + 1])
    return rows[:SETS_A_PAGE], rows[SETS_A_PAGE - 1].pk if len(rows) > SETS_A_PAGE else 0


def decisions_of_set(found: DecisionSet, *, after: int = 0) -> tuple[list[Decision], int]:
    """The decisions of a set, newest first, with what superseded them, a page at a time."""
    rows = Decision.objects.filter(in_set__set=found).select_related("superseded_by").order_by("-id")
    if after:
        rows = rows.filter(id__lt=after)
    page = list(rows[: SETS_A_PAGE + 1])
    return page[:SETS_A_PAGE], page[SETS_A_PAGE - 1].pk if len(page) > SETS_A_PAGE else 0


def audits_for(person: User) -> list[dict[str, Any]]:
    """Automatic decisions drawn to be looked over by this person: numbers and opinions, oldest first; never content."""
    open_now = MatchAudit.objects.filter(verdict="").exclude(added_by_id=person.pk).select_related("decision")
    audits = list(open_now.order_by("id")[:AUDITS_AT_ONCE])
    matches = Match.objects.select_related("entry__bank").in_bulk([audit.match_id for audit in audits])
    voices = opinions_on([match.entry_id for match in matches.values()])
    prints = prints_at([(match.item_id, match.revision, match.signal) for match in matches.values()])
    return [
        {
            "audit": audit,
            "match": match,
            "tally": [(Says(says).label.lower(), n) for says, n in sorted(voices[match.entry_id].items())],
            "print": prints.get((match.item_id, match.revision, match.signal), ""),
        }
        for audit in audits
        if (match := matches.get(audit.match_id))
    ]


def superseded_by(decision_ids: Collection[int]) -> dict[int, int]:
    """For each decision that replaced an earlier one that had been announced: that earlier one.

    What was held, unsure or taken back was never announced, so nothing replaces it.
    """
    with connection.cursor() as cursor:
        cursor.execute(SUPERSEDED, [list(decision_ids)])
        return dict(cursor.fetchall())


def deciders_of(item_id: int) -> list[int]:
    """Everybody who decided the item before and did not take it back."""
    decisions = Decision.objects.filter(item_id=item_id, withdraws=False, decider__isnull=False)
    return list(decisions.exclude(superseded_by__withdraws=True).values_list("decider_id", flat=True))
