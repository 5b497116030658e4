"""The tables kept from one first start for the next are those the migrations make, or none at all."""

import re

import pytest
from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from reviewqueue import ready_made
from tests.browser.system import database_url

pytestmark = [pytest.mark.embedded_only, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def empty_database():
    """The name of another database, in which the application's connection works until the test ends."""
    migrated = connection.settings_dict["NAME"]
    name = f"{migrated}_ready"
    with connection.cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
        cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
    connection.close()
    connection.settings_dict["NAME"] = name
    yield database_url(connection.settings_dict, migrated), database_url(connection.settings_dict, name)
    connection.close()
    connection.settings_dict["NAME"] = migrated
    with connection.cursor() as cursor:
        cursor.execute(f'DROP DATABASE "{name}"')


def plain(sql):
    """Without casts and brackets: PostgreSQL writes a condition it has read back with others than before."""
    return re.sub(r"::(character varying|text)(\[\])?|[()]", "", sql).splitlines()


def test_what_is_laid_out_is_what_the_migrations_made(empty_database, tmp_path, monkeypatch):
    migrated, laid_out = empty_database
    monkeypatch.setattr(ready_made, "PLACE", tmp_path)
    tables = ready_made.kept()
    assert ready_made.is_empty() is True
    assert ready_made.lay_out(tables) is False
    ready_made.keep(tables, database_url=migrated)
    assert ready_made.lay_out(tables) is True
    assert ready_made.is_empty() is False
    assert plain(ready_made.dump(laid_out)) == plain(ready_made.dump(migrated))
    executor = MigrationExecutor(connection)
    assert executor.migration_plan(executor.loader.graph.leaf_nodes()) == []
    with connection.cursor() as cursor:  # what the dump set for itself is as the application had it
        cursor.execute("SELECT current_setting('search_path'), current_setting('jit')")
        assert cursor.fetchone() == ('"$user", public', "off")


def test_tables_that_do_not_fit_leave_the_database_as_empty_as_it_was(empty_database, tmp_path):
    broken = tmp_path / "tables.sql"
    broken.write_text("CREATE TABLE half (n int); CREATE TABLE other (n nonsense);")
    assert ready_made.lay_out(broken) is False
    assert ready_made.is_empty() is True


def test_their_name_changes_with_any_migration(tmp_path, monkeypatch):
    before = ready_made.kept()
    (tmp_path / "apps/queues/migrations").mkdir(parents=True)
    monkeypatch.setattr(ready_made, "PROJECT", tmp_path)
    empty = ready_made.kept()
    (tmp_path / "apps/queues/migrations/0001_initial.py").write_text("one")
    one = ready_made.kept()
    (tmp_path / "apps/queues/migrations/0001_initial.py").write_text("other")
    assert len({before, empty, one, ready_made.kept()}) == 4


def test_only_the_embedded_demo_is_laid_out(monkeypatch):
    from reviewqueue.management.commands import run

    asked = []
    monkeypatch.setattr(settings, "EMBEDDED", False)
    monkeypatch.setattr(run, "is_empty", lambda: asked.append("is it empty") or True)
    assert run.migrate() is False
    assert asked == []
