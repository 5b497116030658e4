"""How the veils in force are put over a case: what the page says of each part, and what a media door gives out.

The door keeps the floor whatever a page asks for: filtered pictures leave the server filtered, and what may not be
played or heard is not given out at all.
"""

from typing import Any

from apps.appeals.models import AppealFile
from apps.errors import NotAllowed
from apps.intake.models import Media
from apps.wellbeing.veil.ladder import Veil

REVEALS = ("toggle", "hold", "region")
SIZES = ("", "half", "quarter")
ANIMATED = ("image/gif", "image/webp", "image/png")  # may move, whatever the name says
STILLS_ONLY = "Your settings or the organisation's show this film in stills only. The stills are on the page."
NO_SOUND = (
    "Your settings or the organisation's play no sound. The transcript, where there is one, is on the page."
)


def kind_of(mime: str) -> str:
    """Which kind of veil lies over a media type."""
    return {"video": "film", "audio": "sound"}.get(mime.split("/")[0], "picture")


def shown_as(media: "Media | AppealFile", variant: str, veils: dict[str, Veil]) -> tuple[str, ...]:
    """The filters to lay over a file before it is given out. Raises NotAllowed for what may not be given out."""
    kind = kind_of(media.mime)
    veil = veils[kind]
    if kind == "sound":
        if veil.sound == 2:
            raise NotAllowed(NO_SOUND)
        return ()
    if variant == "covered":
        if veil.blur > 0:
            raise NotAllowed("This is covered more than that.")
        return ()
    if kind == "film" and variant == "original":
        if veil.still:
            raise NotAllowed(STILLS_ONLY)
        return ()
    filters = veil.filters()
    if media.mime in ANIMATED and veils["film"].still and not filters and variant == "original":
        return ("still",)
    return filters


def dressed(media: dict[str, Any], veils: dict[str, Veil]) -> dict[str, Any]:
    """What the page has to know of the veil over one media file."""
    mime = media["mime"] or ""
    veil = veils[kind_of(mime)]
    moving = mime.startswith("video/")
    at = media.get("at") or f"/media/{media['id']}"
    covers = {
        0: f"{at}/covered" if media["state"] == "ready" else media["veil_uri"],
        1: media["veil_uri"],
        2: "",
    }
    return {
        "veil_uri": covers[veil.blur],
        "light": veil.blur == 0,
        "grey": bool(veil.grey),
        "size": SIZES[veil.small],
        "reveal": REVEALS[min(veil.reveal, 1) if mime.startswith("audio/") else veil.reveal],
        "still": moving and veil.still,
        "silent": veil.sound == 2,
        "playable": not (moving and veil.still) and not (mime.startswith("audio/") and veil.sound == 2),
        "transcript_first": veil.sound >= 1 and bool(media["transcript"]),
        "filters": [name for name in ("edges", "faces") if getattr(veil, name)],
    }
