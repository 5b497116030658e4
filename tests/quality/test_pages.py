"""The pages of the room, through their doors."""

import pytest

from apps.decisions.verdict import Verdict
from apps.ledger.models import Event
from apps.quality.models import Adjudication, Golden, SamplingPlan
from apps.queues.models import Claim, Queue
from tests.conftest import person
from tests.quality.conftest import CLEAR, OTHER_RULE, REMOVE, case, decided, plan, second_look_of

SHARES = {
    "random_share": "5",
    "clear_share": "12",
    "automatic_share": "6",
    "propagated_share": "7",
    "extreme_share": "3",
    "golden_share": "1.5",
    "finer": "AU-4 km 20\n* vi 8",
    "reason": "Khmer scams are new.",
}


def test_a_supervisor_changes_the_plan_of_one_queue(floor, signed_in):
    her = signed_in("supervisor")
    assert "That of every other queue" in her.get("/quality/plans/").content.decode()
    answer = her.post("/quality/plans/fraud/", SHARES | {"seen": "0"}, follow=True)
    assert "It holds for what is decided from now on." in answer.content.decode()
    made = SamplingPlan.objects.get(queue__slug="fraud")
    assert (made.number, made.random_share, made.golden_share, made.created_by) == (
        1,
        0.05,
        0.015,
        person("supervisor"),
    )
    assert made.finer == [
        {"rule": "AU-4", "language": "km", "share": 0.2},
        {"rule": "", "language": "vi", "share": 0.08},
    ]
    assert "Its own, number 1" in her.get("/quality/plans/").content.decode()
    told = Event.objects.get(kind="quality.plan_set")
    assert (told.actor_id, told.data) == (person("supervisor").pk, {"queue": made.queue_id, "number": 1})
    page = her.get("/quality/plans/fraud/").content.decode()
    assert "AU-4 km 20" in page
    assert made.seed not in page


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"random_share": "2"}, "greater than or equal to 3"),
        ({"golden_share": "3"}, "less than or equal to 2"),
        ({"reason": ""}, "required"),
        ({"finer": "ZZ-9 km 20"}, "ZZ-9 is not a rule in force."),
        ({"finer": "AU-4 twenty"}, "Line 1 is not a rule, a language and a percentage."),
    ],
)
def test_a_plan_that_cannot_be_used_is_refused_and_kept_as_typed(floor, signed_in, wrong, words):
    answer = signed_in("supervisor").post("/quality/plans/fraud/", SHARES | {"seen": "0"} | wrong)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert "Khmer scams are new." in answer.content.decode() or "reason" in wrong
    assert not SamplingPlan.objects.filter(queue__isnull=False).exists()
    assert not Event.objects.filter(kind="quality.plan_set").exists()


def test_of_two_who_change_a_plan_the_later_is_told(floor, signed_in):
    her = signed_in("supervisor")
    her.post("/quality/plans/fraud/", SHARES | {"seen": "0"})
    answer = her.post("/quality/plans/fraud/", SHARES | {"seen": "0", "reason": "Another."})
    assert answer.status_code == 409
    assert "Somebody else has changed this plan" in answer.content.decode()
    assert SamplingPlan.objects.filter(queue=Queue.objects.get(slug="fraud")).count() == 1


def test_a_senior_settles_what_two_said_with_names_hidden_and_each_is_told_alone(floor, signed_in):
    plan()
    first = decided("moderator", case(), REMOVE)
    decided(
        "moderator2", second_look_of(first), Verdict("no_violation", explanation="A joke between friends.")
    )
    asked = Adjudication.objects.get()
    senior = signed_in("senior")
    listed = senior.get("/quality/settling/").content.decode()
    assert "Take it to the desk" in listed
    assert senior.post(f"/quality/settling/{asked.pk}/take/").url == "/desk/"
    page = senior.get("/desk/").content.decode()
    assert "Two people decided differently" in page
    assert "It promises money for nothing." in page
    assert "A joke between friends." in page
    assert "<title>Adjudication" in page
    for name in ("M-moderator", "M-moderator2"):
        assert name not in page
    claim = Claim.objects.get(holder=person("senior"), ended_at=None)
    senior.post(f"/desk/claims/{claim.pk}/release")
    decided("senior", asked.case, Verdict("no_violation", explanation="Plainly a joke."))
    hers, others = (
        signed_in(name).get("/quality/mine/").content.decode() for name in ("moderator", "moderator2")
    )
    assert "Found otherwise" in hers
    assert "Plainly a joke." in hers
    assert "Yours stood" not in hers
    assert "Yours stood" in others
    assert "Found otherwise" not in others
    for page in (hers, others):
        assert "M-senior" not in page
    assert "Nothing was found" in signed_in("senior").get("/quality/mine/").content.decode()


def test_who_was_one_of_the_two_is_offered_nothing_and_refused(floor, signed_in):
    plan()
    first = decided("moderator", case(), REMOVE)
    decided("senior", second_look_of(first), CLEAR)
    asked = Adjudication.objects.get()
    senior = signed_in("senior")
    page = senior.get("/quality/settling/").content.decode()
    assert "You are one of the two; somebody else settles it" in page
    assert "Take it to the desk" not in page
    answer = senior.post(f"/quality/settling/{asked.pk}/take/", follow=True)
    assert "it is not yours to settle" in answer.content.decode()
    assert not Claim.objects.filter(holder=person("senior"), ended_at=None).exists()


def test_a_senior_keeps_a_case_with_its_answer_and_retires_it(floor, signed_in):
    plan()
    first = decided("moderator", case(), REMOVE)
    decided("moderator2", second_look_of(first), OTHER_RULE)
    decided("senior", Adjudication.objects.get().case, REMOVE)
    senior = signed_in("senior")
    assert "Keep it as a case with a known answer" in senior.get("/quality/settling/").content.decode()
    kept = senior.post(
        f"/quality/settling/{Adjudication.objects.get().pk}/keep/", {"why": "A fixed gain."}, follow=True
    ).content.decode()
    assert "A fixed gain." in kept
    assert "Not answered yet." in kept
    golden = Golden.objects.get()
    assert (golden.outcome, golden.rule_codes, golden.added_by) == ("violates", ["AU-4"], person("senior"))
    assert (
        senior.post(f"/quality/golden/{golden.pk}/retire/", {"because": "rubbish"}, follow=True).status_code
        == 200
    )
    golden.refresh_from_db()
    assert golden.retired_at is None
    senior.post(f"/quality/golden/{golden.pk}/retire/", {"because": "leaked", "note": "Passed round."})
    golden.refresh_from_db()
    assert (golden.retired_because, golden.note, golden.retired_by) == (
        "leaked",
        "Passed round.",
        person("senior"),
    )
    assert "Passed round." not in senior.get("/quality/golden/").content.decode()
    assert "Passed round." in senior.get("/quality/golden/?show=retired").content.decode()


def test_pages_cost_the_same_for_one_and_for_many(floor, signed_in, django_assert_max_num_queries):
    plan()
    senior, hers = signed_in("senior"), signed_in("moderator")
    for _ in range(4):
        first = decided("moderator", case(), REMOVE)
        decided("moderator2", second_look_of(first), OTHER_RULE)
        decided("senior", Adjudication.objects.get(decision=None).case, REMOVE)
        signed_in("senior").post(f"/quality/settling/{Adjudication.objects.latest('id').pk}/keep/")
    first = decided("moderator", case(), REMOVE)
    decided("moderator2", second_look_of(first), OTHER_RULE)
    for client, address, most in (
        (senior, "/quality/settling/", 6), (senior, "/quality/golden/", 6), (hers, "/quality/mine/", 5),
        (signed_in("supervisor"), "/quality/plans/", 6),
    ):  # fmt: skip
        with django_assert_max_num_queries(most):
            assert client.get(address).status_code == 200
