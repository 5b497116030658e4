"""The desk over HTTP: what each door answers, and what it costs."""

from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse
from django.utils.timezone import now

from apps.decisions.models import Decision
from apps.ledger.models import Event
from apps.queues.models import Case, Claim
from apps.queues.operations import claim_next, settle_owed
from apps.wellbeing.models import ExposureEntry, Shift, VeilFloor
from apps.wellbeing.operations import end_break, start_shift
from tests import make

HTMX = {"HX-Request": "true"}


@pytest.fixture
def mara(db, moderator):
    make.house()
    start_shift(actor=moderator)
    return moderator


@pytest.fixture
def desk(mara, signed_in):
    return signed_in(mara)


def holds(mara) -> Claim:
    return Claim.objects.get(pk=claim_next(actor=mara).claim_id)


def test_the_answer_to_a_decision_holds_the_next_case(mara, desk):
    first, second = make.case(priority=5), make.case()
    claim = holds(mara)
    answer = desk.post(f"/desk/claims/{claim.pk}/decide", {"outcome": "not", "spans": "[]"}, headers=HTMX)
    assert answer.status_code == 200
    assert f'data-case="{second.pk}"' in answer.content.decode()
    first.refresh_from_db()
    assert first.state == "done"


def test_a_plain_form_gets_a_redirect_and_a_fixed_half_hour(mara, desk):
    make.case()
    assert desk.post("/desk/next").headers["Location"] == reverse("desk")
    claim = Claim.objects.get()
    assert (claim.expires_at - claim.started_at).total_seconds() == 1800


@pytest.mark.parametrize("htmx", [True, False])
def test_a_refused_decision_says_why_keeps_what_was_typed_and_changes_nothing(mara, desk, htmx):
    make.case()
    claim = holds(mara)
    events = Event.objects.count()
    answer = desk.post(
        f"/desk/claims/{claim.pk}/decide",
        {"outcome": "violates", "explanation": "Typed with care."},
        headers=HTMX if htmx else {},
    )
    page = answer.content.decode()
    assert answer.status_code == (200 if htmx else 422)  # htmx swaps only good answers
    assert "Choose the rule it breaks" in page
    assert "Typed with care." in page
    assert (Decision.objects.count(), Event.objects.count(), Case.objects.get().state) == (
        0,
        events,
        "claimed",
    )


@pytest.mark.parametrize("door", ["decide", "skip", "escalate", "release", "show"])
def test_the_case_of_another_is_lost_to_her_and_untouched(mara, desk, senior, door):
    make.case()
    start_shift(actor=senior)
    claim = holds(senior)
    events = Event.objects.count()
    answer = desk.post(f"/desk/claims/{claim.pk}/{door}", {"outcome": "not", "note": "x"})
    assert answer.status_code == 409
    assert "This case is no longer yours" in answer.content.decode()
    claim.refresh_from_db()
    assert (claim.ended_at, Event.objects.count(), Decision.objects.count()) == (None, events, 0)


GONE = {
    "skip": ({}, "Skipped. Somebody else gets it, and it does not come to you again."),
    "escalate": ({"note": "A candidate?"}, "Escalated. Someone senior gets it, with your note."),
    "release": ({}, "Put back. It waits in its queue, for you as for anybody."),
}


@pytest.mark.parametrize("htmx", [True, False])
@pytest.mark.parametrize("door", GONE)
def test_what_became_of_a_case_she_gave_away_is_told(mara, desk, door, htmx):
    make.case()
    claim = holds(mara)
    sent, words = GONE[door]
    answer = desk.post(f"/desk/claims/{claim.pk}/{door}", sent, headers=HTMX if htmx else {}, follow=not htmx)
    page = answer.content.decode()
    assert words in page
    assert "Your desk is clear" in page
    assert words not in desk.get("/desk/").content.decode()


def test_a_break_of_her_own_ends_when_she_likes_and_one_that_was_due_says_when(mara, desk):
    desk.post("/desk/break/start")
    hers = desk.get("/desk/").content.decode()
    assert "Come back whenever you like" in hers
    assert '<button class="button" type="submit" data-code="KeyS">Back to work' in hers
    desk.post("/desk/break/end")
    Shift.objects.update(started_at=now() - timedelta(minutes=100), rested_at=now() - timedelta(minutes=100))
    desk.post("/desk/break/start")
    due = desk.get("/desk/").content.decode()
    assert "Come back whenever you like" not in due
    button = due[due.index("/desk/break/end") : due.index("Back to work")]
    assert "disabled data-from=" in button  # the page lets her press it at that second


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"7", b'{"spans": "x"}', b'{"spans": [{"from_ms": 5, "to_ms": 1}]}']
)
def test_a_heartbeat_that_cannot_be_read_still_keeps_the_case(mara, desk, body):
    make.case()
    claim = holds(mara)
    answer = desk.post(f"/desk/claims/{claim.pk}/heartbeat", body, content_type="application/json")
    assert (answer.status_code, answer.json()["lost"]) == (200, False)


@pytest.mark.parametrize(
    ("said", "uncovered"),
    [({"open": True}, True), ({"open": False}, False), ({}, False), ({"open": "yes"}, False), ({"open": 1}, False)],
)  # fmt: skip
def test_a_heartbeat_says_whether_something_lies_uncovered(mara, desk, said, uncovered):
    make.case()
    claim = holds(mara)
    Claim.objects.update(uncovered_at=claim.started_at)
    body = {"spans": [{"block": "text:item", "from_ms": 0, "to_ms": 4000}]} | said
    assert (
        desk.post(f"/desk/claims/{claim.pk}/heartbeat", body, content_type="application/json").status_code
        == 200
    )
    claim.refresh_from_db()
    assert claim.seconds_revealed == 4
    assert (claim.uncovered_at is not None and claim.uncovered_at > claim.started_at) == uncovered
    assert (claim.uncovered_at is None) != uncovered


def test_a_heartbeat_on_a_lost_case_says_so(mara, desk):
    make.case()
    claim = holds(mara)
    desk.post(f"/desk/claims/{claim.pk}/release")
    answer = desk.post(f"/desk/claims/{claim.pk}/heartbeat", b"{}", content_type="application/json")
    assert (answer.status_code, answer.json()["lost"]) == (409, True)


def test_the_desk_costs_the_same_however_much_waits(mara, desk, django_assert_max_num_queries):
    make.case()
    holds(mara)
    desk.get("/desk/")
    costs = []
    for more in (1, 49):
        for _ in range(more):
            make.case()
        with django_assert_max_num_queries(16) as asked:
            assert desk.get("/desk/").status_code == 200
        costs.append(len(asked.captured_queries))
    assert costs[0] == costs[1]


def test_stopping_now_returns_the_case_and_never_says_why(mara, desk):
    case = make.case()
    holds(mara)
    assert desk.post("/desk/stop", headers=HTMX).status_code == 200
    case.refresh_from_db()
    assert case.state == "waiting"
    shift = Shift.objects.get()
    assert shift.break_started_at is not None
    assert Claim.objects.get().ending == "released"
    end_break(actor=mara)
    assert claim_next(actor=mara) is None
    said = Event.objects.filter(case_id=case.pk, private=False).values_list("kind", "data")
    assert all("skip" not in f"{kind}{data}" and "stop" not in f"{kind}{data}" for kind, data in said)


# Where wellbeing cannot be read


@pytest.fixture
def renamed(db):
    """`renamed("wellbeing_shift")`: the table is away until called again."""

    def turn(table: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT to_regclass(%s) IS NULL", [table])
            away = cursor.fetchone()[0]
            cursor.execute(
                f"ALTER TABLE {table}_away RENAME TO {table}"
                if away
                else f"ALTER TABLE {table} RENAME TO {table}_away"
            )

    return turn


def test_a_case_decided_while_shifts_cannot_be_read_is_decided_and_its_exposure_counted_later(
    mara, desk, renamed
):
    heavy, light = make.case(exposure=3, priority=90), make.case(exposure=1)
    Shift.objects.update(started_at=now() - timedelta(minutes=30))  # past its gentle start
    claim = holds(mara)
    renamed("wellbeing_shift")
    page = desk.get("/desk/").content.decode()
    assert f'data-case="{heavy.pk}"' in page
    assert "Your account of exposure cannot be read just now." in page
    answer = desk.post(f"/desk/claims/{claim.pk}/decide", {"outcome": "not", "spans": "[]"}, headers=HTMX)
    assert (answer.status_code, f'data-case="{light.pk}"' in answer.content.decode()) == (200, True)
    assert Decision.objects.get().case == heavy
    claim.refresh_from_db()
    assert (claim.owed, claim.ending, ExposureEntry.objects.count()) == (True, "decided", 0)
    following = Claim.objects.get(ended_at=None)
    assert (following.case, following.owed, following.shift_id) == (light, True, None)
    desk.post(f"/desk/claims/{following.pk}/release", {"spans": "[]"}, headers=HTMX)

    renamed("wellbeing_shift")
    assert settle_owed() == 2
    shift = Shift.objects.get(user=mara)
    assert (shift.reserved, shift.high_run, ExposureEntry.objects.filter(shift=shift).count()) == (0, 1, 2)


def test_while_shifts_cannot_be_read_the_desk_says_so_and_nothing_heavy_comes(mara, desk, renamed):
    make.case(exposure=2)
    renamed("wellbeing_shift")
    assert "Only light cases for the moment" in desk.get("/desk/").content.decode()
    answer = desk.post("/desk/next", headers=HTMX).content.decode()
    assert "No light case is waiting." in answer
    assert not Claim.objects.exists()


def test_stopping_works_while_shifts_cannot_be_read(mara, desk, renamed):
    case = make.case()
    claim = holds(mara)
    renamed("wellbeing_shift")
    assert desk.post("/desk/stop").status_code == 200
    claim.refresh_from_db()
    case.refresh_from_db()
    assert (claim.ending, claim.owed, case.state) == ("released", True, "waiting")


def test_where_veils_cannot_be_read_everything_is_covered_as_strictly_as_can_be(mara, desk, renamed):
    VeilFloor.objects.get_or_create(exposure=0, defaults={"reason": "For the test."})
    make.case(exposure=0)
    holds(mara)
    assert '<rq-veil veiled data-exposure="0"' not in desk.get("/desk/").content.decode()
    renamed("wellbeing_veilfloor")
    assert '<rq-veil veiled data-exposure="0"' in desk.get("/desk/").content.decode()


def test_a_failure_that_has_nothing_to_do_with_wellbeing_is_not_passed_over(mara, desk, renamed):
    make.case()
    claim = holds(mara)
    renamed("decisions_notice")
    desk.raise_request_exception = False
    assert desk.post(f"/desk/claims/{claim.pk}/decide", {"outcome": "not", "spans": "[]"}).status_code >= 500
    claim.refresh_from_db()
    assert (claim.ended_at, claim.owed, Decision.objects.exists()) == (None, False, False)
