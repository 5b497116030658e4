"""What the platform is told of, and of what it never is."""

import json
from datetime import timedelta

import pytest
import time_machine
from django.utils.timezone import now

from apps.accounts.models import User
from apps.decisions.models import Decision, Enforcement
from apps.decisions.operations import decide, undo
from apps.decisions.verdict import Verdict
from apps.delivery.handlers import announce_outside
from apps.delivery.models import Delivery
from apps.delivery.operations import add_endpoint, set_active
from apps.intake.models import Item
from apps.ledger.models import Event
from apps.ledger.operations import drain
from apps.queues.operations import refresh_cases
from tests import make
from tests.detectors.conftest import answer
from tests.detectors.test_osprey import MAP, RESULT
from tests.detectors.test_osprey_api import send
from tests.doors.programs import Program

SCAM = Verdict(
    outcome="violates",
    rules=["AU-4"],
    actions=["remove", "strike"],
    explanation="Fake investment, says Mara.",
    private_note="I know this one.",
)
FINE = Verdict(outcome="no_violation")


@pytest.fixture
def decided(mara, take, endpoint):
    """`decided(verdict)`: a reported case of hers decided so; the decision."""

    def decide_one(verdict=SCAM, case=None, **fields):
        case = case or make.case(queue="fraud", **fields)
        make.report(case.item, by="an-angry-neighbour")
        made = decide(actor=mara, claim_id=take(mara), verdict=verdict)
        return Decision.objects.get(pk=made.decision_id)

    return decide_one


@pytest.fixture
def later(keep_up):
    """Eleven seconds on, when nothing can be taken back any more."""

    def go_on():
        with time_machine.travel(now() + timedelta(seconds=11)):
            keep_up()

    return go_on


def payloads(kind):
    return [one.payload for one in Delivery.objects.filter(kind=kind).order_by("id")]


def test_a_decision_is_announced_once_it_can_no_longer_be_taken_back(decided, keep_up, later):
    decided()
    keep_up()
    assert Delivery.objects.exists() is False
    later()
    assert sorted(Delivery.objects.values_list("kind", flat=True)) == [
        "decision.made",
        "enforcement.due",
        "enforcement.due",
    ]


def test_it_says_what_was_decided_and_by_which_wording_of_which_rule(decided, later, settings):
    settings.PUBLIC_URL = "https://review.example"
    decision = decided()
    later()
    (payload,) = payloads("decision.made")
    event = Event.objects.get(kind="decision.made")
    assert (payload["type"], payload["event_id"]) == ("decision.made", event.pk)
    assert payload["occurred_at"] == event.occurred_at.isoformat()
    data = payload["data"]
    number = decision.guideline_version.number
    assert data["decision_id"] == decision.pk
    assert data["item"] == {"source": "test", "external_id": decision.item.external_id, "revision": 1}
    assert data["outcome"] == "violates"
    assert [(rule["code"], rule["guideline_version"], rule["url"]) for rule in data["rules"]] == [
        ("AU-4", number, f"https://review.example/community-guidelines/versions/{number}/rules/AU-4/")
    ]
    assert [(one["action"], one["parameters"]["target"]) for one in data["actions"]] == [
        ("remove", "item"),
        ("strike", "account"),
    ]
    assert {notice["audience"] for notice in data["notices"]} == {"author", "reporter"}
    assert all("AU-4" in notice["text"] for notice in data["notices"])
    assert (data["automated_detection"], data["automated_decision"]) == (False, "not_automated")
    assert data["supersedes"] is None


def test_it_never_says_who_decided_who_reported_or_what_was_noted_privately(decided, mara, later):
    decided()
    later()
    said = json.dumps([one.payload for one in Delivery.objects.all()])
    mara = User.objects.get(pk=mara.pk)
    secrets = [mara.username, mara.pseudonym, "I know this one", "says Mara", "an-angry-neighbour", "decider"]
    assert [secret for secret in secrets if secret in said] == []


def test_a_decision_taken_back_is_never_announced(decided, mara, later):
    undo(actor=mara, decision_id=decided().pk)
    later()
    assert Delivery.objects.exists() is False


def test_what_waits_for_a_second_person_is_not_announced(decided, later):
    terminate = Verdict(outcome="violates", rules=["AU-2"], actions=["account_terminate"])
    assert decided(terminate).held is True
    later()
    assert Delivery.objects.exists() is False


def test_not_being_sure_is_not_announced(decided, later):
    decided(Verdict(outcome="unsure"))
    later()
    assert Delivery.objects.exists() is False


def test_a_decision_that_replaces_an_announced_one_says_so(decided, mara, later):
    first = decided()
    later()
    make.report(first.item, by="trusted", trusted=True)
    refresh_cases([first.item_id])
    second = decided(FINE, case=first.item.cases.latest("id"))
    later()
    (superseded,) = payloads("decision.superseded")
    assert superseded["data"]["decision_id"] == first.pk
    assert superseded["data"]["superseded_by"]["decision_id"] == second.pk
    assert payloads("decision.made")[-1]["data"]["supersedes"] == first.pk
    reversed_ = payloads("enforcement.reversed")
    ordered = dict(Enforcement.objects.filter(decision=first).values_list("action", "id"))
    assert {one["data"]["action"]: one["data"]["reverses"] for one in reversed_} == ordered


def test_a_decision_that_replaces_only_an_undone_one_replaces_nothing(decided, mara, take, later):
    first = decided()
    undo(actor=mara, decision_id=first.pk)
    from apps.queues.models import Claim

    claim = Claim.objects.get(holder=mara, ended_at=None).pk
    decide(actor=mara, claim_id=claim, verdict=FINE)
    later()
    assert payloads("decision.superseded") == []
    assert [one["data"]["supersedes"] for one in payloads("decision.made")] == [None]


def test_what_is_to_be_done_names_the_enforcement_to_confirm_and_the_account_it_is_about(decided, later):
    decision = decided()
    later()
    remove, strike = (payload["data"] for payload in payloads("enforcement.due"))
    assert (remove["action"], remove["decision_id"]) == ("remove", decision.pk)
    assert remove["enforcement_id"] == Enforcement.objects.get(action="remove").pk
    assert "account" not in remove
    assert strike["account"] == {"source": "test", "external_id": decision.item.author.external_id}


def test_an_endpoint_is_told_only_of_what_it_asked_for(decided, later):
    add_endpoint(actor=None, name="Only decisions", url="https://x.example/", kinds=["decision.made"])
    decided()
    later()
    told = Delivery.objects.filter(endpoint__name="Only decisions").values_list("kind", flat=True)
    assert list(told) == ["decision.made"]


def test_a_paused_endpoint_is_owed_nothing_new(decided, endpoint, admin, later):
    set_active(endpoint, active=False, actor=admin)
    decided()
    later()
    assert Delivery.objects.exists() is False


def test_a_rules_engine_finds_its_action_in_the_message_and_nothing_elsewhere(mara, endpoint, decided, later):
    decided()
    send(Program("ingest"), {"mapping": MAP}, RESULT, {**RESULT, "__action_id": 7013})
    drain()
    made = answer(mara, Item.objects.get(external_id="55"), FINE)
    later()
    plain, flagged = payloads("decision.made")
    assert "engine_action" not in plain["data"]
    action = flagged["data"]["engine_action"]
    assert set(action) == {"send_time", "data"}
    assert (action["data"]["action_id"], action["data"]["action_name"]) == (made.pk, "human_decision")
    told = action["data"]["data"]
    assert (told["external_id"], told["outcome"], told["reviewed_action_ids"]) == (
        "55",
        "no_violation",
        [7012, 7013],
    )
    with time_machine.travel(now() + timedelta(seconds=40)):
        [asked] = Program("read").get("/osprey/actions").json()["actions"]
    assert asked == action


def test_announcing_an_event_again_owes_nothing_new(decided, later):
    decided()
    later()
    before = Delivery.objects.count()
    announce_outside(list(Event.objects.filter(kind__in=["decision.made", "enforcement.due"])))
    assert Delivery.objects.count() == before == 3


@pytest.mark.parametrize("n", [1, 10])
def test_a_batch_is_announced_in_the_same_number_of_queries_whatever_its_size(
    decided, n, django_assert_num_queries
):
    for _ in range(n):
        decided()
    events = list(Event.objects.filter(kind__in=["decision.made", "enforcement.due"]))
    # savepoints, endpoints, undo lock, withdrawn, decisions with three prefetches, chain, enforcements,
    # flags of a rules engine, insert
    with django_assert_num_queries(13):
        announce_outside(events)
