"""A long file of bulk lines, taken in piece by piece, so that stopping at any moment loses and repeats nothing."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import BinaryIO

from apps.intake.bulk import BulkLine, read_line, receive_lines

LINES = 500
LINE_BYTES = 4 * 1024 * 1024
HEAD_BYTES = 64 * 1024


@dataclass
class Progress:
    """How far a file was taken in: after `offset` bytes and `lines` lines. `head` recognises the file."""

    head: str = ""
    offset: int = 0
    lines: int = 0
    accepted: int = 0
    duplicate: int = 0
    refused: int = 0
    rejected_bytes: int = 0


@dataclass(frozen=True)
class Places:
    """Where a file, its progress and its rejected lines lie."""

    file: Path
    progress: Path
    rejected: Path

    @classmethod
    def of(cls, file: Path, folder: Path | None = None) -> "Places":
        name = str((folder or file.parent) / file.name)
        return cls(file, Path(f"{name}.progress"), Path(f"{name}.rejected.jsonl"))


def load(places: Places) -> Iterator[Progress]:
    """Take in the file from where it was left; the progress after every 500 lines, each already committed.

    A piece whose progress was not written down anymore is repeated and counted as duplicates, its
    rejected lines written once. A report or flag without an idempotency key is known by the hash of its
    line, so that loading the whole file again changes nothing.
    """
    progress = _resume(places)
    with (
        places.file.open("rb") as file,
        places.rejected.open("r+b" if progress.offset else "w+b") as rejected,
    ):
        rejected.truncate(progress.rejected_bytes)
        rejected.seek(progress.rejected_bytes)
        file.seek(progress.offset)
        while rows := _rows(file, progress.lines):
            _take(rows, progress, rejected)
            progress.lines = rows[-1][0]
            progress.offset = file.tell()
            rejected.flush()
            progress.rejected_bytes = rejected.tell()
            _write_down(places, progress)
            yield progress
    places.progress.unlink(missing_ok=True)
    if not progress.refused:
        places.rejected.unlink(missing_ok=True)
    yield progress


def _rows(file: BinaryIO, before: int) -> list[tuple[int, bytes]]:
    """The next lines with their numbers; of a line too long for its own good only the beginning."""
    rows = []
    for number in range(before + 1, before + LINES + 1):
        raw = file.readline(LINE_BYTES)
        if not raw:
            break
        rest = raw
        while not rest.endswith(b"\n") and (rest := file.readline(LINE_BYTES)):
            raw = raw[:LINE_BYTES] + b"\x00"
        rows.append((number, raw))
    return rows


def _take(rows: list[tuple[int, bytes]], progress: Progress, rejected: BinaryIO) -> None:
    lines = [_line(number, raw) for number, raw in rows if raw.strip()]
    hashes = {number: hashlib.sha256(raw.strip()).hexdigest() for number, raw in rows}
    for answer in receive_lines(lines, key=None, fallback_key=lambda line: f"line:{hashes[line.number]}"):
        if answer["status"] >= 400:
            progress.refused += 1
            line = {"line": answer["line"], "reason": _sentence(answer["errors"]), "errors": answer["errors"]}
            rejected.write(json.dumps(line, ensure_ascii=False).encode() + b"\n")
        elif answer.get("duplicate"):
            progress.duplicate += 1
        else:
            progress.accepted += 1


def _line(number: int, raw: bytes) -> BulkLine:
    if len(raw) > LINE_BYTES:
        errors = [{"field": "", "reason": "This line is longer than 4 MB."}]
        return BulkLine(number, None, 413, errors)
    return read_line(number, raw.rstrip(b"\r\n"))


def _sentence(errors: list[dict[str, str]]) -> str:
    return " ".join(
        f"{error['field']}: {error['reason']}" if error["field"] else error["reason"] for error in errors
    )


def _resume(places: Places) -> Progress:
    with places.file.open("rb") as file:
        head = hashlib.sha256(file.read(HEAD_BYTES)).hexdigest()
    try:
        kept = Progress(**json.loads(places.progress.read_text()))
    except (OSError, ValueError, TypeError):
        return Progress(head=head)
    if kept.head != head or kept.offset > places.file.stat().st_size or not places.rejected.exists():
        return Progress(head=head)
    return kept


def _write_down(places: Places, progress: Progress) -> None:
    beside = places.progress.with_name(places.progress.name + ".new")
    beside.write_text(json.dumps(asdict(progress)))
    beside.replace(places.progress)
