"""The author receives a notice, appeals through its link without an account, is heard by somebody new, and is reinstated."""

import os
import re
from datetime import timedelta

from django.db import transaction
from django.utils.timezone import now
from playwright.sync_api import Page, expect

from apps.appeals.models import Appeal
from apps.decisions.evidence import take
from apps.decisions.models import Decision
from apps.decisions.operations.writing import Draft, write
from apps.decisions.queries import enforcements_in_force
from apps.decisions.verdict import Verdict
from apps.guidelines.queries import in_force
from apps.ledger.models import Handoff
from tests import make
from tests.appeals.conftest import link
from tests.appeals.conftest import picture as proof
from tests.browser.test_pages import look
from tests.conftest import person
from tests.patience import soon

SCAM = Verdict("violates", ["AU-4"], ["remove", "strike"], ["intent_clear"], explanation="Fake investment.")


def restricted() -> Decision:
    """A post in Khmer that a moderator removed an hour ago; of days before the installation, as the demo's history."""
    at = now() - timedelta(hours=1)
    item = make.item(text="ប្រកាសមួយអំពីប្រាក់ចំណេញ។", language="km")
    make.report(item, by="rita", received_at=at - timedelta(hours=1))
    case = make.case(queue="fraud", item=item, state="done", closed_at=at)
    with transaction.atomic():
        evidence = take(item.pk)
        made, _ = write(
            Draft(
                case=case, claim_id=None, decider_id=person("moderator").pk, verdict=SCAM, edition=in_force(),
                evidence=evidence, held=False, revealed=True, at=at, demo=True,
            )
        )  # fmt: skip
    return Decision.objects.get(pk=made)


def picture(page: Page, name: str) -> None:
    if folder := os.environ.get("RQ_PICTURES"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def test_an_author_is_told_appeals_is_heard_and_reinstated(visit, house, axe):
    decision = restricted()
    assert {one.action for one in enforcements_in_force(decision.item_id)} == {"remove", "strike"}
    author = visit(viewport={"width": 390, "height": 800})
    author.goto(link(decision))
    expect(author.locator("html")).to_have_attribute("lang", "km")
    expect(author.locator("main")).to_contain_text("AU-4")
    wrong = look(author, axe, "the page behind the link")
    picture(author, "appeal-km")
    author.get_by_role("link", name="English").click()
    author.get_by_label("Why should it be looked at again?").fill("នេះជារឿងកំប្លែងសម្រាប់មិត្តភក្តិ។")
    author.get_by_label(re.compile("Pictures or PDF")).set_input_files(
        {"name": "proof.png", "mimeType": "image/png", "buffer": proof().read()}
    )
    author.get_by_role("button", name="Send the appeal").click()
    expect(author.locator("main")).to_contain_text("We have your appeal")
    picture(author, "appeal-received")

    senior = visit("senior")
    senior.goto("/desk/")
    senior.keyboard.press("s")
    expect(senior.locator("#desk")).to_contain_text("Your desk is clear")
    senior.keyboard.press("n")
    expect(senior.locator("form.decide")).to_contain_text("First your own judgement")
    expect(senior.locator("#desk")).not_to_contain_text("Fake investment")
    expect(senior.locator("#desk")).not_to_contain_text("មិត្តភក្តិ")
    wrong += look(senior, axe, "the first step")
    picture(senior, "appeal-first")
    senior.keyboard.press("a")
    senior.keyboard.press("Enter")
    expect(senior.locator("form.decide")).to_contain_text("Now what was decided")
    expect(senior.locator("form.decide")).to_contain_text("Fake investment.")
    expect(senior.locator("#statements-title")).to_be_visible()
    expect(senior.get_by_label(re.compile("^No violation"))).to_be_checked()
    wrong += look(senior, axe, "the second step")
    picture(senior, "appeal-second")
    senior.locator("form.decide").get_by_text("Satire or humour").click()
    senior.keyboard.press("Enter")
    soon(lambda: Decision.objects.filter(item=decision.item_id, purpose="appeal").exists())
    heard = Decision.objects.get(item=decision.item_id, purpose="appeal")
    assert (heard.outcome, heard.supersedes_id) == ("no_violation", decision.pk)
    assert not enforcements_in_force(decision.item_id).exists()

    Handoff.objects.update(due_at=now())  # as if the ten seconds of undo had passed
    soon(lambda: Appeal.objects.get().outcome == "overturned")
    author.reload()
    expect(author.locator("main")).to_contain_text("The decision was overturned.")
    expect(author.locator("main")).to_contain_text("satire or humour")
    overseer = visit("supervisor")
    overseer.goto("/appeals/")
    expect(overseer.locator("main")).to_contain_text("The decision was overturned")
    wrong += look(overseer, axe, "how appeals come out")
    picture(overseer, "appeals")
    assert wrong == []
