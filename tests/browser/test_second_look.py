"""From a decision drawn by lot to a certificate that opens a queue, each step by the person whose step it is."""

import os
import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils.timezone import now
from playwright.sync_api import Page, expect

from apps.accounts.models import User
from apps.decisions.models import Decision
from apps.ledger.models import Handoff
from apps.quality.models import Adjudication, Comparison, Draw, Finding
from apps.queues.models import Case, Claim, Queue
from apps.training.models import Assignment, Certificate
from apps.training.queries.figures import figures_of
from tests.browser.test_pages import look
from tests.conftest import person
from tests.patience import soon
from tests.quality.conftest import case, plan
from tests.training.conftest import AU4, NONE, module, pairs

JOKE = "I read it as a joke between friends."
BAIT = "It asks for money, and promises more of it."
FOUND = "Gains are promised for money: a bait, whoever laughs about it."
# What may still be taken back stands beside any case that follows, and is no part of it.
BUILT = """desk => {
    const case_ = desk.cloneNode(true);
    case_.querySelectorAll(".undo").forEach(one => one.remove());
    return case_.textContent.replace(/\\s+/g, " ")
        + [...case_.querySelectorAll("*")].map(one => `${one.tagName}.${one.getAttribute("class")}`).join(" ");
}"""
ANYBODY = re.compile(r"M-(moderator2?|senior)\b")


def says(page: Page, words: str) -> None:
    expect(page.locator("main")).to_contain_text(words)


def passes(page: Page, axe: str, name: str) -> list[str]:
    """What is wrong with the page as it stands; then it is opened anew, for what was measured with leaves marks."""
    wrong = look(page, axe, name)
    if folder := os.environ.get("RQ_PICTURES"):
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)
    page.reload()
    return wrong


def goes(page: Page, to: str) -> None:
    """To another room, by the bar every page has: she types no address."""
    page.get_by_role("navigation").get_by_role("button", name="Quality").click()
    page.locator("#nav-quality").get_by_role("link", name=to, exact=True).click()


def begins(page: Page) -> None:
    """She starts her shift and asks for a case."""
    page.goto("/desk/")
    page.keyboard.press("s")
    says(page, "Your desk is clear")
    page.keyboard.press("n")


def violates(page: Page, why: str) -> None:
    """AU-4, removed, with a reason, all on the keyboard but for the words."""
    page.keyboard.press("1")
    page.keyboard.press("r")
    expect(page.locator("[data-summary]")).to_contain_text(re.compile("AU-4: Remove", re.I))
    page.locator("#explanation").fill(why)
    page.locator("button.submit").click()


def puts_back(page: Page) -> None:
    """She leaves the case before her to others."""
    page.keyboard.press("k")
    expect(page.locator("#skip")).to_be_visible()
    page.keyboard.press("Enter")
    says(page, "Your desk is clear")


def undo_has_passed(so) -> None:
    """The ten seconds are over at once; the house's own tick and worker do what is owed."""

    def happened() -> bool:
        at = now()  # each once: what is put off again and again is never late enough to be handed on
        Handoff.objects.filter(due_at__gt=at).update(due_at=at - timedelta(seconds=2))
        return bool(so())

    soon(happened)


def on_the_desk(page: Page) -> str:
    """All she can read of the case before her, and how it is built; without the numbers every case has of its own."""
    expect(page.locator("form.decide")).to_be_visible()
    built = page.locator("#desk").evaluate(BUILT)
    return re.sub(r"\d+", "N", built)


def answers(page: Page, said) -> None:
    """She works through a module, one case after another."""
    for number, (outcome, codes) in enumerate(said, start=1):
        page.get_by_text("Breaks a rule" if outcome == "violates" else "No violation", exact=True).click()
        for code in codes:
            page.get_by_role("checkbox", name=code).check()
        page.get_by_role("button", name="Answer").click()
        expect(page.get_by_role("heading", name="As explained")).to_be_visible()
        page.get_by_role("link", name="Next case" if number < len(said) else "How it went").click()


@pytest.fixture
def as_she_was(house):
    """A certificate gives a person a skill: it is taken back, however the story ends."""
    yield
    User.objects.filter(username="moderator").update(skills=[])


def test_from_a_drawn_decision_to_a_certificate_that_opens_a_queue(visit, as_she_was, axe):
    plan(clear_share=1)
    targeted, exam = module(), module("certification", queue="fraud", cases=(AU4, AU4, NONE))
    pairs(29, NONE, AU4, AU4)  # of days before; one more, and figures are shown
    assert figures_of(person("moderator"), days=90).suggested == []
    wrong: list[str] = []

    # A decision, made as any other, and drawn.
    case()
    hers = visit("moderator")
    begins(hers)
    expect(hers.locator("form.decide")).to_be_visible()
    hers.keyboard.press("a")
    hers.locator("#explanation").fill(JOKE)
    hers.locator("button.submit").click()
    says(hers, "Nothing is waiting for you")
    first = Decision.objects.get(demo=False)
    undo_has_passed(lambda: Draw.objects.filter(decision=first).exists())
    hers.keyboard.press("n")
    says(hers, "Nothing is waiting for you")  # her own does not come back to her

    # Another person looks, and cannot tell it from the ordinary case that follows.
    looker = visit("moderator2")
    begins(looker)
    blind = on_the_desk(looker)
    assert Claim.objects.get(ended_at=None).case == Draw.objects.get(decision=first).case
    assert JOKE not in looker.content()
    assert ANYBODY.search(looker.locator("#desk").inner_text()) is None
    wrong += passes(looker, axe, "a blind look")
    violates(looker, BAIT)
    says(looker, "Nothing is waiting for you")
    undo_has_passed(lambda: Comparison.objects.filter(first=first, agreed=False).exists())
    ordinary = case()
    looker.keyboard.press("n")
    assert on_the_desk(looker) == blind
    assert Claim.objects.get(ended_at=None).case == ordinary
    puts_back(looker)

    # A senior moderator, who was neither, has both before her by no name.
    senior = visit("senior")
    senior.goto("/desk/")
    senior.keyboard.press("s")
    says(senior, "Your desk is clear")
    goes(senior, "Quality")
    says(senior, "Take it to the desk")
    wrong += passes(senior, axe, "to settle")
    senior.get_by_role("button", name="Take it to the desk").click()
    says(senior, "Two people decided differently")
    sides = senior.locator("section:has(> #sides-title)")
    for words in (JOKE, BAIT):
        expect(sides).to_contain_text(words)
    assert ANYBODY.search(senior.locator("#desk").inner_text()) is None
    wrong += passes(senior, axe, "both sides")
    violates(senior, FOUND)
    expect(senior.locator("#sides-title")).to_have_count(0)
    puts_back(senior)  # the ordinary case, which came next
    undo_has_passed(lambda: Finding.objects.count() == 2)
    settled = Adjudication.objects.get(comparison__first=first)
    assert (settled.upheld, settled.decision.decider) == ("second", person("senior"))
    assert settled.decision.supersedes == first

    # Each is told, alone.
    goes(looker, "Quality")
    says(looker, "Yours stood")
    says(looker, FOUND)
    expect(looker.locator("main")).not_to_contain_text("Found otherwise")
    expect(looker.locator("main")).not_to_contain_text(JOKE)
    wrong += passes(looker, axe, "hers stood")
    goes(hers, "Quality")
    says(hers, "Found otherwise")
    says(hers, FOUND)
    expect(hers.locator("main")).not_to_contain_text("Yours stood")
    expect(hers.locator("main")).not_to_contain_text(BAIT)
    for page in (looker, hers):
        assert ANYBODY.search(page.locator("main").inner_text()) is None
    wrong += passes(hers, axe, "hers was found otherwise")

    # It is the thirtieth: her own figures say what she takes for what, and which module is about it.
    soon(lambda: figures_of(person("moderator"), days=90).suggested)
    hers.get_by_role("link", name="Your own figures").click()
    row = hers.get_by_role("row").filter(has_text="AU-4")
    expect(row).to_contain_text("30")
    wrong += passes(hers, axe, "her figures")
    hers.get_by_role("button", name=f"Begin {targeted.title}").click()
    wrong += passes(hers, axe, "a case of the module")
    answers(hers, (AU4, NONE, AU4))
    says(hers, "3 of 3 as explained: passed.")
    wrong += passes(hers, axe, "passed")
    assert Assignment.objects.get(module=targeted).passed

    # The queue asks for a certificate from now on: what waits there does not come to her.
    supervisor = visit("supervisor")
    supervisor.goto("/queues/fraud/")
    supervisor.locator("#id_skill").fill("fraud")
    supervisor.get_by_role("button", name="Save").first.click()
    soon(lambda: Queue.objects.get(slug="fraud").skill == "fraud")
    ordinary.refresh_from_db()
    assert ordinary.state == Case.State.WAITING
    hers.goto("/desk/")
    hers.keyboard.press("n")
    says(hers, "Nothing is waiting for you")

    # She goes the way to it; a senior gives the certificate; the same click opens the same case.
    goes(hers, "Training")
    way = hers.get_by_role("region", name="The way to “Fraud, spam and fake accounts”")
    way.get_by_role("button", name="I have read them").click()
    hers.get_by_role("button", name=f"Begin {exam.title}").click()
    answers(hers, (AU4, AU4, NONE))
    says(hers, "A senior moderator or supervisor can give you the certificate now.")
    wrong += passes(hers, axe, "passed for the queue")
    hers.goto("/desk/")
    hers.keyboard.press("n")
    says(hers, "Nothing is waiting for you")  # passing alone opens nothing
    goes(senior, "Training")
    senior.get_by_role("link", name="People", exact=True).click()
    says(senior, "Passed, waits for a certificate")
    wrong += passes(senior, axe, "people")
    senior.get_by_role("link", name="M-moderator", exact=True).click()
    senior.get_by_role("button", name="Certify her for").click()
    expect(senior.get_by_text("Certified since")).to_be_visible()
    wrong += passes(senior, axe, "certified")
    certificate = Certificate.objects.get()
    assert (certificate.person, certificate.given_by) == (person("moderator"), person("senior"))
    hers.keyboard.press("n")
    expect(hers.locator("form.decide")).to_be_visible()
    assert Claim.objects.get(holder=person("moderator"), ended_at=None).case == ordinary
    assert wrong == [], "\n".join(wrong)
