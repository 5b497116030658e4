"""An account with evidence is read at the desk and by a supervisor; the ladder of strikes is edited by two in their browsers."""

from playwright.sync_api import expect

from apps.intake.models import Item
from apps.queues.operations import claim_next
from apps.strikes.models import LadderVersion
from apps.wellbeing.operations import start_shift
from tests import make
from tests.browser.test_pages import look
from tests.conftest import person
from tests.doors.programs import Program
from tests.intake.test_account_evidence import EVIDENCE, sent

DAILY = {
    "of": "likes", "first_day": "2026-03-01", "last_day": "2026-03-14", "baseline_mean": 12, "baseline_spread": 6,
    "daily": [9, 14, 11, 16, 8, 12, 13, 4210, 5160, 4890, 5020, 3980, 26, 15],
}  # fmt: skip


def test_evidence_on_an_account_is_read_at_the_desk_and_on_its_case(visit, house, axe):
    Program("ingest").put(sent({**EVIDENCE, "growth": [*EVIDENCE["growth"], DAILY]}))
    case = make.case(queue="fraud", item=Item.objects.get(), rule_codes=["AU-2"])
    mara = person("moderator")
    start_shift(actor=mara)
    claim_next(actor=mara)
    page = visit("moderator")
    page.goto("/desk/")
    expect(page.get_by_text("420 a day, usually 12 (±6.5)")).to_be_visible()
    expect(page.locator(".account-told svg.days rect.fill")).to_have_count(14)
    wrong = look(page, axe, "the desk")
    reads = visit("supervisor")
    reads.goto(f"/cases/{case.pk}/")
    expect(reads.get_by_text("Named at the desk")).to_be_visible()
    assert wrong + look(reads, axe, "the case") == []


def test_the_ladder_is_proposed_by_one_and_put_in_force_by_another(visit, house, axe):
    policy, legal = visit("policy"), visit("legal")
    policy.goto("/strikes/ladder/")
    policy.get_by_role("link", name="Propose another").click()
    policy.get_by_label("Days of step 2").fill("90")
    policy.get_by_label("Days of step 3").fill("")
    policy.get_by_role("button", name="See what it would change").click()
    expect(policy.get_by_role("alert")).to_contain_text("an account is suspended for 1 to 180 days")
    wrong = look(policy, axe, "a ladder that is refused")
    policy.get_by_label("Days of step 3").fill("14")
    policy.get_by_role("button", name="See what it would change").click()
    expect(policy.get_by_role("heading", name="What it would change")).to_be_visible()
    policy.get_by_label("Why").fill("Sellers of followers come back within days.")
    wrong += look(policy, axe, "a ladder that may be proposed")
    policy.get_by_role("button", name="Propose it").click()
    expect(policy.get_by_text("You proposed this, so somebody else puts it in force.")).to_be_visible()
    assert LadderVersion.objects.get().ladder.steps[2].days == 14
    legal.goto("/strikes/ladder/")
    legal.get_by_role("link", name="A ladder waits for a second person.").click()
    wrong += look(legal, axe, "a ladder that waits")
    legal.get_by_role("button", name="Put it in force").click()
    expect(legal.get_by_text("Put in force", exact=True)).to_be_visible()
    legal.goto("/strikes/ladder/")
    expect(legal.get_by_text("Version 1 is in force.")).to_be_visible()
    assert wrong + look(legal, axe, "the ladder and its versions") == []
