"""How long a strike counts, and what so many of them provide for. Pure.

DSA Art. 23 asks for a warning first, and to weigh number, proportion, gravity and intention; it sets no numbers. These are
judgements: grave rules count longer, measures grow by steps, and the last one is only ever decided by two people.
"""

from dataclasses import dataclass
from datetime import timedelta

COUNTS_FOR = {
    1: timedelta(days=30),
    2: timedelta(days=60),
    3: timedelta(days=90),
    4: timedelta(days=180),
    5: timedelta(days=365),
}  # by the severity of the rule


@dataclass(frozen=True)
class Step:
    """From so many strikes in force on: a measure, as an action of the guidelines ('' is a warning), for so many days."""

    strikes: int
    action: str
    days: int
    words: str


STEPS = (
    Step(1, "", 0, "a warning, which the notice of the strike is"),
    Step(2, "feature_suspend", 3, "a feature suspended for 3 days"),
    Step(3, "account_suspend", 7, "the account suspended for 7 days"),
    Step(4, "account_suspend", 30, "the account suspended for 30 days"),
    Step(5, "account_terminate", 0, "a second person’s look at ending the account"),
)


def step(strikes: int) -> Step | None:
    """What an account with so many strikes in force has come to; None without any."""
    return max((one for one in STEPS if one.strikes <= strikes), key=lambda one: one.strikes, default=None)


def expires_after(severity: int) -> timedelta:
    """How long a strike under a rule of that severity counts."""
    return COUNTS_FOR[severity]
