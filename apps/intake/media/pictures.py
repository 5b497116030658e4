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

VEIL_WIDTH = 24
VEIL_HEIGHT_AT_MOST = 96


@dataclass(frozen=True)
class Picture:
    width: int
    height: int
    pdq: str
    pdq_quality: int | None
    veil: str


def read_picture(path: Path) -> Picture:
    """Fingerprint and veil of a picture (of an animated one: of its first frame)."""
    check_picture(path)
    try:
        with Image.open(path) as file:
            picture = ImageOps.exif_transpose(file).convert("RGB")
    except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError):
        raise MediaRefused("This picture cannot be read: the file is damaged.") from None
    pdq, quality = fingerprint(picture)
    return Picture(picture.width, picture.height, pdq, quality, veil(picture))


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
