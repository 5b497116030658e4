"""All hashes within a distance of one, exactly: a multi-index over 256 bits in numpy, with a flat part for what is new.

A hash is cut into sixteen bands of 16 bits. Two hashes that differ in at most 31 bits differ in at most one bit in
some band (sixteen bands with two each would be 32: the pigeonhole principle, as in Norouzi, Punjani and Fleet, "Fast
Search in Hamming Space with Multi-Index Hashing", CVPR 2012). So 16 × 17 buckets hold every hash within 31 bits;
their few thousand members are compared bit by bit. Nothing within the distance is ever missed.
"""

from collections.abc import Sequence

import numpy
from numpy.typing import NDArray

BITS = 256
BANDS = 16
BAND_BITS = 16
FARTHEST = 31  # the greatest distance the sixteen bands answer exactly; also PDQ's own threshold
TAIL_AT_LEAST = 1_024  # every question compares all of the flat part
FEW = 200  # rows
TAIL_SHARE = 64  # the flat part may be this fraction of the whole before it is sorted in

Words = NDArray[numpy.uint64]  # (n, 4): 256 bits each
FLIPS = numpy.array([0, *(1 << bit for bit in range(BAND_BITS))], dtype=numpy.uint16)


def words_of(hashes: Sequence[bytes]) -> Words:
    """Hashes of 32 bytes each as an array (n, 4) of 64-bit words."""
    return numpy.frombuffer(b"".join(hashes), dtype=numpy.uint64).reshape(-1, BITS // 64)


def distances(words: Words, one: Words) -> NDArray[numpy.uint16]:
    """Hamming distance in bits of each row of `words` (n, 4) to one hash (4,)."""
    bits = numpy.bitwise_count(words ^ one)
    if len(bits) < FEW:
        return bits.sum(axis=1, dtype=numpy.uint16)
    # Column by column: a sum along the short side goes row by row, at half the speed.
    return bits[:, 0].astype(numpy.uint16) + bits[:, 1] + bits[:, 2] + bits[:, 3]


class Index:
    """Hashes under the ids of what they belong to. One id may have several hashes (the frames of a film).

    `add` is seen by the next `near` at once. Memory: 32 bytes a hash, 64 for its places in the bands, 8 for its id.
    """

    def __init__(self) -> None:
        self._ids = numpy.empty(0, dtype=numpy.int64)
        self._words: Words = numpy.empty((0, 4), dtype=numpy.uint64)
        self._places = numpy.empty((BANDS, 0), dtype=numpy.uint32)
        self._starts = numpy.zeros((BANDS, (1 << BAND_BITS) + 1), dtype=numpy.uint32)
        self._tail_ids = numpy.empty(1_024, dtype=numpy.int64)
        self._tail: Words = numpy.empty((1_024, 4), dtype=numpy.uint64)
        self._fresh = 0

    def __len__(self) -> int:
        return len(self._ids) + self._fresh

    @property
    def nbytes(self) -> int:
        """Bytes held by the index."""
        parts = (self._ids, self._words, self._places, self._starts, self._tail_ids, self._tail)
        return sum(part.nbytes for part in parts)

    def add(self, ids: Sequence[int] | NDArray[numpy.int64], words: Words) -> None:
        """Add hashes (n, 4) under their ids (n)."""
        new = len(ids)
        if new > self._room():
            self._sort_in(numpy.asarray(ids, dtype=numpy.int64), words)
            return
        upto = self._fresh + new
        while len(self._tail_ids) < upto:
            self._tail_ids = numpy.concatenate([self._tail_ids, numpy.empty_like(self._tail_ids)])
            self._tail = numpy.concatenate([self._tail, numpy.empty_like(self._tail)])
        self._tail_ids[self._fresh : upto] = ids
        self._tail[self._fresh : upto] = words
        self._fresh = upto

    def forget(self, ids: Sequence[int]) -> None:
        """Take away every hash of these ids: the hashes themselves are overwritten, not only passed over."""
        gone = numpy.asarray(sorted(ids), dtype=numpy.int64)
        kept = ~numpy.isin(self._ids, gone)
        fresh = ~numpy.isin(self._tail_ids[: self._fresh], gone)
        tail_ids, tail = self._tail_ids[: self._fresh][fresh], self._tail[: self._fresh][fresh]
        self._ids, self._words = self._ids[kept], self._words[kept]
        self._sort_in(tail_ids, tail, fresh=False)

    def near(self, word: Words, distance: int = FARTHEST) -> list[tuple[int, int]]:
        """(id, distance in bits) of every hash at most `distance` (0 to 31) away from one (4,); in no order."""
        if not 0 <= distance <= FARTHEST:
            raise ValueError(f"a distance lies within 0 and {FARTHEST}")
        found: list[tuple[int, int]] = []
        if self._fresh:
            bits = distances(self._tail[: self._fresh], word)
            close = numpy.flatnonzero(bits <= distance)
            found += zip(self._tail_ids[close].tolist(), bits[close].tolist(), strict=True)
        if len(self._ids):
            rows = self._candidates(word, distance)
            bits = distances(self._words if rows is None else self._words[rows], word)
            close = numpy.flatnonzero(bits <= distance)
            at = close if rows is None else rows[close].astype(numpy.intp)
            # A hash that shares several bands is met several times.
            at, once = numpy.unique(at, return_index=True)
            found += zip(self._ids[at].tolist(), bits[close[once]].tolist(), strict=True)
        return found

    def nearest(self, word: Words) -> tuple[int, int] | None:
        """(id, distance in bits) of the hash that differs least from one (4,), however far: every hash is compared."""
        best: tuple[int, int] | None = None
        for ids, held in (
            (self._ids, self._words),
            (self._tail_ids[: self._fresh], self._tail[: self._fresh]),
        ):
            if len(ids):
                bits = distances(held, word)
                at = int(bits.argmin())
                if best is None or bits[at] < best[1]:
                    best = int(ids[at]), int(bits[at])
        return best

    def _candidates(self, word: Words, distance: int) -> NDArray[numpy.uint32] | None:
        """Rows that share a band with the hash but for one bit; None where comparing all costs no more.

        Of hashes that differ in fewer bits than there are bands, one band is the same to the last bit.
        """
        bands = word.view(numpy.uint16)
        flips = FLIPS if distance >= BANDS else FLIPS[:1]
        keys = (bands[:, None] ^ flips).astype(numpy.intp)
        band = numpy.arange(BANDS)[:, None]
        starts = self._starts[band, keys].ravel()
        lengths = self._starts[band, keys + 1].ravel() - starts
        total = int(lengths.sum())
        if total * 8 > len(self._ids):
            return None
        within = numpy.arange(total, dtype=numpy.int64) - numpy.repeat(
            numpy.cumsum(lengths, dtype=numpy.int64) - lengths, lengths
        )
        offsets = numpy.repeat(numpy.arange(BANDS, dtype=numpy.int64) * len(self._ids), len(flips))
        first = numpy.repeat(starts.astype(numpy.int64) + offsets, lengths)
        return self._places.ravel()[first + within]

    def _room(self) -> int:
        return max(TAIL_AT_LEAST, len(self._ids) // TAIL_SHARE) - self._fresh

    def _sort_in(self, ids: NDArray[numpy.int64], words: Words, *, fresh: bool = True) -> None:
        """Make one sorted part of everything, the fresh part included."""
        tails = [(self._tail_ids[: self._fresh], self._tail[: self._fresh])] if fresh else []
        parts = [(self._ids, self._words), *tails, (ids, words)]
        self._ids = numpy.concatenate([part[0] for part in parts])
        self._words = numpy.concatenate([part[1] for part in parts])
        self._tail[:] = 0
        self._fresh = 0
        count = len(self._ids)
        self._places = numpy.empty((BANDS, count), dtype=numpy.uint32)
        self._starts = numpy.zeros((BANDS, (1 << BAND_BITS) + 1), dtype=numpy.uint32)
        bands = self._words.view(numpy.uint16)
        for band in range(BANDS):
            column = numpy.ascontiguousarray(bands[:, band])
            self._places[band] = numpy.argsort(column, kind="stable")
            numpy.cumsum(numpy.bincount(column, minlength=1 << BAND_BITS), out=self._starts[band, 1:])
