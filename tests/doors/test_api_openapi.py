"""The contract, pinned: a change of the API is a change of openapi.json beside this file, made on purpose."""

import json
import os
from pathlib import Path

import jsonschema
import pytest

from tests.doors.programs import FLAG, ITEM, READING, REPORT

SNAPSHOT = Path(__file__).with_name("openapi.json")


@pytest.fixture
def document(client, db):
    return client.get("/api/v1/openapi.json").json()


def test_the_document_is_the_one_we_promised(document):
    """Run with UPDATE_SNAPSHOTS=1 to write a changed contract down."""
    if os.environ.get("UPDATE_SNAPSHOTS"):
        SNAPSHOT.write_text(json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False) + "\n")
    assert document == json.loads(SNAPSHOT.read_text())


@pytest.mark.parametrize(
    ("shape", "value"),
    [
        ("ReportSent", REPORT),
        ("FlagSent", FLAG),
        ("ItemSent", {"item": ITEM}),
        ("ViewsSent", READING),
        ("AnyLine", {"type": "report", **REPORT, "idempotency_key": "k1"}),
        ("AnyLine", {"type": "views", **READING}),
    ],
)
def test_what_the_document_describes_is_what_is_taken(document, shape, value):
    schema = {"$ref": f"#/components/schemas/{shape}", "components": document["components"]}
    jsonschema.validate(value, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**value, "colour": "red"}, schema)


def test_every_reference_leads_somewhere(document):
    text = json.dumps(document)
    names = {part.split('"')[0] for part in text.split("#/components/schemas/")[1:]}
    assert names <= document["components"]["schemas"].keys()


def test_every_door_says_how_it_refuses(document):
    for path, methods in document["paths"].items():
        for method, door in methods.items():
            assert {"401", "403", "422", "429", "503"} <= door["responses"].keys(), (method, path)
            assert door["security"] == [{"Bearer": []}]


def test_the_document_can_be_read_as_a_page(client, db, document):
    answer = client.get("/api/v1/docs")
    page = answer.content.decode().replace("<wbr>", "")
    assert answer.status_code == 200
    for path in document["paths"]:
        assert f'<code class="mono">{path}</code>' in page
    for name, shape in document["components"]["schemas"].items():
        assert (f'id="{name}"' in page) is bool(shape.get("properties")), name
    assert "scope ingest" in page
    assert 'style="' not in page
    assert page.count("<script") == page.count("<script src=") + page.count('<script type="module" src=')
