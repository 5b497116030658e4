"""An authority asks, from its letter to the author's notice, as the people who handle it meet it."""

import re

from playwright.sync_api import expect

from apps.authority.models import RequestItem
from apps.authority.operations import record_request, tell_authors_due
from apps.decisions.models import Enforcement, Notice
from apps.intake.models import Item
from apps.ledger.operations import drain
from apps.wellbeing.operations import start_shift
from tests import make
from tests.authority.conftest import WORDS, asking, letters, withheld
from tests.browser.test_lawful import TELEPHONE, picture
from tests.browser.test_pages import look
from tests.conftest import person
from tests.later import later


def test_an_authority_asks_and_is_answered_in_one_country(visit, house, axe):
    letters()
    item: Item = make.item(text="A song about the minister.", language="en")
    hers = visit("legal")
    hers.goto("/authority-requests/new/")
    hers.get_by_label("Authority", exact=True).fill("Ministry of Whispers")
    hers.get_by_label("Kind of authority").select_option("ministry")
    hers.get_by_label("What they ask for").fill("Take down what mocks the minister.")
    hers.get_by_label("Items", exact=True).fill(f"test:{item.external_id}")
    hers.get_by_label("Legal basis they name").fill("Penal code, Article 305")
    hers.get_by_role("button", name="Write it down").click()
    expect(hers.locator("main")).to_contain_text("This field is required.")
    assert look(hers, axe, "the form, refused") == []
    hers.get_by_label("Its country").select_option("Cambodia")
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
    expect(second.locator("main")).to_contain_text("Withheld in Cambodia and nowhere else")
    assert tell_authors_due() == 1
    assert "withheld in Cambodia" in Notice.objects.get(audience="author").text
    hers.reload()
    expect(hers.locator("main")).to_contain_text("The author was told")
    hers.goto("/authority-requests/senders/")
    row = hers.get_by_role("row", name="Ministry of Whispers")
    expect(row.get_by_role("cell")).to_have_text(["1", "0", "1", "0", "0", "0"])
    assert look(hers, axe, "senders") == []
    assert RequestItem.objects.get().state == "by_law"


def test_the_author_contests_in_khmer_on_a_telephone_and_somebody_new_decides(visit, house, axe):
    letters()
    moderator, legal = person("moderator2"), person("legal")
    start_shift(actor=moderator)
    made = record_request(actor=legal, asking=asking(make.item(text="ចម្រៀងអំពីរដ្ឋមន្ត្រី។", language="km")))
    drain()
    row = withheld(made.items.get(), moderator, legal, person("admin"))
    assert tell_authors_due() == 1
    notice = Notice.objects.get(decision=row.tests.get().decision, audience="author")
    wrong = []
    author = visit(None, **TELEPHONE)
    author.goto(re.search(r"/law-contest/\S+", notice.text)[0])
    expect(author.locator("main")).to_contain_text("អ្នកអាចប្តឹងជំទាស់រហូតដល់ថ្ងៃទី")
    wrong += look(author, axe, "the contest, in Khmer")
    author.locator("#statement").fill("   ")
    author.get_by_role("button").last.click()
    expect(author.get_by_role("alert")).to_be_visible()
    wrong += look(author, axe, "the contest, refused, in Khmer")
    picture(author, "contest-form")
    author.locator("#statement").fill("វាជាចម្រៀងអំពីការិយាល័យសាធារណៈ។")
    author.get_by_role("button").last.click()
    expect(author.locator("main")).to_contain_text("អ្នកបានប្តឹងជំទាស់ហើយ")
    wrong += look(author, axe, "contested, in Khmer")
    picture(author, "contest-sent")

    parted = visit("legal")
    parted.goto("/authority-requests/")
    expect(parted.locator("main")).to_contain_text("Somebody who took no part")
    hers = visit("legal2")
    hers.goto("/authority-requests/")
    expect(hers.get_by_role("region", name="Contests to decide")).to_contain_text("You may")
    wrong += look(hers, axe, "contests to decide")
    picture(hers, "contest-list")
    hers.get_by_role("link", name=f"Request {row.request_id}, item 1").first.click()
    expect(hers.locator("main")).to_contain_text("វាជាចម្រៀងអំពីការិយាល័យសាធារណៈ។")
    hers.get_by_label("Is lifted").check()
    hers.get_by_role("textbox", name="Why").fill(
        "A song about an office does not come under the article named."
    )
    wrong += look(hers, axe, "the contest, to be decided")
    picture(hers, "contest-decide")
    hers.get_by_role("button", name="Decide the contest").click()
    expect(hers.locator("main")).to_contain_text("The measure is lifted.")
    picture(hers, "contest-decided")
    parted.goto(f"/authority-requests/senders/{row.request.sender_id}/")
    expect(parted.locator("main")).to_contain_text(
        "1, 1 lifted since, 1 of these because the author contested it"
    )
    author.reload()
    expect(author.locator("main")).to_contain_text("វាលែងត្រូវបានបិទក្នុង កម្ពុជា ទៀតហើយ។")
    wrong += look(author, axe, "lifted, in Khmer")
    picture(author, "contest-lifted")
    assert Enforcement.objects.filter(reverses__isnull=False).count() == 1
    assert wrong == []
