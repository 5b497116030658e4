"""From a module to a certificate, with the keyboard and the mouse; and earlier decisions after a first choice."""

from playwright.sync_api import expect

from apps.accounts.models import User
from apps.queues.models import Queue
from apps.queues.operations import claim_next
from apps.training.models import Certificate, FirstChoice
from apps.wellbeing.operations import start_shift
from tests import make
from tests.browser.test_pages import look
from tests.conftest import person
from tests.training.conftest import AU4, NONE, module, pairs


def test_a_newcomer_takes_a_certification_and_gets_her_certificate(visit, house, axe):
    Queue.objects.filter(slug="fraud").update(skill="fraud")
    start_shift(actor=person("moderator"))
    module("certification", queue="fraud", cases=(AU4, AU4, NONE))
    pairs(31, NONE, AU4, AU4)
    hers = visit("moderator")
    hers.goto("/training/")
    wrong = look(hers, axe, "training")
    hers.get_by_role("button", name="I have read them").first.click()
    hers.get_by_role("button", name="Begin Certification module").click()
    for number in range(3):
        hers.get_by_role("button", name="Show the text").click()
        expect(hers.get_by_text(f"Somebody promises a fortune, case {number + 1}.")).to_be_visible()
        if number < 2:
            hers.get_by_text("Breaks a rule", exact=True).click()
            hers.get_by_role("checkbox", name="AU-4").check()
        else:
            hers.get_by_text("No violation", exact=True).click()
        wrong += look(hers, axe, "a case") if number == 0 else []
        hers.get_by_role("button", name="Answer").click()
        expect(hers.get_by_role("heading", name="As explained")).to_be_visible()
        wrong += look(hers, axe, "explained") if number == 0 else []
        hers.get_by_role("link", name="Next case" if number < 2 else "How it went").click()
    expect(hers.get_by_text("3 of 3 as explained: passed.")).to_be_visible()
    wrong += look(hers, axe, "how it went")
    hers.goto(f"/training/figures/{person('moderator').pk}/")
    wrong += look(hers, axe, "figures")
    senior = visit("senior")
    for at in (
        "/training/people/",
        "/training/modules/",
        "/training/calibrations/",
        "/quality/rules/",
        "/quality/rules/AU-4/",
    ):
        senior.goto(at)
        wrong += look(senior, axe, at)
    senior.goto(f"/training/people/{person('moderator').pk}/")
    wrong += look(senior, axe, "a person")
    senior.get_by_role("button", name="Certify her for").click()
    expect(senior.get_by_text("Certified since")).to_be_visible()
    assert Certificate.objects.get().given_by == person("senior")
    hers.goto("/training/")
    expect(hers.get_by_text("Certified", exact=True)).to_be_visible()
    User.objects.filter(username="moderator").update(skills=[])  # the certificate gave her one
    assert wrong == [], "\n".join(map(str, wrong))


def test_earlier_decisions_come_after_a_first_choice_and_stay_covered(visit, house, axe):
    pairs(2, AU4, NONE, AU4)
    start_shift(actor=person("moderator"))
    make.case(queue="fraud", rule_codes=["AU-4"], item=make.item(text="Invest now and be rich."))
    claim_next(actor=person("moderator"))
    page = visit("moderator")
    page.goto("/desk/")
    expect(page.get_by_text("Earlier decisions on similar cases")).to_have_count(0)
    page.keyboard.press("1")
    page.locator(".precedents").wait_for(state="attached")
    kept = FirstChoice.objects.get()
    assert (kept.outcome, kept.rule_codes) == ("violates", ["AU-4"])
    earlier = page.get_by_text("Earlier decisions on similar cases")
    expect(earlier).to_have_count(1 if kept.shown else 0)
    assert look(page, axe, "a case with a first choice") == []
