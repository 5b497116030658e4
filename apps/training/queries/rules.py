"""Rules before people: where two people read a rule otherwise, how much that is, and what versions changed of it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db import connection
from django.utils.timezone import localdate

from apps.agreement import (
    SHOWN_FROM,
    ClassAgreement,
    Estimate,
    Share,
    difference,
    krippendorff,
    pairs_as_counts,
    per_class,
    share_of_sums,
)
from apps.guidelines.models import GuidelineVersion
from apps.training.choices import UNSURE

DAYS = (30, 90, 365)
TARGET = 0.9  # of judgements between two choices, how many should be as found
HUMAN = "human"


@dataclass
class Sums:
    """How many pairs, how many decisions they stand for, and the sum of squared weights."""

    n: int = 0
    weight: float = 0.0
    squared: float = 0.0

    def add(self, cell: "Cell") -> None:
        self.n += cell.n
        self.weight += cell.weight / 1000
        self.squared += cell.squared / 1000

    @property
    def all(self) -> tuple[float, float, float]:
        return self.n, self.weight, self.squared


@dataclass(frozen=True)
class Cell:
    """A row of the rollup over a stretch of days."""

    rule_code: str
    language: str
    version_id: int
    first: str
    second: str
    found: str
    n: int
    weight: int
    squared: int


CELLS = """
    SELECT rule_code, {language}, {version}, first, second, found, sum(n)::bigint, sum(weight)::bigint,
           sum(weight_squared)::bigint
    FROM training_pairday WHERE day > %s AND origin = ANY(%s::varchar[]) {rule}
    GROUP BY 1, 2, 3, 4, 5, 6 HAVING sum(n) > 0
"""
OF_RULE = "AND (rule_code = %s OR first = %s OR second = %s)"


def cells(*, days: int, origins: Iterable[str] = (HUMAN,), code: str = "") -> list[Cell]:
    """Pairs of the last days; of one rule by language and version as well, whichever of the two chose it."""
    sql = CELLS.format(
        language="language" if code else "''",
        version="version_id" if code else "0",
        rule=OF_RULE if code else "",
    )
    values: list[Any] = [localdate() - timedelta(days=days), list(origins), *([code] * 3 if code else [])]
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [Cell(*row) for row in cursor.fetchall()]


@dataclass
class RuleAgreement:
    """How a rule is read. `agree` of the decisions in which either chose it, `volume` decisions they stand for."""

    code: str
    same: Sums = field(default_factory=Sums)
    apart: Sums = field(default_factory=Sums)
    pairs: dict[tuple[str, str], Sums] = field(default_factory=lambda: defaultdict(Sums))

    def add(self, cell: Cell) -> None:
        if cell.first == cell.second:
            self.same.add(cell)
        else:
            self.apart.add(cell)
            low, high = sorted((cell.first, cell.second))
            self.pairs[low, high].add(cell)

    @property
    def n(self) -> int:
        return self.same.n + self.apart.n

    @property
    def agree(self) -> Share:
        return share_of_sums(self.same.all, self.apart.all)

    @property
    def volume(self) -> float:
        return self.same.weight + self.apart.weight

    @property
    def weight(self) -> float:
        """Disagreement × volume: about how many decisions a second person would have made otherwise."""
        return self.apart.weight

    @property
    def shown(self) -> bool:
        return self.n >= SHOWN_FROM

    @property
    def worst(self) -> tuple[str, str, int] | None:
        """The pair of choices that comes up most among those that differ."""
        if not self.pairs:
            return None
        (one, two), sums = max(self.pairs.items(), key=lambda row: (row[1].weight, row[0]))
        return one, two, sums.n


@dataclass(frozen=True)
class Overview:
    """Every rule, most disagreement × volume first, those with too few pairs last; and all of them together."""

    rules: list[RuleAgreement]
    alpha: Estimate
    classes: list[tuple[str, ClassAgreement]]
    n: int


def overview(*, days: int, origins: Iterable[str] = (HUMAN,)) -> Overview:
    """Agreement over the last days, from the rollups alone."""
    import numpy as np  # only where something is reckoned

    found = cells(days=days, origins=origins)
    rules: dict[str, RuleAgreement] = {}
    for cell in found:
        for code in {cell.first, cell.second} - {"none", UNSURE}:
            rules.setdefault(code, RuleAgreement(code)).add(cell)
    names = sorted({name for cell in found for name in (cell.first, cell.second)})
    place = {name: number for number, name in enumerate(names)}
    table = np.zeros((len(names), len(names)))
    for cell in found:
        table[place[cell.first], place[cell.second]] += cell.n
    alpha = krippendorff(*pairs_as_counts(table), draws=1000) if names else Estimate(None, why="nothing")
    order = sorted(rules.values(), key=lambda one: (not one.shown, -one.weight, one.code))
    return Overview(
        order, alpha, list(zip(names, per_class(table), strict=True)), sum(cell.n for cell in found)
    )


@dataclass(frozen=True)
class Confusion:
    """What was chosen instead of what. `right`: of first judgements between the two, how many were as found."""

    chosen: str
    instead_of: str
    n: int
    stands_for: float
    right: Share
    below: bool


@dataclass(frozen=True)
class OfVersion:
    """Agreement under one guideline version, and against the one before: (difference, low, high), None if unknown."""

    number: str
    agree: Share
    change: tuple[float, float, float] | None


@dataclass(frozen=True)
class RulePage:
    whole: RuleAgreement
    confusions: list[Confusion]
    languages: list[tuple[str, Share]]
    versions: list[OfVersion]


def rule_page(
    code: str, *, days: int, origins: Iterable[str] = (HUMAN,), language: str | None = None
) -> RulePage:
    """One rule: its confusions, by language, and before and after each guideline version; or in one language alone."""
    whole = RuleAgreement(code)
    languages: dict[str, RuleAgreement] = {}
    versions: dict[int, RuleAgreement] = {}
    found = []
    for cell in cells(days=days, origins=origins, code=code):
        if code not in (cell.first, cell.second):
            continue
        languages.setdefault(cell.language, RuleAgreement(code)).add(cell)
        if language not in (None, cell.language):
            continue
        found.append(cell)
        whole.add(cell)
        versions.setdefault(cell.version_id, RuleAgreement(code)).add(cell)
    return RulePage(
        whole,
        confusions(found),
        sorted(((name, one.agree) for name, one in languages.items()), key=lambda row: (-row[1].n, row[0])),
        _by_version(versions),
    )


def confusions(found: Iterable[Cell]) -> list[Confusion]:
    """Settled pairs in which the first judgement was not what was found, most decisions first."""
    settled = [cell for cell in found if cell.found]
    wrong: dict[tuple[str, str], Sums] = defaultdict(Sums)
    for cell in settled:
        if cell.first != cell.found:
            wrong[cell.first, cell.found].add(cell)
    told = []
    for (chosen, instead_of), sums in wrong.items():
        between, right = Sums(), Sums()
        for cell in settled:
            if {cell.first, cell.found} <= {chosen, instead_of}:
                (right if cell.first == cell.found else between).add(cell)
        share = share_of_sums(right.all, between.all)
        told.append(
            Confusion(chosen, instead_of, sums.n, sums.weight, share, share.shown and share.high < TARGET)
        )
    return sorted(told, key=lambda one: (-one.stands_for, one.chosen, one.instead_of))


def _by_version(versions: dict[int, RuleAgreement]) -> list[OfVersion]:
    order = GuidelineVersion.objects.filter(pk__in=versions).order_by("published_at", "id")
    told: list[OfVersion] = []
    for version in order:
        agree = versions[version.pk].agree
        before = told[-1].agree if told else None
        both = before is not None and before.shown and agree.shown
        told.append(OfVersion(version.number, agree, difference(before, agree) if before and both else None))
    return told


def by_origin(*, days: int) -> list[tuple[str, Share]]:
    """How often a second person says the same, by where the first judgement came from."""
    return [
        (origin, _agreeing(cells(days=days, origins=[origin])))
        for origin in (HUMAN, "auto", "hash_propagated")
    ]


def _agreeing(found: Iterable[Cell]) -> Share:
    same, apart = Sums(), Sums()
    for cell in found:
        (same if cell.first == cell.second else apart).add(cell)
    return share_of_sums(same.all, apart.all)
