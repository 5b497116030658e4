"""What may enter a bank, and what may not. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from apps.matching.models import FRAMES_AT_MOST, Says, Signal
from apps.matching.prints import QUALITY_AT_LEAST, text_print

HEX = re.compile(r"[0-9a-f]+")


@dataclass(frozen=True)
class NewEntry:
    """A fingerprint about to enter a bank. `says`: the opinion it comes with."""

    signal: str
    value: str
    quality: int | None = None
    says: str = Says.POSITIVE
    tags: Sequence[str] = field(default_factory=tuple)
    ref: str = ""
    why: str = ""


def trouble_with(entry: NewEntry) -> str:
    """Why this cannot be an entry, as a sentence; '' when it can."""
    if entry.signal not in Signal.values:
        return f"“{entry.signal[:20]}” is no kind of fingerprint; use {', '.join(Signal.values)}."
    if not HEX.fullmatch(entry.value):
        return "A fingerprint is written in the digits 0 to 9 and a to f, in lower case."
    if entry.signal == Signal.FILM:
        if len(entry.value) % 64 or len(entry.value) > 64 * FRAMES_AT_MOST:
            return f"A film has 64 digits a frame, at most {FRAMES_AT_MOST} frames; this has {len(entry.value)} digits."
    elif len(entry.value) != 64:
        return f"This kind has 64 digits; this has {len(entry.value)}."
    if entry.says not in (Says.POSITIVE, Says.NEGATIVE, Says.SEED, Says.DISPUTED):
        return f"“{entry.says[:20]}” is no opinion; use positive, negative, seed or disputed."
    if entry.quality is not None and not 0 <= entry.quality <= 100:
        return "The quality lies between 0 and 100."
    if entry.signal == Signal.PDQ and entry.quality is not None and entry.quality < QUALITY_AT_LEAST:
        return (
            f"A picture of quality {entry.quality} matches too much; it must be {QUALITY_AT_LEAST} or more."
        )
    return ""


def text_entry(text: str, *, says: str = Says.POSITIVE, ref: str = "", why: str = "") -> NewEntry:
    """An entry of a text's fingerprint; the text itself is kept nowhere."""
    return NewEntry(signal=Signal.TEXT, value=text_print(text), says=says, ref=ref, why=why)
