"""Makes the stand-in media of the demo from short recipes: pictures, silent clips and sounds.

A recipe is a mapping with `make` (picture, video or sound) and:

- picture: `scene`, `tint`, `lines` to write on it, `look` of a portrait (else by chance); `crop` (per cent of
  each edge) and `brighten` (1 = as it is), which turn another case's picture into a near-duplicate
- video: `scene`, `tint`, `lines`, `look` as for a picture; `motion`, `caption`, `seconds`
- sound: `rhythm`, `pitch` in hertz, `seconds`

The same recipe and seed give the same bytes with the same versions of the libraries. No network is used.
"""

import io
from collections.abc import Callable, Mapping
from typing import Any

from PIL import Image, ImageEnhance

from reviewqueue.demo.clips import MOTIONS, make_clip
from reviewqueue.demo.scenes import LOOKS, SCENES, draw_scene
from reviewqueue.demo.sheet import TINTS
from reviewqueue.demo.sounds import RHYTHMS, make_sound

PICTURE = (640, 400)
FLAT = ("poster", "chart", "chat")
KNOWS: dict[str, frozenset[str]] = {
    "picture": frozenset({"scene", "tint", "lines", "look", "crop", "brighten"}),
    "video": frozenset({"scene", "tint", "lines", "look", "motion", "caption", "seconds"}),
    "sound": frozenset({"rhythm", "pitch", "seconds"}),
}
CHOICES: dict[str, Any] = {
    "scene": SCENES,
    "tint": TINTS,
    "look": LOOKS,
    "motion": MOTIONS,
    "rhythm": RHYTHMS,
    "seconds": range(4, 7),
}
USUAL: dict[str, Any] = {"seconds": 5, "look": ""}


class BadRecipe(ValueError):
    """A recipe that this kitchen does not know. The message says which word is wrong."""


def make_media(recipe: Mapping[str, Any], *, seed: str) -> tuple[bytes, str]:
    """The file that a recipe describes and its media type: image/png, image/jpeg, video/webm or audio/wav."""
    check_recipe(recipe)
    words = {name: value for name, value in recipe.items() if name != "make"}
    makers: dict[str, Callable[..., bytes]] = {"picture": _picture, "video": make_clip, "sound": make_sound}
    return makers[recipe["make"]](seed=seed, **words), mime_of(recipe)


def check_recipe(recipe: Mapping[str, Any]) -> None:
    """Refuse what cannot be made, before anything is made. Raises BadRecipe."""
    make = recipe.get("make")
    if make not in KNOWS:
        raise BadRecipe(f"make: {make!r} is none of {', '.join(KNOWS)}")
    if unknown := recipe.keys() - KNOWS[make] - {"make"}:
        raise BadRecipe(f"{make}: unknown {', '.join(sorted(unknown))}")
    for name, known in CHOICES.items():
        if name in KNOWS[make] and recipe.get(name, USUAL.get(name)) not in known:
            raise BadRecipe(f"{name}: {recipe.get(name)!r} is none of {', '.join(map(str, known))}")


def mime_of(recipe: Mapping[str, Any]) -> str:
    """The media type that the recipe will have, without making it."""
    if recipe["make"] == "picture":  # screenshots and posters travel as PNG, photographs as JPEG
        return "image/png" if recipe["scene"] in FLAT else "image/jpeg"
    return {"video": "video/webm", "sound": "audio/wav"}[recipe["make"]]


def duration(recipe: Mapping[str, Any]) -> float | None:
    """Seconds that a clip or a sound lasts; None for a picture."""
    return None if recipe["make"] == "picture" else float(recipe.get("seconds", USUAL["seconds"]))


def _picture(
    *,
    seed: str,
    scene: str,
    tint: str,
    lines: list[str] | None = None,
    look: str = "",
    crop: float = 0,
    brighten: float = 1,
) -> bytes:
    image = draw_scene(scene, tint=tint, lines=lines or [], look=look, size=PICTURE, seed=seed)
    if crop:
        dx, dy = image.width * crop / 100, image.height * crop / 100
        image = image.resize(PICTURE, Image.Resampling.LANCZOS, (dx, dy, image.width - dx, image.height - dy))
    image = ImageEnhance.Brightness(image).enhance(brighten)
    out = io.BytesIO()
    if scene in FLAT:
        image.save(out, "PNG", optimize=True)
    else:
        image.save(out, "JPEG", quality=84)
    return out.getvalue()
