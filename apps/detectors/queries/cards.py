"""Scorecards: how far a detector's scores and people's answers go together. Read from the counts alone."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db import connection

from apps.detectors.models import Disagreement, FoundWeek
from apps.detectors.queries.exploration import Sample, sample
from apps.detectors.queries.standing import thresholds_of
from apps.detectors.scores import monday
from apps.detectors.statistics import Estimate, drift, effective, kappa, recall, weighted_share, wilson

BANDS = 10  # of a calibration curve
BARS = 20  # of a histogram
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
        return self.units / self.looked / 100 if self.looked >= ENOUGH else None


def _sum(tallies: Sequence[Tally]) -> Tally:
    added = Tally()
    for one in tallies:
        added.add([getattr(one, name) for name in COLUMNS])
    return added


@dataclass(frozen=True)
class Line:
    """One version of a detector on one rule, in the list of all."""

    detector: str
    version: str
    rule_code: str
    over: Tally
    under: Tally

    @property
    def scored(self) -> int:
        return self.over.scored + self.under.scored

    @property
    def precision(self) -> Estimate | None:
        return self.over.share

    @property
    def agreement(self) -> Estimate | None:
        return agreement(self.over, self.under)


def agreement(over: Tally, under: Tally) -> Estimate | None:
    """How often people and the detector gave the same first answer, of all answered items."""
    same = over.upheld + over.drawn_upheld + under.refused + under.drawn - under.drawn_upheld
    return wilson(same, over.judged + under.judged)


OVERVIEW = f"""
SELECT detector, version, rule_code, over, {", ".join(f"sum({name})" for name in COLUMNS)}
FROM detectors_cardweek WHERE week >= %s AND week < %s GROUP BY 1, 2, 3, 4
"""  # noqa: S608  (names of columns)


def overview(weeks: int, *, today: date) -> list[Line]:
    """Every version of every detector on every rule it scored in these weeks, the busiest first."""
    since, until = period(weeks, today)
    found: dict[tuple[str, str, str], tuple[Tally, Tally]] = {}
    with connection.cursor() as cursor:
        cursor.execute(OVERVIEW, [since, until])
        for detector, version, rule, over, *amounts in cursor.fetchall():
            tallies = found.setdefault((detector, version, rule), (Tally(), Tally()))
            tallies[0 if over else 1].add(amounts)
    lines = [Line(*key, *tallies) for key, tallies in found.items()]
    return sorted(lines, key=lambda one: (-one.scored, one.detector, one.version, one.rule_code))


def period(weeks: int, today: date) -> tuple[date, date]:
    """The last whole and begun weeks: from a Monday to before the next one."""
    this = monday(today)
    return this - timedelta(weeks=weeks - 1), this + timedelta(weeks=1)


@dataclass(frozen=True)
class Band:
    """Scores from `low` to below `high`: what part of them people upheld. `sampled` alone is not chosen by anybody."""

    low: float
    high: float
    tally: Tally

    @property
    def observed(self) -> Estimate | None:
        return self.tally.sampled_share if self.tally.drawn and not self.tally.chosen else self.tally.share

    @property
    def middle(self) -> float:
        return (self.low + self.high) / 2


@dataclass(frozen=True)
class Week:
    week: date
    over: Tally
    scored: int
    judged: int


@dataclass(frozen=True)
class Scorecard:
    """One detector on one rule. `buckets`: at or over the threshold of their time or not, then hundredths of the score."""

    detector: str
    rule_code: str
    version: str
    language: str
    versions: list[str]
    languages: list[str]
    over: Tally
    under: Tally
    buckets: dict[bool, dict[int, Tally]]
    weeks: list[Week]
    threshold: float | None
    missed: Estimate
    recall: Estimate | None
    sample: Sample
    drift: float | None
    drift_weeks: int
    disagreements: list[Disagreement] = field(default_factory=list)

    @property
    def precision(self) -> Estimate | None:
        return self.over.share

    @property
    def agreement(self) -> Estimate | None:
        return agreement(self.over, self.under)

    @property
    def kappa(self) -> float | None:
        over, under = self.over, self.under
        return kappa(
            over.upheld + over.drawn_upheld,
            under.refused + under.drawn - under.drawn_upheld,
            over.refused + over.drawn - over.drawn_upheld,
            under.upheld + under.drawn_upheld,
        )

    def tally(self, low: int, high: int, *, over: bool | None = None) -> Tally:
        """The sums of the hundredths from `low` to below `high`; of flagged or unflagged ones alone when asked."""
        return _sum(
            [
                tally
                for flagged, places in self.buckets.items()
                for place, tally in places.items()
                if low <= place < high and over in (None, flagged)
            ]
        )

    @property
    def bands(self) -> list[Band]:
        step = 100 // BANDS
        return [
            Band(low / 100, (low + step) / 100, self.tally(low, low + step + (low + step == 100)))
            for low in range(0, 100, step)
        ]

    @property
    def bars(self) -> list[tuple[float, Tally]]:
        step = 100 // BARS
        return [(low / 100, self.tally(low, low + step + (low + step == 100))) for low in range(0, 100, step)]


CELLS = f"""
SELECT week, version, language, bucket, over, {", ".join(f"sum({name})" for name in COLUMNS)}
FROM detectors_scoreweek
WHERE detector = %s AND rule_code = %s AND week >= %s AND week < %s GROUP BY 1, 2, 3, 4, 5
"""  # noqa: S608  (names of columns)


def scorecard(
    detector: str, rule_code: str, *, weeks: int, today: date, version: str = "", language: str = ""
) -> Scorecard:
    """Everything of one detector on one rule, over whole weeks; of one version or language when asked.

    Recall: what was caught over what was caught and what was missed. Missed is what people found for other reasons
    (known one by one), and what the exploration says of items nobody flagged.
    """
    since, until = period(weeks, today)
    with connection.cursor() as cursor:
        cursor.execute(CELLS, [detector, rule_code, since, until])
        rows = cursor.fetchall()
    versions = sorted({row[1] for row in rows})
    languages = sorted({row[2] for row in rows})
    rows = [
        row for row in rows if (not version or row[1] == version) and (not language or row[2] == language)
    ]
    over, under = Tally(), Tally()
    buckets: dict[bool, dict[int, Tally]] = {True: {}, False: {}}
    by_week: dict[date, tuple[Tally, Tally]] = {}
    for week, _, _, bucket, is_over, *amounts in rows:
        (over if is_over else under).add(amounts)
        buckets[is_over].setdefault(bucket, Tally()).add(amounts)
        by_week.setdefault(week, (Tally(), Tally()))[0 if is_over else 1].add(amounts)
    seen = [week for week, (first, second) in by_week.items() if first.scored or second.scored]
    # A version is asked about the weeks in which it was at work.
    begun, ended = (min(seen), max(seen) + timedelta(weeks=1)) if version and seen else (since, until)
    drawn = sample(begun, ended, language=language)
    caught, missed = _caught_and_missed(
        detector, version or versions, rule_code, over, _found(rule_code, begun, ended, language), drawn
    )
    moved, moved_weeks = _drift(rows, sorted(by_week))
    own = thresholds_of(detector, rule_code)
    apart = Disagreement.objects.filter(
        detector=detector, rule_code=rule_code, decided_at__gte=datetime.combine(since, time(), UTC)
    )
    if version:
        apart = apart.filter(version=version)
    if language:
        apart = apart.filter(language=language)
    return Scorecard(
        detector=detector,
        rule_code=rule_code,
        version=version,
        language=language,
        versions=versions,
        languages=languages,
        over=over,
        under=under,
        buckets=buckets,
        weeks=[
            Week(week, first, first.scored + second.scored, first.judged + second.judged)
            for week, (first, second) in sorted(by_week.items())
        ],
        threshold=own.get(version or (versions[-1] if versions else "")),
        missed=missed,
        recall=recall(caught, missed),
        sample=drawn,
        drift=moved,
        drift_weeks=moved_weeks,
        disagreements=list(apart.order_by("-decision_id")[:30]),
    )


def _found(rule_code: str, since: date, until: date, language: str) -> int:
    """Violations of the rule that people found for whatever reason and no draw stands for."""
    rows = FoundWeek.objects.filter(rule_code=rule_code, week__gte=since, week__lt=until)
    if language:
        rows = rows.filter(language=language)
    return sum(rows.values_list("found", flat=True))


def _caught_and_missed(
    detector: str, versions: str | list[str], rule_code: str, over: Tally, found: int, drawn: Sample
) -> tuple[Estimate, Estimate]:
    names = [versions] if isinstance(versions, str) else versions
    named = ["\n".join((detector, name, rule_code)) for name in names]
    sampled = [drawn.caught(name, rule_code) for name in named]
    caught = Estimate(
        over.upheld + sum(one.value for one in sampled),
        over.upheld + sum(one.low for one in sampled),
        over.upheld + sum(one.high for one in sampled),
        over.upheld + sum(one.n for one in sampled),
    )
    known = max(0, found - over.outside)
    unseen = drawn.missed(rule_code, but=named)
    missed = Estimate(known + unseen.value, known + unseen.low, known + unseen.high, known + unseen.n)
    return caught, missed


def _drift(rows: Sequence[Sequence[Any]], weeks: Sequence[date]) -> tuple[float | None, int]:
    """How far the scores of the newer half of the weeks lie from those of the older half, in tenths."""
    half = len(weeks) // 2
    if not half:
        return None, 0
    before, after = [0.0] * BANDS, [0.0] * BANDS
    older = set(weeks[:half])
    for week, _, _, bucket, _, scored, *_ in rows:
        bins = before if week in older else after
        bins[min(bucket // 10, BANDS - 1)] += scored
    return drift(before, after), half
