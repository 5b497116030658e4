"""An export from the form to the files: written by the worker's own process, watched, stopped, downloaded."""

import os
import tarfile
from datetime import timedelta
from uuid import uuid4

from django.utils.timezone import now
from playwright.sync_api import Page, expect

from apps.feedback.checking import check_export
from apps.feedback.models import ExportRun
from apps.ledger.models import Event
from tests.browser.test_pages import look
from tests.conftest import person
from tests.feedback.conftest import past_decision


def picture(page: Page, name: str) -> None:
    if folder := os.environ.get("RQ_PICTURES"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def test_she_has_one_written_watches_it_and_downloads_it(visit, house, axe, tmp_path):
    page = visit("policy")
    page.goto("/exports/")
    wrong = look(page, axe, "no export yet")
    picture(page, "exports-none")
    page.get_by_role("button", name="Write it").click()
    expect(page.locator("main")).to_contain_text("There is no decision to export yet.")
    wrong += look(page, axe, "an export that failed")
    picture(page, "exports-failed")

    for day in range(40):
        past_decision(person("moderator"), ago=timedelta(days=1 + day))
    page.goto("/exports/")
    page.get_by_label("JSONL, one file").check()
    page.get_by_role("button", name="Write it").click()
    expect(page.get_by_role("link", name="Download all")).to_be_visible()
    run = ExportRun.objects.get(state="done")
    assert (run.rows, run.formats, run.attempts) == (40, ["parquet", "jsonl"], 1)
    wrong += look(page, axe, "an export that is done")
    picture(page, "exports-done")
    with page.expect_download() as got:
        page.get_by_role("link", name="Download all").click()
    got.value.save_as(tmp_path / "all.tar")
    with tarfile.open(tmp_path / "all.tar") as tar:
        tar.extractall(tmp_path)
    # The system's key is its own: it is the one the page tells her to give away.
    key = page.locator("#check ~ p code").inner_text()
    assert check_export(tmp_path / f"export-{run.pk}", key=key)["rows"] == 40
    assert Event.objects.get(kind="feedback.export_downloaded").actor_id == person("policy").pk

    at_work = ExportRun.objects.create(
        asked_by=person("policy"), formats=["csv"], state="running", writer=uuid4(), beat_at=now(),
        rows_done=1_200_000, rows_expected=5_000_000, attempts=2,
    )  # fmt: skip
    page.goto(f"/exports/{at_work.pk}/")
    expect(page.locator("main")).to_contain_text("1,200,000 of about 5,000,000 rows")
    wrong += look(page, axe, "an export that is written")
    picture(page, "exports-running")
    ExportRun.objects.filter(pk=at_work.pk).update(rows_done=2_500_000)
    expect(page.locator("main")).to_contain_text("2,500,000 of about 5,000,000 rows")
    page.goto("/exports/")
    wrong += look(page, axe, "the list while one is written")
    picture(page, "exports-list")
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size({"width": 390, "height": 780})
    picture(page, "exports-list-dark-390")
    page.goto(f"/exports/{at_work.pk}/")
    page.get_by_role("button", name="Stop it").click()
    page.locator("dialog").get_by_role("button", name="Stop it").click()
    expect(page.locator("main")).to_contain_text("Stopped by")
    assert ExportRun.objects.get(pk=at_work.pk).state == "failed"
    assert wrong == []
