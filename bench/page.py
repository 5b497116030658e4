"""The first desk page in a real browser: every byte that comes over the wire, and whether anything moves."""

import os
import subprocess
import sys
from typing import Any

from playwright.sync_api import sync_playwright

SHIFTS = """
window.shifted = 0;
window.movers = [];
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) {
    window.shifted += entry.value;
    for (const { node } of entry.sources) window.movers.push((node?.outerHTML ?? node?.textContent ?? "").slice(0, 120));
  }
}).observe({ type: "layout-shift", buffered: true });
"""
SIZE: Any = {"width": 1366, "height": 768}


def first_desk_page(base: str, password: str) -> dict[str, Any]:
    """As `moderator` with a case on the desk, in a browser that has never been here: nothing is cached."""
    with sync_playwright() as player:
        browser = player.chromium.launch(
            executable_path=chromium(), args=["--no-sandbox", "--disable-gpu", "--no-first-run"]
        )
        try:
            state = _case_on_the_desk(browser, base, password)
            context = browser.new_context(viewport=SIZE, storage_state=state)
            context.add_init_script(SHIFTS)
            page = context.new_page()
            bytes_by_url = _count(context.new_cdp_session(page))
            page.goto(f"{base}/desk/", wait_until="networkidle")
            page.wait_for_selector("[data-state=case]")
            page.wait_for_timeout(1500)
            largest = sorted(bytes_by_url.items(), key=lambda one: -one[1])[:8]
            return {
                "kilobytes": round(sum(bytes_by_url.values()) / 1000, 1),
                "requests": len(bytes_by_url),
                "largest": {url.removeprefix(base): size for url, size in largest},
                "layout_shift": round(page.evaluate("window.shifted"), 5),
                "what_moved": page.evaluate("window.movers"),
                "milliseconds_to_paint": round(page.evaluate(
                    "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0")),
            }  # fmt: skip
        finally:
            browser.close()


def _case_on_the_desk(browser: Any, base: str, password: str) -> Any:
    """Sign in, start a shift, take a case; the cookies."""
    context = browser.new_context(viewport=SIZE)
    page = context.new_page()
    page.goto(f"{base}/desk/")
    page.fill("input[name=login]", "moderator")
    page.fill("input[name=password]", password)
    page.press("input[name=password]", "Enter")
    page.wait_for_selector("#desk")
    for path in ("/desk/shift/start", "/desk/next"):
        if page.get_attribute("#desk", "data-state") == "case":
            break
        page.locator(f"form[action='{path}'] button").first.click()
        page.wait_for_selector(
            "#desk[data-state=case]" if path == "/desk/next" else "#desk:not([data-state=no_shift])"
        )
    state = context.storage_state()
    context.close()
    return state


def _count(session: Any) -> dict[str, int]:
    """Bytes as they came, headers and compression included, by address; fills as the page loads."""
    urls: dict[str, str] = {}
    sizes: dict[str, int] = {}
    session.send("Network.enable")
    session.on(
        "Network.requestWillBeSent",
        lambda event: urls.__setitem__(event["requestId"], event["request"]["url"]),
    )

    def finished(event: Any) -> None:
        url = urls.get(event["requestId"], "")
        if url.startswith("http"):
            sizes[url] = sizes.get(url, 0) + int(event["encodedDataLength"])

    session.on("Network.loadingFinished", finished)
    return sizes


def chromium() -> str | None:
    """The browser of this machine, as the tests find it; None lets Playwright use its own."""
    found = subprocess.run([sys.executable, "tests/find_browser.py"], capture_output=True, text=True)
    return os.environ.get("RQ_CHROMIUM") or found.stdout.strip() or None
