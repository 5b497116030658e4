"""Shares, differences and choices in words."""

from django import template

from apps.agreement import SHOWN_FROM, Estimate, Share
from apps.training.choices import WORDS

register = template.Library()


@register.filter
def choice(code: str) -> str:
    """A choice as it is called: a rule's code, or "No violation"."""
    return " + ".join(WORDS.get(one, one) for one in code.split("+"))


@register.filter
def judged(of: object) -> str:
    """What an outcome with its rules says: "No violation", "Not sure" or the rules."""
    outcome, codes = of.outcome, of.rule_codes  # type: ignore[attr-defined]
    return (
        WORDS["none"]
        if outcome == "no_violation"
        else WORDS["unsure"]
        if outcome == "unsure"
        else ", ".join(codes)
    )


def _percent(value: float) -> str:
    return f"{100 * value:.0f}"


@register.filter
def share(of: Share) -> str:
    """A share with its interval; below thirty, that there are too few."""
    if not of.shown or of.value is None:
        return f"too few yet ({of.n:.0f} of {SHOWN_FROM})"
    return f"{_percent(of.value)} % ({_percent(of.low)}–{_percent(of.high)} %)"


@register.filter
def coefficient(of: Estimate) -> str:
    """Alpha or kappa with its interval, or why there is none."""
    if of.value is None:
        return {
            "one_class": "Everybody always chose the same: agreement cannot be told from chance.",
            "one_rater": "Nothing was judged by two people.",
        }.get(of.why, "Nothing was compared yet.")
    if not of.shown:
        return f"too few yet ({of.n} of {SHOWN_FROM})"
    interval = f" ({of.low:.2f}–{of.high:.2f})" if of.low is not None and of.high is not None else ""
    return f"{of.value:.2f}{interval}"


@register.filter
def points(change: tuple[float, float, float] | None) -> str:
    """A difference of two shares in percentage points with its interval, and whether it is one."""
    if change is None:
        return "too few to tell"
    d, low, high = (100 * one for one in change)
    told = "no change can be told" if low <= 0 <= high else "more" if d > 0 else "less"
    return f"{d:+.0f} points ({low:+.0f} to {high:+.0f}): {told}"
