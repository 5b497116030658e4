"""Guidelines: two leads who edit at once, and the whole way from an edit to a decision under the new words."""

import os
import re

import pytest
from playwright.sync_api import Page, expect

from apps.decisions.models import Decision
from apps.guidelines.models import GuidelineVersion
from apps.guidelines.operations import open_draft
from tests.browser.test_pages import look
from tests.conftest import person

NEW_WORDS = "Only what dehumanises people for what they are, said about people, not about ideas."


@pytest.fixture
def drafting(house):
    """A draft of the starter set."""
    return open_draft(actor=person("policy"), number="2.0.0")


def editor(page: Page, code: str) -> None:
    page.goto("/guidelines/versions/2.0.0/edit/")
    page.get_by_role("link", name=re.compile(rf"^{code} ")).click()
    expect(page.locator("#editor")).to_be_visible()


def picture(page: Page, name: str) -> None:
    if folder := os.environ.get("RQ_PICTURES"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def test_two_leads_who_write_at_once_both_keep_their_words(visit, drafting):
    first, second = visit("policy"), visit("policy2")
    editor(first, "HT-1")
    editor(second, "HT-1")
    first.get_by_label("Title", exact=True).fill("Words of the first")
    expect(first.locator("#preview")).to_contain_text("Words of the first")
    expect(first.locator("#saved")).to_contain_text("Saved")
    second.get_by_label("Title", exact=True).fill("Words of the second")
    expect(second.locator("#saved")).to_contain_text("Nothing of either is lost")
    second.get_by_role("button", name="Compare and merge").click()
    expect(second.locator("h1")).to_have_text("Two people wrote at once")
    expect(second.locator("main")).to_contain_text("Words of the first")
    expect(second.locator("main")).to_contain_text("Words of the second")
    picture(second, "merge")
    second.get_by_label("Title, written from both").fill("Words of both")
    second.get_by_label("Write it from both").first.check()
    second.get_by_role("button", name="Save this choice").click()
    expect(second.locator("#outline")).to_contain_text("Words of both")
    assert drafting.rules.get(code="HT-1").title == "Words of both"

    # The order, by keyboard and by drag; and back.
    def codes() -> list[str]:
        policy = second.locator("[data-policy]").filter(has_text="HT-1")
        return policy.locator("[data-rule] .code").all_inner_texts()

    before = codes()
    down = second.get_by_role("button", name="Move HT-1 down")
    down.focus()
    second.keyboard.press("Enter")
    expect(second.locator("[data-rule]").filter(has_text="HT-1")).to_be_visible()
    second.wait_for_function(
        "code => [...document.querySelectorAll('[data-rule] .code')].some(c => c.innerText === code)"
        " && document.querySelectorAll('.outline-rules .code').length", arg=before[0]
    )  # fmt: skip
    expect(
        second.locator("[data-policy]").filter(has_text="HT-1").locator("[data-rule] .code").first
    ).to_have_text(before[1])
    grips = second.locator("[data-policy]").filter(has_text="HT-1").locator("[data-rule] .grip")
    grips.nth(0).drag_to(grips.nth(2))
    expect(
        second.locator("[data-policy]").filter(has_text="HT-1").locator("[data-rule] .code").first
    ).not_to_have_text(before[1])
    second.get_by_role("button", name="Undo my last change").click()
    expect(second.locator(".notices")).to_contain_text("Undone: the order")
    assert codes()[:2] == [before[1], before[0]]


def test_from_an_edit_to_a_decision_under_the_new_words(visit, drafting, waiting, axe):
    waiting(1, rule="HT-1")
    author, reviewer, moderator = visit("policy"), visit("admin"), visit("moderator")
    wrong = []
    editor(author, "HT-1")
    author.get_by_role("textbox", name="The rule", exact=True).fill(NEW_WORDS)
    author.locator("#id_compatibility").select_option("narrowed")
    expect(author.locator("#saved")).to_contain_text("Saved")
    wrong += look(author, axe, "editor")
    picture(author, "editor")
    author.get_by_role("button", name="Save and go back").first.click()
    wrong += look(author, axe, "outline")
    picture(author, "outline")
    author.get_by_role("button", name="Ask for a review").click()
    author.goto("/guidelines/versions/2.0.0/impact/")
    expect(author.locator("main")).to_contain_text("Open cases")
    wrong += look(author, axe, "impact")
    picture(author, "impact")

    reviewer.goto("/guidelines/versions/2.0.0/review/")
    expect(reviewer.locator("ins").first).to_be_visible()
    reviewer.get_by_text("Comment on HT-1").click()
    reviewer.get_by_role("textbox", name="Comment on HT-1").fill("About ideas as well?")
    reviewer.get_by_role("button", name="Comment", exact=True).first.click()
    reviewer.get_by_role("button", name=re.compile("^Approve revision")).click()
    expect(reviewer.locator(".checks")).to_contain_text("1 open comment")
    wrong += look(reviewer, axe, "review")
    picture(reviewer, "review")

    author.goto("/guidelines/versions/2.0.0/review/")
    author.get_by_role("button", name="Resolve").click()
    author.get_by_label("Why this version").fill("Ideas may be criticised.")
    author.get_by_role("button", name="Publish 2.0.0").click()
    expect(author.locator("#account")).to_be_visible()
    expect(author.locator("main")).to_contain_text("Ideas may be criticised.")
    picture(author, "version")
    author.goto("/guidelines/compare/?from=1.1.0&to=2.0.0")
    wrong += look(author, axe, "compare")
    picture(author, "compare")

    def in_force() -> bool:
        moderator.goto("/guidelines/rules/HT-1/")
        return moderator.get_by_text(NEW_WORDS).count() > 0

    make_sure(in_force)
    moderator.goto("/desk/")
    moderator.keyboard.press("s")
    expect(moderator.locator("#desk")).to_contain_text("What changed in the guidelines")
    moderator.get_by_role("button", name="I have read it").click()
    expect(moderator.locator("#desk")).to_contain_text("Your desk is clear")
    moderator.keyboard.press("n")
    expect(moderator.locator("form.decide")).to_be_visible()
    moderator.keyboard.press("1")
    moderator.keyboard.press("r")
    expect(moderator.locator("[data-summary]")).to_have_text("Violates HT-1: Remove content")
    moderator.keyboard.press("Enter")
    expect(moderator.locator("form.decide")).to_have_count(0)
    decision = Decision.objects.get()
    assert decision.guideline_version == GuidelineVersion.objects.get(number="2.0.0")
    assert decision.cited.get().rule_version.description == NEW_WORDS
    assert wrong == []


def make_sure(so) -> None:
    from tests.patience import soon

    soon(so)
