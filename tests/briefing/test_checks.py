"""Rules that ask for a check: two to five of their own examples, before cases under them are handed to somebody."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, InternalError, transaction
from django.utils.timezone import now

from apps.accounts.models import User
from apps.briefing.checks import asked, can_be_asked, chosen, wording_of
from apps.briefing.errors import AnswerEach, CheckMoved, NothingToCheck
from apps.briefing.models import CheckAttempt
from apps.briefing.operations import answer_check
from apps.briefing.queries import check_results, checks_owed, codes_withheld
from apps.decisions.operations import decide, undo
from apps.decisions.verdict import Verdict
from apps.guidelines import reading
from apps.guidelines.queries import in_force
from apps.ledger.models import Event
from apps.queues.errors import NotYours
from apps.queues.models import Case, Claim
from apps.queues.operations import claim_next
from apps.queues.operations.claiming import claim_case
from apps.wellbeing.operations import start_shift
from tests import make

ASKING = {"check_required": True}


def right(code="VX-1", seed="1") -> dict[str, str]:
    rule = in_force().rules[code]
    return {place: "breaks" if place[0] == "v" else "allowed" for place in chosen(rule, seed)}


def answer(person, code="VX-1", seed="1", answers=None):
    wording = wording_of(in_force().rules[code])
    return answer_check(
        actor=person, code=code, seed=seed, answers=answers or right(code, seed), wording=wording
    )


def mistaken(seed="1") -> dict[str, str]:
    answers = right(seed=seed)
    place = next(iter(answers))
    return answers | {place: "allowed" if answers[place] == "breaks" else "breaks"}


@pytest.fixture
def asking(house, publish_anew):
    return publish_anew("2.0.0", VX_1=ASKING)


def test_a_check_is_two_to_five_of_the_rules_own_examples_of_both_kinds(house):
    for rule in in_force().rules.values():
        for seed in "abc":
            places = chosen(rule, seed)
            assert len(places) == len(set(places)) <= 5
            assert places == chosen(rule, seed)
            kinds = {place[0] for place in places}
            assert kinds == {"v", "a"}
    assert not can_be_asked(in_force().rules["VX-1"])


def test_examples_are_asked_in_her_language_where_all_of_them_are_translated(house):
    rule = in_force().rules["VX-1"]
    text = reading.reading(in_force(), "en").rules["VX-1"]
    assert [one.text for one in asked(rule, text, ["v0", "a0"])] == [
        rule.violating_examples[0],
        rule.allowed_examples[0],
    ]


def test_cases_under_the_rule_go_past_her_until_she_has_answered(asking, moderator):
    start_shift(actor=moderator)
    under = make.case(rule_codes=["HT-1", "VX-1"], priority=80)
    other = make.case(rule_codes=["HT-1"])
    assert codes_withheld(moderator) == ["VX-1"]
    assert claim_next(actor=moderator).case_id == other.pk
    Claim.objects.update(ended_at="2026-01-01T00:00Z", ending="released", started_at="2025-01-01T00:00Z")
    Case.objects.filter(pk=other.pk).update(state="done", closed_at="2026-01-01T00:00Z")
    assert claim_next(actor=moderator) is None
    assert answer(moderator).passed
    assert codes_withheld(moderator) == []
    assert claim_next(actor=moderator).case_id == under.pk


def test_many_such_cases_in_front_hide_nothing_behind_them(asking, moderator):
    start_shift(actor=moderator)
    for _ in range(70):
        make.case(rule_codes=["VX-1"], priority=90)
    last = make.case(rule_codes=["HT-1"])
    assert claim_next(actor=moderator).case_id == last.pk


def test_nobody_else_gives_it_to_her_either(asking, moderator, supervisor):
    start_shift(actor=moderator)
    under = make.case(rule_codes=["VX-1"])
    with pytest.raises(NotYours):
        claim_case(actor=supervisor, holder=moderator, case_id=under.pk)
    under.refresh_from_db()
    assert (under.state, Claim.objects.count()) == ("waiting", 0)


def claimed_without_asking(case, person, **changed):
    given = {
        "case": case, "holder": person, "exposure": case.exposure, "level": 4, "used_before": 0, "budget": 0, "reserved": 0,
        "owed": True, "started_at": now(), "expires_at": now() + timedelta(minutes=10),
    }  # fmt: skip
    return Claim.objects.create(**given | changed)


def test_the_database_refuses_such_a_claim_whoever_writes_it(asking, moderator, supervisor, publish_anew):
    under = make.case(rule_codes=["HT-1", "VX-1"])
    with (
        pytest.raises(IntegrityError, match="claim_is_never_under_a_check_she_owes"),
        transaction.atomic(),
    ):
        claimed_without_asking(under, moderator)
    answer(supervisor)  # somebody else's answer is not hers
    answer(moderator, answers=mistaken())
    with (
        pytest.raises(IntegrityError, match="claim_is_never_under_a_check_she_owes"),
        transaction.atomic(),
    ):
        claimed_without_asking(under, moderator)
    assert Claim.objects.count() == 0
    claimed_without_asking(make.case(rule_codes=["HT-1"]), moderator).delete()
    answer(moderator, seed="2")
    publish_anew("3.0.0", HT_1={"description": "Something else."})  # VX-1 reads as it did
    claimed_without_asking(under, moderator).delete()
    publish_anew("4.0.0", VX_1={"description": "Reworded, and so to be answered anew."})
    with (
        pytest.raises(IntegrityError, match="claim_is_never_under_a_check_she_owes"),
        transaction.atomic(),
    ):
        claimed_without_asking(under, moderator)
    publish_anew("5.0.0", VX_1={"check_required": False})
    claimed_without_asking(under, moderator)


def test_what_is_asked_is_what_is_in_force_when_the_claim_begins(asking, moderator, publish_anew):
    before = now()
    publish_anew("3.0.0", VX_1={"check_required": False})
    under = make.case(rule_codes=["VX-1"])
    with (
        pytest.raises(IntegrityError, match="claim_is_never_under_a_check_she_owes"),
        transaction.atomic(),
    ):
        claimed_without_asking(under, moderator, started_at=before)
    claimed_without_asking(under, moderator)


def test_an_undone_decision_under_a_rule_that_asks_since_goes_back_to_the_queue(
    house, moderator, publish_anew
):
    start_shift(actor=moderator)
    case = make.case(rule_codes=["VX-1"])
    claim = claim_next(actor=moderator)
    decided = decide(actor=moderator, claim_id=claim.claim_id, verdict=Verdict(outcome="no_violation"))
    publish_anew("2.0.0", VX_1=ASKING)
    undo(actor=moderator, decision_id=decided.decision_id)
    case.refresh_from_db()
    assert case.state == "waiting"
    assert not Claim.objects.filter(ended_at=None).exists()
    assert claim_next(actor=moderator) is None


def test_who_owes_no_check_pays_for_no_question(house, moderator, django_assert_num_queries):
    in_force()
    with django_assert_num_queries(0):
        assert codes_withheld(moderator) == []


def test_who_has_passed_is_asked_of_once(asking, moderator, django_assert_num_queries):
    answer(moderator)
    codes_withheld(moderator)
    with django_assert_num_queries(0):
        assert codes_withheld(moderator) == []


def test_a_mistake_is_no_pass_and_she_may_try_again(asking, moderator):
    attempt = answer(moderator, answers=mistaken())
    assert (attempt.passed, len(attempt.missed)) == (False, 1)
    assert [rule.code for rule in checks_owed(moderator)] == ["VX-1"]
    assert answer(moderator, seed="2").passed
    assert answer(moderator, seed="3").passed  # again: nothing new
    assert CheckAttempt.objects.filter(passed=True).count() == 1


def test_a_check_holds_for_the_words_it_was_about(asking, moderator, publish_anew):
    answer(moderator)
    publish_anew("3.0.0", HT_1={"description": "Something else."})
    assert checks_owed(moderator) == []
    publish_anew("4.0.0", VX_1={"description": "Reworded, and so to be answered anew."})
    assert [rule.code for rule in checks_owed(moderator)] == ["VX-1"]


def test_refusals_write_nothing(asking, moderator):
    good = right()
    for refusal, given in (
        (NothingToCheck, {"code": "HT-1"}),
        (NothingToCheck, {"code": "NO-1"}),
        (CheckMoved, {"wording": "0" * 64}),
        (AnswerEach, {"answers": {}}),
        (AnswerEach, {"answers": good | {next(iter(good)): "perhaps"}}),
    ):
        whole = {
            "code": "VX-1",
            "seed": "1",
            "answers": good,
            "wording": wording_of(asking.rules["VX-1"]),
        } | given
        with pytest.raises(refusal):
            answer_check(actor=moderator, **whole)
    assert not CheckAttempt.objects.exists()
    assert not Event.objects.filter(kind="guidelines.check_answered").exists()


def test_leads_see_sums_of_five_people_or_none_and_never_a_name(asking, publish_anew):
    people = [User.objects.create_user(f"p{n}", pseudonym=f"P-{n}", roles=["moderator"]) for n in range(5)]
    for person in people[:4]:
        answer(person, answers=mistaken())
    told = check_results(asking.rules.values())["VX-1"]
    assert told == {"people": 4, "passed": 0, "at_once": None, "missed": []}
    answer(people[4])
    answer(people[0], seed="2")
    told = check_results(asking.rules.values())["VX-1"]
    assert (told["people"], told["passed"], told["at_once"]) == (5, 2, 0.2)
    example, times = told["missed"][0]
    assert times == 4
    assert example in asking.rules["VX-1"].violating_examples + asking.rules["VX-1"].allowed_examples
    private = Event.objects.filter(kind="guidelines.check_answered").values_list("private", flat=True)
    assert set(private) == {True}


@pytest.mark.parametrize(
    ("row", "refusal"),
    [
        ({"asked": ["v0"]}, "check_asks_two_to_five"),
        ({"missed": ["v9"], "passed": False}, "check_misses_only_what_was_asked"),
        ({"passed": False}, "check_is_passed_with_every_answer_right"),
        ({"missed": ["v0"]}, "check_is_passed_with_every_answer_right"),
    ],
)
def test_the_database_refuses_an_attempt_that_cannot_be(asking, moderator, row, refusal):
    whole = {"asked": ["v0", "a0"], "missed": [], "passed": True, "wording": "0" * 64} | row
    with pytest.raises(IntegrityError, match=refusal), transaction.atomic():
        CheckAttempt.objects.create(user=moderator, rule_version_id=asking.rules["VX-1"].id, **whole)


def test_an_attempt_is_never_changed(asking, moderator):
    attempt = answer(moderator, answers=mistaken())
    with pytest.raises(InternalError, match="Cannot update or delete"), transaction.atomic():
        CheckAttempt.objects.update(passed=True, missed=[])
    with pytest.raises(InternalError, match="Cannot update or delete"), transaction.atomic():
        attempt.delete()


def test_the_page_asks_tells_what_the_rule_says_and_lets_her_try_again(asking, signed_in, moderator):
    client = signed_in("moderator")
    page = client.get("/desk/checks/VX-1/").content.decode()
    assert page.count('value="breaks" required') + page.count('value="allowed"') == 2 * len(
        chosen(asking.rules["VX-1"], "x")
    )
    sent = {"seed": "1", "wording": wording_of(asking.rules["VX-1"])}
    page = client.post("/desk/checks/VX-1/", sent)
    assert (page.status_code, "Answer each of the examples" in page.content.decode()) == (422, True)
    page = client.post("/desk/checks/VX-1/", sent | mistaken()).content.decode()
    assert "read otherwise than the rule says" in page
    assert "Another set" in page
    page = client.post("/desk/checks/VX-1/", sent | {"seed": "2"} | right(seed="2")).content.decode()
    assert "All as the rule says." in page
    mine = client.get("/desk/checks/").content.decode()
    assert "All as the rule says" in mine
    assert "None. Every case comes to you as always." in mine
    theirs = signed_in("senior").get("/desk/checks/").content.decode()
    assert "As the rule says" not in theirs
    assert "Answered" not in theirs


def test_the_desk_names_the_checks_she_owes(asking, signed_in, moderator):
    start_shift(actor=moderator)
    page = signed_in("moderator").get("/desk/").content.decode()
    assert '<a href="/desk/checks/VX-1/">' in page
