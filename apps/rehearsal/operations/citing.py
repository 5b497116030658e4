"""Keeping the counts of citations."""

from collections import Counter
from collections.abc import Callable, Iterable

from django.db import connection, transaction

from apps.decisions.models import Decision
from apps.ledger.models import Event

ADD = """
    INSERT INTO rehearsal_citedday (day, rule_code, outcome, language, detection_source, n)
    SELECT * FROM unnest(%s::date[], %s::varchar[], %s::varchar[], %s::varchar[], %s::varchar[], %s::int[])
        AS cell (day, rule_code, outcome, language, detection_source, n)
    ORDER BY rule_code, day, outcome, language, detection_source
    ON CONFLICT (rule_code, day, outcome, language, detection_source) DO UPDATE SET n = rehearsal_citedday.n + excluded.n
"""
ANEW = """
    INSERT INTO rehearsal_citedday (day, rule_code, outcome, language, detection_source, n)
    SELECT (d.decided_at AT TIME ZONE 'UTC')::date, code, d.outcome, d.language, d.detection_source, count(*)
    FROM decisions_decision d CROSS JOIN LATERAL unnest(d.rule_codes) code
    WHERE NOT d.withdraws AND NOT d.measures AND NOT EXISTS (
        SELECT 1 FROM decisions_decision undo WHERE undo.supersedes_id = d.id AND undo.withdraws)
    GROUP BY 1, 2, 3, 4, 5
"""


@transaction.atomic
def keep(events: Iterable[Event]) -> None:
    """Count what decisions cite, and take back what was withdrawn. Days are days of UTC."""
    signs = {
        event.data["withdrawn" if event.kind == "decision.withdrawn" else "decision"]: 0 for event in events
    }
    for event in events:
        taken_back = event.kind == "decision.withdrawn"
        signs[event.data["withdrawn" if taken_back else "decision"]] += -1 if taken_back else 1
    cells: Counter[tuple[object, ...]] = Counter()
    fields = ("id", "decided_at", "rule_codes", "outcome", "language", "detection_source")
    for pk, at, codes, *rest in Decision.objects.filter(pk__in=signs, measures=False).values_list(*fields):
        for code in codes:
            cells[(at.date(), code, *rest)] += signs[pk]
    rows = [(*cell, n) for cell, n in cells.items() if n]
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(ADD, [list(column) for column in zip(*rows, strict=True)])


@transaction.atomic
def rebuild(*, say: Callable[[str], None] = lambda part: None) -> None:
    """Make the counts anew from all decisions. For quiet hours: it reads every decision once."""
    say("citations")
    with connection.cursor() as cursor:
        # Nothing is kept while this runs; what is made meanwhile is handed over afterwards.
        cursor.execute("LOCK TABLE rehearsal_citedday IN EXCLUSIVE MODE")
        cursor.execute("DELETE FROM ledger_handoff WHERE subscriber = 'rehearsal.citations'")
        cursor.execute("DELETE FROM rehearsal_citedday")
        cursor.execute(ANEW)
