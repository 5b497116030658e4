"""A report is drafted by one, read over and published by another, and read by anybody, on a telephone and on paper."""

import os
import random
from datetime import timedelta

from playwright.sync_api import Page, expect

from apps.disclosure.models import Edition
from tests.browser.test_pages import look
from tests.disclosure.conftest import INSIDE, removing


def picture(page: Page, name: str) -> None:
    if folder := os.environ.get("RQ_PICTURES"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def a_summer() -> None:
    chance = random.Random(7)
    for number in range(46):
        removing(
            at=INSIDE + timedelta(days=number % 40),
            rules=chance.choice([("AU-4",), ("HT-1",), ("AU-4", "HT-1")]),
            language=chance.choice(["en", "en", "km", "vi"]) if number else "th",
            country=chance.choice(["KH", "VN", "GB"]),
            source=chance.choice(["user_report", "auto_flag", "hash"]),
            views=chance.choice([0, 0, 0, 12, 900, None]),
            hours=chance.choice([2, 30]),
        )


def test_one_drafts_it_another_publishes_it_and_anybody_reads_it(visit, house, axe):
    a_summer()
    policy = visit("policy")
    policy.goto("/transparency/drafts/")
    wrong = look(policy, axe, "the page of drafts")
    policy.get_by_label("Period").select_option("2025-q3")
    policy.get_by_label("In our own words").fill("We added people who read Khmer.")
    policy.get_by_role("button", name="Count it").click()
    expect(policy.locator("main")).to_contain_text("so somebody else reads it over")
    wrong += look(policy, axe, "a draft of one's own")
    picture(policy, "report-draft")

    legal = visit("legal", color_scheme="dark")
    legal.goto(f"/transparency/drafts/{Edition.objects.get().pk}/")
    legal.get_by_role("button", name="Publish it").click()
    expect(legal.locator("body")).to_contain_text("Everybody can read it now")
    wrong += look(legal, axe, "the published edition, dark")
    picture(legal, "report-dark")

    reader = visit(viewport={"width": 390, "height": 800})
    reader.goto("/transparency/reports/km/")
    expect(reader.locator("html")).to_have_attribute("lang", "km")
    wrong += look(reader, axe, "the list in Khmer")
    reader.get_by_role("link", name="1 កក្កដា 2025").click()
    expect(reader.locator("#removals_by_language")).to_contain_text("ការលុបតាមភាសា")
    wrong += look(reader, axe, "the report in Khmer")
    picture(reader, "report-km")
    reader.get_by_role("link", name="English").click()
    expect(reader.locator("#removals_by_rule svg rect")).to_have_count(2)
    reader.locator("#removals_by_rule").get_by_role("link", name="What does this mean?").click()
    expect(reader.locator("#removals_by_rule")).to_contain_text("first removal took effect in the period")
    wrong += look(reader, axe, "the definitions")
    assert wrong == []

    reader.goto("/transparency/reports/en/2025-q3/")
    reader.emulate_media(media="print")
    expect(reader.locator("#removals_by_rule table")).to_be_visible()
    expect(reader.locator("#removals_by_rule svg")).to_be_visible()
    expect(reader.get_by_role("link", name="All figures (JSON)")).to_be_hidden()
    assert len(reader.pdf()) > 10_000
    reader.set_viewport_size(
        {"width": 1032, "height": 700}
    )  # what A4 holds beside its margins, as the page asks for it
    assert reader.evaluate("document.documentElement.scrollWidth") <= 1032, "a column is cut off on paper"
    picture(reader, "report-print")
