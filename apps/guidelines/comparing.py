"""What differs between two versions, to the word. Pure: it is given versions and reads their parts."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from apps.guidelines import handling, legal, parts
from apps.guidelines.models import GuidelineVersion
from apps.guidelines.parts import Doc

# A word, a run of blanks, a sign; Khmer is written without spaces, so there a syllable stands for a word.
TOKEN = re.compile(
    r"[\u1780-\u17b3](?:\u17d2[\u1780-\u17b3]|[\u17b4-\u17d1\u17d3\u17dd])*|\s+|[^\W\u1780-\u17ff]+|.",
    re.DOTALL,
)
SAME, GONE, CAME = "same", "gone", "came"
LABELS = {
    "title": "Title",
    "code": "Code",
    "description": "Text",
    "severity": "Severity",
    "exposure": "Exposure",
    "violating_examples": "Breaks the rule",
    "allowed_examples": "Allowed",
    "actions": "May be done",
    "dsa_category": "Legal category",
    "dsa_keywords": "Legal keywords",
    "handling": "Handling",
    "questions": "Questions",
    "check_required": "Check of understanding",
    "principles": "Principles",
    "language": "Language",
}


@dataclass(frozen=True)
class Piece:
    """A run of text that stayed (`same`), went (`gone`) or was added (`came`)."""

    kind: str
    text: str


@dataclass(frozen=True)
class Field:
    label: str
    pieces: list[Piece]


@dataclass(frozen=True)
class Change:
    """What became of one rule, policy or head. `kind`: changed, new, retired, restored or renamed."""

    part: str
    code: str
    code_before: str
    title: str
    kind: str
    fields: list[Field]
    compatibility: str = ""
    note: str = ""
    successors: tuple[str, ...] = ()

    @property
    def is_rule(self) -> bool:
        return self.part.startswith("rule:")


def words(before: str, after: str) -> list[Piece]:
    """The difference of two texts, word by word, in reading order; changed words side by side read as one change."""
    old, new = TOKEN.findall(before), TOKEN.findall(after)
    pieces: list[Piece] = []
    gone = came = blank = ""

    def flush() -> None:
        nonlocal gone, came, blank
        pieces.extend(Piece(kind, text) for kind, text in ((GONE, gone), (CAME, came), (SAME, blank)) if text)
        gone = came = blank = ""

    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        was, is_now = "".join(old[a:b]), "".join(new[c:d])
        if kind != "equal":
            gone, came, blank = gone + blank + was, came + blank + is_now, ""
        elif was.isspace() and gone and came and not blank:
            blank = was  # whether it belongs to the change is known when the next word comes
        else:
            flush()
            pieces.append(Piece(SAME, was))
    flush()
    return pieces


def said(name: str, value: Any) -> str:
    """A field as a reader would read it aloud; one thing a line."""
    if name == "handling":
        return "\n".join(handling.sentences(value))
    if name == "questions":
        return "\n".join(f"{one['text']} ({' / '.join(one['options'])})" for one in value)
    if name == "dsa_category":
        return legal.category_words(value)
    if name == "dsa_keywords":
        return "\n".join(legal.keyword_words(one) for one in value)
    if name == "check_required":
        return "Asked for" if value else ""
    if name == "actions" and isinstance(value, dict):
        return "\n".join(f"{code}: {entry['title']}" for code, entry in value.items())
    if isinstance(value, list):
        return "\n".join(str(one) for one in value)
    return str(value)


def fields(before: Doc | None, after: Doc | None, names: Iterable[str]) -> list[Field]:
    """The fields of two documents that differ; a missing document counts as empty."""
    found = []
    for name in names:
        old = said(name, before[name]) if before else ""
        new = said(name, after[name]) if after else ""
        if old != new:
            found.append(Field(LABELS.get(name, name), words(old, new)))
    return found


def compare(before: GuidelineVersion | None, after: GuidelineVersion) -> list[Change]:
    """Every part of `after` that differs from `before`: the head, then policies and rules in reading order,
    then the rules it gave up."""
    changes: list[Change] = []
    head = fields(
        parts.head_doc(before) if before else None,
        parts.head_doc(after),
        ("title", "language", "principles", "actions"),
    )
    if head:
        changes.append(Change("head", "", "", "The set as a whole", "changed", head))
    old_rules, new_rules = _rules(before), _rules(after)
    old_policies, new_policies = _policies(before), _policies(after)
    for identity, doc in new_policies.items():
        was = old_policies.get(identity)
        if found := fields(was, doc, parts.POLICY):
            kind = "changed" if was else "new"
            code_before = was["code"] if was else ""
            changes.append(
                Change(parts.policy_part(identity), doc["code"], code_before, doc["title"], kind, found)
            )
        of_policy = {key: rule for key, rule in new_rules.items() if rule["policy"] == identity}
        changes.extend(
            change for key, rule in of_policy.items() if (change := _rule(key, old_rules.get(key), rule))
        )
    given_up = {str(one.identity): one for one in after.retired_rules.all()}
    for identity, doc in old_rules.items():
        if identity not in new_rules:
            gone = given_up.get(identity)
            changes.append(
                Change(
                    parts.rule_part(identity),
                    doc["code"],
                    doc["code"],
                    doc["title"],
                    "retired",
                    fields(doc, None, parts.WORDING),
                    note=gone.note if gone else "",
                    successors=tuple(gone.successors) if gone else (),
                )
            )
    for identity, doc in old_policies.items():
        if identity not in new_policies:
            found = fields(doc, None, parts.POLICY)
            changes.append(
                Change(parts.policy_part(identity), doc["code"], doc["code"], doc["title"], "retired", found)
            )
    return changes


def _rule(identity: str, was: Doc | None, doc: Doc) -> Change | None:
    found = fields(was, doc, (*parts.WORDING, "check_required"))
    renamed = was is not None and was["code"] != doc["code"]
    if not found and not renamed:
        return None
    return Change(
        parts.rule_part(identity),
        doc["code"],
        was["code"] if was else "",
        doc["title"],
        "new" if was is None else "changed" if found else "renamed",
        found,
        doc["compatibility"],
        doc["note"],
    )


def _rules(version: GuidelineVersion | None) -> dict[str, Doc]:
    rows = version.rules.select_related("policy").order_by("position") if version else []
    return {str(rule.identity): parts.rule_doc(rule) for rule in rows}


def _policies(version: GuidelineVersion | None) -> dict[str, Doc]:
    rows = version.policies.order_by("position") if version else []
    return {str(policy.identity): parts.policy_doc(policy) for policy in rows}
