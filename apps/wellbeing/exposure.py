"""What looking costs. Numbers and their basis: domain/WELLBEING.md, "Default parameter set".

All amounts are centiunits (hundredths of an exposure unit), integers.
"""

import math
from dataclasses import dataclass

WEIGHT = {0: 0, 1: 50, 2: 100, 3: 400, 4: 1000}  # convex, because the dose-response is
MODALITY = {"text": 50, "account": 50, "image": 100, "audio": 100, "video": 160, "live": 200}  # in hundredths
UNHEARD_MOST = 60.0  # seconds counted after a heartbeat that nothing followed: two of them, or one and the idle half-minute
TIME_LEAST, TIME_MOST = 0.5, 3.0
VEILED_FACTOR = 0.5  # decided without unveiling


def units(*, exposure: int, kind: str, seconds: float, revealed: bool) -> int:
    """Centiunits one look cost: weight x modality x time x reveal, rounded up.

    time = clamp(0.5 + seconds/60, 0.5, 3). No discount for greyscale or blur (the evidence for them is mixed).
    """
    time = min(max(0.5 + seconds / 60, TIME_LEAST), TIME_MOST)
    reveal = 1.0 if revealed else VEILED_FACTOR
    return math.ceil(WEIGHT[exposure] * MODALITY[kind] / 100 * time * reveal - 1e-9)


def worst_units(*, exposure: int, kind: str) -> int:
    """Centiunits reserved when a case is handed out: the most one look can ever cost."""
    return units(exposure=exposure, kind=kind, seconds=3600, revealed=True)


@dataclass(frozen=True)
class Look:
    """What the page says was really shown. `reported` False: it said nothing, which counts as fully shown."""

    seconds: float = 0.0
    reported: bool = True

    @property
    def revealed(self) -> bool:
        return self.seconds > 0

    def within(self, wall_seconds: float) -> "Look":
        """A look cannot last longer than the claim it happened in."""
        wall = max(0.0, wall_seconds)
        return Look(min(max(0.0, self.seconds), wall) if self.reported else max(wall, 0.001), self.reported)


UNREPORTED = Look(reported=False)
