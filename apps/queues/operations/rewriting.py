"""Writing anew what is known of many cases at once."""

import json
from collections.abc import Sequence

from django.db import connection

from apps.queues.models import Case


def rewrite(cases: Sequence[Case], names: Sequence[str]) -> int:
    """Write these fields of these cases, in one statement; how many cases really changed.

    Most reports on a case that is open already change nothing in it, and then nothing is written: no dead
    row in the index of what waits. The caller holds the cases' locks.
    """
    if not cases:
        return 0
    fields = [Case._meta.get_field(name) for name in names]
    columns = [field.column for field in fields]  # type: ignore[union-attr]
    typed = ", ".join(
        f"{column} {field.db_type(connection)}" for column, field in zip(columns, fields, strict=True)
    )
    rows = [
        {"id": case.pk, **{field.column: getattr(case, field.attname) for field in fields}}  # type: ignore[union-attr]
        for case in cases
    ]
    said, new = (", ".join(f"{table}.{column}" for column in columns) for table in ("cs", "known"))
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE queues_case cs SET {', '.join(f'{column} = known.{column}' for column in columns)} "  # noqa: S608
            f"FROM jsonb_to_recordset(%s::jsonb) AS known (id bigint, {typed}) "
            f"WHERE cs.id = known.id AND ({said}) IS DISTINCT FROM ({new})",
            [json.dumps(rows, default=str)],
        )
        return cursor.rowcount
