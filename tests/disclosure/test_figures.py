"""What a report counts: as METRICS.md says, the same from the sums and from the rows, and nothing that is to be quiet."""

import threading
import time
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection, connections
from django.db.models import Min
from django.utils.timezone import now

from apps.accounts.models import User
from apps.appeals.models import Appeal
from apps.authority.models import Request, RequestItem, Sender, Silence
from apps.decisions.models import Decision, Enforcement
from apps.disclosure.cells import from_rows, from_sums
from apps.disclosure.models import NoticeDay, NoticesFolded
from apps.disclosure.operations import fold_notices
from apps.insight.models import ActionDay, RemovalCell
from apps.insight.operations.rebuilding import rebuild
from apps.insight.operations.removals import count_actions, count_removals
from apps.intake.models import Report
from tests import make
from tests.conftest import person
from tests.disclosure.conftest import INSIDE, SUMMER, drafted, published, table


def both():
    sums, rows = from_sums(*SUMMER), from_rows(*SUMMER)
    assert set(sums.removals) == set(rows.removals)
    assert set(sums.actions) == set(rows.actions)
    assert sums == rows
    return sums


def test_sums_and_rows_say_the_same(removed, reinstate):
    removed(3)
    removed(2, rules=("AU-4", "HT-1"), language="km", views=40, hours=30)
    removed(country="VN", source="auto_flag", by="auto", reported=False, views=None)
    removed(ground="legal_only", action="geo_restrict")
    removed(kind="account", action="remove")
    removed(action="strike")
    removed(at=datetime(2025, 6, 30, 23, 59, 59, tzinfo=UTC))
    removed(at=datetime(2025, 10, 1, tzinfo=UTC))
    reinstate(removed(language="vi"))
    cells = both()
    assert sum(one.amounts[0] for one in cells.removals if not one.rule) == 7
    assert sum(one.amounts[0] for one in cells.removals if one.rule == "AU-4") == 7
    assert sum(one.amounts[0] for one in cells.removals if one.rule == "HT-1") == 2
    assert sum(one.n for one in cells.actions) == 10


def test_only_the_first_removal_of_an_item_counts_in_whichever_order_they_are_told(removed):
    second = removed(at=INSIDE, source="user_report", views=9, told=False)
    first = removed(at=INSIDE - timedelta(days=2), source="hash", views=0, item=second.item, told=False)
    for one in (second, first):
        count_removals({one.pk})
        count_actions({one.pk})
    cells = both()
    (whole,) = [one for one in cells.removals if not one.rule]
    assert (whole.source, whole.amounts[:3]) == ("hash", (1, 1, 1))
    assert RemovalCell.objects.filter(removals__lt=0).exists() is False


def test_one_whose_first_removal_lies_before_the_period_is_not_counted_again(removed):
    before = removed(at=datetime(2025, 5, 5, tzinfo=UTC))
    removed(item=before.item)
    assert [one for one in both().removals if one.amounts[0]] == []


def test_a_rebuild_comes_to_the_same(removed, reinstate, transactional_db):
    removed(3, rules=("AU-4", "HT-1"))
    reinstate(removed(language="km"))
    fields = [
        "day",
        "rule_code",
        "language",
        "country",
        "source",
        "decided_by",
        "removals",
        "net_removals",
        "views",
    ]
    before = set(RemovalCell.objects.exclude(removals=0).values_list(*fields))
    actions = set(ActionDay.objects.values_list("day", "action", "rule_code", "n"))
    rebuild()
    assert set(RemovalCell.objects.exclude(removals=0).values_list(*fields)) == before
    assert set(ActionDay.objects.values_list("day", "action", "rule_code", "n")) == actions
    both()


def test_figures_recomputed_from_the_rows_by_hand_equal_the_report(removed, reinstate, settings):
    settings.TRANSPARENCY_SMALLEST = 1
    removed(4, views=0, hours=2)
    removed(2, views=10, hours=30, reported=False)
    removed(2, views=None)
    reinstate(removed(views=0))
    found = table(drafted(), "removals_by_rule")[""]
    counted = Enforcement.objects.filter(reverses=None, action="remove")
    first = counted.values("item").annotate(first=Min("effective_at")).count()
    known = [one for one in counted if one.views_at_effect is not None]
    back = set(Enforcement.objects.filter(reverses__isnull=False).values_list("reverses", flat=True))
    assert found["removals"] == first == 9
    assert found["zero_view_rate"] == round(sum(one.views_at_effect == 0 for one in known) / len(known), 4)
    net = [one for one in known if one.pk not in back]
    assert found["zero_view_rate_net"] == round(sum(one.views_at_effect == 0 for one in net) / len(net), 4)
    assert found["views_coverage"] == round(7 / 9, 4)
    assert found["mean_views"] == round(20 / 7, 1)
    assert found["proactive_rate"] == round(2 / 9, 4)
    assert found["within_24h_rate"] == round(7 / 9, 4)
    assert (found["reinstated"], found["reinstatement_rate"]) == (1, round(1 / 9, 4))


def test_small_cells_are_hidden_and_cannot_be_worked_out(removed, settings):
    settings.TRANSPARENCY_SMALLEST = 5
    removed(8, language="en")
    removed(6, language="vi")
    removed(2, language="km")
    found = table(drafted(), "removals_by_language")
    assert found["km"] is None
    assert found["vi"] is None, "with it goes the next smallest: 16 - 8 would tell of the others"
    assert found["en"]["removals"] == 8
    assert found[""]["removals"] == 16


def test_how_few_came_back_is_told_by_no_share_beside_it(removed, reinstate):
    en, km = removed(9, language="en"), removed(8, language="km")
    for one in (*en[:7], *km[:2]):
        reinstate(one)
    edition = drafted()
    found = table(edition, "removals_by_language")
    for few in ("km", "en"):  # with the small one goes the next: 9 - 7 would tell it
        assert found[few]["removals"] in (8, 9)
        assert {found[few][name] for name in ("reinstated", "reinstatement_rate", "zero_view_rate_net")} == {
            None
        }
        assert found[few]["zero_view_rate"] == 1.0
    assert (found[""]["reinstated"], found[""]["reinstatement_rate"]) == (9, round(9 / 17, 4))
    assert table(edition, "removals_by_country")["KH"]["reinstated"] == 9


def test_an_empty_period_has_defined_figures(house):
    edition = drafted("2024-q1")
    assert table(edition, "removals_by_rule")[""]["removals"] == 0
    assert table(edition, "removals_by_rule")[""]["zero_view_rate"] is None
    assert table(edition, "authorities") == {
        "": {
            "requests": 0, "items": 0, "by_rules": 0, "by_law": 0, "refused": 0, "open": 0, "informal": 0,
            "refusal_rate": None, "median_hours": None,
        }
    }  # fmt: skip


def asked(country="KH", *, form="request", state="refused", quiet_until=None, at=INSIDE):
    sender, _ = Sender.objects.get_or_create(name=f"Office of {country}", country=country, kind="ministry")
    request = Request.objects.create(
        sender=sender, form=form, channel="letter", scope="a post", countries=[country], received_at=at,
        recorded_by=person("legal"),
    )  # fmt: skip
    ended = state in ("by_rules", "by_law", "refused")
    RequestItem.objects.create(
        request=request, position=1, address="https://example.org/1", state=state,
        closed_at=at + timedelta(hours=10) if ended else None,
    )  # fmt: skip
    if quiet_until:
        Silence.objects.create(
            request=request,
            kind="confidential",
            basis="a law",
            until=quiet_until,
            recorded_by=person("legal"),
        )
    return request


def test_requests_of_authorities_are_told_however_few_they_are(house):
    asked("KH")
    asked("KH", form="informal", state="unknown")
    asked("VN", at=datetime(2025, 10, 1, tzinfo=UTC))
    found = table(drafted(), "authorities")
    assert found["KH"] == {
        "requests": 2, "items": 2, "by_rules": 0, "by_law": 0, "refused": 1, "open": 1, "informal": 1,
        "refusal_rate": 1.0, "median_hours": 10.0,
    }  # fmt: skip
    assert "VN" not in found
    assert found[""]["requests"] == 2


def test_a_confidential_request_is_in_no_figure_before_its_date_and_counted_by_a_later_edition(house):
    until = now() + timedelta(seconds=6)
    asked("KH", quiet_until=until)
    first = published()
    assert list(table(first, "authorities")) == [""]
    assert table(first, "authorities")[""]["items"] == 0
    assert "KH" not in str(first.figures["tables"])
    time.sleep(max(0.0, (until - now()).total_seconds()) + 0.1)  # the database says what time it is
    second = drafted(reason="A request could not be told of before.")
    assert table(second, "authorities")["KH"]["items"] == 1
    first.refresh_from_db()
    assert list(table(first, "authorities")) == [""]


def test_appeals_are_told_by_who_had_decided_and_small_ones_are_not(removed, settings):
    settings.TRANSPARENCY_SMALLEST = 2
    made = removed(3)
    for number, one in enumerate(made):
        case = make.case(item=one.item, purpose="appeal", state="done", closed_at=INSIDE)
        hearing = Decision.objects.create(
            case=case, item=one.item, item_revision=1, purpose="appeal", origin="human", decider=person("senior"),
            outcome="no_violation", guideline_version=one.decision.guideline_version, detection_source="user_report",
            evidence_sha256="0" * 64, demo=True, decided_at=INSIDE + timedelta(hours=8),
        )  # fmt: skip
        Appeal.objects.create(
            decision=one.decision, item=one.item, case=case, by="author", party="author", lodged_at=INSIDE,
            window_ends_at=INSIDE + timedelta(days=180), state="decided",
            outcome="overturned" if number else "upheld", decided_by=hearing, decided_at=INSIDE + timedelta(hours=8),
        )  # fmt: skip
    found = table(drafted(), "appeals_by_decider")
    assert found["human"] == {"appeals": 3, "changed": 2, "changed_rate": 0.6667, "median_hours": 8.0}
    assert found[""]["appeals"] == 3


def test_people_by_language_are_counted_and_never_fewer_than_the_smallest(house, settings):
    settings.TRANSPARENCY_SMALLEST = 3
    for number in range(4):
        User.objects.create(
            username=f"m{number}", pseudonym=f"P{number}", roles=["moderator"],
            languages=["en", "km"] if number < 2 else ["en"],
        )  # fmt: skip
    found = table(drafted(), "people")
    assert (found["en"], found["km"]) == ({"people": 4}, None)


def test_reports_are_folded_into_their_days_each_once(house):
    item = make.item()
    for day, trusted in ((5, False), (5, True), (6, False)):
        made = make.report(item, rule="AU-4", trusted=trusted)
        Report.objects.filter(pk=made.pk).update(received_at=datetime(2025, 8, day, 10, tzinfo=UTC))
    fresh = make.report(item)
    assert [fold_notices(limit=2), fold_notices(), fold_notices()] == [2, 1, 0]
    days = NoticeDay.objects.order_by("day").values_list("day", "rule_code", "n", "trusted")
    assert list(days) == [(date(2025, 8, 5), "AU-4", 2, 1), (date(2025, 8, 6), "AU-4", 1, 0)]
    assert NoticesFolded.objects.get().report_id < fresh.pk


def test_history_that_comes_behind_a_fresh_report_lets_none_be_passed_over(house):
    item = make.item()
    fresh = make.report(item, rule="AU-4")
    old = make.report(item, rule="AU-4")
    Report.objects.filter(pk=old.pk).update(received_at=datetime(2025, 8, 5, 10, tzinfo=UTC))
    assert fold_notices() == 0
    assert NoticeDay.objects.count() == 0
    Report.objects.filter(pk=fresh.pk).update(received_at=datetime(2025, 8, 6, 10, tzinfo=UTC))
    assert (fold_notices(), fold_notices()) == (2, 0)
    assert sum(day.n for day in NoticeDay.objects.all()) == 2


@pytest.mark.races
def test_folding_at_once_counts_each_report_once(transactional_db):
    make.house()
    item = make.item()
    for _ in range(40):
        make.report(item, rule="AU-4")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE intake_report SET received_at = now() - interval '1 day'")

    def fold():
        while fold_notices(limit=7):
            pass
        connections.close_all()

    threads = [threading.Thread(target=fold) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sum(NoticeDay.objects.values_list("n", flat=True)) == 40
