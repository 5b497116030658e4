"""How the export reads: each batch its own rows, and none of those before it."""

import hashlib
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.db import connection, connections, transaction
from django.utils.timezone import now

from apps.decisions.models import DecisionWords
from apps.feedback import queries, writers
from apps.feedback.columnar import sha256_of
from apps.feedback.columns import SCHEMA
from apps.feedback.keying import Pseudonyms, Split
from apps.feedback.lines import READERS
from apps.feedback.operations.splitting import settle_groups
from apps.feedback.queries import restricted_codes
from apps.feedback.reading import READ, ROWS, Range, batches
from apps.intake.models import Report
from tests import make
from tests.conftest import person
from tests.feedback.conftest import past_decision

# What cells and rows are told apart by, what CSV and JSON make something of, and what looks like nothing.
SHARP = [
    "\x01",
    "\x02",
    "\x01\x02\n\x01\x01",
    "a\r\nb\n",
    '"{[\\',
    "\x1e\x1f",
    "ខ្មែរ 😀",
    " ",
    "\\N",
    "NULL",
    "0",
]


def test_a_batch_reads_no_words_of_the_decisions_before_it(decided):
    """A merge that began at the first row of all would make an export take the square of its size."""
    made = [decided() for _ in range(6)]
    with transaction.atomic(), connection.cursor() as cursor:
        for way in ("nestloop", "hashjoin", "seqscan", "bitmapscan"):
            cursor.execute(f"SET LOCAL enable_{way} = off")  # as the planner joins where there are millions
        restricted = cursor.cursor.mogrify("%s::varchar[]", [sorted(restricted_codes())]).decode()
        sql = ROWS.format(after=made[3].pk, upto=made[5].pk, size=10, changed="", restricted=restricted)
        cursor.execute(sql)
        assert [row[0] for row in cursor.fetchall()] == [one.pk for one in made[4:]]
        cursor.execute("EXPLAIN (ANALYZE, FORMAT JSON) " + sql)
        told = cursor.fetchone()[0]
    [plan] = json.loads(told) if isinstance(told, str) else told
    read = _scans_of(plan["Plan"], "decisions_decisionwords")
    assert [scan["Actual Rows"] for scan in read] == [2]


def test_whatever_stands_in_a_text_is_read_as_it_stands(decided):
    made = {decided(item=make.item(text=text)).pk: text for text in SHARP}
    made[decided(item=make.item(text="")).pk] = None
    read = pa.concat_tables(batches(Range(max(made), restricted_codes())))
    assert dict(zip(read["id"].to_pylist(), read["text"].to_pylist(), strict=True)) == made
    assert (read["key"].null_count, read["rule_codes"].null_count) == (len(made), 0)


def test_every_cell_of_a_batch_is_what_the_database_holds(decided):
    """Told as one value and taken apart again, nothing moves into another cell, and nothing is not the same as no letters."""
    made = []
    for number, sharp in enumerate([*SHARP, ""]):
        item = make.item(text=sharp)
        report = make.report(item, by=f"reporter-{number}")
        Report.objects.filter(pk=report.pk).update(reason=sharp, received_at=now() - timedelta(days=2))
        made.append(
            decided(
                item=item, language=sharp[:8], reveal_state=sharp[:10], outcome="no_violation",
                rationale=["news", "satire"] if number % 2 else [], confidence="sure" if number % 3 else "",
            )
        )  # fmt: skip
    made.append(decided())  # nobody reported it
    erased = decided(item=make.item(text="erased later"))
    DecisionWords.objects.filter(decision=erased).update(evidence={}, erased_at=now())
    settle_groups([one.item_id for one in made[::2]])
    wanted = Range(erased.pk, restricted_codes())
    [read] = batches(wanted)
    with connection.cursor() as cursor:
        restricted = cursor.cursor.mogrify("%s::varchar[]", [sorted(wanted.restricted)]).decode()
        cursor.execute(ROWS.format(after=0, upto=erased.pk, size=100, changed="", restricted=restricted))
        held = [dict(zip(READ, row, strict=True)) for row in cursor.fetchall()]
    told = read.to_pylist()
    for row in (*told, *held):
        for name in ("media", "flags"):
            row[name] = json.loads(row[name]) if isinstance(row[name], str) else row[name]
    assert told == held
    assert [row["id"] for row in told] == [one.pk for one in (*made, erased)]
    assert [row["reason"] for row in told[-3:]] == ["", None, None]
    assert [row["key"] is None for row in told[:2]] == [False, True]
    assert (told[-1]["text"], told[-1]["kept"], told[-1]["rationale"]) == (None, False, "")


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_other_connections_read_the_same_rows_in_the_same_order(monkeypatch):
    make.house()
    who = person("moderator")
    made = [past_decision(who, item=make.item(text=f"{number}. \x02\n")) for number in range(9)]
    asked = Range(made[7].pk, restricted_codes(), size=2)
    with transaction.atomic():
        within = list(batches(asked))
    real, lines = connections["default"], []
    copy = real.copy

    def noted() -> Any:
        lines.append(copy())
        return lines[-1]

    monkeypatch.setattr(real, "copy", noted)
    apart = list(batches(asked))
    assert [table["id"].to_pylist() for table in apart] == [
        [one.pk for one in made[first : first + 2]] for first in (0, 2, 4, 6)
    ]
    assert all(one.equals(other) for one, other in zip(apart, within, strict=True))
    early = batches(asked)
    assert next(early).num_rows == 2
    early.close()  # whoever stops early leaves no connection behind
    assert len(lines) == 2 * READERS
    assert [line.connection for line in lines] == [None] * len(lines)


@pytest.mark.django_db(transaction=True)
def test_what_is_counted_on_several_connections_is_what_one_counts(monkeypatch):
    make.house()
    who = person("moderator")
    made = [past_decision(who, item=make.item(text=str(number))) for number in range(9)]
    upto = made[7].pk
    alone = queries.volume(upto)
    assert sum(alone.languages.values()) == sum(alone.hours.values()) == 8
    monkeypatch.setattr(queries, "CHUNK", 1)
    monkeypatch.setattr(queries, "FEW", 1)
    assert queries.volume(upto) == alone


def test_names_and_sides_are_those_of_one_at_a_time():
    names, split = Pseudonyms(b"s" * 32), Split("seed", datetime(2026, 1, 1, tzinfo=UTC))
    for what, number in (("item", 1), ("author", 2**40), ("cluster", 77)):
        four = hashlib.blake2b(f"{what}:{number // 4}".encode(), digest_size=64, key=b"s" * 32).digest()
        expected = four[16 * (number % 4) :][:16]
        assert names.digests(what, [5, number, 6])[16:32] == expected
        assert names.of(what, number) == expected.hex()
    assert len({names.of("item", number) for number in range(400)}) == 400
    assert names.digests("item", range(400)).hex() == "".join(map(str, names.many("item", range(400))))
    assert names.digests("item", []) == b""
    assert names.many("item", [None, 1]) == [None, names.of("item", 1)]
    groups = [f"author:{number}" for number in range(300)]
    for group, side in zip(groups, split.sides(groups), strict=True):
        place = int.from_bytes(hashlib.blake2b(group.encode(), digest_size=8, key=b"seed").digest()) / 2**64
        assert side == ("train" if place < 0.8 else "validation" if place < 0.9 else "test")


def test_digests_of_a_column_are_those_of_its_texts_and_null_of_null():
    texts = pa.array(["left out", "", None, "ខ្មែរ", "a" * 1000, None])
    assert sha256_of(texts[1:]).to_pylist() == [
        None if text is None else hashlib.sha256(text.encode()).hexdigest() for text in texts[1:].to_pylist()
    ]


def test_a_partition_with_few_rows_waits_for_one_round_more_and_loses_none(decided, tmp_path, monkeypatch):
    monkeypatch.setattr(writers, "HELD", 6)
    monkeypatch.setattr(writers, "FEW", 3)
    kept = writers.Parquet(tmp_path)
    rules = ["A", "A", "A", "A", "A", "B"]
    for first in (0, 10, 20):
        kept.write(_rows(first, rules))
    kept.close()
    found = {rule: pq.ParquetFile(tmp_path / f"month=2026-03/rule={rule}/part-0.parquet") for rule in "AB"}
    assert [group_sizes(found[rule]) for rule in "AB"] == [[5, 5, 5], [2, 1]]
    assert found["A"].read()["decision_id"].to_pylist() == [*range(5), *range(10, 15), *range(20, 25)]
    assert found["B"].read()["decision_id"].to_pylist() == [5, 15, 25]


def test_the_partitions_of_a_month_stay_open_from_round_to_round(tmp_path, monkeypatch):
    """Fifty rules and some more: one file each, whatever the number of rounds."""
    monkeypatch.setattr(writers, "HELD", 60)
    monkeypatch.setattr(writers, "FEW", 1)
    kept = writers.Parquet(tmp_path)
    rules = [f"R-{number}" for number in range(60)]
    for first in (0, 100, 200):
        kept.write(_rows(first, rules))
    kept.close()
    found = sorted(tmp_path.rglob("*.parquet"))
    assert [path.name for path in found] == ["part-0.parquet"] * 60
    assert {tuple(group_sizes(pq.ParquetFile(path))) for path in found} == {(1, 1, 1)}


def test_a_month_is_closed_with_all_of_its_rows_once_the_next_is_begun(tmp_path, monkeypatch):
    monkeypatch.setattr(writers, "HELD", 4)
    monkeypatch.setattr(writers, "FEW", 3)
    kept = writers.Parquet(tmp_path)
    kept.write(_rows(0, ["A", "A", "A", "B"]))  # the one of B waits
    assert not [*tmp_path.rglob("*B*")]
    kept.write(_rows(10, ["A", "A", "A", "A"], month=5))
    assert list(kept.open) == ["month=2026-05/rule=A"]
    early = {rule: tmp_path / f"month=2026-03/rule={rule}/part-0.parquet" for rule in "AB"}
    assert [pq.ParquetFile(early[rule]).read()["decision_id"].to_pylist() for rule in "AB"] == [
        [0, 1, 2],
        [3],
    ]
    kept.write(_rows(20, ["A"]))  # one that comes late gets a part of its own
    kept.close()
    assert pq.ParquetFile(early["A"].with_name("part-1.parquet")).read()["decision_id"].to_pylist() == [20]


def _rows(first: int, rules: list[str], month: int = 3) -> pa.RecordBatch:
    told = {"string": "", "int32": 0, "int64": 0, "bool": False}
    always = {field.name: told.get(str(field.type), []) for field in SCHEMA if not field.nullable}
    always |= {
        name: datetime(2026, month, 31, 23, 59, tzinfo=UTC)
        for name in ("decided_at", "final_after", "created_at")
    }
    rows = [always | {"decision_id": first + n, "rule_code": rule} for n, rule in enumerate(rules)]
    return pa.RecordBatch.from_pylist(rows, SCHEMA)


def group_sizes(file: Any) -> list[int]:
    return [file.metadata.row_group(n).num_rows for n in range(file.metadata.num_row_groups)]


def _scans_of(node: dict[str, Any], table: str) -> list[dict[str, Any]]:
    found = [node] if node.get("Relation Name") == table else []
    for below in node.get("Plans", []):
        found += _scans_of(below, table)
    return found
