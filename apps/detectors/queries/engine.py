"""Decisions for a rules engine, as the actions it reads."""

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
    keys: dict[int, list[str]] = {}
    flags = Flag.objects.filter(
        item_id__in={one.item_id for one in decisions}, idempotency_key__startswith=f"{ENGINE}:"
    )
    for item, key in flags.order_by("id").values_list("item_id", "idempotency_key"):
        keys.setdefault(item, []).append(key or "")
    told = [
        action_of(one, reviewed(keys.get(one.item_id, [])))
        for one in decisions
        if one.outcome != Decision.Outcome.UNSURE and not one.held and (everything or one.item_id in keys)
    ]
    return told, decisions[-1].pk
