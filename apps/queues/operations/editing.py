"""Changing queues and routing rules. Every change is an event with what was before and what is after.

Routing rules are read together, so they are changed one change at a time, under one lock, and only as the
person saw them: `stamp` names the whole routing she looked at, `version` the row she edited.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import Exists, Max, OuterRef
from django.utils.text import slugify

from apps.accounts.models import User
from apps.errors import Invalid
from apps.ledger.operations import record
from apps.queues.errors import EditedMeanwhile, QueueNeeded, RoutingChangedMeanwhile
from apps.queues.models import Case, Claim, Queue, RoutingRule
from apps.queues.queries import routing_rules

RESERVED_SLUGS = {"new", "routing", "milestones"}  # pages beside the queues' own


@dataclass(frozen=True)
class QueueDraft:
    """A queue as a supervisor wants it. `escalates_to` is the id of another queue."""

    name: str
    description: str = ""
    roles: Sequence[str] = ()
    skill: str = ""
    claim_minutes: int = 15
    escalates_to: int | None = None
    active: bool = True
    position: int = 0
    mixes: bool = True


@dataclass(frozen=True)
class RuleDraft:
    """A routing rule as a supervisor wants it. `before`: the id of the rule it goes ahead of; None: last."""

    name: str
    queue_id: int
    conditions: dict[str, Any] = field(default_factory=dict)
    active: bool = True
    before: int | None = None


def stamp_of(rules: Sequence[RoutingRule]) -> str:
    """A name for the whole routing as it is: changes with any rule, the order, or a queue switched on or off."""
    said = [
        [rule.pk, rule.version, rule.active, rule.queue_id, rule.queue.active, rule.conditions, rule.name]
        for rule in rules
    ]
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:24]


@transaction.atomic
def add_queue(*, actor: User, draft: QueueDraft) -> Queue:
    """Make a queue. Raises Invalid when the name is taken."""
    queue = Queue(slug=_free_slug(draft.name), **_columns(draft))
    _save(queue)
    record("queue.added", actor=actor, queue=queue.pk, after=_facts(queue))
    return queue


@transaction.atomic
def edit_queue(*, actor: User, queue: Queue, version: int, draft: QueueDraft) -> Queue:
    """Change a queue as it was at `version`. Raises EditedMeanwhile, QueueNeeded, Invalid.

    A queue is never deleted. It can be switched off when it is not the default, nothing is open in it and
    nothing escalates to it; the row lock makes a case on its way in wait or be seen.
    """
    # The queue it escalates to is locked with it, in one order: two that swap theirs never wait in a circle.
    wanted = {queue.pk, draft.escalates_to or queue.pk}
    locked = Queue.objects.select_for_update().filter(pk__in=wanted).order_by("pk")
    found = next(row for row in locked if row.pk == queue.pk)
    if found.version != version:
        raise EditedMeanwhile
    if found.active and not draft.active:
        _refuse_to_strand(found)
    before = _facts(found)
    for name, value in _columns(draft).items():
        setattr(found, name, value)
    if _facts(found) == before:
        return found
    found.version += 1
    _save(found)
    record("queue.edited", actor=actor, queue=found.pk, before=before, after=_facts(found))
    return found


def _refuse_to_strand(queue: Queue) -> None:
    """Nobody could claim what is left in a queue that is off, so nothing may be left."""
    waits = Case.objects.filter(lane=OuterRef("pk"), state=Case.State.WAITING)
    held = Claim.objects.filter(ended_at=None, case__queue=queue)
    prepared = Case.objects.filter(state=Case.State.PREPARING, queue=queue)
    if queue.lanes.filter(Exists(waits)).exists() or held.exists() or prepared.exists():
        raise QueueNeeded(
            "Cases are still open in this queue. Route new ones elsewhere, let these be decided or move them, "
            "then switch it off."
        )
    senders = list(
        Queue.objects.filter(escalates_to=queue).exclude(pk=queue.pk).values_list("name", flat=True)
    )
    if senders:
        raise QueueNeeded(f"Cases escalate to this queue from {', '.join(senders)}. Change that first.")


def _save(queue: Queue) -> None:
    """The database refuses; here its refusals become sentences."""
    try:
        with transaction.atomic():
            queue.save()
    except IntegrityError as refusal:
        if "queue_default_is_active" in str(refusal):
            raise QueueNeeded(
                "This is the default queue: what no rule matches goes here, so it stays switched on."
            ) from None
        if "name" in str(refusal) or "slug" in str(refusal):
            taken = [{"field": "name", "reason": "Another queue has this name."}]
            raise Invalid("Another queue has this name.", errors=taken) from None
        raise


def _free_slug(name: str) -> str:
    base = slugify(name)[:44] or "queue"
    taken = set(Queue.objects.filter(slug__startswith=base).values_list("slug", flat=True)) | RESERVED_SLUGS
    return (
        base if base not in taken else next(s for n in range(2, 10_000) if (s := f"{base}-{n}") not in taken)
    )


def _columns(draft: QueueDraft) -> dict[str, Any]:
    columns = asdict(draft)
    escalates_to = columns.pop("escalates_to")
    return {**columns, "roles": sorted(draft.roles), "escalates_to_id": escalates_to}


def _facts(queue: Queue) -> dict[str, Any]:
    names = (
        "name",
        "description",
        "roles",
        "skill",
        "claim_minutes",
        "escalates_to_id",
        "active",
        "position",
        "mixes",
    )
    return {name: getattr(queue, name) for name in names} | {"roles": sorted(queue.roles)}


@transaction.atomic
def add_rule(*, actor: User, stamp: str, draft: RuleDraft) -> RoutingRule:
    """Add a routing rule where it was wanted. Raises RoutingChangedMeanwhile."""
    rules = _lock_routing(stamp)
    rule = RoutingRule.objects.create(
        name=draft.name,
        queue_id=draft.queue_id,
        conditions=draft.conditions,
        active=draft.active,
        position=1 + (RoutingRule.objects.aggregate(last=Max("position"))["last"] or 0),
    )
    order = placed([known.pk for known in rules], rule.pk, draft.before)
    _write_order(order)
    record("routing.added", actor=actor, rule=rule.pk, after=rule_facts(rule), order=order)
    return rule


@transaction.atomic
def edit_rule(*, actor: User, rule_id: int, version: int, stamp: str, draft: RuleDraft) -> RoutingRule:
    """Change a rule as it was at `version`, in the routing as it was at `stamp`.

    Raises EditedMeanwhile when the rule itself was changed, RoutingChangedMeanwhile when another was.
    """
    _advisory_lock()
    rule = RoutingRule.objects.select_for_update().get(pk=rule_id)
    if rule.version != version:
        raise EditedMeanwhile
    _lock_routing(stamp)
    before = rule_facts(rule)
    rule.name, rule.queue_id = draft.name, draft.queue_id
    rule.conditions, rule.active = draft.conditions, draft.active
    if rule_facts(rule) == before:
        return rule
    rule.version += 1
    rule.save(update_fields=["name", "queue", "conditions", "active", "version"])
    record("routing.edited", actor=actor, rule=rule.pk, before=before, after=rule_facts(rule))
    return rule


@transaction.atomic
def reorder_rules(*, actor: User, stamp: str, order: Sequence[int]) -> None:
    """Put all rules into this order. Raises EditedMeanwhile when the routing is not as it was at `stamp`."""
    try:
        before = [rule.pk for rule in _lock_routing(stamp)]
    except RoutingChangedMeanwhile:
        raise EditedMeanwhile from None
    if sorted(order) != sorted(before):
        raise EditedMeanwhile
    if list(order) == before:
        return
    _write_order(order)
    record("routing.reordered", actor=actor, before=before, after=list(order))


def placed(order: Sequence[int], rule_id: int, before: int | None) -> list[int]:
    """The order with one rule more: ahead of `before`, or last."""
    place = order.index(before) if before in order else len(order)
    return [*order[:place], rule_id, *order[place:]]


def rule_facts(rule: RoutingRule) -> dict[str, Any]:
    return {
        "name": rule.name,
        "queue": rule.queue_id,
        "conditions": rule.conditions,
        "active": rule.active,
    }


def _lock_routing(stamp: str) -> list[RoutingRule]:
    """The rules in order, with nobody else changing them until this transaction ends."""
    _advisory_lock()
    rules = routing_rules()
    if stamp_of(rules) != stamp:
        raise RoutingChangedMeanwhile
    return rules


def _advisory_lock() -> None:
    # Not row locks: adding a rule must be kept out too, even where there is none yet.
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('queues'), hashtext('routing'))")


def _write_order(order: Sequence[int]) -> None:
    """Positions 1, 2, 3 …; the constraint on them is deferred, so they may pass each other."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE queues_routingrule rule SET position = wanted.position"
            " FROM unnest(%s::bigint[]) WITH ORDINALITY wanted (id, position)"
            " WHERE rule.id = wanted.id AND rule.position <> wanted.position",
            [list(order)],
        )
