"""From a decision to the public database: kept once, archived, never changed."""

import csv
import json

import pyarrow.parquet as pq
import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.db.models import Count

from apps.ledger.models import Event
from apps.transparency.models import Statement, StatementDay
from apps.transparency.operations import keep_statements, send_due, withhold_reversed
from apps.transparency.schema import problems


def test_a_removal_has_a_statement_and_a_strike_has_none(decided, moderator):
    one = Statement.objects.get()
    assert (one.enforcement_id, one.puid, one.state) == (decided.pk, f"rq-{decided.pk}", "ready")
    assert problems(one.body) == []
    assert (one.body["source_type"], one.body["automated_detection"]) == (
        "SOURCE_TYPE_OTHER_NOTIFICATION",
        "No",
    )
    written = json.dumps(one.body)
    for private in (
        "PRIVATE-NOTE",
        "EXPLANATION",
        "COMMENT-OF-REPORTER",
        "dara",
        moderator.username,
        moderator.pseudonym,
    ):
        assert private not in written


def test_hearing_again_makes_no_second_one(decided):
    assert keep_statements([Event(kind="enforcement.due", data={"enforcement": decided.pk})]) == 0
    assert Statement.objects.count() == 1


def test_what_is_reversed_unsent_is_withheld(decided, public):
    assert withhold_reversed([Event(kind="enforcement.reversed", data={"reverses": decided.pk})]) == 1
    one = Statement.objects.get()
    assert (one.state, one.because) == ("withheld", "reversed_before_sending")
    assert send_due() == 0
    assert public.batches == []


def test_a_month_is_archived_as_csv_and_parquet(many, public, tmp_path):
    rows = many(3)
    send_due()
    month = rows[0].day.strftime("%Y-%m")
    call_command("archive_statements", "--month", month, "--out", str(tmp_path))
    with (tmp_path / f"statements-{month}.csv").open(newline="", encoding="utf-8") as file:
        lines = list(csv.DictReader(file))
    table = pq.read_table(tmp_path / f"statements-{month}.parquet").to_pylist()
    assert [line["puid"] for line in lines] == [row["puid"] for row in table] == [one.puid for one in rows]
    assert json.loads(lines[0]["decision_visibility"]) == ["DECISION_VISIBILITY_CONTENT_REMOVED"]


@pytest.mark.parametrize(
    ("name", "sql"),
    [
        ("statement_says_the_same_for_ever", "UPDATE transparency_statement SET puid = 'x'"),
        ("statement_says_the_same_for_ever", "UPDATE transparency_statement SET body = '{}'"),
        ("statement_says_the_same_for_ever", "DELETE FROM transparency_statement"),
        ("withheld_statement_says_why", "UPDATE transparency_statement SET state = 'withheld'"),
        ("refused_statement_gives_reasons", "UPDATE transparency_statement SET state = 'refused'"),
        ("sent_statement_has_a_time", "UPDATE transparency_statement SET state = 'sent'"),
        ("statement_state_valid", "UPDATE transparency_statement SET state = 'lost'"),
        (
            "statement_day_once",
            "INSERT INTO transparency_statementday (day, state, statements)"
            " SELECT day, state, 1 FROM transparency_statement",
        ),
        ("statement_day_state_valid", "UPDATE transparency_statementday SET state = 'lost'"),
        ("statement_day_is_never_below_nothing", "UPDATE transparency_statementday SET statements = -1"),
    ],
)
def test_the_database_refuses(decided, name, sql):
    before = Statement.objects.values().get()
    with pytest.raises(IntegrityError, match=name), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    assert Statement.objects.values().get() == before


def sums():
    return {(one.day, one.state): one.statements for one in StatementDay.objects.all() if one.statements}


def rows_counted():
    found = Statement.objects.values_list("day", "state").annotate(number=Count("pk"))
    return {(day, state): number for day, state, number in found}


def test_the_sums_by_day_are_what_counting_the_rows_would_say(
    many, public, signed_in, django_assert_max_num_queries
):
    rows = many(7)
    day = rows[0].day
    assert sums() == rows_counted() == {(day, "ready"): 7}
    public.also_refuses = {rows[1].puid}
    withhold_reversed([Event(kind="enforcement.reversed", data={"reverses": rows[0].enforcement_id})])
    send_due()
    assert sums() == rows_counted() == {(day, "withheld"): 1, (day, "refused"): 1, (day, "sent"): 5}
    client = signed_in("admin")
    client.post(f"/transparency/statements/{rows[1].pk}/again/")
    assert sums() == rows_counted() == {(day, "withheld"): 1, (day, "ready"): 1, (day, "sent"): 5}
    with django_assert_max_num_queries(8) as asked:
        page = client.get("/transparency/statements/?state=sent").content.decode()
    assert "In the public database: 5" in page
    assert "Waiting to be sent: 1" in page
    assert "Refused by the public database: 0" in page
    assert [one["sql"] for one in asked if "COUNT(" in one["sql"].upper()] == []


def test_what_changes_no_state_writes_no_sum(many):
    many(3)
    before = list(StatementDay.objects.values_list("pk", "day", "state", "statements"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT xmin::text FROM transparency_statementday")
        written = cursor.fetchall()
        cursor.execute("UPDATE transparency_statement SET attempts = attempts + 1")
        cursor.execute("SELECT xmin::text FROM transparency_statementday")
        assert cursor.fetchall() == written
    assert list(StatementDay.objects.values_list("pk", "day", "state", "statements")) == before
