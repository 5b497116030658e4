"""Her week in words: what it did for people. Nothing that is not so, and nothing to be measured by."""

from typing import Any


def said(week: dict[str, Any]) -> list[str]:
    """Sentences about what happened; what did not happen is not mentioned."""
    lines = []
    if week["reporters"]:
        lines.append(_many(week["reporters"], "person who reported something was", "people who reported something were")
                     + " right, and got an answer because of you.")  # fmt: skip
    if week["about_minors"]:
        lines.append(
            _many(week["about_minors"], "time", "times") + " somebody under age was at risk, and you acted."
        )
    if week["removed"]:
        lines.append(
            "You kept "
            + _many(week["removed"], "harmful post", "harmful posts")
            + " from whoever would have seen it next."
        )
    if week["left_up"]:
        lines.append(
            _many(week["left_up"], "post", "posts")
            + " that broke no rule stayed, because you looked with care."
        )
    if week["confirmed"]:
        lines.append("A second person saw the same as you " + _many(week["confirmed"], "time", "times") + ".")
    if week["appeals_upheld"]:
        lines.append(
            _many(week["appeals_upheld"], "appeal was", "appeals were") + " heard, and your decision stood."
        )
    if week["appeals_heard"]:
        lines.append("You gave " + _many(week["appeals_heard"], "person", "people") + " a fair second look.")
    if week["rules_improved"]:
        lines.append(
            _many(week["rules_improved"], "rule you found unclear is", "rules you found unclear are")
            + " worded anew."
        )
    return lines


def _many(n: int, one: str, more: str) -> str:
    return f"{n:,} {one if n == 1 else more}"
