"""From a decision to the public database: kept once, sent in batches, refused one by one, never changed."""

import csv
import json
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pyarrow.parquet as pq
import pytest
import time_machine
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.utils.timezone import now

from apps.decisions.models import Enforcement
from apps.decisions.operations import decide
from apps.decisions.verdict import Verdict
from apps.ledger.models import Event
from apps.ledger.operations import drain
from apps.queues.operations import claim_next
from apps.transparency.models import Statement
from apps.transparency.operations import keep_statements, send_due, withhold_reversed
from apps.transparency.schema import problems
from apps.wellbeing.operations import start_shift
from tests import make


@pytest.fixture
def decided(db, moderator):
    """A removal with a strike, by a person, after a report with words that must not leave."""
    make.house()
    start_shift(actor=moderator)
    item = make.item(text="Words of dara.sok@example.com")
    make.report(item, comment="COMMENT-OF-REPORTER")
    make.case(item=item, queue="fraud")
    verdict = Verdict(
        outcome="violates",
        rules=["AU-4"],
        actions=["remove", "strike"],
        private_note="PRIVATE-NOTE",
        explanation="EXPLANATION",
    )
    decide(actor=moderator, claim_id=claim_next(actor=moderator).claim_id, verdict=verdict)
    with time_machine.travel(now() + timedelta(seconds=11)):
        drain()
    return Enforcement.objects.get(action="remove")


@pytest.fixture
def many(decided):
    """`many(n)`: so many statements that wait, copies of one that a decision made."""
    like = Statement.objects.get()

    def make_them(number: int) -> list[Statement]:
        copies = [
            Enforcement(
                decision=decided.decision,
                item=decided.item,
                action="remove",
                due_at=now(),
                detection_source="hash",
            )
            for _ in range(number - 1)
        ]
        Enforcement.objects.bulk_create(copies)
        Statement.objects.bulk_create(
            Statement(
                enforcement=one, puid=f"rq-{one.pk}", day=like.day, body=like.body | {"puid": f"rq-{one.pk}"},
                next_attempt_at=now(), created_at=now(),
            )
            for one in copies
        )  # fmt: skip
        Statement.objects.update(next_attempt_at=now())  # the first was kept eleven seconds from now
        return list(Statement.objects.order_by("pk"))

    return make_them


class Database(BaseHTTPRequestHandler):
    """The public database as its schema has it: bearer token, 1 to 100 statements, a puid once for ever."""

    known: set[str] = set()
    batches: list[int] = []
    away = False
    also_refuses: set[str] = set()

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        statements = body["statements"]
        assert self.path == "/api/v1/statements"
        if self.away:
            return self.answer(503, {})
        if self.headers["Authorization"] != "Bearer token":
            return self.answer(401, {})
        assert 1 <= len(statements) <= 100
        self.batches.append(len(statements))
        errors = {}
        for place, one in enumerate(statements):
            wrong = {field: [why] for field, why in problems(one)}
            if one["puid"] in self.also_refuses:
                wrong["decision_facts"] = ["may not hold this"]
            if one["puid"] in self.known:
                wrong["puid"] = ["The puid has already been taken."]
            if wrong:
                errors[f"statement_{place}"] = wrong
        if errors:
            return self.answer(422, {"message": "The given data was invalid.", "errors": errors})
        self.known.update(one["puid"] for one in statements)
        return self.answer(201, {"statements": statements})

    def answer(self, status, body):
        written = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(written)))
        self.end_headers()
        self.wfile.write(written)

    def log_message(self, *args):
        pass


@pytest.fixture
def public(settings):
    Database.known, Database.batches, Database.away, Database.also_refuses = set(), [], False, set()
    server = HTTPServer(("127.0.0.1", 0), Database)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.DSA_API_URL, settings.DSA_API_TOKEN = f"http://127.0.0.1:{server.server_port}", "token"
    yield Database
    server.shutdown()
    server.server_close()


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


def test_statements_go_in_batches_of_a_hundred(many, public):
    rows = many(230)
    assert send_due() == 230
    assert public.batches == [100, 100, 30]
    assert public.known == {one.puid for one in rows}
    assert set(Statement.objects.values_list("state", flat=True)) == {"sent"}
    assert send_due() == 0
    assert Event.objects.filter(kind="statement.sent").count() == 3


def test_one_that_is_refused_is_shown_with_its_reason_and_the_rest_go(many, public, signed_in):
    rows = many(5)
    bad = rows[2]
    public.also_refuses = {bad.puid}
    assert send_due() == 4
    bad.refresh_from_db()
    assert (bad.state, bad.reasons) == (
        "refused",
        [{"field": "decision_facts", "reason": "may not hold this"}],
    )
    assert public.known == {one.puid for one in rows} - {bad.puid}
    client = signed_in("admin")
    page = client.get("/transparency/statements/").content.decode()
    assert bad.puid in page
    assert "may not hold this" in page
    assert "Send it again" in client.get(f"/transparency/statements/{bad.pk}/").content.decode()
    public.also_refuses = set()
    client.post(f"/transparency/statements/{bad.pk}/again/")
    assert send_due() == 1
    assert (
        "not refused"
        in client.post(f"/transparency/statements/{bad.pk}/again/", follow=True).content.decode()
    )


def test_an_answer_lost_on_the_way_counts_a_statement_once(many, public):
    rows = many(3)
    public.known.add(rows[0].puid)
    assert send_due() == 3
    assert set(Statement.objects.values_list("state", flat=True)) == {"sent"}


def test_while_the_database_is_away_everything_waits(many, public):
    many(3)
    public.away = True
    assert send_due() == 0
    one = Statement.objects.first()
    assert (one.state, one.attempts, one.last_error) == ("ready", 1, "503")
    assert one.next_attempt_at > now() + timedelta(seconds=5)
    public.away = False
    assert send_due() == 0  # not yet
    with time_machine.travel(now() + timedelta(seconds=11)):
        assert send_due() == 3


def test_without_an_address_nothing_is_sent(many):
    many(2)
    assert send_due() == 0
    assert set(Statement.objects.values_list("state", flat=True)) == {"ready"}


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
    ],
)
def test_the_database_refuses(decided, name, sql):
    before = Statement.objects.values().get()
    with pytest.raises(IntegrityError, match=name), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    assert Statement.objects.values().get() == before
