"""What makes an export fit to train on: sampling, appeals, splits that hold, increments, signatures, and other formats."""

import json
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
import time_machine
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection, transaction
from django.utils.timezone import now
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.errors import Invalid
from apps.feedback.checking import check_export
from apps.feedback.columns import COLUMNS, NAMES
from apps.feedback.errors import ExportNotAsSigned, SplitIsFrozen
from apps.feedback.facts import facts
from apps.feedback.models import SplitGroup, SplitVersion
from apps.feedback.operations import remove_labels
from apps.feedback.operations.exporting import export
from apps.feedback.redaction import SUSPECT, redact
from apps.intake.models import Author, Flag
from tests import make
from tests.feedback.conftest import read_jsonl
from tests.feedback.test_labels import heard_of

DAY = timedelta(days=1)
MUCH_LATER = timedelta(minutes=2)


def test_what_nobody_keeps_is_null_and_said_so(decided, tmp_path):
    decided()
    manifest = export(tmp_path, formats=["jsonl"], actor=None).manifest
    assert {
        manifest["known"][name].partition(":")[0]
        for name in ("clusters", "inclusion", "appeals", "appeal_window")
    } == {"not known"}


def test_a_drawn_case_has_its_probability_and_a_selected_one_none(decided, rows, monkeypatch):
    drawn, selected = decided(), decided()
    inclusion = SimpleNamespace(stratum="0.1–0.2", probability=0.004, plan="plan-3")
    monkeypatch.setattr(facts, "inclusion_of", [lambda cases: {}, lambda cases: {drawn.case_id: inclusion}])
    found = rows()
    names = ("stratum", "inclusion_prob", "weight", "sampling_plan_id")
    assert [found[drawn.pk][name] for name in names] == ["0.1–0.2", 0.004, 250.0, "plan-3"]
    assert [found[selected.pk][name] for name in names] == [None] * 4


def test_a_label_is_provisional_until_the_window_for_appeals_closes(decided, rows, monkeypatch):
    old, young, appealed = decided(ago=190 * DAY), decided(ago=100 * DAY), decided(ago=190 * DAY)
    open_appeal = SimpleNamespace(state="open", outcome=None, decided_at=None)
    monkeypatch.setattr(facts, "appeal_window", lambda: 180 * DAY)
    monkeypatch.setattr(facts, "appeals_of", lambda ids: {appealed.pk: open_appeal})
    found = rows()
    told = [(found[one.pk]["label_status"], found[one.pk]["appealed"]) for one in (old, young, appealed)]
    assert told == [("final", False), ("provisional", False), ("provisional", True)]


def test_local_law_alone_is_never_a_positive_label(decided, rows, senior):
    case = make.case(queue="fraud")
    legal = decided(case=case, ground="legal_only", actions=["restrict"])
    decided(
        case=case, by=senior, outcome="no_violation", purpose="second_look", measures=True, supersedes_id=None
    )
    row = rows()[legal.pk]
    assert (row["label"], row["ground"], row["rule_code"], row["rule_codes"]) == (
        "not",
        "legal_only",
        None,
        [],
    )
    assert row["soft_label"] == {"violates": 0.0, "not": 1.0, "unsure": 0.0}
    assert row["overturned"] is not True
    assert not [value for value in row.values() if value == "violates"]
    assert "violates" not in json.dumps(row["votes"])


class TestSplits:
    def test_a_split_is_frozen_with_its_first_export(self, decided, tmp_path):
        decided(ago=30 * DAY)
        export(tmp_path, formats=["jsonl"], actor=None, split_seed="s", test_from=at(2026, 1, 1))
        decided(ago=DAY)
        manifest = export(tmp_path, formats=["jsonl"], actor=None).manifest
        assert (manifest["split"]["version"], manifest["split"]["seed"]) == ("1", "s")
        assert manifest["split"]["test_from"] == "2026-01-01T00:00:00Z"
        with pytest.raises(SplitIsFrozen, match="“1” is frozen: its seed is s"):
            export(tmp_path, formats=["jsonl"], actor=None, split_seed="other")
        assert SplitVersion.objects.count() == 1
        again = export(tmp_path, formats=["jsonl"], actor=None, split="2", split_seed="other").manifest
        assert (again["split"]["version"], again["split"]["seed"]) == ("2", "other")
        with (
            pytest.raises(Exception, match="Cannot update"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute("UPDATE feedback_splitversion SET seed = 'x'")

    def test_near_copies_and_an_authors_items_are_on_one_side(self, decided, rows, monkeypatch):
        authors = [Author.objects.create(source="test", external_id=f"a{n}") for n in range(24)]
        # Items 2n and 2n+1 are near-copies by different authors; items 2n and 2n+2 … have authors in pairs.
        made = [decided(item=make.item(author=authors[n // 2 + n % 2 * 12]), ago=DAY) for n in range(24)]
        cluster = {one.item_id: 1000 + place // 2 for place, one in enumerate(made)}
        monkeypatch.setattr(
            facts, "clusters_of", lambda items: {item: cluster[item] for item in items if item in cluster}
        )
        found = rows(test_from=now() - timedelta(hours=1))
        sides: dict[int, set] = {}
        for one in made:
            sides.setdefault(cluster[one.item_id], set()).add(found[one.pk]["split"])
        assert len(sides) == 12
        assert all(len(side) == 1 for side in sides.values())
        assert {side for (side,) in sides.values()} >= {"train"}
        assert len({found[one.pk]["cluster_id"] for one in made}) == 12

    def test_an_item_never_changes_its_side_it_can_only_be_left_out(self, decided, rows, monkeypatch):
        # Numbers of their own: on which side an author falls depends on nothing else.
        authors = [
            Author.objects.create(pk=7_000_000 + n, source="test", external_id=f"b{n}") for n in range(40)
        ]
        made = [decided(item=make.item(author=author), ago=DAY) for author in authors]
        begins = now() - timedelta(hours=1)
        before = {number: row["split"] for number, row in rows(test_from=begins).items()}
        assert set(before.values()) == {"train", "validation", None}  # the test groups are too early
        monkeypatch.setattr(facts, "clusters_of", lambda items: dict.fromkeys(items, 7))  # all of one kind
        after = {number: row["split"] for number, row in rows(test_from=begins).items()}
        assert after[made[0].pk] == before[made[0].pk]
        assert {(before[one], after[one]) for one in before} <= {
            ("train", "train"), ("train", None), ("validation", "validation"), ("validation", None), (None, None)
        }  # fmt: skip
        assert len({side for side in after.values() if side}) <= 1  # no leak is left

    def test_who_copies_falls_on_the_side_of_whom_he_copied(self, decided):
        one, other = (Author.objects.create(source="test", external_id=n) for n in ("one", "other"))
        text = {"text": "The very same words.", "text_sha256": "1" * 64}
        first = make.item(author=one, **text)  # never decided
        copy = decided(item=make.item(author=other, **text))
        heard_of(copy)
        group = SplitGroup.objects.get(item_id=copy.item_id)
        assert (group.cluster, group.key) == (-first.pk, f"author:{one.pk}")


class TestIncrements:
    def test_what_moved_comes_again_and_what_was_removed_is_named(self, decided, tmp_path, senior, policy):
        case = make.case(queue="fraud")
        first, still, gone = decided(case=case, ago=3 * DAY), decided(ago=3 * DAY), decided(ago=3 * DAY)
        heard_of(first, still, gone)
        start = now()
        with time_machine.travel(start + MUCH_LATER):
            full = export(tmp_path, formats=["jsonl"], actor=None).manifest
            assert (full["kind"], full["rows"]) == ("full", 3)
            second = decided(case=case, by=senior, outcome="no_violation", ago=timedelta(minutes=1))
            heard_of(second)
            remove_labels(decisions=[gone.pk], because="erased", actor=policy)
        with time_machine.travel(start + 2 * MUCH_LATER):
            more = export(tmp_path, formats=["jsonl"], actor=None, since=full["cursor"]).manifest
            found = {row["decision_id"]: row for row in read_jsonl(tmp_path)}
            assert (more["kind"], more["since"]) == ("increment", full["cursor"])
            assert set(found) == {first.pk, second.pk}
            assert (found[first.pk]["superseded_by"], found[first.pk]["overturned"]) == (second.pk, True)
            assert (found[first.pk]["label"], found[second.pk]["label"]) == ("violates", "not")
            stones = [json.loads(line) for line in (tmp_path / "tombstones.jsonl").read_text().splitlines()]
            assert [(stone["decision_id"], stone["because"]) for stone in stones] == [(gone.pk, "erased")]
            nothing = export(tmp_path, formats=["jsonl"], actor=None, since=more["cursor"]).manifest
            assert (nothing["rows"], read_jsonl(tmp_path)) == (0, [])
            with pytest.raises(Invalid):
                export(tmp_path, formats=["jsonl"], actor=None, since=more["cursor"] + 1)
            everything = export(tmp_path, formats=["jsonl"], actor=None)
            assert {row["decision_id"] for row in read_jsonl(tmp_path)} == {first.pk, still.pk, second.pk}
            assert everything.manifest["rows"] == 3

    def test_a_cursor_ends_where_something_may_still_be_written(self, decided, tmp_path):
        decision = decided(ago=DAY)
        heard_of(decision)
        assert export(tmp_path, formats=["jsonl"], actor=None).manifest["cursor"] == 0


class TestSignature:
    def test_an_export_is_as_it_was_signed(self, decided, tmp_path, capsys):
        decided()
        export(tmp_path, formats=["csv"], actor=None)
        call_command("verify_export", str(tmp_path))
        assert "is as it was signed: 1 rows" in capsys.readouterr().out

    @pytest.mark.parametrize("path", ["manifest.json", "data/decisions.csv", "tombstones.jsonl", "README.md"])
    def test_whatever_is_changed_is_found(self, decided, tmp_path, path):
        decided()
        export(tmp_path, formats=["csv"], actor=None)
        with (tmp_path / path).open("a") as file:
            file.write(" ")
        with pytest.raises(
            CommandError, match="signature" if path == "manifest.json" else "not as it was signed"
        ):
            call_command("verify_export", str(tmp_path))

    def test_nobody_elses_key_fits(self, decided, tmp_path, settings):
        decided()
        export(tmp_path, formats=["csv"], actor=None)
        key = json.loads((tmp_path / "manifest.sig.json").read_text())["public_key"]
        settings.SECRET_KEY = "another installation, another key"
        assert check_export(tmp_path, key=key)["rows"] == 1
        with pytest.raises(ExportNotAsSigned, match="does not fit"):
            check_export(tmp_path)


def test_label_studio_gets_every_vote_and_every_score(decided, tmp_path, senior):
    item = make.item()
    scores = [
        {"rule": "AU-4", "score": 0.91, "threshold": 0.8},
        {"rule": "AU-1", "score": 0.2, "threshold": 0.8},
    ]
    Flag.objects.create(
        item=item, item_revision=1, detector="scams", detector_version="7", scores=scores, over_threshold=True
    )
    case = make.case(item=item, queue="fraud")
    decided(case=case)
    decided(case=case, by=senior, outcome="unsure", purpose="second_opinion")
    export(tmp_path, formats=["label_studio", "jsonl"], actor=None)
    tasks = json.loads((tmp_path / "data/label_studio.json").read_text())
    lines = read_jsonl(tmp_path)
    assert [task["data"]["decision_id"] for task in tasks] == [line["decision_id"] for line in lines]
    first = tasks[0]
    assert first["data"]["text"] == "A post somebody reported."
    choices = [one["result"][0]["value"]["choices"] for one in first["annotations"]]
    assert choices == [["violates"], ["unsure"]]
    assert first["annotations"][0]["result"][1]["value"]["choices"] == ["AU-4"]
    assert all("completed_by" not in one for one in first["annotations"])
    assert [(one["model_version"], one["score"]) for one in first["predictions"]] == [
        ("scams 7", 0.91),
        ("scams 7", 0.2),
    ]
    chosen = [one["result"][0]["value"]["choices"] for one in first["predictions"]]
    assert chosen == [["violates"], ["not"]]


def test_croissant_describes_every_file_and_column(decided, tmp_path):
    decided()
    manifest = export(tmp_path, formats=["parquet", "csv"], actor=None).manifest
    told = json.loads((tmp_path / "croissant.json").read_text())
    assert "http://mlcommons.org/croissant/1.0" in told["conformsTo"]
    sums = {one["@id"]: one["sha256"] for one in told["distribution"] if one["@type"] == "cr:FileObject"}
    assert sums == {
        file["path"]: file["sha256"] for file in manifest["files"] if file["path"].startswith("data/")
    }
    (records,) = told["recordSet"]
    assert [field["name"] for field in records["field"]] == list(NAMES)
    assert {field["source"]["fileSet"]["@id"] for field in records["field"]} == {"parquet"}
    by_name = {field["name"]: field for field in records["field"]}
    assert by_name["votes"]["repeated"] is True
    assert [one["name"] for one in by_name["votes"]["subField"]][:2] == ["reviewer_id_hash", "label"]
    assert all(field["description"] for field in records["field"])
    assert len(COLUMNS) == len(records["field"])


@settings(max_examples=60)
@given(
    st.lists(
        st.sampled_from(["a.com", ".Io", "www.", "WWW.é", "://", "x@y.z", "@", "＠", "១២", "12", " ", "-", "\u2003",
                         ".\u0130o", "e."])
        | st.text(max_size=4)
    ).map("".join)
)  # fmt: skip
def test_no_text_that_holds_something_to_take_out_is_passed_over(text):
    import pyarrow as pa
    import pyarrow.compute as pc

    from apps.feedback.redaction import PATTERNS

    slow = text
    for _, pattern, instead in PATTERNS:
        slow = pattern.sub(instead, slow)
    assert redact(text) == slow
    if slow != text:
        assert pc.match_substring_regex(pa.array([text]), SUSPECT).to_pylist() == [True]


def at(*day: int) -> datetime:
    return datetime(*day, tzinfo=UTC)
