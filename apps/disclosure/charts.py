"""Bars beside a table, as geometry: no script, no style of its own, and they print."""

from dataclasses import dataclass
from typing import Any

LABEL_AT_MOST = 30  # characters beside a bar; the table has the whole
BARS_AT_MOST = 12
ROW, LABEL, WIDTH = 22, 190, 640
PLOT = WIDTH - LABEL - 80


@dataclass(frozen=True)
class Bar:
    label: str
    value: str
    y: int
    width: float


@dataclass(frozen=True)
class Chart:
    bars: list[Bar]
    height: int
    left: int = LABEL
    full: int = WIDTH

    @property
    def label_at(self) -> int:
        return self.left - 8


def chart(rows: list[dict[str, Any]], *, in_order: bool = False) -> Chart | None:
    """The first column of a table's parts as bars, largest first unless they have an order; None of fewer than two.

    Hidden numbers have none.
    """
    told = [row for row in rows if row["key"] and not row["hidden"] and row["first"]]
    told = (told if in_order else sorted(told, key=lambda row: -row["first"]))[:BARS_AT_MOST]
    if len(told) < 2:
        return None
    most = max(row["first"] for row in told)
    bars = [
        Bar(_short(row["label"]), row["cells"][0]["text"], place * ROW, round(PLOT * row["first"] / most, 1))
        for place, row in enumerate(told)
    ]
    return Chart(bars, len(bars) * ROW)


def _short(label: str) -> str:
    """A label as it fits beside its bar; what is cut off is said to be."""
    return label if len(label) <= LABEL_AT_MOST else f"{label[: LABEL_AT_MOST - 1].rstrip()}…"
