"""The starter format: a guideline set as a YAML document a policy lead can edit by hand."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from yaml.nodes import Node, ScalarNode

from apps.guidelines import legal
from apps.guidelines.handling import HANDLING
from apps.guidelines.lines import Lines, compose
from apps.guidelines.models import Compatibility

CODE = r"[A-Z]{2,8}-[0-9A-Za-z]+"


@dataclass(frozen=True)
class RuleDraft:
    code: str
    title: str
    description: str
    severity: int
    exposure: int
    violating_examples: list[str]
    allowed_examples: list[str]
    actions: list[str]
    dsa_category: str
    dsa_keywords: list[str]
    handling: dict[str, Any]
    questions: list[dict[str, Any]]
    check_required: bool
    compatibility: str
    predecessors: list[str]
    was: str
    note: str
    line: int


@dataclass(frozen=True)
class RetiredDraft:
    """A rule the version before had and this one gives up."""

    code: str
    successors: list[str]
    note: str


@dataclass(frozen=True)
class PolicyDraft:
    code: str
    title: str
    description: str
    severity: int
    dsa_category: str
    was: str
    rules: list[RuleDraft]


@dataclass(frozen=True)
class SetDraft:
    code: str
    title: str
    number: str
    language: str
    principles: list[str]
    actions: dict[str, dict[str, Any]]
    policies: list[PolicyDraft]
    retired: list[RetiredDraft]


def read(data: str | bytes) -> SetDraft:
    """A guideline set from its YAML text. Raises GuidelinesUnreadable naming the line of every problem."""
    lines = Lines()
    top = lines.block(
        compose(data),
        "The file",
        ("schema_version", "guideline_set", "actions_catalog", "policies"),
        ("retired",),
    )
    if "schema_version" in top:
        lines.number(top["schema_version"], "“schema_version”", 1, 1)
    head = _head(lines, top)
    actions = _actions(lines, top.get("actions_catalog"))
    policies, seen = [], set[str]()
    for node in lines.items(top.get("policies"), "“policies”", at_least=1):
        policies.append(_policy(lines, node, actions, seen))
    retired = [_retired(lines, node, seen) for node in lines.items(top.get("retired"), "“retired”")]
    lines.refuse()
    return SetDraft(**head, actions=actions, policies=policies, retired=retired)


def _head(lines: Lines, top: Mapping[str, Node]) -> dict[str, Any]:
    parts: Mapping[str, Node] = {}
    if "guideline_set" in top:
        parts = lines.block(
            top["guideline_set"], "“guideline_set”", ("code", "title", "version", "language", "principles")
        )
    return {
        "code": lines.text(
            parts.get("code"), "The code", at_most=40, shape=r"[A-Z][A-Z0-9_]*", like="STARTER"
        ),
        "title": lines.text(parts.get("title"), "The title", at_most=200),
        "number": lines.text(
            parts.get("version"), "The version", at_most=20, shape=r"[0-9A-Za-z][0-9A-Za-z.-]*", like="1.0.0"
        ),
        "language": lines.text(
            parts.get("language"), "The language", at_most=8, shape=r"[a-z]{2,3}", like="en"
        ),
        "principles": _texts(lines, parts.get("principles"), "“principles”"),
    }


def _actions(lines: Lines, catalogue: Node | None) -> dict[str, dict[str, Any]]:
    actions: dict[str, dict[str, Any]] = {}
    for code, node in (lines.entries(catalogue, "“actions_catalog”") if catalogue else {}).items():
        if not (code.isidentifier() and code.islower() and code.isascii() and len(code) <= 40):
            lines.note(
                node, f"The action code “{code}” should look like age_restrict, of at most 40 characters."
            )
        parts = lines.block(node, f"The action {code}", ("title", "dsa"))
        actions[code] = {
            "title": lines.text(parts.get("title"), f"The title of {code}", at_most=100),
            "dsa": _legal_effect(lines, parts.get("dsa"), code),
        }
    return actions


def _legal_effect(lines: Lines, node: Node | None, code: str) -> dict[str, str] | None:
    if node is None or (isinstance(node, ScalarNode) and node.tag == "tag:yaml.org,2002:null"):
        return None
    parts = lines.block(node, f"“dsa” of {code}", (), legal.DECISIONS)
    return {
        field: lines.chosen(value, f"“{field}” of {code}", legal.DECISIONS[field])
        for field, value in parts.items()
    }


def _policy(lines: Lines, node: Node, actions: Mapping[str, Any], seen: set[str]) -> PolicyDraft:
    parts = lines.block(
        node, "A policy", ("code", "title", "severity", "description", "dsa_category", "rules"), ("was",)
    )
    code = lines.text(parts.get("code"), "The code of a policy", at_most=10, shape=r"[A-Z]{2,8}", like="YS")
    _once(lines, parts.get("code"), code, seen)
    return PolicyDraft(
        code=code,
        title=lines.text(parts.get("title"), f"The title of {code}", at_most=200),
        description=lines.text(parts.get("description"), f"The description of {code}", at_most=10_000),
        severity=lines.number(parts.get("severity"), f"The severity of {code}", 1, 5),
        dsa_category=lines.chosen(
            parts.get("dsa_category"), f"The legal category of {code}", legal.CATEGORIES
        ),
        was=lines.text(parts.get("was"), f"“was” of {code}", at_most=10, shape=r"[A-Z]{2,8}", like="YS"),
        rules=[
            _rule(lines, rule, code, actions, seen)
            for rule in lines.items(parts.get("rules"), f"“rules” of {code}", at_least=1)
        ],
    )


def _rule(lines: Lines, node: Node, policy: str, actions: Mapping[str, Any], seen: set[str]) -> RuleDraft:
    parts = lines.block(
        node,
        f"A rule of {policy}",
        (
            "code", "title", "severity", "exposure", "description", "violating_examples", "allowed_examples",
            "actions", "dsa_category",
        ),
        ("dsa_keywords", "handling", "questions", "check_required", "was", "compatibility", "from", "note"),
    )  # fmt: skip
    code = lines.text(parts.get("code"), f"The code of a rule of {policy}", at_most=20)
    if code and policy and not re.fullmatch(rf"{re.escape(policy)}-[0-9A-Za-z]+", code):
        lines.note(parts["code"], f"The code “{code}” should be its policy's code and a number: {policy}-1.")
    _once(lines, parts.get("code"), code, seen)
    return RuleDraft(
        code=code,
        title=lines.text(parts.get("title"), f"The title of {code}", at_most=200),
        description=lines.text(parts.get("description"), f"The description of {code}", at_most=10_000),
        severity=lines.number(parts.get("severity"), f"The severity of {code}", 1, 5),
        exposure=lines.number(parts.get("exposure"), f"The exposure of {code}", 0, 4),
        violating_examples=_texts(lines, parts.get("violating_examples"), f"“violating_examples” of {code}"),
        allowed_examples=_texts(lines, parts.get("allowed_examples"), f"“allowed_examples” of {code}"),
        actions=[
            lines.chosen(action, f"The action of {code}", actions)
            for action in lines.items(parts.get("actions"), f"“actions” of {code}", at_least=1)
        ],
        dsa_category=lines.chosen(
            parts.get("dsa_category"), f"The legal category of {code}", legal.CATEGORIES
        ),
        dsa_keywords=[
            lines.chosen(keyword, f"The legal keyword of {code}", legal.KEYWORDS)
            for keyword in lines.items(parts.get("dsa_keywords"), f"“dsa_keywords” of {code}")
        ],
        handling=_handling(lines, parts.get("handling"), code),
        questions=_questions(lines, parts.get("questions"), code),
        check_required="check_required" in parts
        and lines.flag(parts["check_required"], f"“check_required” of {code}"),
        compatibility=lines.chosen(
            parts.get("compatibility"), f"The compatibility of {code}", frozenset(Compatibility.values)
        ),
        predecessors=_codes(lines, parts.get("from"), f"“from” of {code}"),
        was=lines.text(parts.get("was"), f"“was” of {code}", at_most=20, shape=CODE, like="YS-1"),
        note=lines.text(parts.get("note"), f"The note of {code}", at_most=500),
        line=node.start_mark.line + 1,
    )


def _questions(lines: Lines, node: Node | None, code: str) -> list[dict[str, Any]]:
    questions: list[dict[str, Any]] = []
    for item in lines.items(node, f"“questions” of {code}"):
        parts = lines.block(item, f"A question of {code}", ("key", "text", "options"))
        key = lines.text(
            parts.get("key"),
            f"The key of a question of {code}",
            at_most=40,
            shape=r"[a-z][a-z0-9_]*",
            like="purpose",
        )
        if any(one["key"] == key for one in questions):
            lines.note(item, f"{code} has two questions called “{key}”.")
        questions.append(
            {
                "key": key,
                "text": lines.text(parts.get("text"), f"The text of “{key}” of {code}", at_most=300),
                "options": [
                    lines.text(option, f"An answer to “{key}” of {code}", at_most=100)
                    for option in lines.items(
                        parts.get("options"), f"“options” of “{key}” of {code}", at_least=2
                    )
                ],
            }
        )
    return questions


def _retired(lines: Lines, node: Node, seen: set[str]) -> RetiredDraft:
    parts = lines.block(node, "A retired rule", ("code",), ("successors", "note"))
    code = lines.text(parts.get("code"), "The code of a retired rule", at_most=20, shape=CODE, like="YS-1")
    _once(lines, parts.get("code"), code, seen)
    successors = _codes(lines, parts.get("successors"), f"“successors” of {code}")
    for one in successors:
        if one not in seen:
            lines.note(parts["successors"], f"{code} is followed by {one}, which is not a rule of this file.")
    return RetiredDraft(code, successors, lines.text(parts.get("note"), f"The note of {code}", at_most=500))


def _codes(lines: Lines, node: Node | None, what: str) -> list[str]:
    return [
        lines.text(item, f"An entry of {what}", at_most=20, shape=CODE, like="YS-1")
        for item in lines.items(node, what)
    ]


def _handling(lines: Lines, node: Node | None, code: str) -> dict[str, Any]:
    # A misspelt instruction would silently do nothing, so unknown ones are refused.
    handling: dict[str, Any] = {}
    for key, value in (lines.block(node, f"“handling” of {code}", (), HANDLING) if node else {}).items():
        kind = HANDLING[key][0]
        what = f"“{key}” of {code}"
        if kind == "flag":
            handling[key] = lines.flag(value, what)
        elif kind == "number":
            handling[key] = lines.number(value, what, 1, 100_000)
        else:
            handling[key] = lines.text(value, what, at_most=300)
    return handling


def _texts(lines: Lines, node: Node | None, what: str) -> list[str]:
    return [
        lines.text(item, f"An entry of {what}", at_most=2_000) for item in lines.items(node, what, at_least=1)
    ]


def _once(lines: Lines, node: Node | None, code: str, seen: set[str]) -> None:
    if node is not None and code in seen:
        lines.note(node, f"The code “{code}” is used twice.")
    seen.add(code)
