"""Authors and reporters, as a batch names them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from apps.intake.operations import statements as sql
from apps.statements import Statement

Key = tuple[str, str]  # source and external id
Facts = dict[str, Any]


@dataclass(frozen=True)
class Kind:
    """A kind of person: the facts kept of her, and the statements that read and write them."""

    facts: tuple[str, ...]
    known: Statement
    new: Statement
    changed: Statement


AUTHORS = Kind(
    ("handle", "followers", "public_figure"), sql.KNOWN_AUTHORS, sql.NEW_AUTHORS, sql.CHANGED_AUTHORS
)
REPORTERS = Kind(
    ("trusted_flagger", "paused_until"), sql.KNOWN_REPORTERS, sql.NEW_REPORTERS, sql.CHANGED_REPORTERS
)


def meet(kind: Kind, said: Iterable[tuple[Key, Facts]]) -> dict[Key, Facts]:
    """Everybody named, with her id and what is known of her now; what is said later counts.

    Somebody known as she is said to be is only read, so that a busy author's row is not locked by every batch.
    """
    named: dict[Key, Facts] = {}
    for key, facts in said:
        named.setdefault(key, {}).update(facts)
    if not named:
        return {}
    met: dict[Key, Facts] = {}
    wanted = {"sources": [source for source, _ in named], "names": [name for _, name in named]}
    for source, name, id, *stored in kind.known.rows(wanted):
        met[source, name] = {"id": id, **dict(zip(kind.facts, stored, strict=True))}
    changed = [
        {"id": known["id"], **named[key]}
        for key, known in met.items()
        if any(known[name] != fact for name, fact in named[key].items())
    ]
    if changed:
        sql.run(kind.changed, sorted(changed, key=lambda row: row["id"]))
    for key, known in met.items():
        known.update(named[key])
    new = [
        {"source": key[0], "external_id": key[1], **facts} for key, facts in named.items() if key not in met
    ]
    if new:
        for source, name, id in sql.run(kind.new, new):
            met[source, name] = {"id": id, **named[source, name]}
    return met
