"""Guidelines in other languages: separate texts, tied to the words they translate, read over by whoever has the language."""

from pathlib import Path

import pytest
import yaml
from django.db import IntegrityError, transaction

from apps.guidelines import queries, reading
from apps.guidelines.errors import (
    GuidelinesUnreadable,
    InvalidTranslation,
    NotYourLanguage,
    OwnTranslation,
    ReviewedMeanwhile,
    SourceMoved,
)
from apps.guidelines.models import Translation
from apps.guidelines.operations import load, publish
from apps.guidelines.operations.translating import load_translations, review, translate
from apps.ledger.models import Event
from tests.guidelines.test_loading import STARTER

FILES = Path(queries.__file__).parent / "starter"
VX_1 = {"title": "ការគំរាមកំហែង", "description": "បង្ហាញចេតនាធ្វើបាប។"}


@pytest.fixture
def edition(db, published_at_once):
    publish(load(STARTER, actor=None), actor=None, reason="For the test.")
    return queries.in_force()


@pytest.fixture
def spoken(edition):
    for language in ("km", "vi"):
        load_translations((FILES / f"{language}.yaml").read_bytes(), edition=edition, actor=None)
    reading.forget()
    return edition


def khmer(edition, actor, texts=VX_1, **more) -> Translation:
    row = translate(
        edition=edition, kind="rule", code="VX-1", language="km", texts=texts, actor=actor, **more
    )
    reading.forget()
    return row


@pytest.mark.parametrize("language", ["km", "vi"])
def test_the_starter_set_has_every_title_in_each_language_and_says_that_nobody_read_it_over(spoken, language):
    text = reading.reading(spoken, language)
    assert [code for code, rule in text.rules.items() if "title" in rule.missing] == []
    assert [code for code, policy in text.policies.items() if "title" in policy.missing] == []
    assert sum("description" not in rule.missing for rule in text.rules.values()) >= 20
    assert all(rule.unread and not rule.stale for rule in text.rules.values())
    assert text.unread
    assert not text.around.missing


def test_what_is_not_translated_is_read_in_its_own_words_and_named(spoken):
    text = reading.reading(spoken, "km").rules["VX-2"]
    assert text.title == "ការគំរាមកំហែងដោយអ្នកមានអំណាច"
    assert text.description == spoken.rules["VX-2"].description
    assert text.missing == {"description", "violating_examples", "allowed_examples"}


def test_loading_twice_changes_nothing(spoken):
    before = Translation.objects.count()
    assert load_translations((FILES / "km.yaml").read_bytes(), edition=spoken, actor=None) == 0
    assert Translation.objects.count() == before


def test_a_file_with_unknown_codes_and_keys_names_each_and_loads_nothing(edition):
    with pytest.raises(GuidelinesUnreadable) as refusal:
        load_translations(
            "language: km\nrules:\n  VX-1: {title: ក, colour: red}\n  NO-9: {title: ខ}\n",
            edition=edition,
            actor=None,
        )
    assert [error["field"] for error in refusal.value.errors] == ["NO-9", "VX-1.colour"]
    assert not Translation.objects.exists()
    assert not Event.objects.filter(kind="guidelines.translated").exists()


@pytest.mark.parametrize(
    "data", ["", "- a", "rules: {}", "language: km\nrules: [a]", "language: [", b"\xff\xfe\xfa"]
)
def test_a_file_that_is_no_file_of_translations_is_refused(edition, data):
    with pytest.raises(GuidelinesUnreadable):
        load_translations(data, edition=edition, actor=None)
    assert not Translation.objects.exists()


def test_a_translation_is_stale_once_its_source_is_reworded_and_stays_current_when_it_is_not(edition, policy):
    khmer(edition, policy)
    translate(
        edition=edition, kind="rule", code="VX-4", language="km", texts={"title": "សេចក្តីណែនាំ"}, actor=policy
    )
    newer = yaml.safe_load(STARTER)
    newer["guideline_set"]["version"] = "2"
    rule = next(r for p in newer["policies"] for r in p["rules"] if r["code"] == "VX-1")
    rule["description"] += " And a plan."
    publish(load(yaml.safe_dump(newer, allow_unicode=True), actor=None), actor=None, reason="Clearer.")
    text = reading.reading(queries.in_force(), "km")
    assert (text.rules["VX-1"].stale, text.rules["VX-1"].title) == (True, VX_1["title"])
    assert (text.rules["VX-4"].stale, text.rules["VX-4"].title) == (False, "សេចក្តីណែនាំ")
    assert not reading.reading(queries.edition(edition.id), "km").rules["VX-1"].stale


def test_of_a_reworded_rule_the_translation_of_what_did_not_change_stays(edition, policy):
    rule = edition.rules["VX-1"]
    kept, reworded = rule.violating_examples[:2]
    examples = [f"ឧទាហរណ៍ {number}" for number, _ in enumerate(rule.violating_examples)]
    khmer(edition, policy, {**VX_1, "violating_examples": examples})
    newer = yaml.safe_load(STARTER)
    newer["guideline_set"]["version"] = "2"
    written = next(r for p in newer["policies"] for r in p["rules"] if r["code"] == "VX-1")
    written["description"] += " And a plan."
    written["violating_examples"][1] += " Tomorrow."
    publish(load(yaml.safe_dump(newer, allow_unicode=True), actor=None), actor=None, reason="Clearer.")
    reading.forget()
    now_ = queries.in_force().rules["VX-1"]
    text = reading.reading(queries.in_force(), "km").rules["VX-1"]
    assert (text.title, text.description) == (VX_1["title"], now_.description)
    assert text.violating_examples == (examples[0], f"{reworded} Tomorrow.", *examples[2:])
    assert kept not in text.violating_examples
    assert text.newer == {"description", "violating_examples"}
    assert text.newer_examples == {f"{reworded} Tomorrow."}
    assert "title" not in text.missing
    assert {"description", "allowed_examples"} <= text.missing  # the one reworded, the other never translated
    before = reading.reading(queries.edition(edition.id), "km").rules["VX-1"]
    assert (before.description, before.newer) == (VX_1["description"], frozenset())


def test_a_correction_is_a_new_text_and_the_earlier_one_stays(edition, policy):
    khmer(edition, policy)
    khmer(edition, policy, {"title": "ការគំរាម"})
    assert [row.texts["title"] for row in Translation.objects.order_by("id")] == [VX_1["title"], "ការគំរាម"]
    assert reading.reading(edition, "km").rules["VX-1"].title == "ការគំរាម"


@pytest.mark.parametrize(
    ("texts", "field"),
    [
        ({"title": " "}, "title"),
        ({"title": "ក" * 201}, "title"),
        ({"title": "ក", "description": "ក" * 5001}, "description"),
        ({"title": "ក", "violating_examples": ["ក"]}, "violating_examples"),
    ],
)
def test_a_translation_that_cannot_stand_says_why(edition, policy, texts, field):
    with pytest.raises(InvalidTranslation) as refusal:
        khmer(edition, policy, texts)
    assert [error["field"] for error in refusal.value.errors] == [field]
    assert not Translation.objects.exists()


def test_a_text_is_not_translated_into_its_own_language(edition, policy):
    with pytest.raises(InvalidTranslation):
        translate(edition=edition, kind="rule", code="VX-1", language="en", texts=VX_1, actor=policy)


def test_whoever_translated_other_words_than_those_of_now_is_told(edition, policy):
    with pytest.raises(SourceMoved):
        khmer(edition, policy, source_sha256="0" * 64)
    assert not Translation.objects.exists()


def test_somebody_with_the_language_reads_a_translation_over_once(edition, policy, senior, moderator2):
    row = khmer(edition, policy)
    review(translation_id=row.pk, actor=senior)
    reading.forget()
    assert reading.reading(edition, "km").rules["VX-1"].reviewed
    with pytest.raises(ReviewedMeanwhile):
        review(translation_id=row.pk, actor=moderator2)
    row.refresh_from_db()
    assert row.reviewed_by == senior
    assert Event.objects.filter(kind="guidelines.translation_reviewed").count() == 1


def test_nobody_reads_over_a_language_she_does_not_have_or_her_own_text(edition, policy, senior):
    theirs, own = khmer(edition, policy), khmer(edition, senior)
    with pytest.raises(NotYourLanguage):
        review(translation_id=theirs.pk, actor=policy)
    with pytest.raises(OwnTranslation):
        review(translation_id=own.pk, actor=senior)
    assert not Translation.objects.exclude(reviewed_at=None).exists()


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"texts": {"title": "ខុស"}}, "translation_changes_only_by_being_reviewed_once"),
        ({"reviewed_by": "supervisor"}, "translation_reviewer_has_its_language"),
        ({"reviewed_by": "senior", "texts": {}}, "translation_changes_only_by_being_reviewed_once"),
    ],
)
def test_the_database_refuses_to_change_a_translation(edition, policy, change, refusal, request):
    from django.utils.timezone import now

    row = khmer(edition, policy)
    if "reviewed_by" in change:
        change = {
            **change,
            "reviewed_by": request.getfixturevalue(change["reviewed_by"]),
            "reviewed_at": now(),
        }
    with pytest.raises(IntegrityError, match=refusal), transaction.atomic():
        Translation.objects.filter(pk=row.pk).update(**change)
    with pytest.raises(IntegrityError, match="reviewed_once"), transaction.atomic():
        row.delete()


def test_a_search_costs_no_query_once_the_texts_are_known(spoken, django_assert_num_queries):
    reading.search("threat", spoken)
    with django_assert_num_queries(0):
        assert reading.search("គំរាមកំហែង", spoken)[0].language == "km"
        for _ in range(20):
            reading.search("đe dọa", spoken)
            reading.reading(spoken, "km")


def test_a_reader_of_the_source_language_costs_no_query_at_all(spoken, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert (
            reading.reading(spoken, "en").rules["VX-1"].title == "Credible threats and incitement to violence"
        )
