import json
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from apps.intake.models import IdempotentAnswer, Item, Report
from apps.intake.operations import forget_answers
from tests.doors.programs import FLAG, ITEM, READING, REPORT, Program, events, refused, rows
from tests.patience import PATIENCE


@pytest.fixture
def platform(db):
    return Program("ingest")


POSTS = [("/reports", REPORT), ("/flags", FLAG), ("/views", [READING])]


@pytest.mark.parametrize(("path", "body"), POSTS, ids=[path for path, _ in POSTS])
def test_sending_again_gives_the_same_answer_and_changes_nothing(platform, path, body):
    platform.put(ITEM)
    first = platform.post(path, body, **{"Idempotency-Key": "k1"})
    before = rows()
    again = platform.post(path, body, **{"Idempotency-Key": "k1"})
    assert (again.status_code, again.json()) == (first.status_code, first.json())
    assert rows() == before


def test_bulk_again_gives_the_same_answer_line_by_line(platform):
    lines = [{"type": "report", **REPORT}, {"type": "item", "item": {**ITEM, "text": "other"}}, b"oops"]
    first = platform.bulk(*lines, **{"Idempotency-Key": "k1"})
    before = rows()
    again = platform.bulk(*lines, **{"Idempotency-Key": "k1"})
    assert again.json() == first.json()
    assert [line["status"] for line in first.json()] == [202, 200, 400]
    assert rows() == before


def test_another_body_under_the_same_key_is_refused(platform):
    platform.post("/reports", REPORT, **{"Idempotency-Key": "k1"})
    before = rows()
    for path, body in [("/reports", {**REPORT, "reason": "hate"}), ("/flags", FLAG)]:
        answer = platform.post(path, body, **{"Idempotency-Key": "k1"})
        assert refused(answer, 409, "idempotency_key_used")[0] == (
            "This Idempotency-Key was used before for another request. Nothing was changed."
        )
    assert rows() == before


def test_two_platforms_may_use_the_same_key(platform):
    platform.post("/reports", REPORT, **{"Idempotency-Key": "k1"})
    Program("ingest").post("/reports", REPORT, **{"Idempotency-Key": "k1"})
    assert Report.objects.count() == 2


def test_a_refused_request_does_not_use_up_its_key(platform):
    refused(platform.post("/reports", {"item": ITEM}, **{"Idempotency-Key": "k1"}), 422, "invalid")
    bad = {**REPORT, "item": {**ITEM, "media": [{"upload_id": 9, "mime": "image/png"}]}}
    refused(platform.post("/reports", bad, **{"Idempotency-Key": "k1"}), 422, "invalid")
    assert IdempotentAnswer.objects.exists() is False
    assert platform.post("/reports", REPORT, **{"Idempotency-Key": "k1"}).status_code == 202


@pytest.mark.parametrize("key", ["two words", "x" * 201, "ключ"])
def test_a_key_that_cannot_be_one_is_refused(platform, key):
    before = rows()
    answer = platform.post("/reports", REPORT, **{"Idempotency-Key": key})
    assert refused(answer, 422, "invalid")[1] == {
        "Idempotency-Key": "1 to 200 visible ASCII characters, without spaces."
    }
    assert rows() == before


def test_answers_are_forgotten_after_a_week_but_a_report_never_comes_twice(platform):
    platform.post("/reports", REPORT, **{"Idempotency-Key": "k1"})
    report = Report.objects.get()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE intake_idempotentanswer SET created_at = now() - interval '6 days 23 hours'")
        assert forget_answers() == 0
        cursor.execute("UPDATE intake_idempotentanswer SET created_at = now() - interval '7 days 1 hour'")
    assert forget_answers() == 1
    assert platform.post("/reports", REPORT, **{"Idempotency-Key": "k1"}).json()["report_id"] == report.pk
    assert Report.objects.count() == 1


def at_once(times, act):
    """The same act in as many threads, let loose together; what each returned."""
    barrier = Barrier(times)

    def run(number):
        barrier.wait(PATIENCE)
        try:
            return act(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(run, range(times)))


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
def test_sixteen_at_once_have_exactly_one_effect():
    platform = Program("ingest")
    answers = at_once(16, lambda _: platform.post("/reports", REPORT, **{"Idempotency-Key": "k1"}))
    report = Report.objects.get()
    assert {answer.status_code for answer in answers} == {202}
    assert {answer.json()["report_id"] for answer in answers} == {report.pk}
    assert events() == ["item.received", "report.received"]


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
def test_of_different_bodies_at_once_one_wins_and_the_others_are_told():
    platform = Program("ingest")
    answers = at_once(
        8,
        lambda n: platform.post("/reports", {**REPORT, "reason": f"reason {n}"}, **{"Idempotency-Key": "k1"}),
    )
    assert sorted(answer.status_code for answer in answers) == [202] + [409] * 7
    assert Report.objects.count() == 1


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
def test_the_same_bulk_lines_at_once_are_kept_once():
    platform = Program("ingest")
    lines = [
        {
            "type": "report",
            "item": {**ITEM, "external_id": f"p{n}"},
            "reason": "spam",
            "idempotency_key": f"k{n}",
        }
        for n in range(20)
    ]
    answers = at_once(6, lambda n: platform.bulk(*(lines if n % 2 else lines[::-1])).json())
    assert Report.objects.count() == 20
    assert sum(line["status"] == 202 for answer in answers for line in answer) == 20
    assert {line["status"] for answer in answers for line in answer} == {200, 202}
    assert events().count("report.received") == 20


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
def test_batches_over_the_same_items_in_any_order_all_arrive():
    platform = Program("ingest")
    lines = [
        {
            "type": "report",
            "item": {
                **ITEM,
                "external_id": f"p{n}",
                "author": {"external_id": f"a{n % 5}", "handle": f"h{n}"},
            },
            "reason": "spam",
            "reporter": {"external_id": f"r{n % 7}", "trusted_flagger": n % 2 == 0},
        }
        for n in range(40)
    ]
    answers = at_once(8, lambda n: platform.bulk(*(lines[n * 5 :] + lines[: n * 5])).json())
    assert {line["status"] for answer in answers for line in answer} == {202}
    assert (Item.objects.count(), Report.objects.count()) == (40, 320)
    assert json.dumps(sorted(set(events()))) == '["item.received", "report.received"]'
    assert events().count("item.received") == 40
