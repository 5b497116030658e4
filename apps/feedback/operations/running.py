"""Exports that are asked for on a page: one at a time, by whichever process takes it, offered only once it is whole.

The row is the truth. Whoever writes an export holds it by a token, and says again and again how far it is; when it falls
silent another takes it and begins anew in another folder. What is put in place in a folder is offered by the same
transaction that records it, so that half an export is never offered, and nothing is offered without its event.
"""

import logging
import shutil
import time
import uuid
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.timezone import now

from apps.accounts.models import User
from apps.errors import DomainError, Invalid
from apps.feedback.access import may_export
from apps.feedback.errors import ExportEnded, ExportNotOffered, ExportRunning
from apps.feedback.models import ExportRun
from apps.feedback.queries import split_version
from apps.ledger.operations import record

SILENT = timedelta(minutes=3)  # whoever writes an export says every second or so how far it is
ATTEMPTS = 3
SAY_EVERY = 1.0  # seconds
State = ExportRun.State
OPEN = (State.WAITING, State.RUNNING)

log = logging.getLogger("reviewqueue.exports")


class TakenFromUs(Exception):
    """The export was stopped, or another process took it: what is being written here is for nobody."""


class AskedToLeave(Exception):
    """This process is to end: the export waits for another one."""


@transaction.atomic
def ask(*, actor: User, formats: Sequence[str], continues: int | None = None, split: str = "") -> ExportRun:
    """Have an export written: of everything, or of what moved since the one it continues.

    Raises NotAllowed, Invalid, or ExportRunning while another one waits or is being written.
    """
    may_export(actor)
    wanted = [one for one in ExportRun.Format.values if one in formats]
    if not wanted or len(wanted) < len(set(formats)):
        raise Invalid(errors=[{"field": "formats", "reason": "Choose one of the formats, or several."}])
    base = None
    if continues is not None:
        base = ExportRun.objects.filter(pk=continues, state__in=[State.DONE, State.FORGOTTEN]).first()
        if base is None:
            raise Invalid(
                errors=[{"field": "start", "reason": "That export was never finished. Choose another."}]
            )
    if split and split_version(split) is None:
        raise Invalid(errors=[{"field": "split", "reason": "There is no split of this name."}])
    since = base.cursor if base else None
    try:
        with transaction.atomic():
            run = ExportRun.objects.create(
                asked_by=actor, formats=wanted, continues=base, since=since, split=split
            )
    except IntegrityError as trouble:
        if "export_one_at_a_time" in str(trouble):
            raise ExportRunning() from None
        raise
    record("feedback.export_asked", actor=actor, run=run.pk, formats=wanted, since=since, split=split)
    return run


@transaction.atomic
def stop(*, actor: User, run_id: int) -> None:
    """End an export that waits or is being written; nothing of it is kept. Raises NotAllowed, ExportEnded."""
    may_export(actor)
    run = ExportRun.objects.select_for_update(no_key=True).get(pk=run_id)
    if run.state not in OPEN:
        raise ExportEnded()
    _fail(run, f"Stopped by {actor.pseudonym}.", actor=actor)


@transaction.atomic
def claim(run_id: int) -> ExportRun | None:
    """Take an export that waits, or whose writer fell silent; None when it is not to be had.

    After the third silent writer it is given up.
    """
    free = Q(state=State.WAITING) | Q(state=State.RUNNING, beat_at__lt=now() - SILENT)
    run = (
        ExportRun.objects.select_for_update(no_key=True, skip_locked=True, of=("self",))
        .select_related("asked_by")
        .filter(free, pk=run_id)
        .first()
    )
    if run is None:
        return None
    if run.attempts >= ATTEMPTS:
        _fail(
            run,
            f"Whoever wrote it stopped before the end, {ATTEMPTS} times. Ask an operator to look at the log.",
        )
        return None
    run.attempts += 1
    run.state, run.writer, run.beat_at = State.RUNNING, uuid.uuid4(), now()
    run.rows_done = run.rows_expected = 0
    run.save()
    return run


def write(run_id: int, *, may_go_on: Callable[[], bool] = lambda: True) -> None:
    """Write an export that waits, if nobody else does. Whatever goes wrong is said on the export; raises nothing.

    While `may_go_on` is false it is left to another process.
    """
    run = claim(run_id)
    if run is None:
        return
    folder = folder_of(run)
    said = -SAY_EVERY

    def progress(done: int, expected: int) -> None:
        nonlocal said
        if not may_go_on():
            raise AskedToLeave()
        if time.monotonic() - said >= SAY_EVERY:
            said = time.monotonic()
            _say(run, rows_done=done, rows_expected=max(done, expected), beat_at=now())

    try:
        _export(run, folder, progress)
    except TakenFromUs:
        shutil.rmtree(folder, ignore_errors=True)
    except (AskedToLeave, KeyboardInterrupt):
        shutil.rmtree(folder, ignore_errors=True)
        ours = ExportRun.objects.filter(pk=run.pk, state=State.RUNNING, writer=run.writer)
        ours.update(state=State.WAITING, writer=None, attempts=run.attempts - 1)
    except Exception as trouble:
        shutil.rmtree(folder, ignore_errors=True)
        if not isinstance(trouble, DomainError):
            log.exception("Export %s could not be written.", run.pk)
        with transaction.atomic():
            mine = ExportRun.objects.select_for_update(no_key=True).get(pk=run.pk)
            if mine.writer == run.writer:
                _fail(mine, _in_words(trouble))


def _export(run: ExportRun, folder: Path, progress: Callable[[int, int], None]) -> None:
    from apps.feedback.operations.exporting import export  # Arrow, which only whoever writes one needs

    def settle(manifest: dict[str, Any], sha256: str) -> None:
        _say(run, state=State.DONE, writer=None, ended_at=now(), **_told(manifest, sha256, folder))

    progress(0, 0)
    export(
        folder, formats=run.formats, actor=run.asked_by, since=run.since, split=run.split, progress=progress,
        settle=settle, place_first=True,
    )  # fmt: skip


def note_elsewhere(*, actor: User | None, manifest: dict[str, Any], sha256: str) -> None:
    """List an export that the command wrote to a folder of its own; nobody downloads it here."""
    ExportRun.objects.create(
        asked_by=actor, elsewhere=True, formats=manifest["formats"], since=manifest["since"], state=State.DONE,
        ended_at=now(), **_told(manifest, sha256, None),
    )  # fmt: skip


@transaction.atomic
def hand_out(
    *, actor: User, run_id: int, number: int | None
) -> tuple[ExportRun, list[tuple[Path, dict[str, Any]]]]:
    """The file of this number, or all of them, for a download that is written down: (where it lies, what it is).

    Raises NotAllowed, and ExportNotOffered when there are no files, or not as they were written.
    """
    may_export(actor)
    run = ExportRun.objects.select_for_update(no_key=True).get(pk=run_id)
    if run.state != State.DONE or not run.files:
        raise ExportNotOffered(_why_not(run))
    if number is not None and not 0 <= number < len(run.files):
        raise ExportNotOffered("This export has no such file.")
    chosen = run.files if number is None else [run.files[number]]
    found = [(folder_of(run) / file["path"], file) for file in chosen]
    for path, file in found:
        if not path.is_file() or path.stat().st_size != file["bytes"]:
            raise ExportNotOffered(
                "The files are not on this machine as they were written. Have it written anew."
            )
    record(
        "feedback.export_downloaded", actor=actor, run=run.pk, export=str(run.export_id),
        file="" if number is None else chosen[0]["path"],
    )  # fmt: skip
    return run, found


def due(*, waits: timedelta) -> list[int]:
    """Exports nobody took for this long, and those whose writer fell silent."""
    late = Q(state=State.WAITING, asked_at__lt=now() - waits)
    silent = Q(state=State.RUNNING, beat_at__lt=now() - SILENT)
    return list(ExportRun.objects.filter(late | silent).values_list("pk", flat=True))


def forget_old() -> int:
    """Take away the files of exports that were offered long enough, and what attempts left behind; exports forgotten."""
    forgotten = 0
    until = now() - timedelta(days=settings.EXPORTS_KEPT_DAYS)
    old = ExportRun.objects.filter(state=State.DONE, elsewhere=False, ended_at__lt=until)
    for pk in list(old.values_list("pk", flat=True)):
        with transaction.atomic():
            run = old.select_for_update(no_key=True, skip_locked=True).filter(pk=pk).first()
            if run is None:
                continue
            run.state, run.files = State.FORGOTTEN, []
            run.save(update_fields=["state", "files"])
            record("feedback.export_forgotten", actor=None, run=run.pk, export=str(run.export_id))
            forgotten += 1
    root = Path(settings.EXPORTS_ROOT)
    # Folders are listed first: one that is made after it belongs to an export that is known by now.
    folders = [path for path in root.iterdir() if path.is_dir()] if root.is_dir() else []
    kept = {
        run.folder for run in ExportRun.objects.filter(state__in=[State.RUNNING, State.DONE], elsewhere=False)
    }
    for folder in folders:
        if folder.name not in kept:
            shutil.rmtree(folder, ignore_errors=True)
    return forgotten


def folder_of(run: ExportRun) -> Path:
    return Path(settings.EXPORTS_ROOT) / run.folder


def _say(run: ExportRun, **values: Any) -> None:
    """Write on the export, as long as it is ours. Raises TakenFromUs."""
    ours = ExportRun.objects.filter(pk=run.pk, state=State.RUNNING, writer=run.writer)
    if not ours.update(**values):
        raise TakenFromUs()


def _fail(run: ExportRun, because: str, *, actor: User | None = None) -> None:
    run.state, run.writer, run.because, run.ended_at = State.FAILED, None, because[:300], now()
    run.save()
    record("feedback.export_failed", actor=actor, run=run.pk, because=because[:300])


def _told(manifest: dict[str, Any], sha256: str, folder: Path | None) -> dict[str, Any]:
    files = list(manifest["files"])
    for name in ("manifest.json", "manifest.sig.json"):
        if folder is not None:
            files.append({"path": name, "bytes": (folder / name).stat().st_size, "sha256": ""})
    return {
        "export_id": manifest["export_id"], "rows": manifest["rows"], "cursor": manifest["cursor"],
        "bytes": sum(file["bytes"] for file in files), "split_version": manifest["split"]["version"],
        "manifest_sha256": sha256, "rows_done": manifest["rows"], "files": files if folder is not None else [],
    }  # fmt: skip


def _in_words(trouble: Exception) -> str:
    if isinstance(trouble, DomainError):
        return trouble.errors[0]["reason"] if trouble.errors else trouble.sentence
    if isinstance(trouble, OSError) and trouble.strerror:
        return f"The folder for exports could not be written: {trouble.strerror}."
    return f"Something went wrong on our side ({type(trouble).__name__}). The log says more."


def _why_not(run: ExportRun) -> str:
    if run.elsewhere:
        return (
            "The command wrote this export to a folder of its own. There is nothing of it to download here."
        )
    if run.state == State.FORGOTTEN:
        return "The files of this export were taken away. Have another one written."
    return "This export has no files: it is not done."
