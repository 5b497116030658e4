"""What may be fetched from where. No test leaves this machine."""

import http.server
import socket
import threading

import pytest

from apps.intake.errors import MediaAway, MediaRefused
from apps.intake.media import fetching
from apps.intake.media.addresses import is_public, names_private_place

PRIVATE = "This address leads into a private network. Media are fetched from public addresses only."


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
     "240.0.0.1", "255.255.255.255", "198.18.0.1", "192.0.2.1", "::1", "::", "fe80::1%eth0", "fc00::1", "ff02::1",
     "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "2001:0:4136:e378::1", "2001:db8::1"],
)  # fmt: skip
def test_an_address_that_is_not_public_is_known_as_such(address):
    assert is_public(address) is False


@pytest.mark.parametrize(
    "address", ["93.184.215.14", "8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_public_addresses_are_public(address):
    assert is_public(address) is True


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1/a", "http://localhost:8000/", "http://LOCALHOST./", "http://[::1]/", "http://2130706433/",
     "http://0x7f.1/", "http://127.1/", "http://a.internal/", "http://[::ffff:169.254.169.254]/", "http:///a"],
)  # fmt: skip
def test_a_private_place_is_seen_without_asking_dns(url):
    assert names_private_place(url) is True


def test_a_public_name_is_not_private():
    assert names_private_place("https://files.example/a.png") is False


class Server:
    """A server on loopback that says what it was asked; `answers` maps paths to (status, headers, body)."""

    def __init__(self, answers):
        self.asked = []
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                outer.asked.append((self.headers["Host"], self.path))
                status, headers, body = answers[self.path]
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.handle_error = lambda *about: None  # a client that leaves early is part of the tests
        self.port = self.server.server_port
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def serving():
    servers = []

    def serve(answers):
        servers.append(Server(answers))
        return servers[-1]

    yield serve
    for server in servers:
        server.server.shutdown()


@pytest.fixture
def dns(monkeypatch):
    """Names as the test says they resolve; a plain IP address resolves to itself."""
    names = {}
    real = socket.getaddrinfo

    def resolve(host, port, *rest, **options):
        if host[0].isdigit():
            return real(host, port, *rest, **options)
        if host not in names:
            raise socket.gaierror
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in names[host]]

    monkeypatch.setattr(fetching.socket, "getaddrinfo", resolve)
    return names


@pytest.fixture
def loopback_is_public(monkeypatch):
    """For the answers of a server to be seen at all, one loopback address counts as public here."""
    monkeypatch.setattr(fetching, "is_public", lambda address: address == "127.0.0.1" or is_public(address))


def fetch(url, at_most=1000):
    with fetching.fetched(url, at_most=at_most) as chunks:
        return b"".join(chunks)


def test_a_file_is_fetched_under_its_own_name(serving, dns, loopback_is_public):
    server = serving({"/a.png": (200, {}, b"bytes")})
    dns["files.example"] = ["127.0.0.1"]
    assert fetch(f"http://files.example:{server.port}/a.png") == b"bytes"
    assert server.asked == [(f"files.example:{server.port}", "/a.png")]


@pytest.mark.parametrize("addresses", [["127.0.0.1"], ["93.184.215.14", "10.0.0.1"], ["::ffff:127.0.0.1"]])
def test_a_name_with_a_private_address_is_refused_and_nobody_is_asked(serving, dns, addresses):
    server = serving({"/a.png": (200, {}, b"secret")})
    dns["files.example"] = addresses
    with pytest.raises(MediaRefused) as refusal:
        fetch(f"http://files.example:{server.port}/a.png")
    assert refusal.value.sentence == PRIVATE
    assert server.asked == []


def test_a_name_that_changes_its_mind_gains_nothing(serving, dns, monkeypatch):
    """The name is resolved once per connection, and the socket opens to the address that was checked."""
    server = serving({"/a.png": (200, {}, b"secret")})
    answers = iter([["93.184.215.14"], ["127.0.0.1"]])

    class Rebinding(dict):
        def __getitem__(self, host):
            return next(answers)

        def __contains__(self, host):
            return True

    names = Rebinding()
    monkeypatch.setattr(
        fetching.socket,
        "getaddrinfo",
        lambda host, port, *a, **k: [(2, 1, 6, "", (x, port)) for x in names[host]],
    )
    opened = []

    def connect(address, *rest, **options):
        opened.append(address[0])
        raise OSError

    monkeypatch.setattr("httpcore._backends.sync.socket.create_connection", connect)
    with pytest.raises(MediaAway):
        fetch(f"http://files.example:{server.port}/a.png")
    assert (opened, server.asked) == (["93.184.215.14"], [])


def test_a_redirect_to_a_private_address_is_refused(serving, dns, loopback_is_public):
    inside = serving({"/secret": (200, {}, b"secret")})
    outside = serving({"/a.png": (302, {"Location": f"http://127.0.0.2:{inside.port}/secret"}, b"")})
    dns["files.example"] = ["127.0.0.1"]
    with pytest.raises(MediaRefused) as refusal:
        fetch(f"http://files.example:{outside.port}/a.png")
    assert refusal.value.sentence == PRIVATE
    assert (len(outside.asked), inside.asked) == (1, [])


def test_three_redirects_are_followed_and_a_fourth_is_not(serving, dns, loopback_is_public):
    hops = {f"/{n}": (302, {"Location": f"/{n + 1}"}, b"") for n in range(5)}
    server = serving({**hops, "/5": (200, {}, b"there")})
    dns["files.example"] = ["127.0.0.1"]
    assert fetch(f"http://files.example:{server.port}/2") == b"there"
    with pytest.raises(MediaRefused, match="redirects more than 3 times"):
        fetch(f"http://files.example:{server.port}/1")


@pytest.mark.parametrize(
    "location", ["file:///etc/passwd", "ftp://files.example/a", "gopher://x/", "http://a:b@files.example/"]
)
def test_a_redirect_elsewhere_than_the_plain_web_is_refused(serving, dns, loopback_is_public, location):
    server = serving({"/a": (302, {"Location": location}, b"")})
    dns["files.example"] = ["127.0.0.1"]
    with pytest.raises(MediaRefused):
        fetch(f"http://files.example:{server.port}/a")
    assert len(server.asked) == 1


def test_a_file_announced_as_too_large_is_not_read(serving, dns, loopback_is_public):
    server = serving({"/a": (200, {}, b"x" * 2000)})
    dns["files.example"] = ["127.0.0.1"]
    with pytest.raises(MediaRefused, match="larger than 1,000 bytes"):
        fetch(f"http://files.example:{server.port}/a")


def test_an_answer_that_is_not_the_file_may_heal(serving, dns, loopback_is_public):
    server = serving({"/a": (503, {}, b"")})
    dns["files.example"] = ["127.0.0.1"]
    with pytest.raises(MediaAway, match="answered 503"):
        fetch(f"http://files.example:{server.port}/a")


def test_an_unknown_name_may_heal(dns):
    with pytest.raises(MediaAway, match="not known"):
        fetch("http://files.example/a")


def test_a_server_that_dribbles_is_left(serving, dns, loopback_is_public, monkeypatch):
    monkeypatch.setattr(fetching, "TOTAL_SECONDS", 0.0)
    server = serving({"/a": (200, {}, b"bytes")})
    dns["files.example"] = ["127.0.0.1"]
    with pytest.raises(MediaAway, match="did not answer in full"):
        fetch(f"http://files.example:{server.port}/a")
