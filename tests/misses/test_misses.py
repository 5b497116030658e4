"""Why was it missed? Late violations become misses, with a cause from the evidence that a person confirms."""

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.utils.timezone import localdate, now

from apps.accounts.models import User
from apps.decisions.models import Decision, Enforcement
from apps.decisions.operations import decide, record_effect, undo
from apps.decisions.verdict import Verdict
from apps.intake.models import Flag
from apps.ledger.models import Event
from apps.ledger.operations import drain, record
from apps.misses.evidence import Known, Score, in_words, suggest
from apps.misses.models import CausePlan, Miss, MissDay
from apps.misses.operations import confirm, settle
from apps.misses.queries import ranked
from apps.misses.questions import nobody_knows, questions
from apps.queues.models import Case
from apps.queues.operations import claim_next
from apps.wellbeing.exposure import Look
from apps.wellbeing.operations import start_shift
from tests import make
from tests.conftest import person

FINE = Verdict("no_violation")
SCAM = Verdict("violates", ["AU-4"], ["remove"])


@pytest.fixture
def floor(db):
    make.house()
    for name in ("moderator", "senior"):
        start_shift(actor=person(name))


def judged(item, verdict, *, by="moderator", **case) -> int:
    made = make.case(item=item, rule_codes=["AU-4"], **case)
    claim = claim_next(actor=person(by))
    assert claim.case_id == made.pk
    return decide(actor=person(by), claim_id=claim.claim_id, verdict=verdict, look=Look(2)).decision_id


def hand_on() -> None:
    """Everything owed, also what waits until a decision can no longer be taken back."""
    with time_machine.travel(now() + timedelta(seconds=11)):
        drain()


def flagged(item, score, *, rule="AU-4", threshold=0.8, detector="texts"):
    scores = [{"rule": rule, "score": score, "threshold": threshold}]
    Flag.objects.create(
        item=item, item_revision=item.revision, detector=detector, detector_version="1", scores=scores,
        over_threshold=score >= threshold,
    )  # fmt: skip


def sums() -> dict:
    return {
        (row.cause, row.rule_code): (row.n, row.confirmed, row.views, row.views_known)
        for row in MissDay.objects.order_by("id")
        if row.n
    }


def test_a_violation_that_a_report_found_is_a_miss_and_one_a_detector_found_is_none(floor):
    reported, found = make.item(views=700), make.item(views=700)
    decision = judged(reported, SCAM)
    judged_by_machine = make.case(item=found, rule_codes=["AU-4"])
    Case.objects.filter(pk=judged_by_machine.pk).update(detection_source="auto_flag")
    claim = claim_next(actor=person("moderator"))
    decide(actor=person("moderator"), claim_id=claim.claim_id, verdict=SCAM, look=Look(2))
    judged(make.item(), FINE)
    drain()
    assert not Miss.objects.exists()
    hand_on()
    miss = Miss.objects.get()
    assert (miss.item_id, miss.decision_id, miss.found_by, miss.views) == (
        reported.pk,
        decision,
        "report",
        700,
    )
    assert (miss.suggested, miss.cause, miss.confirmed_by) == ("no_detector", "", None)
    [event] = Event.objects.filter(kind="miss.found")
    assert (event.actor_id, event.item_id, event.data["suggested"]) == (None, reported.pk, "no_detector")
    assert sums() == {("no_detector", ""): (1, 0, 700, 1), ("no_detector", "AU-4"): (1, 0, 700, 1)}


def test_a_first_decision_that_a_second_look_turned_round_was_wrong(floor):
    item = make.item(views=10)
    judged(item, FINE)
    judged(item, SCAM, by="senior", purpose="second_look", queue="second-person")
    hand_on()
    miss = Miss.objects.get()
    assert (miss.found_by, miss.suggested) == ("second_look", "wrong_first")
    assert "no violation before" in in_words(miss.evidence, "en")[0]


def test_what_was_found_at_high_reach_is_late_whoever_found_it(floor):
    item = make.item(views=250_000)
    case = make.case(item=item, rule_codes=["AU-4"])
    Case.objects.filter(pk=case.pk).update(detection_source="auto_flag")
    flagged(item, 0.9)
    claim = claim_next(actor=person("moderator"))
    decide(actor=person("moderator"), claim_id=claim.claim_id, verdict=SCAM, look=Look(2))
    hand_on()
    miss = Miss.objects.get()
    assert (miss.found_by, miss.suggested) == ("reach", "")


def test_scores_hashes_and_languages_speak_for_their_causes(floor, monkeypatch):
    below, near, other, unscanned = (make.item(language="en") for _ in range(4))
    flagged(below, 0.75)
    flagged(other, 0.2, rule="AU-1")
    for item in (below, near, other, unscanned):
        judged(item, SCAM)
    monkeypatch.setattr(
        questions, "nearest_hash", lambda ids: {near.pk: {"bits": 36, "threshold": 31, "bank": "scams"}}
    )
    hand_on()
    causes = dict(Miss.objects.values_list("item_id", "suggested"))
    assert causes == {
        below.pk: "below_threshold", near.pk: "hash_missed", other.pk: "not_scanned", unscanned.pk: "not_scanned",
    }  # fmt: skip
    assert any("missed by 5 bits" in one for one in in_words(Miss.objects.get(item=near).evidence, "en"))
    User.objects.filter(username="moderator").update(languages=["en", "vi"])
    judged(make.item(language="vi"), SCAM)
    hand_on()
    assert Miss.objects.latest("pk").suggested == "language"
    assert nobody_knows([below.pk]) == {}


def test_views_at_harm_are_those_until_it_took_effect(floor):
    item = make.item(views=100)
    decision = judged(item, SCAM)
    hand_on()
    enforcement = Enforcement.objects.get(decision=decision)
    record_effect(enforcement_id=enforcement.pk, at=now(), views=900)
    hand_on()
    assert Miss.objects.get().views == 900
    assert sums()["no_detector", ""] == (1, 0, 900, 1)
    assert Event.objects.filter(kind="miss.found").count() == 1


def test_views_nobody_knows_are_not_none(floor):
    judged(make.item(), SCAM)
    hand_on()
    assert Miss.objects.get().views is None
    assert sums()["no_detector", ""] == (1, 0, 0, 0)


def test_what_is_taken_back_was_never_missed(floor):
    decision = judged(make.item(), SCAM)
    undo(actor=person("moderator"), decision_id=decision)
    hand_on()
    assert not Miss.objects.exists()


def test_a_violation_that_was_overturned_is_no_miss_any_more(floor):
    item = make.item(views=50)
    first = judged(item, SCAM)
    hand_on()
    judged(item, FINE, by="senior", purpose="second_look", queue="second-person")
    with transaction.atomic():
        record(
            "appeal.decided",
            actor=person("senior"),
            appeal=1,
            decision=first,
            outcome="overturned",
            by="author",
        )
    hand_on()
    miss = Miss.objects.get()
    assert miss.dropped_at is not None
    assert sums() == {}
    assert Event.objects.filter(kind="miss.dropped", item_id=item.pk).count() == 1
    settle([item.pk])
    assert Event.objects.filter(kind="miss.dropped").count() == 1


def test_a_person_confirms_or_corrects_the_cause_and_sums_follow(floor, signed_in):
    judged(make.item(views=40), SCAM)
    hand_on()
    miss, web = Miss.objects.get(), signed_in("supervisor")
    page = web.get("/misses/causes/no_detector/").content.decode()
    assert "No detector scored it." in page
    assert f"/cases/{Decision.objects.get().case_id}/" in page
    assert "/cases/" not in signed_in("policy").get("/misses/causes/no_detector/").content.decode()
    assert web.post(f"/misses/{miss.pk}/confirm/", {"cause": "nonsense"}).status_code == 302
    assert Miss.objects.get().cause == ""
    web.post(
        f"/misses/{miss.pk}/confirm/",
        {"cause": "new_trend", "note": "Seen since Monday.", "back": "no_detector"},
    )
    miss.refresh_from_db()
    assert (miss.cause, miss.stands_as, miss.suggested) == ("new_trend", "new_trend", "no_detector")
    assert (miss.confirmed_by, miss.note) == (person("supervisor"), "Seen since Monday.")
    assert sums() == {("new_trend", ""): (1, 1, 40, 1), ("new_trend", "AU-4"): (1, 1, 40, 1)}
    settle([miss.item_id])
    assert Miss.objects.get().cause == "new_trend"
    assert "Nothing here" in web.get("/misses/causes/no_detector/").content.decode()
    [event] = Event.objects.filter(kind="miss.confirmed")
    assert (event.actor_id, event.data["before"], event.data["cause"]) == (
        person("supervisor").pk, "no_detector", "new_trend",
    )  # fmt: skip


def test_causes_are_ranked_by_views_at_harm_and_each_has_an_owner_and_a_next_step(floor, signed_in):
    few, many = make.item(views=10), make.item(views=5_000)
    flagged(many, 0.5)
    judged(few, SCAM)
    judged(few_more := make.item(views=20), SCAM)
    judged(many, SCAM)
    hand_on()
    confirm(actor=person("policy"), miss_id=Miss.objects.get(item=few).pk, cause="no_detector")
    confirm(actor=person("policy"), miss_id=Miss.objects.get(item=few_more).pk, cause="no_detector")
    order = [(one.cause, one.n, one.confirmed, one.views) for one in ranked(localdate(), 30)[:2]]
    assert order == [("below_threshold", 1, 0, 5_000), ("no_detector", 2, 2, 30)]
    assert all(one.n == 0 for one in ranked(localdate() + timedelta(days=60), 30))
    lead, web = person("policy"), signed_in("supervisor")
    said = {"owner": lead.pk, "step": "lower_threshold", "note": "To 0.45 for texts.", "seen": 0}
    at = "/misses/causes/below_threshold/plan/"
    assert web.post(at, said).status_code == 302
    page = web.get("/misses/").content.decode()
    assert "M-policy sees to it: lower a threshold." in page
    assert page.index("Scored below the threshold") < page.index("No detector looks for it")
    answer = web.post(at, {**said, "note": "Somebody else, at the same moment."})
    assert answer.status_code == 409
    assert "Someone else changed who sees to this" in answer.content.decode()
    assert web.post(at, {**said, "owner": ""}).status_code == 422
    assert web.post(at, {**said, "owner": person("moderator").pk}).status_code == 422
    plan = CausePlan.objects.get()
    assert (plan.owner, plan.note, plan.version) == (lead, "To 0.45 for texts.", 1)
    assert Event.objects.filter(kind="miss.planned").count() == 1


def test_where_nothing_was_missed_the_page_says_so(floor, signed_in):
    web = signed_in("supervisor")
    assert "Nothing was missed" in web.get("/misses/").text
    judged(make.item(views=5), SCAM)
    hand_on()
    assert "Nothing was missed" not in web.get("/misses/").text


def test_the_page_names_nobody_who_decided_and_costs_the_same_however_much_was_missed(
    floor, signed_in, django_assert_max_num_queries
):
    web = signed_in("supervisor")
    for _ in range(6):
        judged(make.item(views=5), SCAM)
    hand_on()
    for at in ("/misses/", "/misses/causes/no_detector/"):
        with django_assert_max_num_queries(8):
            page = web.get(at).content.decode()
        assert "M-moderator" not in page
    with django_assert_max_num_queries(26):
        settle(Miss.objects.values_list("item_id", flat=True))


def test_the_database_refuses_what_is_no_miss(floor):
    item = make.item()
    fine = judged(item, FINE)
    late = make.item()
    judged(late, SCAM)
    hand_on()
    values = {
        "item": item,
        "item_revision": 1,
        "decision_id": fine,
        "found_by": "report",
        "rule_codes": [],
        "found_at": now(),
    }
    with pytest.raises(IntegrityError, match="miss_is_of_a_violation"), transaction.atomic():
        Miss.objects.create(**values)
    again = {**values, "item": late, "decision_id": Miss.objects.get().decision_id}
    with pytest.raises(IntegrityError, match="miss_once_per_item_and_revision"), transaction.atomic():
        Miss.objects.create(**again)
    for sql, name in (
        ("SET cause = 'language', stands_as = 'language'", "miss_cause_is_confirmed_by_somebody"),
        ("SET stands_as = 'language'", "miss_stands_as_what_was_confirmed"),
        ("SET suggested = 'luck', stands_as = 'luck'", "miss_cause_valid"),
        ("SET found_by = 'luck'", "miss_found_by_valid"),
    ):
        with pytest.raises(IntegrityError, match=name), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE misses_miss {sql}")
    assert Miss.objects.count() == 1


KNOWN = {"rules": ("AU-4",), "language": "km"}
TEXTS = Score("texts", "AU-4", 0.5, 0.8)


@pytest.mark.parametrize(
    ("known", "cause"),
    [
        ({}, "no_detector"),
        ({"covered": frozenset({"km"})}, "not_scanned"),
        ({"covered": frozenset({"en"})}, "language"),
        ({"rising": {"kind": "hashtag", "key": "x"}}, "new_trend"),
        ({"scores": (TEXTS,), "rising": {"kind": "hashtag", "key": "x"}}, "below_threshold"),
        ({"scores": (TEXTS, Score("other", "AU-4", 0.9, 0.8))}, ""),
        ({"scores": (Score("texts", "HT-1", 0.1, 0.8),), "covered": frozenset({"km"})}, "not_scanned"),
        ({"nearest": {"bits": 31, "threshold": 31}}, "no_detector"),
        ({"nearest": {"bits": 32, "threshold": 31}, "scores": (TEXTS,)}, "hash_missed"),
        ({"cleared": True, "scores": (TEXTS,)}, "wrong_first"),
        ({"cleared": True, "unclear": True}, "guideline_gap"),
        ({"unclear": True}, "no_detector"),
    ],
)
def test_the_evidence_speaks_for_one_cause(known, cause):
    assert suggest(Known(**KNOWN, **known)) == cause
