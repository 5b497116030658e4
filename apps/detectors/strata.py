"""The strata of the exploration: what an unflagged item looks like before anybody looks. Pure."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Protocol

EXPENSIVE = 3  # exposure from which on a rule is heavy to look for
LIGHT_KINDS = ("text", "account")


@dataclass(frozen=True)
class Stratum:
    """`light`: little to bear for whoever looks. `suggested`: the rate a first plan is filled in with."""

    title: str
    light: bool
    suggested: float


# Highest score over its threshold, of any detector that scored the item: the nearer, the likelier a miss.
STRATA = {
    "text-unscored": Stratum("Text, not scored by any detector", True, 0.005),
    "text-low": Stratum("Text, scores up to a third of the threshold", True, 0.005),
    "text-middle": Stratum("Text, scores up to two thirds of the threshold", True, 0.02),
    "text-high": Stratum("Text, scores close below the threshold", True, 0.05),
    "media-unscored": Stratum("Pictures, sound and video, not scored", False, 0.001),
    "media-low": Stratum("Pictures, sound and video, up to a third", False, 0.001),
    "media-middle": Stratum("Pictures, sound and video, up to two thirds", False, 0.004),
    "media-high": Stratum("Pictures, sound and video, close below the threshold", False, 0.01),
    "uncertain": Stratum("Any, where a detector is least sure of itself", True, 0.0),
    "heavy": Stratum("Anything that may be hard to look at", False, 0.0),
}


class Seen(Protocol):
    @property
    def kind(self) -> str: ...
    @property
    def minors(self) -> bool: ...
    @property
    def scores(self) -> list[dict[str, Any]]: ...


def stratum_of(one: Seen, *, margin: float | None, heavy_rules: Collection[str]) -> str:
    """The one stratum of an item. What may be heavy comes first, so that it is never drawn as something light.

    Heavy: someone under age may be at risk, or a score of at least half its threshold for a rule of high exposure.
    Uncertain: a score within `margin` below its threshold, light kinds only; None when nobody asks for it.
    """
    ratios = [_ratio(score) for score in one.scores]
    if one.minors or any(
        ratio >= 0.5 for ratio, score in zip(ratios, one.scores, strict=True) if score["rule"] in heavy_rules
    ):
        return "heavy"
    light = one.kind in LIGHT_KINDS
    if (
        light
        and margin is not None
        and any(0 <= score["threshold"] - score["score"] <= margin for score in one.scores)
    ):
        return "uncertain"
    group = "text" if light else "media"
    if not ratios:
        return f"{group}-unscored"
    highest = max(ratios)
    return f"{group}-{'low' if highest < 1 / 3 else 'middle' if highest < 2 / 3 else 'high'}"


def _ratio(score: dict[str, Any]) -> float:
    return 1.0 if score["threshold"] <= 0 else score["score"] / score["threshold"]
