"""Fetching a media file from the outside, without being led back inside.

The check sits where the connection is made: a name is resolved once, every address it has must be
public, and the socket is opened to a checked address. A name that changes its mind between check and
connection (DNS rebinding) gains nothing, and every redirect passes the same place.
"""

import socket
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import httpcore
import httpx

from apps.intake.errors import MediaAway, MediaRefused
from apps.intake.media.addresses import is_public

REDIRECTS = 3
CONNECT_SECONDS = 5.0
READ_SECONDS = 10.0
TOTAL_SECONDS = 120.0
PRIVATE = "This address leads into a private network. Media are fetched from public addresses only."


class InTime(httpcore.NetworkStream):
    """A connection that ends at a deadline: a server that sends a byte now and then holds no worker."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: float) -> None:
        self.stream, self.deadline = stream, deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        if time.monotonic() > self.deadline:
            raise httpcore.ReadTimeout
        return self.stream.read(max_bytes, timeout)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self.stream.write(buffer, timeout)

    def close(self) -> None:
        self.stream.close()

    def start_tls(self, *args: Any, **options: Any) -> httpcore.NetworkStream:
        return InTime(self.stream.start_tls(*args, **options), self.deadline)

    def get_extra_info(self, info: str) -> Any:
        return self.stream.get_extra_info(info)


class PublicOnly(httpcore.SyncBackend):
    """Opens connections to public addresses only, and for a limited time."""

    def __init__(self) -> None:
        super().__init__()
        self.deadline = time.monotonic() + TOTAL_SECONDS

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        checked = public_address(host, port)
        return InTime(
            super().connect_tcp(checked, port, timeout, local_address, socket_options), self.deadline
        )

    def connect_unix_socket(self, *args: Any, **options: Any) -> httpcore.NetworkStream:
        raise MediaRefused(PRIVATE)


def public_address(host: str, port: int) -> str:
    """An address of the host to connect to. Raises MediaRefused if any of its addresses is not public."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError:
        raise MediaAway(f"The name {host} is not known.") from None
    addresses = [str(entry[4][0]) for entry in found]
    if not addresses or not all(is_public(address) for address in addresses):
        raise MediaRefused(PRIVATE)
    return addresses[0]


@contextmanager
def fetched(url: str, *, at_most: int) -> Iterator[Iterator[bytes]]:
    """The bytes behind an address. Raises MediaRefused (for good) or MediaAway (may heal)."""
    timeout = {
        "connect": CONNECT_SECONDS,
        "read": READ_SECONDS,
        "write": READ_SECONDS,
        "pool": CONNECT_SECONDS,
    }
    headers = [
        ("Accept-Encoding", "identity"),
        ("User-Agent", "reviewqueue"),
        ("Accept", "image/*,video/*,audio/*"),
    ]
    address = _checked(url, httpx.URL(""))
    try:
        with httpcore.ConnectionPool(network_backend=PublicOnly(), http2=False) as pool:
            for _ in range(REDIRECTS + 1):
                host = address.netloc.decode("ascii")
                with pool.stream(
                    "GET", str(address), headers=[("Host", host), *headers], extensions={"timeout": timeout}
                ) as response:
                    if response.status in (301, 302, 303, 307, 308):
                        location = _header(response, b"location")
                        address = _checked(location.decode("latin-1"), address)
                        continue
                    if response.status != 200:
                        raise MediaAway(f"The server answered {response.status}.")
                    length = _header(response, b"content-length")
                    if length.isdigit() and int(length) > at_most:
                        raise MediaRefused(f"This file is larger than {at_most:,} bytes.")
                    yield response.iter_stream()
                    return
        raise MediaRefused(f"The address redirects more than {REDIRECTS} times.")
    except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError) as trouble:
        raise MediaAway("The server did not answer in full.") from trouble


def _checked(location: str, base: httpx.URL) -> httpx.URL:
    try:
        address = base.join(location) if base.host else httpx.URL(location)
    except (httpx.InvalidURL, ValueError):
        raise MediaRefused("This is not an address.") from None
    if address.scheme not in ("http", "https") or not address.host:
        raise MediaRefused("Media are fetched by http and https only.")
    if address.userinfo:
        raise MediaRefused("An address with a user name or password in it is not fetched.")
    return address.copy_with(fragment=None)


def _header(response: httpcore.Response, name: bytes) -> bytes:
    return next((value for header, value in response.headers if header.lower() == name), b"")
