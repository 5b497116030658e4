"""Reading YAML so that every problem can be named with its line, all of them in one pass."""

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from apps.guidelines.errors import GuidelinesUnreadable

AT_MOST_BYTES = 2_000_000
AT_MOST_PROBLEMS = 50
KINDS = {MappingNode: "a block of “name: value” lines", SequenceNode: "a list", ScalarNode: "a single value"}


class _Composer(yaml.SafeLoader):
    """Refuses aliases: a few lines of them can stand for billions of nodes."""

    def compose_node(self, parent: Node | None, index: int) -> Node | None:
        if self.check_event(yaml.events.AliasEvent):
            event = self.peek_event()
            raise yaml.composer.ComposerError(
                None, None, "aliases (*name) are not used here; write the text out", event.start_mark
            )
        return super().compose_node(parent, index)


def compose(data: str | bytes) -> Node:
    """The node tree of a YAML text, each node with its line. Raises GuidelinesUnreadable."""
    if len(data) > AT_MOST_BYTES:
        raise unreadable([(1, f"The file is larger than {AT_MOST_BYTES // 1_000_000} MB.")])
    try:
        loader = _Composer(data)
        try:
            node = loader.get_single_node()
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as trouble:
        mark = trouble.problem_mark or trouble.context_mark
        raise unreadable([(mark.line + 1 if mark else 1, f"This is not YAML: {trouble.problem}.")]) from None
    except (yaml.YAMLError, UnicodeDecodeError) as trouble:
        raise unreadable([(1, f"This is not a YAML text file: {str(trouble).splitlines()[0]}.")]) from None
    except RecursionError:
        raise unreadable([(1, "The file is nested too deeply.")]) from None
    if node is None:
        raise unreadable([(1, "The file is empty.")])
    return node


def unreadable(problems: Iterable[tuple[int, str]]) -> GuidelinesUnreadable:
    ordered = sorted(set(problems))
    first = f"Line {ordered[0][0]}: {ordered[0][1]}"
    more = f" And {len(ordered) - 1} more." if len(ordered) > 1 else ""
    return GuidelinesUnreadable(
        f"{first}{more} Nothing was changed.",
        errors=[{"field": f"line {line}", "reason": reason} for line, reason in ordered[:AT_MOST_PROBLEMS]],
    )


class Lines:
    """Collects problems while a document is read; `refuse` raises when there were any.

    Every method answers a value of the promised type even when it notes a problem, so that
    reading goes on and the author sees everything at once.
    """

    def __init__(self) -> None:
        self.problems: list[tuple[int, str]] = []

    def note(self, node: Node, reason: str) -> None:
        self.problems.append((node.start_mark.line + 1, reason))

    def refuse(self) -> None:
        if self.problems:
            raise unreadable(self.problems)

    def block(
        self, node: Node, what: str, needed: Iterable[str], optional: Iterable[str] = ()
    ) -> dict[str, Node]:
        """The entries of a mapping by name; unknown, doubled and missing names are noted."""
        found = self.entries(node, what)
        needed = list(needed)
        known = [*needed, *optional]
        for name, value in found.items():
            if name not in known:
                close = get_close_matches(name, known, n=1)
                hint = f"did you mean “{close[0]}”?" if close else f"known here: {', '.join(known)}."
                self.note(value, f"{what} has an unknown entry “{name}”; {hint}")
        if isinstance(node, MappingNode):
            for name in needed:
                if name not in found:
                    self.note(node, f"{what} lacks “{name}”.")
        return {name: value for name, value in found.items() if name in known}

    def entries(self, node: Node, what: str) -> dict[str, Node]:
        """The entries of a mapping, whatever their names."""
        if not isinstance(node, MappingNode):
            self.note(node, f"{what} should be {KINDS[MappingNode]}.")
            return {}
        found: dict[str, Node] = {}
        for key, value in node.value:
            if not isinstance(key, ScalarNode):
                self.note(key, f"{what} has a name that is not a plain word.")
            elif key.value in found:
                self.note(key, f"{what} gives “{key.value}” twice.")
            else:
                found[key.value] = value
        return found

    def items(self, node: Node | None, what: str, *, at_least: int = 0) -> list[Node]:
        if node is None:
            return []
        if not isinstance(node, SequenceNode):
            self.note(node, f"{what} should be {KINDS[SequenceNode]}.")
            return []
        if len(node.value) < at_least:
            self.note(node, f"{what} needs at least {at_least}.")
        return list(node.value)

    def text(self, node: Node | None, what: str, *, at_most: int, shape: str = "", like: str = "") -> str:
        """A text of 1 to `at_most` characters; `shape` is a pattern to match, `like` an example of it."""
        if node is None:
            return ""
        if not isinstance(node, ScalarNode):
            self.note(node, f"{what} should be {KINDS[ScalarNode]}.")
            return ""
        if node.tag != "tag:yaml.org,2002:str":
            self.note(node, f"{what} should be text. If it is meant as text, put it in quotes.")
            return ""
        value = str(node.value).strip()
        if not value:
            self.note(node, f"{what} is empty.")
        elif len(value) > at_most:
            self.note(node, f"{what} has {len(value)} characters; {at_most} is the most.")
        elif shape and not re.fullmatch(shape, value):
            self.note(node, f"{what} “{value}” should look like {like}.")
        return value

    def number(self, node: Node | None, what: str, low: int, high: int) -> int:
        if node is None:
            return low
        value = node.value if isinstance(node, ScalarNode) and node.tag == "tag:yaml.org,2002:int" else None
        if value is None or not re.fullmatch(r"-?\d{1,9}", value) or not low <= int(value) <= high:
            self.note(node, f"{what} should be a whole number from {low} to {high}.")
            return low
        return int(value)

    def flag(self, node: Node, what: str) -> bool:
        if not isinstance(node, ScalarNode) or node.tag != "tag:yaml.org,2002:bool":
            self.note(node, f"{what} should be true or false.")
            return False
        return node.value.lower() in ("true", "yes", "on")

    def chosen(self, node: Node | None, what: str, choices: Mapping[str, Any] | frozenset[str]) -> str:
        """One of the known codes; a near miss is answered with the nearest."""
        value = self.text(node, what, at_most=120)
        if node is not None and value and value not in choices:
            close = get_close_matches(value, list(choices), n=1)
            self.note(
                node, f"{what} “{value}” is not known{f'; did you mean “{close[0]}”?' if close else '.'}"
            )
        return value
