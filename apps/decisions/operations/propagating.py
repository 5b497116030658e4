"""One decision for near-duplicates: carried to those there are and to those that come, and never past a person's own."""

from typing import Any

from django.db import transaction
from django.utils.timezone import now

from apps.decisions.models import UNDO_WITHIN, Decision, DecisionSet
from apps.decisions.operations.unattended import (
    LeftToAPerson,
    Plan,
    for_the_item_alone,
    lock_items,
    write_unattended,
)
from apps.decisions.verdict import Verdict
from apps.intake.models import Item, Report
from apps.ledger.operations import record
from apps.matching.operations import ask_about, cluster_decided
from apps.matching.queries import (
    clusters_of,
    decided_clusters,
    differences,
    leads_without_decision,
    revisions_in_clusters,
)
from apps.queues.operations import refresh_cases
from apps.queues.queries import open_reviews_of

AT_ONCE = 200
SEEN_TOGETHER = {"author"}  # whoever decided was told how many others had posted it by then


def settle_cluster(decision_id: int) -> None:
    """A person's decision settled an item: if it is in a cluster, the cluster is decided so. Carrying it on is `carry`.

    Called once it can no longer be taken back. Held, unsure and demo decisions settle nothing.
    """
    decision = Decision.objects.filter(
        pk=decision_id, origin=Decision.Origin.HUMAN, held=False, demo=False, withdraws=False
    ).first()
    if decision is None or decision.outcome == Decision.Outcome.UNSURE:
        return
    if Decision.objects.filter(supersedes=decision).exists():
        return  # another was made since, and is carried in its turn
    cluster_id = clusters_of([decision.item_id]).get(decision.item_id)
    if cluster_id is None or revisions_in_clusters([decision.item_id]) != {
        decision.item_id: decision.item_revision
    }:
        return  # it stands alone, or became another than what its near-duplicates are like
    cluster_decided(
        cluster_id=cluster_id,
        decision_id=decision.pk,
        outcome=decision.outcome,
        actor_id=decision.decider_id,
        item_id=decision.item_id,
    )


def carry(*, cluster_id: int, decision_id: int, after: int = 0) -> int:
    """Carry a cluster's decision to its members, some at a time; how many were decided so.

    A member whose caption or language differs is left to a person. One that a person has decided, or holds, stays hers.
    Further members are handed on by an event, so that a flood is no long transaction.
    """
    if decided_clusters([cluster_id]).get(cluster_id) != decision_id:
        return 0
    root = Decision.objects.select_related("item", "words").get(pk=decision_id)
    members = list(
        Item.objects.filter(membership__cluster=cluster_id, membership__id__gt=after)
        .select_related("membership")
        .order_by("membership__id")[: AT_ONCE + 1]
    )
    rest = len(members) > AT_ONCE
    members = members[:AT_ONCE]
    decided = _carry_to(root, cluster_id, [item for item in members if item.pk != root.item_id])
    if rest:
        data: dict[str, Any] = {
            "cluster": cluster_id,
            "decision": decision_id,
            "after": members[-1].membership.pk,
        }
        record("cluster.carried_on", actor=None, item=root.item_id, **data)
    return decided


def carry_to_new(item_ids: list[int]) -> int:
    """Items have just joined clusters: where one is decided they are decided so at once, or a person is asked when author,
    language or caption differ; how many were decided."""
    clusters = clusters_of(item_ids)
    for lead in sorted(leads_without_decision(clusters.values()).values()):
        _settle_by(lead)
    decided = 0
    for cluster_id, decision_id in sorted(decided_clusters(clusters.values()).items()):
        root = Decision.objects.select_related("item", "words").get(pk=decision_id)
        joined = [
            item_id
            for item_id, cluster in clusters.items()
            if cluster == cluster_id and item_id != root.item_id
        ]
        members = list(Item.objects.filter(pk__in=joined).select_related("membership").order_by("pk"))
        decided += _carry_to(root, cluster_id, members)
    return decided


def _settle_by(lead: int) -> None:
    """The first item of a new cluster was decided while it stood alone: its newcomers are decided so."""
    decided = Decision.objects.filter(item=lead, superseded_by=None, decided_at__lt=now() - UNDO_WITHIN)
    newest = decided.select_related("item").order_by("-id").first()
    if newest is not None and newest.item_revision == newest.item.revision:
        settle_cluster(newest.pk)


def _carry_to(root: Decision, cluster_id: int, members: list[Item]) -> int:
    lock_items(item.pk for item in members)
    differ = differences(root.item, members)
    settled = _decided_otherwise(members)
    asked: list[int] = []
    decided = 0
    for item in members:
        if item.pk in settled:
            continue
        if root.outcome == Decision.Outcome.NO_VIOLATION and not _anything_to_settle(item.pk):
            continue
        why = ""
        told = SEEN_TOGETHER if item.membership.joined_at <= root.decided_at else set()
        if root.rule_codes and item.membership.asked == root.rule_codes:
            continue  # a person is asked already
        if differ[item.pk] - told:
            asked.append(item.pk)
            continue
        try:
            with transaction.atomic():
                write_unattended(_plan(root, cluster_id, item))
            decided += 1
        except LeftToAPerson as left:
            why = str(left)
        if why and why != DECIDED_ALREADY:
            asked.append(item.pk)
    if asked and root.outcome == Decision.Outcome.VIOLATES:
        ask_about(item_ids=asked, rules=list(root.rule_codes), decision_id=root.pk)
    elif asked:  # cases that had made way for the one that is decided come back
        refresh_cases(asked)
    return decided


DECIDED_ALREADY = "it was decided before"


def _decided_otherwise(members: list[Item]) -> set[int]:
    """Those that a person, or a match with a bank, has decided as they are now."""
    revisions = {item.pk: item.revision for item in members}
    standing = Decision.objects.filter(item__in=revisions, superseded_by=None, withdraws=False)
    decided = standing.exclude(origin=Decision.Origin.PROPAGATED).values_list("item_id", "item_revision")
    return {item_id for item_id, revision in decided if revisions[item_id] == revision}


def _anything_to_settle(item_id: int) -> bool:
    """Whether a decision that nothing is broken has anything to do: a report, a case, or an earlier decision."""
    carried = Decision.objects.filter(item=item_id, origin=Decision.Origin.PROPAGATED, superseded_by=None)
    reported = Report.objects.filter(item=item_id)
    return reported.exists() or open_reviews_of([item_id]).exists() or carried.exists()


def _plan(root: Decision, cluster_id: int, item: Item) -> Plan:
    actions = for_the_item_alone(root.actions)
    words = getattr(root, "words", None)
    verdict = Verdict(
        outcome=root.outcome,
        rules=tuple(root.rule_codes),
        actions=actions,
        rationale=tuple(root.rationale),
        parameters=words.parameters if words else {},
    )

    def agreed(head: Decision | None) -> str:
        if head is None or head.item_revision != item.revision:
            return ""
        mine = head.origin == Decision.Origin.PROPAGATED and (head.outcome, head.rule_codes) != (
            root.outcome,
            root.rule_codes,
        )
        return "" if mine else DECIDED_ALREADY

    member = item.membership
    return Plan(
        item_id=item.pk,
        revision=item.revision,
        verdict=verdict,
        origin=Decision.Origin.PROPAGATED,
        set_id=lambda: _set_of(root, cluster_id),
        agreed=agreed,
        evidence={
            "near_duplicate": {
                "cluster": cluster_id,
                "of": root.item_id,
                "decision": root.pk,
                "signal": member.signal,
                "distance": member.distance,
            }
        },
    )


def _set_of(root: Decision, cluster_id: int) -> int:
    code = root.rule_codes[0] if root.rule_codes else ""
    DecisionSet.objects.bulk_create(
        [DecisionSet(kind=DecisionSet.Kind.CLUSTER, cluster_id=cluster_id, root=root, rule_code=code)],
        ignore_conflicts=True,
    )
    return DecisionSet.objects.values_list("pk", flat=True).get(root=root)
