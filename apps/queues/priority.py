"""Priority: a severity floor, then capped components, each stored and shown.

Pure functions. Priority orders, it never hides. The weights are a judgement; their shape follows
the prioritisation factors named in domain/SIZING.md (severity, likelihood, reach, trusted
notices, risk, legal clock), with report counts only through distinct, credible reporters.
"""

import math
from dataclasses import dataclass, field
from datetime import datetime, timedelta

POINT_IN_SECONDS = 1800  # one point of priority is worth half an hour of due time
SEVERITY_FLOOR = {1: 0, 2: 15, 3: 30, 4: 45, 5: 60}  # a step is more than the crowd below can ever add
CAPS = {"likelihood": 10, "reach": 10, "reporters": 6, "trusted": 6, "minors": 5, "clock": 3}

# Time to decide by severity: a judgement (no law sets these); legal clocks below shorten them.
DUE_AFTER = {
    1: timedelta(hours=72),
    2: timedelta(hours=24),
    3: timedelta(hours=12),
    4: timedelta(hours=4),
    5: timedelta(hours=1),
}
TRUSTED_WITHIN = timedelta(hours=24)  # DSA Art. 22 asks for priority without a number; a judgement
INTIMATE_IMAGES_WITHIN = timedelta(hours=48)  # US TAKE IT DOWN Act; domain/TRANSPARENCY.md, "Other clocks"


@dataclass(frozen=True)
class Facts:
    """All that priority depends on. `reporter_weight` is the sum of the distinct reporters' credibilities (0..1)."""

    severity: int
    likelihood: float | None = None
    views_per_hour: float | None = None
    reporters: int = 0
    reporter_weight: float = 0.0
    trusted: bool = False
    minors: bool = False
    clock: timedelta | None = None
    clock_name: str = ""
    opened_at: datetime = field(default_factory=lambda: datetime.min)


@dataclass(frozen=True)
class Priority:
    """`breakdown` is what the case page shows: label, points, cap, and the fact behind it."""

    points: int
    breakdown: list[dict[str, object]]
    due_at: datetime
    due_because: str

    @property
    def rank(self) -> int:
        return rank(self.due_at, self.points)


def rank(due_at: datetime, points: int) -> int:
    """Epoch seconds; smaller is served sooner. Due time less half an hour for each point.

    Because time alone moves new cases behind old ones, nothing starves: a case can only be overtaken by
    cases due less than 50 hours (100 points) after it. No recomputation is ever needed.
    """
    return int(due_at.timestamp()) - points * POINT_IN_SECONDS


def prioritise(facts: Facts) -> Priority:
    """Points 0 to 100 and the time to decide by, each with its reason."""
    parts: list[dict[str, object]] = []

    def add(label: str, points: float, cap: int, detail: str) -> None:
        parts.append({"label": label, "points": min(cap, round(points)), "cap": cap, "detail": detail})

    add("Severity", SEVERITY_FLOOR[facts.severity], 60, f"severity {facts.severity} of 5")
    if facts.likelihood is not None:
        add("Likelihood", 10 * facts.likelihood, CAPS["likelihood"], f"highest score {facts.likelihood:.2f}")
    if facts.views_per_hour:
        reach = 2.5 * math.log10(1 + max(0.0, facts.views_per_hour))
        add("Reach", reach, CAPS["reach"], f"about {facts.views_per_hour:,.0f} views an hour")
    if facts.reporters:
        people = "1 person reported it" if facts.reporters == 1 else f"{facts.reporters} people reported it"
        points = CAPS["reporters"] * (1 - math.exp(-facts.reporter_weight / 3))
        add("Reporters", points, CAPS["reporters"], people)
    if facts.trusted:
        add("Trusted flagger", CAPS["trusted"], CAPS["trusted"], "a trusted flagger sent a notice")
    if facts.minors:
        add("Minors", CAPS["minors"], CAPS["minors"], "someone under age may be at risk")
    due_at, because = _due(facts)
    if facts.clock is not None:
        add("Legal clock", CAPS["clock"], CAPS["clock"], because)
    total = min(100, sum(int(str(part["points"])) for part in parts))
    return Priority(points=total, breakdown=parts, due_at=due_at, due_because=because)


def _due(facts: Facts) -> tuple[datetime, str]:
    candidates = [(DUE_AFTER[facts.severity], f"severity {facts.severity}")]
    if facts.trusted:
        candidates.append((TRUSTED_WITHIN, "trusted notice"))
    if facts.clock is not None:
        candidates.append((facts.clock, facts.clock_name))
    within, because = min(candidates, key=lambda candidate: candidate[0])
    return facts.opened_at + within, because
