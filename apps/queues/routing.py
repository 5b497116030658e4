"""Which queue a case belongs to: the first routing rule whose conditions all hold. Pure functions."""

import itertools
import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from apps.guidelines.scripts import is_unspaced, words_of

LISTS = {
    "policies": "policies",
    "rules": "rules",
    "languages": "language",
    "countries": "country",
    "kinds": "kind",
    "sources": "detected_by",
    "purposes": "purpose",
    "authors": "author",
    "files": "files",
}
WORDS = "words"  # asked of what the item says; see `says`
CONTENT = (WORDS, "files")  # what is read of the item only when a rule asks for it
LISTED = (*LISTS, WORDS)
NUMBERS = {
    "min_severity": "severity",
    "min_views": "views",
    "min_views_per_hour": "views_per_hour",
    "min_followers": "followers",
}
FLAGS = ("public_figure", "minors", "trusted")
SUSPICIONS = ("policies", "rules")
SEVERAL = (*SUSPICIONS, *CONTENT)  # a case may have several of these at once, and one of everything else


@dataclass(frozen=True)
class Traits:
    """What a routing rule may ask about a case."""

    purpose: str
    rules: tuple[str, ...]
    policies: tuple[str, ...]
    language: str
    country: str
    kind: str
    detected_by: str
    severity: int
    views: int | None = None
    views_per_hour: float | None = None
    followers: int | None = None
    public_figure: bool = False
    minors: bool = False
    trusted: bool = False
    author: str = ""  # source:external id
    said: str = ""  # as `folded` gives it
    files: tuple[str, ...] = ()  # SHA-256 of its text and of each of its files


def folded(text: str) -> str:
    """A text as words are looked for in it: without marks, signs and case, each word between spaces."""
    return f" {' '.join(words_of(text))} "


def says(said: str, word: str) -> bool:
    """Whether a folded text says a word or phrase: whole words, and anywhere in a script without spaces."""
    wanted = " ".join(words_of(word))
    return bool(wanted) and (wanted in said if is_unspaced(wanted) else f" {wanted} " in said)


def holds(conditions: dict[str, Any], traits: Traits) -> bool:
    """Whether all conditions hold. A number nobody knows reaches no minimum."""
    for key, name in LISTS.items():
        if wanted := conditions.get(key):
            value = getattr(traits, name)
            have = set(value) if isinstance(value, tuple) else {value}
            if not have & set(wanted):
                return False
    if (words := conditions.get(WORDS)) and not any(says(traits.said, word) for word in words):
        return False
    for key, name in NUMBERS.items():
        least = conditions.get(key)
        if least is not None and (getattr(traits, name) or 0) < least:
            return False
    return all(getattr(traits, flag) for flag in FLAGS if conditions.get(flag))


def asks_for_content(rules: Iterable[Any]) -> bool:
    """Whether any active rule asks for words or files, so that what items say must be read."""
    return any(rule.active and any(rule.conditions.get(key) for key in CONTENT) for rule in rules)


def first_match(rules: Iterable[Any], traits: Traits) -> Any | None:
    """The first active rule that holds; None when the case goes to the default queue."""
    return next((rule for rule in rules if rule.active and holds(rule.conditions, traits)), None)


# What is true of every case, so that a minimum at or below it asks for nothing.
FLOOR = {"min_severity": 1, "min_views": 0, "min_views_per_hour": 0, "min_followers": 0}
PARTS_AT_MOST = 2_000
RulesOf = Mapping[str, Collection[str]]  # policy code -> codes of its rules in force
UNKNOWN: RulesOf = MappingProxyType({})


def covers(earlier: dict[str, Any], later: dict[str, Any], rules_of: RulesOf = UNKNOWN) -> bool:
    """Whether everything `later` matches is already matched by `earlier`, as far as the conditions alone say.

    A case is suspected under any number of rules, and under their policies: so a list of policies stands
    for the rules of those policies, and `later` is inside when one of its lists is inside each of `earlier`'s.
    """
    for key in LISTED:
        if key in SUSPICIONS or not earlier.get(key):
            continue
        if not later.get(key) or not set(later[key]) <= set(earlier[key]):
            return False
    asked = _suspicions(later, rules_of)
    for wanted in _suspicions(earlier, rules_of):
        if not any(codes <= wanted for codes in asked):
            return False
    for key, floor in FLOOR.items():
        least = earlier.get(key)
        if least is not None and least > max(floor, later.get(key) or 0):
            return False
    return all(later.get(flag) for flag in FLAGS if earlier.get(flag))


def taken_by(
    earlier: Sequence[dict[str, Any]], later: dict[str, Any], rules_of: RulesOf = UNKNOWN
) -> list[int]:
    """Which of the earlier conditions leave nothing for `later`, by index; [] when something is left for it.

    One alone where one is enough; else those that take it between them, list value by list value
    ("English or Khmer" is taken by an English and a Khmer rule before it).
    """
    for index, conditions in enumerate(earlier):
        if covers(conditions, later, rules_of):
            return [index]
    takers: set[int] = set()
    for part in _parts(later):
        taker = next((i for i, conditions in enumerate(earlier) if covers(conditions, part, rules_of)), None)
        if taker is None:
            return []
        takers.add(taker)
    return sorted(takers)


def overlaps(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether one case could match both. Minimums and flags never exclude each other; disjoint lists do.

    Policies and rules never exclude each other either: a case may be suspected under several, and say several words.
    """
    single = [key for key in LISTS if key not in SEVERAL]
    return all(not one.get(key) or not other.get(key) or set(one[key]) & set(other[key]) for key in single)


def overlaps_singly(one: dict[str, Any], other: dict[str, Any], rules_of: RulesOf = UNKNOWN) -> bool:
    """Whether a case with a single suspicion (or none) could match both: the overlap worth a second thought."""
    suspicions = [*_suspicions(one, rules_of), *_suspicions(other, rules_of)]
    return overlaps(one, other) and (not suspicions or bool(frozenset.intersection(*suspicions)))


def is_an_exception(earlier: dict[str, Any], later: dict[str, Any]) -> bool:
    """Whether `earlier` asks for something about the case itself that `later` does not: meant to take some of its cases."""
    return any(earlier.get(flag) and not later.get(flag) for flag in FLAGS) or any(
        (earlier.get(key) or floor) > max(floor, later.get(key) or 0) for key, floor in FLOOR.items()
    )


def _suspicions(conditions: dict[str, Any], rules_of: RulesOf) -> list[frozenset[str]]:
    """The lists of policies and of rules as sets of rule codes; a policy nobody knows stands for itself."""
    found = []
    if policies := conditions.get("policies"):
        codes = [set(rules_of.get(policy) or {f"policy {policy}"}) for policy in policies]
        found.append(frozenset(set().union(*codes)))
    if rules := conditions.get("rules"):
        found.append(frozenset(rules))
    return found


def _parts(conditions: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The conditions with one value a list, every combination: a case matches the whole if it matches a part."""
    keys = [key for key in LISTED if conditions.get(key)]
    if math.prod(len(conditions[key]) for key in keys) > PARTS_AT_MOST:
        yield conditions
        return
    for values in itertools.product(*(conditions[key] for key in keys)):
        yield {**conditions, **{key: [value] for key, value in zip(keys, values, strict=True)}}
