"""A rules engine's results come in as flags, and decisions go back as its actions."""

import json
from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.utils.timezone import now

from apps.detectors.osprey import FeatureMap, Unreadable, flags_of
from apps.intake.models import Flag, Item
from apps.ledger.models import Event
from apps.ledger.operations import drain
from apps.queues.models import Case
from tests.detectors.conftest import SCAM, answer, flagged
from tests.doors.programs import Program

MAP = {
    "source": "exampletok",
    "version": "rules-12",
    "item": {"external_id": "PostId", "kind": "=text", "text": "PostText", "author": "UserId", "language": "PostLanguage"},
    "rules": {"LinksToKnownScam": "AU-4"},
    "verdicts": {"review_hate": "HR-1"},
    "scores": {"SpamScore": {"rule": "AU-5", "threshold": 0.8}},
}  # fmt: skip
RESULT = {
    "__action_id": 7012, "__timestamp": "2026-11-01T10:00:00+00:00", "ActionName": "create_post", "PostId": 55, "UserId": 9,
    "PostText": "Double your money", "PostLanguage": "en", "LinksToKnownScam": True, "SpamScore": 0.4,
}  # fmt: skip


@pytest.fixture
def files(tmp_path):
    def write(*lines, mapping=MAP) -> tuple[str, str]:
        (tmp_path / "map.json").write_text(json.dumps(mapping))
        text = "\n".join(one if isinstance(one, str) else json.dumps(one) for one in lines)
        (tmp_path / "results.ndjson").write_text(text)
        return str(tmp_path / "results.ndjson"), f"--map={tmp_path / 'map.json'}"

    return write


def take(given) -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    call_command("osprey_take", *given, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


@pytest.mark.django_db
def test_a_result_opens_a_case_once_however_often_it_comes(house, files):
    given = files(RESULT, {**RESULT, "__action_id": 7013, "LinksToKnownScam": False, "SpamScore": None})
    out, err = take(given)
    assert out.split("\n")[:5] == [
        "results: 2", "flags accepted: 2", "duplicate: 0", "speak for no rule: 1", "refused: 0",
    ]  # fmt: skip
    assert err == ""
    drain()
    [case] = Case.objects.all()
    assert (case.item.source, case.item.external_id, case.rule_codes) == ("exampletok", "55", ["AU-4"])
    assert case.item.author.external_id == "9"
    flags = [
        (one.detector, one.detector_version, one.over_threshold, one.scores)
        for one in Flag.objects.order_by("id")
    ]
    assert flags == [
        ("osprey/LinksToKnownScam", "rules-12", True, [{"rule": "AU-4", "score": 1.0, "threshold": 1.0}]),
        ("osprey/SpamScore", "rules-12", False, [{"rule": "AU-5", "score": 0.4, "threshold": 0.8}]),
    ]
    assert "duplicate: 2" in take(given)[0]
    assert Flag.objects.count() == 2


@pytest.mark.django_db
def test_what_cannot_be_used_is_named_by_its_line_and_the_rest_is_kept(house, files):
    good = {**RESULT, "__action_id": 1}
    out, err = take(
        files(
            "{not json",
            {"PostId": 1},
            {**RESULT, "PostId": None},
            good,
            {**RESULT, "__action_id": 3, "SpamScore": 40},
        )
    )
    assert "line 1: This is not JSON: Expecting property name" in err
    assert "line 2: The result has no action id." in err
    assert "line 3: The result has no “PostId”, which is to name the item." in err
    assert "line 5: scores[0].score:" in err
    assert out.split("\n")[1:5] == ["flags accepted: 3", "duplicate: 0", "speak for no rule: 0", "refused: 4"]
    assert set(Item.objects.values_list("external_id", flat=True)) == {"55"}


def test_the_shape_of_an_output_sink_of_ones_own_is_understood_too():
    shaped = {
        "action": {
            "action_id": 8,
            "action_name": "create_post",
            "data": {},
            "timestamp": "2026-11-01T10:00:00+00:00",
        },
        "extracted_features": {"PostId": "p-1", "PostText": "x"},
        "verdicts": ["review_hate", "another"],
    }
    [flag] = flags_of(shaped, FeatureMap.read(MAP))
    assert flag["idempotency_key"] == "osprey:8:review_hate"
    assert flag["item"] == {"source": "exampletok", "external_id": "p-1", "kind": "text", "text": "x"}


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ([], "not an object"),
        ({**MAP, "colour": 1}, "does not know “colour”"),
        ({**MAP, "source": ""}, "needs “source”"),
        ({**MAP, "item": {"external_id": "PostId"}}, "needs “external_id” and “kind”"),
        ({**MAP, "item": {**MAP["item"], "shape": "x"}}, "does not know “shape”"),
        ({"source": "a", "version": "1", "item": MAP["item"]}, "names no rule"),
        ({**MAP, "scores": {"SpamScore": {"rule": "AU-5"}}}, "needs “rule” and “threshold”"),
    ],
)
def test_a_mapping_that_cannot_be_used_says_why(wrong, said):
    with pytest.raises(Unreadable, match=said):
        FeatureMap.read(wrong)


@pytest.mark.django_db
def test_with_a_wrong_mapping_nothing_is_taken_in(house, files):
    with pytest.raises(CommandError, match="Nothing was taken in"):
        take(files(RESULT, mapping={"source": "a"}))
    assert not Flag.objects.exists()


@pytest.mark.django_db
def test_decisions_go_back_as_actions_once_and_say_nothing_of_who_decided(mara, files, tmp_path):
    take(files(RESULT))
    other = flagged("not-of-the-engine", 0.9)
    drain()
    made = answer(mara, Item.objects.get(external_id="55"), SCAM)
    answer(mara, other, SCAM)

    def events(*more) -> list[dict]:
        out = StringIO()
        call_command("osprey_events", f"--cursor={tmp_path / 'cursor'}", *more, stdout=out)
        return [json.loads(line) for line in out.getvalue().splitlines()]

    assert events() == [], "it can still be taken back"
    with time_machine.travel(now() + timedelta(seconds=30)):
        [event] = events()
        assert events() == []
        (tmp_path / "cursor").write_text("0")
        assert len(events("--everything")) == 2
    assert event["data"]["action_id"] == made.pk
    assert event["data"]["action_name"] == "human_decision"
    told = event["data"]["data"]
    assert (told["external_id"], told["outcome"], told["rules"], told["actions"]) == (
        "55",
        "violates",
        ["AU-4"],
        ["remove"],
    )
    assert told["reviewed_action_ids"] == [7012]
    assert event["send_time"].endswith("Z")
    assert "M-moderator" not in json.dumps(event)
    assert not {"decider", "decider_id", "reviewer", "explanation", "note"} & told.keys()


BULK = {
    "type": "flag",
    "item": {"source": "exampletok", "external_id": "55", "kind": "text"},
    "detector": {"name": "osprey/LinksToKnownScam", "version": "rules-12"},
    "scores": [{"rule": "AU-4", "score": 1.0, "threshold": 1.0}],
}


def by_command(files) -> None:
    take(files(RESULT))


def by_api(files) -> None:
    body = b"\n".join(json.dumps(one).encode() for one in ({"mapping": MAP}, RESULT))
    answer = Program("ingest").send("POST", "/osprey/results", body, content_type="application/x-ndjson")
    assert answer.status_code == 200


def by_a_sink(files) -> None:
    sent = {name: value for name, value in BULK.items() if name != "type"}
    program = Program("ingest")
    answer = program.post("/flags", sent, **{"Idempotency-Key": "osprey:7012:LinksToKnownScam"})
    assert answer.status_code == 202


def by_lines(files) -> None:
    answer = Program("ingest").bulk({**BULK, "idempotency_key": "osprey:7012:LinksToKnownScam"})
    assert [one["status"] for one in answer.json()] in ([202], [200])


WAYS = {"command": by_command, "api": by_api, "sink": by_a_sink, "lines": by_lines}


@pytest.mark.django_db
@pytest.mark.parametrize("second", WAYS)
@pytest.mark.parametrize("first", WAYS)
def test_a_result_counts_once_whichever_ways_it_comes(house, files, first, second):
    WAYS[first](files)
    WAYS[second](files)
    drain()
    [flag] = Flag.objects.filter(detector="osprey/LinksToKnownScam")
    assert (flag.key_id, flag.idempotency_key) == (0, "osprey:7012:LinksToKnownScam")
    assert Event.objects.filter(kind="flag.received", data__flag=flag.pk).count() == 1
    assert Case.objects.count() == 1


@pytest.mark.django_db
def test_the_database_keeps_the_engines_keys_to_the_engine(house, files):
    by_api(files)
    with (
        pytest.raises(IntegrityError, match="engine_flag_is_known_by_the_engines_key_alone"),
        transaction.atomic(),
    ):
        Flag.objects.filter(detector="osprey/LinksToKnownScam").update(key_id=7)
    with pytest.raises(IntegrityError, match="flag_once_per_idempotency_key"), transaction.atomic():
        Flag.objects.update(idempotency_key="osprey:1:Same")


@pytest.mark.django_db
def test_another_senders_own_key_is_still_her_own(house, files):
    for _ in range(2):
        answer = Program("ingest").bulk({**BULK, "idempotency_key": "mine:1"})
        assert answer.json()[0]["status"] == 202
    assert Flag.objects.filter(idempotency_key="mine:1").count() == 2
