"""Files that come with a request. Kept apart from media: no page shows them, one door gives them out as a download."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import filetype
from django.conf import settings

from apps.authority.errors import DocumentRefused
from apps.intake.errors import FileTooLarge
from apps.intake.media.places import pour, put_down, waiting_room

TAKEN = ("application/pdf", "image/jpeg", "image/png")
BYTES_AT_MOST = 25_000_000  # a scanned order of 200 pages fits; what is larger comes in parts
FOLDER = "authority"


@dataclass(frozen=True)
class Kept:
    name: str
    file: str
    mime: str
    size: int
    sha256: str


def keep(chunks: Iterable[bytes], *, name: str) -> Kept:
    """Write a file under its SHA-256, by what its bytes say it is. Nothing in it is opened or run.

    Raises DocumentRefused for anything but PDF, JPEG and PNG, and for what is larger than 25 MB.
    """
    with waiting_room() as arrived:
        try:
            sha256 = pour(chunks, arrived, at_most=BYTES_AT_MOST)
        except FileTooLarge:
            raise DocumentRefused(
                f"“{_short(name)}” is larger than {BYTES_AT_MOST // 1_000_000} MB. Send it in parts."
            ) from None
        size = arrived.stat().st_size
        with arrived.open("rb") as file:
            known = filetype.guess(file.read(8192))
        mime = known.mime if known else ""
        if mime not in TAKEN:
            raise DocumentRefused(f"“{_short(name)}” is neither PDF, JPEG nor PNG by its bytes.")
        place = path_of(sha256)
        put_down(arrived, place)
    return Kept(_short(name), f"{FOLDER}/{sha256}", mime, size, sha256)


def path_of(sha256: str) -> Path:
    return Path(settings.MEDIA_ROOT) / FOLDER / sha256


def _short(name: str) -> str:
    return Path(name.replace("\x00", "")).name[-200:] or "document"
