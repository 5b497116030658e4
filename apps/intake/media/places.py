"""Where media files lie: under their SHA-256, so that the same bytes are kept once and no name is ever trusted."""

import hashlib
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from apps.intake.errors import FileTooLarge


def place_of(sha256: str) -> str:
    """The path under MEDIA_ROOT."""
    return f"{sha256[:2]}/{sha256}"


def full_path(file: str) -> Path:
    return Path(settings.MEDIA_ROOT) / file


@contextmanager
def waiting_room() -> Iterator[Path]:
    """A file of its own on the same disk, gone afterwards unless it was moved to its place."""
    root = Path(settings.MEDIA_ROOT)
    root.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix="arriving-", dir=root)
    os.close(handle)
    try:
        yield Path(name)
    finally:
        Path(name).unlink(missing_ok=True)


def pour(chunks: Iterable[bytes], into: Path, *, at_most: int) -> str:
    """Write the chunks and return their SHA-256. Raises FileTooLarge as soon as there are too many."""
    digest, size = hashlib.sha256(), 0
    with into.open("wb") as file:
        for chunk in chunks:
            size += len(chunk)
            if size > at_most:
                raise FileTooLarge(f"This file is larger than {at_most:,} bytes.")
            digest.update(chunk)
            file.write(chunk)
    return digest.hexdigest()


def settle(arrived: Path, sha256: str) -> str:
    """Move a checked file to its place; the path under MEDIA_ROOT. The row that points to it is written within the hour."""
    put_down(arrived, full_path(place_of(sha256)))
    return place_of(sha256)


def put_down(arrived: Path, place: Path) -> None:
    """Move a file to the place of its bytes. What lies there already is taken up again: it is as new from now on."""
    place.parent.mkdir(parents=True, exist_ok=True)
    if touch(place):
        arrived.unlink()
    else:
        # Made ready before it lies there: from then on a sweep may have it aside for a moment.
        arrived.chmod(0o640)
        touch(arrived)
        arrived.replace(place)


def touch(place: Path) -> bool:
    """Whether a file lies there; if so, nobody takes it away within the hour, although no row points to it yet."""
    try:
        os.utime(place)
    except FileNotFoundError:
        return False
    return True
