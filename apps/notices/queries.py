"""The wordings in force: kept in the process, looked up again every few seconds."""

import time
from dataclasses import dataclass

from apps.notices.models import NEEDS, NoticeTemplate
from apps.notices.phrases import LANGUAGES
from apps.notices.starter import STARTER

KNOWN_FOR = 5.0  # seconds


@dataclass(frozen=True)
class Wording:
    """A template in force. Number 1 is the house's own."""

    kind: str
    language: str
    number: int
    text: str


_known: tuple[dict[tuple[str, str], Wording], float] | None = None


def wording(kind: str, language: str) -> Wording:
    """The template in force for a kind of notice in one of the languages there are. Usually no query."""
    return wordings()[kind, language]


def wordings() -> dict[tuple[str, str], Wording]:
    """Every template in force, by kind and language; one small query every few seconds."""
    global _known
    known = _known
    if known is None or known[1] < time.monotonic():
        found = {
            (kind, language): Wording(kind, language, 1, STARTER[kind][language])
            for kind in NEEDS
            for language in LANGUAGES
        }
        newest = NoticeTemplate.objects.order_by("kind", "language", "-number").distinct("kind", "language")
        for row in newest:
            found[row.kind, row.language] = Wording(row.kind, row.language, row.number, row.text)
        _known = known = (found, time.monotonic() + KNOWN_FOR)
    return known[0]


def forget() -> None:
    """Look the templates up again at the next question."""
    global _known
    _known = None


def history(kind: str, language: str) -> list[NoticeTemplate]:
    """The newest published wordings of one template; the house's own comes before them all."""
    found = NoticeTemplate.objects.filter(kind=kind, language=language).select_related("published_by")
    return list(found.order_by("-number")[:20])
