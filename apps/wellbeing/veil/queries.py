"""Which veils are in force. The floor and her own wishes are read together, and the one that covers more wins."""

import json
from collections.abc import Mapping
from contextlib import nullcontext
from typing import Any

from django.db import DatabaseError, connection, transaction

from apps.accounts.models import User
from apps.statements import Statement
from apps.wellbeing.veil.ladder import KINDS, NAMES, START, STRICTEST, Veil
from apps.wellbeing.veil.models import PersonVeil, VeilFloor

IN_FORCE = Statement(
    "wellbeing_veils",
    """
    SELECT to_jsonb(floor), (SELECT jsonb_object_agg(own.kind, to_jsonb(own)) FROM wellbeing_personveil own
                             WHERE own.user_id = %(user)s AND own.exposure = floor.exposure)
    FROM wellbeing_veilfloor floor WHERE floor.exposure = %(exposure)s::smallint
    """,
)


def veils_in_force(user_id: int, exposure: int) -> dict[str, Veil]:
    """A person's veils by kind for content of an exposure level: one query.

    Without a floor, or where it cannot be read, the strictest.
    """
    try:
        # Inside somebody's transaction a failure must not take it along; a page has none.
        with transaction.atomic() if connection.in_atomic_block else nullcontext():
            row = IN_FORCE.run({"user": user_id, "exposure": exposure})
    except DatabaseError:
        if connection.connection is None or connection.connection.closed:
            raise
        row = None
    floor, own = row or (None, None)
    return veils_told(floor, own, exposure)


def veils_told(floor: Any, own: Any, exposure: int) -> dict[str, Veil]:
    """The veils by kind, of the two columns of `IN_FORCE` for this exposure. Without a floor, the strictest."""
    if floor is None:
        return dict.fromkeys(KINDS, STRICTEST)
    lowest, wishes = _veil(_json(floor)), _json(own) or {}
    return {
        kind: (_veil(wishes[kind]) if kind in wishes else START.get(exposure, STRICTEST)).over(lowest)
        for kind in KINDS
    }


def _json(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def _veil(row: Mapping[str, int]) -> Veil:
    return Veil(**{name: row[name] for name in NAMES})


def floors() -> dict[int, VeilFloor]:
    """The organisation's floor by exposure level."""
    return {floor.exposure: floor for floor in VeilFloor.objects.select_related("set_by")}


def own_veils(user: User) -> list[PersonVeil]:
    """What she set for herself, for her page and her export."""
    return list(PersonVeil.objects.filter(user=user).order_by("kind", "exposure"))
