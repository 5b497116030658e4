"""HTTP inside ASGI: Django's synchronous side on threads that stay, so that database connections stay too.

Native ASGI gives every synchronous view a new thread, and so a new connection to PostgreSQL. a2wsgi keeps its
threads but crosses between thread and event loop for every piece of a request and of an answer, which was a
quarter of a decision's cost. Here a request crosses twice: in with its whole body, out with its whole answer.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from a2wsgi.wsgi import build_environ
from django.core.handlers.wsgi import WSGIHandler

IN_MEMORY = 1024 * 1024  # a larger body waits in a temporary file
BODY_AT_MOST = 220 * 1024 * 1024  # more than the largest media file, with its form around it
PIECE = 256 * 1024  # of an answer that streams

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Started = tuple[int, list[tuple[bytes, bytes]]]


class Bridge:
    """An ASGI application for `http` scopes over a WSGI handler and a fixed set of threads."""

    def __init__(self, handler: WSGIHandler, *, threads: int) -> None:
        self.handler = handler
        self.threads = ThreadPoolExecutor(threads, thread_name_prefix="http")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with SpooledTemporaryFile(max_size=IN_MEMORY) as body:
            complete = await self._read(body, receive, send)
            if not complete:
                return
            loop = asyncio.get_running_loop()
            started, whole, more = await loop.run_in_executor(self.threads, self._answer, scope, body)
            await send({"type": "http.response.start", "status": started[0], "headers": started[1]})
            try:
                if more is None:
                    await send({"type": "http.response.body", "body": whole})
                    return
                while piece := await loop.run_in_executor(self.threads, _gather, more.pieces):
                    await send({"type": "http.response.body", "body": piece, "more_body": True})
                await send({"type": "http.response.body", "body": b""})
            finally:
                if more is not None:
                    await loop.run_in_executor(self.threads, more.close)

    async def _read(self, body: IO[bytes], receive: Receive, send: Send) -> bool:
        """The whole body into the file. False when the sender has gone, or sends more than anything may be."""
        size = 0
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return False
            piece = message.get("body") or b""
            size += len(piece)
            if size > BODY_AT_MOST:
                headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close")]
                await send({"type": "http.response.start", "status": 413, "headers": headers})
                await send(
                    {"type": "http.response.body", "body": b"This is larger than anything accepted here.\n"}
                )
                return False
            body.write(piece)
            if not message.get("more_body"):
                body.seek(0)
                return True

    def _answer(self, scope: Scope, body: IO[bytes]) -> "tuple[Started, bytes, Streaming | None]":
        """In a thread: run Django. An answer that is whole comes back whole; one that streams, as its pieces."""
        started: list[Started] = []

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> None:
            fields = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
            started.append((int(status.split(" ", 1)[0]), fields))

        response = self.handler(build_environ(scope, body), start)  # type: ignore[arg-type]
        if getattr(response, "streaming", False):
            return started[0], b"", Streaming(response)
        try:
            return started[0], b"".join(response), None
        finally:
            response.close()


class Streaming:
    """An answer whose end is not known yet."""

    def __init__(self, response: Any) -> None:
        self.pieces: Iterator[bytes] = iter(response)
        self.close: Callable[[], None] = response.close


def _gather(pieces: Iterable[bytes]) -> bytes:
    """The next pieces, together large enough to be worth a crossing; empty at the end."""
    gathered = bytearray()
    for piece in pieces:
        gathered += piece
        if len(gathered) >= PIECE:
            break
    return bytes(gathered)
