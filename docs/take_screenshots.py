"""Takes the pictures of the README and the guides from a running demo.

    make run                                   (in another terminal; the demo complete)
    .venv/bin/python docs/take_screenshots.py  [PORT=8000] [VAR_DIR=var]

The same cases every time: each is put into the hands of the person who shows it, through the same operation
a supervisor uses. So that the live page has something to say of today, some demo cases are decided first, each as
its author said it should end. Claims made here are given back at the end.
"""

import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "reviewqueue.settings")
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright's loop runs in this thread

import django  # noqa: E402

django.setup()

from PIL import Image  # noqa: E402
from playwright.sync_api import Browser, Page, sync_playwright  # noqa: E402

from apps.accounts.models import User  # noqa: E402
from apps.decisions.models import UNDO_WITHIN  # noqa: E402
from apps.decisions.operations import decide  # noqa: E402
from apps.decisions.verdict import Verdict  # noqa: E402
from apps.errors import DomainError  # noqa: E402
from apps.ledger.operations import drain  # noqa: E402
from apps.queues.models import Case, Claim  # noqa: E402
from apps.queues.operations import end_shift, release  # noqa: E402
from apps.queues.operations.claiming import claim_case  # noqa: E402
from apps.wellbeing.exposure import Look  # noqa: E402
from apps.wellbeing.models import Shift  # noqa: E402
from apps.wellbeing.operations import end_break, start_shift  # noqa: E402
from reviewqueue.demo.content import SOURCE, demo_cases  # noqa: E402

PORT = os.environ.get("PORT") or "8000"
BASE = f"http://127.0.0.1:{PORT}"
IMAGES = Path(__file__).parent / "images"
BYTES_AT_MOST = 250_000
WIDE, TALL, NARROW = (1366, 768), (1366, 1200), (390, 844)
DECIDED_TODAY = 40
# Cases that are shown, and so never decided here.
SHOWN = {"desk": "nu-war-footage-en", "khmer": "in-coconut-cure", "narrow": "au-parcel-login"}
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]


def person(name: str) -> User:
    return User.objects.get(username=name)


def on_shift(user: User) -> User:
    if not Shift.objects.filter(user=user, ended_at=None).exists():
        start_shift(actor=user)
    end_break(actor=user)
    return user


def put_back(user: User) -> None:
    live = Claim.objects.filter(holder=user, ended_at=None).first()
    if live is not None:
        release(actor=user, claim_id=live.pk, look=Look(0))


def hand(user: User, key: str) -> None:
    """Give her the case of this demo item, and nothing else."""
    on_shift(user)
    put_back(user)
    case = Case.objects.filter(item__source=SOURCE, item__external_id=key, state=Case.State.WAITING).first()
    if case is None:
        sys.exit(f"The case of {key} was decided already. Take the pictures from a demo in a new VAR_DIR.")
    claim_case(actor=user, holder=user, case_id=case.pk)


def decide_some(people: list[User], number: int) -> int:
    """Decide waiting demo cases as their authors meant them to end; how many."""
    decided = 0
    for case in demo_cases():
        actions = tuple(code for code in case.ends.actions if not code.startswith("escalate_"))
        plain = case.ends.outcome == "not" or (case.ends.outcome == "violates" and actions)
        if decided == number or case.key in SHOWN.values() or case.media or not plain:
            continue
        waiting = Case.objects.filter(
            item__source=SOURCE, item__external_id=case.key, state=Case.State.WAITING, purpose="review"
        ).first()
        user = people[decided % len(people)]
        if waiting is None:
            continue
        outcome = "no_violation" if case.ends.outcome == "not" else "violates"
        rules = case.ends.rules if outcome == "violates" else ()
        verdict = Verdict(outcome, rules, actions if rules else (), explanation=case.ends.why)
        try:
            claim = claim_case(actor=user, holder=user, case_id=waiting.pk)
            decide(actor=user, claim_id=claim.claim_id, verdict=verdict, look=Look(8))
            decided += 1
        except DomainError:
            put_back(user)  # her languages, limits or this verdict do not allow it: another case will do
    drain()
    return decided


@contextmanager
def page_of(
    browser: Browser, name: str, *, scheme: str = "light", size: tuple[int, int] = WIDE
) -> Iterator[Page]:
    """A signed-in page of somebody."""
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        color_scheme=scheme,
        locale="en-GB",  # type: ignore[arg-type]
    )
    page = context.new_page()
    page.goto(f"{BASE}/account/login/")
    page.fill("[name=login]", name)
    page.fill("[name=password]", PASSWORD)
    with page.expect_navigation():
        page.press("[name=password]", "Enter")
    yield page
    context.close()


def take(page: Page, name: str, path: str, then: Callable[[Page], None] | None = None) -> None:
    page.goto(BASE + path)
    page.wait_for_load_state("networkidle")
    if then:
        then(page)
    page.wait_for_timeout(600)
    picture = page.screenshot(caret="initial")
    if len(picture) > BYTES_AT_MOST:
        smaller = BytesIO()
        Image.open(BytesIO(picture)).convert("P", palette=Image.Palette.ADAPTIVE, colors=128).save(
            smaller, "PNG", optimize=True
        )
        picture = smaller.getvalue()
    (IMAGES / f"{name}.png").write_bytes(picture)
    print(f"{name}.png  {len(picture) // 1000} kB")


def choose_first_rule(page: Page) -> None:
    if not page.locator("input[name=rules]:checked").count():
        page.keyboard.press("1")
    page.wait_for_timeout(200)


def all_pictures(browser: Browser) -> None:
    for scheme in ("light", "dark"):
        with page_of(browser, "moderator", scheme=scheme) as page:
            take(page, f"desk-{scheme}", "/desk/", choose_first_rule)
        with page_of(browser, "policy", scheme=scheme) as page:
            take(page, f"guidelines-{scheme}", "/guidelines/#GR-2")
        with page_of(browser, "supervisor", scheme=scheme, size=TALL) as page:
            take(page, f"live-{scheme}", "/live/")
    with page_of(browser, "moderator2") as page:
        take(page, "desk-khmer", "/desk/", choose_first_rule)
    with page_of(browser, "senior", size=NARROW) as page:
        take(page, "desk-narrow", "/desk/")
    with page_of(browser, "moderator") as page:
        take(page, "wellbeing-light", "/wellbeing/")
    shown = Case.objects.filter(item__source=SOURCE, item__external_id=SHOWN["desk"]).latest("id")
    with page_of(browser, "supervisor") as page:
        take(page, "routing-light", "/queues/routing/")
        take(page, "case-light", f"/cases/{shown.pk}/")


def chromium() -> str | None:
    names = ("chromium", "chromium-browser", "google-chrome")
    found = [os.environ.get("RQ_CHROMIUM"), *(shutil.which(name) for name in names)]
    return next((path for path in found if path), None)


def main() -> None:
    IMAGES.mkdir(exist_ok=True)
    people = [on_shift(person(name)) for name in ("moderator", "moderator2", "senior")]
    for user in people:
        put_back(user)
    print(f"{decide_some(people, DECIDED_TODAY)} cases decided for today.")
    for user, which in zip(people, ("desk", "khmer", "narrow"), strict=True):
        hand(user, SHOWN[which])
    time.sleep(UNDO_WITHIN.total_seconds())  # the offer to undo belongs to the decisions above
    drain()
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
            all_pictures(browser)
            browser.close()
    finally:
        for user in people:
            put_back(user)
            end_shift(actor=user)


PASSWORD = (Path(os.environ.get("VAR_DIR") or PROJECT / "var") / "demo_password").read_text().strip()

if __name__ == "__main__":
    main()
