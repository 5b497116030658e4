from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, InternalError, connection, transaction
from django.utils.timezone import now

from apps.accounts.models import User
from apps.decisions.errors import AlreadyInEffect, DecidedBefore, InvalidVerdict, UndoTooLate
from apps.decisions.models import Decision, DecisionRule, Enforcement, Hold, Notice
from apps.decisions.operations import decide, record_effect, undo
from apps.decisions.operations.deciding import approve_as_decided
from apps.decisions.queries import enforcements_in_force
from apps.decisions.verdict import Verdict
from apps.errors import NotAllowed
from apps.guidelines.models import GuidelineVersion, RuleVersion
from apps.guidelines.queries import in_force
from apps.ledger.models import Event
from apps.notices.queries import wordings
from apps.queues.errors import AlreadyHolding, ClaimLost
from apps.queues.models import Case, Claim
from apps.queues.operations import claim_next
from apps.wellbeing.exposure import Look
from apps.wellbeing.models import ExposureEntry, Shift
from apps.wellbeing.operations import start_shift
from tests import make

SCAM = Verdict(
    outcome="violates", rules=["AU-4"], actions=["remove", "strike"], explanation="Fake investment."
)
FINE = Verdict(outcome="no_violation")
UNSURE = Verdict(outcome="unsure", private_note="Is this slang?")


@pytest.fixture
def house(db):
    make.house()


@pytest.fixture
def mara(house, moderator):
    start_shift(actor=moderator)
    return moderator


@pytest.fixture
def sena(house, senior):
    start_shift(actor=senior)
    return senior


def take(actor):
    return claim_next(actor=actor).claim_id


def events(kind):
    return list(Event.objects.filter(kind=kind).order_by("id").values_list("data", flat=True))


def test_a_decision_cites_the_rule_version_and_orders_what_is_to_be_done(mara):
    case = make.case(queue="fraud")
    make.report(case.item)
    decided = decide(actor=mara, claim_id=take(mara), verdict=SCAM, look=Look(4))
    decision = Decision.objects.get(pk=decided.decision_id)
    assert (decision.outcome, decision.rule_codes, decision.actions) == (
        "violates",
        ["AU-4"],
        ["remove", "strike"],
    )
    cited = DecisionRule.objects.get().rule_version
    assert (cited.code, cited.version) == ("AU-4", GuidelineVersion.objects.get(state="published"))
    assert [(e.action, e.parameters["target"]) for e in Enforcement.objects.order_by("id")] == [
        ("remove", "item"),
        ("strike", "account"),
    ]
    assert decision.words.evidence["text"] == "A post somebody reported."
    case.refresh_from_db()
    assert (case.state, Claim.objects.get().ending) == ("done", "decided")
    assert [data["action"] for data in events("enforcement.due")] == ["remove", "strike"]


def test_the_next_case_comes_with_the_decision(mara):
    first, second = make.case(priority=5), make.case()
    decided = decide(actor=mara, claim_id=take(mara), verdict=FINE, claim_another=True)
    assert decided.next.case_id == second.pk
    first.refresh_from_db()
    assert first.state == "done"


@pytest.mark.parametrize("backlog", [1, 50])
def test_a_decision_with_the_next_case_costs_the_same_however_long_the_queue(
    mara, backlog, django_assert_num_queries
):
    for _ in range(backlog + 1):
        make.case(queue="fraud")
    claim = take(mara)
    in_force(), wordings()  # read once in a while per process, not per decision
    # savepoint, shift and case with claim, evidence, decision, ending and exposure, next claim, the events of all, release
    with django_assert_num_queries(8):
        decide(actor=mara, claim_id=claim, verdict=SCAM, look=Look(2), claim_another=True)


def test_the_author_and_the_reporters_are_told_in_their_language_and_never_by_whom(sena):
    case = make.case(language="km")
    make.report(case.item)
    decide(
        actor=sena,
        claim_id=take(sena),
        verdict=Verdict("violates", ["AU-4"], ["remove"], private_note="hush"),
    )
    notices = {n.audience: n for n in Notice.objects.all()}
    assert set(notices) == {"author", "reporter"}
    for notice in notices.values():
        assert notice.language == "km"
        assert "AU-4" in notice.text
        for secret in ("hush", sena.username, sena.pseudonym):
            assert secret not in notice.text


@pytest.mark.parametrize(
    ("verdict", "field", "words"),
    [
        (Verdict("violates", [], ["remove"]), "rules", "without a written rule"),
        (Verdict("violates", ["XX-9"], ["remove"]), "rules", "XX-9 is not a rule"),
        (Verdict("violates", ["AU-4"], []), "actions", "what is to be done"),
        (Verdict("violates", ["RG-4"], ["remove"]), "actions", "provides for"),
        (Verdict("no_violation", [], ["remove"]), "actions", "when a rule is broken"),
        (Verdict("perhaps"), "outcome", "Choose whether"),
        (Verdict("no_violation", explanation="x" * 6000), "explanation", "At most 5,000"),
        (Verdict("no_violation", rationale=["made_up"]), "rationale", "not in the list"),
    ],
)
def test_a_verdict_that_no_rule_carries_changes_nothing(mara, verdict, field, words):
    case = make.case()
    claim = take(mara)
    seen = Event.objects.count()
    with pytest.raises(InvalidVerdict) as refusal:
        decide(actor=mara, claim_id=claim, verdict=verdict)
    assert words in next(error["reason"] for error in refusal.value.errors if error["field"] == field)
    case.refresh_from_db()
    assert (case.state, Decision.objects.count(), Event.objects.count()) == ("claimed", 0, seen)


def test_a_claim_that_ran_out_decides_nothing(mara):
    make.case()
    claim = take(mara)
    with time_machine.travel(now() + timedelta(minutes=20)), pytest.raises(ClaimLost):
        decide(actor=mara, claim_id=claim, verdict=FINE)
    assert Decision.objects.exists() is False


def test_the_same_decision_sent_twice_is_made_once(mara):
    make.case()
    claim = take(mara)
    decide(actor=mara, claim_id=claim, verdict=FINE)
    with pytest.raises(ClaimLost, match="has been decided"):
        decide(actor=mara, claim_id=claim, verdict=FINE)
    assert Decision.objects.count() == 1


@pytest.mark.parametrize(
    "change", ["UPDATE decisions_decision SET outcome = 'unsure'", "DELETE FROM decisions_decision"]
)
def test_the_database_refuses_to_change_a_decision(mara, change):
    make.case()
    decide(actor=mara, claim_id=take(mara), verdict=FINE)
    with pytest.raises(InternalError, match="Cannot update or delete rows"), transaction.atomic():
        connection.cursor().execute(change)
    assert Decision.objects.get().outcome == "no_violation"


def test_the_database_refuses_a_citation_of_an_unpublished_rule(mara):
    make.case()
    decided = decide(actor=mara, claim_id=take(mara), verdict=FINE)
    version = GuidelineVersion.objects.create(code="DRAFT", number="9", title="Draft")
    policy = version.policies.create(
        code="AU", title="A", description="", severity=3, dsa_category="X", position=1
    )
    rule = RuleVersion.objects.create(
        version=version,
        policy=policy,
        code="AU-4",
        title="t",
        description="d",
        severity=3,
        exposure=0,
        position=1,
    )
    with pytest.raises(IntegrityError, match="decision_cites_only_published_rules"), transaction.atomic():
        DecisionRule.objects.create(decision_id=decided.decision_id, rule_version=rule)


def test_undo_takes_the_decision_back_and_returns_the_next_case(mara):
    first, second = make.case(queue="fraud", priority=5), make.case(queue="fraud")
    decided = decide(actor=mara, claim_id=take(mara), verdict=SCAM, look=Look(30), claim_another=True)
    undone = undo(actor=mara, decision_id=decided.decision_id)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == ("claimed", "waiting")
    assert Claim.objects.get(ended_at=None).pk == undone.claim_id
    withdrawing = Decision.objects.get(withdraws=True)
    assert withdrawing.supersedes_id == decided.decision_id
    assert enforcements_in_force(first.item_id).exists() is False
    again = decide(actor=mara, claim_id=undone.claim_id, verdict=FINE)
    assert Decision.objects.get(pk=again.decision_id).supersedes_id == withdrawing.pk


def test_exposure_already_revealed_stays_spent_after_an_undo(mara):
    make.case(exposure=2)
    claim = take(mara)
    Claim.objects.filter(pk=claim).update(started_at=now() - timedelta(minutes=5))
    decided = decide(actor=mara, claim_id=claim, verdict=FINE, look=Look(90))
    spent = Shift.objects.get().spent
    assert spent == 100
    undo(actor=mara, decision_id=decided.decision_id)
    shift = Shift.objects.get()
    assert (shift.spent, shift.reserved) == (100, 150)


def test_after_ten_seconds_only_a_new_decision_corrects(mara):
    make.case()
    decided = decide(actor=mara, claim_id=take(mara), verdict=FINE)
    with time_machine.travel(now() + timedelta(seconds=11)), pytest.raises(UndoTooLate):
        undo(actor=mara, decision_id=decided.decision_id)
    assert Decision.objects.filter(withdraws=True).exists() is False


def test_nobody_takes_back_the_decision_of_another(mara, sena):
    make.case()
    decided = decide(actor=mara, claim_id=take(mara), verdict=FINE)
    with pytest.raises(UndoTooLate):
        undo(actor=sena, decision_id=decided.decision_id)


def test_an_account_termination_waits_for_a_second_person(mara, sena):
    make.case(queue="fraud")
    verdict = Verdict("violates", ["AU-4"], ["account_terminate", "remove"])
    decided = decide(actor=mara, claim_id=take(mara), verdict=verdict)
    assert decided.held == "account termination"
    assert Enforcement.objects.exists() is False
    hold = Hold.objects.get()
    approval = Case.objects.get(purpose="approval")
    assert approval.queue.slug == "second-person"
    claim = claim_next(actor=sena)
    assert claim.case_id == approval.pk
    agreed = approve_as_decided(
        held_decision=hold.decision, explanation="", private_note="", confidence="sure"
    )
    decide(actor=sena, claim_id=claim.claim_id, verdict=agreed)
    hold.refresh_from_db()
    assert hold.state == "approved"
    assert sorted(Enforcement.objects.values_list("action", flat=True)) == ["account_terminate", "remove"]


def test_only_a_senior_moderator_approves_whatever_the_queue_says(mara, moderator2):
    make.case(queue="fraud")
    decide(actor=mara, claim_id=take(mara), verdict=Verdict("violates", ["AU-4"], ["account_terminate"]))
    approval = Case.objects.get(purpose="approval")
    approval.queue.roles = ["moderator"]
    approval.queue.save()
    start_shift(actor=moderator2)
    claim = take(moderator2)
    with pytest.raises(NotAllowed, match="approved by a senior moderator"):
        decide(actor=moderator2, claim_id=claim, verdict=FINE)
    assert (Hold.objects.get().state, Decision.objects.count()) == ("pending", 1)


def test_a_second_person_may_decide_differently(mara, sena):
    make.case(queue="fraud")
    decide(actor=mara, claim_id=take(mara), verdict=Verdict("violates", ["AU-4"], ["account_terminate"]))
    decide(actor=sena, claim_id=take(sena), verdict=FINE)
    assert Hold.objects.get().state == "replaced"
    assert Enforcement.objects.exists() is False


@pytest.mark.parametrize(
    ("author", "verdict", "because"),
    [
        ({"public_figure": True}, Verdict("violates", ["HT-4"], ["limit_distribution"]), "public figure"),
        ({}, Verdict("violates", ["VX-2"], ["label"]), "the rule asks for two people"),
    ],
)
def test_what_else_waits_for_a_second_person(mara, author, verdict, because):
    case = make.case()
    type(case.item.author).objects.filter(pk=case.item.author_id).update(**author)
    assert decide(actor=mara, claim_id=take(mara), verdict=verdict).held == because
    assert Enforcement.objects.exists() is False


def test_the_decider_is_never_the_approver(house, senior):
    start_shift(actor=senior)
    case = make.case(queue="fraud")
    decide(actor=senior, claim_id=take(senior), verdict=Verdict("violates", ["AU-4"], ["account_terminate"]))
    assert claim_next(actor=senior) is None
    approval = Case.objects.get(purpose="approval")
    Case.objects.filter(pk=approval.pk).update(state="claimed")
    forced = Claim.objects.create(
        case=approval, holder=senior, exposure=0, used_before=0, budget=0, reserved=0,
        started_at=now(), expires_at=now() + timedelta(minutes=5),
    )  # fmt: skip
    with pytest.raises(DecidedBefore):
        decide(actor=senior, claim_id=forced.pk, verdict=FINE)
    first = Decision.objects.get()
    with pytest.raises(IntegrityError, match="second_person_never_decided_before"), transaction.atomic():
        Decision.objects.create(
            case=approval, item=case.item, item_revision=1, purpose="approval", decider=senior,
            outcome="no_violation", guideline_version=first.guideline_version, detection_source="user_report",
            evidence_sha256="0", supersedes=first, decided_at=now(),
        )  # fmt: skip
    with pytest.raises(IntegrityError, match="approver_is_never_the_decider"), transaction.atomic():
        Hold.objects.update(state="approved", resolved_by=first)


def test_not_sure_asks_someone_else_and_nothing_is_done_meanwhile(mara, sena):
    case = make.case()
    decide(actor=mara, claim_id=take(mara), verdict=UNSURE)
    assert Enforcement.objects.exists() is False
    assert Notice.objects.exists() is False
    assert claim_next(actor=mara) is None
    second = claim_next(actor=sena)
    assert Case.objects.get(pk=second.case_id).purpose == "second_opinion"
    decided = decide(actor=sena, claim_id=second.claim_id, verdict=FINE)
    assert Decision.objects.get(pk=decided.decision_id).supersedes.decider == mara
    assert case.item.decisions.count() == 2


def test_a_later_decision_supersedes_and_reverses_what_it_no_longer_asks_for(mara, sena):
    case = make.case(queue="fraud")
    decide(actor=mara, claim_id=take(mara), verdict=SCAM)
    make.case(queue="fraud", item=case.item, purpose="re_review")
    decide(actor=sena, claim_id=take(sena), verdict=Verdict("violates", ["AU-4"], ["strike"]))
    assert list(enforcements_in_force(case.item_id).values_list("action", flat=True)) == ["strike"]
    assert [(e["action"]) for e in events("enforcement.reversed")] == ["remove"]
    assert Enforcement.objects.filter(action="strike", reverses=None).count() == 1
    head, first = Decision.objects.order_by("-id")
    assert head.supersedes == first


def test_chains_never_fork(mara):
    make.case()
    first = Decision.objects.get(pk=decide(actor=mara, claim_id=take(mara), verdict=FINE).decision_id)
    common = {
        "case": first.case,
        "item": first.item,
        "item_revision": 1,
        "purpose": "review",
        "decider": mara,
        "outcome": "no_violation",
        "guideline_version": first.guideline_version,
        "detection_source": "user_report",
        "evidence_sha256": "0",
        "supersedes": first,
        "decided_at": now(),
    }
    Decision.objects.create(**common)
    with pytest.raises(IntegrityError, match="supersedes"), transaction.atomic():
        Decision.objects.create(**common)


def test_the_platform_says_once_when_enforcement_took_effect(mara):
    make.case(queue="fraud")
    decide(actor=mara, claim_id=take(mara), verdict=Verdict("violates", ["AU-4"], ["remove"]))
    enforcement = Enforcement.objects.get()
    at = now()
    assert record_effect(enforcement_id=enforcement.pk, at=at, views=0) is True
    assert record_effect(enforcement_id=enforcement.pk, at=at, views=0) is False
    with pytest.raises(AlreadyInEffect):
        record_effect(enforcement_id=enforcement.pk, at=at, views=7)
    enforcement.refresh_from_db()
    assert enforcement.views_at_effect == 0
    assert len(events("enforcement.effective")) == 1
    with (
        pytest.raises(IntegrityError, match="enforcement_changes_only_by_taking_effect_once"),
        transaction.atomic(),
    ):
        Enforcement.objects.update(action="label")


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
def test_sixteen_windows_decide_one_case_once():
    make.house()
    make.case()
    mara = User.objects.create(username="mara", pseudonym="M1", roles=["moderator"], languages=["en"])
    start_shift(actor=mara)
    claim = take(mara)

    def press_submit(_):
        try:
            return decide(actor=mara, claim_id=claim, verdict=FINE, look=Look(1))
        except ClaimLost:
            return None
        finally:
            connection.close()

    with ThreadPoolExecutor(16) as pool:
        made = [decided for decided in pool.map(press_submit, range(16)) if decided]
    assert len(made) == 1
    assert (Decision.objects.count(), ExposureEntry.objects.count()) == (1, 1)


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
def test_the_budget_is_never_exceeded_however_many_windows_press_next():
    make.house()
    for _ in range(40):
        make.case(exposure=2, kind="text")
    mara = User.objects.create(username="mara", pseudonym="M1", roles=["moderator"], languages=["en"])
    shift = start_shift(actor=mara)
    Shift.objects.filter(pk=shift.pk).update(budget=700)

    def work(_):
        done = 0
        for _ in range(12):
            try:
                if not (claimed := claim_next(actor=mara)):
                    break
                Claim.objects.filter(pk=claimed.claim_id).update(started_at=now() - timedelta(minutes=10))
                decide(actor=mara, claim_id=claimed.claim_id, verdict=FINE, look=Look(9999))
                done += 1
            except (AlreadyHolding, ClaimLost):
                continue  # another window was quicker
        connection.close()
        return done

    with ThreadPoolExecutor(8) as pool:
        decided = sum(pool.map(work, range(8)))
    shift.refresh_from_db()
    assert shift.spent + shift.reserved <= 700
    assert (decided, shift.spent) == (4, 600)  # 150 centiunits each at the worst; a fifth would not fit


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
@pytest.mark.impatient
def test_when_wellbeing_cannot_be_read_only_light_cases_are_given_and_the_cost_is_still_owed():
    make.house()
    heavy, light = make.case(exposure=2, priority=9), make.case(exposure=1)
    mara = User.objects.create(username="mara", pseudonym="M1", roles=["moderator"], languages=["en"])
    shift = start_shift(actor=mara)

    def claim():
        try:
            return claim_next(actor=mara)
        finally:
            connection.close()

    with transaction.atomic():
        Shift.objects.select_for_update().get(pk=shift.pk)  # somebody sits on the row
        with ThreadPoolExecutor(1) as pool:
            claimed = pool.submit(claim).result()
    assert claimed.case_id == light.pk
    held = Claim.objects.get()
    assert (held.owed, held.reserved, held.exposure) == (True, 0, 1)
    heavy.refresh_from_db()
    assert heavy.state == "waiting"
    decide(actor=mara, claim_id=claimed.claim_id, verdict=FINE, look=Look(0))
    assert Claim.objects.get().owed is False
    assert ExposureEntry.objects.get().units > 0
