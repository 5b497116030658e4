"""The public database's API. Batches of at most 100; what it refuses it names by its place in the batch."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx
from django.conf import settings

SECONDS = 30.0
PLACE = re.compile(r"statements?[._](\d+)(?:\.(.+))?")
TAKEN = re.compile(r"(?i)puid.*(already|taken|exist)|identifier.*(already|taken)")


@dataclass
class Answer:
    """What came of a batch: `taken` when all of it is in the database, else what was refused, or why nothing came."""

    taken: bool = False
    refused: dict[int, list[dict[str, str]]] = field(default_factory=dict)
    error: str = ""


def post(bodies: Sequence[dict[str, Any]]) -> Answer:
    """Send a batch. A 422 names statements by their place; one that names none refuses nothing that could be said."""
    try:
        answer = httpx.post(
            settings.DSA_API_URL.rstrip("/") + "/api/v1/statements",
            json={"statements": list(bodies)},
            headers={"Authorization": f"Bearer {settings.DSA_API_TOKEN}", "Accept": "application/json"},
            timeout=SECONDS,
        )
    except httpx.HTTPError as trouble:
        return Answer(error=type(trouble).__name__)
    if answer.status_code == 201:
        return Answer(taken=True)
    if answer.status_code == 422:
        refused = read_refusals(answer, len(bodies))
        return Answer(refused=refused, error="" if refused else "422 without a statement named")
    return Answer(error=f"{answer.status_code}")


def read_refusals(answer: httpx.Response, size: int) -> dict[int, list[dict[str, str]]]:
    """By place in the batch: which fields were refused and why. `{"errors": {"statement_3": {"field": ["why"]}}}`."""
    try:
        errors = answer.json()["errors"]
        items = list(errors.items())
    except (ValueError, KeyError, TypeError, AttributeError):
        return {}
    found: dict[int, list[dict[str, str]]] = {}
    for name, said in items:
        place = PLACE.fullmatch(str(name))
        number = int(place[1]) if place else 0 if size == 1 else -1
        if 0 <= number < size:
            fields = said if isinstance(said, dict) else {(place and place[2]) or str(name): said}
            for one, why in fields.items():
                told = why if isinstance(why, list) else [why]
                found.setdefault(number, []).append(
                    {"field": str(one), "reason": " ".join(map(str, told))[:500]}
                )
    return found


def known_already(reasons: Sequence[dict[str, str]]) -> bool:
    """Whether it was refused for nothing but being there: an answer of before was lost on the way."""
    return bool(reasons) and all(
        one["field"] == "puid" and TAKEN.search("puid " + one["reason"]) for one in reasons
    )
