"""Translating on pages: source and translation side by side, and read over by somebody with the language."""

import re
from html import unescape

import pytest
import yaml

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


def fields(page) -> dict[str, tuple[str, str]]:
    """Each text field of the page by its name: what its label says, as somebody hears it, and what stands in it."""
    text = page if isinstance(page, str) else page.content.decode()
    labels = {
        for_: " ".join(re.sub(r"<[^>]+>", "", label).split())
        for for_, label in re.findall(r'<label class="label" for="(f\d+)">(.*?)</label>', text, re.DOTALL)
    }
    areas = re.findall(r'<textarea id="(f\d+)" name="([^"]+)"[^>]*>(.*?)</textarea>', text, re.DOTALL)
    assert len(areas) == len(labels)
    return {name: (labels[id], unescape(value)) for id, name, value in areas}


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
    said = {"allowed_examples.1": "ក", "allowed_examples.3": "ខ\n គ"}
    answer = signed_in("policy").post(PAGE, form(edition, title=" ", **said))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "<li>Title of the rule: A translation has at least a title.</li>" in page
    assert "<li>Allowed examples: The source has 3 of these; this has 2.</li>" in page
    assert [fields(page)[f"allowed_examples.{n}"] for n in (1, 2, 3)] == [
        ("Allowed example 1 in ភាសាខ្មែរ", "ក"),
        ("Allowed example 2 in ភាសាខ្មែរ", ""),
        ("Allowed example 3 in ភាសាខ្មែរ", "ខ គ"),
    ]
    assert (
        page.count("The source has 3 of these; this has 2.") == 2
    )  # on top, and beside the one that is missing
    assert not Translation.objects.exists()


def test_each_field_says_by_its_label_which_part_of_which_text_it_is(edition, signed_in):
    client = signed_in("policy")
    rule = edition.rules["VX-1"]
    named = {
        name: label.removesuffix(" in ភាសាខ្មែរ") for name, (label, _) in fields(client.get(PAGE)).items()
    }
    assert named == {
        "title": "Title of the rule",
        "description": "Description of the rule",
        **{
            f"violating_examples.{n}": f"Example {n} that breaks it"
            for n, _ in enumerate(rule.violating_examples, 1)
        },
        **{f"allowed_examples.{n}": f"Allowed example {n}" for n, _ in enumerate(rule.allowed_examples, 1)},
    }
    around = fields(client.get("/guidelines/translations/km/set/all/"))
    assert around["title"][0] == "Title of the guidelines in ភាសាខ្មែរ"
    assert around["principles.2"][0] == "Principle 2 in ភាសាខ្មែរ"
    assert around["actions.remove"][0] == f"Action “{edition.actions['remove'].title}” in ភាសាខ្មែរ"
    policy = fields(client.get("/guidelines/translations/km/policy/VX/"))
    assert [label for label, _ in policy.values()] == [
        "Title of the policy in ភាសាខ្មែរ", "Description of the policy in ភាសាខ្មែរ",
    ]  # fmt: skip


def test_examples_are_kept_each_beside_its_own(edition, signed_in):
    rule = edition.rules["VX-1"]
    said = {f"violating_examples.{n}": f"ឧទាហរណ៍ {n}" for n, _ in enumerate(rule.violating_examples, 1)}
    client = signed_in("policy")
    assert client.post(PAGE, form(edition, **said)).status_code == 302
    assert Translation.objects.get().texts["violating_examples"] == list(said.values())
    shown = fields(client.get(PAGE))
    assert {name: shown[name][1] for name in said} == said


def test_a_field_that_is_behind_says_so_with_the_words_it_translates_and_the_others_keep_theirs(
    edition, signed_in
):
    rule = edition.rules["VX-1"]
    first, _, third = rule.allowed_examples
    client = signed_in("policy")
    client.post(PAGE, form(edition, **{f"allowed_examples.{n}": f"ឧទាហរណ៍ {n}" for n in (1, 2, 3)}))
    starter = yaml.safe_load(STARTER)
    starter["guideline_set"]["version"] = "2"
    written = next(one for policy in starter["policies"] for one in policy["rules"] if one["code"] == "VX-1")
    # The first is reworded, the second goes, the third moves up, and one is new.
    written["allowed_examples"] = [f"{first} Tomorrow.", third, "Something new."]
    written["title"] += " again"
    publish(load(yaml.safe_dump(starter, allow_unicode=True), actor=None), actor=None, reason="Reworded.")
    reading.forget()
    page = client.get(PAGE).content.decode()
    shown = fields(page)
    assert {name for name, (label, _) in shown.items() if label.endswith("Behind its source")} == {
        "title", "allowed_examples.1",
    }  # fmt: skip
    assert {name for name, (label, _) in shown.items() if label.endswith("Not translated yet")} == {
        "allowed_examples.3"
    }
    assert [shown[f"allowed_examples.{n}"][1] for n in (1, 2, 3)] == ["ឧទាហរណ៍ 1", "ឧទាហរណ៍ 3", ""]
    assert page.count("The words that were translated") == 2
    assert f">{first}</p>" in page
    assert f">{rule.title}</p>" in page


def test_what_was_typed_beside_words_that_are_gone_is_not_lost(edition, signed_in):
    many = {f"allowed_examples.{n}": f"ក{n}" for n in range(1, 6)}
    answer = signed_in("policy").post(PAGE, form(edition, source_sha256="0" * 64, **many))
    page = answer.content.decode()
    assert answer.status_code == 409
    assert {name: fields(page)[name][1] for name in many} == many
    assert page.count("The source has no such part now.") == 2
    emptied = many | {"allowed_examples.4": "", "allowed_examples.5": ""}
    assert signed_in("policy").post(PAGE, form(edition, **emptied)).status_code == 302
    assert Translation.objects.get().texts["allowed_examples"] == ["ក1", "ក2", "ក3"]


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
