"""From a file of unknown worth to one that may be opened: checked, fingerprinted, veiled and in its place."""

import wave
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from apps.intake.errors import MediaRefused
from apps.intake.media.films import frame_path, read_film
from apps.intake.media.limits import bytes_at_most, limit
from apps.intake.media.pictures import fingerprint, read_picture, veil, waveform
from apps.intake.media.places import full_path, pour, settle, waiting_room
from apps.intake.media.sniffing import sniff


@dataclass(frozen=True)
class Made:
    """What is known of a file once it is prepared. Durations in seconds; None where nobody can tell."""

    file: str
    mime: str
    sha256: str
    size: int
    width: int | None = None
    height: int | None = None
    duration_s: float | None = None
    pdq: str = ""
    pdq_quality: int | None = None
    veil: str = ""
    frames: int = 0
    frame_pdqs: tuple[tuple[str, int | None], ...] = ()
    frame_offsets: list[int] | None = None  # milliseconds, one for each frame of a film


def take(chunks: Iterable[bytes], *, declared: str, sha256: str = "") -> Made:
    """Check a file and put it in its place; nothing is left behind when it is refused (MediaRefused).

    `declared` is the type its sender claims, `sha256` the hash, when she gave one.
    """
    with waiting_room() as arrived:
        found = pour(chunks, arrived, at_most=bytes_at_most(declared))
        if sha256 and sha256 != found:
            raise MediaRefused("This is not the file that was announced: its SHA-256 is another one.")
        mime = sniff(arrived, declared)
        size = arrived.stat().st_size
        return Made(settle(arrived, found), mime, found, size)


def make(taken: Made) -> Made:
    """Fingerprint and veil a file that was taken."""
    path = full_path(taken.file)
    kind = taken.mime.split("/")[0]
    if kind == "image":
        return _with(taken, **vars(read_picture(path)))
    if kind == "video":
        return _film(taken, path)
    return _with(taken, veil=waveform(taken.sha256), duration_s=_seconds(path, taken.mime))


def _film(taken: Made, path: Path) -> Made:
    read = read_film(path, pixels_below=limit("MEDIA_PIXELS_BELOW"))
    if "refused" in read:
        raise MediaRefused(read["refused"])
    with Image.open(frame_path(path, 0)) as first:
        covered = veil(first.convert("RGB"))
    return _with(taken, **read, veil=covered, frame_pdqs=tuple(_frame_pdqs(path, read["frames"])))


def _frame_pdqs(path: Path, frames: int) -> Iterator[tuple[str, int | None]]:
    """Fingerprints of the frames that were kept: the same film in another size or quality has them at the same places."""
    for number in range(1, frames + 1):
        with Image.open(frame_path(path, number)) as frame:
            yield fingerprint(frame.convert("RGB"))


def _seconds(path: Path, mime: str) -> float | None:
    """How long a sound lasts, where its header says so plainly (WAV)."""
    if mime == "audio/wav":
        with suppress(wave.Error, EOFError, ZeroDivisionError), wave.open(str(path)) as sound:
            return sound.getnframes() / sound.getframerate()
    return None


def _with(taken: Made, **more: object) -> Made:
    return Made(**{**vars(taken), **more})  # type: ignore[arg-type]
