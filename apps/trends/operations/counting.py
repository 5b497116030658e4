"""Adding what is reported and what breaks rules to the counts, each item once."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from django.db import connection, transaction

from apps.ledger.models import Event
from apps.trends.models import EXAMPLES, Kind, Stream
from apps.trends.queries import Seen, decided_first, items_seen, reported_first
from apps.trends.signs import Sign, signs_of_files, signs_of_text

Key = tuple[int, str, str, str, str]

HOURS = """
    INSERT INTO trends_signhour AS known (hour, stream, language, kind, key, n, items)
    SELECT hour, stream, language, kind, key, n, items::bigint[]
    FROM unnest(%s::int[], %s::varchar[], %s::varchar[], %s::varchar[], %s::varchar[], %s::int[], %s::text[])
        AS new (hour, stream, language, kind, key, n, items)
    ON CONFLICT (hour, stream, language, kind, key)
    DO UPDATE SET n = known.n + excluded.n, items = (excluded.items || known.items)[1:5]
"""
DAYS = """
    INSERT INTO trends_signday AS known (day, stream, language, kind, key, n)
    SELECT * FROM unnest(%s::int[], %s::varchar[], %s::varchar[], %s::varchar[], %s::varchar[], %s::int[])
    ON CONFLICT (stream, language, kind, key, day) DO UPDATE SET n = known.n + excluded.n
"""


@transaction.atomic
def count(events: Iterable[Event]) -> None:
    """Count the signs of items that were reported for the first time, or found to break a rule for the first time.

    However many report an item, it counts once: a crowd raises nothing. A decision taken back takes away what it
    added. The number of queries does not grow with the batch.
    """
    reports: dict[int, int] = {}
    decisions: list[tuple[int, int]] = []
    for event in events:
        if event.kind == "report.received" and event.item_id is not None:
            reports.setdefault(event.data["report"], event.item_id)
        elif event.kind == "decision.made":
            decisions.append((1, event.data["decision"]))
        elif event.kind == "decision.withdrawn":
            decisions.append((-1, event.data["withdrawn"]))
    told: list[tuple[int, str, int, datetime]] = [
        (1, Stream.REPORT, item, at) for item, at in reported_first(reports).items()
    ]
    first = decided_first({decision for _, decision in decisions})
    told += [(sign, Stream.VIOLATION, *first[pk]) for sign, pk in decisions if pk in first]
    seen = items_seen({item for _, _, item, _ in told})
    hours: dict[Key, tuple[int, list[int]]] = defaultdict(lambda: (0, []))
    for sign, stream, item, at in told:
        if item not in seen:
            continue
        hour = int(at.timestamp()) // 3600
        for kind, key in [(Kind.EVERYTHING.value, ""), *signs_of(seen[item])]:
            n, items = hours[hour, stream, seen[item].language, kind, key]
            hours[hour, stream, seen[item].language, kind, key] = (
                n + sign,
                [item, *items] if sign > 0 else items,
            )
    _write(hours)


def signs_of(item: Seen) -> list[Sign]:
    """Every sign an item bears."""
    found = signs_of_text(item.text, item.language) + signs_of_files(
        item.files, item.text_sha256, len(item.text)
    )
    return [*found, (Kind.ACCOUNT.value, str(item.author))] if item.author else found


def _write(hours: dict[Key, tuple[int, list[int]]]) -> None:
    rows = sorted((key, n, items) for key, (n, items) in hours.items() if n)
    if not rows:
        return
    days: dict[Key, int] = defaultdict(int)
    for (hour, *sign), n, _ in rows:
        days[hour // 24, *sign] += n  # type: ignore[index]
    with connection.cursor() as cursor:
        columns = [list(column) for column in zip(*(key for key, _, _ in rows), strict=True)]
        examples = [f"{{{','.join(map(str, items[:EXAMPLES]))}}}" for _, _, items in rows]
        cursor.execute(HOURS, [*columns, [n for _, n, _ in rows], examples])
        by_day = sorted(days.items())
        columns = [list(column) for column in zip(*(key for key, _ in by_day), strict=True)]
        cursor.execute(DAYS, [*columns, [n for _, n in by_day]])
