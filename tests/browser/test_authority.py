"""An authority asks, from its letter to the author's notice, as the people who handle it meet it."""

from playwright.sync_api import expect

from apps.authority.models import RequestItem
from apps.authority.operations import tell_authors_due
from apps.decisions.models import Enforcement, Notice
from apps.intake.models import Item
from apps.ledger.operations import drain
from tests import make
from tests.authority.conftest import WORDS, letters
from tests.browser.test_pages import look
from tests.later import later


def test_an_authority_asks_and_is_answered_in_one_country(visit, house, axe):
    letters()
    item: Item = make.item(text="A song about the minister.", language="en")
    hers = visit("legal")
    hers.goto("/authority-requests/new/")
    hers.get_by_label("Authority", exact=True).fill("Ministry of Whispers")
    hers.get_by_label("Kind of authority").select_option("ministry")
    hers.get_by_label("Its country").fill("ZZ")
    hers.get_by_label("What they ask for").fill("Take down what mocks the minister.")
    hers.get_by_label("Items", exact=True).fill(f"test:{item.external_id}")
    hers.get_by_label("Legal basis they name").fill("Penal code, Article 305")
    hers.get_by_role("button", name="Write it down").click()
    expect(hers.locator("main")).to_contain_text("There is no country with this code.")
    assert look(hers, axe, "the form, refused") == []
    hers.get_by_label("Its country").fill("KH")
    hers.get_by_role("button", name="Write it down").click()
    expect(hers.locator("main")).to_contain_text("Under our guidelines")
    drain()

    desk = visit("moderator")
    desk.goto("/desk/")
    desk.keyboard.press("s")
    expect(desk.locator("#desk")).to_contain_text("Your desk is clear")
    desk.keyboard.press("n")
    expect(desk.locator(".strip-title")).to_contain_text("Review")
    for word in ("uthorit", "inistry", "Article 305"):
        assert word not in desk.locator("#desk").inner_text().replace("authorities", "")
    desk.keyboard.press("a")
    desk.keyboard.press("Enter")
    expect(desk.locator("#desk")).to_contain_text("Nothing is waiting for you")
    later()

    hers.reload()
    expect(hers.locator("main")).to_contain_text("It breaks none of our rules.")
    hers.get_by_label("Valid, and the item is unlawful there").check()
    hers.get_by_label("Why", exact=True).fill("Signed by the competent court, and the law is in force.")
    hers.get_by_role("button", name="Write it down").click()
    for label, words in zip(
        ("Legality", "Legitimate aim", "Necessity", "Proportionality"), WORDS.values(), strict=True
    ):
        hers.get_by_label(label, exact=True).fill(words)
    assert look(hers, axe, "the test") == []
    hers.get_by_role("button", name="Propose to withhold it there").click()
    expect(hers.locator("main")).to_contain_text("Somebody else answers it.")
    assert not Enforcement.objects.exists()

    second = visit("admin")
    second.goto(hers.url)
    second.get_by_label("Agree", exact=True).check()
    second.get_by_role("button", name="Answer", exact=True).click()
    expect(second.locator("main")).to_contain_text("Withheld in KH and nowhere else")
    assert tell_authors_due() == 1
    assert "withheld in KH" in Notice.objects.get(audience="author").text
    hers.reload()
    expect(hers.locator("main")).to_contain_text("The author was told")
    hers.goto("/authority-requests/senders/")
    row = hers.get_by_role("row", name="Ministry of Whispers")
    expect(row.get_by_role("cell")).to_have_text(["1", "0", "1", "0", "0"])
    assert look(hers, axe, "senders") == []
    assert RequestItem.objects.get().state == "by_law"
