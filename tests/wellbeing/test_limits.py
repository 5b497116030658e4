"""The organisation's limits: who sets them, what they may be, and what they are worth for one person."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.accounts.models import User
from apps.ledger.models import Event
from apps.wellbeing.models import ExposureEntry, LimitSet, PersonLimit
from apps.wellbeing.operations import end_shift, start_shift
from apps.wellbeing.queries import limits_in_force, limits_of
from tests import make

TYPED = {
    "budget": "120", "specialist_budget": "300", "weekly_factor": "3", "max_exposure": "2",
    "specialist_max_exposure": "4", "shift_minutes": "420", "break_every_minutes": "60", "break_minutes": "15",
    "ramp_week_1": "25", "ramp_week_2": "50", "ramp_week_3": "75", "high_minutes": "180", "extreme_minutes": "240",
    "extreme_days": "3", "overtime_minutes": "0", "gentle_start_minutes": "10", "gentle_end_minutes": "60",
    "high_break_every_minutes": "50", "long_break_minutes": "15", "high_run": "6", "extreme_run": "3",
    "light_after_run": "4", "harm_run": "8", "cooldown_seconds": "120", "burst_items": "3", "burst_minutes": "20",
    "burst_cooldown_minutes": "15", "days": "90", "reason": "The last month was heavy.",
}  # fmt: skip
CEILINGS = ": the ceilings of the organisation."


@pytest.fixture(autouse=True)
def house(db):
    make.house()


@pytest.fixture
def lead(signed_in):
    return signed_in("wellbeing")


def put(client, **typed):
    return client.post("/wellbeing/limits", TYPED | {"based_on": limits_in_force().pk} | typed)


def words(answer) -> str:
    return " ".join(answer.content.decode().split())


def test_the_lead_sees_what_is_in_force_and_where_it_came_from(lead):
    page = words(lead.get("/wellbeing/"))
    assert "160 units" in page
    assert "shipped with the product" in page
    assert "The defaults this product ships with." in page
    assert "Running shifts keep the limits they began with." in page


def test_a_new_set_is_a_new_row_with_its_author_and_reason(lead, wellbeing):
    before = limits_in_force()
    answer = put(lead)
    assert (answer.status_code, answer.url) == (302, "/wellbeing/#notices")
    limits = limits_in_force()
    assert (limits.budget, limits.specialist_budget, limits.weekly_factor) == (12_000, 30_000, 3)
    assert (limits.max_exposure, limits.specialist_max_exposure) == (2, 4)
    assert (limits.shift_minutes, limits.break_every_minutes, limits.break_minutes) == (420, 60, 15)
    assert (limits.set_by, limits.reason) == (wellbeing, "The last month was heavy.")
    assert LimitSet.objects.get(pk=before.pk).budget == 16_000
    event = Event.objects.get(kind="limits.set")
    assert (event.actor_id, event.data) == (wellbeing.pk, {"limit_set": limits.pk, "before": before.pk})
    page = words(lead.get("/wellbeing/"))
    assert "M-wellbeing" in page
    assert "Budget for one shift: 160 units → 120 units" in page
    assert "The last month was heavy." in page
    assert "are in force for every shift that starts from now on" in page


def test_running_shifts_keep_the_limits_they_began_with(lead, moderator):
    shift = start_shift(actor=moderator)
    put(lead)
    shift.refresh_from_db()
    assert (shift.budget, shift.max_exposure, shift.limit_set.break_minutes) == (16_000, 3, 10)
    end_shift(actor=moderator)
    after = start_shift(actor=moderator)
    assert (after.budget, after.max_exposure, after.limit_set.break_minutes) == (12_000, 2, 15)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"budget": "0"}, "This must be a whole number from 1 to 240" + CEILINGS),
        ({"budget": "241"}, "This must be a whole number from 1 to 240" + CEILINGS),
        ({"specialist_budget": "601"}, "This must be a whole number from 1 to 600" + CEILINGS),
        ({"specialist_budget": "9" * 300}, "This must be a whole number from 1 to 600" + CEILINGS),
        ({"budget": "lots"}, "Please give a whole number, in digits."),
        ({"budget": "12.5"}, "Please give a whole number, in digits."),
        ({"weekly_factor": "0"}, "This must be a whole number from 1 to 5" + CEILINGS),
        ({"weekly_factor": "8"}, "This must be a whole number from 1 to 5" + CEILINGS),
        ({"max_exposure": "5"}, "This must be a whole number from 0 to 4" + CEILINGS),
        ({"specialist_max_exposure": "5"}, "This must be a whole number from 0 to 4" + CEILINGS),
        ({"max_exposure": "-1"}, "This must be a whole number from 0 to 4" + CEILINGS),
        ({"max_exposure": "3", "specialist_max_exposure": "2"}, "cannot be higher than the level for specialists"),
        ({"budget": "201", "specialist_budget": "200"}, "This cannot be more than the budget of specialists."),
        ({"break_every_minutes": "110", "shift_minutes": "100"}, "A break must fall within the shift."),
        ({"break_minutes": "1"}, "This must be a whole number from 5 to 60" + CEILINGS),
        ({"extreme_minutes": "301"}, "This must be a whole number from 0 to 300" + CEILINGS),
        ({"high_break_every_minutes": "60", "break_every_minutes": "50"}, "Heavy work needs breaks at least as often"),
        ({"extreme_run": "5", "high_run": "4"}, "This cannot be more than the cases of exposure 3"),
        ({"ramp_week_2": "20"}, "The second week cannot allow less than the first."),
        ({"days": "0"}, "Limits are set for 1 to 366 days"),
        ({"days": "367"}, "Limits are set for 1 to 366 days"),
        ({"reason": "   "}, "Say why: it stays in the history"),
        ({"reason": "x" * 501}, "at most 500 characters"),
        ({"based_on": "abc"}, "Something needs another look."),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_in_words_and_what_was_typed_stays(lead, typed, said):
    answer = put(lead, **typed)
    assert answer.status_code == 422
    page = words(answer)
    assert said in page
    for name in {*typed, "shift_minutes"} - {"reason", "based_on"}:
        assert f'name="{name}" value="{typed.get(name, TYPED[name])}"' in page
    if "reason" not in typed:
        assert "The last month was heavy.</textarea>" in page
    assert LimitSet.objects.count() == 1
    assert not Event.objects.filter(kind="limits.set").exists()


def test_two_leads_do_not_overwrite_each_other_unseen(lead):
    seen = limits_in_force().pk
    put(lead)
    answer = put(lead, based_on=seen, budget="50")
    assert answer.status_code == 409
    page = words(answer)
    assert "Somebody set new limits while this page was open" in page
    assert 'name="budget" value="50"' in page
    assert f'name="based_on" value="{limits_in_force().pk}"' in page
    assert LimitSet.objects.count() == 2
    assert Event.objects.filter(kind="limits.set").count() == 1
    assert put(lead, budget="50").status_code == 302


def test_the_same_limits_again_are_not_a_change(lead):
    put(lead)
    answer = put(lead)
    assert answer.status_code == 422
    assert "These are the limits in force already." in words(answer)
    assert LimitSet.objects.count() == 2
    assert put(lead, days="120").status_code == 302  # the same for longer is a change
    assert LimitSet.objects.count() == 3


def test_only_the_lead_may_set_them(signed_in):
    for who in ("moderator", "senior", "supervisor", "admin", "policy", "legal"):
        assert put(signed_in(who)).status_code == 403
    assert LimitSet.objects.count() == 1
    assert not Event.objects.filter(kind="limits.set").exists()


def test_a_long_history_is_read_a_page_at_a_time_and_costs_the_same(lead, wellbeing):
    def asked():
        with CaptureQueriesContext(connection) as queries:
            page = words(lead.get("/wellbeing/"))
        return len(queries), page

    asked()  # from here on it is known whose session it is
    few, _ = asked()
    LimitSet.objects.bulk_create(
        LimitSet(
            budget=(20 + n) * 100, reason=f"Step {n}.", set_by=wellbeing, expires_at=now() + timedelta(days=9)
        )
        for n in range(50)
    )
    many, page = asked()
    assert few == many
    assert "Step 40." in page
    assert "Step 39." not in page
    older = page.split("?before=")[1].split("#")[0]
    page = words(lead.get("/wellbeing/", {"before": older}))
    assert "Step 39." in page
    assert "Step 40." not in page
    for odd in ("x", "-1", "9" * 30, "²"):
        assert "Step 40." in words(lead.get("/wellbeing/", {"before": odd}))


# What they are worth for one person

LAWS = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@LAWS
@given(
    budget=st.integers(100, 24_000), extra=st.integers(0, 36_000), factor=st.integers(1, 5), week=st.integers(0, 200_000),
    own=st.none() | st.integers(0, 50_000), highest=st.integers(0, 4), more=st.integers(0, 4),
    own_highest=st.none() | st.integers(0, 4), opted=st.booleans(), specialist=st.booleans(),
)  # fmt: skip
def test_the_least_of_everything_wins(
    moderator, budget, extra, factor, week, own, highest, more, own_highest, opted, specialist
):
    everyone, special = (budget, highest), (budget + extra, min(4, highest + more))
    LimitSet.objects.create(
        budget=budget, specialist_budget=special[0], weekly_factor=factor,
        max_exposure=highest, specialist_max_exposure=special[1],
    )  # fmt: skip
    most, top = special if specialist else everyone
    User.objects.filter(pk=moderator.pk).update(skills=["specialist"] if specialist else [])
    PersonLimit.objects.filter(user=moderator).delete()
    own = None if own is None else min(own, special[0])
    own_highest = None if own_highest is None else min(own_highest, special[1])
    PersonLimit.objects.create(
        user=moderator, budget=own, max_exposure=own_highest, opted_in_to_extreme=opted
    )
    last = ExposureEntry.objects.order_by("-claim_id").values_list("claim_id", flat=True).first() or 0
    spent = sum(ExposureEntry.objects.filter(user=moderator).values_list("units", flat=True))
    ExposureEntry.objects.create(
        user=moderator, claim_id=last + 1, exposure=2, modality=50, seconds_revealed=1, reported=True,
        units=max(0, week - spent), at=now(),
    )  # fmt: skip
    spent = max(spent, week)
    got = limits_of(User.objects.get(pk=moderator.pk))
    assert got.budget == max(0, min(most, most if own is None else own, most * factor - spent))
    assert got.max_exposure == min(top, 4 if opted else 3, 4 if own_highest is None else own_highest)


def test_the_cap_on_seven_days_shortens_the_next_shift_and_lets_go_again(signed_in, moderator):
    def spend(units, ago):
        number = ExposureEntry.objects.count() + 1
        ExposureEntry.objects.create(
            user=moderator, claim_id=number, exposure=2, modality=100, seconds_revealed=9, reported=True,
            units=units, at=now() - ago,
        )  # fmt: skip

    spend(40_000, timedelta(days=7, minutes=1))
    assert limits_of(moderator).budget == 16_000
    spend(50_000, timedelta(days=6, hours=23))
    assert limits_of(moderator).budget == 14_000
    page = words(signed_in(moderator).get("/wellbeing/"))
    assert "500 <small>of 640 units" in page
    assert "a budget of 140 units" in page
    assert "smaller than usual because of the cap on seven days" in page
    spend(20_000, timedelta(days=1))
    assert start_shift(actor=moderator).budget == 0
