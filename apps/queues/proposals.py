"""A change of routing as it would be: what is there, what would be there, and how to save it."""

import copy
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from apps.accounts.models import User
from apps.guidelines.queries import in_force
from apps.queues.models import Queue, RoutingRule
from apps.queues.operations import editing
from apps.queues.operations.editing import RuleDraft, placed, stamp_of
from apps.queues.routing_words import conditions_in_words


@dataclass(frozen=True)
class Proposal:
    """`before` and `after` are whole routings in order. `rows`: (what, before, after) in words."""

    title: str
    before: list[RoutingRule]
    after: list[RoutingRule]
    rows: list[tuple[str, str, str]]
    write: Callable[..., Any]
    needs_version: bool = False

    @property
    def about(self) -> str:
        """Names this change of this routing, so that a count is never shown for another."""
        return hashlib.sha256(f"{stamp_of(self.before)}{stamp_of(self.after)}".encode()).hexdigest()[:24]

    @property
    def is_empty(self) -> bool:
        return not self.rows

    def save(self, *, actor: User, stamp: str, version: int | None) -> None:
        """Save it into the routing named by `stamp`. Raises EditedMeanwhile, RoutingChangedMeanwhile."""
        known = {"version": version} if self.needs_version else {}
        self.write(actor=actor, stamp=stamp, **known)


def add(rules: list[RoutingRule], draft: RuleDraft) -> Proposal:
    rule = _as_drafted(RoutingRule(position=0), draft)
    by_id = {known.pk: known for known in rules}
    order = placed(list(by_id), 0, draft.before)
    after = [by_id.get(pk, rule) for pk in order]
    rows = [(what, "–", now) for what, now in _words(rule)]
    rows.insert(1, ("Place", "–", f"{order.index(0) + 1} of {len(order)}"))
    return Proposal(
        f"Add the rule “{draft.name}”", rules, after, rows, partial(editing.add_rule, draft=draft)
    )


def change(rules: list[RoutingRule], rule: RoutingRule, draft: RuleDraft) -> Proposal:
    changed = _as_drafted(copy.copy(rule), draft)
    rows = [
        (what, was, now)
        for (what, was), (_, now) in zip(_words(rule), _words(changed), strict=True)
        if was != now
    ]
    after = [changed if known.pk == rule.pk else known for known in rules]
    write = partial(editing.edit_rule, rule_id=rule.pk, draft=draft)
    return Proposal(f"Change the rule “{rule.name}”", rules, after, rows, write, needs_version=True)


def reorder(rules: list[RoutingRule], order: Sequence[int]) -> Proposal:
    by_id = {known.pk: known for known in rules}
    after = [by_id[pk] for pk in order]
    rows = [
        (rule.name, f"asked {rules.index(rule) + 1}.", f"asked {place}.")
        for place, rule in enumerate(after, start=1)
        if rules[place - 1].pk != rule.pk
    ]
    return Proposal("Change the order", rules, after, rows, partial(editing.reorder_rules, order=order))


def _as_drafted(rule: RoutingRule, draft: RuleDraft) -> RoutingRule:
    rule.name, rule.conditions, rule.active = draft.name, draft.conditions, draft.active
    if rule.queue_id != draft.queue_id:
        rule.queue = Queue.objects.get(pk=draft.queue_id)
    return rule


def _words(rule: RoutingRule) -> list[tuple[str, str]]:
    words = conditions_in_words(rule.conditions, in_force())
    return [
        ("Name", rule.name),
        ("Goes to", rule.queue.name),
        ("When", "; ".join(words) or "every case"),
        ("Active", "yes" if rule.active else "no"),
    ]
