"""How long a strike counts, and what so many of them provide for. Pure.

DSA Art. 23 asks for a warning first, and to weigh number, proportion, gravity and intention; it sets no numbers. These are
judgements: grave rules count longer, measures grow by steps, and the last one is only ever decided by two people. The
numbers below are those the program came with; two people put others in force (`apps.strikes.operations.ladders`).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from apps.strikes.errors import LadderUnusable

# From mild to grave. A suspended account is graver than a suspended feature, whatever the days.
MEASURES = ("", "feature_suspend", "account_suspend", "account_terminate")
DAYS = {"feature_suspend": (1, 90), "account_suspend": (1, 180)}
STEPS_AT_MOST = 8
STRIKES_AT_MOST = 50
COUNTS_AT_LEAST, COUNTS_AT_MOST = 7, 730  # days
SEVERITIES = (1, 2, 3, 4, 5)


@dataclass(frozen=True)
class Step:
    """From so many strikes in force on: a measure, as an action of the guidelines ('' is a warning), for so many days."""

    strikes: int
    action: str
    days: int

    @property
    def words(self) -> str:
        days = f"{self.days} day{'' if self.days == 1 else 's'}"
        return {
            "": "a warning",
            "feature_suspend": f"a feature suspended for {days}",
            "account_suspend": f"the account suspended for {days}",
            "account_terminate": "a second person’s look at ending the account",
        }[self.action]

    @property
    def weight(self) -> tuple[int, int]:
        """What may be compared: a graver measure weighs more, and among the same the longer one."""
        return MEASURES.index(self.action), self.days


@dataclass(frozen=True)
class Ladder:
    """A ladder of steps and how long strikes count, in days by the severity of the rule. `number` 0 came with the program."""

    steps: tuple[Step, ...]
    counts_for: tuple[int, ...]
    number: int = 0
    id: int | None = None

    def step(self, strikes: int) -> Step | None:
        """What an account with so many strikes in force has come to; None without any."""
        return step(strikes, self.steps)

    def expires_after(self, severity: int) -> timedelta:
        """How long a strike under a rule of that severity counts."""
        return timedelta(days=self.counts_for[severity - 1])

    def same_as(self, other: "Ladder") -> bool:
        return (self.steps, self.counts_for) == (other.steps, other.counts_for)


STEPS = (
    Step(1, "", 0),
    Step(2, "feature_suspend", 3),
    Step(3, "account_suspend", 7),
    Step(4, "account_suspend", 30),
    Step(5, "account_terminate", 0),
)
STARTER = Ladder(STEPS, (30, 60, 90, 180, 365))


def step(strikes: int, steps: Sequence[Step] = STEPS) -> Step | None:
    """What an account with so many strikes in force has come to on these steps; None without any."""
    return max((one for one in steps if one.strikes <= strikes), key=lambda one: one.strikes, default=None)


def steps_from(stored: Iterable[dict[str, Any]]) -> tuple[Step, ...]:
    """Steps as they are stored: `strikes`, `action` and `days` of each, in their order."""
    return tuple(Step(one["strikes"], one["action"], one["days"]) for one in stored)


def check(ladder: Ladder) -> None:
    """Refuse, in words, a ladder that breaks a law of ladders. The database refuses the same.

    It begins with a warning; more strikes never provide for less; a suspension has its days; nothing is for ever unless
    a person decides it; a strike under a graver rule never counts for less time. Raises LadderUnusable.
    """
    if not 1 <= len(ladder.steps) <= STEPS_AT_MOST:
        raise LadderUnusable(f"A ladder has 1 to {STEPS_AT_MOST} steps. Nothing was changed.")
    first = ladder.steps[0]
    if (first.strikes, first.action) != (1, ""):
        raise LadderUnusable("The first step is a warning, at one strike: nothing comes before a warning.")
    for place, one in enumerate(ladder.steps, start=1):
        _check_step(place, one)
    for place, (before, one) in enumerate(zip(ladder.steps, ladder.steps[1:], strict=False), start=2):
        _check_order(place, before, one)
    days = ladder.counts_for
    if len(days) != len(SEVERITIES) or not all(COUNTS_AT_LEAST <= one <= COUNTS_AT_MOST for one in days):
        raise LadderUnusable(f"A strike counts for {COUNTS_AT_LEAST} to {COUNTS_AT_MOST} days.")
    if list(days) != sorted(days):
        raise LadderUnusable(
            "A strike under a graver rule never counts for less time than one under a lighter."
        )


def _check_step(place: int, one: Step) -> None:
    if one.action not in MEASURES:
        raise LadderUnusable(f"Step {place} names no measure that a ladder knows.")
    if not 1 <= one.strikes <= STRIKES_AT_MOST:
        raise LadderUnusable(f"Step {place}: a step stands at 1 to {STRIKES_AT_MOST} strikes.")
    if one.action not in DAYS and one.days:
        raise LadderUnusable(f"Step {place}: only a suspension has days.")
    if one.action in DAYS:
        least, most = DAYS[one.action]
        if not least <= one.days <= most:
            what = "an account" if one.action == "account_suspend" else "a feature"
            raise LadderUnusable(
                f"Step {place}: {what} is suspended for {least} to {most} days. Nothing is for ever unless a person decides it."
            )


def _check_order(place: int, before: Step, one: Step) -> None:
    if one.strikes <= before.strikes:
        raise LadderUnusable(f"Step {place} stands at no more strikes than the step before it.")
    if one.weight == before.weight:
        raise LadderUnusable(f"Step {place} provides for the same as the step before it.")
    if one.weight < before.weight:
        raise LadderUnusable(
            f"Step {place} ({one.words}) is milder than the step before it ({before.words}): more strikes never provide for less."
        )
