"""Decisions for a rules engine, as the actions it reads."""

from collections.abc import Iterable
from typing import Any

from apps.decisions.models import Decision
from apps.decisions.queries import decision_log
from apps.detectors.osprey import ENGINE, action_of, reviewed
from apps.intake.models import Flag


def actions_after(cursor: int, *, limit: int, everything: bool) -> tuple[list[dict[str, Any]], int]:
    """The next decisions as actions, oldest first, and where to go on.

    As with webhooks: what is held for a second person, or unsure, is not told; the decision that settles it is.
    Unless `everything`, only decisions on items that the engine flagged. Who decided is in none of it.
    """
    decisions = decision_log(after=cursor, limit=limit)
    if not decisions:
        return [], cursor
    keys = _keys({one.item_id for one in decisions})
    told = [
        action_of(one, reviewed(keys.get(one.item_id, [])))
        for one in decisions
        if one.outcome != Decision.Outcome.UNSURE and not one.held and (everything or one.item_id in keys)
    ]
    return told, decisions[-1].pk


def engine_actions(decisions: Iterable[Decision]) -> dict[int, dict[str, Any]]:
    """Decision → itself as an action for the engine, of decisions on items that it flagged. One query."""
    known = list(decisions)
    keys = _keys({one.item_id for one in known})
    return {one.pk: action_of(one, reviewed(keys[one.item_id])) for one in known if one.item_id in keys}


def _keys(item_ids: set[int]) -> dict[int, list[str]]:
    """Item → the keys of the engine's flags on it, of items that it flagged."""
    keys: dict[int, list[str]] = {}
    flags = Flag.objects.filter(item_id__in=item_ids, idempotency_key__startswith=f"{ENGINE}:")
    for item, key in flags.order_by("id").values_list("item_id", "idempotency_key"):
        keys.setdefault(item, []).append(key or "")
    return keys
