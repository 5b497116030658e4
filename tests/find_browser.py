"""Finds a Chromium that really starts, for `make test`: prints its path, or nothing when there is none.

One of the machine first; else Playwright's own, fetched if need be. With CI=true, none is a failure.
"""

import os
import shutil
import subprocess
import sys

from playwright.sync_api import Error, Playwright, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = ["--no-sandbox", "--disable-gpu"]


def main() -> None:
    with sync_playwright() as playwright:
        found = [os.environ.get("RQ_CHROMIUM"), *(shutil.which(name) for name in NAMES)]
        for path in filter(None, found):
            if starts(playwright, path):
                print(path)
                return
        own = playwright.chromium.executable_path
        if not os.path.exists(own):
            say("No Chromium on this machine; fetching Playwright's own …")
            fetched = subprocess.run(
                [sys.executable, "-m", "playwright", "install", "chromium"],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            if fetched.returncode:
                say("It could not be fetched.")
        if os.path.exists(own) and starts(playwright, own):
            print(own)
            return
    if os.environ.get("CI") == "true":
        sys.exit(
            "There is no Chromium that starts, and CI must not skip the browser tests: apt install chromium"
        )


def starts(playwright: Playwright, path: str) -> bool:
    try:
        playwright.chromium.launch(executable_path=path, args=FLAGS, timeout=30_000).close()
    except Error as problem:
        say(f"{path} does not start: {str(problem).splitlines()[0]}")
        return False
    return True


def say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
