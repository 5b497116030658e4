"""Bytes of what was forgotten leave the disk: of erased content, and of evidence whose time is over.

Files lie under their SHA-256, so that several rows may point to one. A file goes once no row points to it and nobody put
it down, or took it up again, within the hour: whoever makes a row does so within an hour of that (`places.touch`). It
is moved aside first and looked at again: where it was taken up meanwhile, it is put back.
"""

import logging
import re
import secrets
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction

from apps.intake.media.erased import EMPTIED, FULL
from apps.intake.media.places import full_path, touch
from apps.ledger.operations import record

AN_HOUR = 3600.0
AT_ONCE = 1_000
NAME = re.compile(r"[0-9a-f]{64}")
HALVES = re.compile(r"[0-9a-f]{2}")
ASIDE = "leaving-"
LEFT_ASIDE = re.compile(r"leaving-(?P<at>[0-9]+)-[0-9a-f]{16}-(?P<name>.+)")
UNFINISHED = ("arriving-", "shown-")  # what a process that died was writing

# Which of these names a row points to, folder by folder; the first question is the one that most names answer to.
MEDIA = "SELECT sha256 FROM intake_media WHERE sha256 = ANY(%(names)s) AND file <> ''"
# An upload waits a year for whoever names it, as long as evidence of the same kind is kept; not once what it showed was erased.
UPLOADS = """
    SELECT sha256 FROM intake_upload upload WHERE sha256 = ANY(%(names)s) AND (
        EXISTS (SELECT 1 FROM intake_media WHERE upload_id = upload.id AND state <> 'refused')
        OR created_at > clock_timestamp() - interval '1 year' AND NOT EXISTS (
            SELECT 1 FROM intake_media shown JOIN intake_itemcontent said
            ON said.item_id = shown.item_id AND said.revision = shown.revision
            WHERE shown.upload_id = upload.id AND said.erased_at IS NOT NULL))
"""
EVIDENCE = """
    SELECT sha256 FROM appeals_appealfile WHERE sha256 = ANY(%(names)s)
    UNION SELECT sha256 FROM lawful_lawfile WHERE sha256 = ANY(%(names)s)
    UNION SELECT sha256 FROM authority_contestfile WHERE sha256 = ANY(%(names)s)
"""
POINTS: dict[str, tuple[str, ...]] = {
    "": (MEDIA, UPLOADS, EVIDENCE),
    "authority": ("SELECT sha256 FROM authority_document WHERE sha256 = ANY(%(names)s)",),
    "board": ("SELECT sha256 FROM board_sealedfile WHERE sha256 = ANY(%(names)s)",),
}
ERASED = f"""
    SELECT media.id, media.file FROM intake_itemcontent said
    JOIN intake_media media ON media.item_id = said.item_id AND media.revision = said.revision
    WHERE said.erased_at IS NOT NULL AND {FULL}
    ORDER BY media.id LIMIT %s FOR NO KEY UPDATE OF media
"""  # noqa: S608  (constants)
BLANK = f"UPDATE intake_media SET {EMPTIED} WHERE id = ANY(%s)"  # noqa: S608

log = logging.getLogger("reviewqueue.files")


@dataclass
class Gone:
    files: int = 0
    size: int = 0


def let_go() -> int:
    """Take the media off erased content, and from the disk the files that nobody points to any more; how many files.

    Safe beside uploads, beside itself, and when it dies in the middle: what it had put aside is looked at again.
    """
    forget_media()
    root, gone = Path(settings.MEDIA_ROOT), Gone()
    for folder, places in _folders(root):
        for place in places:
            _look_through(place, POINTS[folder], gone)
    _unfinished(root, time.time() - AN_HOUR)
    if gone.files:
        with transaction.atomic():
            record("files.forgotten", actor=None, private=True, files=gone.files, bytes=gone.size)
        log.info("%s files that nothing points to were removed, %s bytes", gone.files, gone.size)
    return gone.files


def forget_media() -> int:
    """Take file, veil and words off the media of erased content; how many. Their hashes stay, as the text's does.

    Their files are looked at again an hour later: a change of the item that began before may still carry them on.
    """
    forgotten = 0
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(ERASED, [AT_ONCE])
            found = cursor.fetchall()
            for _, file in found:
                if file:
                    touch(full_path(file))
            cursor.execute(BLANK, [[id for id, _ in found]])
        forgotten += len(found)
        if len(found) < AT_ONCE:
            return forgotten


def _folders(root: Path) -> Iterator[tuple[str, list[Path]]]:
    if not root.is_dir():
        return
    yield "", sorted(place for place in root.iterdir() if HALVES.fullmatch(place.name) and place.is_dir())
    for folder in ("authority", "board"):
        yield folder, [place for place in (root / folder,) if place.is_dir()]


def _look_through(place: Path, questions: tuple[str, ...], gone: Gone) -> None:
    """One folder: what lies in it by name, the file itself and what was made of it."""
    before = time.time() - AN_HOUR
    _unfinished(place, before)
    lying: dict[str, list[Path]] = {}
    for path in _put_back_of_the_dead(place, before):
        if NAME.fullmatch(path.name[:64]) and path.name[64:65] in ("", "."):
            lying.setdefault(path.name[:64], []).append(path)
    names = [name for name, paths in lying.items() if all(_older(path, before) for path in paths)]
    for start in range(0, len(names), AT_ONCE):
        some = names[start : start + AT_ONCE]
        free = set(some) - _pointed(some, questions)
        if free:
            _remove({name: lying[name] for name in free}, questions, before, gone)


def _remove(free: dict[str, list[Path]], questions: tuple[str, ...], before: float, gone: Gone) -> None:
    """Put aside, each sweep under names of its own; look again, and only then remove. Whoever looks for the file now puts
    down one of its own."""
    mine = f"{ASIDE}{time.time():.0f}-{secrets.token_hex(8)}-"
    aside = [
        (name, path, moved)
        for name, paths in free.items()
        for path in paths
        if (moved := _moved(path, path.with_name(f"{mine}{path.name}")))
    ]
    taken = _pointed(free, questions)
    for name, path, moved in aside:
        if name in taken or not _older(moved, before):
            _put_back(moved, path)
            continue
        size = moved.stat().st_size
        moved.unlink()
        gone.files, gone.size = gone.files + 1, gone.size + size


def _moved(path: Path, to: Path) -> Path | None:
    """Where it lies now; None when another was there first."""
    try:
        return path.rename(to)
    except FileNotFoundError:
        return None


def _put_back(moved: Path, path: Path) -> None:
    """Whether somebody put the same bytes down meanwhile makes no difference, but that they count as new."""
    if touch(moved):
        moved.replace(path)


def _put_back_of_the_dead(place: Path, before: float) -> list[Path]:
    """What lies in a folder, once what a sweep that died had put aside is back."""
    lying = []
    for path in list(place.iterdir()):
        parts = LEFT_ASIDE.fullmatch(path.name)
        if parts is None:
            lying.append(path)
        elif float(parts["at"]) < before:
            _put_back(path, path.with_name(parts["name"]))
    return lying


def _pointed(names: Iterable[str], questions: tuple[str, ...]) -> set[str]:
    asked = list(names)
    found: set[str] = set()
    with connection.cursor() as cursor:
        for question in questions:
            rest = [name for name in asked if name not in found]
            if rest:
                cursor.execute(question, {"names": rest})
                found.update(name for (name,) in cursor.fetchall())
    return found


def _older(path: Path, before: float) -> bool:
    """Whether it was put down, and last taken up, before a moment. What is gone is as old as can be."""
    try:
        return path.stat().st_mtime < before
    except FileNotFoundError:
        return True


def _unfinished(place: Path, before: float) -> None:
    if place.is_dir():
        for path in place.iterdir():
            if path.name.startswith(UNFINISHED) and path.is_file() and _older(path, before):
                path.unlink(missing_ok=True)
