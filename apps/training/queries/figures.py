"""One person's own figures: hers and her senior's, always with an interval, never beside anybody else's."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.db import connection
from django.utils.timezone import now

from apps.accounts.models import User
from apps.agreement import SHOWN_FROM, Share, difference, share_of_sums
from apps.training.models import Assignment, Module
from apps.training.queries.rules import TARGET, Cell, Confusion, Sums, confusions

DAYS = (30, 60, 90)
AROUND = "90 days"  # before a module was given, and after it was finished
FEW_PEOPLE = 5  # fewer could be recognised in a sum


@dataclass(frozen=True)
class Figures:
    """Of her decisions that a second person looked at unasked and that are settled: how many were as found."""

    days: int
    right: Share
    confusions: list[Confusion]
    suggested: list[Module]

    @property
    def missing(self) -> int:
        """How many more settled second looks there must be before anything is shown."""
        return max(0, SHOWN_FROM - int(self.right.n))


HERS = """
    SELECT '', '', 0, counted.first, counted.second, counted.found, count(*)::bigint,
           round(sum(1000 / draw.probability))::bigint, round(sum(1000 / draw.probability ^ 2))::bigint
    FROM quality_comparison pair
    JOIN training_counted counted ON counted.comparison_id = pair.id
    JOIN quality_draw draw ON draw.id = pair.draw_id
    WHERE pair.first_rater_id = %s AND pair.settled_at > %s AND counted.found <> ''
    GROUP BY 4, 5, 6
"""


def figures_of(person: User, *, days: int) -> Figures:
    """Her own figures over 30 to 90 days, and modules that fit where she and what was found differ most surely."""
    with connection.cursor() as cursor:
        cursor.execute(HERS, [person.pk, now() - timedelta(days=days)])
        cells = [Cell(*row) for row in cursor.fetchall()]
    right, wrong = Sums(), Sums()
    for cell in cells:
        (right if cell.first == cell.found else wrong).add(cell)
    mixed_up = confusions(cells)
    return Figures(
        days,
        share_of_sums(right.all, wrong.all),
        mixed_up,
        suggested(person, [one for one in mixed_up if one.below]),
    )


def suggested(person: User, mixed_up: Iterable[Confusion]) -> list[Module]:
    """Modules in use about those confusions, in a language she reads, which she has not open nor just finished."""
    pairs = {frozenset((one.chosen, one.instead_of)) for one in mixed_up}
    if not pairs:
        return []
    recently = Assignment.objects.filter(person=person).exclude(finished_at__lt=now() - timedelta(days=30))
    modules = Module.objects.filter(state=Module.State.PUBLISHED, kind=Module.Kind.TARGETED).exclude(
        pk__in=recently.values("module_id")
    )
    return [
        one
        for one in modules
        if frozenset((one.chosen, one.instead_of)) in pairs
        and (not one.language or one.language in person.languages)
    ]


@dataclass(frozen=True)
class Effect:
    """Before and after a module, between its two choices: shares as found, and the difference with its interval.

    `verdict`: "few_people", "few" (fewer than thirty pairs on one side), "none" (the interval holds zero), "better",
    "worse". Those who are given a module have mostly just done badly: part of any rise is chance, and the page says so.
    """

    people: int
    before: Share
    after: Share
    change: tuple[float, float, float] | None
    verdict: str


AROUND_MODULE = """
    WITH done AS (
        SELECT DISTINCT ON (person_id) person_id, given_at, finished_at FROM training_assignment
        WHERE module_id = %(module)s AND finished_at IS NOT NULL AND (%(person)s::bigint IS NULL OR person_id = %(person)s)
        ORDER BY person_id, finished_at
    )
    SELECT decided.decided_at >= done.finished_at, counted.first = counted.found, count(*)::int,
           sum(1 / draw.probability)::float, sum(1 / draw.probability ^ 2)::float
    FROM done
    JOIN quality_comparison pair ON pair.first_rater_id = done.person_id
    JOIN decisions_decision decided ON decided.id = pair.first_id
    JOIN training_counted counted ON counted.comparison_id = pair.id
    JOIN quality_draw draw ON draw.id = pair.draw_id
    WHERE counted.first = ANY(%(choices)s::varchar[]) AND counted.found = ANY(%(choices)s::varchar[])
      AND (decided.decided_at BETWEEN done.given_at - %(around)s::interval AND done.given_at
           OR decided.decided_at BETWEEN done.finished_at AND done.finished_at + %(around)s::interval)
    GROUP BY 1, 2
"""


def effect_of(module: Module, *, person: User | None = None) -> Effect | None:
    """What a targeted module changed, over everybody who finished it or for one person; None for other modules."""
    if module.kind != Module.Kind.TARGETED:
        return None
    done = Assignment.objects.filter(module=module, finished_at__isnull=False)
    people = 1 if person is not None else done.values("person_id").distinct().count()
    sums: dict[tuple[bool, bool], tuple[float, float, float]] = defaultdict(lambda: (0.0, 0.0, 0.0))
    with connection.cursor() as cursor:
        cursor.execute(
            AROUND_MODULE,
            {
                "module": module.pk, "person": person.pk if person else None, "around": AROUND,
                "choices": [module.chosen, module.instead_of],
            },
        )  # fmt: skip
        for after, right, *three in cursor.fetchall():
            sums[after, right] = (three[0], three[1], three[2])
    before, later = (share_of_sums(sums[side, True], sums[side, False]) for side in (False, True))
    known = people if person is None else FEW_PEOPLE
    return Effect(people, before, later, difference(before, later), verdict_of(known, before, later))


def verdict_of(people: int, before: Share, after: Share) -> str:
    """What may be said of a difference; see `Effect`."""
    change = difference(before, after)
    if people < FEW_PEOPLE:
        return "few_people"
    if change is None or not (before.shown and after.shown):
        return "few"
    if change[1] > 0:
        return "better"
    return "worse" if change[2] < 0 else "none"


__all__ = ["DAYS", "TARGET", "Effect", "Figures", "effect_of", "figures_of", "suggested", "verdict_of"]
