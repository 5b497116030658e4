from datetime import timedelta

import pytest
import time_machine
from django.db import DatabaseError, IntegrityError, transaction
from django.utils.timezone import now

from apps.accounts.keys import issue
from apps.appeals.operations import lodge
from apps.decisions.models import Decision, Enforcement
from apps.decisions.operations import decide, undo
from apps.decisions.verdict import Verdict
from apps.delivery.models import Delivery, Endpoint
from apps.ledger.models import Event
from apps.ledger.operations import drain
from apps.queues.operations import claim_next
from apps.strikes.ladder import STEPS, step
from apps.strikes.models import Strike, Suspension
from apps.strikes.operations import end_suspensions, follow
from apps.strikes.queries import standing_of
from apps.wellbeing.operations import start_shift
from tests import make
from tests.appeals.conftest import FINE, SCAM, decided, hear, later
from tests.appeals.conftest import _house_for_all as _house_for_all
from tests.appeals.conftest import house as house

SUSPENDED = Verdict("violates", ["RG-3"], ["account_suspend"], parameters={"days": 7})


def told(kind):
    return list(Event.objects.filter(kind=kind).order_by("id").values_list("data", flat=True))


def test_a_strike_counts_for_its_time_and_then_no_more(house, moderator):
    decision = decided(by=moderator)
    strike = Strike.objects.get()
    assert (strike.author, strike.decision, strike.rule_code) == (decision.item.author, decision, "AU-4")
    assert strike.expires_at - strike.given_at == timedelta(
        days={1: 30, 2: 60, 3: 90, 4: 180, 5: 365}[strike.severity]
    )
    assert len(standing_of(decision.item.author).strikes) == 1
    with time_machine.travel(strike.expires_at + timedelta(seconds=1)):
        assert standing_of(decision.item.author).strikes == []
    follow(list(Event.objects.filter(kind__startswith="enforcement.")))  # handed over again
    assert Strike.objects.count() == 1
    assert len(told("strike.given")) == 1


def test_reversal_restores_exactly_what_was_taken(house, moderator, senior):
    other = decided(by=moderator)
    kept = Strike.objects.get()
    other_author = other.item.author
    case = make.case(queue="fraud", item=make.item(author=other_author))
    with time_machine.travel(now() - timedelta(seconds=40), tick=True):
        claim = claim_next(actor=moderator)
        assert claim.case_id == case.pk
        made = decide(actor=moderator, claim_id=claim.claim_id, verdict=SCAM)
    drain()
    assert len(standing_of(other_author).strikes) == 2
    lodge(decision_id=made.decision_id, by="author", statement="A joke.")
    heard = hear(senior, FINE)
    assert [one.pk for one in standing_of(other_author).strikes] == [kept.pk]
    lifted = Strike.objects.exclude(pk=kept.pk).get()
    assert (lifted.lifted_by.decision, lifted.lifted_by.reverses) == (heard, lifted.enforcement)
    assert len(told("strike.lifted")) == 1


def test_what_is_taken_back_within_ten_seconds_never_was_a_strike(house, moderator):
    make.case(queue="fraud")
    start_shift(actor=moderator)
    made = decide(actor=moderator, claim_id=claim_next(actor=moderator).claim_id, verdict=SCAM)
    undo(actor=moderator, decision_id=made.decision_id)
    with later(seconds=15):
        drain()
    assert not Strike.objects.exists()
    assert told("strike.given") == []


def test_what_only_a_law_forbids_gives_no_strike(house, moderator):
    decision = decided(by=moderator)
    enforcement = Enforcement.objects.get(action="strike")
    fields = {name.attname: getattr(decision, name.attname) for name in Decision._meta.concrete_fields}
    for name in ("id", "supersedes_id"):
        fields.pop(name)
    law = Decision.objects.create(**{**fields, "ground": "legal_only", "demo": True})
    ordered = Enforcement.objects.create(
        decision=law, item=decision.item, action="strike", due_at=now(), detection_source="user_report"
    )
    follow(
        [
            Event(
                kind="enforcement.due",
                data={"enforcement": ordered.pk, "decision": law.pk, "action": "strike"},
            )
        ]
    )
    assert [one.enforcement for one in Strike.objects.all()] == [enforcement]
    with pytest.raises(IntegrityError, match="strike_is_never_for_law_alone"), transaction.atomic():
        Strike.objects.create(
            author=decision.item.author, decision=law, enforcement=ordered, rule_code="LG-1", severity=3,
            given_at=now(), expires_at=now() + timedelta(days=1),
        )  # fmt: skip


def test_a_suspension_ends_by_itself_and_the_platform_is_told_once(house, moderator):
    Endpoint.objects.create(
        name="platform", url="https://platform.example/hook", secret="whsec_x", kinds=["suspension.ended"]
    )
    decision = decided(by=moderator, verdict=SUSPENDED)
    suspension = Suspension.objects.get()
    assert suspension.ends_at - suspension.starts_at == timedelta(days=7)
    assert end_suspensions() == 0
    with later(days=8):
        assert (end_suspensions(), end_suspensions()) == (1, 0)
        drain()
    suspension.refresh_from_db()
    assert suspension.ending == "ran_out"
    data = Delivery.objects.get(kind="suspension.ended").payload["data"]
    assert (data["decision_id"], data["account"]["external_id"]) == (
        decision.pk,
        decision.item.author.external_id,
    )


def test_a_reversed_suspension_is_over_at_once_and_does_not_end_again(house, moderator, senior):
    decision = decided(by=moderator, verdict=SUSPENDED)
    lodge(decision_id=decision.pk, by="author", statement="No.")
    hear(senior, FINE)
    assert Suspension.objects.get().ending == "reversed"
    with later(days=8):
        assert end_suspensions() == 0
    assert [data["ending"] for data in told("suspension.ended")] == ["reversed"]


def test_strikes_and_suspensions_are_never_rewritten(house, moderator):
    decided(by=moderator)
    for change in ({"severity": 1}, {"expires_at": now() + timedelta(days=999)}):
        with pytest.raises(DatabaseError, match="strike_changes_only"), transaction.atomic():
            Strike.objects.update(**change)
    with pytest.raises(DatabaseError, match="strike_changes_only"), transaction.atomic():
        Strike.objects.all()._raw_delete("default")


def test_measures_grow_by_steps_and_nothing_comes_before_a_warning():
    assert step(0) is None
    assert [step(n).strikes for n in (1, 2, 3, 4, 5, 9)] == [1, 2, 3, 4, 5, 5]
    assert STEPS[0].action == ""
    assert [one.days for one in STEPS if one.action == "account_suspend"] == [7, 30]


def test_the_pages_and_the_api_tell_how_an_account_stands(client, signed_in, house, moderator):
    decision = decided(by=moderator, verdict=SCAM)
    author = decision.item.author
    page = signed_in("senior").get(f"/strikes/accounts/{author.pk}/").content.decode()
    assert "AU-4" in page
    assert "This brings a warning." in page
    assert "A post somebody reported" not in page
    key = issue(name="platform", scopes=["read"])
    answer = client.get(
        f"/api/v1/accounts/test/{author.external_id}", headers={"Authorization": f"Bearer {key}"}
    ).json()
    assert [one["rule"] for one in answer["strikes"]] == ["AU-4"]
    assert answer["suspensions"] == []
