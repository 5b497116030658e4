"""Calling an endpoint, without being led inside: an address is checked where the connection is made."""

import http.client
import io
import json
import select
import socket
import ssl
import threading
import time
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import httpx
from django.conf import settings
from standardwebhooks import Webhook

from apps.delivery.errors import Unreachable
from apps.intake.media.addresses import is_public

SECONDS = 10.0
KEPT_SECONDS = 5.0  # a connection nobody has used for so long is not trusted to be there
SHORT = 4096  # bytes of an answer that are read away, so that its connection can be used again
HUNG_UP = (ConnectionError, http.client.RemoteDisconnected, http.client.BadStatusLine)
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


class InTime:
    """A socket on which a call ends at its deadline: a server that answers a byte now and then holds nobody up.

    The deadline is that of the thread that calls: a connection may serve several calls, one after another.
    """

    call = threading.local()

    def __init__(self, plain: socket.socket) -> None:
        self.socket = plain

    @classmethod
    def left(cls) -> float:
        """Seconds until the deadline. Raises TimeoutError when there are none."""
        seconds = float(cls.call.ends - time.monotonic())
        if seconds <= 0:
            raise TimeoutError
        return seconds

    def sendall(self, data: bytes) -> None:
        self.socket.settimeout(self.left())
        self.socket.sendall(data)

    def makefile(self, mode: str) -> io.BufferedReader:
        return io.BufferedReader(Reading(self.socket))

    def close(self) -> None:
        self.socket.close()


class Reading(io.RawIOBase):
    """What a socket says, as a file, until the deadline."""

    def __init__(self, plain: socket.socket) -> None:
        self.socket = plain

    def readable(self) -> bool:
        return True

    def readinto(self, into: Any) -> int:
        self.socket.settimeout(InTime.left())
        return self.socket.recv_into(into)


class Connection(http.client.HTTPConnection):
    """A connection to a public address, or to a host that settings allow; the name is resolved once, where it is made."""

    def __init__(self, host: str, port: int, *, tls: bool) -> None:
        super().__init__(host, port)
        self.tls = tls
        self.idle_since = 0.0

    def connect(self) -> None:
        address = allowed_address(self.host, self.port)
        plain = socket.create_connection((address, self.port), timeout=InTime.left())
        try:
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self.tls:
                plain.settimeout(InTime.left())
                plain = _trusted().wrap_socket(plain, server_hostname=self.host)
        except BaseException:
            plain.close()
            raise
        self.sock: Any = InTime(plain)

    def can_be_used_again(self) -> bool:
        """Whether the other side has neither hung up nor said anything since, and not much time has passed."""
        if self.sock is None or time.monotonic() - self.idle_since > KEPT_SECONDS:
            return False
        return not select.select([self.sock.socket], [], [], 0)[0]


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
        self.idle: dict[tuple[str, int, bool], list[Connection]] = defaultdict(list)

    def __enter__(self) -> "Line":
        return self

    def __exit__(self, *trouble: Any) -> None:
        for kept in self.idle.values():
            while kept:
                kept.pop().close()

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
        except TimeoutError:
            error = f"No answer within {SECONDS:.0f} seconds."
        except (OSError, http.client.HTTPException) as trouble:
            error = f"The connection failed: {trouble}"
        except Exception as trouble:
            error = f"{type(trouble).__name__}: {trouble}"
        return Answer(status, error[:300], round((time.monotonic() - started) * 1000))

    def _post(self, one: Call) -> int:
        content = body(one.payload)
        at = datetime.now(UTC)
        address = _address(one.url)
        headers = {
            "Host": address.netloc,
            "Content-Type": "application/json",
            "User-Agent": "reviewqueue",
            "Webhook-Id": one.message_id,
            "Webhook-Timestamp": str(int(at.timestamp())),
            "Webhook-Signature": _signer(one.secret).sign(one.message_id, at, content.decode()),
        }
        connection, used = self._connection(address)
        try:
            try:
                return self._over(connection, address, content, headers)
            except HUNG_UP:
                # It hung up as we spoke. It may have heard us: it knows the message again by its id.
                if not used:
                    raise
                connection.close()
                connection = Connection(*address.origin[:2], tls=address.origin[2])
                return self._over(connection, address, content, headers)
        except BaseException:
            connection.close()
            raise

    def _over(self, connection: Connection, to: "Address", content: bytes, headers: dict[str, str]) -> int:
        connection.request("POST", to.target, content, headers)
        with connection.getresponse() as response:
            if response.length is not None and response.length <= SHORT and not response.will_close:
                response.read()  # so that the connection can be used again
                connection.idle_since = time.monotonic()
                self.idle[to.origin].append(connection)
            else:
                connection.close()
            return response.status

    def _connection(self, to: "Address") -> tuple[Connection, bool]:
        """A connection, and whether it was used before."""
        kept = self.idle[to.origin]
        while kept:
            try:
                connection = kept.pop()
            except IndexError:  # another thread was quicker
                break
            if connection.can_be_used_again():
                return connection, True
            connection.close()
        return Connection(*to.origin[:2], tls=to.origin[2]), False


@dataclass(frozen=True)
class Address:
    """An endpoint's address as it is called: host, port and whether encrypted; what is asked for; the host's name."""

    origin: tuple[str, int, bool]
    target: str
    netloc: str


# A busy house sends a hundred messages a second to a handful of endpoints.
@lru_cache(maxsize=256)
def _address(url: str) -> Address:
    parsed = httpx.URL(url)
    tls = parsed.scheme == "https"
    host = parsed.raw_host.decode("ascii")
    origin = (host, parsed.port or (443 if tls else 80), tls)
    return Address(origin, parsed.raw_path.decode("ascii"), parsed.netloc.decode("ascii"))


@lru_cache(maxsize=256)
def _signer(secret: str) -> Webhook:
    return Webhook(secret)


@lru_cache(maxsize=1)
def _trusted() -> ssl.SSLContext:
    """Whom we believe to be who they say: public authorities, or those of SSL_CERT_FILE where that is set."""
    return httpx.create_ssl_context()
