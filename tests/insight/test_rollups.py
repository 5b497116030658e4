from datetime import timedelta

import pytest
import time_machine
from django.utils.timezone import now

from apps.decisions.operations import decide, undo
from apps.decisions.verdict import Verdict
from apps.insight.models import Flow, OpenMinute, Pulse, QueueNow
from apps.insight.operations import fold, take_pulse
from apps.insight.queries import snapshot
from apps.ledger.operations import drain
from apps.queues.models import Case, Queue
from apps.queues.operations import escalate, refresh_cases, release, skip
from apps.wellbeing.operations import end_break, start_break
from tests import make

SCAM = Verdict(outcome="violates", rules=["AU-4"], actions=["remove"])
FINE = Verdict(outcome="no_violation")


def of(queue, at=None):
    """What the dashboard says of a queue, given as a slug or a queue."""
    slug = getattr(queue, "slug", queue)
    return next(row for row in snapshot(at)["queues"] if row["slug"] == slug)


def test_a_case_that_comes_in_waits_and_has_arrived(reported, keep_up):
    case = reported()
    keep_up()
    row = of(case.queue)
    assert (row["waiting"], row["claimed"], row["overdue"], row["arrived_last_hour"]) == (1, 0, 0, 1)
    assert row["oldest_opened_at"] == int(case.opened_at.timestamp()) // 60 * 60
    totals = snapshot()["totals"]
    assert (totals["waiting"], totals["arrived_last_hour"], totals["closed_last_hour"]) == (1, 1, 0)


def test_claiming_and_deciding_move_it_on(reported, mara, take, keep_up):
    case = reported()
    claim = take(mara)
    keep_up()
    row = of(case.queue)
    assert (row["waiting"], row["claimed"]) == (0, 1)
    assert row["oldest_opened_at"] is not None, "a claimed case is still open"
    decide(actor=mara, claim_id=claim, verdict=SCAM)
    keep_up()
    row = of(case.queue)
    assert (row["waiting"], row["claimed"], row["closed_last_hour"], row["decided_today"]) == (0, 0, 1, 1)
    assert row["oldest_opened_at"] is None


@pytest.mark.parametrize("ending", [release, skip])
def test_what_is_given_back_waits_again(reported, mara, take, keep_up, ending):
    case = reported()
    ending(actor=mara, claim_id=take(mara))
    keep_up()
    assert (of(case.queue)["waiting"], of(case.queue)["claimed"]) == (1, 0)


def test_an_escalated_case_leaves_one_queue_and_enters_another(reported, mara, take, keep_up):
    case = reported()
    escalate(actor=mara, claim_id=take(mara), note="Please look.")
    keep_up()
    case.refresh_from_db()
    before, after = of("fraud"), of(case.queue)
    assert (before["waiting"], before["claimed"], before["oldest_opened_at"]) == (0, 0, None)
    assert (after["waiting"], after["arrived_last_hour"]) == (1, 1)
    assert before["closed_last_hour"] == 1
    totals = snapshot()["totals"]
    assert (totals["arrived_last_hour"], totals["closed_last_hour"]) == (1, 0), (
        "nothing came or left the house"
    )


def test_a_case_whose_rule_becomes_known_changes_queue_with_its_due_time(reported, keep_up):
    case = reported(rule="")
    make.report(case.item, by="another", rule="AU-4")
    refresh_cases([case.item_id])
    keep_up()
    before = case.queue_id
    case.refresh_from_db()
    assert case.queue_id != before
    assert of(case.queue)["waiting"] == 1
    assert list(OpenMinute.objects.filter(measure="due", n__gt=0).values_list("queue_id", "minute")) == [
        (case.queue_id, int(case.due_at.timestamp()) // 60)
    ]


def test_undo_takes_the_numbers_back(reported, mara, take, keep_up):
    case = reported()
    decided = decide(actor=mara, claim_id=take(mara), verdict=SCAM)
    undo(actor=mara, decision_id=decided.decision_id)
    keep_up()
    row = of(case.queue)
    assert (row["waiting"], row["claimed"], row["decided_today"], row["median_seconds"]) == (0, 1, 0, None)
    today = snapshot()["decisions_today"]
    assert (today["total"], today["rules"]) == (0, [])


def test_undoing_an_unsure_decision_takes_its_second_opinion_away(reported, mara, take, keep_up):
    reported()
    decided = decide(actor=mara, claim_id=take(mara), verdict=Verdict(outcome="unsure"))
    keep_up()
    assert snapshot()["totals"]["waiting"] == 1
    undo(actor=mara, decision_id=decided.decision_id)
    keep_up()
    totals = snapshot()["totals"]
    assert (totals["waiting"], totals["claimed"]) == (0, 1)


def test_cases_become_overdue_as_time_passes_and_stay_so_until_decided(reported, mara, take, keep_up):
    case = reported()
    keep_up()
    later = case.due_at + timedelta(minutes=1)
    assert of(case.queue, later)["overdue"] == 1, "before the fold, from the due minutes"
    with time_machine.travel(later):
        fold()
        assert of(case.queue)["overdue"] == 1, "after the fold, from the count"
        assert OpenMinute.objects.filter(measure="due").count() == 0
    decide(actor=mara, claim_id=take(mara), verdict=FINE)
    keep_up()
    assert of(case.queue, later)["overdue"] == 0


def test_a_case_already_overdue_when_it_is_heard_of_is_counted_at_once(reported, keep_up):
    case = reported()
    with time_machine.travel(case.due_at + timedelta(hours=1)):
        fold()
        keep_up()
        assert of(case.queue)["overdue"] == 1
        assert QueueNow.objects.get(queue=case.queue).overdue == 1


def test_what_falls_due_within_the_hour_is_counted(reported, keep_up):
    case = reported()
    keep_up()
    assert of(case.queue, case.due_at - timedelta(minutes=30))["due_within_hour"] == 1
    assert of(case.queue, case.due_at - timedelta(minutes=70))["due_within_hour"] == 0


def test_the_order_in_which_events_arrive_does_not_matter(reported, mara, take):
    from apps.insight.handlers import keep_rollups
    from apps.ledger.models import Event

    reported(3)
    first = take(mara)
    decide(actor=mara, claim_id=first, verdict=SCAM, claim_another=True)
    for event in Event.objects.filter(kind__regex="^(case|decision)").order_by("-id"):
        keep_rollups([event])
    totals = snapshot()["totals"]
    assert (totals["waiting"], totals["claimed"], totals["decided_today"]) == (1, 1, 1)
    assert list(OpenMinute.objects.filter(n__lt=0)) == []


def test_median_and_ninetieth_percentile_tell_how_long_cases_were_open(reported, mara, take, keep_up):
    opened = now()
    with time_machine.travel(opened, tick=False):
        reported(10)
    for minutes in range(1, 11):
        with time_machine.travel(opened + timedelta(minutes=minutes), tick=False):
            decide(actor=mara, claim_id=take(mara), verdict=FINE)
    with time_machine.travel(opened + timedelta(minutes=11)):
        keep_up()
        row = of("fraud")
    assert row["decided_today"] == 10
    assert row["median_seconds"] == pytest.approx(300, rel=0.15)
    assert row["p90_seconds"] == pytest.approx(540, rel=0.15)


def test_decisions_are_shown_by_rule_and_outcome(reported, mara, take, keep_up):
    reported(3)
    for verdict in (SCAM, SCAM, FINE):
        decide(actor=mara, claim_id=take(mara), verdict=verdict)
    keep_up()
    today = snapshot()["decisions_today"]
    assert (today["total"], today["outcomes"]) == (3, {"violates": 2, "no_violation": 1, "unsure": 0})
    (rule,) = today["rules"]
    assert (rule["rule"], rule["violates"], rule["no_violation"]) == ("AU-4", 2, 0)
    assert rule["title"]


def test_people_are_counted_by_what_they_may_take_and_a_break_is_no_different_from_absence(
    mara, moderator2, keep_up
):
    assert of("fraud")["people_available"] == 1
    start_break(actor=mara)
    assert (of("fraud")["people_available"], snapshot()["totals"]["people_available"]) == (0, 0)
    end_break(actor=mara)
    assert snapshot()["totals"]["people_available"] == 1
    special = Queue.objects.create(slug="special", name="Special", roles=["moderator"], skill="specialist")
    assert of(special)["people_available"] == 0
    mara.skills = ["specialist"]
    mara.save()
    assert of(special)["people_available"] == 1


def test_nothing_in_the_snapshot_says_who_or_how_much_they_have_seen(reported, mara, take, keep_up):
    import json

    reported()
    take(mara)
    keep_up()
    text = json.dumps(snapshot())
    for private in (mara.username, mara.pseudonym, "exposure", "budget", "spent", "break"):
        assert private not in text


def test_a_change_is_told_once_and_quiet_times_now_and_then(reported, keep_up):
    soon, seldom = timedelta(0), timedelta(hours=1)
    fold()
    assert take_pulse(at_most_every=soon, at_least_every=seldom) is True
    assert take_pulse(at_most_every=soon, at_least_every=seldom) is False, "nothing changed since"
    reported()
    keep_up()
    assert take_pulse(at_most_every=seldom, at_least_every=seldom) is False, "too soon"
    assert take_pulse(at_most_every=soon, at_least_every=seldom) is True
    assert take_pulse(at_most_every=soon, at_least_every=timedelta(0)) is True, "a sign of life"
    pulse = Pulse.objects.get()
    assert pulse.pushed_version == pulse.version


def test_the_fold_takes_empty_minutes_away(reported, mara, take, keep_up):
    reported()
    keep_up()
    decide(actor=mara, claim_id=take(mara), verdict=FINE)
    keep_up()
    assert OpenMinute.objects.filter(n=0).exists() is True
    with time_machine.travel(now() + timedelta(minutes=2)):
        fold()
    assert OpenMinute.objects.exists() is False


def test_flows_are_kept_by_minute_and_by_hour(reported, keep_up):
    reported(4)
    keep_up()
    assert sorted(Flow.objects.values_list("width", "arrived")) == [(60, 4), (3600, 4)]
    shown = snapshot()
    assert sum(minute["arrived"] for minute in shown["minutes"]) == 4
    assert sum(hour["arrived"] for hour in shown["hours"]) == 4
    assert (len(shown["minutes"]), len(shown["hours"])) == (60, 24)


@pytest.mark.parametrize("n", [1, 50])
def test_a_batch_costs_the_same_number_of_statements_whatever_its_size(
    reported, n, django_assert_num_queries
):
    from apps.insight.handlers import keep_rollups
    from apps.ledger.models import Event

    reported(n)
    events = list(Event.objects.filter(kind="case.opened"))
    assert len(events) == n
    fold()  # the rows of which there is one exist
    # savepoint, horizon, three sums, pulse, release
    with django_assert_num_queries(7):
        keep_rollups(events)


def test_a_case_counted_once_is_not_counted_again(reported, keep_up):
    reported()
    keep_up()
    assert drain() == 0
    assert Case.objects.count() == snapshot()["totals"]["waiting"] == 1
