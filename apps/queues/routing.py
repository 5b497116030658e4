"""Which queue a case belongs to: the first routing rule whose conditions all hold. Pure functions."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

LISTS = {
    "policies": "policies",
    "rules": "rules",
    "languages": "language",
    "countries": "country",
    "kinds": "kind",
    "sources": "detected_by",
    "purposes": "purpose",
}
NUMBERS = {
    "min_severity": "severity",
    "min_views": "views",
    "min_views_per_hour": "views_per_hour",
    "min_followers": "followers",
}
FLAGS = ("public_figure", "minors", "trusted")


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


def holds(conditions: dict[str, Any], traits: Traits) -> bool:
    """Whether all conditions hold. A number nobody knows reaches no minimum."""
    for key, name in LISTS.items():
        if wanted := conditions.get(key):
            value = getattr(traits, name)
            have = set(value) if isinstance(value, tuple) else {value}
            if not have & set(wanted):
                return False
    for key, name in NUMBERS.items():
        least = conditions.get(key)
        if least is not None and (getattr(traits, name) or 0) < least:
            return False
    return all(getattr(traits, flag) for flag in FLAGS if conditions.get(flag))


def first_match(rules: Iterable[Any], traits: Traits) -> Any | None:
    """The first active rule that holds; None when the case goes to the default queue."""
    return next((rule for rule in rules if rule.active and holds(rule.conditions, traits)), None)


def covers(earlier: dict[str, Any], later: dict[str, Any]) -> bool:
    """Whether everything `later` matches is already matched by `earlier` (so `later` is unreachable)."""
    for key in LISTS:
        if earlier.get(key) and not (later.get(key) and set(later[key]) <= set(earlier[key])):
            return False
    # Policies and rules may hold several values on one case: a case of both sides goes to the earlier rule
    # only if every case of the later one does, which the subset test above guarantees.
    for key in NUMBERS:
        if earlier.get(key) is not None and (later.get(key) is None or later[key] < earlier[key]):
            return False
    return all(later.get(flag) for flag in FLAGS if earlier.get(flag))


def overlaps(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether one case could match both. Minimums and flags never exclude each other; disjoint lists do."""
    single = [key for key in LISTS if key not in ("policies", "rules")]
    return all(not one.get(key) or not other.get(key) or set(one[key]) & set(other[key]) for key in single)
