"""The bridge between the ASGI server and Django, asked as a server asks it."""

import asyncio

import pytest
from django.http import HttpResponse, StreamingHttpResponse

from reviewqueue import bridge
from reviewqueue.bridge import Bridge

SCOPE = {
    "type": "http",
    "method": "POST",
    "path": "/x",
    "query_string": b"a=1",
    "http_version": "1.1",
    "headers": [(b"host", b"localhost"), (b"content-type", b"text/plain")],
    "server": ("localhost", 80),
    "client": ("127.0.0.1", 5),
}


def ask(handler, *messages):
    """What is sent back for these messages, in order."""
    sent, waiting = [], list(messages)

    async def receive():
        return waiting.pop(0)

    async def send(message):
        sent.append(message)

    asyncio.run(Bridge(handler, threads=2)(dict(SCOPE), receive, send))
    return sent


def body(*pieces):
    return [
        {"type": "http.request", "body": piece, "more_body": number < len(pieces)}
        for number, piece in enumerate(pieces, start=1)
    ]


def echo(environ, start_response):
    response = HttpResponse(environ["wsgi.input"].read(), headers={"X-Query": environ["QUERY_STRING"]})
    start_response("201 Created", list(response.items()))
    return response


def test_a_body_in_pieces_arrives_whole_and_the_answer_goes_back_in_one():
    start, answer = ask(echo, *body(b"one ", b"two ", b"three"))
    assert start["status"] == 201
    assert (b"x-query", b"a=1") in start["headers"]
    assert answer == {"type": "http.response.body", "body": b"one two three"}


def test_a_streaming_answer_streams_and_is_closed():
    closed = []

    def stream(environ, start_response):
        response = StreamingHttpResponse(iter([b"a" * bridge.PIECE, b"b", b"c"]))
        response.close = lambda: closed.append(True)
        start_response("200 OK", [])
        return response

    _, first, second, last = ask(stream, *body(b""))
    assert (len(first["body"]), second["body"], last["body"]) == (bridge.PIECE, b"bc", b"")
    assert [first["more_body"], second["more_body"]] == [True, True]
    assert closed == [True]


def test_a_sender_who_leaves_is_not_answered():
    def never(environ, start_response):
        raise AssertionError("Django must not be asked")

    assert ask(never, {"type": "http.disconnect"}) == []


def test_a_body_larger_than_anything_is_refused_before_django_is_asked(monkeypatch):
    monkeypatch.setattr(bridge, "BODY_AT_MOST", 10)

    def never(environ, start_response):
        raise AssertionError("Django must not be asked")

    start, answer = ask(never, *body(b"x" * 8, b"y" * 8))
    assert start["status"] == 413
    assert answer["body"] == b"This is larger than anything accepted here.\n"


@pytest.mark.django_db
def test_an_answer_of_the_house_passes_through(client):
    assert client.get("/healthz").content == b"ok\n"
