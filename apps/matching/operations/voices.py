"""Who acts on a bank: a person, a program by its machine key, or neither (a command, an exchange)."""

from typing import Any

from apps.accounts.models import MachineKey, User

Actor = User | MachineKey


def by(actor: Actor | None) -> dict[str, Any]:
    """Who did it, as the ledger is told."""
    return {"actor": None, "key": actor.pk} if isinstance(actor, MachineKey) else {"actor": actor}


def of(actor: Actor | None, person: str = "person") -> dict[str, Any]:
    """Who did it, as columns of a row."""
    return {"key_id": actor.pk} if isinstance(actor, MachineKey) else {f"{person}_id": actor and actor.pk}
