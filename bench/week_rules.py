"""The limits told a second time, from what happened alone: whether a claim was beyond any of them.

Nothing here reads the rows or the code that decide what is handed out; only the numbers of a set of limits are shared.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

DAY, WEEK = timedelta(hours=20), timedelta(days=7)


@dataclass
class Case:
    exposure: int
    units: int  # the most one look can cost, in centiunits
    kind: str
    harms: int
    queue: int
    opened: datetime


@dataclass
class Watcher:
    """One person's week as an onlooker with a stopwatch would note it down."""

    specialist: bool
    opted_in: bool
    avoids: int
    new_since: datetime
    own_budget: int | None = None
    limits: Any = None
    began: datetime | None = None
    day: datetime | None = None
    worked_before: timedelta = timedelta(0)
    looks: list[tuple[datetime, int, int]] = field(default_factory=list)  # when, units, exposure
    minutes_high: timedelta = timedelta(0)
    minutes_extreme: timedelta = timedelta(0)
    extremes_today: int = 0
    extreme_days: int = 0
    extremes_at: list[datetime] = field(default_factory=list)
    high_in_a_row: int = 0
    extreme_in_a_row: int = 0
    light_due: int = 0
    rested: datetime | None = None
    heavy_since_rest: bool = False
    ended: datetime | None = None

    def begins(self, at: datetime, limits: Any) -> None:
        pause = at - self.ended if self.ended else None
        if self.day is None or at - self.day >= DAY:
            in_a_row = self.extremes_today and self.day and at - self.day < timedelta(hours=40)
            self.extreme_days = self.extreme_days if in_a_row else 0
            self.day, self.worked_before = at, timedelta(0)
            self.minutes_high = self.minutes_extreme = timedelta(0)
            self.extremes_today = self.high_in_a_row = self.extreme_in_a_row = self.light_due = 0
            self.extremes_at = []
            pause = None
        if pause is None or pause >= timedelta(minutes=limits.break_minutes):
            self.rested, self.heavy_since_rest = at, False
        self.began, self.limits = at, limits

    def ends(self, at: datetime) -> None:
        assert self.began
        self.worked_before += at - self.began
        self.ended, self.began = at, None

    def breaks(self, since: datetime, at: datetime) -> None:
        if at - since >= timedelta(minutes=self._break_minutes()):
            self.rested, self.heavy_since_rest = at, False

    def _break_minutes(self) -> int:
        half = 2 * self._spent(self.began) > self._budget()
        return int(self.limits.long_break_minutes if half else self.limits.break_minutes)

    def settles(self, at: datetime, case: Case, cost: int, lasted: timedelta, *, worked: bool) -> None:
        self.looks.append((at, cost, case.exposure))
        high, extreme = case.exposure >= 3, case.exposure == 4
        if high:
            self.minutes_high += lasted
            self.high_in_a_row += 1
            self.heavy_since_rest = True
        elif worked:
            self.high_in_a_row = 0
        if extreme:
            self.minutes_extreme += lasted
            self.extreme_in_a_row += 1
            self.extreme_days += not self.extremes_today
            self.extremes_today += 1
            self.extremes_at.append(at)
        elif high or worked:
            self.extreme_in_a_row = 0
        full = high and self.high_in_a_row >= self.limits.high_run
        if full or (extreme and self.extreme_in_a_row >= self.limits.extreme_run):
            self.light_due = self.limits.light_after_run
        elif case.exposure <= 1 and worked:
            self.light_due = max(0, self.light_due - 1)

    def beyond(self, at: datetime, case: Case) -> list[str]:
        """The names of the limits that a claim of this case at this moment is beyond."""
        limits, high, extreme = self.limits, case.exposure >= 3, case.exposure == 4
        assert self.began
        assert self.rested
        worked = self.worked_before + (at - self.began)
        every = limits.high_break_every_minutes if self.heavy_since_rest else limits.break_every_minutes
        top = limits.specialist_max_exposure if self.specialist else limits.max_exposure
        heavy = case.exposure >= 2
        rules = {
            "highest level": case.exposure > top,
            "extreme without opting in": extreme and not self.opted_in,
            "opted out": bool(case.harms & self.avoids),
            "start of shift": high and at - self.began < _minutes(limits.gentle_start_minutes),
            "last hour": high and worked >= _minutes(limits.shift_minutes - limits.gentle_end_minutes),
            "end of shift": worked >= _minutes(limits.shift_minutes + limits.overtime_minutes),
            "hours on exposure 3": high and not self.specialist and self.minutes_high >= _minutes(limits.high_minutes),
            "hours on exposure 4": extreme and self.minutes_extreme >= _minutes(limits.extreme_minutes),
            "days in a row": extreme and not self.extremes_today and self.extreme_days >= limits.extreme_days,
            "run of exposure 3": high and self.high_in_a_row >= limits.high_run,
            "run of exposure 4": extreme and self.extreme_in_a_row >= limits.extreme_run,
            "light cases due": case.exposure > 1 and self.light_due > 0,
            "rest after extreme": at < self._rested_from_extreme(),
            "break": at >= self.rested + _minutes(every),
            "budget": heavy and self._spent(at) + case.units > self._budget(),
            "seven days": heavy and self._week(at) + case.units > self._whole_budget() * limits.weekly_factor,
        }  # fmt: skip
        return [name for name, broken in rules.items() if broken]

    def _rested_from_extreme(self) -> datetime:
        if not self.extremes_at:
            return datetime.min.replace(tzinfo=self.began.tzinfo if self.began else None)
        until = self.extremes_at[-1] + timedelta(seconds=self.limits.cooldown_seconds)
        for n in range(self.limits.burst_items - 1, len(self.extremes_at)):
            first, last = self.extremes_at[n - self.limits.burst_items + 1], self.extremes_at[n]
            if last - first <= _minutes(self.limits.burst_minutes):
                until = max(until, last + _minutes(self.limits.burst_cooldown_minutes))
        return until

    def _whole_budget(self) -> int:
        return int(self.limits.specialist_budget if self.specialist else self.limits.budget)

    def _budget(self) -> int:
        assert self.began
        weeks = max(timedelta(0), self.began - self.new_since) // WEEK
        steps = (self.limits.ramp_week_1, self.limits.ramp_week_2, self.limits.ramp_week_3, 100)
        budget = self._whole_budget() * steps[min(weeks, 3)] // 100
        return budget if self.own_budget is None else min(budget, self.own_budget)

    def _spent(self, at: datetime | None) -> int:
        """Centiunits since the working day began."""
        total = 0
        for when, cost, _ in reversed(self.looks):
            if self.day and when < self.day:
                break
            total += cost
        return total

    def _week(self, at: datetime) -> int:
        return sum(cost for when, cost, _ in self.looks if when >= at - WEEK)


def _minutes(number: int) -> timedelta:
    return timedelta(minutes=number)
