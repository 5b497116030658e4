"""The page of exports: whoever may asks, watches and downloads; nobody else, and no download without an event."""

import io
import json
import tarfile
from datetime import timedelta

import pytest
from django.utils.timezone import now

from apps.feedback import jobs
from apps.feedback.checking import check_export
from apps.feedback.models import ExportRun
from apps.feedback.operations import running
from apps.feedback.operations.running import claim, folder_of, write
from apps.ledger.models import Event
from apps.ledger.operations import drain
from tests.conftest import person

ASKED = {"formats": ["jsonl", "parquet"], "start": "whole"}
REFUSED = ("moderator", "senior", "supervisor", "wellbeing", "legal")


@pytest.fixture(autouse=True)
def place(tmp_path, settings):
    settings.EXPORTS_ROOT = tmp_path / "exports"
    return settings.EXPORTS_ROOT


@pytest.fixture
def woken(monkeypatch, django_capture_on_commit_callbacks):
    """`woken()`: hand over what is owed, and tell which exports a worker was told of."""
    told = []
    monkeypatch.setattr(jobs.write_export, "delay", told.append)

    def hand_over():
        with django_capture_on_commit_callbacks(execute=True):
            drain()
        return told

    return hand_over


@pytest.fixture
def done(decided):
    decided()
    decided(outcome="no_violation")
    run = running.ask(actor=person("policy"), formats=["jsonl", "parquet"])
    write(run.pk)
    run.refresh_from_db()
    assert run.state == "done"
    return run


def body(answer) -> bytes:
    return b"".join(answer.streaming_content)


def test_from_the_form_to_the_files(decided, signed_in, woken, tmp_path):
    decided()
    policy = signed_in("policy")
    page = policy.get("/exports/").text
    assert "None yet" in page
    assert "What moved since" not in page
    answer = policy.post("/exports/", ASKED)
    run = ExportRun.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/exports/{run.pk}/")
    assert woken() == [run.pk]
    page = policy.get(answer["Location"]).text
    assert "Waits to be written" in page
    assert f'hx-get="/exports/{run.pk}/state/"' in page
    assert "files/" not in page

    write(run.pk)
    page = policy.get(f"/exports/{run.pk}/").text
    run.refresh_from_db()
    assert run.manifest_sha256 in page
    assert "hx-get" not in page.split("<main")[1]
    got = policy.get(f"/exports/{run.pk}/files/")
    data = body(got)
    assert int(got["Content-Length"]) == len(data)
    assert (got["Cache-Control"], got["Content-Type"]) == ("private, no-store", "application/x-tar")
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        tar.extractall(tmp_path / "got")
    manifest = check_export(tmp_path / "got" / f"export-{run.pk}")
    assert (manifest["rows"], manifest["export_id"]) == (1, str(run.export_id))

    for number, file in enumerate(run.files):
        got = policy.get(f"/exports/{run.pk}/files/{number}/")
        assert body(got) == (folder_of(run) / file["path"]).read_bytes()
        assert (got["Cache-Control"], got["X-Content-Type-Options"]) == ("private, no-store", "nosniff")
        assert got["Content-Disposition"].startswith("attachment;")
    downloads = Event.objects.filter(kind="feedback.export_downloaded").order_by("id")
    assert {event.actor_id for event in downloads} == {person("policy").pk}
    assert [event.data["file"] for event in downloads] == ["", *(file["path"] for file in run.files)]
    assert {(event.data["run"], event.data["export"]) for event in downloads} == {
        (run.pk, str(run.export_id))
    }


@pytest.mark.parametrize("who", REFUSED)
def test_nobody_else_downloads_or_learns_anything(done, signed_in, woken, who):
    client = signed_in(who)
    for address in ("", f"{done.pk}/", f"{done.pk}/state/", f"{done.pk}/files/", f"{done.pk}/files/0/"):
        answer = client.get(f"/exports/{address}")
        assert answer.status_code == 403, address
        assert str(done.export_id) not in answer.text
    assert client.post("/exports/", ASKED).status_code == 403
    assert client.post(f"/exports/{done.pk}/stop/").status_code == 403
    assert not Event.objects.filter(kind="feedback.export_downloaded").exists()
    assert (ExportRun.objects.count(), woken()) == (1, [done.pk])


def test_looking_whether_a_file_is_there_is_no_download(done, signed_in):
    policy = signed_in("policy")
    for address in (f"/exports/{done.pk}/files/", f"/exports/{done.pk}/files/0/"):
        assert policy.head(address).status_code == 405
        assert policy.post(address).status_code == 405
    assert policy.get(f"/exports/{done.pk}/files/{len(done.files)}/").status_code == 409
    assert policy.get(f"/exports/{done.pk + 1}/files/0/").status_code == 404
    assert policy.get(f"/exports/{done.pk}/files/../manifest.json").status_code == 404
    assert not Event.objects.filter(kind="feedback.export_downloaded").exists()


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"start": "whole"}, "Choose one of the formats, or several."),
        ({"formats": ["xlsx"], "start": "whole"}, "Choose one of the formats, or several."),
        ({"formats": ["csv"]}, "Choose where it begins."),
        ({"formats": ["csv"], "start": "4711"}, "That export was never finished. Choose another."),
        ({"formats": ["csv"], "start": "whole", "split": "other"}, "There is no split of this name."),
    ],
)
def test_what_the_form_refuses(done, signed_in, woken, sent, said):
    answer = signed_in("admin").post("/exports/", sent)
    assert answer.status_code == 422
    assert said in answer.text
    assert (ExportRun.objects.count(), woken()) == (1, [done.pk])


def test_a_second_one_is_refused_while_one_is_written(done, signed_in, woken):
    run = running.ask(actor=person("admin"), formats=["csv"])
    policy = signed_in("policy")
    assert 'name="formats"' not in policy.get("/exports/").text
    answer = policy.post("/exports/", ASKED)
    assert answer.status_code == 409
    assert (ExportRun.objects.count(), woken()) == (2, [done.pk, run.pk])


def test_an_increment_is_asked_for_by_the_number_of_the_export_before(done, signed_in, woken):
    policy = signed_in("policy")
    assert f"What moved since export {done.pk}" in policy.get("/exports/").text
    policy.post("/exports/", {"formats": ["csv"], "start": str(done.pk), "split": "1"})
    run = ExportRun.objects.latest("pk")
    assert (run.continues_id, run.since, run.split) == (done.pk, done.cursor, "1")


def test_its_state_is_told_until_it_ends(done, signed_in):
    run = running.ask(actor=person("policy"), formats=["csv"])
    policy = signed_in("policy")
    waiting = policy.get(f"/exports/{run.pk}/state/", headers={"HX-Request": "true"})
    assert ("HX-Refresh" in waiting, "Waits to be written" in waiting.text) == (False, True)
    claim(run.pk)
    ExportRun.objects.filter(pk=run.pk).update(rows_done=1234, rows_expected=50_000)
    assert "1,234 of about 50,000 rows" in policy.get(f"/exports/{run.pk}/state/").text
    assert "1,234 of about 50,000 rows" in policy.get("/exports/").text
    assert policy.post(f"/exports/{run.pk}/stop/").status_code == 302
    ended = policy.get(f"/exports/{run.pk}/state/")
    assert ended["HX-Refresh"] == "true"
    assert f"Stopped by {person('policy').pseudonym}." in policy.get(f"/exports/{run.pk}/").text
    again = policy.post(f"/exports/{run.pk}/stop/", follow=True).text
    assert "This export has ended already." in again


def test_what_was_taken_away_says_so(done, signed_in, settings):
    settings.EXPORTS_KEPT_DAYS = 0
    assert running.forget_old() == 1
    policy = signed_in("policy")
    page = policy.get(f"/exports/{done.pk}/").text
    assert "Its files were taken away" in page
    assert f"/exports/{done.pk}/files/" not in page
    assert policy.get(f"/exports/{done.pk}/files/").status_code == 409
    assert "Taken away" in policy.get("/exports/").text


def test_no_page_names_a_folder_or_an_account(done, signed_in, place):
    policy = signed_in("policy")
    for address in ("/exports/", f"/exports/{done.pk}/"):
        page = policy.get(address).text.split("<main")[1].split("</main>")[0]
        assert str(place) not in page
        assert person("policy").pseudonym in page
        assert person("policy").username not in page.replace(person("policy").pseudonym, "")
    assert str(place) not in json.dumps(done.files)


def test_pages_cost_the_same_for_one_and_for_many(done, signed_in, django_assert_num_queries):
    policy = signed_in("policy")

    def costs(address, number):
        with django_assert_num_queries(number):
            assert policy.get(address).status_code == 200

    policy.get("/exports/")  # from here on it is known whose session it is
    costs("/exports/", 5)
    costs(f"/exports/{done.pk}/", 2)
    for _ in range(60):
        ExportRun.objects.create(
            asked_by=person("admin"), formats=["csv"], state="failed", because="x", ended_at=now(),
            asked_at=now() - timedelta(days=1),
        )  # fmt: skip
    costs("/exports/", 5)
    page = policy.get("/exports/").text
    oldest = page.split("?before=")[1].split('"')[0]
    assert f"Export {done.pk}<" not in page
    assert f"Export {done.pk}<" in policy.get(f"/exports/?before={oldest}").text
    assert policy.get("/exports/?before=x").status_code == 200
