"""The words of a letter that are filled in: which there are, and which a kind of letter cannot do without."""

import re
from collections.abc import Mapping

MEANING = {
    "reference": "their own reference, or ours when they gave none",
    "sender": "the authority",
    "item": "where the item is",
    "reasons": "what is written for this letter",
    "country": "the country in which it is withheld",
    "basis": "the legal basis they named",
    "appeal": "how it can be contested: the link, and until when",
}
REQUIRED: dict[str, tuple[str, ...]] = {
    "received": ("reference", "sender"),
    "clarify": ("reference", "item", "reasons"),
    "push_back": ("reference", "item", "reasons"),
    "refuse": ("reference", "item", "reasons"),
    "acted": ("reference", "item", "country"),
    "author": ("country", "basis", "appeal"),
}
PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


def missing(kind: str, body: str) -> list[str]:
    """The placeholders a letter of this kind needs and does not have, in a fixed order."""
    there = set(PLACEHOLDER.findall(body))
    return [name for name in REQUIRED[kind] if name not in there]


def unknown(body: str) -> list[str]:
    """What stands in braces and means nothing."""
    return sorted(set(PLACEHOLDER.findall(body)) - MEANING.keys())


def fill(body: str, words: Mapping[str, str]) -> str:
    """The text with its placeholders filled, each once: braces in what is filled in stay what they are."""
    return PLACEHOLDER.sub(lambda found: words.get(found[1], found[0]), body)
