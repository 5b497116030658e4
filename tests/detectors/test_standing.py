"""Who only looks on, and from which score on a detector counts."""

import threading

import pytest
from django.db import IntegrityError, connection, transaction

from apps.detectors.errors import ProposedAlready, SecondPersonNeeded, SettledAlready
from apps.detectors.models import Mode, ThresholdChange
from apps.detectors.operations import propose_threshold, set_mode, settle_threshold, withdraw_threshold
from apps.detectors.queries.standing import threshold_in_force
from apps.errors import NotAllowed
from apps.ledger.models import Event
from apps.ledger.operations import drain
from apps.queues.models import Case
from tests import make
from tests.conftest import person
from tests.detectors.conftest import flag_of, flagged

pytestmark = pytest.mark.django_db


def propose(actor, threshold=0.5, **more) -> ThresholdChange:
    named = {
        "detector": "net",
        "version": "1",
        "rule_code": "AU-4",
        "reason": "Too much slips by.",
        "preview": {},
    }
    return propose_threshold(actor=actor, threshold=threshold, **(named | more))


def test_a_shadow_scores_and_opens_nothing(house, supervisor):
    set_mode(actor=supervisor, detector="net", version="2", shadow=True, reason="On trial.")
    looked_on, counted = flagged("a", 0.99, version="2"), flagged("b", 0.99)
    drain()
    assert list(Case.objects.values_list("item_id", flat=True)) == [counted.pk]
    flag = flag_of(looked_on)
    assert (flag.shadow, flag.over_threshold, flag.scores[0]["score"]) == (True, False, 0.99)
    assert flag_of(counted).shadow is False
    set_mode(actor=supervisor, detector="net", version="2", shadow=False, reason="It proved itself.")
    later = flagged("c", 0.99, version="2")
    drain()
    assert Case.objects.filter(item=later).exists()
    assert not Case.objects.filter(item=looked_on).exists()


def test_a_shadow_changes_nothing_about_a_case_that_is_there(house, supervisor):
    set_mode(actor=supervisor, detector="net", version="", shadow=True, reason="On trial.")
    set_mode(actor=supervisor, detector="net", version="1", shadow=False, reason="This one counts.")
    item = flagged("a", 0.9)
    drain()
    before = Case.objects.values("priority", "severity", "rule_codes", "rank").get(item=item)
    flagged("a", 1.0, version="2", rule="VX-1")
    drain()
    assert Case.objects.values("priority", "severity", "rule_codes", "rank").get(item=item) == before


def test_the_moderator_does_not_see_what_a_shadow_said(house, supervisor, signed_in):
    set_mode(actor=supervisor, detector="apprentice", version="", shadow=True, reason="On trial.")
    item = flagged("a", 0.9)
    flagged("a", 0.91, detector="apprentice", rule="VX-1")
    drain()
    client = signed_in("moderator")
    client.post("/desk/shift/start")
    client.post("/desk/next", headers={"HX-Request": "true"})
    assert Case.objects.get(item=item).state == "claimed"
    page = client.get("/desk/").content.decode()
    assert "Get rich now" in page
    assert "apprentice" not in page
    assert (
        "apprentice"
        not in signed_in("senior").get(f"/cases/{Case.objects.get(item=item).pk}/").content.decode()
    )


def test_an_approved_threshold_takes_the_place_of_the_one_sent(house, supervisor, policy):
    flagged("first", 0.2)
    drain()
    change = propose(policy, 0.5)
    waiting = flagged("b", 0.6)
    drain()
    assert not Case.objects.filter(item=waiting).exists(), "proposed is not approved"
    settle_threshold(actor=supervisor, change_id=change.pk, approve=True)
    item = flagged("c", 0.6)
    drain()
    assert flag_of(item).scores == [{"rule": "AU-4", "score": 0.6, "threshold": 0.5, "sent": 0.7}]
    assert list(Case.objects.values_list("item_id", flat=True)) == [item.pk]
    assert flag_of(flagged("d", 0.6, version="2")).over_threshold is False, "another version, another scale"
    again = propose(supervisor, 0.65, reason="Too many.")
    assert again.before == 0.5
    settle_threshold(actor=policy, change_id=again.pk, approve=True)
    assert list(ThresholdChange.objects.order_by("id").values_list("number", "threshold")) == [
        (1, 0.5),
        (2, 0.65),
    ]
    assert threshold_in_force("net", "1", "AU-4") == 0.65
    told = Event.objects.filter(kind__startswith="detector.").order_by("id").values_list("kind", "actor_id")
    assert list(told) == [
        ("detector.threshold_proposed", policy.pk),
        ("detector.threshold_approved", supervisor.pk),
        ("detector.threshold_proposed", supervisor.pk),
        ("detector.threshold_approved", policy.pk),
    ]


def test_nobody_approves_her_own_and_what_is_settled_stays(house, supervisor, policy, moderator):
    flagged("a", 0.2)
    drain()
    change = propose(policy)
    with pytest.raises(ProposedAlready):
        propose(supervisor, 0.4)
    for actor, refusal in ((policy, SecondPersonNeeded), (moderator, NotAllowed)):
        with pytest.raises(refusal):
            settle_threshold(actor=actor, change_id=change.pk, approve=True)
    with pytest.raises(NotAllowed):
        withdraw_threshold(actor=supervisor, change_id=change.pk)
    assert threshold_in_force("net", "1", "AU-4") is None
    settle_threshold(actor=supervisor, change_id=change.pk, approve=False, because="Not in this week.")
    change.refresh_from_db()
    assert (change.state, change.number, change.settled_because) == ("refused", None, "Not in this week.")
    for again in (
        lambda: settle_threshold(actor=supervisor, change_id=change.pk, approve=True),
        lambda: withdraw_threshold(actor=policy, change_id=change.pk),
    ):
        with pytest.raises(SettledAlready):
            again()
    withdraw_threshold(actor=policy, change_id=propose(policy).pk)
    assert threshold_in_force("net", "1", "AU-4") is None


def test_the_database_keeps_what_was_said(house, supervisor, policy):
    flagged("a", 0.2)
    drain()
    set_mode(actor=supervisor, detector="net", version="", shadow=True, reason="On trial.")
    change = propose(policy)
    table = "detectors_thresholdchange"
    for name, statement in {
        "threshold_is_settled_by_a_second_person": f"UPDATE {table} SET state='approved', number=1, settled_at=now(), "
        f"settled_by_id={policy.pk}",
        "threshold_change_is_settled_once": f"UPDATE {table} SET threshold = 0.1",
        "threshold_approved_has_a_number": f"UPDATE {table} SET state='approved', settled_at=now(), "
        f"settled_by_id={supervisor.pk}",
        "threshold_settled_has_a_time": f"UPDATE {table} SET state='approved', number=1, settled_by_id={supervisor.pk}",
        "Cannot delete": f"DELETE FROM {table}",
        "Cannot update": "UPDATE detectors_mode SET shadow = false",
        "threshold_0_to_1": f"INSERT INTO {table} (detector, version, rule_code, threshold, reason, preview, state, "
        f"proposed_by_id, settled_because) VALUES ('x', '1', 'AU-4', 1.2, 'r', '{{}}', 'proposed', {policy.pk}, '')",
        "shadow_flag_is_never_over_its_threshold": "UPDATE intake_flag SET shadow = true, over_threshold = true",
    }.items():
        with pytest.raises(Exception, match=name), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    change.refresh_from_db()
    assert (change.state, Mode.objects.get().shadow) == ("proposed", True)


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
def test_two_people_approve_at_the_same_moment_and_one_does():
    make.house()
    flagged("a", 0.2)
    drain()
    change = propose(person("policy"))
    people = [person("supervisor"), person("policy2"), person("admin")]
    came: list[str] = []
    start = threading.Barrier(len(people))

    def settle(who) -> None:
        start.wait()
        try:
            settle_threshold(actor=who, change_id=change.pk, approve=True)
            came.append("approved")
        except SettledAlready:
            came.append("too late")
        finally:
            connection.close()

    threads = [threading.Thread(target=settle, args=(who,)) for who in people]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert sorted(came) == ["approved", "too late", "too late"]
    assert list(ThresholdChange.objects.values_list("number", flat=True)) == [1]


def test_a_proposal_beside_another_is_refused_by_the_database_too(house, policy):
    flagged("a", 0.2)
    drain()
    propose(policy)
    with pytest.raises(IntegrityError, match="threshold_one_proposal_at_a_time"), transaction.atomic():
        ThresholdChange.objects.create(
            detector="net",
            version="1",
            rule_code="AU-4",
            threshold=0.3,
            reason="r",
            preview={},
            proposed_by=policy,
        )
