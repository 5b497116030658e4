"""The pages of those who mind detectors."""

import re
from datetime import timedelta

import pytest
from django.utils.timezone import now

from apps.detectors.models import CardWeek, Draw, Mode, Plan, ScoreWeek, ThresholdChange
from apps.detectors.operations import explore
from apps.detectors.scores import monday
from apps.detectors.strata import STRATA
from apps.intake.models import Flag, Item
from apps.ledger.models import Event
from apps.ledger.operations import drain
from tests import make
from tests.detectors.conftest import FINE, SCAM, answer, flagged
from tests.doors.programs import FLAG, Program

pytestmark = pytest.mark.django_db


def page(client, address, **given) -> str:
    answered = client.get(address, given)
    assert answered.status_code == 200
    return answered.content.decode()


def words(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


@pytest.fixture
def decided(mara):
    items = [flagged(f"d{n}", 0.75 + n / 20) for n in range(4)]
    drain()
    made = [
        answer(mara, item, verdict) for item, verdict in zip(items, [FINE, SCAM, SCAM, SCAM], strict=True)
    ]
    drain()
    return made


def test_the_list_and_the_card_say_what_was_counted_and_show_no_content(decided, signed_in):
    client = signed_in("supervisor")
    listed = page(client, "/detectors/")
    assert "75 %" in words(listed)
    assert "/detectors/card/AU-4/net/?version=1&amp;weeks=13" in listed
    card = page(client, "/detectors/card/AU-4/net/")
    assert "75 % 30 % to 95 %, 4 answers" in words(card)
    assert f'<a href="/cases/{decided[0].case_id}/">' in card
    assert "does not break it" in card
    assert "at most 100 %: of what nobody flagged nothing was drawn and answered" in words(card)
    for html in (listed, card):
        assert "Get rich now" not in html
        assert "M-moderator" not in html
    read_by_a_lead = page(signed_in("policy"), "/detectors/card/AU-4/net/")
    assert f"/cases/{decided[0].case_id}/" not in read_by_a_lead
    assert str(decided[0].case_id) in read_by_a_lead


def test_a_what_if_is_worked_out_for_any_threshold_and_refuses_what_is_none(decided, signed_in):
    client = signed_in("policy")
    asked = words(page(client, "/detectors/card/AU-4/net/", threshold="0.8"))
    assert "Cases a week 3 Items that score at or above it" in asked
    assert "Precision 100 % 44 % to 100 %, from 3 answers." in asked
    wrong = page(client, "/detectors/card/AU-4/net/", threshold="7")
    assert "A threshold lies between 0 and 1." in wrong


def test_a_detector_nobody_heard_of_is_not_there(house, signed_in):
    answered = signed_in("admin").get("/detectors/card/AU-4/nobody/")
    assert answered.status_code == 404
    assert "No scores of this detector for this rule have come in." in answered.content.decode()
    assert "No scores yet" in page(signed_in("admin"), "/detectors/")


def test_scores_for_rules_that_are_not_in_force_are_kept_and_pointed_out(house, signed_in):
    flagged("a", 0.9, rule="ZZ-9")
    drain()
    said = words(page(signed_in("supervisor"), "/detectors/"))
    assert "Scores for rules that are not in force" in said
    assert "net 1: ZZ-9 , 1 item scored, 1 flagged" in said


@pytest.mark.parametrize("score", [1.01, -0.2, "0.5", None])
def test_a_score_outside_0_to_1_is_refused_by_name_and_counts_nowhere(house, score):
    answered = Program("ingest").post(
        "/flags", {**FLAG, "scores": [{"rule": "AU-4", "score": score, "threshold": 0.5}]}
    )
    assert answered.status_code == 422
    assert answered.json()["errors"][0]["field"] == "scores[0].score"
    drain()
    assert not Flag.objects.exists()
    assert not ScoreWeek.objects.exists()


def test_a_sender_is_told_which_rules_nobody_wrote(house):
    scores = [{"rule": rule, "score": 0.2, "threshold": 0.5} for rule in ("AU-4", "ZZ-9")]
    answered = Program("ingest").post("/flags", {**FLAG, "scores": scores})
    assert (answered.status_code, answered.json()["unknown_rules"]) == (202, ["ZZ-9"])
    assert "unknown_rules" not in Program("ingest").post("/flags", {**FLAG, "scores": scores[:1]}).json()


def test_a_threshold_is_proposed_after_a_preview_and_approved_by_somebody_else(decided, signed_in):
    lead, other = signed_in("policy"), signed_in("supervisor")
    at = "/detectors/propose/AU-4/net/"
    preview = page(lead, at, version="1", threshold="0.8")
    assert "Cases a week 3" in words(preview)
    assert not ThresholdChange.objects.exists()
    sent = {"version": "1", "threshold": "0.8", "reason": ""}
    refused = lead.post(at, sent)
    assert refused.status_code == 422
    assert "Say why, for the person who is to approve it." in refused.content.decode()
    assert lead.post(at, {**sent, "threshold": "8", "reason": "r"}).status_code == 422
    assert not ThresholdChange.objects.exists()
    made = lead.post(at, {**sent, "reason": "Every second flag is wrong below."})
    change = ThresholdChange.objects.get()
    assert made.url == f"/detectors/changes/{change.pk}/"
    assert (change.preview["queue_a_week"], change.preview["precision"]["n"]) == (3, 3)
    own = page(lead, made.url)
    assert "You proposed this, so somebody else approves it." in own
    assert 'value="approve"' not in own
    again = lead.post(f"{made.url}settle/", {"do": "approve"})
    assert again.status_code == 403
    assert "Somebody else looks at it and approves it." in again.content.decode()
    assert f"/detectors/changes/{change.pk}/" in page(other, "/detectors/")
    assert 'value="approve"' in page(other, made.url)
    assert other.post(f"{made.url}settle/", {"do": "approve", "because": "Yes."}).status_code == 302
    change.refresh_from_db()
    assert (change.state, change.number) == ("approved", 1)
    assert "Approved as number 1" in words(page(lead, made.url))
    late = other.post(f"{made.url}settle/", {"do": "refuse"})
    assert (late.status_code, "Somebody has settled this change already." in late.content.decode()) == (
        409,
        True,
    )
    assert "from 0.8" in words(page(lead, "/detectors/"))


def test_a_shadow_is_named_with_a_reason(house, signed_in):
    client = signed_in("supervisor")
    empty = client.post("/detectors/modes/", {"detector": "net", "shadow": "yes", "reason": " "})
    assert empty.status_code == 422
    assert not Mode.objects.exists()
    said = client.post(
        "/detectors/modes/", {"detector": "net", "version": "2", "shadow": "yes", "reason": "On trial."}
    )
    assert said.status_code == 302
    assert "net 2 Shadow On trial. M-supervisor" in words(page(client, "/detectors/modes/"))
    [event] = Event.objects.filter(kind="detector.mode_set")
    assert event.data == {"detector": "net", "version": "2", "shadow": True}


def test_the_exploration_says_what_slips_by_and_of_how_much_it_speaks(house, mara, signed_in):
    client = signed_in("policy")
    assert "Nothing is drawn yet" in page(client, "/detectors/exploration/")
    plan = dict.fromkeys(STRATA, "0") | {"text-unscored": "50", "reason": "A first look."}
    plan |= {"per_day": "100", "margin": "0.1"}
    refused = client.post("/detectors/exploration/plan/", {**plan, "text-low": "250"})
    assert refused.status_code == 422
    assert not Plan.objects.exists()
    assert client.post("/detectors/exploration/plan/", plan).status_code == 302
    assert Plan.objects.get().rates["text-unscored"] == 0.5
    items = [make.item() for _ in range(4)]
    make.item(kind="video")
    falling = iter([0.1, 0.9, 0.1, 0.9])
    explore(chance=lambda: next(falling), at=Item.objects.latest("id").received_at + timedelta(minutes=11))
    assert Draw.objects.count() == 2
    answer(mara, items[0], SCAM)
    answer(mara, items[2], FINE)
    drain()
    said = words(page(client, "/detectors/exploration/"))
    assert "Unflagged items 5 Could be drawn 80 % Drawn 2 Answered 2 Break some rule 50 %" in said
    assert re.search(r"AU-4 .{0,60} 1 2 0\.1 to", said)
    assert "Pictures, sound and video, not scored 1 0 0 0 0" in said
    assert "A first look." in said


@pytest.mark.parametrize("n", [1, 50])
def test_the_pages_ask_the_same_of_one_row_and_of_fifty(house, signed_in, django_assert_max_num_queries, n):
    week = monday(now().date())
    for version in range(n):
        named = {"detector": "net", "version": str(version), "rule_code": "AU-4", "week": week, "over": True}
        CardWeek.objects.create(**named, scored=9, upheld=4, refused=2)
        ScoreWeek.objects.create(**named, bucket=80, scored=9, upheld=4, refused=2)
    client = signed_in("supervisor")
    with django_assert_max_num_queries(9):
        page(client, "/detectors/")
    with django_assert_max_num_queries(14):
        page(client, "/detectors/card/AU-4/net/")


def test_a_threshold_is_proposed_where_many_people_looked(decided, signed_in):
    ScoreWeek.objects.update(looked=30, units=9_000)  # enough looks to tell what one costs
    client = signed_in("supervisor")
    asked = {"version": "1", "threshold": "0.6", "reason": "Less to look through."}
    answered = client.post("/detectors/propose/AU-4/net/", asked)
    assert answered.status_code == 302
    assert ThresholdChange.objects.get().preview["units_a_week"] is not None
