"""Milestones of reach on a log scale, and when an item is asked about again. Pure functions."""

import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from apps.intake.lines import LEAST_REACH

TOUCH = 1e-9  # first × step³ is on its milestone, whatever the logarithm rounds to


@dataclass(frozen=True)
class Row:
    """Milestones of one policy and market: `first` views, then each `step` times the one before. '' stands for all."""

    policy: str
    country: str
    first: int
    step: float

    def level(self, views: float | None) -> int:
        """How many milestones `views` has passed: 0 below the first, which `first` itself has passed."""
        if views is None or views < self.first:
            return 0
        return 1 + math.floor(math.log(views / self.first) / math.log(self.step) + TOUCH)

    def milestone(self, level: int) -> int:
        """The views of a milestone, 1 being the first; never above what passes it."""
        return math.floor(self.first * self.step ** (level - 1) + TOUCH)

    def series(self, length: int) -> list[int]:
        return [self.milestone(level) for level in range(1, length + 1)]


@dataclass(frozen=True)
class Plan:
    """The milestones in force. `number` 0 is what every installation starts with."""

    number: int
    rows: tuple[Row, ...]
    surge: float
    ahead_hours: float

    @property
    def lowest(self) -> int:
        """No item below these views, now or soon, passes any milestone."""
        return min(row.first for row in self.rows)

    def row_for(self, policies: Collection[str], country: str) -> Row:
        """The row that speaks of this item: the most particular one, and of equals the one that asks soonest."""
        fits = [row for row in self.rows if row.policy in ("", *policies) and row.country in ("", country)]
        return min(fits, key=lambda row: (-2 * bool(row.policy) - bool(row.country), row.first))


# A judgement, to be changed by those who know the platform: by the tenfold, and sooner where children are at risk.
INSTALLED = Plan(0, (Row("", "", 100_000, 10.0), Row("YS", "", 10_000, 10.0)), surge=3.0, ahead_hours=1.0)


@dataclass(frozen=True)
class Reach:
    """An item's views now, and how they grow. `since`: when it was posted, or first heard of."""

    views: int
    views_per_hour: float | None
    since: datetime
    at: datetime

    @property
    def mean_per_hour(self) -> float:
        return self.views / max((self.at - self.since).total_seconds() / 3600, 1.0)

    def foreseen(self, plan: Plan) -> float:
        """The views it will have `ahead_hours` from now if it accelerates, else those it has."""
        growth = self.views_per_hour or 0.0
        surging = growth > 0 and growth >= plan.surge * self.mean_per_hour
        return self.views + growth * plan.ahead_hours if surging else float(self.views)


@dataclass(frozen=True)
class Asked:
    """A milestone to be asked about; `accelerating` when it is not crossed yet."""

    milestone: int
    accelerating: bool


def to_ask(reach: Reach, row: Row, plan: Plan, covered: Iterable[int]) -> Asked | None:
    """The milestone to ask a person about, or None.

    `covered`: the views at which a person judged this very revision, and the milestones asked about already. Whatever
    level they have passed is not asked about again; the next one is.
    """
    now = row.level(reach.views)
    level = max(now, row.level(reach.foreseen(plan)))
    if level <= max((row.level(views) for views in covered), default=0):
        return None
    return Asked(row.milestone(level), accelerating=level > now)


def refusals(rows: Sequence[Row]) -> list[str]:
    """What is wrong with a table of milestones, in sentences; none when it can be used."""
    found = []
    names = [(row.policy, row.country) for row in rows]
    if ("", "") not in names:
        found.append("One row must stand for all policies and all countries, so that no item is without one.")
    if len(set(names)) < len(names):
        found.append("Two rows speak of the same policy and country. Keep one of them.")
    if any(not LEAST_REACH <= row.first <= 10**12 for row in rows):
        found.append("A first milestone lies between 10 and 1,000,000,000,000 views.")
    if any(not 1.5 <= row.step <= 1000 for row in rows):
        found.append("Each milestone is between 1.5 and 1,000 times the one before.")
    return found
