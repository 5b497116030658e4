import pytest

from apps.intake.models import Flag, Item, ItemContent, Report, Reporter, ViewCount
from apps.ledger.models import Event
from apps.queues.operations import refresh_cases
from tests import make
from tests.doors.programs import FLAG, ITEM, READING, REPORT, Program, events, rows


@pytest.fixture
def platform(db):
    return Program("ingest")


def data(kind):
    return list(Event.objects.filter(kind=kind).order_by("id").values_list("data", flat=True))


def test_an_item_is_created_and_then_updated(platform):
    first = platform.put(ITEM)
    again = platform.put({**ITEM, "language": "KM", "country": "kh", "views": 4})
    item = Item.objects.get()
    assert (first.status_code, first.json()) == (201, {"item_id": item.pk})
    assert (again.status_code, again.json()) == (200, {"item_id": item.pk})
    assert (item.language, item.country, item.views, item.revision) == ("km", "KH", 4, 1)
    assert events() == ["item.received", "views.counted"]
    assert ItemContent.objects.get().text == "hello"


def test_an_item_may_be_sent_without_its_wrapping(platform):
    assert platform.send("PUT", "/items", ITEM).status_code == 201


def test_a_report_brings_its_item_and_its_reporter(platform):
    answer = platform.post(
        "/reports",
        {
            **REPORT,
            "reporter": {"external_id": "ana", "trusted_flagger": True},
            "comment": "ពាក្យអាក្រក់",
            "rule": "HT-1",
            "notice": {"explanation": "It breaks the law.", "good_faith": True, "email": "ana@example.org"},
        },
    )
    report = Report.objects.select_related("reporter", "item").get()
    assert answer.status_code == 202
    assert answer.json() == {"report_id": report.pk, "item_id": report.item_id}
    assert (report.reason, report.comment, report.rule_code, report.trusted) == (
        "spam",
        "ពាក្យអាក្រក់",
        "HT-1",
        True,
    )
    assert report.notice == {
        "explanation": "It breaks the law.",
        "good_faith": True,
        "email": "ana@example.org",
    }
    assert (report.reporter.external_id, report.reporter.trusted_flagger) == ("ana", True)
    assert events() == ["item.received", "report.received"]
    assert data("report.received")[0]["trusted"] is True


def test_a_report_names_the_open_case_of_its_item(platform):
    make.house()
    first = platform.post("/reports", REPORT).json()
    assert "case_id" not in first
    refresh_cases([first["item_id"]])
    answer = platform.post("/reports", {**REPORT, "reason": "hate"}).json()
    assert answer["case_id"] == Item.objects.get().cases.get().pk


def test_a_flag_keeps_every_score_with_its_threshold(platform):
    answer = platform.post("/flags", FLAG)
    flag = Flag.objects.get()
    assert (answer.status_code, answer.json()) == (202, {"flag_id": flag.pk, "item_id": flag.item_id})
    assert (flag.detector, flag.detector_version, flag.over_threshold) == ("toxic", "3", True)
    assert flag.scores == FLAG["scores"]
    assert data("flag.received")[0]["over"] is True


def test_a_score_at_its_threshold_counts_and_one_below_does_not(platform):
    for score in (0.5, 0.49):
        platform.post("/flags", {**FLAG, "scores": [{"rule": "HT-1", "score": score, "threshold": 0.5}]})
    assert list(Flag.objects.order_by("id").values_list("over_threshold", flat=True)) == [True, False]


def test_views_are_counted_and_unknown_items_said(platform):
    platform.put(ITEM)
    answer = platform.post("/views", [READING, READING, {**READING, "external_id": "nobody"}])
    assert (answer.status_code, answer.json()) == (202, {"counted": 2, "duplicate": 0, "unknown": 1})
    assert platform.post("/views", [READING]).json() == {"counted": 0, "duplicate": 1, "unknown": 0}
    assert list(ViewCount.objects.values_list("views", flat=True)) == [7]
    assert Item.objects.get().views == 7
    assert data("views.counted")[0]["views"] == 7


def test_fewer_views_later_are_recorded_and_never_hidden(platform):
    platform.put(ITEM)
    platform.post(
        "/views",
        [
            {**READING, "at": f"2026-03-01T0{hour}:00:00Z", "views": views}
            for hour, views in [(1, 90), (2, 60)]
        ],
    )
    assert Item.objects.get().views == 60
    assert list(ViewCount.objects.order_by("at").values_list("views", flat=True)) == [90, 60]


def test_a_late_reading_is_kept_without_changing_the_latest(platform):
    platform.put(ITEM)
    platform.post(
        "/views",
        [
            {**READING, "at": f"2026-03-01T0{hour}:00:00Z", "views": views}
            for hour, views in [(2, 90), (1, 60)]
        ],
    )
    assert Item.objects.get().views == 90
    assert ViewCount.objects.count() == 2
    assert len(data("views.counted")) == 1


def test_bulk_answers_line_by_line_and_keeps_the_good_ones(platform):
    answer = platform.bulk(
        {"type": "item", "item": ITEM},
        {"type": "report", **REPORT, "reporter": {"external_id": "ana"}},
        b"{oops",
        b"",
        {"type": "views", **READING},
        {"type": "flag", **FLAG, "scores": []},
        {"type": "flag", **FLAG},
        {"type": "views", **READING, "external_id": "nobody"},
        {"type": "wish"},
        {"no": "type"},
    )
    item, report, flag = Item.objects.get(), Report.objects.get(), Flag.objects.get()
    assert answer.status_code == 200
    said = answer.json()
    assert [(line["line"], line["status"]) for line in said] == [
        (1, 201), (2, 202), (3, 400), (5, 202), (6, 422), (7, 202), (8, 404), (9, 422), (10, 422),
    ]  # fmt: skip
    assert said[0] == {"line": 1, "status": 201, "id": item.pk, "item_id": item.pk}
    assert said[1] == {"line": 2, "status": 202, "id": report.pk, "item_id": item.pk}
    assert said[2]["errors"][0]["reason"].startswith("This is not JSON: ")
    assert said[4]["errors"] == [{"field": "scores", "reason": "At least 1 entry."}]
    assert said[5]["id"] == flag.pk
    assert said[6]["errors"] == [{"field": "external_id", "reason": "No such item has been sent."}]
    assert said[7]["errors"] == [{"field": "type", "reason": "Use one of item, report, flag or views."}]
    assert said[8]["errors"] == [
        {"field": "type", "reason": "Say what this line is: item, report, flag or views."}
    ]
    assert events() == ["item.received", "report.received", "views.counted", "flag.received"]


def test_a_bulk_line_with_a_used_idempotency_key_names_the_first(platform):
    line = {"type": "report", **REPORT, "idempotency_key": "k1"}
    first = platform.bulk(line, line).json()
    again = platform.bulk(line).json()
    report = Report.objects.get()
    assert [line["status"] for line in first + again] == [202, 200, 200]
    assert {line["id"] for line in first + again} == {report.pk}
    assert [line.get("duplicate") for line in first + again] == [None, True, True]
    assert events() == ["item.received", "report.received"]


def test_the_same_idempotency_key_for_another_item_is_refused(platform):
    line = {"type": "report", **REPORT, "idempotency_key": "k1"}
    platform.bulk(line)
    before = rows()
    said = platform.bulk({**line, "item": {**ITEM, "external_id": "p2"}}).json()
    assert (said[0]["status"], said[0]["errors"][0]["field"]) == (409, "idempotency_key")
    assert rows() == before


def test_reports_of_many_people_merge_into_one_item(platform):
    for name in ("ana", "bo", "ana"):
        platform.post("/reports", {**REPORT, "reporter": {"external_id": name}})
    assert (Item.objects.count(), Report.objects.count(), Reporter.objects.count()) == (1, 3, 2)
    assert events() == ["item.received", *["report.received"] * 3]


@pytest.mark.parametrize("count", [1, 50])
def test_bulk_costs_the_same_however_many_lines(platform, count, django_assert_num_queries):
    platform.bulk({"type": "item", "item": ITEM})  # the key is remembered from here on
    lines = [
        {
            "type": "report",
            "item": {**ITEM, "external_id": f"q{n}", "author": {"external_id": f"a{n}"}, "views": n},
            "reason": "spam",
            "reporter": {"external_id": f"r{n}"},
        }
        for n in range(count)
    ]
    # savepoint and release, who is known, new authors, new reporters, items, contents, readings, reports, events
    with django_assert_num_queries(10):
        assert platform.bulk(*lines).status_code == 200
    # again: nobody is new, one update of the items more, no contents
    with django_assert_num_queries(8):
        assert platform.bulk(*lines).status_code == 200


def test_a_single_report_of_something_new_takes_nine_statements(platform, django_assert_num_queries):
    platform.put(ITEM)
    report = {
        **REPORT,
        "item": {**ITEM, "external_id": "p2", "author": {"external_id": "a"}},
        "reporter": {"external_id": "r"},
    }
    # savepoint and release, who is known, new authors, new reporters, items, contents, reports, events
    with django_assert_num_queries(9):
        platform.post("/reports", report)
    # savepoint and release, who is known, items, reports, events, and the open case
    with django_assert_num_queries(7):
        platform.post("/reports", report)
