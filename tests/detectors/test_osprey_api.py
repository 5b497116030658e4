"""A rules engine over HTTP: its results come in as flags, and decisions are there for it as actions."""

import json
import threading
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.utils.timezone import now

from apps.intake.models import Flag, Item
from apps.ledger.operations import drain
from apps.queues.models import Case
from tests.detectors.conftest import SCAM, answer
from tests.detectors.test_osprey import MAP, RESULT
from tests.doors.programs import Program, refused

FIRST = {"mapping": MAP}


def send(program, *lines, **headers):
    raw = b"\n".join(line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines)
    return program.send("POST", "/osprey/results", raw, content_type="application/x-ndjson", **headers)


@pytest.fixture
def engine(house):
    return Program("ingest", "read")


@pytest.mark.django_db
def test_results_open_a_case_once_however_often_they_come(engine):
    silent = {**RESULT, "__action_id": "7013", "LinksToKnownScam": False, "SpamScore": None}
    answers = send(engine, FIRST, RESULT, silent).json()
    item = Item.objects.get()
    flags = list(Flag.objects.order_by("id"))
    assert answers == [
        {"line": 2, "status": 202, "flags": [one.pk for one in flags], "item_id": item.pk},
        {"line": 3, "status": 200, "flags": []},
    ]
    assert [(one.detector, one.over_threshold) for one in flags] == [
        ("osprey/LinksToKnownScam", True), ("osprey/SpamScore", False),
    ]  # fmt: skip
    drain()
    [case] = Case.objects.all()
    assert (case.item_id, case.rule_codes) == (item.pk, ["AU-4"])
    again = send(engine, FIRST, RESULT).json()
    assert again == [
        {"line": 2, "status": 200, "flags": [one.pk for one in flags], "item_id": item.pk, "duplicate": True}
    ]
    assert (Flag.objects.count(), Case.objects.count()) == (2, 1)


@pytest.mark.django_db
def test_each_bad_line_is_named_and_the_rest_is_kept(engine):
    answers = send(
        engine,
        FIRST,
        b"{not json",
        {"PostId": 1},
        {**RESULT, "__action_id": "\u00b2"},
        {**RESULT, "PostId": None},
        {**RESULT, "__action_id": 3, "SpamScore": 40},
        {**RESULT, "__action_id": 4, "PostText": "a\0b"},
        b"",
        {**RESULT, "__action_id": 5, "SpamScore": None},
    ).json()
    assert [(one["line"], one["status"], len(one["flags"])) for one in answers] == [
        (2, 400, 0), (3, 422, 0), (4, 422, 0), (5, 422, 0), (6, 422, 1), (7, 422, 0), (9, 202, 1),
    ]  # fmt: skip
    reasons = {one["line"]: (one["errors"][0]["field"], one["errors"][0]["reason"]) for one in answers[:-1]}
    assert reasons[2][1].startswith("This is not JSON")
    assert reasons[3] == ("", "The result has no action id.")
    assert reasons[4] == ("", "The result has no action id.")
    assert reasons[5] == ("", "The result has no “PostId”, which is to name the item.")
    assert reasons[6][0] == "scores[0].score"
    assert reasons[7] == ("PostText", "Remove the NUL character (\\u0000): it cannot be stored.")
    kept = Flag.objects.order_by("id").values_list("idempotency_key", flat=True)
    assert list(kept) == ["osprey:3:LinksToKnownScam", "osprey:5:LinksToKnownScam"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("first", "said"),
    [
        (RESULT, "The first line is"),
        ({"mapping": MAP, "more": 1}, "The first line is"),
        ({"mapping": {**MAP, "colour": 1}}, "does not know “colour”"),
        ({"mapping": {**MAP, "rules": ["a"]}}, "“rules” of the mapping is not an object"),
        ({"mapping": {**MAP, "rules": {"a": 1}}}, "“rules.a” of the mapping is not text"),
        ({"mapping": {**MAP, "scores": {"a": {"rule": "AU-5", "threshold": "x"}}}}, "“threshold” a number"),
        ({"mapping": {**MAP, "source": 4}}, "“source” of the mapping is not text"),
    ],
)
def test_with_a_mapping_that_cannot_be_used_nothing_is_taken_in(engine, first, said):
    _, errors = refused(send(engine, first, RESULT), 422, "invalid")
    assert set(errors) == {"line 1"}
    assert said in errors["line 1"]
    assert not Flag.objects.exists()


@pytest.mark.django_db
def test_what_is_no_batch_is_refused(engine):
    refused(engine.post("/osprey/results", FIRST), 415, "wrong_content_type")
    refused(send(engine, b" "), 400, "not_json")
    refused(send(engine, FIRST, *[b"{}"] * 10_001), 413, "too_large")
    refused(send(Program("read"), FIRST, RESULT), 403, "wrong_scope")
    refused(Program("ingest").get("/osprey/actions"), 403, "wrong_scope")
    assert not Flag.objects.exists()


@pytest.mark.django_db
def test_sent_again_with_its_key_the_answer_is_the_same(engine):
    key = {"Idempotency-Key": "batch-1"}
    first = send(engine, FIRST, RESULT, **key).json()
    assert first[0]["status"] == 202
    assert send(engine, FIRST, RESULT, **key).json() == first
    refused(send(engine, FIRST, RESULT, RESULT, **key), 409, "idempotency_key_used")


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
def test_one_result_sent_many_times_at_once_is_one_flag(house):
    engine, start, seen = Program("ingest"), threading.Barrier(4), []

    def push():
        start.wait()
        try:
            seen.append(send(engine, FIRST, {**RESULT, "SpamScore": None}).json()[0]["status"])
        finally:
            connection.close()

    threads = [threading.Thread(target=push) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(seen) == [200, 200, 200, 202]
    assert Flag.objects.count() == 1


@pytest.mark.django_db
def test_decisions_are_there_as_actions_and_say_nothing_of_who_decided(mara, engine):
    send(engine, FIRST, RESULT)
    drain()
    made = answer(mara, Item.objects.get(), SCAM)
    assert engine.get("/osprey/actions").json() == {"actions": [], "next": "0"}
    with time_machine.travel(now() + timedelta(seconds=30)):
        page = engine.get("/osprey/actions").json()
        assert page["next"] == str(made.pk)
        [action] = page["actions"]
        assert (action["data"]["action_id"], action["data"]["action_name"]) == (made.pk, "human_decision")
        assert action["data"]["data"]["reviewed_action_ids"] == [7012]
        assert mara.pseudonym not in json.dumps(page)
        assert engine.get(f"/osprey/actions?after={made.pk}").json() == {"actions": [], "next": str(made.pk)}
        refused(engine.get("/osprey/actions?after=x"), 422, "invalid")
        refused(engine.get("/osprey/actions?limit=501"), 422, "invalid")
