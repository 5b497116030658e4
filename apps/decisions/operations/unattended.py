"""Decisions written without anybody looking at the item: what they all have in common."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.db.models.functions import Collate
from django.utils.timezone import now

from apps.decisions.errors import InvalidVerdict
from apps.decisions.evidence import Evidence, take
from apps.decisions.models import Decision, DecisionInSet
from apps.decisions.operations.writing import Draft, write
from apps.decisions.verdict import ACCOUNT_ACTIONS, Verdict, check, hold_because
from apps.guidelines.queries import in_force
from apps.intake.models import Item
from apps.ledger.operations import record_many
from apps.matching.queries import clusters_of
from apps.queues.models import Case
from apps.queues.operations import close_unattended, refresh_cases, take_unattended
from apps.queues.queries import REVIEWS, in_no_case


class LeftToAPerson(Exception):
    """Why this is not for a program to decide. Nothing was written."""


@dataclass(frozen=True)
class Plan:
    """A decision about to be written for an item at one revision, and the set it belongs to.

    `agreed` is asked last, under the item's lock, with the item's newest standing decision or None: a sentence says why not.
    """

    item_id: int
    revision: int | None
    verdict: Verdict
    origin: str
    set_id: Callable[[], int | None]
    agreed: Callable[[Decision | None], str]
    evidence: dict[str, Any] = field(default_factory=dict)


def lock_items(item_ids: Iterable[int]) -> None:
    """Lock many items with their open cases, each kind in the order in which all who lock several do: cases by id, items by
    source and name, as intake does when it takes in a batch. What decides them one by one then waits for nobody."""
    ids = sorted(set(item_ids))
    cases = Case.objects.filter(item__in=ids, purpose__in=REVIEWS).exclude(
        state=Case.State.DONE, folded_into=None
    )
    list(cases.order_by("id").select_for_update(no_key=True, of=("self",)).values_list("id"))
    named = Item.objects.filter(pk__in=ids).order_by(Collate("source", "C"), Collate("external_id", "C"))
    list(named.select_for_update(no_key=True).values_list("id"))


def for_the_item_alone(actions: Sequence[str]) -> list[str]:
    """Likeness is not identity: what strikes the account needs a person, or the very same file."""
    return [action for action in actions if action not in ACCOUNT_ACTIONS]


def write_unattended(plan: Plan) -> int:
    """Write it, close the item's case and put it into its set; the decision's id. The caller is in a transaction.

    Locks: case, item, then what `agreed` asks. Raises LeftToAPerson when somebody holds the case, when the rule asks for a second
    person, when the guidelines in force do not carry it, or when `agreed` says no.
    """
    at = now()
    edition, verdict = in_force(at), plan.verdict
    try:
        check(verdict, edition)
    except InvalidVerdict as refusal:
        raise LeftToAPerson(
            f"the guidelines in force do not carry it: {refusal.errors[0]['reason']}"
        ) from None
    unattended = take_unattended(item_id=plan.item_id, rules=list(verdict.rules), at=at)
    if unattended is None:
        raise LeftToAPerson("a person is looking at it")
    evidence: Evidence = take(plan.item_id)
    if plan.revision is not None and evidence.revision != plan.revision:
        raise LeftToAPerson("it has changed since")
    if verdict.outcome == "violates" and (
        why := hold_because(verdict, edition, public_figure=evidence.public_figure)
    ):
        raise LeftToAPerson(f"it needs two people: {why}")
    head = Decision.objects.filter(pk=evidence.head, withdraws=False).first() if evidence.head else None
    if why := plan.agreed(head):
        raise LeftToAPerson(why)
    decision_id, entries = write(
        Draft(
            case=unattended.case,
            claim_id=None,
            decider_id=None,
            verdict=verdict,
            edition=edition,
            evidence=replace(evidence, snapshot={**evidence.snapshot, **plan.evidence}),
            held=False,
            revealed=False,
            at=at,
            origin=plan.origin,
            closes=unattended.waited,
        )
    )
    close_unattended(unattended.case, rules=list(verdict.rules), at=at)
    record_many([*unattended.entries, *entries])
    if plan.origin == Decision.Origin.AUTO and unattended.waited and not unattended.entries:
        _let_others_come_back(unattended.case)
    if (set_id := plan.set_id()) is not None:
        DecisionInSet.objects.create(set_id=set_id, decision_id=decision_id)
    return decision_id


def _let_others_come_back(case: Case) -> None:
    """A machine's decision says nothing of near-duplicates that waited as this case: they wait again."""
    made_way = Case.objects.filter(folded_into=case.pk).values_list("item_id", flat=True)
    if items := {*made_way, *in_no_case(clusters_of([case.item_id]).values())} - {case.item_id}:
        refresh_cases(items)
