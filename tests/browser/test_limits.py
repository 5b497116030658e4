"""A shift that comes to its limit, an emergency stop from any page, and an opt-out, as a moderator meets them."""

import re

from playwright.sync_api import expect

from apps.queues.models import Barred, Claim
from apps.wellbeing.models import PersonLimit, Shift, WordWanted


def test_a_shift_comes_to_its_limit_and_an_opt_out_counts_at_once(visit, waiting, axe):
    waiting(2, rule="HT-1")
    page = visit("moderator")
    page.goto("/desk/")
    expect(page.locator(".plan")).to_contain_text("A gentle start")
    expect(page.locator(".plan")).to_contain_text("No overtime.")
    page.keyboard.press("s")
    expect(page.locator("#desk")).to_contain_text("Your desk is clear")
    Shift.objects.update(spent=15_990)
    page.keyboard.press("n")
    expect(page.locator("#desk")).to_contain_text("That was enough for today")
    assert not Claim.objects.exists()

    Shift.objects.update(spent=0)
    page.goto("/wellbeing/#harms")
    page.get_by_label("Hate against groups, my own among them").check()
    page.locator("#harms").get_by_role("button", name="Save").click()
    expect(page.locator("#notices")).to_contain_text("It counts from this moment")
    assert PersonLimit.objects.get(user__username="moderator").avoids == 32
    page.goto("/desk/")
    page.keyboard.press("n")
    expect(page.locator("#desk")).to_contain_text("Nothing is waiting for you")
    page.goto("/wellbeing/")
    page.evaluate(axe)
    found = page.evaluate("axe.run().then(r => r.violations.map(v => v.id + ': ' + v.nodes[0].html))")
    assert found == []


def test_one_key_stops_everything_from_any_page(visit, waiting, axe):
    waiting(1, rule="HT-1")
    page = visit("moderator")
    page.goto("/desk/")
    page.keyboard.press("s")
    expect(page.locator("#desk")).to_contain_text("Your desk is clear")
    page.keyboard.press("n")
    text = page.get_by_text("Post number 1")
    expect(page.locator("rq-veil", has=text)).to_have_attribute("veiled", "")  # she sees it is there
    page.keyboard.down("u")
    expect(text).to_be_visible()
    page.keyboard.press("x")
    expect(page.get_by_role("heading", name="Stopped")).to_be_visible()
    expect(text).not_to_be_visible()
    claim = Claim.objects.get()
    assert (claim.ending, claim.case.state, Barred.objects.count()) == ("released", "waiting", 1)
    assert Shift.objects.get().break_started_at is not None
    assert not WordWanted.objects.exists()
    expect(page.get_by_role("link", name="What can help now")).to_have_attribute("href", "/wellbeing/help/")
    page.evaluate(axe)
    assert page.evaluate("axe.run().then(r => r.violations.map(v => v.id))") == []
    page.get_by_role("button", name="Back to work").click()
    expect(page.locator("#desk")).to_contain_text("Your desk is clear")
    page.goto("/guidelines/")
    page.keyboard.press("x")
    expect(page.get_by_role("heading", name="Stopped")).to_be_visible()
    assert re.search("/desk/stop$", page.url)
