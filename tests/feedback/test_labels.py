"""Labels begin, become final, are corrected by new rows, and are told to the platform the moment they are final."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.utils.timezone import now

from apps.decisions.models import Decision
from apps.decisions.operations import decide, undo
from apps.decisions.verdict import Verdict
from apps.delivery.models import Delivery
from apps.delivery.operations import add_endpoint
from apps.errors import Invalid
from apps.feedback.facts import facts
from apps.feedback.models import Label, PendingLabel, SplitGroup
from apps.feedback.operations import finish_due, keep_labels, remove_labels
from apps.ledger.models import Event, Handoff
from apps.ledger.operations import drain
from apps.queues.operations import claim_next
from apps.wellbeing.operations import start_shift
from tests import make

DAY = timedelta(days=1)


def heard_of(*decisions: Decision) -> int:
    """What the relay hands over for these decisions."""
    return keep_labels([Event(kind="decision.made", data={"decision": one.pk}) for one in decisions])


def states(decision: Decision) -> list[str]:
    return list(Label.objects.filter(decision=decision).order_by("id").values_list("state", flat=True))


def test_a_label_begins_when_its_decision_can_no_longer_be_taken_back(house, moderator):
    start_shift(actor=moderator)
    make.case(queue="fraud")
    verdict = Verdict(outcome="violates", rules=["AU-4"], actions=["remove"])
    made = decide(actor=moderator, claim_id=claim_next(actor=moderator).claim_id, verdict=verdict)
    drain()
    assert not Label.objects.exists()
    with time_machine.travel(now() + timedelta(seconds=11)):
        drain()
    label = Label.objects.get()
    assert (label.decision_id, label.state, label.corrects) == (made.decision_id, "provisional", None)
    decision = Decision.objects.get(pk=made.decision_id)
    assert PendingLabel.objects.get().final_after == decision.decided_at + timedelta(days=14)
    assert SplitGroup.objects.get().item_id == decision.item_id


def test_a_decision_taken_back_has_no_label(house, moderator):
    start_shift(actor=moderator)
    make.case(queue="fraud")
    verdict = Verdict(outcome="violates", rules=["AU-4"], actions=["remove"])
    made = decide(actor=moderator, claim_id=claim_next(actor=moderator).claim_id, verdict=verdict)
    undo(actor=moderator, decision_id=made.decision_id)
    with time_machine.travel(now() + timedelta(seconds=11)):
        drain()
    assert not Label.objects.exists()
    assert not PendingLabel.objects.exists()


def test_a_label_is_final_when_its_time_is_over_and_told_within_five_seconds(decided):
    endpoint = add_endpoint(actor=None, name="trainer", url="https://trainer.example/", kinds=["label.final"])
    decision, young = decided(ago=14 * DAY), decided(ago=13 * DAY)
    heard_of(decision, young)
    assert finish_due() == 1
    event = Event.objects.get(kind="label.final")
    assert (event.item_id, event.data) == (decision.item_id, {"decision": decision.pk})
    owed = Handoff.objects.get(event=event, subscriber="delivery.webhooks")
    assert owed.due_at - event.occurred_at < timedelta(seconds=1)
    drain()
    told = Delivery.objects.get(endpoint=endpoint)
    assert told.next_attempt_at - event.occurred_at < timedelta(seconds=5)
    assert told.payload["type"] == "label.final"
    data = told.payload["data"]
    assert (data["decision_id"], data["label"], data["label_status"]) == (decision.pk, "violates", "final")
    assert (data["rule_version"], data["superseded_by"]) == ("AU-4@1.1.0", None)
    assert (states(decision), states(young)) == (["provisional", "final"], ["provisional"])
    assert finish_due() == 0


def test_hearing_of_a_decision_again_changes_nothing(decided):
    decision = decided(ago=15 * DAY)
    assert (heard_of(decision), heard_of(decision)) == (1, 0)
    finish_due()
    assert heard_of(decision) == 0
    assert states(decision) == ["provisional", "final"]
    assert not PendingLabel.objects.exists()


def test_a_final_label_that_is_overturned_is_corrected_by_a_new_row_and_told(decided, senior):
    endpoint = add_endpoint(
        actor=None, name="trainer", url="https://trainer.example/", kinds=["label.corrected"]
    )
    case = make.case(queue="fraud")
    first = decided(case=case, ago=30 * DAY)
    heard_of(first)
    finish_due()
    second = decided(case=case, by=senior, ago=DAY, outcome="no_violation", purpose="appeal")
    heard_of(second)
    assert states(first) == ["provisional", "final", "overturned"]
    last = Label.objects.get(state="overturned")
    assert (last.because, last.corrects.state) == (str(second.pk), "final")
    finish_due()
    assert states(second) == ["provisional", "final"]  # nobody appeals the decision of an appeal
    drain()
    data = Delivery.objects.get(endpoint=endpoint).payload["data"]
    assert (data["decision_id"], data["label_status"], data["superseded_by"]) == (
        first.pk,
        "overturned",
        second.pk,
    )


def test_a_provisional_label_is_replaced_without_a_word_outside(decided, senior):
    case = make.case(queue="fraud")
    first, second = decided(case=case, ago=2 * DAY), decided(case=case, by=senior, purpose="second_opinion")
    heard_of(first, second)  # in one batch, as after a pause
    assert (states(first), states(second)) == (["provisional", "superseded"], ["provisional"])
    assert set(PendingLabel.objects.values_list("decision_id", flat=True)) == {second.pk}
    assert not Event.objects.filter(kind__startswith="label.").exists()


def test_a_decision_on_changed_content_leaves_the_earlier_label_alone(decided, senior):
    case = make.case(queue="fraud")
    first = decided(case=case, ago=2 * DAY, item_revision=1)
    second = decided(case=case, by=senior, outcome="no_violation", item_revision=2)
    heard_of(first, second)
    assert (states(first), states(second)) == (["provisional"], ["provisional"])


def test_a_held_label_waits_and_an_appealed_one_waits_for_its_appeal(decided, monkeypatch):
    held, appealed = decided(ago=20 * DAY, held=True), decided(ago=20 * DAY)
    heard_of(held, appealed)
    where = {appealed.pk: SimpleNamespace(state="open", outcome=None, decided_at=None)}
    monkeypatch.setattr(facts, "appeals_of", lambda ids: where)
    assert finish_due() == 0
    assert states(held) == states(appealed) == ["provisional"]
    where[appealed.pk] = SimpleNamespace(state="decided", outcome="upheld", decided_at=now())
    assert finish_due() == 0  # not yet asked again
    from apps.feedback.handlers import appeals_settled

    appeals_settled([Event(kind="appeal.decided", data={"decision": appealed.pk})])
    assert finish_due() == 1
    assert states(appealed) == ["provisional", "final"]


def test_a_removed_decision_is_named_among_the_tombstones_once(decided, policy):
    decision = decided(ago=15 * DAY)
    heard_of(decision)
    with pytest.raises(Invalid):
        remove_labels(decisions=[decision.pk], because=" ", actor=policy)
    assert remove_labels(decisions=[decision.pk], because="erased", actor=policy) == 1
    assert remove_labels(decisions=[decision.pk], because="erased", actor=policy) == 0
    assert states(decision) == ["provisional", "removed"]
    event = Event.objects.get(kind="feedback.labels_removed")
    assert (event.actor_id, event.data) == (policy.pk, {"decisions": [decision.pk], "because": "erased"})
    assert finish_due() == 0


INSERT = (
    "INSERT INTO feedback_label (decision_id, state, because, corrects_id, at) VALUES (%s, %s, '', %s, now())"
)


@pytest.mark.parametrize(
    ("name", "sql", "values"),
    [
        (
            "label_is_never_changed",
            "UPDATE feedback_label SET state = 'final' WHERE decision_id = %s",
            ["decision"],
        ),
        ("label_is_never_changed", "DELETE FROM feedback_label WHERE decision_id = %s", ["decision"]),
        ("label_begins_once_per_decision", INSERT, ["decision", "provisional", None]),
        ("label_state_valid", INSERT, ["other", "sure", None]),
        ("removed_label_says_why", INSERT, ["other", "removed", None]),
        ("label_corrects_one_of_the_same_decision", INSERT, ["other", "final", "label"]),
        (
            "split_group_is_never_changed",
            "UPDATE feedback_splitgroup SET key = 'x' WHERE item_id = %s",
            ["item"],
        ),
        (
            "split_cluster_is_never_changed",
            "DELETE FROM feedback_splitcluster WHERE cluster = %s",
            ["cluster"],
        ),
    ],
)
def test_the_database_refuses(decided, name, sql, values):
    decision, other = decided(), decided()
    heard_of(decision)
    known = {
        "decision": decision.pk, "other": other.pk, "label": Label.objects.get().pk, "item": decision.item_id,
        "cluster": SplitGroup.objects.get().cluster,
    }  # fmt: skip
    with (
        pytest.raises(Exception, match=name if "never_changed" not in name else "Cannot"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql, [known.get(value, value) for value in values])
    assert states(decision) == ["provisional"]


def test_a_label_becomes_final_once(decided):
    decision = decided(ago=15 * DAY)
    heard_of(decision)
    finish_due()
    final = Label.objects.get(state="final")
    with pytest.raises(IntegrityError, match="label_becomes_final_once"), transaction.atomic():
        Label.objects.create(decision=decision, state="final", corrects=final, at=now())
    earlier = Label.objects.get(state="provisional")
    with pytest.raises(IntegrityError, match="corrects_id"), transaction.atomic():
        Label.objects.create(decision=decision, state="overturned", corrects=earlier, at=now())
