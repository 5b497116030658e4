"""Reversing a set: everything that was decided from one cause, by one person, in one step."""

from django.db import transaction
from django.utils.timezone import now

from apps.accounts.models import User
from apps.decisions.errors import SayWhy, SetReversed
from apps.decisions.models import Decision, DecisionSet
from apps.decisions.operations.unattended import LeftToAPerson, Plan, lock_items, write_unattended
from apps.decisions.verdict import Verdict
from apps.ledger.operations import record
from apps.matching.models import Entry, Says
from apps.matching.operations import cluster_undecided, opine

AT_ONCE = 200


@transaction.atomic
def reverse_set(*, actor: User, set_id: int, why: str) -> None:
    """Reverse every decision of the set that still stands, and keep its cause from deciding anything more.

    From this moment the entry is disputed, or the cluster undecided; the decisions themselves follow in steps.
    What a person has decided anew since is left as it is. Raises SayWhy, SetReversed.
    """
    if not why.strip():
        raise SayWhy
    entry_id = DecisionSet.objects.values_list("entry_id", flat=True).get(pk=set_id)
    # The entry first, as whoever decides by it does: then the set.
    entry = Entry.objects.filter(pk=entry_id or 0).select_for_update(no_key=True).first()
    found = DecisionSet.objects.select_for_update(no_key=True).get(pk=set_id)
    if found.reversed_at is not None:
        raise SetReversed
    found.reversed_at, found.reversed_by, found.reversed_because = now(), actor, why.strip()[:300]
    found.save()
    if entry is not None and entry.purged_at is None:
        opine(actor=actor, entry_id=entry.pk, says=Says.NEGATIVE, why=why)
    if found.cluster_id is not None:
        cluster_undecided(cluster_id=found.cluster_id, actor_id=actor.pk)
    record(
        "decisions.set_reversed",
        actor=actor,
        set=found.pk,
        entry=found.entry_id,
        cluster=found.cluster_id,
        after=0,
    )


def reverse_members(*, set_id: int, after: int = 0) -> int:
    """Write the decisions that reverse those of a set, some at a time; how many. What is left is handed on by an event."""
    found = DecisionSet.objects.get(pk=set_id, reversed_at__isnull=False)
    members = list(found.decisions.filter(decision_id__gt=after).order_by("decision_id")[: AT_ONCE + 1])
    lock_items(
        Decision.objects.filter(pk__in=[one.decision_id for one in members]).values_list("item_id", flat=True)
    )
    reversed_now = 0
    for member in members[:AT_ONCE]:
        decision = Decision.objects.get(pk=member.decision_id)
        try:
            with transaction.atomic():
                write_unattended(_plan(decision, found))
            reversed_now += 1
        except LeftToAPerson:
            continue  # somebody decided it since, or is looking at it: hers is the last word
    if len(members) > AT_ONCE:
        record(
            "decisions.set_reversed",
            actor=found.reversed_by,
            set=set_id,
            after=members[AT_ONCE - 1].decision_id,
        )
    return reversed_now


def _plan(decision: Decision, found: DecisionSet) -> Plan:
    def agreed(head: Decision | None) -> str:
        return "" if head is not None and head.pk == decision.pk else "it was decided again since"

    return Plan(
        item_id=decision.item_id,
        revision=None,
        verdict=Verdict(outcome=Decision.Outcome.NO_VIOLATION),
        origin=Decision.Origin.AUTO,
        set_id=lambda: None,
        agreed=agreed,
        evidence={"reverses_set": {"set": found.pk, "decision": decision.pk}},
    )
