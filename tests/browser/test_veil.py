"""Nothing covered is ever painted: every frame the browser draws is looked at, from the first paint on."""

import base64
import io

import pytest
from PIL import Image
from playwright.sync_api import Page, expect
from pydantic import TypeAdapter

from apps.intake.lines import AnyLine
from apps.intake.models import Media
from apps.intake.operations import keep_upload, receive
from apps.queues.models import Case
from apps.wellbeing.operations import start_shift
from apps.wellbeing.veil.operations import set_own_veil
from tests.browser.system import soon
from tests.conftest import person

STRIPE = 8


def striped() -> bytes:
    """Magenta and green in turns: grey from afar and under any blur, unmistakable when seen."""
    picture = Image.new("RGB", (640, 400), (255, 0, 255))
    for x in range(0, 640, 2 * STRIPE):
        picture.paste((0, 255, 0), (x, 0, x + STRIPE, 400))
    written = io.BytesIO()
    picture.save(written, "PNG")
    return written.getvalue()


def magenta(shot: bytes) -> int:
    """How many pixels show the picture itself."""
    picture = Image.open(io.BytesIO(shot)).convert("RGB").resize((683, 384), Image.Resampling.NEAREST)
    return sum(1 for red, green, blue in picture.getdata() if red > 170 and blue > 170 and green < 90)


class Frames:
    """Everything a page paints, frame by frame."""

    def __init__(self, page: Page) -> None:
        self.shots: list[bytes] = []
        self.session = page.context.new_cdp_session(page)
        self.session.on("Page.screencastFrame", self.keep)
        self.session.send("Page.startScreencast", {"format": "png", "everyNthFrame": 1})

    def keep(self, event) -> None:
        self.shots.append(base64.b64decode(event["data"]))
        self.session.send("Page.screencastFrameAck", {"sessionId": event["sessionId"]})

    def showing(self) -> int:
        return sum(1 for shot in self.shots if magenta(shot))


@pytest.fixture
def striped_case(house):
    upload = keep_upload([striped()], declared="image/png", key=None)
    media = [{"upload_id": upload.pk, "mime": "image/png"}]
    item = {"source": "demo", "external_id": "stripes", "kind": "image", "language": "en", "media": media}
    report = {"type": "report", "item": item, "reason": "graphic", "rule": "HT-1"}
    receive([TypeAdapter(AnyLine).validate_python(report)], key=None)
    soon(
        lambda: (
            Media.objects.filter(state="ready").exists() and Case.objects.filter(state="waiting").exists()
        ),
        20,
    )
    start_shift(actor=person("moderator"))


def test_no_frame_shows_what_is_covered_from_the_first_paint_on(visit, striped_case):
    page = visit("moderator")
    page.goto("/desk/")
    frames = Frames(page)
    page.keyboard.press("n")  # the case comes in by a swap
    veil = page.locator("rq-veil").filter(has=page.locator(".veil-slot[data-src]"))
    expect(veil).to_be_visible()
    page.goto("/desk/", wait_until="commit")  # and by a page of its own, from its very first paint
    page.wait_for_load_state("domcontentloaded")  # before it there may be nothing yet to take a picture of
    page.screenshot()
    page.wait_for_load_state("networkidle")
    page.keyboard.press("Tab")
    assert len(frames.shots) >= 2
    assert frames.showing() == 0

    page.mouse.move(*centre(veil.locator(".reveal")))
    page.mouse.down()
    page.locator("img.veil-original").wait_for()
    page.locator("img.veil-original").evaluate("image => image.decode()")
    assert magenta(page.screenshot()) > 5_000  # the look of it can be told
    page.mouse.up()
    expect(page.locator("img.veil-original")).to_have_count(0)
    assert magenta(page.screenshot()) == 0


def test_a_part_at_a_time_never_shows_the_whole(visit, striped_case):
    set_own_veil("picture", {"blur": 1, "grey": 0, "reveal": 2}, actor=person("moderator"))
    page = visit("moderator")
    page.goto("/desk/")
    page.keyboard.press("n")
    veil = page.locator("rq-veil").filter(has=page.locator(".veil-slot[data-src]"))
    expect(veil).to_have_attribute("data-reveal", "region")
    frames = Frames(page)
    box = veil.locator(".veil-body").bounding_box()
    page.mouse.move(box["x"] + 80, box["y"] + 80)
    page.mouse.down()
    page.locator("img.veil-original").wait_for()
    page.locator("img.veil-original").evaluate("image => image.decode()")
    part = magenta(page.screenshot())
    assert 0 < part < 5_000
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    assert 0 < magenta(page.screenshot()) < 5_000
    page.mouse.up()
    expect(veil).to_have_attribute("veiled", "")
    assert magenta(page.screenshot()) == 0
    assert max(magenta(shot) for shot in frames.shots) < 5_000


def test_stop_now_and_leaving_the_window_cover_at_once_and_grey_is_grey_from_the_start(visit, striped_case):
    set_own_veil("picture", {"blur": 2, "grey": 1, "reveal": 1}, actor=person("moderator"))
    page = visit("moderator")
    page.goto("/desk/")
    page.keyboard.press("n")
    veil = page.locator("rq-veil").filter(has=page.locator(".veil-slot[data-src]"))
    frames = Frames(page)
    for leaving in (
        "window.dispatchEvent(new Event('blur'))",
        "document.dispatchEvent(new Event('rq:cover'))",
    ):
        veil.locator(".reveal").focus()
        page.keyboard.down("Space")
        page.locator("img.veil-original").wait_for()
        page.evaluate(leaving)
        expect(veil).to_have_attribute("veiled", "")
        assert page.locator("img.veil-original").count() == 0
        page.keyboard.up("Space")
    assert frames.showing() == 0


def centre(locator) -> tuple[float, float]:
    box = locator.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
