"""The least HTTP/1.1 and websocket that a load generator needs: it shares two cores with what it measures."""

import asyncio
import base64
import os
import struct
from collections.abc import AsyncIterator
from urllib.parse import urlencode

PONG = 10


class Line:
    """One keep-alive connection with its cookies. Reconnects when the server closed it between two answers."""

    def __init__(
        self, host: str, port: int, cookies: dict[str, str] | None = None, headers: str = ""
    ) -> None:
        self.host, self.port, self.cookies = host, port, dict(cookies or {})
        self.extra = headers
        self.reader: asyncio.StreamReader | None = None
        self.writer: asyncio.StreamWriter | None = None
        self.reconnected = 0

    async def open(self) -> None:
        self.reader, self.writer = await asyncio.open_connection(self.host, self.port, limit=2**22)

    def close(self) -> None:
        if self.writer:
            self.writer.close()
        self.reader = self.writer = None

    async def get(self, path: str, headers: str = "") -> tuple[int, bytes]:
        return await self._ask(f"GET {path} HTTP/1.1\r\n", b"", headers)

    async def post_form(
        self, path: str, fields: list[tuple[str, str]], headers: str = ""
    ) -> tuple[int, bytes]:
        body = urlencode(fields).encode()
        headers += "Content-Type: application/x-www-form-urlencoded\r\n"
        return await self._ask(f"POST {path} HTTP/1.1\r\n", body, headers)

    async def post(self, path: str, body: bytes, content_type: str) -> tuple[int, bytes]:
        return await self._ask(f"POST {path} HTTP/1.1\r\n", body, f"Content-Type: {content_type}\r\n")

    async def _ask(self, first: str, body: bytes, headers: str) -> tuple[int, bytes]:
        head = f"{first}Host: {self.host}:{self.port}\r\n{self.extra}{headers}"
        if self.cookies:
            head += "Cookie: " + "; ".join(f"{name}={value}" for name, value in self.cookies.items()) + "\r\n"
        if body or first.startswith("POST"):
            head += f"Content-Length: {len(body)}\r\n"
        fresh = self.writer is None
        if fresh:
            await self.open()
        assert self.writer
        try:
            self.writer.write(head.encode() + b"\r\n" + body)
            return await self._answer()
        except asyncio.IncompleteReadError as ended:
            self.close()
            if fresh or ended.partial:
                raise ConnectionError("the server closed the connection within an answer") from ended
            self.reconnected += 1  # it was closed while idle: nothing of ours was read
            return await self._ask(first, body, headers)

    async def _answer(self) -> tuple[int, bytes]:
        assert self.reader
        head = await self.reader.readuntil(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        status, length, chunked, close = int(lines[0].split(" ", 2)[1]), 0, False, False
        for line in lines[1:]:
            name, _, value = line.partition(":")
            match name.lower():
                case "content-length":
                    length = int(value)
                case "transfer-encoding":
                    chunked = "chunked" in value
                case "connection":
                    close = "close" in value.lower()
                case "set-cookie":
                    cookie, _, content = value.strip().partition(";")[0].partition("=")
                    self.cookies[cookie] = content
        body = await self._chunks() if chunked else await self.reader.readexactly(length)
        if close:
            self.close()
        return status, body

    async def _chunks(self) -> bytes:
        assert self.reader
        parts = []
        while size := int((await self.reader.readline()).split(b";")[0], 16):
            parts.append(await self.reader.readexactly(size))
            await self.reader.readexactly(2)
        await self.reader.readline()
        return b"".join(parts)


class Socket:
    """A websocket that listens."""

    def __init__(self, host: str, port: int, path: str, session: str) -> None:
        self.line = Line(host, port, {"sessionid": session})
        self.path = path
        self.bytes_read = 0

    async def open(self) -> None:
        """Raises ConnectionError with the status when the door stays shut."""
        key = base64.b64encode(os.urandom(16)).decode()
        line = self.line
        await line.open()
        assert line.writer
        assert line.reader
        line.writer.write(
            f"GET {self.path} HTTP/1.1\r\nHost: {line.host}:{line.port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Origin: http://{line.host}:{line.port}\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n"
            f"Cookie: sessionid={line.cookies['sessionid']}\r\n\r\n".encode()
        )
        head = await line.reader.readuntil(b"\r\n\r\n")
        if b" 101 " not in head.split(b"\r\n", 1)[0]:
            raise ConnectionError(head.split(b"\r\n", 1)[0].decode())

    async def messages(self) -> AsyncIterator[bytes]:
        """The text that comes in, until the server closes."""
        reader, writer = self.line.reader, self.line.writer
        assert reader
        assert writer
        whole = b""
        while True:
            try:
                first, second = await reader.readexactly(2)
                length = second & 127
                if length == 126:
                    (length,) = struct.unpack("!H", await reader.readexactly(2))
                elif length == 127:
                    (length,) = struct.unpack("!Q", await reader.readexactly(8))
                payload = await reader.readexactly(length)
            except (asyncio.IncompleteReadError, ConnectionError):
                return
            self.bytes_read += length + 2
            match first & 15:
                case 9:  # ping
                    mask = os.urandom(4)
                    masked = bytes(byte ^ mask[i % 4] for i, byte in enumerate(payload))
                    writer.write(bytes((0x80 | PONG, 0x80 | len(payload))) + mask + masked)
                case 8:  # close
                    return
                case 0 | 1:
                    whole += payload
                    if first & 0x80:
                        message, whole = whole, b""
                        yield message
