import re
from datetime import timedelta

import pytest
import time_machine
from django.db import DatabaseError, IntegrityError, transaction
from django.utils.timezone import now

from apps.accounts.models import User
from apps.appeals.models import Appeal, AppealDay, AppealReminder, FirstJudgement
from apps.appeals.operations import confirm, judge, lodge, remind, settle
from apps.appeals.queries import AppealState, appeals_of, rates
from apps.days import day_in_words
from apps.decisions.errors import InvalidVerdict, JudgeFirst
from apps.decisions.models import Decision, Enforcement, Notice
from apps.decisions.operations import decide, undo
from apps.decisions.queries import enforcements_in_force
from apps.decisions.verdict import Verdict
from apps.delivery.models import Delivery, Endpoint
from apps.insight.queries.rules import rule_use
from apps.intake.models import Author
from apps.ledger.models import Event
from apps.ledger.operations import drain
from apps.queues.models import Case
from apps.queues.operations import claim_next
from apps.wellbeing.operations import start_shift
from tests.appeals.conftest import FINE, SAME, SCAM, decided, hear, later, link, picture

LESS = Verdict("violates", ["AU-4"], ["remove"], ["context_missing"])


@pytest.fixture
def appealed(scam):
    return lodge(decision_id=scam.pk, by="author", statement="It was a joke among friends.")


def actions_in_force(item):
    return sorted(enforcements_in_force(item.pk).values_list("action", flat=True))


def test_overturning_reverses_exactly_what_was_taken_and_tells_everyone_once(scam, appealed, senior):
    Endpoint.objects.create(name="platform", url="https://platform.example/hook", secret="whsec_x")
    taken = set(Enforcement.objects.filter(decision=scam).values_list("id", "action"))
    assert {action for _, action in taken} == {"remove", "strike"}
    heard = hear(senior, FINE)
    assert (heard.purpose, heard.supersedes_id, heard.outcome) == ("appeal", scam.pk, "no_violation")
    reversed_now = set(Enforcement.objects.filter(decision=heard).values_list("reverses_id", "action"))
    assert reversed_now == taken
    assert actions_in_force(scam.item) == []
    appealed.refresh_from_db()
    assert (appealed.state, appealed.outcome, appealed.decided_by) == ("decided", "overturned", heard)
    assert appeals_of([scam.pk]) == {scam.pk: AppealState("decided", "overturned", heard.decided_at)}
    told = {notice.audience: notice.text for notice in heard.notices.all()}
    assert set(told) == {"author", "reporter"}
    assert "found no rule that it breaks" in told["author"]
    assert "satire or humour" in told["author"]
    said = list(Event.objects.filter(kind="appeal.decided").values_list("data", flat=True))
    assert said == [
        {
            "appeal": appealed.pk, "decision": scam.pk, "decided_by": heard.pk, "outcome": "overturned", "by": "author",
        }
    ]  # fmt: skip
    assert Event.objects.get(kind="decision.superseded").data["decision"] == scam.pk
    hooks = list(Delivery.objects.values_list("kind", flat=True).order_by("id"))
    assert sorted(hooks) == sorted(
        [
            "decision.made",
            "decision.superseded",
            "enforcement.reversed",
            "enforcement.reversed",
            "appeal.decided",
        ]
    )
    data = Delivery.objects.get(kind="appeal.decided").payload["data"]
    assert (data["appeal_id"], data["outcome"], data["reasons"]["rationale"]) == (
        appealed.pk,
        "overturned",
        ["satire"],
    )
    # Handed over again, it changes nothing and says nothing.
    settle(list(Event.objects.filter(kind="decision.made")))
    drain()
    assert Event.objects.filter(kind="appeal.decided").count() == 1
    assert Delivery.objects.count() == len(hooks)


def test_less_is_partly_and_what_stays_is_not_ordered_again(scam, appealed, senior):
    hear(senior, LESS)
    appealed.refresh_from_db()
    assert appealed.outcome == "partly"
    assert actions_in_force(scam.item) == ["remove"]
    assert [
        one["action"]
        for one in Event.objects.filter(kind="enforcement.reversed").values_list("data", flat=True)
    ] == ["strike"]
    assert Enforcement.objects.filter(action="remove").count() == 1


def test_the_same_action_with_fewer_days_takes_the_place_of_the_longer_one(house, moderator, senior):
    long = Verdict("violates", ["RG-3"], ["account_suspend"], parameters={"days": 30})
    short = Verdict("violates", ["RG-3"], ["account_suspend"], ["context_missing"], parameters={"days": 3})
    decision = decided(by=moderator, verdict=long)
    lodge(decision_id=decision.pk, by="author", statement="Thirty days?")
    hear(senior, short)
    assert Appeal.objects.get().outcome == "partly"
    assert [one.parameters["days"] for one in enforcements_in_force(decision.item_id)] == [3]


def test_upheld_changes_nothing_but_gives_reasons(scam, appealed, senior):
    heard = hear(senior, None)
    appealed.refresh_from_db()
    assert (appealed.outcome, heard.supersedes_id) == ("upheld", scam.pk)
    assert not Enforcement.objects.filter(decision=heard).exists()
    assert actions_in_force(scam.item) == ["remove", "strike"]
    assert not Event.objects.filter(kind="enforcement.reversed").exists()
    assert "What weighed: the intent is clear." in heard.notices.get(audience="author").text


def test_an_overturning_that_two_people_must_agree_on_settles_the_appeal_only_then(house, moderator, senior):
    decision = decided(by=moderator, verdict=Verdict("no_violation"))
    Author.objects.filter(pk=decision.item.author_id).update(public_figure=True)
    lodge(decision_id=decision.pk, by="reporter", reporter="rita", statement="It is a scam.")
    held = hear(senior, SAME)
    assert held.held
    assert Appeal.objects.get().state == "open"
    other = User.objects.create(
        username="other", pseudonym="M-other", roles=["senior_moderator"], languages=["en"]
    )
    with time_machine.travel(now() - timedelta(seconds=20), tick=True):
        start_shift(actor=other)
        claim = claim_next(actor=other)
        approved = decide(actor=other, claim_id=claim.claim_id, verdict=SAME)
    drain()
    appeal = Appeal.objects.get()
    assert (appeal.outcome, appeal.decided_by_id) == ("overturned", approved.decision_id)
    assert actions_in_force(decision.item) == ["remove", "strike"]


def test_nobody_reviews_her_own_decision(scam, appealed, moderator):
    start_shift_again = claim_next(actor=moderator)
    assert start_shift_again is None
    case = appealed.case
    assert not Case.objects.filter(pk=case.pk, state="claimed").exists()
    row = {
        "case": case, "item": scam.item, "item_revision": 1, "purpose": "appeal", "decider": moderator,
        "outcome": "no_violation", "guideline_version": scam.guideline_version, "detection_source": "user_report",
        "evidence_sha256": "0" * 64, "decided_at": now(), "supersedes": scam,
    }  # fmt: skip
    refused = r"second_person_never_decided_before|appeal_is_judged_before"
    with pytest.raises(IntegrityError, match=refused), transaction.atomic():
        Decision.objects.create(**row)
    with pytest.raises(IntegrityError, match="first_judgement_is_by_somebody_new"), transaction.atomic():
        FirstJudgement.objects.create(
            case=case, person=moderator, outcome="no_violation", guideline_version=scam.guideline_version
        )
    assert Decision.objects.filter(item=scam.item).count() == 1


def test_an_appeal_is_never_decided_automatically_nor_left_open_by_a_shrug(scam, appealed, senior):
    row = {
        "case": appealed.case, "item": scam.item, "item_revision": 1, "purpose": "appeal",
        "guideline_version": scam.guideline_version, "detection_source": "user_report",
        "evidence_sha256": "0" * 64, "decided_at": now(), "supersedes": scam,
    }  # fmt: skip
    for more, name in (
        (
            {"origin": "auto", "outcome": "no_violation"},
            "appeal_is_judged_before_it_is_decided|appeal_is_decided_by_a_person",
        ),
        ({"decider": senior, "outcome": "no_violation"}, "appeal_is_judged_before_it_is_decided"),
        (
            {"decider": senior, "outcome": "unsure"},
            "appeal_is_judged_before_it_is_decided|appeal_is_decided_one_way",
        ),
    ):
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            Decision.objects.create(**row, **more)
    appealed.refresh_from_db()
    assert appealed.state == "open"


def test_without_her_own_judgement_first_nothing_can_be_decided(scam, appealed, senior):
    start_shift(actor=senior)
    claim = claim_next(actor=senior).claim_id
    for attempt in (confirm, decide):
        with pytest.raises(JudgeFirst):
            attempt(actor=senior, claim_id=claim, verdict=FINE)
    with pytest.raises(InvalidVerdict):
        judge(actor=senior, claim_id=claim, verdict=Verdict("unsure"), form={})
    judge(actor=senior, claim_id=claim, verdict=SAME, form={})
    judge(actor=senior, claim_id=claim, verdict=FINE, form={})  # what she said first stays
    assert FirstJudgement.objects.get().outcome == "violates"
    with pytest.raises(InvalidVerdict) as refusal:
        confirm(actor=senior, claim_id=claim, verdict=Verdict("no_violation"))
    assert refusal.value.errors[0]["field"] == "rationale"
    assert Decision.objects.filter(purpose="appeal").count() == 0
    confirm(actor=senior, claim_id=claim, verdict=FINE)
    assert FirstJudgement.objects.get().outcome == "violates"


def test_taking_the_decision_back_takes_the_outcome_back_before_anyone_heard(scam, appealed, senior):
    start_shift(actor=senior)
    claim = claim_next(actor=senior).claim_id
    judge(actor=senior, claim_id=claim, verdict=FINE, form={})
    made = confirm(actor=senior, claim_id=claim, verdict=FINE)
    undone = undo(actor=senior, decision_id=made.decision_id)
    with later(seconds=15):
        drain()
        appealed.refresh_from_db()
        assert appealed.state == "open"
        assert not Event.objects.filter(kind="appeal.decided").exists()
        assert actions_in_force(scam.item) == ["remove", "strike"]
        confirm(actor=senior, claim_id=undone.claim_id, verdict=SAME)
    with later(seconds=40):
        drain()
    appealed.refresh_from_db()
    assert appealed.outcome == "upheld"
    assert Event.objects.filter(kind="appeal.decided").count() == 1


def test_the_desk_shows_what_was_decided_only_after_her_own_judgement(signed_in, scam, appealed, senior):
    start_shift(actor=senior)
    client = signed_in(senior)
    client.post("/desk/next")
    page = client.get("/desk/").content.decode()
    hidden = (
        "joke among friends",
        "Fake investment",
        "he does this a lot",
        "Earlier decisions",
        "Decided before",
        "M-moderator",
    )
    assert "First your own judgement" in page
    for words in hidden:
        assert words not in page
    assert "AU-4" not in re.sub(r"(?s)<template.*?</template>", "", page.split("<form", 1)[0])
    for path in (f"/cases/{appealed.case_id}/", f"/items/{scam.item_id}/"):
        assert client.get(path).status_code == 403
    claim = re.search(r"/desk/claims/(\d+)/decide", page)[1]
    sent = client.post(
        f"/desk/claims/{claim}/decide", {"outcome": "not", "hearing": "first", "rationale": ["satire"]}
    )
    assert sent.status_code == 302
    page = client.get("/desk/").content.decode()
    for words in (
        "Now what was decided",
        "Fake investment",
        "he does this a lot",
        "joke among friends",
        "Remove content",
    ):
        assert words in page
    assert 'value="not" data-code="KeyA" checked' in page
    done = client.post(
        f"/desk/claims/{claim}/decide", {"outcome": "not", "hearing": "confirm", "rationale": ["satire"]}
    )
    assert done.status_code == 302
    assert Decision.objects.get(purpose="appeal").outcome == "no_violation"
    assert client.get(f"/cases/{appealed.case_id}/").status_code == 200


def test_the_evidence_is_shown_to_whoever_hears_it_and_to_nobody_else(client, signed_in, scam, senior):
    assert client.post(link(scam), {"statement": "See.", "files": [picture()]}).status_code == 302
    file = Appeal.objects.get().files.get()
    hers = signed_in(senior)
    start_shift(actor=senior)
    claim = claim_next(actor=senior).claim_id
    assert hers.get(f"/appeals/files/{file.pk}").status_code == 404  # not before her own judgement
    judge(actor=senior, claim_id=claim, verdict=FINE, form={})
    shown = hers.get(f"/appeals/files/{file.pk}")
    assert (shown.status_code, shown["Cache-Control"]) == (200, "no-store, private")
    assert signed_in("moderator2").get(f"/appeals/files/{file.pk}").status_code == 404


def test_appeals_are_counted_by_what_was_appealed_and_rules_learn_of_it(scam, appealed, senior, signed_in):
    lodge(decision_id=scam.pk, by="reporter", reporter="rita", statement="Ban him.")
    hear(senior, FINE)
    assert [(one.label, one.decided, one.overturned, one.share) for one in rates("rule_code")] == [
        ("AU-4", 2, 2, None)
    ]
    assert {(one.label, one.decided) for one in rates("by")} == {("author", 1), ("reporter", 1)}
    assert AppealDay.objects.filter(rule_code="").count() == 2
    assert (rule_use("AU-4").appealed, rule_use("AU-4").overturned) == (1, 1)
    page = signed_in("supervisor").get("/appeals/").content.decode()
    assert "No appeal waits" in page
    assert "The decision was overturned" in page
    for secret in ("joke among friends", "Ban him", "M-senior", "M-moderator", "rita"):
        assert secret not in page
    case = Case.objects.filter(purpose="appeal").latest("pk")
    assert f'href="/cases/{case.pk}/"' in page
    hers = signed_in("legal")
    for_law = hers.get("/appeals/").content.decode()
    assert "/cases/" not in for_law  # she may not open one
    assert f"/board/new/?decision={scam.pk}" in for_law
    assert f'value="{scam.pk}"' in hers.get(f"/board/new/?decision={scam.pk}").content.decode()


def test_a_reminder_comes_once_when_it_is_soon_due_and_once_when_it_is_overdue(appealed, signed_in):
    assert remind() == 0
    with later(days=11):
        assert (remind(), remind()) == (1, 0)
    with later(days=15):
        assert (remind(), remind()) == (1, 0)
        page = signed_in("supervisor").get("/appeals/").content.decode()
    assert "Overdue" in page
    assert list(AppealReminder.objects.order_by("id").values_list("kind", flat=True)) == ["soon", "overdue"]
    kinds = Event.objects.filter(kind__startswith="appeal.").order_by("id").values_list("kind", flat=True)
    assert list(kinds) == ["appeal.lodged", "appeal.due_soon", "appeal.overdue"]


def test_a_decided_appeal_and_a_first_judgement_are_never_changed(scam, appealed, senior):
    hear(senior, FINE)
    refused = r"changes_only_by_being_decided_once|Cannot update or delete"
    for rows in (Appeal.objects.all(), FirstJudgement.objects.all()):
        with pytest.raises(DatabaseError, match=refused), transaction.atomic():
            rows.update(outcome="violates" if rows.model is FirstJudgement else "upheld")
        with pytest.raises(DatabaseError, match=refused), transaction.atomic():
            rows._raw_delete("default")
    appealed.refresh_from_db()
    assert appealed.outcome == "overturned"


@pytest.mark.parametrize("language", ["en", "km", "vi"])
def test_no_notice_says_who_decided_what_was_noted_or_who_else_is_concerned(
    house, moderator2, senior, language
):
    decision = decided(by=moderator2, language=language)
    lodge(decision_id=decision.pk, by="author", statement="my phone is 012 345 678")
    hear(senior, FINE)
    notices = Notice.objects.order_by("id")
    assert {(one.decision.purpose, one.audience) for one in notices} == {
        ("review", "author"), ("review", "reporter"), ("appeal", "author"), ("appeal", "reporter"),
    }  # fmt: skip
    secrets = (
        "he does this a lot", "012 345 678", "rita", decision.item.author.handle, decision.item.author.external_id,
        moderator2.username, moderator2.pseudonym, senior.pseudonym, "{", "}",
    )  # fmt: skip
    for notice in notices:
        assert notice.language == language
        for secret in secrets:
            assert secret not in notice.text
        assert "/community-guidelines/versions/1.1.0/" in notice.text
    first = notices.filter(audience="author").first().text
    assert f"/appeal/{language}/" in first
    assert day_in_words(decision.decided_at + timedelta(days=183), language) in first
    assert SCAM.explanation not in first
