"""From a drawn decision to what its decider is told: a blind look, two answers side by side, a word, a private page."""

import os
from pathlib import Path

from playwright.sync_api import expect

from apps.quality.models import Adjudication, Comparison, Finding
from apps.wellbeing.operations import start_shift
from tests.browser.test_pages import FOUND
from tests.browser.test_reading import OVERFLOWS
from tests.conftest import person
from tests.quality.conftest import case, decided, let_pass, plan

SHOTS = os.environ.get("SHOTS")


def says(page, words: str) -> None:
    expect(page.locator("main")).to_contain_text(words)


def good(page, axe, name: str, part: str = "document") -> None:
    """Nothing axe objects to, nothing wider than the window. Axe leaves styles of its own behind, so the page is opened anew."""
    page.evaluate(axe)
    assert page.evaluate(FOUND if part == "document" else FOUND.replace("document,", f'"{part}",')) == []
    assert page.evaluate(OVERFLOWS) is False
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"), full_page=True)
    page.reload()


def test_a_drawn_decision_is_looked_at_blind_settled_and_told_to_each_alone(visit, house, axe):
    for name in ("moderator", "moderator2", "senior"):
        start_shift(actor=person(name))
    plan()
    first = decided("moderator", case())

    looker = visit("moderator2")
    looker.goto("/desk/")
    looker.keyboard.press("n")
    says(looker, "Invest now and be rich.")
    expect(looker.get_by_role("heading", level=1)).to_contain_text("Review")
    looker.keyboard.press("a")
    looker.keyboard.press("Enter")
    says(looker, "Nothing is waiting for you")
    let_pass()
    pair = Comparison.objects.get()
    assert (pair.first, pair.agreed) == (first, False)

    senior = visit("senior")
    senior.goto("/quality/")
    says(senior, "Take it to the desk")
    good(senior, axe, "settling")
    senior.get_by_role("button", name="Take it to the desk").click()
    says(senior, "Two people decided differently")
    expect(senior.locator("body")).not_to_contain_text("M-moderator")
    good(senior, axe, "sides", "#desk")
    senior.keyboard.press("a")
    senior.keyboard.press("Enter")
    says(senior, "Nothing is waiting for you")
    let_pass()
    assert Adjudication.objects.get().upheld == "second"
    assert Finding.objects.count() == 2
    senior.goto("/quality/settling/")
    says(senior, "Keep it as a case with a known answer")
    good(senior, axe, "settled")
    senior.get_by_text("Keep it as a case with a known answer").click()
    senior.get_by_label("Why it is so").fill("It asks for nothing.")
    senior.get_by_role("button", name="Keep it").click()
    says(senior, "Not answered yet.")
    good(senior, axe, "golden")

    hers = visit("moderator", viewport={"width": 390, "height": 844}, color_scheme="dark")
    hers.goto("/quality/mine/")
    says(hers, "Found otherwise")
    good(hers, axe, "mine")

    planner = visit("supervisor", viewport={"width": 390, "height": 844})
    planner.goto("/quality/plans/")
    good(planner, axe, "plans")
    planner.get_by_role("link", name="Fraud, spam and fake accounts").click()
    says(planner, "Why it is changed")
    good(planner, axe, "plan")
