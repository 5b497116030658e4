"""Earlier decisions on similar cases, after a first choice."""

from playwright.sync_api import expect

from apps.queues.operations import claim_next
from apps.training.models import FirstChoice
from apps.wellbeing.operations import start_shift
from tests import make
from tests.browser.test_pages import look
from tests.conftest import person
from tests.training.conftest import AU4, NONE, pairs


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
