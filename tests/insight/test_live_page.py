"""The dashboard as supervisors see it: page, partial, CSV and /stats."""

import csv
import io
import json

import pytest
from django.db import connection

from apps.accounts.keys import issue
from apps.decisions.operations import decide
from apps.decisions.verdict import Verdict
from apps.insight.board import board
from apps.insight.csv import as_csv
from apps.insight.parts import Cell, Column, Row, Table
from apps.insight.queries import snapshot
from apps.intake.models import Flag

SCAM = Verdict(outcome="violates", rules=["AU-4"], actions=["remove"])


@pytest.fixture
def busy(reported, mara, take, keep_up):
    """Three cases came in, one was decided, one is with somebody."""
    reported(3)
    decide(actor=mara, claim_id=take(mara), verdict=SCAM, claim_another=True)
    keep_up()


@pytest.mark.parametrize("path", ["/live/", "/live/board", "/live/csv/queues.csv"])
@pytest.mark.parametrize("who", ["supervisor", "admin"])
def test_supervisors_and_admins_may_watch(signed_in, busy, path, who):
    assert signed_in(who).get(path).status_code == 200


@pytest.mark.parametrize("path", ["/live/", "/live/board", "/live/csv/queues.csv"])
@pytest.mark.parametrize("who", ["moderator", "senior", "policy", "wellbeing", "legal"])
def test_others_may_not(signed_in, house, path, who):
    assert signed_in(who).get(path).status_code == 403


def test_the_page_shows_the_numbers_and_leads_to_the_cases_behind_them(signed_in, busy):
    page = signed_in("supervisor").get("/live/").content.decode()
    assert "/cases/?state=waiting" in page
    assert "/cases/?queue=fraud&amp;state=claimed" in page
    assert "/guidelines/rules/AU-4/" in page
    filling = board(snapshot()).filling()
    assert (filling["cells"]["queue.fraud.waiting"], filling["cells"]["queue.fraud.claimed"]) == ("1", "1")
    for key in filling["cells"]:
        assert f'data-key="{key}"' in page


def test_before_anything_happened_it_is_calm_and_complete(signed_in, house):
    page = signed_in("supervisor").get("/live/").content.decode()
    assert "No decision has cited a rule today." in page
    assert "No decided item had been scored by a detector." in page
    cells = board(snapshot()).filling()["cells"]
    assert cells["total.oldest"] == cells["total.median"] == cells["rate..zero_view_rate"] == "–"


def test_the_partial_carries_numbers_and_nothing_around_them(signed_in, busy):
    answer = signed_in("supervisor").get("/live/board", headers={"HX-Request": "true"})
    page = answer.content.decode()
    assert "<html" not in page
    filling = json.loads(page.split('id="board-filling" type="application/json">')[1].split("</script>")[0])
    assert filling["cells"]["total.waiting"] == "1"
    assert "no-store" in answer["Cache-Control"] or "no-cache" in answer["Cache-Control"]


def test_the_shape_changes_when_rows_come_or_go_but_not_with_numbers(reported, mara, take, keep_up):
    before = board(snapshot()).shape
    reported()
    keep_up()
    assert board(snapshot()).shape == before
    decide(actor=mara, claim_id=take(mara), verdict=SCAM)
    keep_up()
    assert board(snapshot()).shape != before, "a rule was cited for the first time today"


def test_every_table_has_its_csv_with_raw_numbers(signed_in, busy):
    client = signed_in("supervisor")
    made = board(snapshot())
    for name, table in made.tables.items():
        answer = client.get(f"/live/csv/{name}.csv")
        assert answer["Content-Type"] == "text/csv; charset=utf-8"
        assert f'filename="{name}.csv"' in answer["Content-Disposition"]
        rows = list(csv.DictReader(io.StringIO(answer.content.decode())))
        assert len(rows) == len(table.rows)
    (fraud,) = (row for row in rows_of(client, "queues") if row["name"].startswith("Fraud"))
    assert (fraud["waiting"], fraud["claimed"], fraud["closed_last_hour"]) == ("1", "1", "1")


def rows_of(client, name):
    return list(csv.DictReader(io.StringIO(client.get(f"/live/csv/{name}.csv").content.decode())))


def test_there_is_no_csv_of_what_is_not_a_table(signed_in, house):
    assert signed_in("supervisor").get("/live/csv/users.csv").status_code == 404


@pytest.mark.parametrize("evil", ["=1+1", "+SUM(A1)", "-2", "@cmd", "\t=1", "\r=1"])
def test_a_name_from_outside_is_never_a_formula(evil):
    table = Table(
        "t",
        "T",
        (Column("name", "Name"), Column("n", "N")),
        (Row("r", (Cell("k", "", evil), Cell("n", "", -2))),),
    )
    _, line = as_csv(table).split("\r\n", 1)
    name, n = next(csv.reader(io.StringIO(line)))
    assert name == f"'{evil}"
    assert n == "-2", "a number stays a number"


def test_what_is_unknown_is_empty_in_a_csv():
    table = Table(
        "t", "T", (Column("a", "A"), Column("b", "B")), (Row("r", (Cell("k", "–", None), Cell("n", "0", 0))),)
    )
    assert as_csv(table) == "a,b\r\n,0\r\n"


def test_stats_gives_programs_the_same_numbers(client, busy):
    secret = issue_key("read")
    answer = client.get("/api/v1/stats", headers={"Authorization": f"Bearer {secret}"})
    assert answer.status_code == 200
    assert answer.json()["totals"] == json.loads(json.dumps(snapshot()["totals"]))


def test_stats_needs_a_key_that_may_read(client, house):
    secret = issue_key("ingest")
    assert client.get("/api/v1/stats").status_code == 401
    assert client.get("/api/v1/stats", headers={"Authorization": f"Bearer {secret}"}).status_code == 403


def issue_key(scope):
    return issue(name=f"a program that may {scope}", scopes=[scope])


def test_a_detector_with_a_hostile_name_stays_text(signed_in, reported, mara, take, keep_up):
    case = reported()
    Flag.objects.create(
        item=case.item, item_revision=1, detector="<script>alert(1)</script>", detector_version="1",
        over_threshold=True, scores=[{"rule": "AU-4", "score": 0.9, "threshold": 0.5}],
    )  # fmt: skip
    decide(actor=mara, claim_id=take(mara), verdict=SCAM)
    keep_up()
    page = signed_in("supervisor").get("/live/").content.decode()
    assert "<script>alert" not in page


READS = 11


@pytest.mark.parametrize("n", [1, 50])
def test_the_snapshot_asks_the_same_number_of_questions_whatever_the_number_of_cases(
    reported, mara, take, keep_up, n, django_assert_num_queries
):
    for _ in range(n // 25 + 1):
        reported(n)
    decide(actor=mara, claim_id=take(mara), verdict=SCAM)
    keep_up()
    snapshot()  # the guidelines in force are now known to this process
    with django_assert_num_queries(READS + 3):  # what is owed outside: the oldest, and two counts
        snapshot()


def test_the_snapshot_never_reads_cases_decisions_or_events(reported, mara, take, keep_up):
    from django.test.utils import CaptureQueriesContext

    reported(3)
    keep_up()
    snapshot()
    with CaptureQueriesContext(connection) as asked:
        snapshot()
    for query in asked.captured_queries:
        sql = query["sql"]
        for table in ("queues_case", "decisions_decision", "intake_item", "ledger_event", "queues_claim"):
            assert f'"{table}"' not in sql
            assert f" {table} " not in sql


def test_no_question_of_the_snapshot_reads_a_growing_table_from_end_to_end(reported, keep_up):
    """With plenty of rows, and statistics that say so, each of them is found by an index."""
    from django.test.utils import CaptureQueriesContext

    reported(2)
    keep_up()
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO insight_openminute (queue_id, measure, minute, n)
            SELECT q.id, m.measure, 20000000 + i, 1 FROM queues_queue q,
                (VALUES ('opened'), ('due')) m (measure), generate_series(1, 3000) i;
            INSERT INTO insight_flow (width, start, queue_id, arrived, closed, moved_in, moved_out)
            SELECT 60, 60 * i, q.id, 1, 1, 0, 0 FROM queues_queue q, generate_series(1, 3000) i;
            INSERT INTO insight_latencyday (day, queue_id, bucket, n)
            SELECT date '2020-01-01' + i, q.id, 5, 1 FROM queues_queue q, generate_series(1, 1000) i;
            INSERT INTO insight_decisionday (day, rule_code, outcome, n)
            SELECT date '2000-01-01' + i, '', 'violates', 1 FROM generate_series(1, 5000) i;
            ANALYZE insight_openminute, insight_flow, insight_latencyday, insight_decisionday
            """
        )
    with CaptureQueriesContext(connection) as asked:
        snapshot()
    grown = {"insight_openminute", "insight_flow", "insight_latencyday", "insight_decisionday", "queues_case"}
    for query in asked.captured_queries:
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN {query['sql']}")
            plan = "\n".join(row[0] for row in cursor.fetchall())
        scanned = {
            line.split("Seq Scan on ")[1].split()[0] for line in plan.split("\n") if "Seq Scan on" in line
        }
        assert scanned & grown == set(), plan
