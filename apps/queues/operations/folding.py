"""Near-duplicates in like context wait as one case: the most urgent of them, or the one somebody has taken up."""

from collections.abc import Iterable

from django.db import transaction
from django.utils.timezone import now

from apps.intake.models import Item
from apps.ledger.operations import Entry, record_many, wait_for
from apps.matching.queries import differences
from apps.queues.models import Barred, Case
from apps.queues.queries import REVIEWS, case_facts

OPENS_CASES = "queues.cases"  # the subscriber that hears of what comes in
SEEN_TOGETHER = {
    "author"
}  # whoever decides is told of other authors; other words or another language are looked at alone


def cases_of_near_duplicates(items: list[Item], clusters: dict[int, int]) -> dict[int, int]:
    """Item id → the open case of a near-duplicate in like context that will be decided for it as well.

    `clusters`: item id → cluster id, of those that are in one.
    """
    if not clusters:
        return {}
    open_cases = _open_in(set(clusters.values()))
    found: dict[int, int] = {}
    for cluster_id, cases in open_cases.items():
        case = _stays(cases)
        members = [item for item in items if clusters.get(item.pk) == cluster_id]
        for item_id, differs in differences(case.item, members).items():
            if not differs - SEEN_TOGETHER:
                found[item_id] = case.pk
    return found


def waits_as(fresh: list[Case], clusters: dict[int, int]) -> dict[int, Case]:
    """Item id → which of these cases, none of them saved yet, will be decided for it as well: of near-duplicates in like
    context that are to be opened together only the most urgent is."""
    together: dict[int, list[Case]] = {}
    for case in fresh:
        if case.item_id in clusters:
            together.setdefault(clusters[case.item_id], []).append(case)
    found: dict[int, Case] = {}
    for cases in together.values():
        others = [case for case in cases if _may_make_way(case)]
        if len(cases) < 2 or not others:
            continue
        stays = min(cases, key=lambda case: (case.rank, case.item_id))
        for item_id, differs in differences(stays.item, [case.item for case in others]).items():
            if item_id != stays.item_id and not differs - SEEN_TOGETHER:
                found[item_id] = stays
    return found


def _may_make_way(case: Case) -> bool:
    """Whoever is owed a look at this very item gets it: an authority, or somebody whose notice has a clock of law."""
    return case.purpose != Case.Purpose.AUTHORITY_REQUEST and case.due_by is None


@transaction.atomic
def fold(cluster_ids: Iterable[int]) -> int:
    """Let the cases of near-duplicates in like context make way for one of them; how many did.

    A case that somebody holds is never taken from her: it makes way when it is back. Whoever is barred from one that makes
    way is barred from the one that stays, which shows her nearly the same. One that is being opened at this moment is
    waited for: whoever opens it may not have seen yet that its item is a near-duplicate.
    """
    wait_for(OPENS_CASES)
    folded = 0
    for cluster_id, cases in sorted(_open_in(set(cluster_ids), lock=True).items()):
        stays = _stays(cases)
        waiting = [
            case
            for case in cases
            if case.pk != stays.pk and case.state != Case.State.CLAIMED and _may_make_way(case)
        ]
        differ = differences(stays.item, [case.item for case in waiting])
        alike = [case for case in waiting if not differ[case.item_id] - SEEN_TOGETHER]
        for case in alike:
            case.state, case.closed_at, case.folded_into = Case.State.DONE, now(), stays.pk
            case.save(update_fields=["state", "closed_at", "ready_by", "folded_into"])
        _keep_barred(alike, stays)
        facts = {"unclaimed": True, "folded_into": stays.pk, "cluster": cluster_id}
        record_many(
            [
                Entry("case.closed", None, case.pk, case.item_id, data={**case_facts(case), **facts})
                for case in alike
            ]
        )
        folded += len(alike)
    return folded


def _keep_barred(cases: list[Case], stays: Case) -> None:
    barred = Barred.objects.filter(case__in=cases).order_by("user_id", "id")
    Barred.objects.bulk_create(
        [Barred(case=stays, user_id=user, why=why) for user, why in barred.values_list("user_id", "why")],
        ignore_conflicts=True,
    )


def _open_in(cluster_ids: set[int], *, lock: bool = False) -> dict[int, list[Case]]:
    """The open reviews of each cluster, locked in the order of their ids where asked to."""
    cases = Case.objects.filter(item__membership__cluster__in=cluster_ids, purpose__in=REVIEWS)
    cases = cases.exclude(state=Case.State.DONE).select_related("item__membership").order_by("id")
    if lock:
        cases = cases.select_for_update(of=("self",), no_key=True)
    found: dict[int, list[Case]] = {}
    for case in cases:
        found.setdefault(case.item.membership.cluster_id, []).append(case)
    return found


def _stays(cases: list[Case]) -> Case:
    return min(cases, key=lambda case: (case.state != Case.State.CLAIMED, case.rank, case.pk))
