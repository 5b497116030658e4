"""A scorecard and an outlook as pages show them: words, and places in small drawings."""

from typing import Any

from apps.detectors.queries.cards import Band, Scorecard, Tally
from apps.detectors.queries.whatif import Outlook
from apps.detectors.words import amount, number, percent, share

WIDE, HIGH = 300, 150  # of a drawing, in its own units
STABLE, MOVED = 0.1, 0.25


def card_screen(card: Scorecard) -> dict[str, Any]:
    """Everything of a card but what depends on the person."""
    return {
        "card": card,
        "precision": share(card.precision),
        "recall": share(card.recall),
        "agreement": share(card.agreement),
        "kappa": None if card.kappa is None else f"{card.kappa:.2f}",
        "missed": amount(card.missed),
        "scored": number(card.over.scored + card.under.scored),
        "flagged": number(card.over.scored),
        "drift": drift_words(card.drift),
        "explored": {
            "judged": number(card.sample.judged),
            "covered": number(card.sample.covered),
            "unflagged": number(card.sample.unflagged),
            "share": percent(card.sample.covered / card.sample.unflagged) if card.sample.unflagged else "",
        },
        "bands": [_band(band) for band in card.bands],
        "curve": _curve(card.bands),
        "bars": _bars(card.bars),
        "wide": WIDE,
        "high": HIGH,
        "weeks": [
            {
                "week": week.week,
                "scored": number(week.scored),
                "flagged": number(week.over.scored),
                "judged": number(week.judged),
                "precision": share(week.over.share),
            }
            for week in reversed(card.weeks)
        ],
    }


def drift_words(moved: float | None) -> dict[str, str]:
    if moved is None:
        return {"value": "–", "word": "there is nothing older to compare with"}
    word = "stable" if moved < STABLE else "moving" if moved < MOVED else "another population than before"
    return {"value": f"{moved:.2f}", "word": word}


def _band(band: Band) -> dict[str, Any]:
    tally = band.tally
    return {
        "range": f"{band.low:.1f}–{band.high:.1f}",
        "scored": number(tally.scored),
        "chosen": number(tally.chosen),
        "drawn": number(tally.drawn),
        "observed": share(band.observed),
        "agree": share_of_agreement(tally),
    }


def share_of_agreement(tally: Tally) -> str:
    """How many of the answers say that it breaks the rule: told beside its score, as agreement by score."""
    return f"{tally.upheld + tally.drawn_upheld:,} of {tally.judged:,}" if tally.judged else "–"


def _curve(bands: list[Band]) -> list[dict[str, Any]]:
    """Points of the calibration curve: the middle of a band against what people found in it, with its interval."""
    points = []
    for band in bands:
        found = band.observed
        if found is not None:
            points.append(
                {
                    "x": round(band.middle * WIDE),
                    "y": round((1 - found.value) * HIGH),
                    "top": round((1 - found.high) * HIGH),
                    "bottom": round((1 - found.low) * HIGH),
                    "says": f"Scores {band.low:.1f} to {band.high:.1f}: {percent(found.value)}",
                }
            )
    return points


def _bars(bars: list[tuple[float, Tally]]) -> list[dict[str, Any]]:
    """Two histograms over one axis: what people upheld above it, what they refused below it."""
    upheld = [tally.upheld + tally.drawn_upheld for _, tally in bars]
    refused = [tally.judged - first for (_, tally), first in zip(bars, upheld, strict=True)]
    most = max([*upheld, *refused, 1])
    half, step = HIGH // 2, WIDE // len(bars)
    return [
        {
            "x": place * step,
            "width": step - 2,
            "up": round(half * first / most),
            "up_y": half - round(half * first / most),
            "down": round(half * second / most),
            "down_y": half,
            "range": f"{low:.2f}–{low + 1 / len(bars):.2f}",
            "upheld": f"{first:,}",
            "refused": f"{second:,}",
            "scored": f"{tally.scored:,}",
        }
        for place, ((low, tally), first, second) in enumerate(zip(bars, upheld, refused, strict=True))
    ]


def outlook_row(would: Outlook) -> dict[str, Any]:
    return {
        "threshold": f"{would.threshold:.2f}",
        "queue": number(would.queue_a_week),
        "precision": share(would.precision),
        "right": number(would.right_a_week),
        "units": number(would.units_a_week),
        "blind": percent(would.blind) if would.blind > 0 else "",
    }


def outlook_words(would: Outlook) -> list[tuple[str, str, str]]:
    """An outlook as (what, how much, what to know about it)."""
    precision = share(would.precision)
    blind = (
        f"Nobody has looked at random at {percent(would.blind)} of what this would flag; of that nothing is known."
        if would.blind
        else ""
    )
    return [
        (
            "Cases a week",
            number(would.queue_a_week),
            "Items that score at or above it in a week like those counted.",
        ),
        (
            "Precision",
            precision["value"] if precision else "not known",
            " ".join(
                filter(
                    None,
                    [f"{precision['between']}, from {precision['n']} answers." if precision else "", blind],
                )
            ),
        ),
        (
            "Violations found a week",
            number(would.right_a_week) if would.right_a_week is not None else "not known",
            "Cases times precision, where it is known for all of them.",
        ),
        (
            "Exposure units a week",
            number(would.units_a_week) if would.units_a_week is not None else "not known",
            "Cases times what one look at such a case has cost on average; told of thirty looks or more.",
        ),
    ]
