from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.utils.timezone import now

from apps.accounts.models import PlatformAccount, User
from apps.guidelines.queries import in_force
from apps.ledger.models import Event
from apps.queues.errors import AlreadyHolding, ClaimLost
from apps.queues.models import Barred, Case, Claim
from apps.queues.operations import claim_next, claiming, end_expired_claims, escalate, release, renew, skip
from apps.queues.operations.holding import open_again
from apps.wellbeing.errors import NotOnShift, OnBreak
from apps.wellbeing.exposure import Look, units
from apps.wellbeing.models import ExposureEntry, Shift
from apps.wellbeing.operations import start_break, start_shift
from tests import make


@pytest.fixture
def house(db):
    make.house()


@pytest.fixture
def mara(house, moderator):
    start_shift(actor=moderator)
    return moderator


@pytest.fixture
def nary(house, moderator2):
    start_shift(actor=moderator2)
    return moderator2


def kinds(case):
    return list(Event.objects.filter(case_id=case.pk).order_by("id").values_list("kind", flat=True))


def test_the_most_urgent_case_comes_first(mara):
    make.case(priority=0)
    urgent = make.case(priority=9)
    assert claim_next(actor=mara).case_id == urgent.pk


def test_an_overdue_case_rises_above_a_heavier_new_one(mara):
    make.case(priority=20, due_in=timedelta(hours=12))
    overdue = make.case(priority=0, due_in=timedelta(hours=-1))
    assert claim_next(actor=mara).case_id == overdue.pk


def test_the_most_urgent_of_all_her_queues_comes_first(mara):
    make.case(queue="fraud", priority=1)
    hate = make.case(queue="hate", priority=2)
    assert claim_next(actor=mara).case_id == hate.pk


def test_nothing_to_claim_is_not_an_error(mara):
    assert claim_next(actor=mara) is None
    assert Event.objects.filter(private=False).exclude(kind__in=MADE).exists() is False


MADE = ["guidelines.loaded", "guidelines.published", "queues.installed"]


def test_without_a_shift_nothing_is_given(house, moderator):
    case = make.case()
    with pytest.raises(NotOnShift):
        claim_next(actor=moderator)
    assert (Claim.objects.count(), kinds(case)) == (0, [])


def test_on_a_break_nothing_is_given(mara):
    case = make.case()
    start_break(actor=mara)
    with pytest.raises(OnBreak):
        claim_next(actor=mara)
    assert (Claim.objects.count(), kinds(case)) == (0, [])


@pytest.mark.parametrize(
    ("queue", "fields"),
    [
        ("escalations", {}),  # her role does not open it
        ("youth-safety", {}),  # it asks for a certification
        ("hate", {"language": "km"}),  # a language she does not read
        ("hate", {"exposure": 4}),  # above the ceiling
    ],
)
def test_what_is_not_hers_to_take_is_not_given(mara, queue, fields):
    case = make.case(queue=queue, **fields)
    assert claim_next(actor=mara) is None
    case.refresh_from_db()
    assert (case.state, kinds(case)) == ("waiting", [])


def test_a_case_of_unknown_language_goes_to_anyone(mara):
    case = make.case(language="")
    assert claim_next(actor=mara).case_id == case.pk


def test_a_second_case_is_not_given_while_one_is_held(mara):
    make.case()
    make.case()
    claim_next(actor=mara)
    with pytest.raises(AlreadyHolding):
        claim_next(actor=mara)
    assert Claim.objects.count() == 1


@pytest.mark.parametrize("backlog", [1, 50])
def test_claiming_costs_the_same_however_long_the_queue(mara, backlog, django_assert_num_queries):
    for _ in range(backlog):
        make.case()
    in_force()  # known in every process that works
    # savepoint, lock the shift, release, claim, event with handoffs, release
    with django_assert_num_queries(6):
        claim_next(actor=mara)


def picks(queries):
    """Which ways of finding a case were gone."""
    return [
        name
        for one in queries.captured_queries
        for name in ("top", "next")
        if f"queues_claim_{name} (" in one["sql"]
    ]


def test_where_nothing_of_hers_waits_she_is_told_after_two_looks(mara, django_assert_max_num_queries):
    make.case(queue="escalations")  # somebody else's
    with django_assert_max_num_queries(12) as queries:
        assert claim_next(actor=mara) is None
    assert picks(queries) == ["top", "next"]


def test_after_a_walk_in_vain_her_lanes_are_looked_into_at_once_and_give_the_most_urgent(
    mara, monkeypatch, django_assert_max_num_queries
):
    monkeypatch.setattr(claiming, "IN_VAIN", 2)
    assert claim_next(actor=mara) is None
    make.case(queue="fraud", priority=1)
    urgent = make.case(queue="hate", priority=9)
    another = make.case(queue="fraud", priority=5)
    ways = []
    for expected in (urgent, another):
        with django_assert_max_num_queries(9) as queries:
            claimed = claim_next(actor=mara)
        assert claimed.case_id == expected.pk
        ways += picks(queries)
        skip(actor=mara, claim_id=claimed.claim_id)
    with django_assert_max_num_queries(9) as queries:
        assert claim_next(actor=mara) is not None
    assert (ways, picks(queries)) == (["next", "next"], ["top"])


def test_her_own_item_and_her_own_report_never_come_to_her(mara):
    PlatformAccount.objects.create(user=mara, source="test", external_id="me")
    written = make.item()
    written.author.external_id = "me"
    written.author.save()
    reported = make.item()
    make.report(reported, by="me")
    cases = [make.case(item=written), make.case(item=reported)]
    assert claim_next(actor=mara) is None
    for case in cases:
        with (
            pytest.raises(IntegrityError, match="claim_is_never_on_ones_own_item_or_report"),
            transaction.atomic(),
        ):
            Claim.objects.create(
                case=case, holder=mara, exposure=0, used_before=0, budget=0, reserved=0,
                started_at=now(), expires_at=now() + timedelta(minutes=1),
            )  # fmt: skip


def test_a_skipped_case_goes_to_someone_else(mara, nary):
    case = make.case()
    skip(actor=mara, claim_id=claim_next(actor=mara).claim_id, reason="too close to home")
    assert claim_next(actor=mara) is None
    assert claim_next(actor=nary).case_id == case.pk
    assert kinds(case) == ["case.claimed", "case.returned", "case.skipped_because", "case.claimed"]
    assert Event.objects.get(kind="case.skipped_because").private is True
    assert "home" not in str(list(Event.objects.filter(private=False).values_list("data", flat=True)))


def test_an_escalated_case_waits_for_a_senior_with_the_note(mara, senior):
    case = make.case(queue="hate")
    escalate(actor=mara, claim_id=claim_next(actor=mara).claim_id, note="Which dialect is this?")
    case.refresh_from_db()
    assert (case.state, case.queue.slug, case.lane.queue.slug) == ("waiting", "escalations", "escalations")
    assert case.notes.get().text == "Which dialect is this?"
    start_shift(actor=senior)
    assert claim_next(actor=senior).case_id == case.pk


def test_an_abandoned_case_returns_to_the_queue(mara):
    case = make.case()
    claim_next(actor=mara)
    with time_machine.travel(now() + timedelta(minutes=16)):
        assert end_expired_claims() == 1
        assert end_expired_claims() == 0
    case.refresh_from_db()
    assert case.state == Case.State.WAITING
    assert kinds(case) == ["case.claimed", "case.returned"]
    assert Claim.objects.get().ending == "expired"


def test_a_heartbeat_renews_the_claim(mara):
    claimed = claim_next(actor=mara) if make.case() else None
    with time_machine.travel(now() + timedelta(minutes=14)):
        assert renew(actor=mara, claim_id=claimed.claim_id, seconds_revealed=3) > claimed.expires_at
    with time_machine.travel(now() + timedelta(minutes=16)):
        assert end_expired_claims() == 0


def test_a_lost_claim_says_who_has_the_case_now(mara, nary):
    make.case()
    lost = claim_next(actor=mara)
    with time_machine.travel(now() + timedelta(minutes=16)):
        end_expired_claims()
        claim_next(actor=nary)
        for act in (
            lambda: renew(actor=mara, claim_id=lost.claim_id, seconds_revealed=1),
            lambda: release(actor=mara, claim_id=lost.claim_id),
        ):
            with pytest.raises(ClaimLost, match="now with M-moderator2"):
                act()


def test_an_expired_claim_is_settled_with_what_its_heartbeats_said(mara):
    make.case(exposure=2)
    claimed = claim_next(actor=mara)
    renew(actor=mara, claim_id=claimed.claim_id, seconds_revealed=0)
    with time_machine.travel(now() + timedelta(minutes=16)):
        end_expired_claims()
    entry = ExposureEntry.objects.get()
    assert (entry.seconds_revealed, entry.units) == (0, 13)  # 100 x 0.5 x 0.5 x 0.5, rounded up
    shift = Shift.objects.get()
    assert (shift.spent, shift.reserved) == (13, 0)


@pytest.mark.parametrize(("silent", "seconds"), [(12, 22), (45, 55), (16 * 60, 70)])
def test_a_browser_killed_while_she_looks_counts_the_time_since_its_last_word_up_to_a_minute(
    mara, silent, seconds
):
    make.case(exposure=2)
    claimed = claim_next(actor=mara)
    with time_machine.travel(now() + timedelta(seconds=30), tick=False):
        renew(actor=mara, claim_id=claimed.claim_id, seconds_revealed=10, uncovered=True)
    with time_machine.travel(now() + timedelta(seconds=30 + silent), tick=False):
        if silent > 900:
            end_expired_claims()
        else:
            release(actor=mara, claim_id=claimed.claim_id)
    entry = ExposureEntry.objects.get()
    assert round(entry.seconds_revealed) == seconds
    assert entry.units == units(exposure=2, kind="text", seconds=entry.seconds_revealed, revealed=True)
    assert entry.units > units(exposure=2, kind="text", seconds=10, revealed=True)
    assert Shift.objects.get().reserved == 0


def test_a_page_that_covered_again_or_left_counts_nothing_more(mara):
    make.case(exposure=2)
    claimed = claim_next(actor=mara)
    with time_machine.travel(now() + timedelta(seconds=30), tick=False):
        renew(actor=mara, claim_id=claimed.claim_id, seconds_revealed=10, uncovered=True)
    with time_machine.travel(now() + timedelta(seconds=40), tick=False):
        renew(actor=mara, claim_id=claimed.claim_id, seconds_revealed=14)
    with time_machine.travel(now() + timedelta(minutes=16), tick=False):
        end_expired_claims()
    assert round(ExposureEntry.objects.get().seconds_revealed) == 14


def test_a_page_opened_anew_after_it_was_killed_goes_on_from_what_was_shown(mara):
    make.case(exposure=2)
    claimed = claim_next(actor=mara)
    with time_machine.travel(now() + timedelta(seconds=30), tick=False):
        renew(actor=mara, claim_id=claimed.claim_id, seconds_revealed=10, uncovered=True)
    with time_machine.travel(now() + timedelta(seconds=50), tick=False):
        for _ in range(2):  # opened twice, counted once
            open_again(Claim.objects.get())
    with time_machine.travel(now() + timedelta(seconds=80), tick=False):
        release(actor=mara, claim_id=claimed.claim_id, look=Look(5))
    assert round(ExposureEntry.objects.get().seconds_revealed) == 35


def test_a_page_that_reported_nothing_counts_as_fully_shown(mara):
    make.case(exposure=2)
    claimed = claim_next(actor=mara)
    with time_machine.travel(now() + timedelta(minutes=3)):
        release(actor=mara, claim_id=claimed.claim_id)
    entry = ExposureEntry.objects.get()
    assert (round(entry.seconds_revealed), entry.units, entry.reported) == (180, 150, False)


def test_spans_cannot_exceed_the_time_the_claim_lasted(mara):
    make.case(exposure=2)
    claimed = claim_next(actor=mara)
    release(actor=mara, claim_id=claimed.claim_id, look=Look(9999))
    assert ExposureEntry.objects.get().seconds_revealed < 5


def test_the_database_refuses_a_second_live_claim(mara, nary):
    make.case()
    claim = Claim.objects.get(pk=claim_next(actor=mara).claim_id)
    with pytest.raises(IntegrityError, match="claim_one_live_per_case"), transaction.atomic():
        Claim.objects.create(
            case=claim.case, holder=nary, exposure=0, used_before=0, budget=0, reserved=0,
            started_at=now(), expires_at=now() + timedelta(minutes=1),
        )  # fmt: skip


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
def test_sixteen_moderators_never_share_a_case():
    make.house()
    for _ in range(60):
        make.case()
    moderators = [
        User.objects.create(username=f"m{n}", pseudonym=f"M{n}", roles=["moderator"], languages=["en"])
        for n in range(16)
    ]
    for moderator in moderators:
        start_shift(actor=moderator)

    def drain(moderator):
        taken = []
        while claimed := claim_next(actor=moderator):
            taken.append(claimed.case_id)
            # Barring her keeps the released case away from her, so that the drain ends.
            Barred.objects.create(case_id=claimed.case_id, user=moderator, why="skipped")
            Case.objects.filter(pk=claimed.case_id).update(state="done", closed_at=now())
            Claim.objects.filter(pk=claimed.claim_id).update(ended_at=now(), ending="decided")
        connection.close()
        return taken

    with ThreadPoolExecutor(16) as pool:
        taken = [case for cases in pool.map(drain, moderators) for case in cases]
    assert len(taken) == 60
    assert len(set(taken)) == 60


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
def test_one_moderator_on_many_devices_never_holds_two_cases():
    make.house()
    for _ in range(20):
        make.case()
    mara = User.objects.create(username="mara", pseudonym="M1", roles=["moderator"], languages=["en"])
    start_shift(actor=mara)

    def press_next(_):
        try:
            return claim_next(actor=mara)
        except AlreadyHolding:
            return None
        finally:
            connection.close()

    with ThreadPoolExecutor(16) as pool:
        claims = [claim for claim in pool.map(press_next, range(16)) if claim]
    assert len(claims) == 1
    assert Claim.objects.filter(ended_at=None).count() == 1


def test_signing_out_returns_the_case_and_keeps_the_shift(mara, signed_in):
    case = make.case()
    claim_next(actor=mara)
    response = signed_in(mara).post("/account/logout/")
    assert (response.status_code, response.url) == (302, "/account/login/")
    case.refresh_from_db()
    assert (case.state, Claim.objects.get().ending) == ("waiting", "released")
    assert Shift.objects.get().ended_at is None
