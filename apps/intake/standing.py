"""On which terms a detector's scores are taken: the house's own thresholds, and who only looks on.

The room that keeps them stands above this one and is connected in `reviewqueue/wiring.py`. Without it every
detector counts, at the thresholds it sends.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

Named = tuple[str, str]  # detector, version


@dataclass(frozen=True)
class Terms:
    """`shadow`: its scores are kept and open nothing. `thresholds` by rule take the place of those sent."""

    shadow: bool = False
    thresholds: Mapping[str, float] = field(default_factory=dict)


THEIR_OWN = Terms()
Ask = Callable[[Collection[Named]], Mapping[Named, Terms]]


@dataclass
class Standing:
    ask: Ask = lambda detectors: {}


standing = Standing()
