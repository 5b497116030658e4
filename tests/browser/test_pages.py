"""Every page for everyone who may open it: for assistive technology, in light and dark, wide and narrow."""

import pytest
from pydantic import TypeAdapter

from apps.insight.operations import rebuild
from apps.intake.lines import AnyLine
from apps.intake.models import Media
from apps.intake.operations import receive
from apps.intake.operations.uploading import keep_upload
from apps.queues.models import Case
from apps.queues.operations import claim_next
from apps.wellbeing.operations import start_shift
from tests.browser.conftest import violations
from tests.conftest import person
from tests.intake.files import picture
from tests.patience import soon

EVERYONE = ["/guidelines/", "/guidelines/rules/VX-1/", "/guidelines/versions/"]
SET_UP = ["/live/", "/queues/", "/queues/hate/", "/queues/routing/", "/queues/routing/new/", "/webhooks/"]
HERS = ["/wellbeing/veil/", "/wellbeing/help/", "/wellbeing/you/", "/wellbeing/week/"]
LEADS = [
    "/wellbeing/veil/",
    "/wellbeing/help/",
    "/wellbeing/exposure/",
    "/wellbeing/dose/",
    "/wellbeing/shared/",
]
PAGES = {
    None: ["/account/login/", "/api/v1/docs"],
    "moderator": ["/desk/", *EVERYONE, "/wellbeing/", *HERS, "/account/password/change/", "/account/logout/"],
    "senior": ["/desk/", "/guidelines/", "/appeals/", "/quality/settling/", "/quality/mine/", "/training/"],
    "policy": [
        "/misses/",
        "/exports/",
        "/detectors/",
        "/detectors/exploration/",
        "/banks/",
        "/banks/new/",
        "/automatic/",
        "/guidelines/translations/",
        "/guidelines/in-use/",
        "/guidelines/replays/",
        "/quality/rules/",
        "/strikes/",
        "/strikes/ladder/",
        "/strikes/ladder/propose/",
        "/guidelines/",
        "/guidelines/versions/",
        "/notices/",
        "/notices/author_restricted/km/",
        "/nothing-is-here/",
    ],
    "supervisor": [
        "/guidelines/",
        "/cases/",
        "/cases/{case}/",
        "/planning/",
        "/trends/",
        "/quality/plans/",
        *SET_UP,
    ],
    "wellbeing": ["/guidelines/", "/wellbeing/", "/desk/", *LEADS],
    "legal": [
        "/guidelines/",
        "/guidelines/rules/LG-1/",
        "/transparency/statements/",
        "/authority-requests/",
        "/authority-requests/letters/",
        "/board/",
        "/board/new/",
        "/law-notices/",
    ],
    "admin": ["/live/", "/webhooks/", "/guidelines/"],
}
STATES = (
    "before the shift",
    "clear",
    "a case",
    "a heavy case",
    "a case with errors",
    "a break",
    "nothing waits",
)
FOUND = """async () => (await axe.run(document, {resultTypes: ["violations"]})).violations
    .map(v => `${v.id}: ${v.nodes.slice(0, 3).map(n => n.target.join(" ")).join(", ")}`)"""
CONTRAST = FOUND.replace("{resultTypes", '{runOnly: ["color-contrast"], resultTypes')
BESIDE = """() => [...document.querySelectorAll(".page-head")].filter(head => !head.closest(".live"))
    .flatMap(head => [...head.querySelectorAll(":scope > h1 ~ p")].filter(line => line.offsetHeight)
        .filter(line => line.getBoundingClientRect().top < head.querySelector("h1").getBoundingClientRect().bottom - 1))
    .map(line => line.textContent.slice(0, 60))"""
TOO_WIDE = """() => document.documentElement.scrollWidth <= document.documentElement.clientWidth ? []
    : [...document.querySelectorAll("body *")]
        .filter(one => one.getBoundingClientRect().right > innerWidth + 1)
        .filter(one => !one.closest(".table-wrap, .nav, pre, [popover], dialog, .visually-hidden, .sr-only"))
        .slice(0, 4).map(one => one.outerHTML.slice(0, 90))"""


# The way to the rooms, and what stands at the end of the bar, each keep to their own place.
OVER_EACH_OTHER = """() => {
    const [nav, end] = [document.querySelector(".topbar .nav ul"), document.querySelector(".topbar .end")];
    if (!nav || !end) return [];
    const [one, other] = [nav.getBoundingClientRect(), end.getBoundingClientRect()];
    return one.right > other.left && one.top < other.bottom && other.top < one.bottom ? ["its two parts overlap"] : [];
}"""


def look(page, axe, where: str) -> list[str]:
    """What is wrong with this page, light, dark and at the width of a telephone."""
    wrong = [f"{where}, beside its title: {line}" for line in page.evaluate(BESIDE)]
    wrong += [f"{where}, the bar: {line}" for line in page.evaluate(OVER_EACH_OTHER)]
    page.evaluate(axe)
    for scheme, asked in (("light", FOUND), ("dark", CONTRAST)):  # only colours know of a scheme
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        wrong += [f"{where}, {scheme}: {found}" for found in page.evaluate(asked)]
    wide = page.viewport_size
    page.set_viewport_size({"width": 390, "height": 780})
    wrong += [f"{where}, 390 wide, sticks out: {found}" for found in page.evaluate(TOO_WIDE)]
    page.set_viewport_size(wide)
    return wrong


@pytest.mark.parametrize("who", list(PAGES), ids=str)
def test_every_page_is_clean(visit, waiting, axe, who):
    waiting(3)
    rebuild()
    page = visit(who)
    wrong = []
    for path in PAGES[who]:
        page.goto(path.format(case=Case.objects.latest("id").pk), wait_until="load")
        assert page.locator("main, [role=main]").count() == 1, f"{path} has no main part"
        wrong += look(page, axe, path)
    assert wrong == []


@pytest.mark.parametrize("state", STATES)
def test_every_state_of_the_desk_is_clean(visit, waiting, axe, state):
    mara = person("moderator")
    if state != "before the shift":
        start_shift(actor=mara)
    if "case" in state or state == "clear":
        waiting(2, rule="HT-1" if "heavy" in state else "HT-4")
    if "case" in state:
        claim_next(actor=mara)
    page = visit("moderator")
    page.goto("/desk/")
    if state == "a case with errors":
        page.locator("input[name=outcome][value=violates]").check()
        page.locator("button.submit").click()
        page.get_by_text("Not decided yet").wait_for()
    elif state == "a break":
        page.keyboard.press("t")
        page.get_by_text("You are on a break").wait_for()
    elif state == "nothing waits":
        page.keyboard.press("n")
        page.locator('#desk[data-state="nothing"]').wait_for()
    elif "case" in state:
        page.keyboard.press("1")
        page.locator(".rule.open").wait_for()
    assert look(page, axe, state) == []


def test_the_first_desk_page_is_light_and_nothing_jumps(visit, waiting):
    start_shift(actor=person("moderator"))
    waiting(2, rule="HT-1")
    claim_next(actor=person("moderator"))
    page = visit("moderator")
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    sizes = []
    session.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    page.add_init_script("""window.jumps = 0; new PerformanceObserver(list => list.getEntries().forEach(entry => {
        if (!entry.hadRecentInput) window.jumps += entry.value; })).observe({type: "layout-shift", buffered: true});""")
    page.goto("/desk/", wait_until="networkidle")
    assert page.locator("form.decide").is_visible()
    assert sum(sizes) <= 120_000
    assert page.evaluate("window.jumps") == 0


def test_a_supervisor_sees_a_decision_of_another_without_asking(visit, waiting):
    waiting(2)
    board = visit("supervisor")
    frames = []
    board.on("websocket", lambda socket: socket.on("framereceived", lambda frame: frames.append(frame)))
    board.goto("/live/")
    soon(lambda: board.wait_for_timeout(50) or frames)
    desk = visit("moderator")
    desk.goto("/desk/")
    desk.keyboard.press("s")
    desk.get_by_text("Your desk is clear").wait_for()
    desk.keyboard.press("n")
    desk.locator("form.decide").wait_for()
    board.wait_for_timeout(1_500)  # what the claim changed has arrived
    before = board.locator("main").inner_text()
    seen = len(frames)
    desk.keyboard.press("a")
    desk.keyboard.press("Enter")
    desk.get_by_text("Post number 2").first.wait_for()
    soon(lambda: board.wait_for_timeout(20) or len(frames) > seen)
    soon(lambda: board.wait_for_timeout(20) or board.locator("main").inner_text() != before)


def test_a_heavy_picture_is_fetched_only_while_held_and_covered_when_she_looks_away(visit, house):
    mara = person("moderator")
    upload = keep_upload([picture(size=(640, 480))], declared="image/png", key=None)
    item = {"source": "test", "external_id": "heavy", "kind": "image", "language": "en",
            "media": [{"upload_id": upload.pk, "mime": "image/png"}]}  # fmt: skip
    report = {"type": "report", "item": item, "reason": "x", "rule": "HT-1"}
    receive([TypeAdapter(AnyLine).validate_python(report)], key=None)
    soon(
        lambda: Media.objects.filter(state="ready").exists() and Case.objects.filter(state="waiting").exists()
    )
    start_shift(actor=mara)
    claim_next(actor=mara)
    page = visit("moderator")
    fetched = []
    page.on("request", lambda request: fetched.append(request.url) if "/media/" in request.url else None)
    page.goto("/desk/", wait_until="networkidle")
    veil = page.locator("rq-veil").filter(has=page.locator(".veil-slot")).first
    page.mouse.move(300, 300)
    page.wait_for_timeout(300)
    assert fetched == []

    page.keyboard.down("u")
    page.locator("img.veil-original").wait_for()
    assert [url.rsplit("/", 1)[1] for url in fetched] == ["original"]
    page.keyboard.up("u")
    veil.and_(page.locator("[veiled]")).wait_for()
    assert page.locator("img.veil-original").count() == 0

    page.keyboard.down("u")
    page.locator("img.veil-original").wait_for()
    page.evaluate("window.dispatchEvent(new Event('blur'))")
    veil.and_(page.locator("[veiled]")).wait_for()
    assert page.locator("img.veil-original").count() == 0


def test_what_the_policy_refuses_would_be_noticed(visit):
    page = visit()
    page.goto("/account/login/")
    page.evaluate("document.body.setAttribute('style', 'color: red')")
    page.wait_for_timeout(200)
    assert [refused.split()[1] for refused in violations(page)] == ["style-src-attr"]
