"""What a file really is, from its bytes: what it is called is only a claim."""

from pathlib import Path

import filetype
from PIL import Image, UnidentifiedImageError

from apps.intake.errors import FileTooLarge, MediaRefused
from apps.intake.media.limits import bytes_at_most, limit

BOMB = Image.MAX_IMAGE_PIXELS = limit(
    "MEDIA_PIXELS_BELOW"
)  # a second lock on the same door, inside the decoder

SHOWN = ("image/jpeg", "image/png", "image/webp", "image/gif", "video/mp4", "video/webm",
         "audio/mpeg", "audio/wav", "audio/ogg", "audio/mp4")  # fmt: skip
ALSO_CALLED = {
    "image/jpg": "image/jpeg",
    "image/pjpeg": "image/jpeg",
    "video/x-m4v": "video/mp4",
    "audio/mp3": "audio/mpeg",
    "audio/x-wav": "audio/wav",
    "audio/wave": "audio/wav",
    "audio/vnd.wave": "audio/wav",
    "application/ogg": "audio/ogg",
    "audio/m4a": "audio/mp4",
    "audio/x-m4a": "audio/mp4",
}
NO_CLAIM = {"", "application/octet-stream"}
KINDS = "JPEG, PNG, WebP, GIF, MP4, WebM, MP3, WAV, OGG and M4A"
SVG = "SVG pictures are refused because they can carry script. Send PNG or WebP instead."


def sniff(path: Path, declared: str) -> str:
    """The media type of a file by its bytes. Raises MediaRefused if it is not shown here or lies about itself."""
    declared = declared.split(";")[0].strip().lower()
    with path.open("rb") as file:
        head = file.read(8192)
    if declared == "image/svg+xml" or b"<svg" in head.replace(b"\x00", b"").lower():
        raise MediaRefused(SVG)
    if not head:
        raise MediaRefused("The file is empty.")
    mime = _of_bytes(head)
    if (mime, canonical(declared)) == ("video/mp4", "audio/mp4"):
        mime = "audio/mp4"  # one box for both: a sound may lie in what could also hold a film
    if mime not in SHOWN:
        raise MediaRefused(f"By its bytes this is none of {KINDS}.")
    if declared not in NO_CLAIM and canonical(declared) != mime:
        raise MediaRefused(f"This file calls itself {declared}, but by its bytes it is {mime}.")
    size, most = path.stat().st_size, bytes_at_most(mime)
    if size > most:
        raise FileTooLarge(f"This file has {size:,} bytes; for {mime} at most {most:,} are taken.")
    if mime.startswith("image/"):
        check_picture(path)
    return mime


def _of_bytes(head: bytes) -> str:
    known = filetype.guess(head)
    if known is not None:
        return canonical(known.mime)
    # The brands of fragmented MP4 are newer than the list the library knows.
    return "video/mp4" if head[4:8] == b"ftyp" and head[8:11] in (b"iso", b"cmf", b"das") else ""


def canonical(mime: str) -> str:
    return ALSO_CALLED.get(mime, mime)


def check_picture(path: Path) -> tuple[int, int]:
    """Width and height from the header alone. Raises MediaRefused before a single pixel is decoded."""
    try:
        with Image.open(path) as picture:
            width, height = picture.size
    except Image.DecompressionBombError:
        raise MediaRefused(f"This picture has far more pixels than the {BOMB:,} that are opened.") from None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError):
        raise MediaRefused("This picture cannot be read: the file is damaged.") from None
    check_pixels(width, height)
    return width, height


def check_pixels(width: int, height: int) -> None:
    most = limit("MEDIA_PIXELS_BELOW")
    if width * height >= most:
        raise MediaRefused(
            f"This picture is {width:,} × {height:,} pixels; only pictures below {most:,} are opened."
        )
