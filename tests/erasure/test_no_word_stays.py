"""A post with a word nobody else would use comes in through the doors and goes through the rooms; then it is erased."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils.timezone import now

from apps.intake.models import AccountEvidence, Item, Media
from apps.ledger.models import Handoff
from apps.ledger.operations import drain
from apps.training.operations import forget_erased as forget_taught
from apps.trends.models import SignDay, SignHour
from apps.trends.operations import count
from reviewqueue.forgetting import forget_media
from tests import make
from tests.doors.programs import Program
from tests.quality.conftest import decided

WORD = "zanzibarish"
KINDS = ("text", "character varying", "jsonb", "json", "bytea", "ARRAY")


def columns_that_say(word: str) -> list[str]:
    """Every column of every table in which the word stands, in whatever case, as letters or as bytes."""
    found = []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.table_schema, c.table_name, c.column_name FROM information_schema.columns c "
            "JOIN information_schema.tables t USING (table_schema, table_name) "
            "WHERE t.table_type = 'BASE TABLE' AND c.data_type = ANY(%s) "
            "AND c.table_schema NOT IN ('pg_catalog', 'information_schema')",
            [list(KINDS)],
        )
        for schema, table, column in cursor.fetchall():
            cursor.execute(
                f'SELECT EXISTS (SELECT 1 FROM "{schema}"."{table}" WHERE lower("{column}"::text) LIKE ANY(%s))',
                [[f"%{word}%", f"%{word.encode().hex()}%"]],
            )
            if cursor.fetchone()[0]:
                found.append(f"{table}.{column}")
    return sorted(found)


def let_pass() -> None:
    Handoff.objects.update(due_at=now() - timedelta(days=1))
    drain()


@pytest.fixture
def program(db):
    make.house()
    return Program("ingest", "erase")


def reported(program, *, kind="text", external_id="p-1", text=f"It is {WORD} #{WORD} here", **item) -> Item:
    sent = {"source": "app", "external_id": external_id, "kind": kind, "language": "en", "text": text, **item}
    answer = program.post(
        "/reports",
        {
            "item": sent, "reason": "spam", "rule": "AU-4", "comment": f"So {WORD}!", "reporter": {"external_id": "r"},
            "notice": {"explanation": f"{WORD} is unlawful.", "good_faith": True},
        },
    )  # fmt: skip
    assert answer.status_code == 202, answer.content
    let_pass()
    return Item.objects.get(external_id=external_id)


def erased(program, external_id="p-1") -> None:
    named = {"source": "app", "external_id": external_id, "because": "person"}
    assert program.post("/items/erase", named).status_code == 200
    let_pass()
    forget_media()
    forget_taught()


def test_a_reported_and_decided_post_leaves_no_word_behind_in_any_column(program, moderator):
    from apps.wellbeing.operations import start_shift

    start_shift(actor=moderator)
    media = [{"url": "https://media.example/1.png", "mime": "image/png", "alt": f"{WORD} alt"}]
    context = [{"author": "@b", "text": f"re: {WORD}"}]
    item = reported(program, media=media, context=context)
    Media.objects.update(state="ready", transcript=f"said {WORD}")
    program.put({"source": "app", "external_id": "p-1", "kind": "text", "text": f"Still {WORD}"})
    let_pass()
    item.cases.update(state="waiting", ready_by=None)
    decided(moderator, item.cases.get())
    let_pass()
    assert columns_that_say(WORD) == [
        "decisions_decisionwords.evidence", "intake_itemcontent.context", "intake_itemcontent.text",
        "intake_media.alt", "intake_media.transcript", "intake_report.comment", "intake_report.notice",
        "trends_signday.key", "trends_signhour.key",
    ]  # fmt: skip
    erased(program)
    assert columns_that_say(WORD) == []


def test_nor_does_an_account(program):
    said = {"claimed_by": "somebody_else", "claimant_verified": False}
    facts = {"impersonation": {"handle": f"@{WORD}", "name": f"The real {WORD}", **said}}
    item = reported(program, kind="account", text=f"I am {WORD}", evidence=facts)
    assert AccountEvidence.objects.filter(item=item).exists()
    item.cases.update(state="done", closed_at=now())
    assert "intake_accountevidence.facts" in columns_that_say(WORD)
    erased(program)
    assert columns_that_say(WORD) == []


def test_a_word_that_others_use_as_well_stays_counted(program):
    reported(program)
    reported(program, external_id="p-2", text=f"Also {WORD} indeed")
    Item.objects.get(external_id="p-1").cases.update(state="done", closed_at=now())
    erased(program)
    left = SignDay.objects.filter(kind="term", stream="report")
    assert set(left.values_list("key", "n")) >= {(WORD, 2), ("also", 1), ("indeed", 1)}
    assert not SignDay.objects.filter(kind="hashtag").exists()
    assert not SignHour.objects.filter(kind="hashtag").exists()


def test_what_is_told_late_of_an_erased_post_counts_none_of_its_words(program):
    """The relay was behind: the report is heard of after the erasure."""
    from apps.ledger.models import Event

    item = reported(program)
    item.cases.update(state="done", closed_at=now())
    erased(program)
    count(Event.objects.filter(kind="report.received"))
    assert columns_that_say(WORD) == []
