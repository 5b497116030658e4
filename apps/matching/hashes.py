"""What may enter a bank, and what may not. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from apps.matching.models import FRAMES_AT_MOST, Says, Signal
from apps.matching.prints import QUALITY_AT_LEAST, text_print

HEX = re.compile(r"[0-9a-f]+")
HALF = re.compile("[\ud800-\udfff]")
# As exchanges and other tools name the kinds.
ALSO_CALLED = {
    "pdq": "pdq",
    "hash_pdq": "pdq",
    "sha256": "sha256",
    "hash_sha256": "sha256",
    "vpdq": "film",
    "text": "text",
}


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
    return trouble_at(entry)[1]


def trouble_at(entry: NewEntry) -> tuple[str, str]:
    """The field that cannot stand, and why; two empty strings when this can be an entry."""
    if trouble := trouble_with_hash(entry.signal, entry.value):
        return trouble
    if entry.says not in (Says.POSITIVE, Says.NEGATIVE, Says.SEED, Says.DISPUTED):
        return "opinion", f"“{_shown(entry.says)}” is no opinion; use positive, negative, seed or disputed."
    if entry.quality is not None and not 0 <= entry.quality <= 100:
        return "quality", "The quality lies between 0 and 100."
    if entry.signal == Signal.PDQ and entry.quality is not None and entry.quality < QUALITY_AT_LEAST:
        low = f"A picture of quality {entry.quality} matches too much; it must be {QUALITY_AT_LEAST} or more."
        return "quality", low
    for name, said in (("ref", entry.ref), ("why", entry.why), ("tags", "".join(entry.tags))):
        if HALF.search(said):
            return name, "Half a surrogate pair (\\ud800 to \\udfff) is not a character: send the whole pair."
    return "", ""


def trouble_with_hash(signal: str, value: str) -> tuple[str, str] | None:
    """The field, and why this is no fingerprint of that kind; None when it is one."""
    if signal not in Signal.values:
        return "signal", f"“{_shown(signal)}” is no kind of fingerprint; use {', '.join(Signal.values)}."
    if not HEX.fullmatch(value):
        return "value", "A fingerprint is written in the digits 0 to 9 and a to f, in lower case."
    if signal == Signal.FILM:
        if len(value) % 64 or len(value) > 64 * FRAMES_AT_MOST:
            return (
                "value",
                f"A film has 64 digits a frame, at most {FRAMES_AT_MOST} frames; this has {len(value)} digits.",
            )
    elif len(value) != 64:
        return "value", f"This kind has 64 digits; this has {len(value)}."
    return None


def _shown(said: str) -> str:
    """What was sent, short enough to be shown, and such that it can be."""
    return said[:20].encode("utf-8", "replace").decode()


def text_entry(text: str, *, says: str = Says.POSITIVE, ref: str = "", why: str = "") -> NewEntry:
    """An entry of a text's fingerprint; the text itself is kept nowhere."""
    return NewEntry(signal=Signal.TEXT, value=text_print(text), says=says, ref=ref, why=why)
