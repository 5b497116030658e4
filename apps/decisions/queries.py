from collections.abc import Iterable

from django.db.models import Q, QuerySet
from django.utils.timezone import now

from apps.accounts.models import User
from apps.decisions.models import UNDO_WITHIN, Decision, Enforcement, Hold


def not_withdrawn(decision_ids: Iterable[int]) -> set[int]:
    """Those of the decisions that were not taken back."""
    ids = list(decision_ids)
    taken_back = Decision.objects.filter(supersedes__in=ids, withdraws=True).values_list(
        "supersedes_id", flat=True
    )
    return set(ids) - set(taken_back)


def standing() -> QuerySet[Decision]:
    """Every judgement that was not taken back, those that only measure included."""
    return Decision.objects.filter(withdraws=False).exclude(superseded_by__withdraws=True)


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
    """What is to be done to an item now: ordered, not reversed, and not taken back."""
    return (
        Enforcement.objects.filter(item_id=item_id, reverses=None)
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
