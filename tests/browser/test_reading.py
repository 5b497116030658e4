"""Reading the guidelines: what changed before the first case, a decision under it, and Khmer that wraps and is found."""

import re
from pathlib import Path

import pytest
import yaml
from playwright.sync_api import expect

from apps.briefing.models import Acknowledgement
from apps.decisions.models import Decision
from apps.guidelines import queries, reading
from apps.guidelines.models import GuidelineVersion
from apps.guidelines.operations import load, publish
from apps.guidelines.operations.translating import load_translations
from tests.browser.system import soon
from tests.browser.test_pages import FOUND
from tests.browser.test_shift import says
from tests.guidelines.test_loading import STARTER

KHMER = Path(queries.__file__).parent / "starter/km.yaml"
OVERFLOWS = "() => document.documentElement.scrollWidth > document.documentElement.clientWidth"
CUT = """() => [...document.querySelectorAll('.rule, .found li')].filter(one => one.scrollWidth > one.clientWidth + 1).length"""


def in_force(number: str) -> bool:
    queries.forget_in_force()
    return queries.in_force().number == number


@pytest.fixture
def reworded(house):
    """A version in which VX-1 reads otherwise, in force; everybody of the cast was here before it."""
    source = yaml.safe_load(STARTER)
    number = f"{GuidelineVersion.objects.count() + 1}.0.0"
    source["guideline_set"]["version"] = number
    rule = next(rule for policy in source["policies"] for rule in policy["rules"] if rule["code"] == "VX-1")
    rule["description"] = f"States an intent to harm. A plan is enough, says version {number}."
    publish(load(yaml.safe_dump(source, allow_unicode=True), actor=None), actor=None, reason="Clearer.")
    soon(lambda: in_force(number), 30)
    return queries.in_force()


def test_she_reads_what_changed_says_so_and_decides_under_it(visit, waiting, reworded, axe):
    waiting(1, rule="VX-1")
    page = visit("moderator")
    page.goto("/desk/")
    page.keyboard.press("s")
    says(page, "What changed in the guidelines")
    says(page, f"A plan is enough, says version {reworded.number}.")
    page.evaluate(axe)
    assert page.evaluate(FOUND.replace("document,", '"#desk",')) == []
    page.keyboard.press("Enter")
    says(page, "Your desk is clear")
    page.keyboard.press("n")
    chosen = page.locator(".rule", has=page.locator('input[data-label="VX-1"]'))
    expect(chosen.locator(".badge")).to_have_text(re.compile("Changed"))
    page.keyboard.press("1")
    page.keyboard.press("f")
    expect(chosen).to_contain_text("never who")
    page.keyboard.press("Enter")
    says(page, "Nothing is waiting for you")
    decision = Decision.objects.get()
    assert (decision.guideline_version_id, decision.rule_codes) == (reworded.id, ["VX-1"])
    assert Acknowledgement.objects.filter(user__username="moderator", version=reworded.id).count() == 1


def test_khmer_wraps_and_is_found_with_a_slip_on_a_narrow_screen(visit, house, axe):
    load_translations(KHMER.read_bytes(), edition=queries.in_force(), actor=None)
    soon(lambda: "km" in reading.languages() or reading.forget(), 30)
    page = visit(viewport={"width": 390, "height": 844}, locale="km-KH")
    page.goto("/community-guidelines/")
    page.wait_for_url("**/community-guidelines/km/")
    expect(page.get_by_role("heading", level=1)).to_have_text("គោលការណ៍ណែនាំសហគមន៍គំរូ")
    assert (page.evaluate(OVERFLOWS), page.evaluate(CUT)) == (False, 0)
    page.evaluate(axe)
    assert page.evaluate(FOUND) == []
    page.get_by_role("searchbox").fill("ជួញដួរមនុស្ស")  # a vowel mistaken, in the middle of a run without spaces
    page.keyboard.press("Enter")
    expect(page.locator(".found h3").first).to_contain_text("VX-5")
    expect(page.locator(".found mark").first).to_be_visible()
    assert (page.evaluate(OVERFLOWS), page.evaluate(CUT)) == (False, 0)
    page.locator(".found h3 a").first.click()
    page.wait_for_url("**/community-guidelines/km/rules/VX-5/")
    expect(page.locator("article h1")).to_contain_text("ការជួញដូរមនុស្ស")
