import re
from collections.abc import Sequence
from pathlib import Path

from apps.errors import NotFound
from apps.intake.credibility import credibility
from apps.intake.media.films import frame_path
from apps.intake.media.places import full_path
from apps.intake.models import Media

__all__ = ["credibility", "media_file"]

VARIANT = re.compile(r"original|covered|frame-[0-9]")


def media_file(media: Media, variant: str = "original", *, filters: Sequence[str] = ()) -> tuple[Path, str]:
    """The file of a prepared medium and its media type: `original`, `frame-1` … `frame-9` of a film,
    or `covered`, the light veil.

    `filters` are laid over pictures and frames before they are shown (`apps.intake.media.shown`); a film or a sound
    is never filtered. Raises NotFound while it is not ready, when it was refused, and for frames it does not have.
    """
    if media.state != Media.State.READY or not media.file or not VARIANT.fullmatch(variant):
        raise NotFound("This file is not ready to be shown.")
    path, mime = full_path(media.file), media.mime
    if variant == "covered":
        path, mime = (frame_path(path, 0) if mime.startswith("video/") else path), "image/webp"
    elif variant != "original":
        path, mime = frame_path(path, int(variant[-1])), "image/webp"
    if not path.is_file() or not (mime.startswith("image/") or variant == "original"):
        raise NotFound("This file is not on this machine.")
    if variant == "covered":
        if media.mime.startswith("audio/"):
            raise NotFound("A sound has no picture.")
        from apps.intake.media.shown import covered_path  # what draws is loaded when first something is drawn

        return covered_path(path), mime
    if filters and mime.startswith("image/"):
        from apps.intake.media.shown import shown_path

        return shown_path(path, filters), "image/webp"
    return path, mime
