"""Keeping the counts of pairs: what was said first, what a second person said, and what was found."""

from collections.abc import Callable, Iterable

from django.db import connection, transaction

from apps.ledger.models import Event
from apps.quality.models import Comparison
from apps.training.choices import pair_of
from apps.training.models import Counted
from apps.training.operations.choosing import note_confirmed

ADD = """
    INSERT INTO training_pairday
        (rule_code, day, language, version_id, origin, first, second, found, n, weight, weight_squared)
    SELECT rule, day, language, version, origin, first, second, found, sum(n), sum(n * w), sum(n * w2)
    FROM unnest(%s::varchar[], %s::date[], %s::varchar[], %s::bigint[], %s::varchar[], %s::varchar[], %s::varchar[],
                %s::varchar[], %s::int[], %s::bigint[], %s::bigint[])
        AS cell (rule, day, language, version, origin, first, second, found, n, w, w2)
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
    ORDER BY 1, 2, 3, 4, 5, 6, 7, 8
    ON CONFLICT (rule_code, day, language, version_id, origin, first, second, found) DO UPDATE SET
        n = training_pairday.n + excluded.n, weight = training_pairday.weight + excluded.weight,
        weight_squared = training_pairday.weight_squared + excluded.weight_squared
"""
BATCH = 5_000


@transaction.atomic
def count(events: Iterable[Event]) -> None:
    """Count what was settled, once however often it is told; a third person's word moves a pair to its last cell."""
    draws = {event.data["draw"] for event in events if event.data.get("draw")}
    found = list(_comparisons().filter(draw_id__in=draws).order_by("pk"))
    _count(found)
    note_confirmed([pair.first_id for pair in found])


def _comparisons():  # type: ignore[no-untyped-def]
    return Comparison.objects.select_related("draw", "adjudication__decision")


def _count(pairs: list[Comparison]) -> None:
    # The comparison's row is the lock: whoever comes second sees what the first counted.
    list(
        Comparison.objects.select_for_update(no_key=True)
        .filter(pk__in=[one.pk for one in pairs])
        .order_by("pk")
    )
    before = Counted.objects.in_bulk([one.pk for one in pairs])
    rows, counted = [], []
    for pair in pairs:
        first, second, found = pair_of(
            (pair.first_label, pair.first_rules), (pair.second_label, pair.second_rules), _third(pair)
        )
        known = before.get(pair.pk)
        if known is not None and known.found == found:
            continue
        if known is not None:
            rows.append(_cell(pair, known.first, known.second, known.found, -1))
        rows.append(_cell(pair, first, second, found, 1))
        counted.append(Counted(comparison=pair, first=first, second=second, found=found))
    if rows:
        Counted.objects.bulk_create(
            counted,
            update_conflicts=True,
            unique_fields=["comparison"],
            update_fields=["first", "second", "found"],
        )
        with connection.cursor() as cursor:
            cursor.execute(ADD, [list(column) for column in zip(*rows, strict=True)])


def _third(pair: Comparison) -> tuple[str, list[str]] | None:
    settled = getattr(pair, "adjudication", None)
    third = settled.decision if settled is not None else None
    return (third.outcome, third.rule_codes) if third is not None else None


def _cell(pair: Comparison, first: str, second: str, found: str, n: int) -> tuple[object, ...]:
    weight = 1 / pair.draw.probability
    return (
        pair.rule_code, pair.settled_at.date(), pair.language, pair.guideline_version_id, pair.origin,
        first, second, found, n, round(1000 * weight), round(1000 * weight * weight),
    )  # fmt: skip


@transaction.atomic
def recount(*, say: Callable[[str], None] = lambda part: None) -> None:
    """Make the counts anew from all comparisons. Nothing is counted while this runs; what comes is handed over after."""
    say("second looks")
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE training_pairday IN EXCLUSIVE MODE")
        cursor.execute("DELETE FROM ledger_handoff WHERE subscriber = 'training.pairs'")
        cursor.execute("DELETE FROM training_pairday")
        cursor.execute("DELETE FROM training_counted")
    batch: list[Comparison] = []
    for pair in _comparisons().order_by("pk").iterator(chunk_size=BATCH):
        batch.append(pair)
        if len(batch) == BATCH:
            _count(batch)
            batch = []
    _count(batch)
