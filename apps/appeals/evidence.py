"""Files sent as evidence: what they really are, and how they are kept. Pictures and PDF documents, nothing that runs."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import UploadedFile

from apps.errors import Invalid
from apps.intake.errors import MediaRefused
from apps.intake.media.places import full_path, pour, settle, touch, waiting_room
from apps.intake.models import Upload

FILES_AT_MOST = 3
BYTES_AT_MOST = 10_000_000
PICTURES = ("image/jpeg", "image/png", "image/webp", "image/gif")
DOCUMENT = "application/pdf"


@dataclass(frozen=True)
class Kept:
    """A file in its place. `veil` is what covers a picture until it is asked for."""

    file: str
    mime: str
    size: int
    sha256: str
    veil: str = ""
    width: int | None = None
    height: int | None = None


def keep(chunks: Iterable[bytes], *, declared: str) -> Kept:
    """Check a file and put it in its place; nothing is left behind when it is refused (MediaRefused)."""
    from apps.intake.media.pictures import read_picture  # half a second that only a file needs
    from apps.intake.media.sniffing import sniff

    with waiting_room() as arrived:
        sha256 = pour(chunks, arrived, at_most=BYTES_AT_MOST)
        size = arrived.stat().st_size
        with arrived.open("rb") as file:
            head = file.read(5)
        if head == b"%PDF-":
            # A document is never opened here, however many pages it has: it is handed on as it is.
            return Kept(settle(arrived, sha256), DOCUMENT, size, sha256)
        mime = sniff(arrived, declared)
        if mime not in PICTURES:
            raise MediaRefused("Send a picture (JPEG, PNG, WebP, GIF) or a PDF document.")
        read: dict[str, Any] = vars(read_picture(arrived))
        return Kept(settle(arrived, sha256), mime, size, sha256, read["veil"], read["width"], read["height"])


def from_form(files: Sequence[UploadedFile]) -> list[Kept]:
    """The files of a form, each in its place. Raises MediaRefused for one that is refused, or for too many."""
    if len(files) > FILES_AT_MOST:
        raise MediaRefused
    return [keep(file.chunks(), declared=file.content_type or "") for file in files]


def sent_ahead(uploads: Sequence[int], *, key_id: int) -> list[Kept]:
    """The pictures a program sent ahead by this key. Raises Invalid naming each that is not there, MediaRefused."""
    found = {one.pk: one for one in Upload.objects.filter(pk__in=uploads, key_id=key_id)}
    missing = [
        {"field": f"uploads[{place}]", "reason": "There is no such upload of this key."}
        for place, upload in enumerate(uploads)
        if upload not in found
    ]
    if missing:
        raise Invalid(errors=missing)
    return [from_upload(found[upload]) for upload in uploads]


def from_upload(upload: Upload) -> Kept:
    """A picture that a program sent ahead, as evidence. Raises MediaRefused for anything else."""
    from apps.intake.media.pictures import read_picture

    if upload.mime not in PICTURES or upload.size > BYTES_AT_MOST:
        raise MediaRefused("As evidence, send pictures (JPEG, PNG, WebP, GIF) of up to 10 MB.")
    if not touch(full_path(upload.file)):
        raise MediaRefused("This upload was forgotten. Send the file again.")
    read: dict[str, Any] = vars(read_picture(full_path(upload.file)))
    return Kept(
        upload.file, upload.mime, upload.size, upload.sha256, read["veil"], read["width"], read["height"]
    )
