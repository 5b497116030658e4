"""Evidence on an account through the door a platform uses: typed, bounded, kept as it was told, by whom it was told."""

import copy
from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.utils.timezone import now

from apps.detectors.models import Mode
from apps.intake.models import AccountEvidence, Item
from apps.ledger.models import Event
from tests import make
from tests.conftest import person
from tests.doors.programs import Program

HASH = "ab" * 32
EVIDENCE = {
    "growth": [
        {
            "of": "followers", "first_day": "2026-03-01", "last_day": "2026-03-14", "per_day": 420,
            "baseline_mean": 12, "baseline_spread": 6.5,
        }
    ],
    "fingerprints": [{"kind": "payment", "sha256": HASH, "accounts": 36}],
    "purchases": [
        {"of": "followers", "count": 5000, "began_at": "2026-03-08T04:00:00Z", "window_hours": 6, "from_one_source": 0.97}
    ],
    "impersonation": {
        "handle": "@bank", "claimed_by": "representative", "claimant_verified": True,
        "name_similarity": 0.93, "picture_similarity": 1,
    },
}  # fmt: skip
ACCOUNT = {"source": "demo", "external_id": "acc-1", "kind": "account", "text": "Support, day and night."}
PARTS = ["fingerprints", "growth", "impersonation", "purchases"]


@pytest.fixture
def platform(db):
    return Program("ingest")


def sent(evidence=EVIDENCE, **more):
    return {**ACCOUNT, "evidence": evidence, **more}


def flag(name="graph", version="1", evidence=EVIDENCE):
    return {
        "item": sent(evidence),
        "detector": {"name": name, "version": version},
        "scores": [{"rule": "AU-2", "score": 0.9, "threshold": 0.8}],
    }


def told():
    """What is kept, in a fixed order: part, with what it came, by which detector, at which revision, seen or not."""
    return sorted(
        AccountEvidence.objects.values_list("part", "told_with", "detector", "item_revision", "shadow")
    )


def events():
    return [
        event.data["parts"] for event in Event.objects.filter(kind="account.evidence_told").order_by("id")
    ]


def refused(platform, evidence, **more):
    """The field and the reason of the only thing that was wrong; nothing may have been kept."""
    answer = platform.put(sent(evidence, **more))
    assert answer.status_code == 422, answer.content
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert not AccountEvidence.objects.exists()
    assert not Item.objects.exists()
    [error] = answer.json()["errors"]
    return error["field"], error["reason"]


def test_evidence_is_kept_as_it_was_told_with_the_revision_it_was_told_of(platform):
    assert platform.put(sent()).status_code == 201
    item = Item.objects.get()
    assert told() == [(part, "item", "", 1, False) for part in PARTS]
    kept = dict(AccountEvidence.objects.values_list("part", "facts"))
    assert kept["growth"] == EVIDENCE["growth"]
    assert kept["fingerprints"] == EVIDENCE["fingerprints"]
    assert kept["purchases"] == EVIDENCE["purchases"]
    assert kept["impersonation"] == EVIDENCE["impersonation"]
    assert item.revision == 1
    platform.put({**ACCOUNT, "text": "Other words."})
    platform.put(
        sent({"fingerprints": [{"kind": "device", "sha256": HASH, "accounts": 2}]}, text="Other words.")
    )
    assert AccountEvidence.objects.get(part="fingerprints", item_revision=2).facts[0]["kind"] == "device"
    item.refresh_from_db()
    assert item.revision == 2  # new words made it, evidence did not
    assert events() == [list(EVIDENCE), ["fingerprints"]]


def test_the_same_told_again_changes_nothing_and_told_by_another_is_kept_beside_it(platform):
    first = platform.bulk({"type": "item", "item": sent()}, {"type": "item", "item": sent()}).json()
    assert [line.get("duplicate") for line in first] == [None, True]
    again = platform.bulk({"type": "item", "item": sent()}).json()
    assert again[0]["duplicate"] is True
    assert len(told()) == 4
    assert len(events()) == 1
    platform.post("/flags", flag())
    platform.post("/reports", {"item": sent(), "reason": "impersonation"})
    assert len(told()) == 12
    assert {row[1:3] for row in told()} == {("item", ""), ("flag", "graph"), ("report", "")}
    [line] = platform.bulk(
        {"type": "item", "item": sent({"growth": [{**EVIDENCE["growth"][0], "per_day": 421}]})}
    ).json()
    assert "duplicate" not in line


def test_a_flag_sent_twice_with_its_key_tells_once(platform):
    for _ in range(2):
        assert platform.post("/flags", flag(), headers=None, **{"Idempotency-Key": "k1"}).status_code == 202
    assert len(told()) == 4
    assert len(events()) == 1


def test_what_a_shadow_tells_is_kept_and_makes_no_event(platform):
    Mode.objects.create(detector="graph", shadow=True, reason="On trial.", said_by=person("supervisor"))
    platform.post("/flags", flag())
    assert told() == [(part, "flag", "graph", 1, True) for part in PARTS]
    assert events() == []


def test_a_number_for_each_day_may_stand_in_the_place_of_their_mean(platform):
    daily = {**EVIDENCE["growth"][0], "last_day": "2026-03-03", "daily": [1, 0, 950]}
    del daily["per_day"]
    assert platform.put(sent({"growth": [daily]})).status_code == 201
    assert AccountEvidence.objects.get().facts == [daily]


TOMORROW = (now() + timedelta(days=3)).date().isoformat()


@pytest.mark.parametrize(
    ("part", "name", "value", "reason"),
    [
        ("impersonation", "name_similarity", 1.2, "This must be at most 1.0."),
        ("impersonation", "picture_similarity", -0.1, "This must be at least 0.0."),
        ("impersonation", "name_similarity", "0.9", "This must be a number."),
        ("impersonation", "claimed_by", "the bank", None),
        ("impersonation", "colour", "red", "There is no such field."),
        ("growth[0]", "per_day", -1, "This must be at least 0.0."),
        ("growth[0]", "baseline_spread", -0.5, "This must be at least 0.0."),
        ("growth[0]", "last_day", "2026-02-01", "This lies before first_day."),
        ("growth[0]", "last_day", TOMORROW, "This day lies in the future."),
        ("growth[0]", "last_day", "14 March", "Write the day as in ISO 8601, such as 2026-03-01."),
        ("growth[0]", "first_day", "2024-01-01", "The period is at most 366 days long."),
        ("fingerprints[0]", "accounts", 1, "This must be at least 2."),
        ("fingerprints[0]", "accounts", 2.5, "This must be a whole number."),
        ("fingerprints[0]", "sha256", "4111111111111111", "Write the SHA-256 as 64 lower-case hexadecimal digits."),
        ("purchases[0]", "count", 0, "This must be at least 1."),
        ("purchases[0]", "window_hours", 0, "This must be more than 0.0."),
        ("purchases[0]", "from_one_source", 97, "This must be at most 1.0."),
        ("purchases[0]", "began_at", "2026-03-08T04:00:00", "Say the time zone too, such as Z or +07:00."),
    ],
)  # fmt: skip
def test_what_is_out_of_bounds_is_refused_by_name(platform, part, name, value, reason):
    wrong = copy.deepcopy(EVIDENCE)
    place = wrong[part.removesuffix("[0]")]
    (place[0] if part.endswith("[0]") else place)[name] = value
    field, said = refused(platform, wrong)
    assert field == f"item.evidence.{part}.{'last_day' if name == 'first_day' else name}"
    assert said == (reason or said)


@pytest.mark.parametrize(
    ("evidence", "field", "reason"),
    [
        ({}, "item.evidence", "Give growth, fingerprints, purchases or impersonation."),
        ({"growth": []}, "item.evidence.growth", "At least 1 entry."),
        ({"rumours": 3}, "item.evidence.rumours", "There is no such field."),
        (
            {"fingerprints": EVIDENCE["fingerprints"] * 2},
            "item.evidence.fingerprints",
            "The same is told twice here.",
        ),
        (
            {"growth": [{**EVIDENCE["growth"][0], "daily": [1] * 14}]},
            "item.evidence.growth[0]",
            "Give either per_day or daily.",
        ),
        (
            {"growth": [{**EVIDENCE["growth"][0], "daily": [1, 2]}]},
            "item.evidence.growth[0].daily",
            "The period has 14 days: give a number for each.",
        ),
        (
            {"impersonation": {"claimed_by": "somebody_else", "claimant_verified": False}},
            "item.evidence.impersonation",
            "Name whom it impersonates: external_id, handle or name.",
        ),
        (
            {"impersonation": {"handle": "@b", "claimed_by": "detector", "claimant_verified": True}},
            "item.evidence.impersonation.claimant_verified",
            "A detector is nobody whose name could be verified.",
        ),
        (
            {"impersonation": {"external_id": "acc-1", "claimed_by": "detector", "claimant_verified": False}},
            "item.evidence",
            "An account does not impersonate itself.",
        ),
    ],
)
def test_what_does_not_hold_together_is_refused(platform, evidence, field, reason):
    assert refused(platform, evidence) == (field, reason)


def test_evidence_on_what_is_no_account_is_refused(platform):
    assert refused(platform, EVIDENCE, kind="text") == (
        "item.evidence",
        "Evidence like this is taken for an item of kind account.",
    )
    wrong = platform.post("/flags", {**flag(), "item": sent(kind="video")})
    assert wrong.json()["errors"][0]["field"] == "item.evidence"
    assert not AccountEvidence.objects.exists()


def test_in_a_bulk_the_good_lines_are_kept(platform):
    bad = {
        "type": "item",
        "item": sent({"impersonation": {**EVIDENCE["impersonation"], "name_similarity": 3}}),
    }
    lines = platform.bulk(bad, {"type": "item", "item": sent()}).json()
    assert [line["status"] for line in lines] == [422, 201]
    assert lines[0]["errors"][0]["field"] == "item.evidence.impersonation.name_similarity"
    assert len(told()) == 4


def test_the_database_keeps_evidence_as_it_was_told(platform):
    platform.put(sent())
    kept = AccountEvidence.objects.filter(part="impersonation")
    for change in ({"facts": {"handle": "@c"}}, {"item_revision": 7}, {"erased_at": now()}, {"shadow": True}):
        with pytest.raises(DatabaseError, match="account_evidence_changes_only"), transaction.atomic():
            kept.update(**change)
    with pytest.raises(DatabaseError, match="account_evidence_changes_only"), transaction.atomic():
        kept._raw_delete("default")
    before = kept.get().sha256
    kept.update(facts={}, erased_at=now())
    assert kept.get().sha256 == before
    with pytest.raises(DatabaseError, match="account_evidence_changes_only"), transaction.atomic():
        kept.update(facts={"handle": "@c"}, erased_at=now())
    fields = {"item_revision": 1, "part": "growth", "facts": [], "told_with": "item", "sha256": "0" * 64}
    with pytest.raises(IntegrityError, match="account_evidence_is_of_an_account"), transaction.atomic():
        AccountEvidence.objects.create(item=make.item(), **fields)
    with pytest.raises(IntegrityError, match="account_evidence_told_with_a_line"), transaction.atomic():
        AccountEvidence.objects.create(item=Item.objects.get(kind="account"), **{**fields, "shadow": True})
