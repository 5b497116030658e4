"""The ladder edited by two: proposed with a reason, previewed, put in force by another, never changed."""

from dataclasses import asdict, replace
from datetime import timedelta

import pytest
import time_machine
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from apps.accounts.keys import issue
from apps.decisions.models import Decision, Enforcement
from apps.errors import NotAllowed
from apps.ledger.models import Event
from apps.queues.operations import claim_next
from apps.strikes.errors import (
    LadderNeedsSecondPerson,
    LadderProposedAlready,
    LadderSettledAlready,
    LadderUnusable,
)
from apps.strikes.ladder import STARTER, STEPS, Ladder, Step, check
from apps.strikes.models import LadderVersion, Strike, Suspension
from apps.strikes.operations import propose_ladder, settle_ladder, withdraw_ladder
from apps.strikes.queries_ladder import ladder_in_force, outlook
from tests import make
from tests.appeals.conftest import _house_for_all as _house_for_all
from tests.appeals.conftest import decided
from tests.appeals.conftest import house as house
from tests.conftest import person
from tests.strikes.test_strikes import SUSPENDED

# A suspension comes a strike earlier, and a strike under a rule of severity 4 counts half as long.
STRICTER = Ladder(
    (Step(1, "", 0), Step(2, "account_suspend", 7), Step(4, "account_suspend", 60), Step(6, "account_terminate", 0)),
    (30, 60, 90, 90, 365),
)  # fmt: skip
REASON = "Sellers of followers come back within days."


def propose(who="policy", ladder=STRICTER, reason=REASON):
    return propose_ladder(actor=person(who), ladder=ladder, reason=reason)


def put_in_force(ladder=STRICTER, *, ago=timedelta(hours=1)):
    with time_machine.travel(now() - ago, tick=True):
        made = propose(ladder=ladder)
        return settle_ladder(actor=person("legal"), version_id=made.pk, approve=True)


def strikes(decision, *, of=None, given, severity=4, many=1):
    """Strikes on an account (a new one), given that long ago, as its own decisions ordered them."""
    author = of or make.item().author
    fields = {name.attname: getattr(decision, name.attname) for name in Decision._meta.concrete_fields}
    for name in ("id", "supersedes_id"):
        fields.pop(name)
    for _ in range(many):
        made = Decision.objects.create(**{**fields, "demo": True})
        ordered = Enforcement.objects.create(
            decision=made, item=decision.item, action="strike", due_at=now(), detection_source="user_report"
        )
        at = now() - given
        Strike.objects.create(
            author=author, decision=made, enforcement=ordered, rule_code="AU-4", severity=severity, given_at=at,
            expires_at=at + STARTER.expires_after(severity),
        )  # fmt: skip
    return author


# The laws of ladders


@pytest.mark.parametrize(
    ("steps", "words"),
    [
        ((), "A ladder has 1 to 8 steps"),
        (tuple(Step(n, "account_suspend" if n > 1 else "", n if n > 1 else 0) for n in range(1, 10)), "1 to 8 steps"),
        ((Step(1, "feature_suspend", 3),), "The first step is a warning, at one strike"),
        ((Step(2, "", 0),), "The first step is a warning, at one strike"),
        ((Step(1, "", 0), Step(2, "account_suspend", 7), Step(3, "feature_suspend", 30)), "Step 3 .* is milder"),
        ((Step(1, "", 0), Step(2, "account_suspend", 7), Step(3, "account_suspend", 6)), "Step 3 .* is milder"),
        ((Step(1, "", 0), Step(2, "account_suspend", 7), Step(3, "account_suspend", 7)), "Step 3 provides for the same"),
        ((Step(1, "", 0), Step(2, "account_terminate", 0), Step(3, "account_suspend", 7)), "Step 3 .* is milder"),
        ((Step(1, "", 0), Step(1, "account_suspend", 7)), "Step 2 stands at no more strikes"),
        ((Step(1, "", 0), Step(2, "account_suspend", 0)), "suspended for 1 to 180 days. Nothing is for ever"),
        ((Step(1, "", 0), Step(2, "account_suspend", 181)), "suspended for 1 to 180 days. Nothing is for ever"),
        ((Step(1, "", 0), Step(2, "feature_suspend", 91)), "a feature is suspended for 1 to 90 days"),
        ((Step(1, "", 0), Step(2, "account_terminate", 5)), "only a suspension has days"),
        ((Step(1, "", 0), Step(51, "account_suspend", 5)), "1 to 50 strikes"),
        ((Step(1, "", 0), Step(2, "remove", 0)), "names no measure"),
    ],
)  # fmt: skip
def test_a_ladder_that_breaks_a_law_is_refused_in_words_and_by_the_database(house, steps, words):
    with pytest.raises(LadderUnusable, match=words):
        propose(ladder=replace(STRICTER, steps=steps))
    with pytest.raises(IntegrityError, match="ladder_keeps_the_laws"), transaction.atomic():
        write(steps=[asdict(one) for one in steps])
    assert not LadderVersion.objects.exists()
    assert not Event.objects.filter(kind="ladder.proposed").exists()


@pytest.mark.parametrize(
    "counts", [(30, 60, 90, 80, 365), (6, 60, 90, 180, 365), (30, 60, 90, 180, 731), (30, 60)]
)
def test_how_long_strikes_count_has_bounds_and_an_order(house, counts):
    with pytest.raises(LadderUnusable, match="A strike"):
        propose(ladder=replace(STRICTER, counts_for=counts))
    with pytest.raises(IntegrityError, match="ladder_keeps_the_laws"), transaction.atomic():
        write(counts_for=list(counts))


def write(**fields):
    ours = {
        "steps": [asdict(one) for one in STRICTER.steps], "counts_for": list(STRICTER.counts_for), "reason": "r",
        "preview": {}, "proposed_by": person("policy"),
    }  # fmt: skip
    return LadderVersion.objects.create(**{**ours, **fields})


def test_the_ladder_the_program_came_with_keeps_them_all():
    check(STARTER)
    assert STARTER.steps == STEPS


# One proposes, another puts in force


def test_what_one_proposed_holds_once_another_puts_it_in_force(house):
    made = propose()
    assert ladder_in_force() == STARTER
    with pytest.raises(LadderNeedsSecondPerson):
        settle_ladder(actor=person("policy"), version_id=made.pk, approve=True)
    assert ladder_in_force() == STARTER
    settle_ladder(actor=person("legal"), version_id=made.pk, approve=True, because="Agreed.")
    assert ladder_in_force() == replace(STRICTER, number=1, id=made.pk)
    assert [
        (event.kind, event.actor_id) for event in Event.objects.filter(kind__startswith="ladder.").order_by("id")
    ] == [("ladder.proposed", person("policy").pk), ("ladder.approved", person("legal").pk)]  # fmt: skip
    with pytest.raises(LadderSettledAlready):
        settle_ladder(actor=person("admin"), version_id=made.pk, approve=False)


def test_of_two_versions_one_is_in_force_and_the_other_ends_where_it_begins(house):
    first = put_in_force(ago=timedelta(days=3))
    second = put_in_force(replace(STRICTER, counts_for=(30, 60, 90, 120, 365)), ago=timedelta(days=1))
    first.refresh_from_db()
    assert (first.retired_at, second.retired_at) == (second.in_force_from, None)
    assert (first.number, second.number, ladder_in_force().number) == (1, 2, 2)


def test_a_refused_or_withdrawn_ladder_never_holds(house):
    refused = propose()
    settle_ladder(actor=person("legal"), version_id=refused.pk, approve=False, because="Too strict.")
    taken_back = propose()
    with pytest.raises(NotAllowed):
        withdraw_ladder(actor=person("legal"), version_id=taken_back.pk)
    withdraw_ladder(actor=person("policy"), version_id=taken_back.pk)
    assert ladder_in_force() == STARTER
    assert list(LadderVersion.objects.order_by("id").values_list("state", "number")) == [
        ("refused", None), ("withdrawn", None),
    ]  # fmt: skip


def test_a_proposal_needs_a_reason_something_new_and_nobody_else_waiting(house):
    with pytest.raises(LadderUnusable, match="Say why"):
        propose(reason="  ")
    with pytest.raises(LadderUnusable, match="in force already"):
        propose(ladder=STARTER)
    with pytest.raises(NotAllowed):
        propose("supervisor")
    propose()
    with pytest.raises(LadderProposedAlready):
        propose("admin")
    assert LadderVersion.objects.count() == 1


def test_the_database_has_the_last_word(house):
    first = put_in_force(ago=timedelta(days=2))
    made = propose(ladder=replace(STRICTER, counts_for=(30, 60, 90, 120, 365)))
    policy, legal, at = person("policy").pk, person("legal").pk, now()
    approved = {"state": "approved", "number": 2, "settled_at": at, "in_force_from": at}
    for name, which, change in (
        ("ladder_is_settled_by_a_second_person", made, {**approved, "settled_by": policy}),
        ("two_ladders_are_never_in_force_at_once", made, {**approved, "settled_by": legal}),
        ("ladder_number_once", made, {**approved, "settled_by": legal, "number": 1}),
        ("ladder_in_force_has_a_number_and_a_time", made, {**approved, "settled_by": legal, "number": None}),
        ("ladder_version_is_never_changed", made, {"steps": []}),
        ("ladder_version_is_never_changed", made, {"reason": "another"}),
        ("ladder_version_is_never_changed", first, {"counts_for": [7, 7, 7, 7, 7]}),
        ("ladder_version_is_never_changed", first, {"in_force_from": at}),
        ("ladder_version_is_never_changed", first, {"state": "refused"}),
    ):
        with pytest.raises(DatabaseError, match=name), transaction.atomic():
            LadderVersion.objects.filter(pk=which.pk).update(**change)
    with pytest.raises(IntegrityError, match="ladder_one_proposal_at_a_time"), transaction.atomic():
        write()
    with pytest.raises(IntegrityError, match="ladder_gives_a_reason"), transaction.atomic():
        write(reason="", state="proposed")
    with pytest.raises(IntegrityError, match="ladder_keeps_the_laws"), transaction.atomic():
        write(state="approved")
    with pytest.raises(DatabaseError, match="ladder_version_is_never_changed"), transaction.atomic():
        LadderVersion.objects.all()._raw_delete("default")
    with pytest.raises(IntegrityError, match="ladder_ends_where_another_begins"), transaction.atomic():
        end_without_another(first, at)
    assert ladder_in_force().number == 1


def end_without_another(version, at):
    LadderVersion.objects.filter(pk=version.pk).update(retired_at=at)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


# What is given keeps its ladder


def test_a_strike_keeps_the_ladder_its_decision_was_made_under(house, moderator):
    old = decided(by=moderator)
    made = put_in_force(ago=timedelta(seconds=-5))
    before = Strike.objects.get()
    assert (before.ladder, before.expires_at - before.given_at) == (None, timedelta(days=180))
    assert old.decided_at < made.in_force_from


def test_a_strike_under_another_ladder_counts_as_long_as_that_one_says(house, moderator):
    made = put_in_force()
    decided(by=moderator)
    strike = Strike.objects.get()
    assert (strike.ladder, strike.severity) == (made, 4)
    assert strike.expires_at - strike.given_at == timedelta(days=90)
    with pytest.raises(DatabaseError, match="strike_changes_only"), transaction.atomic():
        Strike.objects.update(ladder=None)


def test_a_suspension_keeps_it_too(house, moderator):
    made = put_in_force()
    decided(by=moderator, verdict=SUSPENDED)
    assert Suspension.objects.get().ladder == made
    with pytest.raises(DatabaseError, match="suspension_changes_only"), transaction.atomic():
        Suspension.objects.update(ladder=None)


def test_no_strike_names_a_ladder_that_was_not_in_force(house, moderator):
    decision = decided(by=moderator)
    made = put_in_force(ago=timedelta(seconds=-5))
    ordered = Enforcement.objects.create(
        decision=decision, item=decision.item, action="strike", due_at=now(), detection_source="user_report"
    )
    fields = {"rule_code": "AU-4", "severity": 4, "given_at": now(), "expires_at": now() + timedelta(days=9)}
    with pytest.raises(IntegrityError, match="strike_keeps_the_ladder"), transaction.atomic():
        Strike.objects.create(
            author=decision.item.author, decision=decision, enforcement=ordered, ladder=made, **fields
        )


def test_the_desk_says_the_next_step_of_the_ladder_in_force(house, moderator, signed_in):
    decision = decided(by=moderator)
    item = make.item(author=decision.item.author)
    case = make.case(queue="fraud", item=item)
    assert claim_next(actor=moderator).case_id == case.pk
    desk = signed_in(moderator)
    assert "One more would bring a feature suspended for 3 days." in desk.get("/desk/").content.decode()
    with CaptureQueriesContext(connection) as before:
        desk.get("/desk/")
    put_in_force()
    with CaptureQueriesContext(connection) as after:
        page = desk.get("/desk/").content.decode()
    assert "One more would bring the account suspended for 7 days." in page
    assert len(after) == len(before)


# What it would change


def test_the_preview_counts_accounts_that_would_stand_elsewhere(house, moderator):
    decision = decided(by=moderator)  # one strike: a warning with either
    day = timedelta(days=1)
    strikes(decision, given=10 * day, many=2)  # a feature suspended; then the account
    strikes(decision, given=10 * day, many=3)  # the account for 7 days with either
    strikes(decision, given=10 * day, many=5)  # a look at ending it; then 60 days
    five = strikes(decision, given=89 * day, severity=3, many=1)  # counts one day more with either
    strikes(decision, of=five, given=100 * day, severity=4, many=1)  # counts 180 days; then no more
    strikes(decision, given=100 * day, severity=5, many=4)  # none in 90 days: not asked
    gone = strikes(decision, given=10 * day, many=2)
    lift(gone)
    found = outlook(STRICTER, present=STARTER)
    assert (found.accounts, found.graver, found.milder, found.other, found.at_once) == (5, 1, 2, 3, 3)
    assert found.moves == (
        ("a feature suspended for 3 days", "a warning", 1),
        ("a feature suspended for 3 days", "the account suspended for 7 days", 1),
        ("a second person’s look at ending the account", "the account suspended for 60 days", 1),
    )
    assert outlook(STARTER, present=STARTER).other == 0
    assert not found.cut


def lift(author):
    reversal = Enforcement.objects.filter(strike__author=author).first()
    Strike.objects.filter(author=author).update(lifted_at=now(), lifted_by=reversal)


def test_a_preview_is_one_query_for_any_number_of_accounts(house, moderator, django_assert_num_queries):
    decision = decided(by=moderator)
    for _ in range(20):
        strikes(decision, given=timedelta(days=5), many=2)
    with django_assert_num_queries(1):
        assert outlook(STRICTER, present=STARTER).graver == 20


# The pages


def fields(ladder=STRICTER):
    said = {f"counts_{n}": days for n, days in enumerate(ladder.counts_for, 1)}
    for n, one in enumerate(ladder.steps, 1):
        said |= {
            f"strikes_{n}": one.strikes,
            f"action_{n}": one.action or "warning",
            f"days_{n}": one.days or "",
        }
    return said


def test_from_the_page_one_looks_proposes_and_another_puts_it_in_force(house, moderator, signed_in):
    strikes(decided(by=moderator), given=timedelta(days=3), many=2)
    policy, legal, reads = signed_in("policy"), signed_in("legal"), signed_in("supervisor")
    looked = policy.get("/strikes/ladder/propose/", fields()).content.decode()
    assert "Of the 2 accounts with a strike of the last 90 days, 1 would stand on another step" in looked
    assert not LadderVersion.objects.exists()
    answer = policy.post("/strikes/ladder/propose/", {**fields(), "reason": REASON})
    made = LadderVersion.objects.get()
    assert answer.headers["Location"] == f"/strikes/ladder/{made.pk}/"
    assert made.ladder.same_as(STRICTER)
    own = policy.get(f"/strikes/ladder/{made.pk}/").content.decode()
    assert "You proposed this, so somebody else puts it in force." in own
    assert "Put it in force</button>" not in own
    refused = policy.post(f"/strikes/ladder/{made.pk}/settle/", {"do": "approve"})
    assert refused.status_code == 403
    assert "Somebody else looks at it" in refused.content.decode()
    assert "</button>" not in main_of(reads.get(f"/strikes/ladder/{made.pk}/"))
    assert "Another ladder waits for a second person." in reads.get("/strikes/").content.decode()
    legal.post(f"/strikes/ladder/{made.pk}/settle/", {"do": "approve", "because": "Agreed."})
    page = reads.get("/strikes/ladder/").content.decode()
    assert "Version 1 is in force." in page
    assert "The account suspended for 60 days" in page
    assert "waits for a second person" not in page
    late = legal.post(f"/strikes/ladder/{made.pk}/settle/", {"do": "refuse"})
    assert (late.status_code, "Somebody has settled this ladder already." in late.content.decode()) == (
        409,
        True,
    )


def main_of(answer):
    text = answer.content.decode()
    return text[text.index("<main") : text.index("</main>")]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"days_2": "0"}, "an account is suspended for 1 to 180 days"),
        ({"action_3": "feature_suspend", "days_3": "9"}, "more strikes never provide for less"),
        ({"action_2": ""}, "Line 2: a step has a number of strikes and a measure."),
        ({"counts_4": "10"}, "never counts for less time"),
        ({"counts_4": "ten"}, "Enter a whole number."),
        ({"strikes_2": ""}, "Line 2: a step has a number of strikes and a measure."),
        ({"reason": ""}, "Say why"),
    ],
)
def test_what_cannot_be_proposed_is_said_and_what_was_typed_stays(house, signed_in, change, words):
    answer = signed_in("policy").post("/strikes/ladder/propose/", {**fields(), "reason": REASON, **change})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert words in page
    assert 'value="60"' in page
    assert not LadderVersion.objects.exists()


def test_the_account_page_and_the_api_name_the_ladder_of_a_strike(house, moderator, signed_in, client):
    put_in_force()
    author = decided(by=moderator).item.author
    page = signed_in("senior").get(f"/strikes/accounts/{author.pk}/").content.decode()
    assert ">ladder 1</a>" in page
    key = issue(name="platform", scopes=["read"])
    answer = client.get(
        f"/api/v1/accounts/test/{author.external_id}", headers={"Authorization": f"Bearer {key}"}
    ).json()
    assert [one["ladder"] for one in answer["strikes"]] == [1]
