"""Machine keys: given once, kept as a hash, looked up on every request of a program."""

import hashlib
import secrets
import time
from collections.abc import Sequence

from django.db import transaction
from django.utils.timezone import now

from apps.accounts.models import MachineKey, User
from apps.ledger.operations import record

REMEMBERED_SECONDS = 10  # a revoked key opens nothing after this
REMEMBERED_AT_MOST = 1_000

_remembered: dict[str, tuple[float, MachineKey]] = {}


@transaction.atomic
def issue(
    name: str, scopes: Sequence[str], *, rate_per_minute: int | None = None, actor: User | None = None
) -> str:
    """Make a key and return it. This is the only time it can be read: the database keeps its SHA-256."""
    token = f"rq_{secrets.token_urlsafe(32)}"
    own = {"rate_per_minute": rate_per_minute} if rate_per_minute else {}
    key = MachineKey.objects.create(
        name=name, hash=_hash(token), hint=token[:8], scopes=sorted(set(scopes)), **own
    )
    record("key.issued", actor=actor, key=key.pk, scopes=key.scopes)
    return token


@transaction.atomic
def revoke(key: MachineKey, *, actor: User | None = None) -> None:
    """Close a key for good. Processes that remember it forget it within 10 s."""
    if MachineKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=now()):
        record("key.revoked", actor=actor, key=key.pk)
    _remembered.pop(key.hash, None)


def find(token: str) -> MachineKey | None:
    """The key in force with this token. A found key is remembered for 10 s, an unknown one never."""
    hash = _hash(token)
    until, key = _remembered.get(hash, (0.0, None))
    if key is not None and until > time.monotonic():
        return key
    _remembered.pop(hash, None)
    found = MachineKey.objects.filter(hash=hash, revoked_at=None).first()
    if found is not None:
        if len(_remembered) >= REMEMBERED_AT_MOST:
            _remembered.clear()
        _remembered[hash] = (time.monotonic() + REMEMBERED_SECONDS, found)
    return found


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()
