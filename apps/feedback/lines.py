"""Connections that read at the same time: one waits for the disk, or its rows are worked on, while another is read."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from queue import Queue
from typing import Any, Self, TypeVar

from django.db import connection

Told = TypeVar("Told")

READERS = 2


class Lines:
    """Some connections beside the caller's own, as long as it lasts.

    They see nothing of a transaction that is open on the caller's: ask `connection.in_atomic_block` first.
    """

    def __init__(self) -> None:
        self._free: Queue[Any] = Queue()
        for _ in range(READERS):
            line = connection.copy()
            line.inc_thread_sharing()
            self._free.put(line)
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="export-reader")

    def read(self, work: Callable[..., Told], *about: Any) -> Future[Told]:
        """Have `work(*about, line)` done on one of them, as soon as one is free."""

        def on_a_line() -> Told:
            line = self._free.get()
            try:
                return work(*about, line)
            finally:
                self._free.put(line)

        return self._readers.submit(on_a_line)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._readers.shutdown(cancel_futures=True)
        while not self._free.empty():
            self._free.get().close()
