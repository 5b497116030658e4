"""How large a media file may be. Each may be set in the settings under its name here."""

from django.conf import settings

DEFAULTS = {
    # A picture of this many pixels or more is never decoded: it costs its sender nothing and us gigabytes.
    "MEDIA_PIXELS_BELOW": 10_000_000,
    "MEDIA_IMAGE_BYTES": 20_000_000,
    "MEDIA_AUDIO_BYTES": 50_000_000,
    "MEDIA_VIDEO_BYTES": 200_000_000,
}


def limit(name: str) -> int:
    return int(getattr(settings, name, DEFAULTS[name]))


def bytes_at_most(mime: str = "") -> int:
    """The cap for a kind of file, or the largest cap while the kind is unknown."""
    kind = mime.split("/")[0].upper()
    if kind in ("IMAGE", "AUDIO", "VIDEO"):
        return limit(f"MEDIA_{kind}_BYTES")
    return max(limit(f"MEDIA_{kind}_BYTES") for kind in ("IMAGE", "AUDIO", "VIDEO"))
