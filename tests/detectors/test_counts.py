"""What detectors said and what people answered, counted cell by cell."""

import pytest
from django.utils.timezone import now

from apps.decisions.operations import undo
from apps.decisions.verdict import Verdict
from apps.detectors.models import CardWeek, Disagreement, FoundWeek, ScoreWeek
from apps.detectors.operations import rebuild
from apps.detectors.queries.cards import overview, scorecard
from apps.detectors.queries.whatif import outlook
from apps.detectors.statistics import wilson
from apps.ledger.operations import drain
from apps.queues.operations import refresh_cases
from tests import make
from tests.detectors.conftest import FINE, SCAM, answer, flagged

pytestmark = pytest.mark.django_db


def cells() -> dict:
    rows = ScoreWeek.objects.order_by("bucket", "version", "rule_code")
    return {
        (one.version, one.bucket, one.over): (one.scored, one.upheld, one.refused, one.unsure) for one in rows
        if any((one.scored, one.upheld, one.refused, one.unsure))
    }  # fmt: skip


def card(**asked):
    return scorecard("net", "AU-4", weeks=4, today=now().date(), **asked)


def test_answers_are_counted_at_the_score_the_detector_gave_and_taken_back_with_them(mara):
    right, wrong = flagged("a", 0.93), flagged("b", 0.7)
    flagged("c", 0.29)
    drain()
    answer(mara, right, SCAM)
    last = answer(mara, wrong, FINE)
    drain()
    assert cells() == {
        ("1", 29, False): (1, 0, 0, 0),
        ("1", 70, True): (1, 0, 1, 0),
        ("1", 93, True): (1, 1, 0, 0),
    }
    assert [(one.decision_id, one.missed) for one in Disagreement.objects.all()] == [(last.pk, False)]
    assert [(one.rule_code, one.found) for one in FoundWeek.objects.all()] == [("AU-4", 1)]
    undo(actor=mara, decision_id=last.pk)
    drain()
    assert cells()["1", 70, True] == (1, 0, 0, 0)
    assert not Disagreement.objects.exists()


def test_made_anew_the_counts_are_the_same(mara):
    for n, (score, verdict) in enumerate([(0.9, SCAM), (0.8, FINE), (0.75, Verdict("unsure")), (1.0, SCAM)]):
        item = flagged(f"i{n}", score)
        drain()
        answer(mara, item, verdict)
    drain()
    before = [list(model.objects.order_by("id").values()) for model in (ScoreWeek, CardWeek, FoundWeek)]
    rebuild()
    after = [list(model.objects.order_by("id").values()) for model in (ScoreWeek, CardWeek, FoundWeek)]

    def plain(tables):
        return [
            sorted(
                str({**row, "id": 0})
                for row in table
                if any(row[n] for n in row if n in ("scored", "upheld", "refused", "unsure", "found"))
            )
            for table in tables
        ]

    assert plain(before) == plain(after)


def test_an_item_is_counted_once_for_a_version_however_often_it_is_scored(house):
    flagged("a", 0.4)
    flagged("a", 0.5)
    flagged("a", 0.5, version="2")
    drain()
    assert {(key[0], key[1]): n[0] for key, n in cells().items()} == {("1", 40): 1, ("2", 50): 1}


def test_the_card_tells_precision_agreement_and_what_a_threshold_would_bring(mara):
    plan = [("a", 0.95, SCAM), ("b", 0.92, SCAM), ("c", 0.74, FINE), ("d", 0.71, SCAM), ("e", 0.72, FINE)]
    items = [(flagged(name, score), verdict) for name, score, verdict in plan]
    missed = flagged("f", 0.2)
    make.report(missed, rule="AU-4")
    refresh_cases([missed.pk])
    drain()
    for item, verdict in [*items, (missed, SCAM)]:
        answer(mara, item, verdict)
    drain()
    found = card()
    assert found.precision == wilson(3, 5)
    assert (found.agreement.value, found.agreement.n) == (0.5, 6)
    assert (found.missed.value, found.recall.value) == (1, 0.75)
    assert [(one.missed, one.score) for one in found.disagreements] == [
        (True, 0.2),
        (False, 0.72),
        (False, 0.74),
    ]
    high, now_ = outlook(found, 0.9), outlook(found, 0.7)
    assert (high.queue_a_week, high.precision.value, high.blind) == (2, 1, 0)
    assert (now_.queue_a_week, now_.precision.value) == (5, pytest.approx(0.6))
    assert now_.units_a_week is None, "a mean of few looks could tell of a person"
    lower = outlook(found, 0.1)
    assert (lower.queue_a_week, lower.right_a_week) == (6, None)
    assert lower.blind == pytest.approx(1 / 6), "nobody looked at random at what scores 0.2"
    [line] = overview(4, today=now().date())
    assert (line.detector, line.scored, line.precision) == ("net", 6, wilson(3, 5))


def test_a_card_of_one_language_and_version_counts_nothing_else(mara):
    flagged("a", 0.9, language="vi")
    flagged("b", 0.9, version="2")
    drain()
    assert (card(language="vi").over.scored, card(version="2").over.scored, card().over.scored) == (1, 1, 2)
    assert card().versions == ["1", "2"]
    assert card().languages == ["en", "vi"]


def test_a_card_costs_the_same_however_much_was_counted(house, django_assert_num_queries):
    named = {"detector": "net", "version": "1", "rule_code": "AU-4", "week": now().date(), "language": "en"}
    ScoreWeek.objects.bulk_create(ScoreWeek(**named, bucket=n, over=n > 69, scored=5) for n in range(101))
    with django_assert_num_queries(6):
        card()
    with django_assert_num_queries(1):
        overview(4, today=now().date())
