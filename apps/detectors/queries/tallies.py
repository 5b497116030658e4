"""Sums of counted cells, and the shares they tell."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from apps.detectors.statistics import Estimate, effective, weighted_share, wilson

ENOUGH = 30  # answers below which a mean of looks is not told
COLUMNS = (
    "scored", "upheld", "refused", "unsure", "outside", "drawn", "drawn_upheld", "weight", "weight_upheld", "square",
    "looked", "units",
)  # fmt: skip


@dataclass
class Tally:
    """The sums of some cells; see `apps.detectors.models.Counts`."""

    scored: int = 0
    upheld: int = 0
    refused: int = 0
    unsure: int = 0
    outside: int = 0
    drawn: int = 0
    drawn_upheld: int = 0
    weight: float = 0.0
    weight_upheld: float = 0.0
    square: float = 0.0
    looked: int = 0
    units: int = 0

    def add(self, amounts: Sequence[Any]) -> None:
        for name, amount in zip(COLUMNS, amounts, strict=True):
            setattr(self, name, getattr(self, name) + (amount or 0))

    @property
    def chosen(self) -> int:
        """Definite first answers on items chosen for a reason."""
        return self.upheld + self.refused

    @property
    def judged(self) -> int:
        return self.chosen + self.drawn

    @property
    def share(self) -> Estimate | None:
        """The share that people upheld, drawn items counted for as many as they stand for."""
        if not self.drawn:
            return wilson(self.upheld, self.chosen)
        return weighted_share(
            self.upheld, self.chosen, self.weight, self.weight_upheld, self.square, self.judged
        )

    def told(self, *, drawn_only: bool) -> tuple[float, float] | None:
        """A share, and as many answers as tell as much; None when nobody answered."""
        found = self.sampled_share if drawn_only else self.share
        if found is None:
            return None
        others = 0 if drawn_only else self.chosen
        return found.value, effective(others + self.weight, others + self.square)

    @property
    def sampled_share(self) -> Estimate | None:
        """The same of drawn items alone: what is true of those nobody chose."""
        size = effective(self.weight, self.square)
        return wilson(self.weight_upheld / self.weight * size, size, self.drawn) if self.weight > 0 else None

    @property
    def units_each(self) -> float | None:
        """Exposure units of one look, on average; None below thirty looks, which could tell of a person."""
        return float(self.units) / self.looked / 100 if self.looked >= ENOUGH else None


def summed(tallies: Sequence[Tally]) -> Tally:
    added = Tally()
    for one in tallies:
        added.add([getattr(one, name) for name in COLUMNS])
    return added
