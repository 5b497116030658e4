"""The indexes of this process, brought up to date before every question: what was committed is found at once.

An index only proposes; the database decides. A row that was rolled back, switched off or disputed meanwhile is found
here and then refused by what its row says now. Nothing here is the truth of anything, so a process may start without
it: a million entries are read in a few seconds.
"""

import io
import threading
from collections.abc import Iterable
from typing import Any

import numpy
from django.conf import settings
from django.db import connection

from apps.matching.index import FARTHEST, Index, Words
from apps.matching.prints import LETTERS_TO_CLUSTER, QUALITY_AT_LEAST, words

CHUNK = 100_000
ITEMS_REMEMBERED = (
    500_000  # newest prints of items compared for near-duplicates; MATCHING_ITEMS_REMEMBERED sets another
)


class Followed:
    """An index that follows a table by a number that grows in the order of commits."""

    def __init__(self, newest: str, sql: str) -> None:
        self._newest, self._sql = newest, sql
        self._lock = threading.Lock()
        self.forget()

    def forget(self) -> None:
        """Begin anew, as a process that has just started."""
        self.index, self.upto, self._known = Index(), 0, ""

    def near(self, value: str, distance: int = FARTHEST) -> dict[int, int]:
        """id → smallest distance in bits, of all whose hash is within `distance` of a hash, or of a film's frames."""
        found: dict[int, int] = {}
        with self._lock:
            for frame in words(value):
                for id, bits in self.index.near(frame, distance):
                    found[id] = min(bits, found.get(id, bits))
        return found

    def nearest(self, value: str) -> tuple[int, int] | None:
        """(id, distance in bits) of the one that differs least from a hash, or from any of a film's frames."""
        with self._lock:
            found = [near for frame in words(value) if (near := self.index.nearest(frame))]
        return min(found, key=lambda near: near[1], default=None)

    def catch_up(self, after: int = 0) -> None:
        """Learn what was committed since; one look at the end of an index when there is nothing."""
        with self._lock:
            name = str(connection.settings_dict["NAME"])
            if name != self._known:  # another database: what was known is of no use
                self.index, self.upto, self._known = Index(), after, name
            self.upto = max(self.upto, after)
            with connection.cursor() as cursor:
                cursor.execute(self._newest)
                newest = cursor.fetchone()[0] or 0
                parts: list[tuple[list[int], Words]] = []
                while self.upto < newest:
                    parts.append(self._read(cursor, newest))
            ids = [id for part in parts for id in part[0]]
            if ids:  # sorted in once, however many there are
                hashes = numpy.concatenate([part[1] for part in parts])
                self.index.add(numpy.asarray(ids, dtype=numpy.int64), hashes)

    def _read(self, cursor: Any, newest: int) -> tuple[list[int], Words]:
        """The ids and hashes of one chunk, by COPY: 'number id value' a line. What was purged is forgotten at once."""
        told = io.StringIO()
        rows = cursor.mogrify(self._sql, {"upto": self.upto, "newest": newest, "chunk": CHUNK})
        cursor.copy_expert(f"COPY ({rows.decode()}) TO STDOUT", told)
        lines = [line.split("\t") for line in told.getvalue().splitlines()]
        # What is not of this index's kind was passed over: it is not looked at again.
        self.upto = int(lines[-1][0]) if len(lines) == CHUNK else newest
        if gone := [int(id) for _, id, value in lines if not value]:
            self.index.forget(gone)
        ids = [int(id) for _, id, value in lines for _ in range(len(value) // 64)]
        return ids, words("".join(value for _, _, value in lines))


# An entry is numbered when it comes in and when it is purged; opinions and switches are asked of its row.
_NEWEST_ENTRY = "SELECT max(change) FROM matching_entry"
_NEWEST_PRINT = "SELECT max(id) FROM matching_print"
_ENTRIES = """
    SELECT change, id, value FROM matching_entry
    WHERE change > %(upto)s AND change <= %(newest)s AND {signals} ORDER BY change LIMIT %(chunk)s
"""
_PRINTS = """
    SELECT id, id, value FROM matching_print
    WHERE id > %(upto)s AND id <= %(newest)s AND {signals} ORDER BY id LIMIT %(chunk)s
"""
_TEXTS = f"signal = 'text' AND quality >= {LETTERS_TO_CLUSTER}"
_PICTURES = f"signal IN ('pdq', 'film') AND COALESCE(quality, 100) >= {QUALITY_AT_LEAST}"

entries = {
    "pdq": Followed(_NEWEST_ENTRY, _ENTRIES.format(signals=_PICTURES)),
    "text": Followed(_NEWEST_ENTRY, _ENTRIES.format(signals="signal = 'text'")),
}
prints = {
    "pdq": Followed(_NEWEST_PRINT, _PRINTS.format(signals=_PICTURES)),
    "text": Followed(_NEWEST_PRINT, _PRINTS.format(signals=_TEXTS)),
}


def follow_entries() -> None:
    """Bring the indexes over banks up to date."""
    for one in entries.values():
        one.catch_up()


def follow_prints() -> None:
    """Bring the indexes over items up to date; of a long past only the newest are remembered."""
    with connection.cursor() as cursor:
        cursor.execute(_NEWEST_PRINT)
        newest = cursor.fetchone()[0] or 0
    remembered = getattr(settings, "MATCHING_ITEMS_REMEMBERED", ITEMS_REMEMBERED)
    for one in prints.values():
        one.catch_up(after=max(0, newest - remembered) if not len(one.index) else 0)


def forget() -> None:
    """Forget every index, as when the process begins."""
    for one in _all():
        one.forget()


def _all() -> Iterable[Followed]:
    return [*entries.values(), *prints.values()]


def kind(signal: str) -> str:
    """Which index a signal is in: pictures and films share one."""
    return "text" if signal == "text" else "pdq"
