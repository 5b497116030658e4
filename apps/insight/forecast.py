"""What the coming hours will be like for one queue, from what waits, what comes and who is there. Pure arithmetic.

Times are minutes from now, rates are cases an hour. What is due by a moment must have been decided by then: what is
due already, what falls due until then, and of what still comes in whatever will be due by then. Decided by then is
capacity times time. The first moment at which the first exceeds the second is when the queue is overdue.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

HORIZON = 8 * 60
STEP = 5
FROM = 30  # minutes: nobody can help before that
PEOPLE_AT_MOST = 50


@dataclass(frozen=True)
class Load:
    """`due`: minutes from now, in order, each with how many cases fall due until then; `overdue` are late already.

    `allowance`: minutes between coming in and being due. `each`: cases one person decides in an hour.
    """

    overdue: int
    due: Sequence[tuple[int, int]]
    inflow: float
    allowance: float
    capacity: float
    each: float


@dataclass(frozen=True)
class Forecast:
    """`late_at`: minutes until the first case is overdue; `caught_up_at`: until what is overdue now is decided.

    Both None where it does not happen within eight hours. `more`: the people who would hold it; 0 when it holds,
    None when fifty would not.
    """

    late_at: int | None
    caught_up_at: int | None
    more: int | None


def forecast(load: Load) -> Forecast:
    if load.overdue:
        return Forecast(0, _caught_up(load), _more(load))
    return Forecast(_late(load, load.capacity), None, _more(load))


def owed(load: Load, at: int) -> float:
    """Cases that must have been decided by a moment."""
    passed = bisect_right(load.due, at, key=lambda point: point[0])
    falls_due = load.due[passed - 1][1] if passed else 0
    return load.overdue + falls_due + load.inflow * max(0.0, at - load.allowance) / 60


def _late(load: Load, capacity: float, *, since: int = STEP) -> int | None:
    for at in range(since, HORIZON + 1, STEP):
        if owed(load, at) > capacity * at / 60 + 1e-9:
            return at
    return None


def _caught_up(load: Load) -> int | None:
    for at in range(STEP, HORIZON + 1, STEP):
        if owed(load, at) <= load.capacity * at / 60 + 1e-9:
            return at
    return None


def _more(load: Load) -> int | None:
    """The fewest further people with whom nothing is late from half an hour on."""
    for people in range(PEOPLE_AT_MOST + 1):
        capacity = load.capacity + people * load.each
        # What falls due within minutes nobody can hold: it counts from when help could have worked.
        if _late(load, capacity, since=FROM) is None:
            return people
    return None
