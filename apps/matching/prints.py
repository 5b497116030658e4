"""Fingerprints: of a text here; of pictures and films PDQ, which intake takes when it prepares the file.

A text's fingerprint is a SimHash (Charikar, "Similarity Estimation Techniques from Rounding Algorithms", STOC 2002) of
256 bits over all runs of four letters of what is left when case, punctuation, spaces and everything invisible are
gone. Two texts whose sets of runs have cosine c differ in about 256 × arccos(c) / π bits. Runs of letters need no
words, so it serves Khmer as well as English.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from apps.guidelines.scripts import fold

if TYPE_CHECKING:
    import numpy

    from apps.matching.index import Words

# Arrays are a worker's business: numpy is imported where fingerprints are taken and compared, not with the pages.

RUN = 4
LETTERS_AT_LEAST = 8  # shorter texts say too little to be recognised by
LETTERS_TO_CLUSTER = 20
TEXT_TWINS_WITHIN = 8  # bits: near-duplicates of a text share all but a few runs of letters
LETTERS_AT_MOST = 100_000
QUALITY_AT_LEAST = 50  # below, a PDQ hash says too little: ThreatExchange discards 49 and less
WHOLE_FILM = 0.8  # of the frames compared: what the vPDQ of ThreatExchange calls a match
BITS, FARTHEST = 256, 31  # of a fingerprint; of a match, as ThreatExchange has it
_NO_ASCII_LETTERS = re.compile("[^0-9A-Za-z]+")
_MIX = 0x9E3779B97F4A7C15
_STEPS = (0xBF58476D1CE4E5B9, 0x94D049BB133111EB)


def letters_of(text: str) -> str:
    """Letters, marks and digits alone, folded: what two ways of typing one text have in common."""
    text = text[:LETTERS_AT_MOST]
    if text.isascii():  # the same, ten times as fast
        return _NO_ASCII_LETTERS.sub("", text).lower()
    plain = unicodedata.normalize("NFKC", text)
    kept = "".join(char for char in plain if _counts(char))
    return "".join(char for char in fold(kept) if _counts(char))


def _counts(char: str) -> bool:
    """Letters, digits and the marks that make them; no sign without a shape (U+FE00 to FE0F choose one, no more)."""
    if (
        "\ufe00" <= char <= "\ufe0f"
        or "\U000e0100" <= char <= "\U000e01ef"
        or char in "\u034f\u115f\u1160\u3164\u17b4\u17b5"
    ):
        return False
    return unicodedata.category(char)[0] in "LMN"


def quality_of(letters: str) -> int:
    """How many letters a fingerprint of the text rests on, at most 100: the quality of a text's print."""
    return min(100, len(letters))


def text_print(text: str) -> str:
    """The fingerprint of a text as 64 hexadecimal digits; '' when it has fewer than eight letters."""
    return letters_print(letters_of(text))


def letters_print(letters: str) -> str:
    """The same of a text's letters, where they are at hand."""
    if len(letters) < LETTERS_AT_LEAST:
        return ""
    import numpy

    codes = numpy.frombuffer(letters.encode("utf-32-le"), dtype="<u4").astype(numpy.uint64)
    runs = numpy.zeros(len(codes) - RUN + 1, dtype=numpy.uint64)
    for place in range(RUN):
        runs = (runs << numpy.uint64(16)) ^ (runs >> numpy.uint64(43)) ^ codes[place : len(runs) + place]
    runs = numpy.unique(runs)
    ones = numpy.zeros(BITS, dtype=numpy.int64)
    for start in range(0, len(runs), 4_096):
        chunk = _mixed(runs[start : start + 4_096]).astype("<u8")
        ones += numpy.unpackbits(chunk.view(numpy.uint8), axis=1).sum(axis=0, dtype=numpy.int64)
    return numpy.packbits(ones * 2 > len(runs)).tobytes().hex()


def _mixed(runs: numpy.typing.NDArray[numpy.uint64]) -> numpy.typing.NDArray[numpy.uint64]:
    """SplitMix64 (Steele, Lea and Flood, OOPSLA 2014) of each run: a row of four, another sequence for each lane."""
    import numpy

    lanes = numpy.array(
        [_MIX * lane * 7 % 2**64 for lane in range(1, BITS // 64 + 1)], dtype=numpy.uint64
    )  # sums and products of arrays go round at 2^64, silently
    first, second = (numpy.array(number, dtype=numpy.uint64) for number in _STEPS)
    mixed = runs[:, None] + lanes
    mixed = (mixed ^ (mixed >> numpy.uint64(30))) * first
    mixed = (mixed ^ (mixed >> numpy.uint64(27))) * second
    return mixed ^ (mixed >> numpy.uint64(31))


def frames_of(value: str) -> list[str]:
    """A film's fingerprint cut into those of its frames."""
    return [value[start : start + 64] for start in range(0, len(value), 64)]


def words(value: str) -> Words:
    """One or more hashes in hexadecimal digits, as (n, 4) words."""
    from apps.matching.index import words_of

    return words_of([bytes.fromhex(value)])


@dataclass(frozen=True)
class Likeness:
    """How alike two fingerprints are: bits that differ, and the share of frames that agree (1 for what has no frames).

    `frame`: which of the first one's frames is the nearest, from 0.
    """

    distance: int
    share: float = 1.0
    frame: int = 0

    @property
    def whole(self) -> bool:
        return self.share >= WHOLE_FILM


def alike(one: str, other: str, *, within: int = FARTHEST) -> Likeness | None:
    """Compare two perceptual fingerprints, of pictures or films; None when no frame of one is near one of the other.

    The share is the smaller of the two films' shares of frames found in the other: a clip of a long film is not the film.
    """
    import numpy

    from apps.matching.index import distances

    left, right = words(one), words(other)
    table = numpy.stack([distances(right, frame) for frame in left])
    near = table <= within
    if not near.any():
        return None
    share = min(near.any(axis=1).mean(), near.any(axis=0).mean())
    return Likeness(int(table.min()), float(share), int(table.min(axis=1).argmin()))


def usable_frames(frames: Sequence[tuple[str, int | None]]) -> str:
    """The fingerprint of a film: those of its frames that are good enough, each once, in order."""
    return "".join(frames[place][0] for place in usable_places(frames))


def usable_places(frames: Sequence[tuple[str, int | None]]) -> list[int]:
    """Where the frames of a film's fingerprint stand among all that were read; of two that are the same the first."""
    first: dict[str, int] = {}
    for place, (pdq, quality) in enumerate(frames):
        if pdq and (quality or 0) >= QUALITY_AT_LEAST:
            first.setdefault(pdq, place)
    return list(first.values())


def clock(milliseconds: int) -> str:
    """A moment of a film as people write it: 0:12, 1:02:03."""
    minutes, seconds = divmod(milliseconds // 1000, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
