"""Exports asked for on a page: one at a time, offered whole or not at all, whoever writes them and whatever ends them."""

import os
import signal
import subprocess
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import IntegrityError, InternalError, connection, connections, transaction
from django.utils.timezone import now

from apps.errors import Invalid, NotAllowed
from apps.feedback import jobs
from apps.feedback.checking import check_export, sha256_of_file
from apps.feedback.errors import ExportEnded, ExportNotOffered, ExportRunning
from apps.feedback.models import ExportRun
from apps.feedback.operations import exporting, running
from apps.feedback.operations.running import claim, folder_of, forget_old, hand_out, stop, write
from apps.feedback.writers import FORMATS
from apps.ledger.models import Event
from tests.browser.system import database_url
from tests.conftest import person
from tests.patience import PATIENCE

AGES = timedelta(hours=1)


@pytest.fixture(autouse=True)
def place(tmp_path, settings):
    settings.EXPORTS_ROOT = tmp_path / "exports"
    return settings.EXPORTS_ROOT


@pytest.fixture
def some(decided):
    return [decided(), decided(outcome="no_violation")]


def ask(**options) -> ExportRun:
    return running.ask(**{"actor": person("policy"), "formats": ["jsonl"], **options})


def written(**options) -> ExportRun:
    run = ask(**options)
    write(run.pk)
    run.refresh_from_db()
    return run


def kinds() -> list[str]:
    return list(
        Event.objects.filter(kind__startswith="feedback.").order_by("id").values_list("kind", flat=True)
    )


def fall_silent(run: ExportRun) -> None:
    ExportRun.objects.filter(pk=run.pk).update(beat_at=now() - running.SILENT - timedelta(seconds=1))


def test_formats_on_the_page_are_those_that_can_be_written():
    assert set(ExportRun.Format.values) == set(FORMATS)


def test_it_is_written_as_the_command_writes_it_and_says_so(some, place):
    run = ask(formats=["parquet", "jsonl"])
    assert (run.state, run.since, kinds()) == ("waiting", None, ["feedback.export_asked"])
    write(run.pk)
    run.refresh_from_db()
    manifest = check_export(folder_of(run))
    assert (run.state, run.rows, run.cursor) == ("done", 2, manifest["cursor"])
    assert str(run.export_id) == manifest["export_id"]
    assert run.manifest_sha256 == sha256_of_file(folder_of(run) / "manifest.json")
    assert run.split_version == "1"
    on_disk = {
        str(path.relative_to(folder_of(run))): path.stat().st_size
        for path in folder_of(run).rglob("*")
        if path.is_file()
    }
    assert {file["path"]: file["bytes"] for file in run.files} == on_disk
    assert run.bytes == sum(on_disk.values())
    assert kinds() == ["feedback.export_asked", "feedback.split_frozen", "feedback.exported"]
    event = Event.objects.get(kind="feedback.exported")
    assert (event.actor_id, event.data["manifest_sha256"]) == (person("policy").pk, run.manifest_sha256)


def test_one_that_goes_on_from_another_holds_what_moved_since(some):
    first = written()
    after = written(continues=first.pk)
    assert (after.since, after.continues_id) == (first.cursor, first.pk)
    assert (after.state, after.rows) == ("done", 0)
    assert check_export(folder_of(after))["kind"] == "increment"


@pytest.mark.parametrize(
    ("who", "options", "refusal"),
    [
        ("moderator", {}, NotAllowed),
        ("supervisor", {}, NotAllowed),
        ("policy", {"formats": []}, Invalid),
        ("policy", {"formats": ["jsonl", "xlsx"]}, Invalid),
        ("policy", {"continues": 0}, Invalid),
        ("policy", {"split": "never frozen"}, Invalid),
    ],
)
def test_what_is_refused_leaves_nothing(some, who, options, refusal):
    with pytest.raises(refusal):
        ask(actor=person(who), **options)
    assert (ExportRun.objects.count(), kinds()) == (0, [])


def test_an_export_that_failed_is_nothing_to_go_on_from(house):
    failed = written()
    assert (failed.state, failed.because) == (
        "failed",
        "There is no decision to export yet. Nothing was written.",
    )
    with pytest.raises(Invalid):
        ask(continues=failed.pk)


def test_while_one_waits_or_is_written_no_other_is_begun(some):
    run = ask()
    with pytest.raises(ExportRunning):
        ask(actor=person("admin"))
    claim(run.pk)
    with pytest.raises(ExportRunning):
        ask(actor=person("admin"))
    with pytest.raises(IntegrityError, match="export_one_at_a_time"), transaction.atomic():
        ExportRun.objects.create(asked_by=person("admin"), formats=["csv"])
    assert (ExportRun.objects.count(), kinds()) == (1, ["feedback.export_asked"])


def test_what_fails_says_so_and_leaves_nothing_on_the_disk(some, place, monkeypatch):
    def full(*args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(exporting, "card", full)
    run = written()
    assert (run.state, run.files) == ("failed", [])
    assert run.because == "The folder for exports could not be written: No space left on device."
    assert list(place.rglob("*")) == []
    assert kinds() == ["feedback.export_asked", "feedback.split_frozen", "feedback.export_failed"]
    monkeypatch.undo()
    assert written().state == "done"


def test_a_fault_of_ours_is_said_without_its_words(some, monkeypatch, caplog):
    def broken(*args):
        raise RuntimeError("author 4711")

    monkeypatch.setattr(exporting, "card", broken)
    run = written()
    assert run.because == "Something went wrong on our side (RuntimeError). The log says more."
    assert "author 4711" in caplog.text


def test_a_silent_writer_is_replaced_and_what_it_writes_afterwards_is_offered_to_nobody(
    some, place, monkeypatch
):
    run = ask()
    ordinary, taken = exporting.card, []

    def overtaken(*args):
        """While the first one writes, it is thought dead, and a second one writes the export to its end."""
        monkeypatch.setattr(exporting, "card", ordinary)
        fall_silent(run)
        write(run.pk)
        taken.append(ExportRun.objects.get(pk=run.pk))
        return ordinary(*args)

    monkeypatch.setattr(exporting, "card", overtaken)
    write(run.pk)
    run.refresh_from_db()
    assert (run.state, run.attempts) == ("done", 2)
    assert run.manifest_sha256 == taken[0].manifest_sha256
    assert [path.name for path in place.iterdir()] == [f"{run.pk}-2"]
    assert str(run.export_id) == check_export(folder_of(run))["export_id"]
    assert kinds().count("feedback.exported") == 1


def test_a_writer_that_still_speaks_is_not_replaced(some):
    run = ask()
    held = claim(run.pk)
    assert held is not None
    assert claim(run.pk) is None
    write(run.pk)
    run.refresh_from_db()
    assert (run.state, run.writer, run.attempts) == ("running", held.writer, 1)


def test_after_three_silent_writers_it_is_given_up(some):
    run = ask()
    for _ in range(3):
        assert claim(run.pk) is not None
        fall_silent(run)
    assert running.due(waits=AGES) == [run.pk]
    assert claim(run.pk) is None
    run.refresh_from_db()
    assert run.state == "failed"
    assert run.because.startswith("Whoever wrote it stopped before the end, 3 times.")
    assert running.due(waits=timedelta(0)) == []


def test_one_that_is_left_waits_for_another_process(some, place):
    run = ask()
    write(run.pk, may_go_on=lambda: False)
    run.refresh_from_db()
    assert (run.state, run.writer, run.attempts) == ("waiting", None, 0)
    assert not place.exists() or list(place.iterdir()) == []
    write(run.pk)
    run.refresh_from_db()
    assert run.state == "done"


def test_stopping_ends_it_and_whoever_writes_it_notices(some, place, monkeypatch):
    run = ask()
    ordinary = exporting.card

    def stopped(*args):
        stop(actor=person("admin"), run_id=run.pk)
        return ordinary(*args)

    monkeypatch.setattr(exporting, "card", stopped)
    write(run.pk)
    run.refresh_from_db()
    assert (run.state, run.because) == ("failed", f"Stopped by {person('admin').pseudonym}.")
    assert list(place.iterdir()) == []
    assert "feedback.exported" not in kinds()
    with pytest.raises(ExportEnded):
        stop(actor=person("admin"), run_id=run.pk)
    with pytest.raises(NotAllowed):
        stop(actor=person("legal"), run_id=run.pk)


def test_a_file_that_is_not_as_it_was_written_is_not_handed_out(some):
    run = written()
    _, found = hand_out(actor=person("admin"), run_id=run.pk, number=0)
    assert [path.stat().st_size for path, _ in found] == [run.files[0]["bytes"]]
    with found[0][0].open("ab") as file:
        file.write(b"!")
    for number in (0, None):
        with pytest.raises(ExportNotOffered):
            hand_out(actor=person("admin"), run_id=run.pk, number=number)
    for number in (-1, len(run.files)):
        with pytest.raises(ExportNotOffered):
            hand_out(actor=person("admin"), run_id=run.pk, number=number)
    assert kinds().count("feedback.export_downloaded") == 1


def test_after_its_days_the_files_are_taken_away_and_what_it_was_stays(some, place, time_machine):
    run = written()
    (place / "999-1").mkdir()  # what an attempt left behind
    time_machine.move_to(now() + timedelta(days=settings.EXPORTS_KEPT_DAYS, minutes=-1))
    assert forget_old() == 0
    assert [path.name for path in place.iterdir()] == [run.folder]
    time_machine.move_to(now() + timedelta(minutes=2))
    assert forget_old() == 1
    gone = ExportRun.objects.get()
    assert (gone.state, gone.files, gone.rows, gone.manifest_sha256) == (
        "forgotten",
        [],
        2,
        run.manifest_sha256,
    )
    assert list(place.iterdir()) == []
    assert kinds()[-1] == "feedback.export_forgotten"
    with pytest.raises(ExportNotOffered):
        hand_out(actor=person("admin"), run_id=run.pk, number=None)
    assert forget_old() == 0
    assert written(continues=run.pk).state == "done"


def test_folders_of_one_that_is_being_written_are_left_alone(some, place):
    run = claim(ask().pk)
    folder_of(run).mkdir(parents=True)
    assert forget_old() == 0
    assert folder_of(run).is_dir()


def test_an_export_by_command_is_listed_and_not_offered(some, tmp_path):
    call_command(
        "export_feedback", "--format", "csv", "--by", person("admin").username, "--out", str(tmp_path / "own")
    )
    run = ExportRun.objects.get()
    assert (run.elsewhere, run.state, run.rows, run.files, run.asked_by) == (
        True,
        "done",
        2,
        [],
        person("admin"),
    )
    assert run.manifest_sha256 == sha256_of_file(tmp_path / "own" / "manifest.json")
    with pytest.raises(ExportNotOffered, match="folder of its own"):
        hand_out(actor=person("admin"), run_id=run.pk, number=None)
    ExportRun.objects.create(
        asked_by=None, elsewhere=True, formats=["csv"], state="failed", because="x", ended_at=now()
    )
    assert written(continues=run.pk).since == run.cursor


@pytest.mark.parametrize(
    "change",
    [
        {
            "state": "running",
            "writer": "00000000-0000-0000-0000-000000000000",
            "beat_at": now(),
            "ended_at": None,
        },
        {"rows": 7},
        {"files": []},
        {"state": "forgotten", "files": [], "rows": 7},
    ],
)
def test_what_ended_never_changes(some, change):
    run = written()
    with pytest.raises(IntegrityError, match="export_run_ended_stays_ended"), transaction.atomic():
        ExportRun.objects.filter(pk=run.pk).update(**change)
    with pytest.raises(InternalError, match="Cannot delete"), transaction.atomic():
        ExportRun.objects.filter(pk=run.pk).delete()


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"asked_by": None}, "export_is_asked_for_by_somebody"),
        ({"state": "running"}, "export_has_one_writer_while_it_is_written"),
        ({"state": "done", "ended_at": now()}, "export_done_says_what_it_is"),
        ({"state": "failed", "because": "x"}, "export_ended_has_a_time"),
        ({"state": "failed", "ended_at": now()}, "export_not_written_says_why"),
        ({"files": [{"path": "half"}]}, "export_offers_files_only_when_done"),
        ({"state": "perhaps"}, "export_"),
    ],
)
def test_what_is_not_so_cannot_be_written(db, fields, name):
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        ExportRun.objects.create(**{"asked_by": person("admin"), "formats": ["csv"], **fields})


def test_the_tick_begins_what_nobody_took_once(some, monkeypatch):
    begun = []

    class Child:
        def __init__(self, command, **options):
            begun.append(command[2:])

        def poll(self):
            return None

    monkeypatch.setattr(jobs.subprocess, "Popen", Child)
    monkeypatch.setattr(jobs, "_started", [])
    run = ask()
    assert jobs.sweep_exports() == 0
    ExportRun.objects.filter(pk=run.pk).update(asked_at=now() - timedelta(seconds=11))
    assert jobs.sweep_exports() == 1
    assert jobs.sweep_exports() == 0
    assert begun == [["write_export", str(run.pk), "--for", str(os.getpid())]]


@pytest.mark.races
def test_of_several_who_ask_at_once_one_is_heard(transactional_db, decided):
    decided()
    people = [person(name) for name in ("policy", "policy2", "admin", "policy", "admin")]
    came, ready = [], threading.Barrier(len(people))

    def run(one):
        try:
            ready.wait(PATIENCE)
            ask(actor=one)
            came.append("begun")
        except ExportRunning:
            came.append("refused")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(one,)) for one in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert sorted(came) == ["begun"] + ["refused"] * 4
    assert (ExportRun.objects.count(), kinds()) == (1, ["feedback.export_asked"])


@pytest.mark.races
def test_of_several_who_would_write_it_one_does(transactional_db, decided):
    decided()
    run = ask()
    threads = [threading.Thread(target=_write_apart, args=(run.pk,)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    run.refresh_from_db()
    assert (run.state, run.attempts) == ("done", 1)
    assert kinds().count("feedback.exported") == 1


def _write_apart(run_id: int) -> None:
    try:
        write(run_id)
    finally:
        connections.close_all()


@pytest.mark.races
@pytest.mark.parametrize("how", ["killed", "left by whoever started it"])
def test_a_process_that_is_killed_while_it_writes_leaves_nothing_to_download(
    transactional_db, decided, place, how
):
    decided()
    run = ask()
    child = None
    try:
        # It cannot read a decision's words, and so stands in the middle of its work.
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("LOCK TABLE decisions_decisionwords IN ACCESS EXCLUSIVE MODE")
            child = started(run, place, parent=os.getpid() if how == "killed" else 1)
            if how == "killed":
                wait_until(lambda: place.is_dir() and list(place.rglob("data")), "it writes")
                assert ExportRun.objects.get().state == "running"
                child.send_signal(signal.SIGKILL)
            child.wait(PATIENCE)
        run.refresh_from_db()
        with pytest.raises(ExportNotOffered):
            hand_out(actor=person("admin"), run_id=run.pk, number=None)
        if how == "killed":
            assert running.due(waits=AGES) == []  # perhaps it is only slow
            fall_silent(run)
            assert running.due(waits=AGES) == [run.pk]
        else:
            assert (run.state, run.attempts, running.due(waits=timedelta(0))) == ("waiting", 0, [run.pk])
    finally:
        if child is not None:
            child.kill()
            child.wait()
    again = started(run, place)
    assert again.wait(PATIENCE) == 0
    run.refresh_from_db()
    assert (run.state, run.rows) == ("done", 1)
    check_export(Path(place) / run.folder)
    forget_old()
    assert [path.name for path in place.iterdir()] == [run.folder]
    assert kinds().count("feedback.exported") == 1


def started(run: ExportRun, place: Path, parent: int | None = None) -> subprocess.Popen:
    address = database_url(connection.settings_dict, connection.settings_dict["NAME"])
    environment = {
        **os.environ, "DATABASE_URL": address, "REDIS_URL": settings.REDIS_URL, "SECRET_KEY": settings.SECRET_KEY,
        "ALLOWED_HOSTS": "localhost", "EXPORTS_ROOT": str(place),
    }  # fmt: skip
    told = [] if parent is None else ["--for", str(parent)]
    return subprocess.Popen(
        [sys.executable, "manage.py", "write_export", str(run.pk), *told],
        cwd=settings.BASE_DIR,
        env=environment,
    )


def wait_until(true, what: str) -> None:
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end, f"waited too long: {what}"
        time.sleep(0.05)
