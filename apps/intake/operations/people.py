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
    """A kind of person: the facts kept of her, and the statements that write them."""

    name: str
    facts: tuple[str, ...]
    new: Statement
    changed: Statement


AUTHORS = Kind("author", ("handle", "followers", "public_figure"), sql.NEW_AUTHORS, sql.CHANGED_AUTHORS)
REPORTERS = Kind("reporter", ("trusted_flagger", "paused_until"), sql.NEW_REPORTERS, sql.CHANGED_REPORTERS)
Known = dict[tuple[str, Key], Facts]


def look_up(authors: Iterable[Key], reporters: Iterable[Key]) -> Known:
    """(kind, key) → her id and what is known of her, of those that were named before; one query for both kinds."""
    wrote, told = list(dict.fromkeys(authors)), list(dict.fromkeys(reporters))
    if not wrote and not told:
        return {}
    asked = {
        "author_sources": [source for source, _ in wrote],
        "authors": [name for _, name in wrote],
        "reporter_sources": [source for source, _ in told],
        "reporters": [name for _, name in told],
    }
    known: Known = {}
    for kind, source, name, id, handle, followers, marked, paused in sql.KNOWN_PEOPLE.rows(asked):
        facts = (
            {"handle": handle, "followers": followers, "public_figure": marked}
            if kind == AUTHORS.name
            else {"trusted_flagger": marked, "paused_until": paused}
        )
        known[kind, (source, name)] = {"id": id, **facts}
    return known


def meet(kind: Kind, said: Iterable[tuple[Key, Facts]], known: Known) -> dict[Key, Facts]:
    """Everybody named, with her id and what is known of her now; what is said later counts.

    `known`: what `look_up` gave. Somebody known as she is said to be is only read, so that a busy author's row is not
    locked by every batch.
    """
    named: dict[Key, Facts] = {}
    for key, facts in said:
        named.setdefault(key, {}).update(facts)
    met: dict[Key, Facts] = {key: known[kind.name, key] for key in named if (kind.name, key) in known}
    changed = [
        {"id": before["id"], **named[key]}
        for key, before in met.items()
        if any(before[name] != fact for name, fact in named[key].items())
    ]
    if changed:
        sql.run(kind.changed, sorted(changed, key=lambda row: row["id"]))
    for key, before in met.items():
        before.update(named[key])
    new = [
        {"source": key[0], "external_id": key[1], **facts} for key, facts in named.items() if key not in met
    ]
    if new:
        for source, name, id in sql.run(kind.new, new):
            met[source, name] = {"id": id, **named[source, name]}
    return met
