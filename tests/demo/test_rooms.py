"""What the demo shows in every room on the first day: made by the rooms' own operations, once, and marked as demo data."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils.timezone import localdate, now

from apps.accounts.models import Role, User
from apps.appeals.models import Appeal
from apps.authority.models import RequestItem
from apps.board.models import Dispute, Ruling
from apps.decisions.models import Decision
from apps.detectors.models import ThresholdChange
from apps.disclosure.models import Edition
from apps.intake.models import Item
from apps.lawful.models import CounterNotice, LawNotice
from apps.ledger.models import Event
from apps.matching.models import Match
from apps.quality.models import Adjudication, Comparison, Draw, Golden, Void
from apps.queues.models import Case
from apps.queues.operations import claim_case, release_held
from apps.training.models import Calibration, Module
from apps.training.models import Ruling as Agreed
from apps.wellbeing.allowed import allowed_now, worked
from apps.wellbeing.operations import end_shift, start_shift
from reviewqueue.demo import history
from reviewqueue.demo.rooms import ROOMS, fill_rooms
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def shown(monkeypatch, settings, tmp_path):
    """A short history, all of which is drawn for a second look, and every room filled."""
    make.house()
    settings.EMBEDDED, settings.VAR_DIR = True, tmp_path
    call_command("demo_people", verbosity=0)
    monkeypatch.setattr("reviewqueue.demo.rooms.looks.draw", draws_all)
    monkeypatch.setattr(history, "IN_THE_QUARTER", 2)
    monkeypatch.setattr(history, "A_DAY_THEN", 8)
    list(history.write_quarter())
    list(history.Historian((now() - timedelta(days=1)).replace(hour=22, minute=0), days=2, a_day=16).write())
    assert list(fill_rooms()) == list(ROOMS)


def draws_all(events, *, demo):
    """The plan's draw with every share at one: a short history would mostly be passed over."""
    from apps.quality.models import SamplingPlan
    from apps.quality.operations import draw

    if not SamplingPlan.objects.exists():
        SamplingPlan.objects.create(number=1, seed="all", random_share=1, clear_share=1, golden_share=0)
    return draw(events, demo=demo)


def every_room_has_something_to_show():
    assert Draw.objects.filter(comparison=None, void=None, case__state=Case.State.WAITING).count() == 6
    said = (
        Draw.objects.count(),
        list(Comparison.objects.values_list("agreed", flat=True)),
        list(Void.objects.values_list("because", flat=True)),
    )
    assert Comparison.objects.filter(agreed=True).exists(), said
    assert Adjudication.objects.filter(decision=None, case__state=Case.State.WAITING).count() == 2
    assert Golden.objects.filter(retired_at=None).exists()
    assert set(Match.objects.values_list("verdict", flat=True)) == {"auto", "person"}
    assert sorted(RequestItem.objects.values_list("state", flat=True)) == sorted(
        ["law", "second", "by_law", "refused", "by_rules"]
    )
    assert set(LawNotice.objects.values_list("state", flat=True)) == {"by_law", "review"}
    assert CounterNotice.objects.get().notice.holds
    assert set(Ruling.objects.values_list("kind", "answer")) == {("binding", ""), ("advisory", "accepted")}
    assert Dispute.objects.get().outcome == "stands"
    assert Calibration.objects.filter(closed_at=None).count() == 1
    assert Agreed.objects.count() == 1
    assert Module.objects.get(kind="certification").queue.skill, "a certificate opens this queue"
    assert set(Module.objects.values_list("kind", "state")) == {
        ("targeted", "published"), ("certification", "published"),
    }  # fmt: skip
    assert ThresholdChange.objects.get().state == "proposed"
    published = Edition.objects.get()
    assert published.state == "published"
    assert published.drafted_by != published.published_by
    assert "invented" in published.words


def all_of_it_is_marked_as_demo_data():
    assert not Item.objects.filter(demo=False).exists()
    by_people = Decision.objects.filter(demo=False, origin="human")
    assert set(by_people.values_list("ground", flat=True)) == {
        "legal_only"
    }  # those of law alone are in no export


def another_senior_hears_the_appeal_of_what_one_decided():
    seniors = User.objects.filter(username__in=("senior", "senior2"))
    assert all(one.has_role(Role.SENIOR_MODERATOR) for one in seniors)
    appeal = Appeal.objects.filter(decision__decider__in=seniors).earliest("pk")
    second = seniors.exclude(pk=appeal.decision.decider_id).get()
    start_shift(actor=second)
    assert claim_case(actor=second, holder=second, case_id=appeal.case_id).item_id == appeal.item_id
    release_held(actor=second)
    end_shift(actor=second)


def it_is_filled_once():
    before = Event.objects.count()
    assert list(fill_rooms()) == []
    assert Event.objects.count() == before


def who_signs_in_after_it_still_has_her_day():
    for person in User.objects.filter(username__in=history.WORKERS):
        shift = start_shift(actor=person)
        later = shift.started_at + timedelta(minutes=20)
        assert worked(shift, now()) <= timedelta(minutes=2)
        assert allowed_now(shift, shift.limit_set, later).max_exposure == shift.max_exposure
        end_shift(actor=person)


def test_the_quarter_before_the_first_of_january_is_the_last_of_the_old_year():
    assert [str(day) for day in history.last_quarter(localdate().replace(year=2027, month=1, day=1))] == [
        "2026-10-01", "2027-01-01",
    ]  # fmt: skip


def test_the_first_day_shows_every_room_once_marked_as_demo_data_and_leaves_people_their_day(shown):
    every_room_has_something_to_show()
    all_of_it_is_marked_as_demo_data()
    it_is_filled_once()
    who_signs_in_after_it_still_has_her_day()
    another_senior_hears_the_appeal_of_what_one_decided()
