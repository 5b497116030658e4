"""Pictures as they are shown: filtered before they leave the server, so that nothing unfiltered can flash.

A filtered picture is made when first asked for and kept beside the file it was made of. Faces are found by the
classical detector (Viola and Jones) whose data come with OpenCV. It finds upright, frontal faces of some size and
many profiles; it misses faces that are turned, covered, small, dark or drawn, misses some people more often than
others, and takes some things for faces. It is a comfort, not a way of making anybody unrecognisable.
"""

import os
import tempfile
import threading
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy
from PIL import Image, ImageFilter, ImageOps

FILTERS = ("grey", "edges", "faces", "small", "still")  # still: an animated picture as its first frame
SMALL = 0.5  # of each side; the page shows it so, and there is no more to be seen
WIDEST = 1600
LIGHT_WIDTH = 64  # of a light veil: shapes, no faces
DETECTORS = ("haarcascade_frontalface_default.xml", "haarcascade_profileface.xml")
LOOK_AT = 640  # pixels of the longer side a face is looked for in
ONE_AT_A_TIME = threading.Lock()  # a detector keeps its working memory to itself


def shown_path(path: Path, filters: Sequence[str]) -> Path:
    """The file to show instead of a picture: the picture itself where no filter is asked for."""
    wanted = [name for name in FILTERS if name in filters]
    if not wanted:
        return path
    return _kept(path, "shown-" + "-".join(wanted), lambda picture: filtered(picture, wanted))


def covered_path(path: Path) -> Path:
    """The light veil of a picture: 64 pixels wide and blurred."""
    return _kept(path, "covered", light_veil)


def filtered(picture: Image.Image, filters: Sequence[str]) -> Image.Image:
    """The picture with the filters laid over it, whatever their order."""
    picture = picture.convert("RGB")
    if picture.width > WIDEST:
        picture = picture.resize((WIDEST, max(1, round(picture.height * WIDEST / picture.width))))
    if "faces" in filters:
        picture = without_faces(picture)
    if "small" in filters:
        picture = picture.resize((max(1, int(picture.width * SMALL)), max(1, int(picture.height * SMALL))))
    if "grey" in filters:
        picture = ImageOps.grayscale(picture)
    if "edges" in filters:
        picture = only_edges(picture)
    return picture


def light_veil(picture: Image.Image) -> Image.Image:
    height = min(max(1, round(picture.height * LIGHT_WIDTH / picture.width)), 4 * LIGHT_WIDTH)
    return picture.convert("RGB").resize((LIGHT_WIDTH, height)).filter(ImageFilter.GaussianBlur(2))


def only_edges(picture: Image.Image) -> Image.Image:
    """Dark lines on white, without surfaces: what there is, not what it looks like."""
    import cv2

    grey = cv2.GaussianBlur(numpy.asarray(ImageOps.grayscale(picture)), (5, 5), 0)
    return Image.fromarray(255 - cv2.Canny(grey, 60, 140))


def without_faces(picture: Image.Image) -> Image.Image:
    """The picture with every face that is found blurred beyond recognition.

    Where the detector cannot be had at all the whole picture is blurred instead.
    """
    found = faces(picture)
    if found is None:
        return picture.filter(ImageFilter.GaussianBlur(max(picture.size) / 40))
    picture = picture.copy()
    for left, top, width, height in found:
        box = (left, top, left + width, top + height)
        face = picture.crop(box).resize((8, 8)).resize((width, height), Image.Resampling.BILINEAR)
        picture.paste(face, box)
    return picture


def faces(picture: Image.Image) -> list[tuple[int, int, int, int]] | None:
    """Where faces were found, each (left, top, width, height) with a margin; None: there is no detector."""
    detectors = _detectors()
    if detectors is None:
        return None
    scale = min(1.0, LOOK_AT / max(picture.size))
    small = picture.convert("L").resize(
        (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
    )
    grey = numpy.asarray(small)
    found: list[tuple[int, int, int, int]] = []
    for mirrored in (False, True):  # the detector of profiles knows one side only
        for detector in detectors if not mirrored else detectors[1:]:
            looked_at = numpy.ascontiguousarray(grey[:, ::-1]) if mirrored else grey
            with ONE_AT_A_TIME:
                boxes = detector.detectMultiScale(looked_at, 1.1, 4, minSize=(20, 20))
            for x, y, width, height in boxes:
                left = small.width - x - width if mirrored else x
                found.append(_widened(left / scale, y / scale, width / scale, height / scale, picture.size))
    return found


def _widened(
    left: float, top: float, width: float, height: float, size: tuple[int, int]
) -> tuple[int, int, int, int]:
    x, y = max(0, int(left - width * 0.15)), max(0, int(top - height * 0.15))
    right, bottom = min(size[0], int(left + width * 1.15) + 1), min(size[1], int(top + height * 1.15) + 1)
    return x, y, max(1, right - x), max(1, bottom - y)


@lru_cache(maxsize=1)
def _detectors() -> tuple[Any, ...] | None:
    import cv2

    folder = getattr(getattr(cv2, "data", None), "haarcascades", None)
    if folder is None or not hasattr(cv2, "CascadeClassifier"):
        return None
    made = tuple(cv2.CascadeClassifier(os.path.join(folder, name)) for name in DETECTORS)
    return None if any(one.empty() for one in made) else made


def _kept(path: Path, variant: str, make: Any) -> Path:
    place = path.with_name(f"{path.name}.{variant}.webp")
    if place.is_file():
        return place
    with Image.open(path) as file:
        picture = make(ImageOps.exif_transpose(file))  # an animated picture: its first frame
    handle, name = tempfile.mkstemp(prefix="shown-", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as out:
            picture.save(out, "WEBP", quality=80, method=2)
        Path(name).replace(place)
    finally:
        Path(name).unlink(missing_ok=True)
    return place
