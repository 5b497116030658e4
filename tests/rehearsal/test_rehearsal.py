"""What a draft would change: counts that are exact, a sample to read, and a replay that nobody can peek into."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils.timezone import now

from apps.decisions.models import Decision
from apps.decisions.operations import decide, undo
from apps.decisions.verdict import Verdict
from apps.guidelines.operations import open_draft
from apps.ledger.models import Event
from apps.ledger.operations import drain
from apps.queues.operations import claim_next
from apps.rehearsal import queries
from apps.rehearsal.errors import NothingToReplay
from apps.rehearsal.models import CitedDay, Replay, ReplayCase, ReplayVerdict
from apps.rehearsal.operations import close, draw, rebuild
from apps.wellbeing.exposure import Look
from apps.wellbeing.operations import start_shift
from tests import make
from tests.conftest import person
from tests.guidelines.test_drafts import change

pytestmark = pytest.mark.django_db
SCAM = Verdict("violates", ["AU-4"], ["remove"])


@pytest.fixture
def floor(db, moderator):
    make.house()
    moderator.languages = ["en", "vi"]
    moderator.save()
    start_shift(actor=moderator)
    return moderator


def decided(moderator, verdict=SCAM, **of) -> Decision:
    make.case(queue="fraud", **of)
    claim = claim_next(actor=moderator)
    made = decide(actor=moderator, claim_id=claim.claim_id, verdict=verdict, look=Look(2))
    return Decision.objects.get(pk=made.decision_id)


@pytest.fixture
def draft(floor, policy):
    version = open_draft(actor=policy, number="2")
    change(version, "AU-4", description="Only what is promised for money.", compatibility="narrowed")
    return version


def cells() -> dict:
    return {
        (row.rule_code, row.outcome, row.language): row.n
        for row in CitedDay.objects.exclude(n=0).order_by("id")
    }


def test_counts_follow_decisions_and_what_is_taken_back(floor):
    decided(floor)
    decided(floor, language="vi")
    last = decided(floor, Verdict("violates", ["AU-4", "AU-1"], ["remove"]))
    drain()
    both = {("AU-4", "violates", "en"): 2, ("AU-4", "violates", "vi"): 1, ("AU-1", "violates", "en"): 1}
    assert cells() == both
    undo(actor=floor, decision_id=last.pk)
    drain()
    kept = {("AU-4", "violates", "en"): 1, ("AU-4", "violates", "vi"): 1}
    assert cells() == kept
    rebuild()
    assert cells() == kept


def test_the_preview_counts_what_cites_each_changed_rule(draft, floor, signed_in):
    decided(floor)
    decided(floor, language="vi")
    with time_machine.travel(now() + timedelta(seconds=1)):
        decided(floor, Verdict("violates", ["AU-1"], ["remove"]))
    make.case(queue="fraud", rule_codes=["AU-4"])
    make.case(queue="fraud", rule_codes=["AU-1"])
    drain()
    [touched] = queries.impact(draft, days=90).touched
    assert touched.change.code == "AU-4"
    assert (touched.decisions, touched.by_outcome, touched.by_language, touched.open_cases) == (
        2,
        {"violates": 2},
        {"en": 1, "vi": 1},
        1,
    )
    assert touched.by_source == {"user_report": 2}
    assert {one.decision.rule_codes[0] for one in touched.sample} == {"AU-4"}
    page = signed_in("policy").get("/guidelines/versions/2/impact/").content.decode()
    assert "<rq-veil veiled" in page
    assert "Narrowed" in page
    assert "breaks a rule 2" in page


def test_what_is_too_heavy_is_never_shown_nor_drawn(draft, floor, signed_in, policy):
    decided(floor, exposure=2, item=make.item(text="Words nobody should read unprepared."))
    drain()
    page = signed_in("policy").get("/guidelines/versions/2/impact/").content.decode()
    assert "Too heavy to be shown outside a shift." in page
    assert "unprepared" not in page
    with pytest.raises(NothingToReplay):
        draw(actor=policy, version=draft, size=5, days=90)
    assert not Replay.objects.exists()


def test_a_renamed_rule_is_counted_under_every_name_it_had(floor, policy):
    decided(floor)
    drain()
    version = open_draft(actor=policy, number="2")
    change(version, "AU-4", code="AU-44", description="Other words.", compatibility="same")
    [touched] = queries.impact(version, days=90).touched
    assert (touched.change.code, touched.decisions) == ("AU-44", 1)


def test_the_preview_costs_the_same_however_much_was_decided(draft, floor, django_assert_max_num_queries):
    for _ in range(4):
        decided(floor)
    drain()
    with django_assert_max_num_queries(16):
        queries.impact(draft, days=90)


def test_a_replay_is_blind_and_tells_how_outcomes_and_agreement_move(draft, floor, policy, signed_in):
    first, second = (decided(floor, item=make.item(text=f"Invest now, number {n}")) for n in (1, 2))
    lead = signed_in("policy")
    answer = lead.post("/guidelines/versions/2/replays/", {"size": "5", "days": "90"})
    replay = Replay.objects.get()
    assert answer.url == f"/guidelines/replays/{replay.pk}/"
    assert {case.decision_id for case in replay.cases.all()} == {first.pk, second.pk}
    at = f"/guidelines/replays/{replay.pk}/"

    def page(client) -> str:
        return client.get(at).content.decode()

    def says(client, outcome, *rules) -> int:
        position = re.search(r'name="position" value="(\d+)"', page(client))[1]
        sent = {"position": position, "outcome": outcome, "rules": rules}
        return client.post(f"{at}judge/", sent).status_code

    one, two, herself = signed_in("moderator2"), signed_in("senior"), signed_in("moderator")
    shown = page(one)
    assert "Invest now, number" in shown
    assert "Only what is promised for money." in shown
    assert "Breaks a rule</strong>" not in shown
    assert "Nothing left for you here" in page(herself)
    assert says(one, "violates") == 422
    assert says(one, "violates", "ZZ-1") == 422
    assert not ReplayVerdict.objects.exists()
    assert [says(one, "violates", "AU-4"), says(one, "no_violation")] == [302, 302]
    assert [says(two, "violates", "AU-4"), says(two, "violates", "AU-4")] == [302, 302]
    assert "Nothing left for you here" in page(one)
    assert signed_in("supervisor").get(at).status_code == 403
    lead.post(f"{at}close/")
    results = queries.results_of(Replay.objects.get())
    assert (results.people, results.judged, results.pairs_now, results.agreement_now) == (2, 2, 2, 0.5)
    assert {move[:2]: move[2] for move in results.moves} == {
        ("violates", "violates"): 3,
        ("violates", "no_violation"): 1,
    }
    assert (results.moved_share, results.pairs_before, results.agreement_before) == (0.25, 0, None)
    assert "25 % of verdicts" in page(lead)
    assert signed_in("senior").get(at).status_code == 404
    assert Event.objects.filter(kind="replay.judged").count() == 4


def test_the_database_keeps_a_replay_blind_and_its_verdicts_as_they_were(draft, floor, policy):
    decided(floor, item=make.item(text="Invest now"))
    replay = draw(actor=policy, version=draft, size=5, days=90)
    case = ReplayCase.objects.get()

    def say(who):
        return ReplayVerdict.objects.create(case=case, person=person(who), revision=1, outcome="unsure")

    with pytest.raises(IntegrityError, match="replay_is_blind"), transaction.atomic():
        say("moderator")
    say("senior")
    with pytest.raises(IntegrityError, match="judged_once_per_person"), transaction.atomic():
        say("senior")
    with pytest.raises(Exception, match="Cannot update"), transaction.atomic():
        ReplayVerdict.objects.update(outcome="no_violation")
    close(actor=policy, replay_id=replay.pk)
    with pytest.raises(IntegrityError, match="replay_is_blind"), transaction.atomic():
        say("moderator2")
    assert ReplayVerdict.objects.count() == 1
