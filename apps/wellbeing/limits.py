"""What an organisation's limits may be, and what each means. Numbers and their basis: domain/WELLBEING.md."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from apps.wellbeing.models import LimitSet
from apps.wellbeing.queries import Ceiling

HIGHEST_LEVEL = 4
CENTI = 100  # budgets are stored in hundredths of a unit
REASON_AT_MOST = 500
DAYS_LEAST, DAYS_MOST, DAYS_USUAL = 1, 366, 180  # for how long a set may be in force


@dataclass(frozen=True)
class Limit:
    """One limit: what a person reads, its unit, on what its default rests, and its group on the page."""

    title: str
    unit: str
    basis: str  # "evidence", "practice" or "judgement"
    group: str


# In the order in which they are shown. A basis is that of the number, not of the idea.
LIMITS: dict[str, Limit] = {
    "budget": Limit("Budget for one shift", "units", "judgement", "Budgets"),
    "specialist_budget": Limit("Budget for one shift, specialists", "units", "judgement", "Budgets"),
    "weekly_factor": Limit("Cap on seven days", "shift budgets", "judgement", "Budgets"),
    "ramp_week_1": Limit("New moderators, first week", "% of the budget", "judgement", "Budgets"),
    "ramp_week_2": Limit("New moderators, second week", "% of the budget", "judgement", "Budgets"),
    "ramp_week_3": Limit("New moderators, third week", "% of the budget", "judgement", "Budgets"),
    "max_exposure": Limit("Highest exposure level", "", "practice", "Levels"),
    "specialist_max_exposure": Limit("Highest exposure level, specialists", "", "practice", "Levels"),
    "high_minutes": Limit("On exposure 3 and more in a day", "min", "practice", "Levels"),
    "extreme_minutes": Limit("On exposure 4 in a day", "min", "practice", "Levels"),
    "extreme_days": Limit("Days in a row with exposure 4", "days", "judgement", "Levels"),
    "shift_minutes": Limit("Length of a shift", "min", "practice", "The shift"),
    "overtime_minutes": Limit("Overtime after it", "min", "practice", "The shift"),
    "gentle_start_minutes": Limit("At the start, up to exposure 2", "min", "judgement", "The shift"),
    "gentle_end_minutes": Limit("At the end and in overtime, up to exposure 2", "min", "practice", "The shift"),
    "break_every_minutes": Limit("A break after", "min", "practice", "Breaks"),
    "high_break_every_minutes": Limit("A break after, with exposure 3 and more", "min", "practice", "Breaks"),
    "break_minutes": Limit("Length of a break", "min", "evidence", "Breaks"),
    "long_break_minutes": Limit("Length past half the budget", "min", "evidence", "Breaks"),
    "high_run": Limit("Exposure 3 and more in a row", "cases", "judgement", "The mix"),
    "extreme_run": Limit("Exposure 4 in a row", "cases", "judgement", "The mix"),
    "light_after_run": Limit("Light cases after such a run", "cases", "judgement", "The mix"),
    "harm_run": Limit("One kind of harm in a row", "cases", "judgement", "The mix"),
    "cooldown_seconds": Limit("Rest after an extreme case", "s", "judgement", "The mix"),
    "burst_items": Limit("Longer rest after extreme cases, this many", "cases", "judgement", "The mix"),
    "burst_minutes": Limit("… within", "min", "judgement", "The mix"),
    "burst_cooldown_minutes": Limit("The longer rest", "min", "judgement", "The mix"),
}  # fmt: skip

Bounds = Mapping[str, tuple[int, int]]

# What the product ships with as the organisation's ceilings: least and most, budgets in centiunits.
SHIPPED_CEILINGS: dict[str, tuple[int, int]] = {
    "budget": (1 * CENTI, 240 * CENTI),
    "specialist_budget": (1 * CENTI, 600 * CENTI),
    "weekly_factor": (1, 5),
    "ramp_week_1": (5, 50),
    "ramp_week_2": (5, 75),
    "ramp_week_3": (5, 100),
    "max_exposure": (0, HIGHEST_LEVEL),
    "specialist_max_exposure": (0, HIGHEST_LEVEL),
    "high_minutes": (0, 300),
    "extreme_minutes": (0, 300),  # five hours: the hard line of those who do nothing else (IWF)
    "extreme_days": (0, 5),
    "shift_minutes": (60, 600),
    "overtime_minutes": (0, 120),
    "gentle_start_minutes": (5, 120),
    "gentle_end_minutes": (30, 240),
    "break_every_minutes": (10, 120),
    "high_break_every_minutes": (10, 60),
    "break_minutes": (5, 60),
    "long_break_minutes": (10, 60),
    "high_run": (1, 10),
    "extreme_run": (1, 5),
    "light_after_run": (2, 50),
    "harm_run": (2, 50),
    "cooldown_seconds": (60, 1800),
    "burst_items": (2, 5),
    "burst_minutes": (10, 240),
    "burst_cooldown_minutes": (10, 30),
}


@dataclass(frozen=True)
class Wanted:
    """The limits somebody wants for the organisation. Budgets in centiunits, the rest as in LIMITS."""

    budget: int
    specialist_budget: int
    weekly_factor: int
    ramp_week_1: int
    ramp_week_2: int
    ramp_week_3: int
    max_exposure: int
    specialist_max_exposure: int
    high_minutes: int
    extreme_minutes: int
    extreme_days: int
    shift_minutes: int
    overtime_minutes: int
    gentle_start_minutes: int
    gentle_end_minutes: int
    break_every_minutes: int
    high_break_every_minutes: int
    break_minutes: int
    long_break_minutes: int
    high_run: int
    extreme_run: int
    light_after_run: int
    harm_run: int
    cooldown_seconds: int
    burst_items: int
    burst_minutes: int
    burst_cooldown_minutes: int

    @classmethod
    def of(cls, limits: LimitSet) -> "Wanted":
        return cls(**{name: getattr(limits, name) for name in LIMITS})

    def values(self) -> dict[str, int]:
        return asdict(self)

    def problems(self, ceilings: Bounds) -> list[dict[str, str]]:
        """Every limit that cannot be set, and why, in words; one beyond a ceiling names the ceiling."""
        found = [
            _problem(name, _beyond(name, bounds))
            for name, bounds in ceilings.items()
            if not bounds[0] <= getattr(self, name) <= bounds[1]
        ]
        return found or self._contradictions()

    def _contradictions(self) -> list[dict[str, str]]:
        """What each number may be alone, but not beside the others."""
        rules = [
            ("max_exposure", self.max_exposure > self.specialist_max_exposure,
             "This cannot be higher than the level for specialists."),
            ("budget", self.budget > self.specialist_budget,
             "This cannot be more than the budget of specialists."),
            ("break_every_minutes", self.break_every_minutes > self.shift_minutes,
             "A break must fall within the shift."),
            ("high_break_every_minutes", self.high_break_every_minutes > self.break_every_minutes,
             "Heavy work needs breaks at least as often as other work."),
            ("long_break_minutes", self.long_break_minutes < self.break_minutes,
             "This cannot be shorter than an ordinary break."),
            ("extreme_run", self.extreme_run > self.high_run,
             "This cannot be more than the cases of exposure 3 and more in a row."),
            ("burst_cooldown_minutes", self.burst_cooldown_minutes * 60 < self.cooldown_seconds,
             "This cannot be shorter than the rest after one extreme case."),
            ("ramp_week_2", self.ramp_week_2 < self.ramp_week_1, "The second week cannot allow less than the first."),
            ("ramp_week_3", self.ramp_week_3 < self.ramp_week_2, "The third week cannot allow less than the second."),
        ]  # fmt: skip
        return [_problem(name, sentence) for name, wrong, sentence in rules if wrong]


def shown(name: str, value: int) -> int:
    """A limit as people read it: budgets in units."""
    return value // CENTI if name.endswith("budget") else value


def _beyond(name: str, bounds: tuple[int, int]) -> str:
    least, most = (shown(name, bound) for bound in bounds)
    return f"This must be a whole number from {least:,} to {most:,}: the ceilings of the organisation."


def _problem(field: str, reason: str) -> dict[str, str]:
    return {"field": field, "reason": reason}


def above_the_ceiling(
    ceiling: Ceiling, max_exposure: int | None, budget: int | None, *, opted_in_to_extreme: bool
) -> list[dict[str, str]]:
    """What of a person's own limits is above what the organisation allows her, in words; None asks for nothing."""
    found = []
    if max_exposure is not None and max_exposure > ceiling.max_exposure:
        reason = f"The organisation allows you exposure {ceiling.max_exposure} at most."
        found.append(_problem("max_exposure", reason))
    if opted_in_to_extreme and ceiling.max_exposure < HIGHEST_LEVEL:
        found.append(_problem("opted_in_to_extreme", "The organisation does not give you exposure 4 at all."))
    if budget is not None and budget > ceiling.budget:
        reason = f"The organisation allows you {ceiling.budget / CENTI:,.10g} units at most."
        found.append(_problem("budget", reason))
    return found
