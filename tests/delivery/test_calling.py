"""One call: encrypted where the address says so, over a connection that is kept, never longer than it may take."""

import datetime
import socket
import ssl
import threading
import time

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from apps.delivery import calling
from apps.delivery.calling import Call, Line
from tests.patience import PATIENCE

SECRET = "whsec_" + "A" * 32


def message(url, number=1):
    return Call(number, 1, url, SECRET, f"evt_{number}", {"type": "decision.made", "n": number})


@pytest.fixture(autouse=True)
def _inside(settings):
    settings.WEBHOOK_ALLOW_PRIVATE = ["127.0.0.1", "localhost"]


@pytest.fixture
def server():
    """`server(talk)`: a socket on which `talk(connection, number)` is had in a thread for each connection; its port."""
    opened, threads = [], []

    def serve(talk, wrap=lambda line: line):
        listening = socket.create_server(("127.0.0.1", 0))
        opened.append(listening)

        def run():
            number = 0
            while True:
                try:
                    line, _ = listening.accept()
                except OSError:
                    return
                number += 1
                try:
                    with wrap(line) as talking:
                        talk(talking, number)
                except OSError:
                    line.close()

        thread = threading.Thread(target=run)
        thread.start()
        threads.append(thread)
        return listening.getsockname()[1]

    yield serve
    for one in opened:
        one.shutdown(socket.SHUT_RDWR)
        one.close()
    for thread in threads:
        thread.join(PATIENCE)


def read_request(line):
    said = b""
    while b"\r\n\r\n" not in said:
        more = line.recv(65536)
        if not more:
            return b""
        said += more
    head, _, content = said.partition(b"\r\n\r\n")
    (length,) = [
        int(row.split(b":")[1]) for row in head.split(b"\r\n") if row.lower().startswith(b"content-length")
    ]
    while len(content) < length:
        content += line.recv(65536)
    return head + b"\r\n\r\n" + content


def answering(heard, answer=b"HTTP/1.1 204 No Content\r\n\r\n", times=100):
    def talk(line, number):
        for _ in range(times):
            request = read_request(line)
            if not request:
                return
            heard.append((number, request))
            line.sendall(answer)

    return talk


def test_what_is_said_is_one_signed_request(server):
    heard = []
    port = server(answering(heard))
    with Line() as line:
        assert line.call(message(f"http://127.0.0.1:{port}/hooks?a=1")).status == 204
    ((_, request),) = heard
    head, _, content = request.partition(b"\r\n\r\n")
    assert head.startswith(b"POST /hooks?a=1 HTTP/1.1\r\n")
    assert f"Host: 127.0.0.1:{port}".encode() in head.split(b"\r\n")
    assert b"Webhook-Id: evt_1" in head.split(b"\r\n")
    assert content == b'{"n":1,"type":"decision.made"}'


@pytest.mark.parametrize(
    "answer",
    [b"HTTP/1.1 204 No Content\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfine"],
)
def test_a_connection_is_used_again(server, answer):
    heard = []
    port = server(answering(heard, answer))
    with Line() as line:
        for number in (1, 2, 3):
            assert line.call(message(f"http://127.0.0.1:{port}/", number)).received is True
    assert [connection for connection, _ in heard] == [1, 1, 1]


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n" + b"x" * 9000,
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nfine\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 4\r\n\r\nfine",
    ],
)
def test_one_whose_answer_is_not_read_to_its_end_is_not(server, answer):
    heard = []
    port = server(answering(heard, answer, times=1))
    with Line() as line:
        for number in (1, 2):
            assert line.call(message(f"http://127.0.0.1:{port}/", number)).status == 200
    assert [connection for connection, _ in heard] == [1, 2]


def test_one_that_was_hung_up_meanwhile_is_made_anew_and_the_message_arrives(server):
    heard = []
    port = server(answering(heard, times=1))
    with Line() as line:
        for number in (1, 2, 3):
            answer = line.call(message(f"http://127.0.0.1:{port}/", number))
            assert (answer.status, answer.error) == (204, "")
    assert [connection for connection, _ in heard] == [1, 2, 3]


def test_who_hangs_up_at_once_is_told_so_and_not_asked_again(server):
    calls = []
    port = server(lambda line, number: (calls.append(number), read_request(line)))
    with Line() as line:
        answer = line.call(message(f"http://127.0.0.1:{port}/"))
    assert answer.status is None
    assert answer.error.startswith("The connection failed: ")
    assert calls == [1]


def test_a_server_that_answers_a_byte_now_and_then_holds_nobody_up(server, monkeypatch):
    monkeypatch.setattr(calling, "SECONDS", 0.5)

    def dribble(line, number):
        read_request(line)
        for byte in b"HTTP/1.1 200 OK\r\n" + b"X-Slow: yes\r\n" * 1000:
            line.sendall(bytes([byte]))
            time.sleep(0.05)

    port = server(dribble)
    began = time.monotonic()
    with Line() as line:
        answer = line.call(message(f"http://127.0.0.1:{port}/"))
    assert answer.status is None
    assert answer.error.startswith("No answer within")
    assert time.monotonic() - began < PATIENCE


def test_what_is_no_http_is_a_failed_connection(server):
    port = server(lambda line, number: (read_request(line), line.sendall(b"220 mail.example ESMTP\r\n\r\n")))
    with Line() as line:
        answer = line.call(message(f"http://127.0.0.1:{port}/"))
    assert answer.status is None
    assert answer.error.startswith("The connection failed")


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    """An authority that vouches for localhost alone: (its certificate, a file with certificate and key)."""
    folder = tmp_path_factory.mktemp("authority")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Only for this test")])
    at = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(at - datetime.timedelta(days=1))
        .not_valid_after(at + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate = made.public_bytes(serialization.Encoding.PEM)
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "certificate.pem").write_bytes(certificate)
    (folder / "both.pem").write_bytes(certificate + secret)
    return folder / "certificate.pem", folder / "both.pem"


def encrypted(both):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(both)
    return lambda line: context.wrap_socket(line, server_side=True)


def test_an_encrypted_call_arrives_where_the_certificate_names_the_host(server, authority, monkeypatch):
    certificate, both = authority
    context = ssl.create_default_context(cafile=certificate)
    monkeypatch.setattr(calling, "_trusted", lambda: context)
    heard = []
    port = server(answering(heard), encrypted(both))
    with Line() as line:
        for number in (1, 2):
            assert line.call(message(f"https://localhost:{port}/", number)).status == 204
    with Line() as line:
        other = line.call(message(f"https://127.0.0.1:{port}/"))
    assert [connection for connection, _ in heard] == [1, 1], "kept, and nothing was said to the other name"
    assert other.status is None
    assert "CERTIFICATE_VERIFY_FAILED" in other.error


def test_a_certificate_nobody_vouches_for_is_refused_before_a_word_is_said(server, authority):
    heard = []
    port = server(answering(heard), encrypted(authority[1]))
    with Line() as line:
        answer = line.call(message(f"https://localhost:{port}/"))
    assert answer.status is None
    assert "CERTIFICATE_VERIFY_FAILED" in answer.error
    assert heard == []
