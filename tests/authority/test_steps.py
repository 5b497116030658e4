"""A request goes through its steps in order, and each is refused to whoever may not take it."""

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.utils.timezone import now

from apps.authority.errors import InvalidAsking, NeedsAnother, StepNotDue
from apps.authority.models import NecessityTest, Request, Telling, Validity
from apps.authority.operations import (
    answer_proposal,
    answered,
    find_validity,
    lift,
    lift_due,
    locate,
    propose,
    record_request,
    refuse,
    send_letter,
    tell_authors_due,
)
from apps.decisions.models import Decision, Enforcement, Notice
from apps.decisions.operations import decide, undo, withhold_by_law
from apps.decisions.queries import author_history, standing
from apps.errors import NotAllowed
from apps.ledger.models import Event
from apps.ledger.operations import drain
from apps.queues.models import Case
from apps.queues.operations import claim_case, claim_next
from apps.wellbeing.exposure import Look
from apps.wellbeing.operations import start_shift
from tests import make
from tests.authority.conftest import FINE, SCAM, WORDS, asking, proposed, reviewed, withheld
from tests.later import later

pytestmark = pytest.mark.django_db
REASONS = "The order names no article of any law."


def test_a_bundle_is_split_into_items_and_each_is_reviewed(house, legal):
    first, second = make.item(), make.item()
    made = record_request(actor=legal, asking=asking(first, second, "somewhere:else", first))
    drain()
    rows = {row.position: (row.item_id, row.state) for row in made.items.all()}
    assert rows == {1: (first.pk, "review"), 2: (second.pk, "review"), 3: (None, "unknown")}
    cases = Case.objects.order_by("item_id").values_list("item_id", "purpose", "shown_as")
    assert list(cases) == [(one.pk, "authority_request", "review") for one in (first, second)]


def test_what_breaks_our_rules_is_acted_on_under_them_and_the_request_ends(asked, floor):
    row = reviewed(asked(), floor, SCAM)
    assert (row.state, row.closed_at is not None) == ("by_rules", True)
    [decision] = Decision.objects.all()
    assert (decision.purpose, decision.ground, row.review_id) == ("review", "guideline", decision.pk)
    assert not Telling.objects.exists()


def test_a_review_taken_back_settles_nothing(asked, floor):
    row = asked()
    claim = claim_next(actor=floor)
    made = decide(actor=floor, claim_id=claim.claim_id, verdict=FINE, look=Look(1))
    undo(actor=floor, decision_id=made.decision_id)
    later()
    row.refresh_from_db()
    assert (row.state, row.review_id) == ("review", None)


def test_a_review_that_is_open_already_answers_the_question(floor, legal):
    item = make.item()
    open_case = make.case(item=item)
    made = record_request(actor=legal, asking=asking(item))
    drain()
    assert [case.pk for case in Case.objects.all()] == [open_case.pk]
    row = reviewed(made.items.get(), floor)
    assert (row.state, row.case_id) == ("law", open_case.pk)


def test_what_was_decided_before_is_looked_at_again_as_a_re_review(asked, floor, senior, signed_in):
    item = make.item()
    case = make.case(item=item)
    claim = claim_next(actor=floor)
    decide(actor=floor, claim_id=claim.claim_id, verdict=FINE, look=Look(1))
    later()
    asked(item)
    again = Case.objects.exclude(pk=case.pk).get(purpose="authority_request")
    assert (again.purpose, again.shown_as, again.shown_purpose_label) == (
        "authority_request",
        "re_review",
        "Re-review",
    )


def test_a_statutory_clock_makes_it_due_sooner_and_gives_no_points(asked):
    plain = Case.objects.get(item_id=asked().item_id)
    hurried = asked(clock_minutes=60)
    case = Case.objects.get(item_id=hurried.item_id)
    assert case.priority == plain.priority
    assert case.due_at == hurried.deadline_at == hurried.request.received_at + timedelta(hours=1)
    assert plain.due_by is None
    assert plain.due_at > case.due_at


def test_two_people_one_legal_withhold_it_in_one_country_with_no_strike(
    asked, floor, legal, admin, supervisor
):
    row = reviewed(asked(), floor)
    assert row.state == "law"
    with pytest.raises(NotAllowed):
        find_validity(actor=admin, item=row, valid=True, reasons="Looks valid to me, whatever it says.")
    proposed(row, legal)
    with pytest.raises(NeedsAnother):
        answer_proposal(actor=legal, item=row, agrees=True)
    assert not Enforcement.objects.exists()
    answer_proposal(actor=supervisor, item=row, agrees=True)
    row.refresh_from_db()
    test = row.tests.get()
    assert (row.state, test.state, test.second_by, test.country) == ("by_law", "agreed", supervisor, "KH")
    decision = test.decision
    assert (decision.ground, decision.purpose, decision.actions, decision.supersedes_id) == (
        "legal_only", "authority_request", ["geo_restrict"], None,
    )  # fmt: skip
    [measure] = Enforcement.objects.all()
    assert (measure.action, measure.parameters) == ("geo_restrict", {"target": "item", "countries": ["KH"]})
    assert author_history(row.item.author_id) == {"prior_decisions": 1, "prior_violations": 0, "strikes": 0}
    assert [one.pk for one in standing()] == [row.review_id]


def test_later_decisions_under_the_guidelines_leave_the_measure_alone(asked, floor, legal, admin, moderator2):
    row = withheld(asked(), floor, legal, admin)
    case = make.case(item=row.item)
    start_shift(actor=moderator2)
    claim = claim_case(actor=moderator2, holder=moderator2, case_id=case.pk)
    decide(actor=moderator2, claim_id=claim.claim_id, verdict=SCAM, look=Look(1))
    newest = Decision.objects.latest("id")
    assert newest.supersedes_id == row.review_id
    assert sorted(Enforcement.objects.values_list("action", "reverses")) == [
        ("geo_restrict", None),
        ("remove", None),
    ]


def test_a_second_person_who_does_not_agree_sends_it_back_with_reasons(asked, floor, legal, admin):
    row = proposed(reviewed(asked(), floor), legal)
    with pytest.raises(InvalidAsking):
        answer_proposal(actor=admin, item=row, agrees=False)
    answer_proposal(actor=admin, item=row, agrees=False, words="The aim named is not a legitimate one.")
    row.refresh_from_db()
    assert (row.state, row.tests.get().state, Decision.objects.count()) == ("test", "declined", 1)
    propose(actor=legal, item=row, words=WORDS, about_officials=False)
    assert row.tests.count() == 2


def test_criticism_of_officials_is_presumed_to_stay(asked, floor, legal):
    row = reviewed(asked(), floor)
    find_validity(actor=legal, item=row, valid=True, reasons="Signed by the competent court.")
    with pytest.raises(InvalidAsking) as refusal:
        propose(actor=legal, item=row, words=WORDS, about_officials=True)
    assert refusal.value.errors[0]["field"] == "in_spite_of_that"
    assert not NecessityTest.objects.exists()


def test_no_step_is_skipped(asked, floor, legal, admin):
    row = asked()
    for step in (
        lambda: find_validity(actor=legal, item=row, valid=True, reasons="Valid, as far as one can see."),
        lambda: propose(actor=legal, item=row, words=WORDS, about_officials=False),
        lambda: answer_proposal(actor=admin, item=row, agrees=True),
        lambda: refuse(actor=legal, item=row, reasons=REASONS),
        lambda: answered(actor=legal, item=row),
    ):
        before = Event.objects.count()
        with pytest.raises(StepNotDue):
            step()
        assert Event.objects.count() == before
    row.refresh_from_db()
    assert (row.state, Validity.objects.count()) == ("review", 0)


def test_an_invalid_order_is_answered_by_a_letter_and_nothing_is_done(asked, floor, legal):
    row = reviewed(asked(), floor)
    find_validity(actor=legal, item=row, valid=False, reasons=REASONS)
    send_letter(actor=legal, item=row, kind="push_back", reasons="Please name the law you act under.")
    refuse(actor=legal, item=row, reasons=REASONS)
    row.refresh_from_db()
    assert (row.state, Enforcement.objects.count()) == ("refused", 0)
    pushed, refused = row.letters.all()
    assert "MW-77" in pushed.body
    assert "Please name the law you act under." in pushed.body
    assert (refused.template.kind, REASONS in refused.body) == ("refuse", True)


def test_asking_back_stops_the_clock_and_the_answer_starts_it_anew(asked, floor, legal):
    row = reviewed(asked(clock_minutes=60), floor)
    send_letter(actor=legal, item=row, kind="clarify", reasons="Which of the posts do you mean, exactly?")
    row.refresh_from_db()
    assert (row.state, row.deadline_at) == ("asked_back", None)
    with time_machine.travel(now() + timedelta(hours=5), tick=False):
        answered(actor=legal, item=row)
        row.refresh_from_db()
        assert (row.state, row.deadline_at) == ("law", now() + timedelta(hours=1))


def test_an_item_not_found_at_first_is_reviewed_once_it_is(house, legal):
    made = record_request(actor=legal, asking=asking("https://example.org/p/1"))
    row = made.items.get()
    assert (row.state, Case.objects.count()) == ("unknown", 0)
    with pytest.raises(InvalidAsking):
        locate(actor=legal, item=row, address="test:nowhere")
    item = make.item()
    locate(actor=legal, item=row, address=f"test:{item.external_id}")
    drain()
    row.refresh_from_db()
    assert (row.state, row.item, Case.objects.get().item) == ("review", item, item)


def test_a_measure_ends_by_itself_or_is_lifted_and_is_reversed_once(asked, floor, legal, admin):
    row = withheld(asked(), floor, legal, admin, until=now() + timedelta(days=30))
    assert lift_due() == 0
    with time_machine.travel(now() + timedelta(days=31)):
        assert (lift_due(), lift_due()) == (1, 0)
    test = row.tests.get()
    assert lift(actor=legal, test=test) is False
    measure, reversal = Enforcement.objects.order_by("id")
    assert (reversal.reverses, test.lifted_by) == (measure, None)
    assert Event.objects.filter(kind="enforcement.reversed").count() == 1


def test_the_author_is_told_in_her_language_and_once(asked, floor, legal, admin):
    row = withheld(asked(make.item(language="vi")), floor, legal, admin)
    assert (tell_authors_due(), tell_authors_due()) == (1, 0)
    notice = Notice.objects.get(decision=row.tests.get().decision)
    assert (notice.audience, notice.language) == ("author", "vi")
    assert "Campuchia (Penal code, Article 305)" in notice.text
    assert legal.pseudonym not in notice.text


IMPOSSIBLE = {
    "issued after it came": ({"issued_on": now().date() + timedelta(days=3)}, "issued_on"),
    "received tomorrow": ({"received_at": now() + timedelta(days=1)}, "received_at"),
    "ended before it began": (
        {"issued_on": now().date() - timedelta(days=3), "valid_until": now().date() - timedelta(days=9)},
        "valid_until",
    ),
    "a country that does not exist": ({"country": "ZZ"}, "country"),
    "a country asked for that does not exist": ({"countries": ["KH", "QQ"]}, "countries"),
    "no item": ({"addresses": []}, "addresses"),
    "silence already over": (
        {"confidential_until": now() - timedelta(days=1), "silence_basis": "A law."},
        "confidential_until",
    ),
    "silence without a basis": ({"confidential_until": now() + timedelta(days=1)}, "silence_basis"),
    "the author's silence without an order": (
        {"author_silence_until": now() + timedelta(days=1), "silence_basis": "A law."},
        "documents",
    ),
}


@pytest.mark.parametrize(("fields", "field"), IMPOSSIBLE.values(), ids=IMPOSSIBLE)
def test_what_cannot_be_is_refused_and_nothing_is_kept(house, legal, fields, field):
    with pytest.raises(InvalidAsking) as refusal:
        record_request(actor=legal, asking=asking(make.item(), **fields))
    assert [error["field"] for error in refusal.value.errors] == [field]
    assert (Request.objects.count(), Event.objects.filter(kind="authority.recorded").count()) == (0, 0)


def refused(name: str, sql: str, values: list) -> None:
    with pytest.raises(IntegrityError, match=name), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)


def test_the_database_itself_refuses_to_skip_a_step(asked, floor, legal, admin, moderator2):
    row = asked()
    to = "UPDATE authority_requestitem SET state = %s, review_id = %s WHERE id = %s"
    refused("law_is_asked_only_after_the_guidelines", to, ["law", None, row.pk])
    make.case(item=make.item(), queue="fraud")
    broken = reviewed(row, floor)
    test_row = "authority_necessitytest"
    columns = """(item_id, legality, aim, necessity, proportionality, about_officials, in_spite_of_that, country,
                  proposed_by_id, state, second_words)"""
    insert = f"INSERT INTO {test_row} {columns} VALUES (%s, %s, 'a', 'n', 'p', %s, '', %s, %s, 'pending', '')"
    refused("test_is_written_down", insert, [row.pk, "", False, "KH", legal.pk])
    refused(
        "criticism_of_officials_is_withheld_only_with_a_reason", insert, [row.pk, "l", True, "KH", legal.pk]
    )
    refused("restriction_holds_in_the_senders_country_only", insert, [row.pk, "l", False, "TH", legal.pk])
    validity = "INSERT INTO authority_validity (item_id, valid, reasons, by_id) VALUES (%s, true, 'r', %s)"
    refused("validity_is_found_by_a_legal_reviewer", validity, [row.pk, admin.pk])
    proposed(broken, legal)
    agree = f"""UPDATE {test_row} SET state = 'agreed', second_by_id = %s, second_at = now(), decision_id = %s
                WHERE item_id = %s"""
    refused("restriction_holds_in_the_senders_country_only", agree, [admin.pk, row.review_id, row.pk])
    row.refresh_from_db()
    by_law = withhold_by_law(actor=legal, case=row.case, country="KH")
    refused("restriction_takes_two_people", agree, [legal.pk, by_law.pk, row.pk])
    with connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_user SET roles = '{admin}' WHERE id = %s", [legal.pk])
    refused("restriction_takes_one_legal_reviewer", agree, [admin.pk, by_law.pk, row.pk])
    change = "UPDATE authority_request SET scope = 'another' WHERE id = %s"
    with pytest.raises(Exception, match="Cannot update"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change, [row.request_id])
    assert NecessityTest.objects.get().state == "pending"


def test_whoever_handles_the_request_never_counts_as_its_reviewer(asked, floor, legal):
    legal.roles, legal.languages = ["legal_reviewer", "moderator"], ["en"]
    legal.save()
    start_shift(actor=legal)
    item = make.item()
    make.case(item=item)
    decide(actor=legal, claim_id=claim_next(actor=legal).claim_id, verdict=FINE, look=Look(1))
    row = asked(item)
    assert claim_next(actor=legal) is None  # she knows, so it is not hers to take
    take_hers = "UPDATE authority_requestitem SET review_id = %s WHERE id = %s"
    refused("review_is_never_by_who_handles_the_request", take_hers, [Decision.objects.get().pk, row.pk])
    assert reviewed(row, floor).review.decider == floor
