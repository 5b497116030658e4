"""What every installation has, kept aside once and put back before every test: no test meets what another left."""

from typing import Any

from django.db import OperationalError, connection, transaction

# Their rows are not settings: what migrated, who is signed in where.
NOT_KEPT = ("django_migrations", "django_session", "django_content_type", "auth_permission")
COLUMNS = """
    SELECT string_agg(quote_ident(attname), ', ') FROM pg_attribute
    WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
"""
# Whoever points at a table that is emptied is emptied with it, and put back with it.
AND_WHO_POINTS_AT_THEM = """
    WITH RECURSIVE reached AS (
        SELECT unnest(%s::text[])::regclass::oid AS oid
        UNION SELECT conrelid FROM pg_constraint JOIN reached ON confrelid = reached.oid WHERE contype = 'f'
    ) SELECT oid::regclass::text FROM reached
"""
# Signing in writes into a person's row; everything else of it is as it was.
PEOPLE_MOVED = """
    SELECT is_now.id FROM public.accounts_user is_now LEFT JOIN installed.accounts_user was USING (id)
    WHERE to_jsonb(is_now) - 'last_login' IS DISTINCT FROM to_jsonb(was) - 'last_login'
"""


def keep() -> None:
    """Remember every row there is now as what belongs to the installation."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA installed")
        cursor.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> ALL(%s)",
            [list(NOT_KEPT)],
        )
        for (table,) in cursor.fetchall():
            cursor.execute(f'CREATE TABLE installed."{table}" AS TABLE public."{table}"')


def put_back() -> set[str]:
    """Every table as it was when kept. Returns the tables in which something had moved.

    The house goes on meanwhile: where its locks and these wait for each other, it is tried again.
    """
    for _ in range(9):
        try:
            return _put_back()
        except OperationalError as trouble:
            if "deadlock" not in str(trouble):
                raise
    return _put_back()


def _put_back() -> set[str]:
    with transaction.atomic(), connection.cursor() as cursor:
        moved = _moved(cursor)
        if not moved:
            return moved
        cursor.execute(AND_WHO_POINTS_AT_THEM, [sorted(moved)])
        emptied = sorted(table for (table,) in cursor.fetchall())
        # The rules about changes are for the house; this is how it was before any change.
        for table in emptied:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(f"TRUNCATE {', '.join(emptied)}")
        for table in emptied:
            cursor.execute(COLUMNS, [table])
            (columns,) = cursor.fetchone()
            cursor.execute(f"INSERT INTO {table} ({columns}) SELECT {columns} FROM installed.{table}")
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in emptied:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        return moved


def _moved(cursor: Any) -> set[str]:
    cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'installed'")
    kept = [table for (table,) in cursor.fetchall() if table != "accounts_user"]
    rows = "SELECT one::text FROM {}.{} one"
    each = [
        f"SELECT '{table}' WHERE EXISTS (({now} EXCEPT ALL {then}) UNION ALL ({then} EXCEPT ALL {now}))"
        for table in kept
        for now, then in [(rows.format("public", table), rows.format("installed", table))]
    ]
    cursor.execute(" UNION ALL ".join(each))
    moved = {table for (table,) in cursor.fetchall()}
    cursor.execute(PEOPLE_MOVED)
    assert not cursor.fetchall(), "a test of the browser changed somebody of the cast: put her back in it"
    return moved
