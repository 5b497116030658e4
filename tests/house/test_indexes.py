"""Every index is paid for at each write: none is kept twice."""

import pytest
from django.apps import apps
from django.db import connection

# An index whose columns another one begins with serves nothing that the other does not. A partial one is another matter.
TWICE = """
    SELECT one.indrelid::regclass::text, one.indexrelid::regclass::text, other.indexrelid::regclass::text
    FROM pg_index one
    JOIN pg_index other ON other.indrelid = one.indrelid AND other.indexrelid <> one.indexrelid
    WHERE NOT one.indisunique AND one.indpred IS NULL AND other.indpred IS NULL
      AND one.indexprs IS NULL AND other.indexprs IS NULL AND one.indoption[0] = 0
      AND (one.indkey::text || ' ') = left(other.indkey::text || ' ', length(one.indkey::text) + 1)
      AND one.indclass::text = left(other.indclass::text, length(one.indclass::text))
    ORDER BY 1, 2
"""


@pytest.mark.django_db
def test_no_index_is_the_beginning_of_another():
    ours = {model._meta.db_table for model in apps.get_models() if model.__module__.startswith("apps.")}
    with connection.cursor() as cursor:
        cursor.execute(TWICE)
        found = [row for row in cursor.fetchall() if row[0] in ours]
        assert found == []
        cursor.execute("CREATE INDEX made_twice ON intake_report (item_id)")
        cursor.execute(TWICE)
        assert [row[1:] for row in cursor.fetchall() if row[0] in ours] == [("made_twice", "report_by_item")]
