"""Bodies the API does not take, whatever they say: unreadable, unstorable, of another kind, too large."""

import json

import pytest
from django.db import OperationalError
from django.test import Client

from tests.doors.programs import ITEM, REPORT, Program, refused, rows

INVALID = "Some of what was sent cannot be used. Nothing was changed."


@pytest.fixture
def platform(db):
    """A program that has sent one item, so that an unwanted change would show."""
    program = Program("ingest", "enforce")
    program.put(ITEM)
    return program


def report(**item):
    return {**REPORT, "item": {**ITEM, "external_id": "p2", **item}}


RAW = [
    ("empty", b"", "The body is empty. Send JSON."),
    ("blank", b"  ", "The body is empty. Send JSON."),
    (
        "cut short",
        b'{"item": {',
        "This is not JSON: Expecting property name enclosed in double quotes at line 1, column 11.",
    ),
    ("not UTF-8", b'{"reason": "\xff"}', "The body is not UTF-8: see byte 12."),
    ("not a number", b'{"item": NaN}', "This is not JSON: NaN is not a number in JSON."),
    (
        "raw control character",
        b'{"reason": "a\x00b"}',
        "This is not JSON: Invalid control character at at line 1, column 14.",
    ),
    ("nested deeply", b"[" * 100_000, "This is nested too deeply."),
]


@pytest.mark.parametrize(("body", "sentence"), [case[1:] for case in RAW], ids=[case[0] for case in RAW])
def test_a_body_that_is_not_json_is_refused(platform, body, sentence):
    before = rows()
    assert refused(platform.post("/reports", body), 400, "not_json") == (sentence, {})
    assert rows() == before


NUL = "Remove the NUL character (\\u0000): it cannot be stored."
HALF = "Half a surrogate pair (\\ud800 to \\udfff) is not a character: send the whole pair."
UNSTORABLE = [
    ("NUL in text", {**REPORT, "item": {**ITEM, "text": "a\0b"}}, {"item.text": NUL}),
    ("NUL in a list", report(context=[{"text": "fine"}, {"text": "\0"}]), {"item.context[1].text": NUL}),
    ("NUL in a name", {**REPORT, "a\0b": 1}, {"(a field's name)": NUL}),
    ("half a pair", {**REPORT, "comment": "\ud83d"}, {"comment": HALF}),
    ("other half", {**REPORT, "comment": "\ude00"}, {"comment": HALF}),
]


@pytest.mark.parametrize(
    ("body", "errors"), [case[1:] for case in UNSTORABLE], ids=[case[0] for case in UNSTORABLE]
)
def test_characters_that_cannot_be_stored_are_named(platform, body, errors):
    before = rows()
    assert refused(platform.post("/reports", body), 422, "invalid") == (INVALID, errors)
    assert rows() == before


def test_in_bulk_too(platform):
    before = rows()
    said = platform.bulk(
        *({"type": "report", **case[1]} for case in UNSTORABLE), b'{"type": "report", "reason": "\xff"}'
    ).json()
    assert [{error["field"]: error["reason"] for error in line["errors"]} for line in said[:-1]] == [
        case[2] for case in UNSTORABLE
    ]
    assert (said[-1]["status"], said[-1]["errors"][0]["reason"]) == (
        400,
        "The body is not UTF-8: see byte 30.",
    )
    assert rows() == before


def test_characters_that_only_look_unstorable_are_taken(platform):
    text = r"write \u0000 for NUL, \ud83d for half 😀"
    raw = json.dumps({**REPORT, "comment": text}).encode()
    assert b"\\u0000" in raw
    assert b"\\ud83d" in raw
    assert platform.post("/reports", raw).status_code == 202


@pytest.mark.parametrize(
    ("path", "sent", "sentence"),
    [
        ("/reports", "text/plain", "Send application/json."),
        ("/reports", "application/x-www-form-urlencoded", "Send application/json."),
        ("/bulk", "application/json", "Send application/x-ndjson: one JSON object per line."),
        ("/uploads", "image/png", "Send multipart/form-data with one file, named file."),
    ],
)
def test_another_kind_of_content_is_refused(platform, path, sent, sentence):
    before = rows()
    answer = platform.post(path, REPORT, content_type=sent)
    assert refused(answer, 415, "wrong_content_type") == (sentence, {})
    assert rows() == before


def test_a_charset_may_be_said(platform):
    assert (
        platform.post("/reports", REPORT, content_type="application/json; charset=utf-8").status_code == 202
    )


def test_too_large_a_body_is_refused(platform):
    before = rows()
    body = json.dumps({**REPORT, "comment": "x" * 5_000_000}).encode()
    assert refused(platform.post("/reports", body), 413, "too_large")[0] == (
        "This body is larger than 4 MB. Long lists go through /bulk."
    )
    answer = platform.post("/bulk", b" " * (34 * 1024 * 1024), content_type="application/x-ndjson")
    assert refused(answer, 413, "too_large")[0] == "At most 32 MB at once."
    assert rows() == before


def test_too_many_lines_are_refused(platform):
    before = rows()
    answer = platform.bulk(*[b"{}"] * 10_001)
    assert refused(answer, 413, "too_large") == ("At most 10,000 lines at once.", {})
    assert rows() == before


def test_what_is_not_there_is_said_in_the_same_form(platform):
    assert (
        refused(platform.get("/nowhere"), 404, "not_found")[0]
        == "There is no such door in this API; see /api/v1/docs."
    )


def test_a_fault_of_ours_is_admitted_without_detail(platform, monkeypatch):
    monkeypatch.setattr("reviewqueue.api.take_one", lambda *about: 1 / 0)
    before = rows()
    sentence, _ = refused(platform.post("/reports", REPORT), 500, "fault")
    assert sentence == "Nothing was changed. The fault is noted; please tell us if it stays."
    assert rows() == before


def test_a_database_that_is_away_is_a_503(platform, monkeypatch):
    def away(*about):
        raise OperationalError("server closed the connection unexpectedly")

    monkeypatch.setattr("reviewqueue.api.take_one", away)
    answer = platform.post("/reports", REPORT)
    assert refused(answer, 503, "database_away")[0].startswith("The database does not answer right now.")
    assert answer.headers["Retry-After"] == "5"


def test_nothing_is_said_without_a_key(db):
    answer = Client().post("/api/v1/reports", REPORT, content_type="application/json")
    refused(answer, 401, "no_key")
    assert answer.headers["WWW-Authenticate"] == "Bearer"
