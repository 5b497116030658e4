"""How the export reads: each batch its own rows, and none of those before it."""

import json
from typing import Any

from django.db import connection, transaction

from apps.feedback.queries import restricted_codes
from apps.feedback.reading import ROWS


def test_a_batch_reads_no_words_of_the_decisions_before_it(decided):
    """A merge that began at the first row of all would make an export take the square of its size."""
    made = [decided() for _ in range(6)]
    with transaction.atomic(), connection.cursor() as cursor:
        for way in ("nestloop", "hashjoin", "seqscan", "bitmapscan"):
            cursor.execute(f"SET LOCAL enable_{way} = off")  # as the planner joins where there are millions
        restricted = cursor.cursor.mogrify("%s::varchar[]", [sorted(restricted_codes())]).decode()
        sql = ROWS.format(after=made[3].pk, upto=made[5].pk, size=10, changed="", restricted=restricted)
        cursor.execute(sql)
        assert [row[0] for row in cursor.fetchall()] == [one.pk for one in made[4:]]
        cursor.execute("EXPLAIN (ANALYZE, FORMAT JSON) " + sql)
        told = cursor.fetchone()[0]
    [plan] = json.loads(told) if isinstance(told, str) else told
    read = _scans_of(plan["Plan"], "decisions_decisionwords")
    assert [scan["Actual Rows"] for scan in read] == [2]


def _scans_of(node: dict[str, Any], table: str) -> list[dict[str, Any]]:
    found = [node] if node.get("Relation Name") == table else []
    for below in node.get("Plans", []):
        found += _scans_of(below, table)
    return found
