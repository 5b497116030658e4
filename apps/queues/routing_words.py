"""Routing rules in words: what a rule asks for, and what a supervisor should know about it. Pure functions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from apps.guidelines.queries import Edition
from apps.intake.codes import country_choices
from apps.intake.models import Kind
from apps.queues.models import Case, RoutingRule
from apps.queues.routing import is_an_exception, overlaps, overlaps_singly, taken_by

SOURCES = {
    "user_report": "People reported it",
    "auto_flag": "A detector found it",
    "hash": "It matches a bank",
    "trusted_flagger": "A trusted flagger sent a notice",
    "proactive_sample": "It was drawn at random",
    "virality": "It became widely seen",
}
LANGUAGES = {"en": "English", "km": "Khmer", "vi": "Vietnamese", "": "not known"}
# What assess() routes; cases for a second person are placed by what they are for.
ROUTED = {Case.Purpose.REVIEW: "First review", Case.Purpose.RE_REVIEW: "Re-review"}
NUMBERS = {
    "min_severity": "severity is {} or higher",
    "min_views": "at least {:,} views",
    "min_views_per_hour": "at least {:,} views an hour",
    "min_followers": "the author has at least {:,} followers",
}
FLAGS = {
    "public_figure": "the author is a public figure",
    "minors": "someone under age may be at risk",
    "trusted": "a trusted flagger sent a notice",
}


def language(code: str) -> str:
    return LANGUAGES.get(code, code)


def rules_of(edition: Edition) -> dict[str, frozenset[str]]:
    return {section.code: frozenset(rule.code for rule in section.rules) for section in edition.policies}


def conditions_in_words(conditions: Mapping[str, Any], edition: Edition) -> list[str]:
    """Each condition as a phrase; all of them must hold. Empty: the rule matches every case."""
    titles = {section.code: section.title for section in edition.policies}
    found: list[str] = []

    def one_of(key: str, what: str, names: Mapping[str, str]) -> None:
        if chosen := conditions.get(key):
            found.append(f"{what} {_or([names.get(code, code) for code in chosen])}")

    one_of("policies", "the policy is", {code: f"{title} ({code})" for code, title in titles.items()})
    one_of("rules", "the rule is", {})
    one_of("languages", "the language is", LANGUAGES)
    one_of("countries", "the country is", dict(country_choices()))
    one_of("kinds", "the kind is", {kind.value: kind.label.lower() for kind in Kind})
    one_of(
        "sources",
        "it was found first because",
        {code: label[0].lower() + label[1:] for code, label in SOURCES.items()},
    )
    one_of("purposes", "the purpose is", {code: label.lower() for code, label in ROUTED.items()})
    one_of("words", "it says", {})
    one_of("authors", "the author is", {})
    if hashes := conditions.get("hashes"):
        found.append(
            "its text or a file is "
            + ("a known one" if len(hashes) == 1 else f"one of {len(hashes)} known ones")
        )
    found += [text.format(conditions[key]) for key, text in NUMBERS.items() if conditions.get(key)]
    return found + [text for key, text in FLAGS.items() if conditions.get(key)]


@dataclass(frozen=True)
class Note:
    """One thing to know about a rule. `rules`: those it speaks of, for links. `tone`: bad, warn or plain."""

    tone: str
    text: str
    rules: tuple[RoutingRule, ...] = ()


def notes_on(rules: Sequence[RoutingRule], edition: Edition) -> list[list[Note]]:
    """What to know about each rule, in the order given. What comes first wins, so only earlier rules matter."""
    known = rules_of(edition)
    asked: list[RoutingRule] = []
    found: list[list[Note]] = []
    for rule in rules:
        if not rule.active:
            found.append([])
            continue
        found.append([*_nowhere(rule, edition), *_before(rule, asked, known)])
        if rule.queue.active:
            asked.append(rule)
    return found


def doubtful(rules: Sequence[RoutingRule], edition: Edition) -> list[tuple[int, RoutingRule, Note]]:
    """What a supervisor should look at: (place in the order, rule, note) of each that is bad or worth a second thought."""
    numbered = enumerate(zip(rules, notes_on(rules, edition), strict=True), start=1)
    return [(n, rule, note) for n, (rule, notes) in numbered for note in notes if note.tone != "plain"]


def _nowhere(rule: RoutingRule, edition: Edition) -> list[Note]:
    notes = []
    if not rule.queue.active:
        notes.append(
            Note("warn", f"Its queue “{rule.queue.name}” is switched off, so this rule is passed over.")
        )
    policies = {section.code for section in edition.policies}
    for key, there in (("policies", policies), ("rules", edition.rules.keys())):
        chosen = rule.conditions.get(key) or []
        gone = [code for code in chosen if code not in there]
        if gone and len(gone) == len(chosen):
            notes.append(Note("bad", f"Matches nothing: {_and(gone)} not in the guidelines in force."))
        elif gone:
            notes.append(Note("warn", f"{_and(gone)} not in the guidelines in force."))
    return notes


def _before(
    rule: RoutingRule, asked: Sequence[RoutingRule], known: Mapping[str, frozenset[str]]
) -> list[Note]:
    takers = taken_by([earlier.conditions for earlier in asked], rule.conditions, known)
    if takers:
        first = tuple(asked[index] for index in takers)
        between = " between them" if len(first) > 1 else ""
        return [
            Note(
                "bad", f"Unreachable: every case it matches goes{between} by an earlier rule already.", first
            )
        ]
    elsewhere = [earlier for earlier in asked if earlier.queue_id != rule.queue_id]
    shared = [e for e in elsewhere if overlaps_singly(e.conditions, rule.conditions, known)]
    exceptions = tuple(e for e in shared if is_an_exception(e.conditions, rule.conditions))
    shared = [e for e in shared if e not in exceptions]
    several = [
        e
        for e in elsewhere
        if e not in shared and e not in exceptions and overlaps(e.conditions, rule.conditions)
    ]
    notes = []
    if exceptions:
        notes.append(Note("plain", "Some of its cases go by an exception above it.", exceptions))
    if shared and len(shared) == len(asked) > 1:
        notes.append(
            Note("warn", "Overlaps with every rule above: a case that matches both goes by the earlier one.")
        )
    elif shared:
        notes.append(
            Note("warn", "Overlaps: a case that matches both goes by the earlier rule.", tuple(shared))
        )
    if several:
        notes.append(Note("plain", "A case suspected under several policies may go by a rule above."))
    return notes


def _or(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"


def _and(codes: Sequence[str]) -> str:
    return f"{', '.join(codes[:-1])} and {codes[-1]} are" if len(codes) > 1 else f"{codes[0]} is"
