from datetime import timedelta

import pytest
import time_machine
from django.utils.timezone import now

from apps.decisions.models import Decision, Enforcement
from apps.decisions.operations import decide, undo
from apps.decisions.verdict import Verdict
from apps.queues.operations import claim_next
from apps.wellbeing.exposure import Look
from apps.wellbeing.operations import start_shift
from tests import make
from tests.doors.programs import ITEM, Program, refused, rows

SCAM = Verdict(
    outcome="violates", rules=["AU-4"], actions=["remove"], explanation="Fake.", private_note="I know him."
)
LATER = timedelta(seconds=30)


@pytest.fixture
def reader(db):
    make.house()
    return Program("read", "enforce")


@pytest.fixture
def mara(reader, moderator):
    start_shift(actor=moderator)
    return moderator


def decided(mara, verdict=SCAM):
    case = make.case(queue="fraud")
    decide(actor=mara, claim_id=claim_next(actor=mara).claim_id, verdict=verdict, look=Look(4))
    return case.item


def address(item):
    return f"/items/{item.source}/{item.external_id}"


def test_an_items_state_names_its_open_cases(reader):
    case = make.case(queue="fraud")
    state = reader.get(address(case.item)).json()
    assert (state["item_id"], state["kind"], state["revision"], state["views"]) == (
        case.item_id,
        "text",
        1,
        None,
    )
    assert [(one["case_id"], one["purpose"], one["state"], one["queue"]) for one in state["open_cases"]] == [
        (case.pk, "review", "waiting", "fraud")
    ]
    assert state["decisions"] == []


def test_an_items_state_names_the_decisions_in_force_once_they_are_final(reader, mara):
    item = decided(mara)
    assert reader.get(address(item)).json()["decisions"] == []
    with time_machine.travel(now() + LATER):
        state = reader.get(address(item)).json()
    assert state["open_cases"] == []
    (decision,) = state["decisions"]
    assert (decision["outcome"], decision["rules"], decision["actions"]) == ("violates", ["AU-4"], ["remove"])
    assert [one["action"] for one in decision["enforcements"]] == ["remove"]
    assert decision["explanation"] == "Fake."


def test_a_decision_taken_back_is_nowhere(reader, mara):
    item = decided(mara)
    undo(actor=mara, decision_id=Decision.objects.get().pk)
    with time_machine.travel(now() + LATER):
        assert reader.get(address(item)).json()["decisions"] == []
        assert reader.get("/decisions").json() == {"decisions": [], "next": "0"}


def test_who_decided_and_private_notes_leave_nowhere(reader, mara):
    item = decided(mara)
    with time_machine.travel(now() + LATER):
        said = reader.get(address(item)).content.decode() + reader.get("/decisions").content.decode()
    for secret in ("I know him", mara.username, mara.pseudonym, "decider", "private"):
        assert secret not in said


def test_an_id_may_hold_slashes(reader):
    item = make.item(external_id="at://did:plc:x/app.post/3k")
    assert reader.get(f"/items/test/{item.external_id}").json()["external_id"] == item.external_id


def test_an_item_nobody_sent_is_not_found(reader):
    assert refused(reader.get("/items/demo/nobody"), 404, "not_found") == ("No such item has been sent.", {})


def test_the_log_is_read_page_by_page_and_goes_on_where_it_ended(reader, mara):
    for _ in range(3):
        decided(mara)
    ids = sorted(Decision.objects.values_list("id", flat=True))
    with time_machine.travel(now() + LATER):
        first = reader.get("/decisions?limit=2").json()
        second = reader.get(f"/decisions?limit=2&after={first['next']}").json()
        third = reader.get(f"/decisions?after={second['next']}").json()
    assert [[one["decision_id"] for one in page["decisions"]] for page in (first, second, third)] == [
        ids[:2],
        ids[2:],
        [],
    ]
    assert third["next"] == second["next"] == str(ids[2])


@pytest.mark.parametrize("count", [1, 20])
def test_a_page_of_the_log_costs_the_same_however_long(reader, mara, count, django_assert_num_queries):
    for _ in range(count):
        decided(mara)
    with time_machine.travel(now() + LATER):
        reader.get("/decisions")
        with django_assert_num_queries(3):  # decisions, their enforcements, their notices
            assert len(reader.get("/decisions").json()["decisions"]) == count


@pytest.mark.parametrize(
    ("query", "field", "reason"),
    [
        ("after=x", "after", "Send the value of `next` of the page before."),
        ("after=-1", "after", "Send the value of `next` of the page before."),
        ("limit=0", "limit", "This must be at least 1."),
        ("limit=501", "limit", "This must be at most 500."),
    ],
)
def test_a_page_that_cannot_be_is_refused(reader, query, field, reason):
    assert refused(reader.get(f"/decisions?{query}"), 422, "invalid")[1] == {field: reason}


def test_the_platform_says_when_an_enforcement_took_effect(reader, mara):
    decided(mara)
    enforcement = Enforcement.objects.get()
    at = (now() - timedelta(seconds=1)).isoformat()
    answer = reader.post(f"/enforcements/{enforcement.pk}/effective", {"at": at, "views": 0})
    assert (answer.status_code, answer.content) == (204, b"")
    enforcement.refresh_from_db()
    assert (enforcement.effective_at.isoformat(), enforcement.views_at_effect) == (at, 0)
    assert reader.post(f"/enforcements/{enforcement.pk}/effective", {"at": at, "views": 0}).status_code == 204
    before = rows()
    other = reader.post(f"/enforcements/{enforcement.pk}/effective", {"at": at, "views": 9})
    refused(other, 409, "already_in_effect")
    enforcement.refresh_from_db()
    assert (enforcement.views_at_effect, rows()) == (0, before)


def test_unknown_views_stay_unknown(reader, mara):
    decided(mara)
    enforcement = Enforcement.objects.get()
    reader.post(
        f"/enforcements/{enforcement.pk}/effective", {"at": now().isoformat()}, **{"Idempotency-Key": "k"}
    )
    enforcement.refresh_from_db()
    assert enforcement.effective_at is not None
    assert enforcement.views_at_effect is None


def test_an_enforcement_that_is_not_there_is_not_found(reader):
    refused(reader.post("/enforcements/404/effective", {"at": now().isoformat()}), 404, "not_found")


def test_an_effect_without_a_moment_is_refused(reader, mara):
    decided(mara)
    path = f"/enforcements/{Enforcement.objects.get().pk}/effective"
    assert refused(reader.post(path, {}), 422, "invalid")[1] == {"at": "This is required."}
    assert refused(reader.post(path, {"at": "2999-01-01T00:00:00Z"}), 422, "invalid")[1] == {
        "at": "This moment lies in the future."
    }
    assert Enforcement.objects.get().effective_at is None


def test_the_numbers_of_the_dashboard_can_be_read(reader):
    make.case(queue="fraud")
    numbers = reader.get("/stats").json()
    assert {"totals", "queues"} <= numbers.keys()
    assert ITEM["external_id"] not in str(numbers)
