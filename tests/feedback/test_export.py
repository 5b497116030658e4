"""The files: the same rows in three formats, a manifest that can be checked, an event that says who."""

import csv
import hashlib
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from apps.feedback import queries, reading
from apps.feedback.columns import NAMES, SCHEMA
from apps.feedback.errors import NothingToExport
from apps.feedback.keying import Split
from apps.feedback.operations.exporting import export
from apps.feedback.rows import as_json
from apps.ledger.models import Event
from tests import make
from tests.feedback.conftest import parquet_files, read_jsonl, read_parquet

DAY = timedelta(days=1)


@pytest.fixture
def some(decided, senior):
    case = make.case(queue="fraud", rule_codes=["AU-4"])
    return [
        decided(ago=30 * DAY, rationale=["repeated"], confidence="sure"),
        decided(case=case, ago=20 * DAY, item_revision=1),
        decided(case=case, by=senior, ago=2 * DAY, outcome="no_violation", purpose="appeal"),
        decided(
            item=make.item(text='Quotes ", commas, and\nlines ខ្មែរ =1+1', language="km"), outcome="unsure"
        ),
    ]


def test_the_rows_are_the_same_in_every_format(some, tmp_path):
    export(tmp_path, formats=["jsonl", "csv", "parquet"], actor=None)
    lines = read_jsonl(tmp_path)
    assert len(lines) == 4
    table = read_parquet(tmp_path)
    assert table.schema.equals(SCHEMA)
    assert [json.loads(as_json(row)) for row in table.to_pylist()] == lines
    with (tmp_path / "data/decisions.csv").open(newline="", encoding="utf-8") as file:
        cells = list(csv.DictReader(file))
    assert tuple(cells[0]) == NAMES
    for cell, line in zip(cells, lines, strict=True):
        for name, value in line.items():
            assert cell[name] == (
                "" if value is None else value if isinstance(value, str) else as_json(value)
            ), name


def test_the_manifest_can_be_checked(some, tmp_path):
    export(tmp_path, formats=["jsonl", "parquet"], actor=None)
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    for file in manifest["files"]:
        data = (tmp_path / file["path"]).read_bytes()
        assert (len(data), hashlib.sha256(data).hexdigest()) == (file["bytes"], file["sha256"])
    assert {file["path"] for file in manifest["files"]} == {
        "data/decisions.jsonl",
        *parquet_files(tmp_path),
        "README.md",
        "croissant.json",
        "tombstones.jsonl",
    }
    assert len(parquet_files(tmp_path)) >= 2
    lines = read_jsonl(tmp_path)
    assert manifest["rows"] == len(lines) == 4
    assert manifest["counts"]["label"] == {"not": 1, "unsure": 1, "violates": 2}
    assert manifest["counts"]["rule_code"] == {"AU-4": 2, "null": 2}
    assert manifest["counts"]["language"] == {"other": 4}
    for column in manifest["columns"]:
        nulls = sum(line[column["name"]] is None for line in lines)
        assert (column["nulls"], column["never_known_here"]) == (nulls, nulls == 4)
        assert column["meaning"]
        assert nulls == 0 or column["null_when"] != "never"
    assert manifest["compatibility"]
    assert manifest["split"]["seed"] == "reviewqueue-1"


def test_the_card_names_every_column_and_says_what_the_data_is_not(some, tmp_path):
    export(tmp_path, formats=["parquet"], actor=None)
    card = (tmp_path / "README.md").read_text()
    assert card.startswith("---\npretty_name:")
    assert "path: data/*/*/*.parquet" in card
    assert "Selected, not sampled." in card
    assert all(f"| `{name}` |" in card for name in NAMES)


def test_who_exported_is_recorded(some, tmp_path, policy):
    done = export(tmp_path, formats=["csv"], actor=policy)
    event = Event.objects.get(kind="feedback.exported")
    assert event.actor_id == policy.pk
    assert event.data == {
        "export": done.manifest["export_id"],
        "rows": 4,
        "formats": ["csv"],
        "upto": some[-1].pk,
        "since": None,
        "cursor": 0,
        "manifest_sha256": hashlib.sha256((tmp_path / "manifest.json").read_bytes()).hexdigest(),
    }


@pytest.mark.django_db
def test_without_decisions_nothing_is_written(tmp_path):
    with pytest.raises(NothingToExport):
        export(tmp_path / "new", formats=["jsonl"], actor=None)
    assert not (tmp_path / "new").exists()
    assert not Event.objects.filter(kind="feedback.exported").exists()


def test_an_export_that_fails_leaves_the_one_before_untouched(some, tmp_path, monkeypatch):
    export(tmp_path, formats=["jsonl"], actor=None)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}

    def broken(*args):
        raise RuntimeError("the disk is full")

    monkeypatch.setattr("apps.feedback.operations.exporting.card", broken)
    with pytest.raises(RuntimeError):
        export(tmp_path, formats=["jsonl"], actor=None)
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before
    assert Event.objects.filter(kind="feedback.exported").count() == 1


def test_another_export_replaces_the_files_of_the_one_before_and_no_others(some, tmp_path, capsys):
    (tmp_path / "mine.txt").write_text("Mine.")
    call_command("export_feedback", "--format", "csv", "--out", str(tmp_path))
    capsys.readouterr()
    call_command("export_feedback", "--format", "jsonl", "--out", str(tmp_path))
    assert capsys.readouterr().out.startswith("Replaced the export ")
    assert {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()} == {
        "mine.txt",
        "README.md",
        "croissant.json",
        "manifest.json",
        "manifest.sig.json",
        "tombstones.jsonl",
        "data/decisions.jsonl",
    }


def test_a_folder_that_cannot_be_used_is_said_in_words(some, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(CommandError, match="cannot be used: Not a directory"):
        call_command("export_feedback", "--format", "csv", "--out", str(tmp_path / "file" / "x"))


@pytest.mark.django_db
def test_the_command_refuses_what_it_does_not_know(tmp_path: Path):
    with pytest.raises(CommandError, match="invalid choice: 'xml'"):
        call_command("export_feedback", "--format", "xml", "--out", str(tmp_path))
    with pytest.raises(CommandError, match="nobody called ghost"):
        call_command("export_feedback", "--out", str(tmp_path), "--by", "ghost")


def test_the_number_of_queries_grows_with_batches_not_with_rows(
    decided, tmp_path, django_assert_max_num_queries
):
    decided()
    export(tmp_path / "warm", formats=["jsonl"], actor=None)
    with django_assert_max_num_queries(16) as few:
        export(tmp_path / "one", formats=["jsonl"], actor=None)
    for _ in range(49):
        decided()
    export(tmp_path / "settled", formats=["jsonl"], actor=None)
    with django_assert_max_num_queries(len(few)):
        export(tmp_path / "fifty", formats=["jsonl"], actor=None)


def test_long_tables_are_read_in_batches(decided, rows, monkeypatch):
    monkeypatch.setattr(queries, "CHUNK", 2)
    monkeypatch.setattr(reading, "BATCH", 2)
    made = {decided().pk for _ in range(7)}
    assert set(rows()) == made


class TestSplit:
    split = Split(seed="s", test_from=datetime(2026, 11, 1, tzinfo=UTC))
    before, after = datetime(2026, 10, 1, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC)

    def test_it_is_the_same_every_time_and_another_under_another_seed(self):
        groups = [f"author:{number}" for number in range(2000)]
        once = [self.split.of(group, self.before, "first") for group in groups]
        assert once == [self.split.of(group, self.before, "first") for group in groups]
        other = Split(seed="t", test_from=self.split.test_from)
        assert once != [other.of(group, self.before, "first") for group in groups]

    def test_shares_are_about_what_was_asked(self):
        found = [self.split.of(f"author:{number}", self.before, "first") for number in range(5000)]
        assert 0.77 < found.count("train") / 5000 < 0.83
        assert 0.08 < found.count("validation") / 5000 < 0.12
        assert 0.08 < found.count(None) / 5000 < 0.12  # the test groups, too early

    def test_the_test_set_lies_later_and_no_group_is_on_both_sides(self):
        for number in range(2000):
            sides = {
                self.split.of(f"author:{number}", moment, "first") for moment in (self.before, self.after)
            }
            assert sides in ({"train", None}, {"test", None}, {"validation"})
            assert self.split.of(f"author:{number}", self.after, "first") != "train"
            assert self.split.of(f"author:{number}", self.before, "first") != "test"

    def test_golden_cases_are_in_none(self):
        assert {self.split.of(f"author:{number}", self.before, "golden") for number in range(100)} == {None}
