"""Writing on generated pictures, in Khmer, Vietnamese and English, with whatever fonts the project has.

No font of the machine is asked for, so that a picture looks the same everywhere. A letter that the Latin font
lacks is written in its plain form (`ǎ` as `a`) or left out; where Khmer cannot be set, a bar stands for it.
"""

import unicodedata
from functools import lru_cache
from itertools import groupby
from pathlib import Path

from PIL import ImageDraw, ImageFont, features

KHMER_FONTS = Path(__file__).resolve().parents[2] / "static" / "fonts"
LATIN_FONT = Path(__file__).parent / "fonts" / "NotoSans-Bold-latin.woff2"
Font = ImageFont.FreeTypeFont | ImageFont.ImageFont
NO_SUCH_LETTER = "\U0010fffe"


@lru_cache
def khmer_font(size: int) -> ImageFont.FreeTypeFont | None:
    """The site's own Khmer font, or None. Khmer also needs a shaper: unshaped, it is not Khmer any more."""
    files = sorted(KHMER_FONTS.glob("NotoSansKhmer-Bold.*")) or sorted(KHMER_FONTS.glob("NotoSansKhmer*.*"))
    if not files or not features.check("raqm"):
        return None
    try:
        return ImageFont.truetype(files[0], size)
    except OSError:  # such as a compressed font, where Pillow was built without the means to open it
        return None


@lru_cache
def latin_font(size: int) -> Font:
    try:
        return ImageFont.truetype(LATIN_FONT, size)
    except OSError:
        return ImageFont.load_default(size)


@lru_cache(maxsize=4096)
def _in_latin_font(letter: str) -> bool:
    font = latin_font(24)
    return bytes(font.getmask(letter)) not in (b"", bytes(font.getmask(NO_SUCH_LETTER)))


def _is_khmer(letter: str) -> bool:
    return "\u1780" <= letter <= "\u17ff"


def plain(text: str) -> str:
    """The text in letters of the Latin font: marks it lacks are taken off, unknown letters are left out."""
    kept = []
    for letter in unicodedata.normalize("NFC", text):
        if letter.isspace() or _in_latin_font(letter):
            kept.append(letter)
        elif _in_latin_font(base := unicodedata.normalize("NFD", letter)[0]):
            kept.append(base)
    return "".join(kept)


def runs(text: str, size: int) -> list[tuple[str, Font | None]]:
    """The text cut where the font has to change; no font means that a bar is to be drawn."""
    parts: list[tuple[str, Font | None]] = []
    for khmer, letters in groupby(text, _is_khmer):
        part = "".join(letters)
        if khmer:
            parts.append((part, khmer_font(size)))
        elif part := plain(part):
            parts.append((part, latin_font(size)))
    return parts


def _width(part: str, font: Font | None, size: int) -> float:
    return font.getlength(part) if font else len(part) * size * 0.4


def write(
    draw: ImageDraw.ImageDraw, at: tuple[float, float], text: str, size: int, fill: str, room: float
) -> None:
    """Write one line centred on `at`, made smaller until it fits into `room` pixels."""
    while size > 8 and sum(_width(part, font, size) for part, font in runs(text, size)) > room:
        size -= max(1, size // 12)
    parts = runs(text, size)
    x, y = at[0] - sum(_width(part, font, size) for part, font in parts) / 2, at[1]
    for part, font in parts:
        width = _width(part, font, size)
        if font:
            draw.text((x, y), part, font=font, fill=fill, anchor="lm")
        else:
            draw.rounded_rectangle((x, y - size * 0.3, x + width, y + size * 0.3), size * 0.2, fill=fill)
        x += width
