"""A notice of law from its public form, in Khmer on a telephone, to the author's objection and the item's return."""

import os
from datetime import timedelta

import time_machine
from django.utils.timezone import now
from playwright.sync_api import expect

from apps.decisions.models import Enforcement
from apps.lawful.links import address
from apps.lawful.models import CounterNotice, LawNotice
from apps.lawful.operations import restore_due
from apps.ledger.operations import drain
from tests import make
from tests.browser.test_pages import look
from tests.later import later
from tests.lawful.conftest import EMAIL, NAME, WHY

TELEPHONE = {"viewport": {"width": 390, "height": 780}}


def picture(page, name):
    """A picture of the page, where somebody wants to look at it."""
    if folder := os.environ.get("RQ_PICTURES"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def test_a_photographer_is_heard_and_the_author_too(visit, house, axe):
    item = make.item(text="A photograph of the river at dawn.", language="en")
    wrong = []
    hers = visit(None, **TELEPHONE)
    hers.goto("/law-notice/km/")
    wrong += look(hers, axe, "the kinds, in Khmer")
    picture(hers, "law-kinds")
    hers.locator("a[href='/law-notice/km/property/']").click()
    hers.locator("#address").fill(f"test:{item.external_id}")
    hers.locator("#country").select_option("KH")
    hers.locator("input[value=owner]").check()
    hers.locator("#concerned").fill("រូបថត «ព្រលឹម»")
    hers.locator("#statement").fill("រូបថតនេះជារបស់ខ្ញុំ។")
    hers.locator("#name").fill(NAME)
    hers.locator("#email").fill(EMAIL)
    hers.locator("input[name=good_faith]").check()
    hers.get_by_role("button").last.click()
    expect(hers.get_by_role("alert")).to_be_visible()
    expect(hers.locator("#statement")).to_have_value("រូបថតនេះជារបស់ខ្ញុំ។")
    wrong += look(hers, axe, "the form, refused, in Khmer")
    picture(hers, "law-form")
    hers.reload()
    hers.locator("input[name=accurate]").check()
    hers.get_by_role("button").last.click()
    expect(hers.locator("main")).to_contain_text("មនុស្សម្នាក់កំពុងពិនិត្យវា")
    wrong += look(hers, axe, "where it stands, in Khmer")
    picture(hers, "law-told")
    drain()

    desk = visit("moderator")
    desk.goto("/desk/")
    desk.keyboard.press("s")
    expect(desk.locator("#desk")).to_contain_text("Your desk is clear")
    desk.keyboard.press("n")
    expect(desk.locator(".strip-title")).to_contain_text("Review")
    assert NAME not in desk.locator("#desk").inner_text()
    desk.keyboard.press("a")
    desk.keyboard.press("Enter")
    expect(desk.locator("#desk")).to_contain_text("Nothing is waiting for you")
    later()

    legal = visit("legal")
    legal.goto("/law-notices/")
    wrong += look(legal, axe, "by their clock")
    picture(legal, "law-list")
    notice = LawNotice.objects.get()
    legal.get_by_role("link", name=f"Intellectual property {notice.pk}").click()
    legal.get_by_label("Accepted: unlawful there, and withheld there only").check()
    legal.get_by_label("Why").fill(WHY)
    wrong += look(legal, axe, "one notice")
    picture(legal, "law-notice")
    legal.get_by_role("button", name="Decide").click()
    expect(legal.locator("main")).to_contain_text("Withheld under local law")
    assert Enforcement.objects.get().parameters["countries"] == ["KH"]

    author = visit(None, **TELEPHONE)
    author.goto("/law-notice" + address(notice.pk, "author", "km").partition("/law-notice")[2])
    assert NAME not in author.content()
    author.locator("#statement").fill("ខ្ញុំបានថតវាដោយខ្លួនឯង។")
    author.locator("input[name=good_faith]").check()
    wrong += look(author, axe, "the objection, in Khmer")
    picture(author, "law-object")
    author.reload()
    author.locator("#statement").fill("ខ្ញុំបានថតវាដោយខ្លួនឯង។")
    author.locator("input[name=good_faith]").check()
    author.get_by_role("button").last.click()
    expect(author.locator("main")).to_contain_text("យើងបានទទួលការជំទាស់របស់អ្នក")
    with time_machine.travel(now() + timedelta(days=15), tick=True):
        assert restore_due() == 1
    author.reload()
    expect(author.locator("main")).to_contain_text("វាលែងត្រូវបានបិទទៀតហើយ")
    legal.reload()
    expect(legal.locator("main")).to_contain_text("The author objected, and no court was asked")
    picture(legal, "law-ended")
    assert CounterNotice.objects.get().state == "restored"
    assert Enforcement.objects.filter(reverses__isnull=False).count() == 1
    assert wrong == []
