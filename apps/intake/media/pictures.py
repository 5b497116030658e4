"""What is made of a picture: its fingerprint and its veil."""

import base64
import io
import random
from dataclasses import dataclass
from pathlib import Path

import numpy
from PIL import Image, ImageDraw, ImageFilter, ImageOps

try:
    import pdqhash
except ImportError:  # it comes as source: see requirements-compiled.txt
    pdqhash = None

from apps.intake.errors import MediaRefused
from apps.intake.media.sniffing import check_picture

BAR_SPREAD = 24  # levels of grey within a bar: more is no bar
BAR_AT_LEAST = 0.03  # of the height or width: less changes no fingerprint
VEIL_WIDTH = 24
VEIL_HEIGHT_AT_MOST = 96


@dataclass(frozen=True)
class Picture:
    width: int
    height: int
    pdq: str
    pdq_quality: int | None
    veil: str
    frame_pdqs: tuple[tuple[str, int | None], ...] = ()


def read_picture(path: Path) -> Picture:
    """Fingerprint and veil of a picture (of an animated one: of its first frame)."""
    check_picture(path)
    try:
        with Image.open(path) as file:
            picture = ImageOps.exif_transpose(file).convert("RGB")
    except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError):
        raise MediaRefused("This picture cannot be read: the file is damaged.") from None
    pdq, quality = fingerprint(picture)
    inner = without_bars(picture)
    framed = () if inner is None else (fingerprint(inner),)
    return Picture(picture.width, picture.height, pdq, quality, veil(picture), framed)


def without_bars(picture: Image.Image) -> Image.Image | None:
    """The picture without bars of one colour around it; None when there are none. A letterboxed copy is found by this."""
    grey = numpy.asarray(picture.convert("L"), dtype=numpy.int16)
    top, bottom = _bars(numpy.ptp(grey, axis=1))
    left, right = _bars(numpy.ptp(grey, axis=0))
    height, width = grey.shape
    kept_height, kept_width = height - top - bottom, width - left - right
    barred = top + bottom >= height * BAR_AT_LEAST or left + right >= width * BAR_AT_LEAST
    if not barred or kept_height < height / 3 or kept_width < width / 3:
        return None
    return picture.crop((left, top, width - right, height - bottom))


def _bars(spread: "numpy.typing.NDArray[numpy.int16]") -> tuple[int, int]:
    """How many lines from either end are of one colour, up to what compression does to it."""
    lively = numpy.flatnonzero(spread > BAR_SPREAD)
    if not len(lively):
        return 0, 0
    return int(lively[0]), int(len(spread) - 1 - lively[-1])


def fingerprint(picture: Image.Image) -> tuple[str, int | None]:
    """The PDQ hash as 64 hexadecimal digits, first bit first, and its quality 0..100.

    '' and None where the package is not installed: unknown, never a default that looks like a hash.
    """
    if pdqhash is None:
        return "", None
    bits, quality = pdqhash.compute(numpy.asarray(picture))
    return f"{int(''.join(map(str, bits)), 2):064x}", int(quality)


def veil(picture: Image.Image) -> str:
    """A blurred picture 24 pixels wide, as a data: address: colours to get ready by, nothing to recognise."""
    height = min(max(1, round(picture.height * VEIL_WIDTH / picture.width)), VEIL_HEIGHT_AT_MOST)
    return _as_address(picture.resize((VEIL_WIDTH, height)).filter(ImageFilter.GaussianBlur(1.2)))


def waveform(seed: str) -> str:
    """The veil of a sound: bars that say "sound", drawn from its hash and not from what is heard."""
    picture = Image.new("RGB", (96, VEIL_WIDTH), (230, 232, 236))
    draw = ImageDraw.Draw(picture)
    dice = random.Random(seed)
    for x in range(2, 94, 4):
        half = dice.randint(2, VEIL_WIDTH // 2 - 2)
        draw.rectangle((x, VEIL_WIDTH // 2 - half, x + 1, VEIL_WIDTH // 2 + half), fill=(120, 128, 140))
    return _as_address(picture)


def _as_address(picture: Image.Image) -> str:
    written = io.BytesIO()
    picture.save(written, "WEBP", quality=50, method=4)
    return "data:image/webp;base64," + base64.b64encode(written.getvalue()).decode()
