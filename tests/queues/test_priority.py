"""Priority as a supervisor reads it: points with their reasons, and a due time with its reason."""

from datetime import UTC, datetime, timedelta

import pytest

from apps.intake.models import Item
from apps.ledger.models import Event
from apps.queues.models import Case
from apps.queues.operations import refresh_cases
from apps.queues.priority import Facts, prioritise
from tests import make

OPENED = datetime(2026, 3, 1, 12, tzinfo=UTC)


def of(**facts):
    return prioritise(Facts(opened_at=OPENED, **facts))


def parts(found):
    return {part["label"]: part["points"] for part in found.breakdown}


def test_severity_alone_is_the_floor():
    assert [of(severity=severity).points for severity in range(1, 6)] == [0, 15, 30, 45, 60]


def test_everything_at_its_most_is_one_hundred():
    found = of(
        severity=5, likelihood=1.0, views_per_hour=10**6, reporters=500, reporter_weight=500, trusted=True,
        minors=True, clock=timedelta(hours=24), clock_name="legal clock, 24 h",
    )  # fmt: skip
    assert found.points == 100
    assert parts(found) == {
        "Severity": 60, "Likelihood": 10, "Reach": 10, "Reporters": 6, "Trusted flagger": 6, "Minors": 5,
        "Legal clock": 3,
    }  # fmt: skip


def test_each_part_says_what_it_comes_from():
    found = of(severity=3, likelihood=0.734, views_per_hour=1234, reporters=1, reporter_weight=0.4)
    assert {part["label"]: part["detail"] for part in found.breakdown} == {
        "Severity": "severity 3 of 5",
        "Likelihood": "highest score 0.73",
        "Reach": "about 1,234 views an hour",
        "Reporters": "1 person reported it",
    }


def test_what_is_not_known_is_no_part_and_counts_nothing():
    assert parts(of(severity=2)) == {"Severity": 15}


@pytest.mark.parametrize(
    ("per_hour", "points"), [(0, None), (9, 2), (99, 5), (999, 8), (9_999, 10), (10**9, 10)]
)
def test_reach_grows_with_the_order_of_magnitude_and_is_capped(per_hour, points):
    assert parts(of(severity=1, views_per_hour=per_hour)).get("Reach") == points


def test_a_crowd_of_doubtful_reporters_counts_less_than_a_few_credible_ones():
    crowd = of(severity=1, reporters=20, reporter_weight=20 * 0.02)
    few = of(severity=1, reporters=3, reporter_weight=3 * 0.8)
    assert crowd.points < few.points


@pytest.mark.parametrize(
    ("facts", "hours", "because"),
    [
        ({"severity": 1}, 72, "severity 1"),
        ({"severity": 5}, 1, "severity 5"),
        ({"severity": 1, "trusted": True}, 24, "trusted notice"),
        ({"severity": 4, "trusted": True}, 4, "severity 4"),
        (
            {"severity": 2, "clock": timedelta(hours=12), "clock_name": "legal clock, 12 h"},
            12,
            "legal clock, 12 h",
        ),
        ({"severity": 3, "clock": timedelta(hours=48), "clock_name": "legal clock, 48 h"}, 12, "severity 3"),
    ],
)
def test_the_earliest_clock_sets_the_due_time_and_is_named(facts, hours, because):
    found = of(**facts)
    assert (found.due_at - OPENED, found.due_because) == (timedelta(hours=hours), because)


def test_the_case_page_shows_the_breakdown(db, signed_in):
    make.house()
    item = make.item(views_per_hour=999.0)
    make.report(item, rule="HT-1", trusted=True)
    refresh_cases([item.pk])
    text = signed_in("supervisor").get(f"/cases/{Case.objects.get().pk}/").content.decode()
    for said in (
        "about 999 views an hour",
        "1 person reported it",
        "a trusted flagger sent a notice",
        "8 of 10",
    ):
        assert said in text


def test_a_change_of_priority_is_in_the_timeline(db, signed_in):
    make.house()
    item = make.item()
    make.report(item, rule="HT-1")
    refresh_cases([item.pk])
    case = Case.objects.get()
    Item.objects.filter(pk=item.pk).update(views_per_hour=50_000)
    refresh_cases([item.pk])
    before, after = case.rank, Case.objects.get().rank
    assert after < before
    event = Event.objects.get(case_id=case.pk, kind="case.reprioritised")
    assert (event.data["from"], event.data["to"]) == (before, after)
    assert "Moved up in its queue" in signed_in("supervisor").get(f"/cases/{case.pk}/").content.decode()
