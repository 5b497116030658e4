import re
from pathlib import Path

from apps.errors import NotFound
from apps.intake.credibility import credibility
from apps.intake.media.films import frame_path
from apps.intake.media.places import full_path
from apps.intake.models import Media

__all__ = ["credibility", "media_file"]

VARIANT = re.compile(r"original|frame-[0-9]")


def media_file(media: Media, variant: str = "original") -> tuple[Path, str]:
    """The file of a prepared medium and its media type: `original`, or `frame-1` … `frame-9` of a film.

    Raises NotFound while it is not ready, when it was refused, and for frames it does not have.
    """
    if media.state != Media.State.READY or not media.file or not VARIANT.fullmatch(variant):
        raise NotFound("This file is not ready to be shown.")
    path, mime = full_path(media.file), media.mime
    if variant != "original":
        path, mime = frame_path(path, int(variant[-1])), "image/webp"
    if not path.is_file():
        raise NotFound("This file is not on this machine.")
    return path, mime
