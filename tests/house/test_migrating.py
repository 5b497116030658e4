"""Migrating an empty database in half the time leaves the same database."""

import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.db import connection, connections

from reviewqueue.embedded.places import PROJECT
from tests.browser.system import database_url
from tests.conftest import beside_every_database

OURS = "n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'"
KINDS = {
    "tables": f"""SELECT n.nspname, c.relname, c.relkind, c.reloptions::text, c.relacl::text,
            pg_get_userbyid(c.relowner) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE {OURS}""",
    "columns": f"""SELECT c.relname, a.attname, a.attnum, format_type(a.atttypid, a.atttypmod), a.attnotnull,
            a.attidentity, a.attgenerated, a.attacl::text, pg_get_expr(d.adbin, d.adrelid) FROM pg_attribute a
            JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
            LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum WHERE a.attnum > 0 AND {OURS}""",
    "constraints": f"""SELECT k.conname, k.conrelid::regclass::text, pg_get_constraintdef(k.oid)
            FROM pg_constraint k JOIN pg_namespace n ON n.oid = k.connamespace WHERE {OURS}""",
    "indexes": f"""SELECT pg_get_indexdef(i.indexrelid) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
            JOIN pg_namespace n ON n.oid = c.relnamespace WHERE {OURS}""",
    "triggers": """SELECT t.tgname, t.tgrelid::regclass::text, pg_get_triggerdef(t.oid) FROM pg_trigger t
            WHERE NOT t.tgisinternal""",
    "functions": f"""SELECT p.proname, pg_get_functiondef(p.oid), p.proacl::text, pg_get_userbyid(p.proowner)
            FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
            WHERE {OURS} AND p.prokind IN ('f', 'p')""",
    "migrations": "SELECT app, name FROM django_migrations",
}


def made_of(cursor) -> dict[str, set[tuple]]:
    found = {}
    for kind, query in KINDS.items():
        cursor.execute(query)
        found[kind] = set(cursor.fetchall())
    return found


@pytest.mark.django_db
def test_migrating_lightly_makes_the_database_that_migrating_makes():
    """The database of the tests was made lightly (tests/conftest.py); beside it one is made as a server's is."""
    name = f"{connection.settings_dict['NAME']}_usual"
    url = database_url(connection.settings_dict, name)
    with beside_every_database() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
        cursor.execute(f'CREATE DATABASE "{name}"')
    try:
        named = {"DATABASE_URL": url, "REDIS_URL": settings.REDIS_URL, "SECRET_KEY": "x" * 50}
        done = subprocess.run(
            [sys.executable, "manage.py", "migrate", "--verbosity", "0"],
            cwd=PROJECT,
            env={**os.environ, **named, "ALLOWED_HOSTS": "localhost"},
            capture_output=True,
            text=True,
        )
        assert (done.returncode, done.stderr) == (0, "")
        usual = connections.create_connection("default")
        usual.settings_dict = {**connection.settings_dict, "NAME": name}
        try:
            with usual.cursor() as theirs, connection.cursor() as ours:
                expected, found = made_of(theirs), made_of(ours)
        finally:
            usual.close()
    finally:
        with beside_every_database() as cursor:
            cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    assert len(expected["tables"]) > 500  # it was looked at
    assert len(expected["triggers"]) > 100
    for kind in KINDS:
        assert found[kind] == expected[kind], kind
