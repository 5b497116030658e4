"""A program as it stands before the API: with a machine key, sending JSON."""

import json

from django.test import Client

from apps.accounts.keys import issue
from apps.intake.models import (
    AccountEvidence,
    Author,
    Flag,
    IdempotentAnswer,
    Item,
    ItemContent,
    Media,
    Report,
    Reporter,
    Upload,
    ViewCount,
)
from apps.ledger.models import Event

ITEM = {"source": "demo", "external_id": "p1", "kind": "text", "text": "hello"}
REPORT = {"item": ITEM, "reason": "spam"}
FLAG = {
    "item": ITEM,
    "detector": {"name": "toxic", "version": "3"},
    "scores": [{"rule": "HT-1", "score": 0.8, "threshold": 0.5}],
}
READING = {"source": "demo", "external_id": "p1", "views": 7, "at": "2026-03-01T09:30:00Z"}


class Program:
    def __init__(self, *scopes, rate=None):
        self.token = issue("a platform", scopes, rate_per_minute=rate)
        self.client = Client()

    def send(self, method, path, body=None, content_type="application/json", **headers):
        if not isinstance(body, bytes):
            body = b"" if body is None else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {self.token}", **headers}
        return self.client.generic(method, f"/api/v1{path}", body, content_type=content_type, headers=headers)

    def put(self, item, **more):
        return self.send("PUT", "/items", {"item": item}, **more)

    def post(self, path, body, **more):
        return self.send("POST", path, body, **more)

    def get(self, path):
        return self.send("GET", path)

    def bulk(self, *lines, **more):
        raw = b"\n".join(line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines)
        return self.send("POST", "/bulk", raw, content_type="application/x-ndjson", **more)


def rows():
    """How many rows there are of everything a request could have written."""
    tables = (
        AccountEvidence, Author, Reporter, Item, ItemContent, Media, Report, Flag, ViewCount, Upload, IdempotentAnswer,
    )  # fmt: skip
    return {model.__name__: model.objects.count() for model in tables} | {"Event": events()}


def events():
    return list(Event.objects.exclude(kind__startswith="key.").order_by("id").values_list("kind", flat=True))


def refused(answer, status, code):
    """The answer is a problem of this status and code; its sentence and its field errors."""
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/problem+json")
    problem = answer.json()
    assert (problem["status"], problem["code"]) == (status, code)
    assert {"type", "title", "detail", "errors"} <= problem.keys()
    return problem["detail"], {error["field"]: error["reason"] for error in problem["errors"]}
