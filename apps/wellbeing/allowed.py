"""What a person may be handed at a moment, from her shift's row and its limits. Pure: no query, no clock.

Every rule asks for elapsed time only, never for the hour of a wall clock, so that time zones, midnight and
daylight saving change nothing. A clock set back is not believed: no moment is earlier than the last settlement.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from apps.wellbeing.harms import ALL_HARMS
from apps.wellbeing.models import LimitSet, Shift

ON_BREAK, OVER, BREAK_DUE, RESTING = "break", "over", "break_due", "resting"
GENTLE = 2  # the highest level at the start, at the end, and once the day's minutes on high levels are used
LIGHT = 1  # the highest level while light cases are due, and when nothing can be read


@dataclass(frozen=True)
class Allowance:
    """What a person may be handed right now. `shift_id` None: wellbeing could not be read (fail safe).

    `avoids`: kinds of harm (bits) never handed to her; `rests_from`: kinds only when nothing else waits;
    `relief`: light cases are due, from queues that may be mixed; `pause`: why nothing is handed out now, '' when
    something may be.
    """

    shift_id: int | None
    max_exposure: int
    used: int
    budget: int
    avoids: int = 0
    rests_from: int = 0
    relief: bool = False
    pause: str = ""

    @property
    def remaining(self) -> int:
        return max(0, self.budget - self.used)

    @property
    def readable(self) -> bool:
        return self.shift_id is not None

    def permits(self, *, exposure: int, units: int, harms: int) -> bool:
        """Whether a case like this is within what she may have now, whatever her pause."""
        fits = exposure <= LIGHT or (self.readable and units <= self.remaining)
        return fits and exposure <= self.max_exposure and not harms & self.avoids

    def in_turn(self) -> "list[Allowance]":
        """Ways to ask for a case, the kinder first: other kinds of harm than the last ones, then any of hers."""
        if not self.rests_from:
            return [self]
        return [
            replace(self, avoids=self.avoids | self.rests_from, rests_from=0),
            replace(self, rests_from=0),
        ]


# Her choices cannot be read either, so nothing that anyone might have opted out of.
FAIL_SAFE = Allowance(shift_id=None, max_exposure=LIGHT, used=0, budget=0, avoids=ALL_HARMS)


def allowed_now(shift: Shift, limits: LimitSet, at: datetime) -> Allowance:
    """Everything that depends on her state, as the few plain values a claim asks for."""
    at = believed(shift, at)
    tired = shift.harm_run >= limits.harm_run
    return Allowance(
        shift_id=shift.pk,
        max_exposure=level_now(shift, limits, at),
        used=shift.spent + shift.reserved,
        budget=shift.budget,
        avoids=shift.avoids,
        rests_from=shift.harms_last if tired else 0,
        relief=shift.light_owed > 0,
        pause=pause_now(shift, limits, at),
    )


def believed(shift: Shift, at: datetime) -> datetime:
    """The moment to reckon with: never before her last settlement in this shift."""
    return max(at, shift.clock_at) if shift.clock_at else at


def level_now(shift: Shift, limits: LimitSet, at: datetime) -> int:
    """The highest exposure level that may be handed to her at this moment."""
    level = shift.max_exposure
    if shift.light_owed:
        level = min(level, LIGHT)
    elif heavy_rests_because(shift, limits, at):
        level = min(level, GENTLE)
    elif extreme_rests(shift, limits):
        level = min(level, 3)
    return level


def heavy_rests_because(shift: Shift, limits: LimitSet, at: datetime) -> str:
    """Why nothing above exposure 2 is handed out at this moment: 'start', 'end', 'minutes', or '' when it may be."""
    if at - shift.started_at < timedelta(minutes=limits.gentle_start_minutes):
        return "start"
    if worked(shift, at) >= timedelta(minutes=limits.shift_minutes - limits.gentle_end_minutes):
        return "end"
    if not shift.specialist and shift.high_seconds >= limits.high_minutes * 60:
        return "minutes"
    return ""


def extreme_rests(shift: Shift, limits: LimitSet) -> bool:
    """Whether exposure 4 is over for this working day: its minutes are used, or a day without it is due."""
    used_up = shift.extreme_seconds >= limits.extreme_minutes * 60
    return used_up or (shift.extremes == 0 and shift.extreme_days >= limits.extreme_days)


def pause_now(shift: Shift, limits: LimitSet, at: datetime) -> str:
    """Why nothing at all is handed out at this moment, '' when something may be."""
    if shift.break_started_at is not None:
        return ON_BREAK
    if worked(shift, at) >= timedelta(minutes=limits.shift_minutes + limits.overtime_minutes):
        return OVER
    if at >= break_due_at(shift, limits):
        return BREAK_DUE
    if shift.rest_until is not None and at < shift.rest_until:
        return RESTING
    return ""


def worked(shift: Shift, at: datetime) -> timedelta:
    """Working time of the working day so far, breaks included: they are work time."""
    return (at - shift.started_at) + timedelta(seconds=shift.seconds_before)


def break_due_at(shift: Shift, limits: LimitSet) -> datetime:
    """When the next break is due: earlier once a case of exposure 3 or more was among the work since the last."""
    every = limits.high_break_every_minutes if shift.high_since_rest else limits.break_every_minutes
    return (shift.rested_at or shift.started_at) + timedelta(minutes=every)


def break_length(shift: Shift, limits: LimitSet) -> timedelta:
    """How long a break must be to count as one: longer past half of the budget."""
    past_half = 2 * shift.spent > shift.budget
    return timedelta(minutes=limits.long_break_minutes if past_half else limits.break_minutes)


def break_is_due(shift: Shift, limits: LimitSet, at: datetime) -> bool:
    """Whether the break she is on now is one that was due when she began it, or has become so."""
    return at >= break_due_at(shift, limits)
