"""What an organisation's limits may be. Ceilings and their basis: domain/WELLBEING.md, "Default parameter set"."""

from dataclasses import asdict, dataclass

from apps.wellbeing.models import LimitSet
from apps.wellbeing.queries import Ceiling

HIGHEST_LEVEL = 4
CENTI = 100  # budgets are stored in hundredths of a unit
# Least and most of each limit. Budgets in centiunits, times in minutes.
BOUNDS: dict[str, tuple[int, int]] = {
    "budget": (1 * CENTI, 100_000 * CENTI),
    "specialist_budget": (1 * CENTI, 100_000 * CENTI),
    "weekly_factor": (1, 7),
    "max_exposure": (0, HIGHEST_LEVEL),
    "specialist_max_exposure": (0, HIGHEST_LEVEL),
    "shift_minutes": (60, 720),
    "break_every_minutes": (10, 240),
    "break_minutes": (5, 60),
}
REASON_AT_MOST = 500


@dataclass(frozen=True)
class Wanted:
    """The limits somebody wants for the organisation. Budgets in centiunits."""

    budget: int
    specialist_budget: int
    weekly_factor: int
    max_exposure: int
    specialist_max_exposure: int
    shift_minutes: int
    break_every_minutes: int
    break_minutes: int

    @classmethod
    def of(cls, limits: LimitSet) -> "Wanted":
        return cls(**{name: getattr(limits, name) for name in BOUNDS})

    def values(self) -> dict[str, int]:
        return asdict(self)

    def problems(self) -> list[dict[str, str]]:
        """Every limit that cannot be set, and why, in words."""
        found = [
            _problem(name, f"This must be a whole number from {least:,} to {most:,}.")
            for name, least, most in ((name, *bounds_shown(name)) for name in BOUNDS)
            if not BOUNDS[name][0] <= getattr(self, name) <= BOUNDS[name][1]
        ]
        if found:
            return found
        if self.max_exposure > self.specialist_max_exposure:
            found.append(_problem("max_exposure", "This cannot be higher than the level for specialists."))
        if self.budget > self.specialist_budget:
            found.append(_problem("budget", "This cannot be more than the budget of specialists."))
        if self.break_every_minutes > self.shift_minutes:
            found.append(_problem("break_every_minutes", "A break must fall within the shift."))
        return found


def bounds_shown(name: str) -> tuple[int, int]:
    """The least and the most of a limit as people read them: budgets in units."""
    least, most = BOUNDS[name]
    return (least // CENTI, most // CENTI) if name.endswith("budget") else (least, most)


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
