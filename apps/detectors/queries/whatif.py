"""If the threshold were t: what would come to the queue, what part of it would be right, what looking would cost."""

from dataclasses import asdict, dataclass
from typing import Any

from apps.detectors.queries.cards import Scorecard
from apps.detectors.scores import bucket
from apps.detectors.statistics import Estimate, pooled


@dataclass(frozen=True)
class Outlook:
    """What to expect at one threshold, for one week. None where nothing is known to say it from.

    `precision` is of what would be flagged; below the scores people looked at until now it rests on items drawn at
    random alone, and `blind` is the share of the expected flags of which nobody has looked at any like them.
    """

    threshold: float
    queue_a_week: float
    precision: Estimate | None
    right_a_week: float | None
    units_a_week: float | None
    blind: float

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> "Outlook":
        precision = Estimate(**kept["precision"]) if kept["precision"] else None
        names = ("threshold", "queue_a_week", "right_a_week", "units_a_week", "blind")
        return cls(**{name: kept[name] for name in names}, precision=precision)


STEP = 5  # hundredths put together where precision is worked out


def outlook(card: Scorecard, threshold: float) -> Outlook:
    """What this threshold would lead to, were the coming weeks like those of the card.

    Scores at and above it are cut into strips of five hundredths. Where a flag brought items to people, a strip's
    share of violations is theirs; where it did not, only items drawn at random tell it. The parts are put together
    by how many items scored in them.
    """
    start = bucket(threshold)
    weeks = max(1, sum(1 for week in card.weeks if week.scored))
    parts = [
        (part, part.told(drawn_only=not flagged))
        for low in range(start - start % STEP, 101, STEP)
        for flagged in (True, False)
        for part in [card.tally(max(low, start), low + STEP, over=flagged)]
        if part.scored
    ]
    scored = sum(part.scored for part, _ in parts)
    seen = [(part, *told) for part, told in parts if told is not None]
    covered = sum(part.scored for part, *_ in seen)
    answers = sum(part.judged for part, *_ in seen)
    precision = pooled([(part.scored, share, size) for part, share, size in seen], answers)
    each = card.tally(0, 101).units_each
    return Outlook(
        threshold=threshold,
        queue_a_week=scored / weeks,
        precision=precision,
        right_a_week=precision.value * scored / weeks if precision and covered == scored else None,
        units_a_week=None if each is None else each * scored / weeks,
        blind=1 - covered / scored if scored else 0.0,
    )


def outlooks(card: Scorecard) -> list[Outlook]:
    """A row for every tenth, and one for the threshold in force where it is known."""
    steps = {n / 10 for n in range(1, 10)}
    if card.threshold is not None:
        steps.add(card.threshold)
    return [outlook(card, step) for step in sorted(steps)]
