"""One word for a judgement, so that two can be put into a table of what was said instead of what."""

from collections.abc import Iterable, Sequence

NONE, UNSURE = "none", "unsure"
WORDS = {NONE: "No violation", UNSURE: "Not sure", "": "Not settled yet"}
Judgement = tuple[str, Sequence[str]]  # outcome, codes of rules in the order they were cited


def said(judgement: Judgement, other: Judgement) -> str:
    """What was said, against another judgement: the first rule the other has not, else the first rule at all.

    Two that cite several rules and share some are told apart by those they do not share.
    """
    outcome, codes = judgement
    if outcome == "no_violation":
        return NONE
    if outcome != "violates" or not codes:
        return UNSURE
    return next((code for code in codes if code not in other[1]), codes[0])


def pair_of(first: Judgement, second: Judgement, third: Judgement | None) -> tuple[str, str, str]:
    """What the first said, what the second, and what was found: what both said, or the third person if one was asked.

    Found is '' while the third has not spoken, and when not even she was sure.
    """
    one, two = said(first, second), said(second, first)
    if third is None:
        return one, two, one if _same(first, second) else ""
    if third[0] == "unsure":
        return one, two, ""
    if _same(third, first):
        return one, two, one
    return one, two, two if _same(third, second) else said(third, first)


def _same(one: Judgement, other: Judgement) -> bool:
    return one[0] == other[0] and set(one[1]) == set(other[1])


def joined(outcome: str, codes: Iterable[str]) -> str:
    """A judgement as a whole: all its rules with plus signs, "none", "unsure"."""
    if outcome == "no_violation":
        return NONE
    return UNSURE if outcome == "unsure" else "+".join(sorted(codes))
