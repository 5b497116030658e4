"""How long reports waited: the same median from the sums and from the rows, and by hand."""

import statistics
import threading
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connections
from django.utils.timezone import now

from apps.decisions.models import Decision
from apps.disclosure.answering import medians
from apps.disclosure.files import sheets
from apps.disclosure.models import AnswersFolded, NoticeAnswered
from apps.disclosure.operations import fold_answers
from apps.guidelines.queries import in_force
from apps.intake.models import Report
from tests import make
from tests.conftest import person
from tests.disclosure.conftest import INSIDE, SUMMER, drafted, published, table


def reported(item, *, minutes, before=INSIDE, rule="AU-4", seconds=0):
    made = make.report(item, rule=rule)
    at = before - timedelta(minutes=minutes, seconds=seconds)
    Report.objects.filter(pk=made.pk).update(received_at=at)


def decided(item, at=INSIDE, outcome="violates", by="moderator2", **fields):
    purpose = fields.pop("purpose", "review")
    case = make.case(item=item, state="done", closed_at=at, purpose=purpose)
    return Decision.objects.create(
        case=case, item=item, item_revision=1, purpose=purpose, origin="human", decider=person(by),
        outcome=outcome, guideline_version_id=in_force().id, rule_codes=["AU-4"] if outcome == "violates" else [],
        detection_source="user_report", evidence_sha256="0" * 64, demo=True, decided_at=at, **fields,
    )  # fmt: skip


def answered(*minutes, rule="AU-4", at=INSIDE):
    for number in minutes:
        item = make.item()
        reported(item, minutes=number, rule=rule, before=at)
        decided(item, at)


def folded():
    while fold_answers(limit=7):
        pass
    sums, rows = medians(*SUMMER), medians(*SUMMER, from_rows=True)
    assert sums == rows
    return sums


def test_the_median_is_the_same_from_the_sums_from_the_rows_and_by_hand(house):
    waited = [3, 45, 45, 61, 600, 2_000, 9_999]
    answered(*waited)
    answered(10, 20, rule="HT-1")
    answered(5, at=datetime(2025, 6, 30, 23, tzinfo=UTC))
    answered(5, at=datetime(2025, 10, 1, tzinfo=UTC))
    assert folded() == {
        "AU-4": (7, statistics.median_low(waited)),
        "HT-1": (2, 10),
        "*": (9, statistics.median_low([*waited, 10, 20])),
    }


def test_a_report_is_answered_once_by_the_first_definite_answer_after_it(house):
    item = make.item()
    reported(item, minutes=30, seconds=59)
    decided(item, INSIDE - timedelta(minutes=20), "unsure")
    decided(item, INSIDE - timedelta(minutes=15), held=True)
    decided(item, INSIDE - timedelta(minutes=14), purpose="second_look", measures=True, by="senior")
    taken = decided(item, INSIDE - timedelta(minutes=10), "no_violation")
    decided(item, taken.decided_at + timedelta(seconds=5), "no_violation", withdraws=True, supersedes=taken)
    decided(item, INSIDE, "no_violation")
    reported(item, minutes=-60)  # came after it: answered by the next
    decided(item, INSIDE + timedelta(hours=3))
    reported(make.item(), minutes=10)  # not answered at all
    assert folded() == {"AU-4": (2, 30), "*": (2, 30)}
    assert sorted(NoticeAnswered.objects.values_list("minutes", "n")) == [(30, 1), (120, 1)]


def test_a_decision_that_may_still_be_taken_back_is_counted_later_and_none_is_passed_over(house):
    answered(15, at=now() - timedelta(minutes=30))
    fresh = Decision.objects.get()
    answered(20)  # brought in later, decided long before
    assert fold_answers() == 0
    with time_machine.travel(now() + timedelta(hours=1)):
        assert (fold_answers(), fold_answers()) == (2, 0)
    assert sorted(NoticeAnswered.objects.values_list("minutes", flat=True)) == [15, 20]
    assert AnswersFolded.objects.get().decision_id > fresh.pk


def test_the_report_and_its_sheet_tell_the_median_and_of_few_they_do_not(house, settings):
    settings.TRANSPARENCY_SMALLEST = 3
    answered(60, 90, 120)
    answered(30, 600, rule="HT-1")
    folded()
    before = table(drafted(), "notices")
    assert before["AU-4"] == {"n": 0, "trusted": 0, "answered": None, "median_hours": None}
    assert before["HT-1"] == {"n": 0, "trusted": 0, "answered": None, "median_hours": None}
    assert before[""] == {"n": 0, "trusted": 0, "answered": 5, "median_hours": 1.5}


def test_sheet_three_has_the_median_and_what_was_published_before_keeps_its_sheet(house, settings):
    settings.TRANSPARENCY_SMALLEST = 1
    answered(60, 90, 120)
    folded()
    edition = published()
    columns, rows = sheets(edition)["3_notices"]
    assert columns == ("category", "rule", "notices", "of_trusted_flaggers", "answered", "median_hours")
    assert [list(row)[1:] for row in rows] == [["AU-4", 0, 0, 3, 1.5]]
    older = drafted("2025-q2")
    (notices,) = [one for one in older.figures["tables"] if one["id"] == "notices"]
    notices["columns"] = ["n", "trusted"]
    for row in notices["rows"]:
        row["values"] = row["values"][:2]
    assert sheets(older)["3_notices"][0] == ("category", "rule", "notices", "of_trusted_flaggers")


def test_the_command_says_when_the_sums_say_otherwise(house, capsys):
    answered(60)
    folded()
    call_command("check_report", "2025-q3")
    NoticeAnswered.objects.update(minutes=61)
    with pytest.raises(CommandError, match="4 sums differ"):
        call_command("check_report", "2025-q3")
    assert "61" in capsys.readouterr().out


@pytest.mark.races
def test_folding_at_once_counts_each_report_once(transactional_db):
    make.house()
    answered(*range(1, 21))

    def fold():
        while fold_answers(limit=3):
            pass
        connections.close_all()

    threads = [threading.Thread(target=fold) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sum(NoticeAnswered.objects.values_list("n", flat=True)) == 20
    assert set(NoticeAnswered.objects.values_list("month", flat=True)) == {date(2025, 8, 1)}
