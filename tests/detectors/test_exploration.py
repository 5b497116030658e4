"""Items nobody flagged are drawn with a chance that is known, and what is told from them is right on average."""

import random
from datetime import date, timedelta

import pytest
from django.db import connection, transaction

from apps.decisions.operations import undo
from apps.detectors.errors import PlanUnusable
from apps.detectors.models import Draw, Frame, FrameWeek, Judged, Plan
from apps.detectors.operations import explore, set_plan
from apps.detectors.operations.exploring import probabilities
from apps.detectors.queries import Inclusion, inclusion_of
from apps.detectors.queries.cards import scorecard
from apps.detectors.queries.exploration import Candidate, sample, weigh
from apps.detectors.strata import stratum_of
from apps.intake.models import Item
from apps.ledger.models import Event
from apps.ledger.operations import drain
from apps.queues.models import Case
from tests import make
from tests.detectors.conftest import FINE, SCAM, answer, flagged

pytestmark = pytest.mark.django_db
LATER = timedelta(minutes=11)


@pytest.fixture
def plan(house, policy):
    rates = {
        "text-unscored": 0.25,
        "text-low": 0.25,
        "text-middle": 0.5,
        "text-high": 0.5,
        "media-unscored": 0.1,
    }
    return set_plan(actor=policy, rates=rates, per_day=1000, margin=0.1, reason="To see what is missed.")


def look_through(chances: list[float]) -> int:
    """A pass ten minutes later, in which the dice fall as told."""
    falling = iter(chances)
    return explore(chance=lambda: next(falling), at=Item.objects.latest("id").received_at + LATER)


def weeks() -> tuple[date, date]:
    return date(2020, 1, 6), date(2100, 1, 4)


def test_unflagged_items_are_drawn_each_with_its_own_chance(plan, policy):
    plain, low = make.item(text="A walk in the park."), flagged("low", 0.2)
    over, told = flagged("over", 0.9), make.item()
    make.report(told)
    drain()
    assert explore(chance=lambda: 0.0) == 0, "what came in a moment ago may still be reported"
    assert look_through([0.24, 0.26]) == 1
    draw = Draw.objects.get()
    assert (draw.item_id, draw.stratum, draw.probability, draw.plan_id) == (
        plain.pk,
        "text-unscored",
        0.25,
        plan.pk,
    )
    assert inclusion_of([draw.case_id, Case.objects.get(item=over).pk]) == {
        draw.case_id: Inclusion("text-unscored", 0.25, str(plan.pk))
    }
    looked = {row.stratum: (row.unflagged, row.covered) for row in FrameWeek.objects.all()}
    assert looked == {"text-unscored": (1, 1), "text-low": (1, 1)}
    assert low.pk not in Draw.objects.values_list("item_id", flat=True)
    assert look_through([]) == 0, "an item is looked through once"
    assert Frame.objects.count() == 1
    [event] = Event.objects.filter(kind="exploration.drawn")
    assert (event.case_id, event.item_id, event.data["drawn"]) == (None, None, 1)


def test_a_drawn_case_is_like_any_other_and_waits_behind_them(plan, signed_in):
    item = make.item(text="A walk in the park.")
    look_through([0.0])
    case = Case.objects.get(item=item)
    assert (case.purpose, case.state, case.severity, case.detection_source) == (
        "review",
        "waiting",
        1,
        "proactive_sample",
    )
    drain()
    client = signed_in("moderator")
    client.post("/desk/shift/start")
    client.post("/desk/next", headers={"HX-Request": "true"})
    page = client.get("/desk/").content.decode()
    assert "A walk in the park." in page
    assert "It came in" in page
    for telling in ("at random", "drawn at", "by chance", "exploration", "stratum", "proactive"):
        assert telling not in page.lower()
    case_page = signed_in("senior").get(f"/cases/{case.pk}/").content.decode().lower()
    assert "walk in the park" not in case_page
    for telling in ("exploration", "drawn at random", "stratum", "inclusion"):
        assert telling not in case_page


def test_prevalence_and_recall_come_from_what_people_said_of_drawn_items(plan, mara):
    items = [flagged(f"d{n}", 0.3) for n in range(4)]
    caught = [flagged(f"c{n}", 0.9) for n in range(3)]
    drain()
    look_through([0.1, 0.9, 0.1, 0.9])
    for item, verdict in zip([items[0], items[2], *caught], [SCAM, FINE, SCAM, SCAM, FINE], strict=True):
        answer(mara, item, verdict)
    drain()
    told = sample(*weeks())
    assert (told.unflagged, told.covered, told.drawn, told.judged) == (4, 4, 2, 2)
    assert (told.missed("AU-4").value, told.missed("AU-1").value) == (2.0, 0.0)
    prevalence = told.prevalence("AU-4")
    assert (prevalence.value, prevalence.high) == (0.5, 1.0)
    card = scorecard("net", "AU-4", weeks=4, today=Draw.objects.first().drawn_at.date())
    assert (card.missed.value, card.recall.value) == (2.0, 0.5)
    assert (card.under.drawn, card.under.drawn_upheld, card.under.weight, card.under.weight_upheld) == (
        2,
        1,
        4,
        2,
    )
    assert card.precision.value == pytest.approx(2 / 3)


def test_what_is_not_judged_yet_is_stood_for_by_what_is(plan, mara):
    items = [make.item() for _ in range(4)]
    look_through([0.0] * 4)
    answer(mara, items[0], SCAM)
    last = answer(mara, items[1], FINE)
    drain()
    assert sample(*weeks()).missed("AU-4").value == 8, "one of two judged, each for eight"
    undo(actor=mara, decision_id=last.pk)
    drain()
    told = sample(*weeks())
    assert (told.judged, told.missed("AU-4").value, Judged.objects.count()) == (1, 16, 1)


def test_what_may_be_heavy_is_its_own_stratum_and_never_drawn_as_something_light(house):
    def stratum(scores=(), kind="text", minors=False, margin=None):
        given = [{"rule": rule, "score": score, "threshold": 0.8} for rule, score in scores]
        return stratum_of(Candidate(1, kind, "en", minors, given), margin=margin, heavy_rules={"VX-1"})

    assert stratum() == "text-unscored"
    assert stratum(kind="video") == "media-unscored"
    assert [stratum([("AU-4", score)]) for score in (0.2, 0.3, 0.6)] == [
        "text-low",
        "text-middle",
        "text-high",
    ]
    assert (
        stratum([("VX-1", 0.4)]) == stratum(minors=True) == stratum([("VX-1", 0.75)], margin=0.1) == "heavy"
    )
    assert stratum([("VX-1", 0.3)]) == "text-middle"
    assert stratum([("AU-4", 0.75)], margin=0.1) == "uncertain"
    assert stratum([("AU-4", 0.75)], kind="image", margin=0.1) == "media-high"


def test_a_full_day_lowers_every_chance_beforehand_and_serves_what_is_light_first(house):
    plan = Plan(rates={"text-unscored": 0.5, "media-unscored": 0.5}, per_day=6, margin=0.1)
    found = [Candidate(n, "text" if n < 8 else "image", "en", False, []) for n in range(16)]

    def chances(spent):
        return [pi for _, pi in probabilities(plan, found, spent)]

    assert chances(0) == [0.5] * 8 + [0.25] * 8
    assert chances(4) == [0.25] * 8 + [0.0] * 8
    assert chances(6) == [0.0] * 16


def test_over_many_weeks_the_estimate_is_unbiased_and_its_interval_covers():
    """A made-up world of 3,000 items of which 96 break AU-4, explored 300 times; a fifth of the draws wait to be judged."""
    chance, truth, everybody, rounds = random.Random(11), 96, 3_000, 300
    strata = [("text-low", 2_400, 24, 0.05), ("text-high", 600, 72, 0.3)]
    looked = {name: (n, n) for name, n, _, _ in strata}
    values, covered = [], 0
    for _ in range(rounds):
        rows = []
        for name, size, bad, pi in strata:
            for n in range(size):
                if chance.random() < pi:
                    judged = chance.random() < 0.8
                    outcome = ("violates" if n < bad else "no_violation") if judged else None
                    rows.append((1, name, pi, outcome, ["AU-4"] if n < bad else [], []))
        told = weigh(rows, looked).prevalence("AU-4")
        values.append(told.value * everybody)
        covered += told.low <= truth / everybody <= told.high
    spread = (24 * (1 / 0.04 - 1) + 72 * (1 / 0.24 - 1)) ** 0.5 / rounds**0.5
    assert abs(sum(values) / rounds - truth) < 4 * spread
    assert covered >= 0.95 * rounds


def test_a_plan_that_cannot_be_used_changes_nothing(house, policy):
    with pytest.raises(PlanUnusable) as refused:
        set_plan(actor=policy, rates={"text-low": 1.5, "cats": 0.1}, per_day=0, margin=0, reason=" ")
    assert [one["field"] for one in refused.value.errors] == [
        "text-low",
        "cats",
        "per_day",
        "margin",
        "reason",
    ]
    assert not Plan.objects.exists()
    assert not Event.objects.filter(kind="exploration.planned").exists()
    assert explore() == 0, "without a plan nothing is drawn"


def test_the_database_keeps_draws_frames_and_plans(plan):
    make.item()
    look_through([0.0])
    frame = Frame.objects.get()
    for name, statement in {
        "Cannot update or delete rows from detectors_draw": "UPDATE detectors_draw SET probability = 1",
        "Cannot update or delete rows from detectors_frame": "DELETE FROM detectors_frame",
        "Cannot update or delete rows from detectors_plan": "UPDATE detectors_plan SET per_day = 1",
        "item_is_in_one_frame_at_most": "INSERT INTO detectors_frame (plan_id, from_id, upto_id, expected, at) "
        f"VALUES ({plan.pk}, {frame.from_id}, {frame.upto_id + 5}, 0, now())",
        "draw_has_a_probability": "INSERT INTO detectors_draw (item_id, case_id, plan_id, stratum, probability, language, "
        f"drawn_at) VALUES ({make.item().pk}, {make.case().pk}, {plan.pk}, 'x', 0, '', now())",
    }.items():
        with (
            pytest.raises(Exception, match=name),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)
    assert Draw.objects.get().probability == 0.25
