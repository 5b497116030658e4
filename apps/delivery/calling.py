"""Calling an endpoint, without being led inside: an address is checked where the connection is made."""

import json
import socket
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import httpcore
import httpx
from django.conf import settings
from standardwebhooks import Webhook

from apps.delivery.errors import Unreachable
from apps.intake.media.addresses import is_public

SECONDS = 10.0
PRIVATE = "This address leads into a private network, where no webhook is sent."


@dataclass(frozen=True)
class Call:
    """A message on its way: everything that is needed to send it, and nothing of the database."""

    delivery_id: int
    endpoint_id: int
    url: str
    secret: str
    message_id: str
    payload: dict[str, Any]


@dataclass(frozen=True)
class Answer:
    """What came of it: a status, or why there was none."""

    status: int | None
    error: str
    milliseconds: int

    @property
    def received(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


class Outward(httpcore.SyncBackend):
    """Connects to public addresses, and to hosts that settings allow."""

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        checked = allowed_address(host, port)
        return InTime(super().connect_tcp(checked, port, timeout, local_address, socket_options))

    def connect_unix_socket(self, *args: Any, **options: Any) -> httpcore.NetworkStream:
        raise Unreachable(PRIVATE)


class InTime(httpcore.NetworkStream):
    """A stream on which a call ends at its deadline: a server that answers a byte now and then holds nobody up.

    The deadline is that of the thread that calls: a connection may serve several calls, one after another.
    """

    call = threading.local()

    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self.stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        left = self.call.ends - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout
        return self.stream.read(max_bytes, min(left, timeout or left))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self.stream.write(buffer, timeout)

    def close(self) -> None:
        self.stream.close()

    def start_tls(self, *args: Any, **options: Any) -> httpcore.NetworkStream:
        return InTime(self.stream.start_tls(*args, **options))

    def get_extra_info(self, info: str) -> Any:
        return self.stream.get_extra_info(info)


def allowed_address(host: str, port: int) -> str:
    """An address to connect to, resolved once. Raises Unreachable if any of them is private and not allowed."""
    try:
        found = [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    except OSError:
        raise Unreachable(f"The name {host} is not known.") from None
    if host.lower().strip("[]") not in settings.WEBHOOK_ALLOW_PRIVATE:
        private = [address for address in found if not is_public(address)]
        if private or not found:
            raise Unreachable(PRIVATE)
    # IPv4 first: a receiver on this machine often listens there only.
    return sorted(found, key=lambda address: ":" in address)[0]


def body(payload: dict[str, Any]) -> bytes:
    """The bytes that are signed and sent: the same for every attempt."""
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


class Line:
    """Calls endpoints, from several threads if need be, over connections it keeps until it is closed."""

    def __init__(self) -> None:
        self.pool = httpcore.ConnectionPool(
            network_backend=Outward(), max_connections=64, keepalive_expiry=5.0
        )

    def __enter__(self) -> "Line":
        return self

    def __exit__(self, *trouble: Any) -> None:
        self.pool.close()

    def call(self, one: Call) -> Answer:
        """Send a message, signed as Standard Webhooks asks. Never raises; what is answered is not read."""
        started = time.monotonic()
        InTime.call.ends = started + SECONDS
        status, error = None, ""
        try:
            status = self._post(one)
            if 300 <= status < 400:
                error = "The endpoint answered with a redirect; webhooks follow none."
        except Unreachable as trouble:
            error = str(trouble)
        except httpcore.TimeoutException:
            error = f"No answer within {SECONDS:.0f} seconds."
        except (httpcore.NetworkError, httpcore.ProtocolError) as trouble:
            error = f"The connection failed: {trouble}"
        except Exception as trouble:
            error = f"{type(trouble).__name__}: {trouble}"
        return Answer(status, error[:300], round((time.monotonic() - started) * 1000))

    def _post(self, one: Call) -> int:
        content = body(one.payload)
        at = datetime.now(UTC)
        url, host = _address(one.url)
        headers = {
            "Host": host,
            "Content-Type": "application/json",
            "User-Agent": "reviewqueue",
            "Webhook-Id": one.message_id,
            "Webhook-Timestamp": str(int(at.timestamp())),
            "Webhook-Signature": _signer(one.secret).sign(one.message_id, at, content.decode()),
        }
        timeout = dict.fromkeys(("connect", "read", "write", "pool"), SECONDS)
        with self.pool.stream(
            "POST",
            url,
            headers=list(headers.items()),
            content=content,
            extensions={"timeout": timeout},
        ) as response:
            if _is_short(response):
                response.read()  # so that the connection can be used again
            return response.status


# A busy house sends a hundred messages a second to a handful of endpoints.
@lru_cache(maxsize=256)
def _address(url: str) -> tuple[str, str]:
    """An endpoint's address as it is called, and the host it is called by."""
    parsed = httpx.URL(url)
    return str(parsed), parsed.netloc.decode("ascii")


@lru_cache(maxsize=256)
def _signer(secret: str) -> Webhook:
    return Webhook(secret)


def _is_short(response: httpcore.Response) -> bool:
    length = next((value for name, value in response.headers if name.lower() == b"content-length"), b"")
    return length.isdigit() and int(length) <= 4096
