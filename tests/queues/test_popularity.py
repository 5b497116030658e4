"""Popular again: a milestone asks a person once, and says why."""

import threading
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils.timezone import now

from apps.decisions.operations import decide, undo
from apps.decisions.verdict import Verdict
from apps.intake.lines import ItemSent, ReportSent, ViewsSent
from apps.intake.models import Item
from apps.intake.operations import receive
from apps.ledger.models import Event
from apps.ledger.operations import drain
from apps.queues.errors import EditedMeanwhile
from apps.queues.models import Case, ItemReach, Milestones, ReachAsk
from apps.queues.operations import ask_again, claim_next, set_milestones
from apps.queues.reach import INSTALLED, Plan, Reach, Row, to_ask
from apps.wellbeing.exposure import Look
from apps.wellbeing.operations import start_shift
from tests import make
from tests.conftest import person

FINE = Verdict("no_violation")
REMOVE = Verdict("violates", ["AU-4"], ["remove"])
LONG_AGO = timedelta(days=30)
ALL = Row("", "", 1_000, 10.0)


@pytest.fixture
def floor(db, moderator):
    make.house()
    start_shift(actor=moderator)
    return moderator


def old_item(**fields) -> Item:
    return make.item(posted_at=now() - LONG_AGO, **fields)


def count(item: Item, views: int, *, ago: timedelta = timedelta(0)) -> None:
    """The platform counts, as through the API; then everything owed is handed on."""
    line = ViewsSent(source=item.source, external_id=item.external_id, views=views, at=now() - ago)
    receive([line], key=None)
    drain()


def judge(moderator, verdict=FINE) -> int:
    claim = claim_next(actor=moderator)
    made = decide(actor=moderator, claim_id=claim.claim_id, verdict=verdict, look=Look(2))
    drain()
    return made.decision_id


def asked() -> list[tuple[int, str]]:
    return list(Case.objects.filter(purpose="re_review").order_by("id").values_list("item_id", "state"))


def test_what_passes_a_milestone_is_looked_at_again_and_the_reviewer_sees_why(floor, signed_in):
    item = old_item()
    make.case(item=item)
    judge(floor)
    count(item, 99_999)
    assert asked() == []
    count(item, 250_000)
    assert asked() == [(item.pk, "waiting")]
    ask = ReachAsk.objects.get()
    assert (ask.milestone, ask.views, ask.accelerating, ask.judged_views, ask.number) == (
        100_000,
        250_000,
        False,
        0,
        0,
    )
    [crossed] = Event.objects.filter(kind="reach.crossed")
    assert (crossed.actor_id, crossed.case_id, crossed.data["milestone"]) == (None, ask.case_id, 100_000)
    claim_next(actor=floor)
    words = "It has passed 100,000 views; it was last judged at 0"
    assert words in signed_in("moderator").get("/desk/").content.decode()
    assert words in signed_in("senior").get(f"/cases/{ask.case_id}/").content.decode()


def test_a_cleared_item_is_not_asked_about_again_until_the_next_milestone(floor):
    item = old_item()
    count(item, 150_000, ago=timedelta(days=10))
    judge(floor)
    for days, views in ((8, 160_000), (6, 500_000), (4, 40_000), (2, 170_000)):
        count(item, views, ago=timedelta(days=days))
    assert asked() == [(item.pk, "done")]
    count(item, 1_000_000)
    assert asked() == [(item.pk, "done"), (item.pk, "waiting")]
    assert ReachAsk.objects.order_by("case_id").last().judged_views == 150_000


def test_nobody_is_asked_when_a_person_judged_this_version_at_that_reach(floor):
    item = old_item(views=300_000, views_at=now() - timedelta(hours=2))
    make.case(item=item)
    judge(floor)
    count(item, 400_000)
    assert asked() == []
    Item.objects.filter(pk=item.pk).update(revision=2)
    count(item, 500_000)
    assert asked() == [(item.pk, "waiting")]
    assert ReachAsk.objects.get().judged_views is None


def test_what_is_at_somebody_or_to_be_removed_is_left_alone(floor):
    open_one, removed = old_item(), old_item()
    make.case(item=removed)
    judge(floor, REMOVE)
    make.case(item=open_one)
    count(open_one, 5_000_000)
    count(removed, 5_000_000)
    assert asked() == []
    assert not Event.objects.filter(kind="reach.crossed").exists()


def test_a_judgement_taken_back_is_none(floor):
    item = old_item(views=300_000, views_at=now() - timedelta(hours=2))
    make.case(item=item)
    decision = judge(floor)
    assert ItemReach.objects.get().judged_views == 300_000
    undo(actor=floor, decision_id=decision)
    drain()
    assert (ItemReach.objects.get().judged_views, ItemReach.objects.get().judged_revision) == (0, 0)


def test_the_first_count_sent_with_an_item_passes_milestones_like_any_other(floor):
    send("seen-at-once", views=250_000)
    send("hardly-seen", views=9)
    send("unknown", views=None)
    [case] = Case.objects.select_related("item")
    assert (case.item.external_id, case.purpose) == ("seen-at-once", "re_review")
    assert (ReachAsk.objects.get().milestone, ReachAsk.objects.get().judged_views) == (100_000, None)
    assert Event.objects.filter(kind="views.counted").count() == 1
    send("seen-at-once", views=250_000)
    assert Case.objects.count() == 1


def test_an_item_that_comes_with_a_report_is_looked_at_for_the_report_alone(floor):
    receive(
        [ReportSent(item=line("reported", views=250_000), reason="spam", reporter={"external_id": "ana"})],
        key=None,
    )
    drain()
    assert [case.purpose for case in Case.objects.all()] == ["review"]
    assert not ReachAsk.objects.exists()


def line(name: str, **fields) -> dict[str, object]:
    return {
        "source": "test", "external_id": name, "kind": "text", "text": f"What {name} says.",
        "posted_at": (now() - LONG_AGO).isoformat(), **fields,
    }  # fmt: skip


def send(name: str, **fields) -> None:
    """The platform sends an item, as through the API; then everything owed is handed on."""
    receive([ItemSent(item=line(name, **fields))], key=None)
    drain()


def test_counts_that_come_late_ask_nothing_and_change_nothing(floor):
    item = old_item(views=20_000, views_at=now())
    count(item, 9_000_000, ago=timedelta(days=2))
    item.refresh_from_db()
    assert (item.views, asked()) == (20_000, [])
    assert not Event.objects.filter(kind="views.counted").exists()


def test_what_nobody_ever_suspected_says_how_it_was_found(floor):
    count(old_item(), 150_000)
    case = Case.objects.get()
    assert (case.detection_source, case.severity, case.queue.slug) == ("virality", 3, "everything-else")


def test_one_count_after_another_opens_one_case_however_many_look_at_once(transactional_db):
    make.house()
    items = [make.item(views=200_000, views_at=now(), posted_at=now() - LONG_AGO) for _ in range(3)]
    gate, opened = threading.Barrier(4), []

    def look():
        gate.wait()
        opened.append(ask_again([item.pk for item in items]))
        connection.close()

    threads = [threading.Thread(target=look) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(len(cases) for cases in opened) == [0, 0, 0, 3]
    assert Case.objects.count() == ReachAsk.objects.count() == 3


def test_many_items_cost_as_many_queries_as_one(floor, django_assert_max_num_queries):
    items = [old_item(views=200_000, views_at=now()) for _ in range(40)]
    with django_assert_max_num_queries(30):
        assert len(ask_again([item.pk for item in items])) == 40


# Which milestone, worked out


def reach(views, growth=None, days=10) -> Reach:
    at = now()
    return Reach(views, growth, at - timedelta(days=days), at)


PLAN = Plan(1, (ALL,), surge=3.0, ahead_hours=1.0)


def test_milestones_lie_on_a_log_scale():
    assert ALL.series(4) == [1_000, 10_000, 100_000, 1_000_000]
    assert [ALL.level(views) for views in (None, 0, 999, 1_000, 9_999, 10_000, 10**9)] == [
        0,
        0,
        0,
        1,
        1,
        2,
        7,
    ]
    odd = Row("", "", 150, 1.7)
    assert all(odd.level(odd.milestone(n)) in (n - 1, n) for n in range(1, 40))
    assert all(odd.level(odd.milestone(n) + 1) == n for n in range(1, 40))


def test_what_grows_fast_is_asked_about_before_it_gets_there_and_only_once():
    fast = reach(9_000, growth=2_000)
    assert to_ask(fast, ALL, PLAN, [9_000]).accelerating
    assert to_ask(fast, ALL, PLAN, [9_000]).milestone == 10_000
    assert to_ask(reach(12_000, 2_000), ALL, PLAN, [9_500, 10_000]) is None
    # Nine thousand views in three hours are its mean: it grows as it always did.
    assert to_ask(reach(9_000, 3_000, days=1 / 8), ALL, PLAN, [9_000]) is None
    assert to_ask(reach(9_000, 500), ALL, PLAN, [9_000]) is None


def test_the_most_particular_row_speaks():
    rows = (
        ALL,
        Row("HT", "", 500, 2.0),
        Row("", "KH", 700, 10.0),
        Row("HT", "KH", 100, 10.0),
        Row("YS", "", 10, 2.0),
    )
    plan = Plan(1, rows, 3.0, 1.0)
    of = {
        (("HT",), "KH"): 100,
        (("HT",), "VN"): 500,
        ((), "KH"): 700,
        ((), "VN"): 1_000,
        (("HT", "YS"), "VN"): 10,
    }
    assert {about: plan.row_for(*about).first for about in of} == of


# Changing them


def form(**changes) -> dict:
    return {
        "seen": 0, "surge": 3, "ahead_hours": 1, "reason": "The market is small.",
        "policy_0": "", "country_0": "", "first_0": 50_000, "step_0": 10,
        "policy_1": "HT", "country_1": "KH", "first_1": 2_000, "step_1": 4, **changes,
    }  # fmt: skip


def test_a_supervisor_changes_milestones_with_a_reason_and_the_next_count_follows(floor, signed_in):
    web = signed_in("supervisor")
    assert "100,000, 1,000,000" in web.get("/queues/milestones/").content.decode()
    assert web.post("/queues/milestones/", form()).status_code == 302
    made = Milestones.objects.get()
    assert (made.number, made.by, made.reason, len(made.rows)) == (
        1,
        person("supervisor"),
        "The market is small.",
        2,
    )
    page = web.get("/queues/milestones/").content.decode()
    assert "2,000, 8,000, 32,000" in page
    assert "The market is small." in page
    count(old_item(), 60_000)
    assert ReachAsk.objects.get().milestone == 50_000
    [event] = Event.objects.filter(kind="milestones.set")
    assert (event.actor_id, event.data["number"]) == (person("supervisor").pk, 1)


@pytest.mark.parametrize(
    ("wrong", "status", "words"),
    [
        ({"reason": ""}, 422, "This field is required."),
        ({"first_0": "", "step_0": ""}, 422, "One row must stand for all policies and all countries"),
        ({"policy_1": "", "country_1": ""}, 422, "Two rows speak of the same policy and country."),
        ({"step_1": "1"}, 422, "between 1.5 and 1,000 times"),
        ({"country_1": "zz"}, 422, "zz is not one of the available choices"),
        ({"seen": 7}, 409, "Someone else changed this while you had it open."),
    ],
)
def test_milestones_that_cannot_be_used_are_refused_and_nothing_is_changed(
    db, signed_in, wrong, status, words
):
    make.house()
    answer = signed_in("supervisor").post("/queues/milestones/", form(**wrong))
    assert answer.status_code == status
    assert words in answer.content.decode()
    assert not Milestones.objects.exists()
    assert not Event.objects.filter(kind="milestones.set").exists()


def test_the_database_keeps_versions_as_they_were_and_each_number_once(db, supervisor):
    kept = {"actor": supervisor, "rows": [ALL], "surge": 3.0, "ahead_hours": 1.0}
    set_milestones(seen=0, reason="first", **kept)
    with pytest.raises(EditedMeanwhile):
        set_milestones(seen=0, reason="at the same moment", **kept)
    with pytest.raises(IntegrityError, match="milestones_number_once"), transaction.atomic():
        Milestones.objects.create(number=1, rows=[], reason="again", by=supervisor)
    with pytest.raises(IntegrityError, match="milestones_say_why"), transaction.atomic():
        Milestones.objects.create(number=2, rows=[], reason="", by=supervisor)
    for sql in ("UPDATE queues_milestones SET surge = 1", "DELETE FROM queues_milestones"):
        with pytest.raises(Exception, match="Cannot"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    assert [one.reason for one in Milestones.objects.all()] == ["first"]
    assert INSTALLED.number == 0
