"""Reading guidelines in a language: each text in the newest translation of it, and in its own words where there is none.

An edition never changes, its translations do: what is kept in the process is asked for anew after a few seconds.
"""

import hashlib
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock
from types import MappingProxyType
from typing import Any, Protocol

from django.db.models import Count, Max

from apps.guidelines.models import Translation
from apps.guidelines.queries import Edition, in_force
from apps.guidelines.queries import Rule as SourceRule
from apps.guidelines.search import Found, Index

KNOWN_FOR = 5.0  # seconds
NAMES = {"en": "English", "km": "ភាសាខ្មែរ", "vi": "Tiếng Việt"}
RULE_FIELDS = ("title", "description", "violating_examples", "allowed_examples")
POLICY_FIELDS = ("title", "description")
SET_FIELDS = ("title", "principles", "actions")


class Worded(Protocol):
    """Anything with a rule's words: a rule of an edition, or a row of a version."""

    title: str
    description: str


def source_of(kind: str, thing: Any) -> dict[str, Any]:
    """The words of a rule, a policy or an edition that a translation is of."""
    if kind == Translation.Kind.RULE:
        return {
            "title": thing.title,
            "description": thing.description,
            "violating_examples": list(thing.violating_examples),
            "allowed_examples": list(thing.allowed_examples),
        }
    if kind == Translation.Kind.POLICY:
        return {"title": thing.title, "description": thing.description}
    return {
        "title": thing.title,
        "principles": list(thing.principles),
        "actions": {code: action.title for code, action in sorted(thing.actions.items())},
    }


def fingerprint(source: Mapping[str, Any]) -> str:
    """SHA-256 of the words: equal when every word is, whichever version holds them."""
    return hashlib.sha256(json.dumps(source, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Text:
    """A rule or policy in one language.

    `missing` names the fields that are in the source's own words: never translated, or reworded since. `newer` names
    those reworded since; of a list that is so only in part, `newer_examples` holds the entries in their own words.
    """

    code: str
    language: str
    title: str
    description: str
    violating_examples: tuple[str, ...] = ()
    allowed_examples: tuple[str, ...] = ()
    policy_title: str = ""
    translated: bool = False
    stale: bool = False
    reviewed: bool = False
    missing: frozenset[str] = frozenset()
    newer: frozenset[str] = frozenset()
    newer_examples: frozenset[str] = frozenset()

    @property
    def unread(self) -> bool:
        """Whether nobody with the language has read the translation yet."""
        return self.translated and not self.reviewed


@dataclass(frozen=True)
class Reading:
    """An edition in one language."""

    language: str
    title: str
    principles: tuple[str, ...]
    actions: Mapping[str, str]
    policies: Mapping[str, Text]
    rules: Mapping[str, Text]
    around: Text = field(
        repr=False
    )  # how the title, principles and actions stand: translated, stale, reviewed

    @property
    def unread(self) -> bool:
        return any(text.unread for text in (self.around, *self.policies.values(), *self.rules.values()))

    @property
    def translated_rules(self) -> int:
        return sum(text.translated for text in self.rules.values())


@dataclass
class _Known:
    until: float = 0.0
    state: tuple[Any, ...] = ()
    languages: tuple[str, ...] = ()
    newest: dict[str, dict[tuple[str, str], Translation]] = field(default_factory=dict)
    readings: dict[tuple[int, str], Reading] = field(default_factory=dict)
    indexes: dict[int, Index[SourceRule]] = field(default_factory=dict)


_known = _Known()
_lock = Lock()


def forget() -> None:
    """Ask for the translations anew at the next question."""
    global _known
    _known = _Known()


def _current() -> _Known:
    """What is known of the translations; one small query every few seconds, and the rest anew when it moved."""
    global _known
    known = _known
    if known.until > time.monotonic():
        return known
    rows = Translation.objects.values("language").annotate(newest=Max("id"), reviewed=Count("reviewed_at"))
    state = tuple(sorted((row["language"], row["newest"], row["reviewed"]) for row in rows))
    with _lock:
        if state != known.state or not known.until:
            known = _Known(state=state, languages=tuple(row[0] for row in state))
        known.until = time.monotonic() + KNOWN_FOR
        _known = known
    return known


def state() -> int:
    """A number that changes when any translation does; for naming what was rendered from them. No query."""
    return hash(_known.state)


def languages() -> tuple[str, ...]:
    """Languages that anything was ever translated to, in alphabetical order of their codes."""
    return _current().languages


def language_for(wanted: list[str], edition: Edition) -> str:
    """The first of the languages somebody reads that there is anything in, else the source's own."""
    for language in wanted:
        if language == edition.language or language in languages():
            return language
    return edition.language


def reading(edition: Edition, language: str) -> Reading:
    """The edition in that language. No query for its own language, nor once it is known."""
    known = _known if language == edition.language else _current()
    kept = known.readings.get((edition.id, language))
    if kept is not None and edition.published_at is not None:
        return kept
    newest = {} if language == edition.language else _newest(known, language)
    found = _read(edition, language, newest)
    with _lock:
        while len(known.readings) >= 40:
            known.readings.pop(next(iter(known.readings)))
        known.readings[edition.id, language] = found
    return found


def _newest(known: _Known, language: str) -> dict[tuple[str, str], Translation]:
    kept = known.newest.get(language)
    if kept is None:
        rows = (
            Translation.objects.filter(language=language)
            .order_by("kind", "code", "-id")
            .distinct("kind", "code")
        )
        known.newest[language] = kept = {(row.kind, row.code): row for row in rows}
    return kept


def _read(edition: Edition, language: str, newest: Mapping[tuple[str, str], Translation]) -> Reading:
    policies = {
        policy.code: _text(Translation.Kind.POLICY, policy.code, policy, language, edition, newest)
        for policy in edition.policies
    }
    rules = {
        code: _text(
            Translation.Kind.RULE, code, rule, language, edition, newest, policies[rule.policy_code].title
        )
        for code, rule in edition.rules.items()
    }
    row = newest.get((Translation.Kind.SET, ""))
    own = source_of(Translation.Kind.SET, edition)
    texts = _standing(row, own)
    titles = {code: action.title for code, action in edition.actions.items()}
    principles = texts.get("principles") or []
    whole = len(principles) == len(edition.principles)
    return Reading(
        language=language,
        title=texts.get("title") or edition.title,
        principles=tuple(principles) if whole else edition.principles,
        actions=MappingProxyType({**titles, **_only_known(texts.get("actions") or {}, titles)}),
        policies=MappingProxyType(policies),
        rules=MappingProxyType(rules),
        around=Text(
            code="",
            language=language,
            title="",
            description="",
            translated=row is not None,
            stale=row is not None and row.source_sha256 != fingerprint(own),
            reviewed=row is not None and row.reviewed_at is not None,
            missing=frozenset(() if whole else ("principles",)),
        ),
    )


def _only_known(given: Mapping[str, str], known: Mapping[str, str]) -> dict[str, str]:
    return {code: title for code, title in given.items() if code in known and title}


def _text(
    kind: str,
    code: str,
    source: Any,
    language: str,
    edition: Edition,
    newest: Mapping[tuple[str, str], Translation],
    policy_title: str = "",
) -> Text:
    row = newest.get((kind, code))
    own = source_of(kind, source)
    texts = _standing(row, own)
    values = {**own, **texts}
    given = {name for name, value in (row.texts if row else {}).items() if value and name in own}
    newer = frozenset(
        name for name in given if name not in texts or set(texts[name]) & _newer(own[name], row, name)
    )
    mixed = frozenset(one for name in newer & texts.keys() for one in _newer(own[name], row, name))
    return Text(
        code=code,
        language=language,
        title=values["title"],
        description=values["description"],
        violating_examples=tuple(values.get("violating_examples", ())),
        allowed_examples=tuple(values.get("allowed_examples", ())),
        policy_title=policy_title,
        translated=row is not None,
        stale=row is not None and row.source_sha256 != fingerprint(own),
        reviewed=row is not None and row.reviewed_at is not None,
        missing=frozenset(name for name in own if name not in texts)
        if language != edition.language
        else frozenset(),
        newer=newer,
        newer_examples=mixed,
    )


def _standing(row: Translation | None, own: Mapping[str, Any]) -> dict[str, Any]:
    """What of a translation still says what its source says: whole texts, and of a list or of actions each by itself.

    A list of which some entries were reworded since keeps the translation of the others; those come in their own words.
    """
    standing: dict[str, Any] = {}
    for name, value in (row.texts if row else {}).items():
        before = row.source.get(name) if row else None
        if not value or name not in own:
            continue
        if before is None or before == own[name]:
            standing[name] = value
        elif isinstance(value, dict) and isinstance(before, dict):
            standing[name] = {
                key: words for key, words in value.items() if before.get(key) == own[name].get(key)
            }
        elif isinstance(value, list) and isinstance(before, list) and len(value) == len(before):
            known = dict(zip(before, value, strict=True))
            if known.keys() & set(own[name]):
                standing[name] = [known.get(one, one) for one in own[name]]
    return standing


def _newer(own: Any, row: Translation | None, name: str) -> frozenset[str]:
    """The entries of a list that its translation was not made from; nothing for what is no list."""
    before = row.source.get(name) if row else None
    if not isinstance(own, list) or not isinstance(before, list):
        return frozenset()
    return frozenset(own) - frozenset(before)


def search(
    q: str, edition: Edition | None = None, limit: int = 20, language: str = ""
) -> list[Found[SourceRule]]:
    """Rules that answer the words of `q`, best first, in whatever language they are asked for; typos forgiven.

    `language` decides between texts that fit equally well.
    """
    edition = edition or in_force()
    known = _current()
    index = known.indexes.get(edition.id) if edition.published_at is not None else None
    if index is None:
        others = {
            other: [text for text in reading(edition, other).rules.values() if text.translated]
            for other in known.languages
            if other != edition.language
        }
        index = Index(edition.rules.values(), others)
        with _lock:
            while len(known.indexes) >= 4:
                known.indexes.pop(next(iter(known.indexes)))
            known.indexes[edition.id] = index
    return index.search(q, limit, "" if language == edition.language else language)
