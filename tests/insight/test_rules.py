"""How rules fare, for whoever writes them: sums of rules, never of people."""

import pytest
from django.utils.timezone import localdate

from apps.briefing.operations import mark_unclear
from apps.decisions.operations import decide, undo
from apps.decisions.verdict import Verdict
from apps.guidelines.models import GuidelineVersion
from apps.guidelines.operations import open_draft
from apps.insight.models import RuleDay, RuleTimeDay
from apps.insight.queries.rules import RuleUse, disagreements, rule_times, rule_use, rule_uses
from apps.queues.models import Case
from apps.queues.operations import escalate
from apps.wellbeing.operations import start_shift
from tests import make

SCAM = Verdict(outcome="violates", rules=["AU-4"], actions=["remove"])
SPAM = Verdict(outcome="violates", rules=["AU-5"], actions=["remove"])
FINE = Verdict(outcome="no_violation", rationale=["satire"])
UNSURE = Verdict(outcome="unsure")


@pytest.fixture
def second(house, senior):
    start_shift(actor=senior)
    return senior


def by(actor, verdict, take):
    return decide(actor=actor, claim_id=take(actor), verdict=verdict).decision_id


def test_outcomes_are_counted_under_every_rule_the_case_was_looked_at_for(mara, reported, take, keep_up):
    for verdict in (SCAM, SPAM, FINE):
        reported(rule="AU-4")
        by(mara, verdict, take)
    keep_up()
    told = rule_use("AU-4")
    assert (told.considered, told.violated, told.otherwise, told.cleared, told.unsure) == (3, 1, 1, 1, 0)
    assert (rule_use("AU-5").considered, rule_use("AU-5").violated) == (1, 1)
    assert rule_use("HT-1") == RuleUse("HT-1")
    assert sum(RuleTimeDay.objects.filter(rule_code="AU-4").values_list("n", flat=True)) == 3
    assert rule_times("AU-4").quarters is not None


def test_what_is_taken_back_is_taken_away(mara, reported, take, keep_up):
    reported(rule="AU-4")
    decision = by(mara, SCAM, take)
    keep_up()
    undo(actor=mara, decision_id=decision)
    keep_up()
    assert rule_use("AU-4") == RuleUse("AU-4")
    assert set(RuleTimeDay.objects.values_list("n", flat=True)) == {0}
    assert rule_times("AU-4").bars == []


def test_a_second_person_who_reads_it_otherwise_is_a_disagreement_told_without_names(
    mara, second, reported, take, keep_up
):
    """An account is to be ended: two people. The second finds no violation."""
    reported(rule="AU-4")
    by(
        mara,
        Verdict(outcome="violates", rules=["AU-4"], actions=["account_terminate"], rationale=["repeated"]),
        take,
    )
    by(second, FINE, take)
    keep_up()
    told = rule_use("AU-4")
    assert (told.compared, told.disagreed, told.appealed, told.overturned) == (1, 1, 0, 0)
    assert told.disagreement is None
    (pair,) = disagreements("AU-4")
    assert (pair["first_outcome"], pair["later_outcome"], pair["first_because"]) == (
        "violates",
        "no_violation",
        "repeated",
    )
    assert not {"moderator", "senior", mara.pseudonym, second.pseudonym} & {
        str(value) for value in pair.values()
    }
    assert disagreements("AU-5") == []


def test_a_second_person_who_says_the_same_is_no_disagreement(mara, second, reported, take, keep_up):
    reported(rule="AU-4")
    verdict = Verdict(outcome="violates", rules=["AU-4"], actions=["account_terminate"])
    by(mara, verdict, take)
    by(second, verdict, take)
    keep_up()
    assert (rule_use("AU-4").compared, rule_use("AU-4").disagreed) == (1, 0)
    assert disagreements("AU-4") == []


def test_a_first_answer_nobody_was_sure_of_compares_with_nothing(mara, second, reported, take, keep_up):
    reported(rule="AU-4")
    by(mara, UNSURE, take)
    by(second, SCAM, take)
    keep_up()
    assert (rule_use("AU-4").unsure, rule_use("AU-4").compared) == (1, 0)


@pytest.mark.parametrize(
    ("note", "n"),
    [("The rule is unclear here.", 1), ("វិធានមិនច្បាស់", 1), ("Quy tắc không rõ", 1), ("Look, please.", 0)],
)
def test_escalations_that_call_the_rule_unclear_are_counted(mara, reported, take, keep_up, note, n):
    reported(rule="AU-4")
    escalate(actor=mara, claim_id=take(mara), note=note)
    keep_up()
    assert rule_use("AU-4").escalated_unclear == n


def test_marks_of_people_are_counted(mara, second, keep_up):
    mark_unclear(actor=mara, code="AU-4")
    mark_unclear(actor=mara, code="AU-4")
    mark_unclear(actor=second, code="AU-4")
    keep_up()
    assert rule_use("AU-4").marked_unclear == 2


def test_the_list_begins_where_volume_times_disagreement_is_greatest(db):
    day = localdate()
    for code, considered, compared, disagreed in (
        ("HT-1", 1000, 10, 1), ("HT-2", 50, 10, 9), ("VX-1", 9000, 4, 4), ("VX-2", 300, 10, 5),
    ):  # fmt: skip
        RuleDay.objects.create(
            day=day, rule_code=code, considered=considered, compared=compared, disagreed=disagreed
        )
    assert [(use.code, round(use.weight)) for use in rule_uses()] == [
        ("VX-2", 150), ("HT-1", 100), ("HT-2", 45), ("VX-1", 0),
    ]  # fmt: skip


def test_the_pages_of_an_author(mara, second, reported, take, keep_up, signed_in):
    reported(rule="AU-4")
    by(mara, Verdict(outcome="violates", rules=["AU-4"], actions=["account_terminate"]), take)
    by(second, FINE, take)
    mark_unclear(actor=mara, code="AU-4")
    keep_up()
    client = signed_in("policy")
    page = client.get("/guidelines/in-use/").content.decode()
    assert '<a href="/guidelines/rules/AU-4/in-use/">' in page
    assert "too few" in page
    page = client.get("/guidelines/rules/AU-4/in-use/").content.decode()
    assert "Where two people read it otherwise" in page
    assert "/guidelines/rules/AU-4/examples/" in page
    for name in (mara.username, mara.pseudonym, second.pseudonym):
        assert f">{name}<" not in page
    assert "No case came under this rule" in client.get("/guidelines/rules/HT-1/in-use/").content.decode()


def test_a_page_costs_the_same_with_one_case_or_many(
    mara, reported, take, keep_up, signed_in, django_assert_max_num_queries
):
    client = signed_in("policy")
    for number in range(6):
        reported(rule="AU-4")
        by(mara, (SCAM, FINE)[number % 2], take)
    keep_up()
    client.get("/guidelines/in-use/")
    with django_assert_max_num_queries(6):
        client.get("/guidelines/in-use/")
    with django_assert_max_num_queries(7):
        client.get("/guidelines/rules/AU-4/in-use/")


# A real case, told as an example


@pytest.fixture
def told(house, mara, take, policy):
    """A decided case whose text names people, and a draft."""
    make.case(
        item=make.item(text="Send 50 euro to @anna or call +855 12 345 678, see https://bad.example/x"),
        rule_codes=["AU-4"],
    )
    decision = by(mara, SCAM, take)
    return decision, open_draft(actor=policy)


def examples(draft):
    return draft.rules.get(code="AU-4").violating_examples


def test_a_case_is_offered_without_addresses_numbers_and_names(told, signed_in):
    decision, _ = told
    page = signed_in("policy").get(f"/guidelines/rules/AU-4/examples/{decision}/").content.decode()
    assert "Send 50 euro to [name] or call [phone], see [url]" in page
    for secret in ("@anna", "345 678", "bad.example"):
        assert secret not in page


def test_an_example_goes_into_the_draft_as_its_authors_edit_and_keeps_no_word_of_the_case(
    told, signed_in, policy
):
    decision, draft = told
    form = {
        "draft": draft.number,
        "kind": "violating",
        "names_nobody": "yes",
        "text": "A stranger asks for money by phone.",
    }
    answer = signed_in("policy").post(f"/guidelines/rules/AU-4/examples/{decision}/", form)
    assert answer.status_code == 302
    assert examples(draft)[-1] == "A stranger asks for money by phone."
    edit = draft.edits.get()
    assert edit.person == policy
    for word in ("anna", "50 euro", "+855 12", "bad.example"):
        assert word not in str(edit.after)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"text": "Call +855 12 345 678 now."}, "It still holds"),
        ({"text": "Send money to [name] please."}, "instead of the words in brackets"),
        ({"text": "Short."}, "characters; this has 6"),
        ({"names_nobody": ""}, "Read it over for names"),
        ({"kind": "other"}, "Say whether it breaks the rule"),
    ],
)
def test_what_could_still_tell_who_it_was_is_refused_and_what_was_typed_stays(told, signed_in, change, words):
    decision, draft = told
    form = {
        "draft": draft.number,
        "kind": "violating",
        "names_nobody": "yes",
        "text": "A stranger asks for money.",
    }
    before = examples(draft)
    answer = signed_in("policy").post(f"/guidelines/rules/AU-4/examples/{decision}/", form | change)
    page = answer.content.decode()
    assert (answer.status_code, words in page) == (422, True)
    assert (form | change)["text"] in page
    assert examples(draft) == before
    assert not draft.edits.exists()


def test_a_published_version_takes_no_example(told, signed_in):
    decision, _ = told
    number = GuidelineVersion.objects.get(state="published").number
    form = {"draft": number, "kind": "violating", "names_nobody": "yes", "text": "A stranger asks for money."}
    assert signed_in("policy").post(f"/guidelines/rules/AU-4/examples/{decision}/", form).status_code == 404


def test_a_heavy_case_is_described_and_never_quoted(told, signed_in):
    decision, _ = told
    Case.objects.update(exposure=3)
    page = signed_in("policy").get(f"/guidelines/rules/AU-4/examples/{decision}/").content.decode()
    assert "Send 50 euro" not in page
    assert "never quote" in page


def test_a_decision_under_another_rule_is_no_example_of_this_one(told, signed_in):
    decision, _ = told
    assert signed_in("policy").get(f"/guidelines/rules/HT-1/examples/{decision}/").status_code == 404
