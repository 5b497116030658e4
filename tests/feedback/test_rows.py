"""What a row says of a decision, and what it does not claim to know."""

from datetime import timedelta

import pytest
import time_machine
from django.utils.timezone import now

from apps.decisions.models import Decision, DecisionWords
from apps.decisions.operations import decide, undo
from apps.decisions.verdict import Verdict
from apps.feedback.columns import COLUMNS, NAMES
from apps.feedback.opinions import RARE, agreement, soft_label
from apps.feedback.rows import digest
from apps.intake.models import Flag, Item, Media
from apps.queues.operations import claim_next
from apps.wellbeing.operations import start_shift
from tests import make

DAY = timedelta(days=1)

# domain/FEEDBACK.md, written out by hand: the export has every one of these.
LISTED = """
export_schema_version item_id_hash cluster_id author_id_hash content_type language posted_at content_hashes media_ref
text_redacted rule_code guideline_version rule_version label severity action ground context_exception rationale_codes
decision_id decided_at reviewer_id_hash review_kind reveal_state confidence label_origin source report_reason detectors
stratum inclusion_prob weight sampling_plan_id n_votes votes agreement soft_label label_status final_after appealed
overturned superseded_by split split_seed export_id sha256 created_at
"""


def test_every_listed_column_is_there(decided, rows):
    assert set(LISTED.split()) <= set(NAMES)
    row = rows_of_one(decided(), rows)
    assert tuple(row) == NAMES


def test_a_row_says_what_was_decided_by_which_wording(decided, rows):
    decision = decided(
        rule_codes=["AU-4", "AU-1"], actions=["remove", "strike"], rationale=["repeated"], confidence="sure"
    )
    row = rows()[decision.pk]
    assert (row["label"], row["rule_code"], row["rule_codes"]) == ("violates", "AU-4", ["AU-4", "AU-1"])
    assert (row["guideline_version"], row["rule_version"]) == ("1.1.0", "AU-4@1.1.0")
    assert (row["action"], row["rationale_codes"]) == (["remove", "strike"], ["repeated"])
    assert (row["confidence"], row["label_origin"], row["review_kind"]) == ("sure", "human", "first")
    assert (
        row["severity"]
        == decision.cited.model._meta.apps.get_model("guidelines.RuleVersion")
        .objects.get(code="AU-4")
        .severity
    )


def test_a_decision_through_the_door_is_exported_once_it_can_no_longer_be_taken_back(house, moderator, rows):
    start_shift(actor=moderator)
    case = make.case(queue="fraud")
    make.report(case.item)
    verdict = Verdict(outcome="violates", rules=["AU-4"], actions=["remove"], private_note="For us only.")
    made = decide(actor=moderator, claim_id=claim_next(actor=moderator).claim_id, verdict=verdict)
    with time_machine.travel(now() + timedelta(minutes=1)):
        row = rows()[made.decision_id]
    assert (row["label"], row["text_redacted"], row["source"]) == (
        "violates",
        "A post somebody reported.",
        "user_report",
    )


def test_a_decision_taken_back_is_no_row(house, moderator, decided, rows):
    kept = decided()
    start_shift(actor=moderator)
    make.case(queue="fraud")
    verdict = Verdict(outcome="violates", rules=["AU-4"], actions=["remove"])
    made = decide(actor=moderator, claim_id=claim_next(actor=moderator).claim_id, verdict=verdict)
    undo(actor=moderator, decision_id=made.decision_id)
    with time_machine.travel(now() + timedelta(minutes=1)):
        assert set(rows()) == {kept.pk}


def test_what_is_not_known_is_null_and_never_a_default(house, decided, rows):
    bare = Item.objects.create(source="test", external_id="bare", kind="account", content_sha256="0" * 64)
    decision = decided(item=bare, outcome="no_violation")
    row = rows()[decision.pk]
    unknown = {name for name, value in row.items() if value is None}
    assert unknown == {
        "author_id_hash", "language", "posted_at", "content_hashes", "media_ref", "text_redacted", "rule_code",
        "rule_version", "severity", "context_exception", "reveal_state", "confidence", "report_reason", "stratum",
        "inclusion_prob", "weight", "sampling_plan_id", "agreement", "soft_label", "appealed", "overturned",
        "superseded_by",
    } | ({"split"} if row["split"] is None else set())  # fmt: skip
    assert unknown <= {column.name for column in COLUMNS if column.null != "never"}
    assert (row["detectors"], row["media_hashes"], row["action"]) == ([], [], [])


def test_detector_scores_are_those_known_when_it_was_decided(decided, rows):
    item = make.item()
    scores = [{"rule": "AU-4", "score": 0.91, "threshold": 0.8}]
    Flag.objects.create(
        item=item, item_revision=1, detector="scams", detector_version="7", scores=scores, over_threshold=True
    )
    decision = decided(item=item)
    later = [{"rule": "AU-4", "score": 0.1, "threshold": 0.8}]
    Flag.objects.create(
        item=item, item_revision=1, detector="scams", detector_version="8", scores=later, over_threshold=False
    )
    (score,) = rows()[decision.pk]["detectors"]
    assert score.pop("scored_at")
    assert score == {"name": "scams", "version": "7", "rule": "AU-4", "score": 0.91, "threshold": 0.8}


def test_context_is_an_exception_only_where_nothing_is_violated(decided, rows):
    news = decided(outcome="no_violation", rationale=["context_missing", "news", "satire"])
    breaks = decided(rationale=["news"])
    found = rows()
    assert found[news.pk]["context_exception"] == "news"
    assert found[breaks.pk]["context_exception"] is None


def test_a_label_is_final_after_a_fortnight_in_which_nobody_said_otherwise(decided, rows):
    old, young = decided(ago=15 * DAY), decided(ago=13 * DAY)
    waits = decided(ago=20 * DAY, held=True)
    found = rows()
    assert [found[one.pk]["label_status"] for one in (old, young, waits)] == [
        "final",
        "provisional",
        "provisional",
    ]
    assert [found[one.pk]["overturned"] for one in (old, young)] == [False, None]


def test_a_label_that_was_overturned_says_so_and_is_never_final(decided, rows, senior):
    case = make.case(queue="fraud")
    first = decided(case=case, ago=30 * DAY)
    second = decided(case=case, by=senior, ago=20 * DAY, outcome="no_violation", purpose="appeal")
    found = rows()
    assert (found[first.pk]["superseded_by"], found[first.pk]["overturned"]) == (second.pk, True)
    assert found[first.pk]["label_status"] == "provisional"
    assert (found[second.pk]["superseded_by"], found[second.pk]["review_kind"]) == (None, "appeal")
    assert found[second.pk]["label_status"] == "final"


def test_an_undone_correction_leaves_the_first_decision_standing(decided, rows, senior):
    case = make.case(queue="fraud")
    first = decided(case=case, ago=30 * DAY)
    second = decided(case=case, by=senior, ago=20 * DAY, outcome="no_violation")
    decided(
        case=case, by=senior, ago=20 * DAY, outcome="no_violation", withdraws=True, supersedes_id=second.pk
    )
    found = rows()
    assert set(found) == {first.pk}
    assert (found[first.pk]["superseded_by"], found[first.pk]["n_votes"]) == (None, 1)


def test_disagreement_is_kept(decided, rows, senior, policy):
    for _ in range(RARE):
        decided()  # or the language is rare and nobody is told apart
    case = make.case(queue="fraud")
    first = decided(case=case)
    decided(case=case, by=senior, outcome="unsure", purpose="second_opinion")
    decided(case=case, by=policy, purpose="appeal")
    row = rows()[first.pk]
    assert row["n_votes"] == 3
    assert [(vote["label"], vote["review_kind"]) for vote in row["votes"]] == [
        ("violates", "first"),
        ("unsure", "second_opinion"),
        ("violates", "appeal"),
    ]
    assert len({vote["reviewer_id_hash"] for vote in row["votes"]}) == 3
    assert row["agreement"] == pytest.approx(1 / 3)
    assert row["soft_label"] == {"violates": pytest.approx(2 / 3), "not": 0.0, "unsure": pytest.approx(1 / 3)}


def test_agreement_counts_pairs():
    assert agreement(["not"]) is None
    assert soft_label(["not"]) is None
    assert agreement(["not", "not"]) == 1.0
    assert agreement(["not", "violates"]) == 0.0


def test_copies_share_a_cluster_and_a_side_of_the_split(decided, rows):
    copies = [
        decided(item=make.item(text="The very same words.", text_sha256=sha("The very same words.")))
        for _ in "123"
    ]
    media = [decided(item=with_picture("a" * 64)) for _ in "12"]
    other = decided()
    found = rows()
    assert len({found[copy.pk]["cluster_id"] for copy in copies}) == 1
    assert len({found[copy.pk]["cluster_id"] for copy in media}) == 1
    assert len({row["cluster_id"] for row in found.values()}) == 3
    assert len({found[copy.pk]["split"] for copy in copies}) == 1
    assert found[other.pk]["cluster_id"]


def with_picture(sha256: str) -> Item:
    item = make.item(kind="image", text="")
    Media.objects.create(
        item=item, revision=1, position=0, mime="image/png", sha256=sha256, pdq="f" * 64, pdq_quality=90
    )
    return item


def test_media_is_named_by_its_hash(decided, rows):
    row = rows_of_one(decided(item=with_picture("b" * 64)), rows)
    assert row["content_hashes"] == {"sha256": "b" * 64, "pdq": "f" * 64, "pdq_quality": 90}
    assert row["media_ref"] == "sha256:" + "b" * 64


def test_a_row_can_be_checked_by_its_own_digest(decided, rows):
    row = rows_of_one(decided(), rows)
    assert row["sha256"] == digest(row)


def test_erased_words_are_null(decided, rows):
    decision = decided()
    DecisionWords.objects.filter(decision=decision).update(evidence={}, erased_at=now())
    row = rows_of_one(decision, rows)
    assert row["label"] == "violates"
    assert [
        row[name] for name in ("text_redacted", "content_hashes", "media_hashes", "detectors", "media_ref")
    ] == [None] * 5


def test_only_what_people_decided_is_exported(decided, rows):
    human = decided()
    decided(origin="auto", by=None)
    assert set(rows()) == {human.pk}
    assert Decision.objects.count() == 2


def rows_of_one(decision: Decision, rows) -> dict:
    return rows()[decision.pk]


def sha(text: str) -> str:
    import hashlib

    return hashlib.sha256(text.encode()).hexdigest()
