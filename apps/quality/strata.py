"""How likely a decision is to be looked at again. Pure: a plan and the facts of one decision in, a share out.

Each stratum is drawn by itself with a probability of its own, which is kept with every draw: an estimate weighs a
drawn decision by one over it (Horvitz and Thompson 1952, J. Am. Stat. Assoc. 47). Whether one is drawn depends on
its number and the plan's seed alone, so it can be done over; never on how urgent it was.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

RANDOM = "random"
# What cannot be undone for those it is done to, or is said to somebody outside.
IRREVERSIBLE = {"account_terminate", "report_authority"}
CERTAIN = {
    "irreversible": "It cannot be undone",
    "public_figure": "It is about a public figure",
    "legal": "It rests on legal grounds",
}


class Plan(Protocol):
    """The shares of a plan, 0 to 1, as `SamplingPlan` has them."""

    random_share: float
    clear_share: float
    automatic_share: float
    propagated_share: float
    extreme_share: float
    finer: list[dict[str, Any]]


@dataclass(frozen=True)
class Stratum:
    """What a decision is drawn by. `rule`: the first it cites, else the first suspected, else ''."""

    rule: str
    language: str
    action: str
    origin: str
    outcome: str
    exposure: int
    certain: str = ""

    @property
    def name(self) -> str:
        return "|".join((self.rule, self.language, self.action, self.origin))


def certain_because(*, actions: Sequence[str], ground: str, public_figure: bool) -> str:
    """Why a decision is looked at again whatever the plan says; '' when it is left to chance."""
    if IRREVERSIBLE & set(actions):
        return "irreversible"
    if public_figure:
        return "public_figure"
    return "legal" if ground == "legal_only" else ""


def share(plan: Plan, stratum: Stratum) -> float:
    """The probability, 0 to 1, with which a decision of this stratum is drawn.

    Looking is exposure, too: what is extreme is drawn at its own share, whatever else holds, unless it is certain.
    Else the largest of the shares that apply.
    """
    if stratum.certain:
        return 1.0
    if stratum.exposure >= 4:
        return plan.extreme_share
    of_origin = {"auto": plan.automatic_share, "hash_propagated": plan.propagated_share}
    shares = [of_origin.get(stratum.origin, plan.random_share)]
    if stratum.outcome == "no_violation":
        shares.append(plan.clear_share)
    shares += [
        float(finer["share"])
        for finer in plan.finer
        if finer.get("rule", "") in ("", stratum.rule) and finer.get("language", "") in ("", stratum.language)
    ]
    return min(1.0, max(shares))


def chance(seed: str, what: str, number: int) -> float:
    """A number in [0, 1) that depends on nothing but these: the first 53 bits of a SHA-256."""
    digest = hashlib.sha256(f"{seed}:{what}:{number}".encode()).digest()
    return (int.from_bytes(digest[:8]) >> 11) / 2**53
