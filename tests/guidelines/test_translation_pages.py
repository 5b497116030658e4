"""Translating on pages: source and translation side by side, and read over by somebody with the language."""

import pytest

from apps.guidelines import queries, reading
from apps.guidelines.models import Translation
from apps.guidelines.operations import load, publish
from apps.guidelines.operations.translating import translate
from tests.guidelines.test_loading import STARTER

PAGE = "/guidelines/translations/km/rule/VX-1/"


@pytest.fixture
def edition(db, published_at_once):
    publish(load(STARTER, actor=None), actor=None, reason="For the test.")
    return queries.in_force()


def form(edition, **more):
    source = reading.source_of("rule", edition.rules["VX-1"])
    return {
        "source_sha256": reading.fingerprint(source),
        "title": "ការគំរាមកំហែង",
        "description": "ចេតនាធ្វើបាប។",
        **more,
    }


def test_a_text_is_translated_beside_its_source(edition, signed_in, policy):
    client = signed_in("policy")
    page = client.get(PAGE).content.decode()
    assert "Credible threats and incitement to violence" in page
    assert "Missing" in page
    answer = client.post(PAGE, form(edition))
    assert (answer.status_code, answer.url) == (302, PAGE)
    row = Translation.objects.get()
    assert (row.translated_by, row.texts["title"], row.reviewed_at) == (policy, "ការគំរាមកំហែង", None)
    page = client.get(PAGE).content.decode()
    assert "To be read by a native speaker" in page
    assert "It says the same" not in page


def test_what_cannot_be_kept_comes_back_with_its_reasons(edition, signed_in):
    answer = signed_in("policy").post(PAGE, form(edition, title=" ", allowed_examples="ក\nខ"))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "A translation has at least a title." in page
    assert "The source has 3 here, one a line; this has 2." in page
    assert ">ក\nខ</textarea>" in page
    assert not Translation.objects.exists()


def test_words_that_moved_meanwhile_are_told_and_nothing_is_lost(edition, signed_in):
    answer = signed_in("policy").post(PAGE, form(edition, source_sha256="0" * 64))
    page = answer.content.decode()
    assert (answer.status_code, "reworded since this page was opened" in page) == (409, True)
    assert "ការគំរាមកំហែង" in page
    assert not Translation.objects.exists()


def test_a_moderator_with_the_language_reads_over_and_does_not_write(edition, signed_in, policy, moderator2):
    row = translate(
        edition=edition, kind="rule", code="VX-1", language="km", texts={"title": "ការគំរាម"}, actor=policy
    )
    client = signed_in("moderator2")
    assert client.post(PAGE, form(edition)).status_code == 403
    assert "It says the same" in client.get(PAGE).content.decode()
    assert signed_in("moderator").post(f"/guidelines/translations/{row.pk}/reviewed/").status_code == 403
    assert client.post(f"/guidelines/translations/{row.pk}/reviewed/").status_code == 302
    row.refresh_from_db()
    assert row.reviewed_by == moderator2
    assert "Read over" in client.get("/guidelines/translations/km/").content.decode()


def test_the_lists_say_how_far_each_language_has_come(edition, signed_in, policy):
    translate(
        edition=edition, kind="rule", code="VX-1", language="km", texts={"title": "ការគំរាម"}, actor=policy
    )
    reading.forget()
    client = signed_in("policy")
    page = client.get("/guidelines/translations/").content.decode()
    assert "1 of 63" in page
    page = client.get("/guidelines/translations/km/").content.decode()
    assert page.count(">Missing<") == 62
    assert client.get("/guidelines/translations/?language=TH").url == "/guidelines/translations/th/"
    assert client.get("/guidelines/translations/en/").status_code == 404


def test_guidelines_are_read_in_ones_first_language_with_the_source_one_key_away(edition, signed_in, policy):
    translate(
        edition=edition, kind="rule", code="VX-1", language="km", texts={"title": "ការគំរាមធំ"}, actor=policy
    )
    reading.forget()
    client = signed_in("moderator2")
    page = client.get("/guidelines/rules/VX-1/").content.decode()
    assert "ការគំរាមធំ" in page
    assert '<a href="?language=en" hreflang="en" data-code="KeyW">' in page
    assert "To be read by a native speaker" in page
    page = client.get("/guidelines/rules/VX-1/?language=en").content.decode()
    assert "Credible threats and incitement to violence" in page
    assert '<a href="?language=km" hreflang="km" data-code="KeyW">' in page
    assert "KeyW" not in signed_in("legal").get("/guidelines/rules/VX-1/").content.decode()
    assert "<mark>ការគំរាមធំ</mark>" in client.get("/guidelines/?q=ការគំរាមធំ").content.decode()
