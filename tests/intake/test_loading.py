import errno
import json

import pytest
from django.core.management import CommandError, call_command

from apps.intake import loading
from apps.intake.loading import Places, load
from apps.intake.models import Flag, Item, Report
from apps.ledger.models import Event
from bench import convert_posts


def line(n, **more):
    item = {"source": "demo", "external_id": f"p{n}", "kind": "text", "text": f"post {n}"}
    return {"type": "report", "item": item, "reason": "spam", **more}


@pytest.fixture
def file(tmp_path):
    return tmp_path / "reports.jsonl"


def write(file, *lines):
    file.write_bytes(
        b"".join((one if isinstance(one, bytes) else json.dumps(one).encode()) + b"\n" for one in lines)
    )


def run(file, capsys, **options):
    call_command("load_reports", str(file), **options)
    counts = dict(row.split(": ", 1) for row in capsys.readouterr().out.splitlines())
    return {name: int(count.split()[0]) for name, count in counts.items()}


def rejected(file):
    return [json.loads(row) for row in file.with_name(file.name + ".rejected.jsonl").read_text().splitlines()]


def test_good_lines_are_taken_and_bad_ones_named(db, file, capsys):
    write(file, line(1), b"{oops", line(2), b"", line(3, colour="red"), line(1))
    assert run(file, capsys) == {"accepted": 2, "duplicate": 1, "refused": 2}
    assert [(row["line"], row["reason"]) for row in rejected(file)] == [
        (2, "This is not JSON: Expecting property name enclosed in double quotes at line 1, column 2."),
        (5, "colour: There is no such field."),
    ]
    assert (Item.objects.count(), Report.objects.count()) == (2, 2)


def test_loading_again_changes_nothing(db, file, capsys):
    write(file, line(1), {**line(2), "type": "item", "reason": None}, {"type": "item", **line(3)["item"]},
          {"type": "views", "source": "demo", "external_id": "p3", "views": 3, "at": "2026-03-01T00:00:00Z"})  # fmt: skip
    first = run(file, capsys)
    events = Event.objects.count()
    assert first == {"accepted": 3, "duplicate": 0, "refused": 1}
    assert run(file, capsys) == {"accepted": 0, "duplicate": 3, "refused": 1}
    assert (Event.objects.count(), Report.objects.count(), len(rejected(file))) == (events, 1, 1)


def test_an_older_line_loaded_again_does_not_turn_the_item_back(db, file, capsys):
    write(file, line(1))
    run(file, capsys)
    newer = line(1)
    newer["item"]["text"] = "edited since"
    write(file, newer)
    run(file, capsys)
    write(file, line(1))
    assert run(file, capsys)["duplicate"] == 1
    assert Item.objects.get().revision == 2


def test_a_stopped_run_goes_on_where_it_was_and_counts_every_line_once(db, file, capsys, monkeypatch):
    monkeypatch.setattr(loading, "LINES", 2)
    write(file, line(1), b"{", line(2), line(3), b"{", line(4), line(5))
    stopped = load(Places.of(file))
    next(stopped)
    next(stopped)
    stopped.close()
    assert (Report.objects.count(), file.with_name(file.name + ".progress").exists()) == (3, True)
    assert run(file, capsys) == {"accepted": 5, "duplicate": 0, "refused": 2}
    assert [row["line"] for row in rejected(file)] == [2, 5]
    assert Report.objects.count() == 5
    assert file.with_name(file.name + ".progress").exists() is False


def test_a_piece_whose_progress_was_lost_is_repeated_without_effect(db, file, capsys, monkeypatch):
    monkeypatch.setattr(loading, "LINES", 2)
    write(file, line(1), b"{", line(2), b"{", line(3))
    stopped = load(Places.of(file))
    next(stopped)
    progress = file.with_name(file.name + ".progress")
    early = progress.read_text()
    next(stopped)
    stopped.close()
    progress.write_text(early)  # as if the machine had lost its power before writing it down
    assert run(file, capsys) == {"accepted": 2, "duplicate": 1, "refused": 2}
    assert [row["line"] for row in rejected(file)] == [2, 4]
    assert Report.objects.count() == 3


def test_another_file_of_the_same_name_starts_from_its_beginning(db, file, capsys, monkeypatch):
    monkeypatch.setattr(loading, "LINES", 1)
    write(file, line(1), line(2))
    next(load(Places.of(file)))
    write(file, line(7), line(8))
    assert run(file, capsys) == {"accepted": 2, "duplicate": 0, "refused": 0}


def test_a_line_too_long_for_its_own_good_is_refused_alone(db, file, capsys, monkeypatch):
    monkeypatch.setattr(loading, "LINE_BYTES", 300)
    write(file, line(1), line(2, comment="x" * 2000), line(3))
    assert run(file, capsys) == {"accepted": 2, "duplicate": 0, "refused": 1}
    assert rejected(file)[0]["line"] == 2
    assert rejected(file)[0]["reason"] == "This line is longer than 4 MB."


def test_nothing_refused_leaves_no_file_behind(db, file, capsys):
    write(file, line(1))
    run(file, capsys)
    assert [path.name for path in file.parent.iterdir()] == [file.name]


def test_notes_may_lie_elsewhere(db, file, tmp_path, capsys):
    write(file, b"{")
    assert run(file, capsys, notes_in=tmp_path / "notes") == {"accepted": 0, "duplicate": 0, "refused": 1}
    assert [path.name for path in (tmp_path / "notes").iterdir()] == ["reports.jsonl.rejected.jsonl"]


def test_a_file_that_is_not_there_is_said(db, file):
    with pytest.raises(CommandError, match="There is no file"):
        call_command("load_reports", str(file))


def test_a_folder_that_cannot_be_written_is_said(db, file, monkeypatch):
    write(file, line(1))

    def refuse(places):
        raise OSError(errno.EROFS, "Read-only file system", "reports.jsonl.rejected.jsonl")

    monkeypatch.setattr("apps.intake.management.commands.load_reports.load", refuse)
    with pytest.raises(
        CommandError,
        match=r"reports.jsonl.rejected.jsonl cannot be written. Choose a folder with --notes-in.",
    ):
        call_command("load_reports", str(file))


def test_an_empty_file_is_nothing(db, file, capsys):
    write(file)
    assert run(file, capsys) == {"accepted": 0, "duplicate": 0, "refused": 0}


def post(name, text, hate=None, threat=None, violence=None, harassment=None):
    labels = {"hate": hate, "hate_threatening": threat, "violence": violence, "harassment": harassment}
    return {"external_id": name, "text": text, "labels": labels}


POSTS = [
    post("a", "one", hate=True, violence=False),
    post("b", "two\u2028three\x85", hate=False, threat=True, violence=False, harassment=False),
    post("c", "four", hate=False, threat=False, violence=False),
    post("d", "five"),
]


def test_labelled_posts_become_flags_and_reports(db, file, tmp_path, capsys):
    posts = tmp_path / "posts.jsonl"
    posts.write_text("".join(json.dumps(post) + "\n" for post in POSTS))
    convert_posts.main(posts)
    file.write_text(capsys.readouterr().out)
    counts = run(file, capsys)
    assert (counts["duplicate"], counts["refused"]) == (0, 0)
    assert Item.objects.count() == 4
    scores = {
        flag.item.external_id: {score["rule"]: score["score"] for score in flag.scores}
        for flag in Flag.objects.select_related("item")
    }
    assert scores == {
        "a": {"HT-1": 0.9, "VX-1": 0.1},
        "b": {"HT-1": 0.1, "VX-1": 0.9, "HR-1": 0.1},
        "c": {"HT-1": 0.1, "VX-1": 0.1},
    }
    cases = set(Flag.objects.filter(over_threshold=True).values_list("item_id", flat=True))
    cases |= set(Report.objects.values_list("item_id", flat=True))
    assert len(cases) == 4
