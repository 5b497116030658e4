"""The rates of domain/METRICS.md, to the letter."""

from datetime import timedelta

import pytest
import time_machine
from django.utils.timezone import now

from apps.decisions.models import Decision, Enforcement
from apps.decisions.operations import decide, record_effect
from apps.decisions.verdict import Verdict
from apps.insight.models import FirstRemoval, RemovalDay
from apps.insight.operations.removals import count_removals
from apps.insight.queries import snapshot
from apps.intake.models import Flag
from apps.queues.operations import claim_next, refresh_cases
from tests import make

REMOVE = Verdict(outcome="violates", rules=["AU-4"], actions=["remove"])
FINE = Verdict(outcome="no_violation")
MINUTE = timedelta(minutes=1)


@pytest.fixture
def removed(reported, mara, take):
    """`removed(…)`: an item a moderator had removed; the enforcement still to be confirmed."""

    def remove(verdict=REMOVE, **fields):
        reported(**fields)
        decided = decide(actor=mara, claim_id=take(mara), verdict=verdict)
        return Enforcement.objects.filter(decision=decided.decision_id).order_by("id").first()

    return remove


def confirm(enforcement, *, views=0, at=None):
    record_effect(enforcement_id=enforcement.pk, at=at or now(), views=views)


def overall():
    return snapshot()["removals"]["overall"]


def test_zero_view_rate_is_a_share_of_the_removals_whose_views_are_known(removed, keep_up):
    for views in (0, 0, 0, 12, None):
        confirm(removed(), views=views)
    keep_up()
    rates = overall()
    assert (rates["removals"], rates["zero_view_rate"], rates["views_coverage"]) == (5, 0.75, 0.8)


def test_a_removal_the_platform_has_not_confirmed_is_in_no_rate(removed, keep_up):
    removed()
    keep_up()
    assert (overall()["removals"], overall()["zero_view_rate"]) == (0, None)


def test_only_the_first_removal_of_an_item_counts_even_when_it_is_confirmed_later(removed, keep_up):
    second = removed()
    first = Enforcement.objects.create(
        decision=second.decision,
        item=second.item,
        action="remove",
        due_at=now(),
        detection_source="user_report",
    )
    confirm(second, views=900, at=now())
    keep_up()
    assert (overall()["removals"], overall()["zero_view_rate"]) == (1, 0.0)
    confirm(first, views=0, at=now() - timedelta(hours=1))
    keep_up()
    assert (overall()["removals"], overall()["zero_view_rate"]) == (1, 1.0)
    assert FirstRemoval.objects.get().enforcement_id == first.pk


def test_counting_a_removal_twice_changes_nothing(removed, keep_up):
    enforcement = removed()
    confirm(enforcement)
    keep_up()
    count_removals({enforcement.pk})
    assert overall()["removals"] == 1


def test_within_24_hours_is_counted_from_posting_and_unknown_posting_times_are_left_out(removed, keep_up):
    for posted in (now() - timedelta(hours=23), now() - timedelta(hours=25), None):
        confirm(removed(posted_at=posted))
    keep_up()
    assert (overall()["within_24h_rate"], overall()["posted_coverage"]) == (0.5, 0.6667)


def test_proactive_means_that_no_user_reported_it_before_it_was_detected(removed, keep_up):
    enforcement = removed()
    at = now()
    cases = [  # first report, first flag, proactive
        (None, at, True),
        (None, None, True),
        (at, at - MINUTE, True),
        (at - MINUTE, at, False),
        (at, None, False),
    ]
    for report_at, flag_at, _ in cases:
        confirm(
            Enforcement.objects.create(
                decision=enforcement.decision,
                item=make.item(),
                action="remove",
                due_at=at,
                detection_source="auto_flag",
                first_report_at=report_at,
                first_flag_at=flag_at,
            )
        )
    keep_up()
    expected = sum(proactive for *_, proactive in cases) / len(cases)
    assert (overall()["removals"], overall()["proactive_rate"]) == (5, expected)


def test_rates_are_told_policy_by_policy(removed, keep_up):
    confirm(removed(), views=0)
    both = Verdict(outcome="violates", rules=["AU-4", "HT-1"], actions=["remove"])
    confirm(removed(both), views=3)
    keep_up()
    policies = {row["policy"]: row for row in snapshot()["removals"]["policies"]}
    assert {code: row["zero_view_rate"] for code, row in policies.items()} == {"AU": 0.5, "HT": 0.0}
    assert policies["AU"]["title"]
    assert overall()["removals"] == 2, "an item is one removal, whatever it breaks"


def test_what_only_local_law_required_is_left_out(removed, keep_up):
    law = Verdict(
        outcome="violates", rules=["LG-1"], actions=["geo_restrict"], parameters={"countries": ["FR"]}
    )
    removed(law)
    decision = Decision.objects.get()
    assert decision.ground == "legal_only"
    for action in ("geo_restrict", "remove"):
        confirm(
            Enforcement.objects.create(
                decision=decision,
                item=decision.item,
                action=action,
                due_at=now(),
                detection_source="user_report",
            )
        )
    keep_up()
    assert overall()["removals"] == 0


def test_what_happens_to_accounts_is_left_out(removed, keep_up):
    confirm(removed(kind="account"))
    keep_up()
    assert overall()["removals"] == 0


def test_the_net_rate_leaves_out_what_was_reinstated(removed, mara, keep_up):
    wrong, right = removed(), removed()
    confirm(wrong, views=0)
    confirm(right, views=5)
    keep_up()
    assert (overall()["zero_view_rate"], overall()["zero_view_rate_net"]) == (0.5, 0.5)
    make.report(wrong.item, by="trusted", trusted=True)
    refresh_cases([wrong.item_id])
    decide(actor=mara, claim_id=claim_next(actor=mara).claim_id, verdict=FINE)
    keep_up()
    assert overall()["zero_view_rate_net"] == 0.5, "it may still be taken back"
    with time_machine.travel(now() + timedelta(seconds=15)):
        keep_up()
        assert (overall()["removals"], overall()["zero_view_rate"]) == (2, 0.5)
        assert overall()["zero_view_rate_net"] == 0.0
    assert FirstRemoval.objects.get(item_id=wrong.item_id).reinstated is True


def test_only_the_last_thirty_days_are_shown(removed, keep_up):
    confirm(removed(), at=now() - timedelta(days=31))
    confirm(removed(), at=now() - timedelta(days=29))
    keep_up()
    assert overall()["removals"] == 1
    assert RemovalDay.objects.filter(policy_code="").count() == 2


@pytest.fixture
def flagged(reported):
    """`flagged(score)`: a case whose item a detector scored on AU-4, with a threshold of 0.5."""

    def flag(score, rule="AU-4"):
        case = reported()
        Flag.objects.create(
            item=case.item,
            item_revision=1,
            detector="scamnet",
            detector_version="3",
            scores=[{"rule": rule, "score": score, "threshold": 0.5}],
            over_threshold=score >= 0.5,
        )
        return case

    return flag


def test_agreement_compares_each_flag_with_the_decision(flagged, mara, take, keep_up):
    for score, verdict, times in ((0.9, REMOVE, 18), (0.8, FINE, 6), (0.1, FINE, 9), (0.2, REMOVE, 3)):
        for _ in range(times):
            flagged(score)
            decide(actor=mara, claim_id=take(mara), verdict=verdict)
    keep_up()
    (row,) = snapshot()["detectors"]
    assert (row["detector"], row["version"], row["rule"]) == ("scamnet", "3", "AU-4")
    assert (row["compared"], row["agreement"]) == (36, 0.75)
    assert (row["flagged"], row["upheld"]) == (24, None), "24 flagged are too few to tell"


def test_fewer_than_thirty_comparisons_say_nothing(flagged, mara, take, keep_up):
    for _ in range(3):
        flagged(0.9)
        decide(actor=mara, claim_id=take(mara), verdict=REMOVE)
    keep_up()
    (row,) = snapshot()["detectors"]
    assert (row["compared"], row["agreement"], row["upheld"]) == (3, None, None)


def test_a_flag_that_came_after_the_decision_is_not_compared(reported, mara, take, keep_up):
    case = reported()
    decide(actor=mara, claim_id=take(mara), verdict=FINE)
    Flag.objects.create(
        item=case.item, item_revision=1, detector="late", detector_version="1", over_threshold=True,
        scores=[{"rule": "AU-4", "score": 0.9, "threshold": 0.5}],
    )  # fmt: skip
    keep_up()
    assert snapshot()["detectors"] == []


def test_unsure_decisions_say_nothing_of_a_detector(flagged, mara, take, keep_up):
    flagged(0.9)
    decide(actor=mara, claim_id=take(mara), verdict=Verdict(outcome="unsure"))
    keep_up()
    assert snapshot()["detectors"] == []
