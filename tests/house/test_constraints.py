"""The database is the last moderator, and NULL is neither true nor false: a check that comes to NULL lets a row in.

Every check is asked with NULL and with every word it knows in each of its columns, in all combinations.
"""

import re

from django.db import connection

CHECKS = """
    SELECT c.conrelid::regclass::text, c.conname, pg_get_expr(c.conbin, c.conrelid),
           array_agg(a.attname::text ORDER BY a.attnum), array_agg(format_type(a.atttypid, NULL) ORDER BY a.attnum),
           array_agg(NOT a.attnotnull ORDER BY a.attnum)
    FROM pg_constraint c
    CROSS JOIN LATERAL unnest(c.conkey) key JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = key
    WHERE c.contype = 'c' AND c.connamespace = 'public'::regnamespace
    GROUP BY c.oid ORDER BY 1, 2
"""
VALUES = {
    "boolean": ("true", "false"),
    "timestamp with time zone": ("2026-01-01", "2026-01-02"),
    "date": ("2026-01-01", "2026-01-02"),
    "jsonb": ("[]", "[1]"),
    "interval": ("1 hour", "2 hours"),
    "uuid": ("00000000-0000-0000-0000-000000000000",),
}
NUMBERS = ("0", "1", "2")
LITERAL = re.compile(r"'([^']*)'::")


def candidates(column: str, kind: str, known: list[str], nullable: bool) -> str:
    """What a column may hold, as a table of one column in SQL."""
    if kind.endswith("[]"):
        words = known[:2] if kind in ("text[]", "character varying[]") else NUMBERS
        values = ["{}", "{" + ",".join(f'"{word}"' for word in words) + "}"]
    elif kind in ("text", "character varying"):
        values = ["", "something", *known]
    else:
        values = list(VALUES.get(kind, NUMBERS))
    told = [f"('{value}'::{kind})" for value in dict.fromkeys(values)] + ["(NULL)"] * nullable
    return f'(VALUES {", ".join(told)}) "of_{column}" ("{column}")'


def test_no_check_lets_a_row_in_because_something_is_not_known(db):
    open_doors, asked = [], 0
    with connection.cursor() as cursor:
        cursor.execute(CHECKS)
        for table, name, says, columns, kinds, nullable in cursor.fetchall():
            if not any(nullable):
                continue
            known = list(dict.fromkeys(LITERAL.findall(says)))
            rows = " CROSS JOIN ".join(
                candidates(column, kind, known, may_be_null)
                for column, kind, may_be_null in zip(columns, kinds, nullable, strict=True)
            )
            # A plain comparison says itself that nothing is compared with nothing: only a check of several parts is asked.
            if not re.search(r"\b(AND|OR|NOT)\b", says.replace("IS NOT NULL", "")):
                continue
            asked += 1
            cursor.execute(
                f"SELECT to_jsonb(tried) FROM (SELECT * FROM {rows}) tried WHERE ({says}) IS NULL LIMIT 1"
            )
            found = cursor.fetchone()
            if found:
                open_doors.append(f"{table}.{name} with {found[0]}")
    assert asked > 60
    assert open_doors == []
