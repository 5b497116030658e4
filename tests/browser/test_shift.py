"""A whole shift without a mouse, and the same desk without JavaScript."""

import re
import time
from datetime import timedelta

from django.utils.timezone import now
from playwright.sync_api import Page, expect

from apps.decisions.models import Decision
from apps.queues.models import Barred, CaseNote, Claim
from apps.wellbeing.models import ExposureEntry, Shift
from tests.patience import soon


def says(page: Page, words: str):
    expect(page.locator("#desk")).to_contain_text(words)


def begin(page: Page):
    page.goto("/desk/")
    page.keyboard.press("s")
    says(page, "Your desk is clear")
    page.keyboard.press("n")
    expect(page.locator("form.decide")).to_be_visible()


def test_on_a_telephone_a_case_begins_at_its_top_and_a_due_break_ends_on_the_page(visit, waiting):
    waiting(3, rule="HT-1")
    page = visit("moderator", viewport={"width": 390, "height": 700})
    begin(page)
    submit = page.locator("button.submit")
    page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    submit.click()
    expect(page.get_by_role("alert").filter(has_text="Not decided yet")).to_be_in_viewport()
    page.locator("label", has_text="No violation").first.click()
    page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    submit.click()
    says(page, "Post number 2")
    assert page.evaluate("window.scrollY") == 0

    long_ago = now() - timedelta(hours=2)
    Shift.objects.update(started_at=long_ago, rested_at=long_ago, last_break_ended_at=long_ago)
    page.goto("/desk/")
    page.keyboard.press("t")
    says(page, "It was time for one, so it lasts its whole length.")
    Shift.objects.update(break_started_at=now() - timedelta(minutes=10) + timedelta(seconds=3))
    page.goto("/desk/")
    back = page.get_by_role("button", name="Back to work")
    expect(back).to_be_disabled()
    expect(back).to_be_enabled()
    page.keyboard.press("s")
    says(page, "Your desk is clear")


def test_a_whole_shift_by_keyboard(visit, waiting, password):
    waiting(6, rule="HT-1")
    page = visit()
    page.goto("/")
    page.keyboard.type("moderator")
    page.keyboard.press("Tab")
    page.keyboard.type(password)
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/")
    says(page, "Ready when you are")
    page.keyboard.press("s")
    says(page, "Your desk is clear")
    page.keyboard.press("n")
    says(page, "Post number 1")
    text = page.get_by_text("Post number 1")
    expect(text).not_to_be_visible()
    page.keyboard.down("u")
    expect(text).to_be_visible()
    page.keyboard.up("u")
    expect(text).not_to_be_visible()
    page.keyboard.press("1")
    page.keyboard.press("r")
    expect(page.locator("[data-summary]")).to_contain_text(re.compile("HT-1: Remove", re.I))
    page.keyboard.press("Enter")
    says(page, "Post number 2")
    decided = Decision.objects.get()
    assert (decided.outcome, decided.rule_codes, decided.actions) == ("violates", ["HT-1"], ["remove"])

    page.keyboard.press("z")
    says(page, "Post number 1")
    assert Decision.objects.filter(withdraws=True, supersedes=decided).exists()
    page.keyboard.press("a")
    page.keyboard.press("Enter")
    says(page, "Post number 2")

    page.keyboard.press("k")
    expect(page.locator("#skip")).to_be_visible()
    page.keyboard.press("Enter")
    says(page, "Your desk is clear")
    assert Barred.objects.filter(user__username="moderator", why="skipped").count() == 1

    page.keyboard.press("n")
    says(page, "Post number 3")
    page.keyboard.press("e")
    expect(page.locator("#escalate-note")).to_be_focused()
    page.keyboard.type("Someone who knows the area should see it.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    says(page, "Your desk is clear")
    assert CaseNote.objects.get().text == "Someone who knows the area should see it."

    page.keyboard.press("n")
    says(page, "Post number 4")
    page.keyboard.press("1")
    page.keyboard.press("o")
    expect(page.locator("[data-summary]")).to_have_text("To a second person, with HT-1 marked")
    page.keyboard.press("Enter")
    says(page, "Post number 5")
    unsure = Decision.objects.latest("id")
    assert (unsure.outcome, unsure.rule_codes, unsure.actions) == ("unsure", ["HT-1"], [])
    page.keyboard.press("t")
    says(page, "You are on a break")
    assert Claim.objects.filter(ended_at=None).count() == 0
    page.get_by_role("button", name="End shift").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="End the shift").press("Enter")
    soon(lambda: Shift.objects.filter(ended_at__isnull=False).exists())


def test_keys_work_by_their_place_and_never_inside_a_text_field(visit, waiting):
    waiting(2)
    page = visit("moderator")
    begin(page)
    page.locator("#explanation").focus()
    page.keyboard.type("a karate kick")
    expect(page.locator("#explanation")).to_have_value("a karate kick")
    assert Decision.objects.count() == 0
    page.keyboard.press("Escape")
    page.evaluate(
        "document.dispatchEvent(new KeyboardEvent('keydown', {code: 'KeyA', key: 'ា', bubbles: true}))"
    )
    expect(page.locator("input[name=outcome][value=not]")).to_be_checked()


def test_the_key_of_the_usual_action_keeps_it_and_a_second_press_takes_it_away(visit, waiting):
    waiting(1, rule="HT-1")
    page = visit("moderator")
    begin(page)
    page.keyboard.press("1")
    remove = page.locator("input[name=actions][value=remove]")
    expect(remove).to_be_checked()
    page.keyboard.press("r")
    expect(remove).to_be_checked()
    page.keyboard.press("r")
    expect(remove).not_to_be_checked()


def test_text_is_seen_while_u_is_held_and_only_then_counts(visit, waiting):
    waiting(1, rule="HT-1")
    page = visit("moderator")
    begin(page)
    veil = page.locator("rq-veil").first
    expect(veil).to_have_attribute("veiled", "")
    began = time.monotonic()
    page.keyboard.down("u")
    expect(veil).not_to_have_attribute("veiled", "")
    page.wait_for_timeout(300)
    page.keyboard.up("u")
    held = time.monotonic() - began
    expect(veil).to_have_attribute("veiled", "")
    page.wait_for_timeout(500)  # what is seen no more costs nothing more
    page.keyboard.press("a")
    page.keyboard.press("Enter")
    entry = soon(lambda: ExposureEntry.objects.first())
    assert 0.25 < entry.seconds_revealed <= held


def test_losing_the_case_while_typing_keeps_every_word(visit, waiting):
    waiting(1)
    page = visit("moderator")
    begin(page)
    page.locator("#explanation").fill("A long and careful sentence.")
    Claim.objects.update(ended_at="2026-01-01T00:00Z", ending="expired")
    page.locator("input[name=outcome][value=not]").check()
    page.locator("button.submit").click()
    says(page, "A long and careful sentence.")
    assert Decision.objects.count() == 0


def test_a_refused_decision_keeps_what_was_typed(visit, waiting):
    waiting(1)
    page = visit("moderator")
    begin(page)
    page.locator("#explanation").fill("Kept.")
    page.locator("input[name=outcome][value=violates]").check()
    page.locator("button.submit").click()
    says(page, "Not decided yet")
    expect(page.locator("#explanation")).to_have_value("Kept.")
    assert Decision.objects.count() == 0


def test_without_javascript_a_case_is_decided_with_plain_forms(visit, waiting):
    waiting(1, rule="HT-1")
    page = visit("moderator", java_script_enabled=False)
    page.goto("/desk/")
    page.get_by_role("button", name="Start shift").click()
    page.get_by_role("button", name="Next case").click()
    expect(page.get_by_text("Post number 1")).not_to_be_visible()
    page.get_by_role("button", name="Show", exact=True).first.click()
    expect(page.get_by_text("Post number 1")).to_be_visible()
    page.locator("input[name=rules]").first.check()
    page.locator("input[name=outcome][value=violates]").check()
    page.locator("input[name=actions][value=remove]").check()
    page.locator("#explanation").fill("Said plainly.")
    page.locator("button.submit").click()
    page.wait_for_url("**/desk/")
    decided = Decision.objects.get()
    assert (decided.actions, decided.words.explanation) == (["remove"], "Said plainly.")
    assert Claim.objects.get().expires_at.timestamp() - Claim.objects.get().started_at.timestamp() == 1800
