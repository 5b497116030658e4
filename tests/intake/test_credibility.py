from hypothesis import given
from hypothesis import strategies as st

from apps.intake.lines import ReportLine
from apps.intake.models import Report, Reporter
from apps.intake.operations import receive, settle_reports
from apps.intake.queries import credibility
from apps.ledger.models import Event

counts = st.integers(0, 10_000).flatmap(lambda judged: st.tuples(st.integers(0, judged), st.just(judged)))


@given(counts)
def test_credibility_stays_strictly_between_nothing_and_certainty(count):
    assert 0 < credibility(*count) < 1


@given(counts)
def test_one_more_upheld_report_raises_it_and_one_more_refused_lowers_it(count):
    upheld, judged = count
    assert credibility(upheld + 1, judged + 1) > credibility(upheld, judged) > credibility(upheld, judged + 1)


@given(counts)
def test_there_is_no_cliff_a_single_report_moves_it_by_less_than_a_tenth(count):
    upheld, judged = count
    assert abs(credibility(upheld + 1, judged + 1) - credibility(upheld, judged)) < 0.1
    assert abs(credibility(upheld, judged + 1) - credibility(upheld, judged)) < 0.1


def test_a_newcomer_starts_at_the_mean():
    assert credibility(0, 0) == 0.4


def report(post, by):
    item = {"source": "demo", "external_id": post, "kind": "text", "text": post}
    return receive([ReportLine(item=item, reason="x", reporter=by and {"external_id": by})], key=None)[
        0
    ].item_id


def standing(by):
    return Reporter.objects.values_list("upheld", "judged").get(external_id=by)


def test_a_judged_report_counts_once_for_its_reporter(db):
    item = report("p1", "ana")
    report("p1", "bo")
    report("p1", None)
    assert settle_reports({item: True}) == 3
    assert settle_reports({item: True}) == 0
    assert (standing("ana"), standing("bo")) == ((1, 1), (1, 1))
    assert list(Event.objects.filter(kind="reports.judged").values_list("data", flat=True)) == [
        {"upheld": True, "reports": 3}
    ]


def test_a_corrected_decision_corrects_what_was_counted(db):
    item = report("p1", "ana")
    settle_reports({report("p2", "ana"): False})
    settle_reports({item: True})
    assert standing("ana") == (1, 2)
    settle_reports({item: False})
    assert standing("ana") == (0, 2)


def test_a_decision_taken_back_takes_the_judgement_back(db):
    item = report("p1", "ana")
    settle_reports({item: True})
    settle_reports({item: None})
    assert standing("ana") == (0, 0)
    assert Report.objects.get().upheld is None
