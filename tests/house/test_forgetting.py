"""Bytes of what was forgotten leave the disk, and nothing else does: what a row points to, and what is on its way, stays."""

import hashlib
import os
import threading
import time
from contextlib import suppress
from datetime import timedelta

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections
from django.test import Client
from django.utils.timezone import now

from apps.authority.documents import keep, path_of
from apps.authority.models import Document
from apps.board.models import SealedFile
from apps.errors import NotFound
from apps.intake.media.places import full_path, place_of
from apps.intake.models import ItemContent, Media, Upload
from apps.intake.operations import keep_upload, prepare_due
from apps.intake.queries import media_file
from apps.ledger.models import Event
from reviewqueue.forgetting import POINTS, let_go
from tests import make
from tests.doors.programs import Program
from tests.intake import files


@pytest.fixture(autouse=True)
def shelf(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


def age(shelf, hours=2) -> None:
    """As if everything on the shelf had been put down some hours ago."""
    for path in shelf.rglob("*"):
        if path.is_file():
            os.utime(path, (time.time() - hours * 3600,) * 2)


def lying(shelf) -> list[str]:
    return sorted(path.name for path in shelf.rglob("*") if path.is_file())


def shown(program, data, name) -> Media:
    """An item with a picture that a program uploaded, prepared by a worker."""
    file = SimpleUploadedFile("a.png", data, content_type="image/png")
    headers = {"Authorization": f"Bearer {program.token}"}
    upload = Client().post("/api/v1/uploads", {"file": file}, headers=headers).json()["upload_id"]
    item = {
        "source": "demo", "external_id": name, "kind": "image", "text": "see this",
        "media": [{"upload_id": upload, "mime": "image/png"}],
    }  # fmt: skip
    made = program.put(item).json()["item_id"]
    prepare_due()
    return Media.objects.get(item=made)


def erased(media: Media) -> None:
    ItemContent.objects.filter(item=media.item_id).update(text="", context=[], erased_at=now())


def test_the_picture_of_erased_content_leaves_the_disk_with_all_that_was_made_of_it(db, shelf):
    program = Program("ingest")
    media = shown(program, files.picture("PNG"), "p1")
    media_file(media, "covered")  # kept beside the file once it was asked for
    assert len(lying(shelf)) == 2
    age(shelf)
    assert let_go() == 0
    erased(media)
    assert let_go() == 0  # a change that began before may still carry it on
    media.refresh_from_db()
    assert (media.file, media.veil, media.state) == ("", "", "refused")
    assert media.sha256 == hashlib.sha256(files.picture("PNG")).hexdigest()  # the hash stays
    with pytest.raises(NotFound):
        media_file(media)
    age(shelf)
    assert (let_go(), let_go()) == (2, 0)
    assert lying(shelf) == []
    [event] = Event.objects.filter(kind="files.forgotten")
    assert event.data["files"] == 2
    assert event.data["bytes"] > 0


def test_a_file_that_another_row_uses_stays_and_is_shown(db, shelf):
    program = Program("ingest")
    first, other = (shown(program, files.picture("PNG"), name) for name in ("p1", "p2"))
    erased(first)
    for _ in range(2):
        let_go()
        age(shelf)
    other.refresh_from_db()
    path, _ = media_file(other)
    assert path.read_bytes() == files.picture("PNG")
    assert not Event.objects.filter(kind="files.forgotten").exists()
    erased(other)
    let_go()
    age(shelf)
    assert let_go() == 1


def test_what_was_just_put_down_and_what_is_on_its_way_is_left_and_what_was_left_behind_is_not(db, shelf):
    keep_upload([files.picture("PNG")], declared="image/png", key=None)
    Upload.objects.all().delete()
    (shelf / "arriving-now").write_bytes(b"half a")
    assert let_go() == 0
    assert len(lying(shelf)) == 2
    age(shelf)
    (shelf / "arriving-later").write_bytes(b"half a")
    assert let_go() == 1
    assert lying(shelf) == ["arriving-later"]


def test_an_upload_waits_a_year_for_whoever_names_it(db, shelf):
    upload = keep_upload([files.picture("PNG")], declared="image/png", key=None)
    age(shelf)
    assert let_go() == 0
    Upload.objects.filter(pk=upload.pk).update(created_at=now() - timedelta(days=366))
    assert let_go() == 1


def test_documents_stay_as_long_as_their_request_and_what_no_request_has_goes(db, shelf, legal):
    make.house()
    kept = keep([b"%PDF-1.7 an order"], name="order.pdf")
    assert not Document.objects.exists()
    assert not SealedFile.objects.exists()
    age(shelf)
    assert path_of(kept.sha256).exists()
    assert let_go() == 1
    assert not path_of(kept.sha256).exists()


def test_what_a_sweep_that_died_had_put_aside_is_put_back_and_looked_at_again(db, shelf):
    media = shown(Program("ingest"), files.picture("PNG"), "p1")
    place = full_path(media.file)
    long_ago, stray = f"leaving-1-{'0' * 16}-", place.name[:2] + "0" * 62
    place.rename(place.with_name(f"{long_ago}{place.name}"))
    place.with_name(f"{long_ago}{stray}").write_bytes(b"x")
    living = place.with_name(f"leaving-{time.time():.0f}-{'1' * 16}-{stray}")  # another is at it
    living.write_bytes(b"x")
    age(shelf)
    assert let_go() == 0
    assert media_file(media)[0].read_bytes() == files.picture("PNG")
    age(shelf)
    assert let_go() == 1
    assert lying(shelf) == sorted([place.name, living.name])


def test_what_was_made_anew_of_bytes_that_were_put_down_again_is_left(db, shelf):
    media = shown(Program("ingest"), files.picture("PNG"), "p1")
    media_file(media, "covered")
    erased(media)
    let_go()
    age(shelf)
    made, _ = media_file(shown(Program("ingest"), files.picture("PNG"), "p2"), "covered")
    made.touch()
    assert let_go() == 0
    assert made.exists()


def test_every_table_that_points_to_a_file_is_asked():
    asked = " ".join(question for questions in POINTS.values() for question in questions)
    pointing = [
        model._meta.db_table
        for model in apps.get_models()
        if {"file", "sha256"} <= {field.name for field in model._meta.get_fields()}
    ]
    assert len(pointing) == 6
    assert [table for table in pointing if f"FROM {table} " not in asked] == []


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
def test_whoever_puts_the_same_bytes_down_while_they_are_let_go_of_finds_them(shelf):
    data = files.picture("PNG")
    place, troubles, over = full_path(place_of(hashlib.sha256(data).hexdigest())), [], threading.Event()

    def sweep():
        try:
            while not over.is_set():
                let_go()
        except Exception as trouble:
            troubles.append(trouble)
        finally:
            connections.close_all()

    def there() -> bool:
        """A sweep that had put it aside puts it back at once."""
        for _ in range(200):
            with suppress(FileNotFoundError):
                return place.read_bytes() == data
            time.sleep(0.01)
        return False

    def put_down():
        try:
            for _ in range(40):
                keep_upload([data], declared="image/png", key=None)
                if not there():
                    troubles.append("a row points to a file that is gone")
                with suppress(FileNotFoundError):  # nobody points to it any more, and it lies there for long
                    Upload.objects.all().delete()
                    os.utime(place, (time.time() - 7200,) * 2)
            keep_upload([data], declared="image/png", key=None)
        except Exception as trouble:
            troubles.append(trouble)
        finally:
            over.set()
            connections.close_all()

    threads = [threading.Thread(target=one) for one in (sweep, sweep, put_down)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert troubles == []
    assert place.read_bytes() == data
