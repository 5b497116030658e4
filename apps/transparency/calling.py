"""The public database's API. Batches of at most 100, taken whole or not at all.

What it refuses it says in one of two ways, never both. First every statement is held against the schema, and what breaks it
is named by its place: `{"errors": {"statement_3": {"field": ["why"]}}}`. Only then are identifiers looked at, and those it
has already are named themselves: `{"errors": {"puid": ["not unique"], "existing_puids": ["rq-7"]}}`.
"""

import re
import ssl
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import httpx
from django.conf import settings

SECONDS = 30.0
PLACE = re.compile(r"statements?[._](\d+)(?:\.(.+))?")
TAKEN = re.compile(r"(?i)already|taken|exist|not unique")
NOBODY_NAMED = "422 without a statement named"


@dataclass
class Answer:
    """What came of a batch: `taken` when all of it is in the database, else which places of it were there before
    (`known`), which were `refused` and why, or why nothing came (`error`). Whatever is in none of them goes again."""

    taken: bool = False
    known: set[int] = field(default_factory=set)
    refused: dict[int, list[dict[str, str]]] = field(default_factory=dict)
    error: str = ""


def post(bodies: Sequence[dict[str, Any]]) -> Answer:
    """Send a batch. A 422 that names no statement of it refuses nothing that could be said: all of it waits."""
    try:
        answer = httpx.post(
            settings.DSA_API_URL.rstrip("/") + "/api/v1/statements",
            json={"statements": list(bodies)},
            headers={"Authorization": f"Bearer {settings.DSA_API_TOKEN}", "Accept": "application/json"},
            timeout=SECONDS,
            verify=trusted(),
        )
    except httpx.HTTPError as trouble:
        return Answer(error=type(trouble).__name__)
    if answer.status_code == 201:
        return Answer(taken=True)
    if answer.status_code == 422:
        said = errors_of(answer)
        known = read_known(said, [body["puid"] for body in bodies])
        refused = read_refusals(said, len(bodies))
        known |= {place for place, reasons in refused.items() if known_already(reasons)}
        refused = {place: reasons for place, reasons in refused.items() if place not in known}
        return Answer(known=known, refused=refused, error="" if refused or known else NOBODY_NAMED)
    return Answer(error=f"{answer.status_code}")


@cache
def trusted() -> ssl.SSLContext:
    """Whom to trust, read once: reading it takes longer than all else that is done for a batch here."""
    return httpx.create_ssl_context()


def errors_of(answer: httpx.Response) -> dict[str, Any]:
    """What a 422 says under `errors`; empty when it cannot be read."""
    try:
        said = answer.json()["errors"]
    except (ValueError, KeyError, TypeError):
        return {}
    return said if isinstance(said, dict) else {}


def read_known(said: dict[str, Any], puids: Sequence[str]) -> set[int]:
    """Places of the batch whose identifiers the database has already: an answer of before was lost on the way.

    It also says so of one that another call holds at that moment. That lasts 30 seconds at most, and nothing is sent a
    second time so soon (`FIRST_WAIT`), so what is named is there.
    """
    named = said.get("existing_puids")
    names = named.values() if isinstance(named, dict) else named if isinstance(named, list) else ()
    there = set(map(str, names))
    return {place for place, puid in enumerate(puids) if puid in there}


def read_refusals(said: dict[str, Any], size: int) -> dict[int, list[dict[str, str]]]:
    """By place in the batch: which fields were refused and why. One statement alone is meant without being named."""
    found: dict[int, list[dict[str, str]]] = {}
    for name, told in said.items():
        place = PLACE.fullmatch(name)
        number = int(place[1]) if place else 0 if size == 1 and name != "existing_puids" else -1
        if 0 <= number < size:
            fields = told if isinstance(told, dict) else {(place and place[2]) or name: told}
            for one, why in fields.items():
                words = why if isinstance(why, list) else [why]
                found.setdefault(number, []).append(
                    {"field": str(one), "reason": " ".join(map(str, words))[:500]}
                )
    return found


def known_already(reasons: Sequence[dict[str, str]]) -> bool:
    """Whether it was refused for nothing but being there, in words."""
    return bool(reasons) and all(one["field"] == "puid" and TAKEN.search(one["reason"]) for one in reasons)
