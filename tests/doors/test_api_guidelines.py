"""The guidelines for platforms and help centres."""

from pathlib import Path

import pytest

from apps.guidelines import queries, reading
from apps.guidelines.operations import load, publish
from apps.guidelines.operations.translating import load_translations
from tests.doors.programs import Program, refused
from tests.guidelines.test_loading import SMALL, STARTER

KHMER = Path(queries.__file__).parent / "starter/km.yaml"


@pytest.fixture
def reader(db, published_at_once):
    publish(load(STARTER, actor=None), actor=None, reason="The first set.")
    load_translations(KHMER.read_bytes(), edition=queries.in_force(), actor=None)
    reading.forget()
    return Program("read")


def test_the_versions_and_languages_are_told(reader, settings):
    settings.PUBLIC_URL = "https://review.example"
    load(SMALL, actor=None)
    told = reader.get("/guidelines").json()
    assert told["in_force"] == "1.1.0"
    assert [(row["language"], row["source"]) for row in told["languages"]] == [("en", True), ("km", False)]
    assert told["languages"][1]["translated"] == 51
    assert [row["version"] for row in told["versions"]] == ["1.1.0"]
    assert told["versions"][0]["url"] == "https://review.example/community-guidelines/versions/1.1.0/"
    assert (told["versions"][0]["state"], told["versions"][0]["reason"]) == ("published", "The first set.")


def test_before_the_first_version_there_is_none(db):
    assert Program("read").get("/guidelines").json() == {"in_force": None, "languages": [], "versions": []}


@pytest.mark.parametrize("version", ["1.1.0", "current"])
def test_a_version_is_told_whole_in_the_language_asked_for(reader, version):
    told = reader.get(f"/guidelines/{version}?language=km").json()
    assert (told["language"], told["source_language"], told["version"]) == ("km", "en", "1.1.0")
    rules = {rule["code"]: rule for policy in told["policies"] for rule in policy["rules"]}
    assert len(rules) == 51
    assert rules["VX-2"]["title"] == "ការគំរាមកំហែងដោយអ្នកមានអំណាច"
    assert rules["VX-2"]["untranslated"] == ["allowed_examples", "description", "violating_examples"]
    assert (rules["VX-1"]["translated"], rules["VX-1"]["stale"], rules["VX-1"]["reviewed"]) == (
        True,
        False,
        False,
    )
    assert next(one["title"] for one in told["actions"] if one["code"] == "remove") == "លុបខ្លឹមសារ"
    assert "handling" not in rules["YS-1"]
    assert "exposure" not in rules["YS-1"]


def test_a_rule_is_told_with_its_wordings(reader):
    publish(load(STARTER.replace('"1.1.0"', '"1.2.0"').replace("Shows, celebrates", "Depicts, celebrates"), actor=None),
            actor=None, reason="One verb.")  # fmt: skip
    told = reader.get("/rules/ys-3").json()
    assert (told["version"], told["in_force"]) == ("1.2.0", True)
    assert told["rule"]["description"].startswith("Depicts, celebrates")
    assert [(one["version"], one["reworded"]) for one in told["wordings"]] == [
        ("1.2.0", True),
        ("1.1.0", True),
    ]
    assert [one["reworded"] for one in reader.get("/rules/HT-1").json()["wordings"]] == [False, True]


@pytest.mark.parametrize(
    "address", ["/guidelines/9.9", "/guidelines/1.1.0?language=fr", "/rules/NO-1", "/guidelines/0.1"]
)
def test_what_is_not_there_or_only_a_draft_is_not_found(reader, address):
    load(SMALL, actor=None)
    refused(reader.get(address), 404, "not_found")


def test_a_key_without_the_scope_reads_nothing(reader):
    for address in ("/guidelines", "/guidelines/current", "/rules/VX-1"):
        refused(Program("ingest").get(address), 403, "wrong_scope")
