import hashlib
import time
from datetime import timedelta

import pytest
import time_machine
from django.utils.timezone import now

from apps.errors import NotFound
from apps.intake import queries
from apps.intake.lines import ItemLine
from apps.intake.media import fetching
from apps.intake.models import Item, Media, Upload
from apps.intake.operations import keep_upload, prepare_due, receive
from apps.ledger.models import Event
from tests.intake import files


@pytest.fixture(autouse=True)
def shelf(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


def uploaded(data, declared):
    return keep_upload([data], declared=declared, key=None)


def post(media, name="p1", text="see this", kind="image"):
    item = {"source": "demo", "external_id": name, "kind": kind, "text": text, "media": media}
    return receive([ItemLine(item=item)], key=None)[0].item_id


def kinds(*about):
    return list(Event.objects.filter(kind__in=about).order_by("id").values_list("kind", "item_id"))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_a_picture_is_checked_fingerprinted_and_veiled(db, kind):
    data, mime = files.picture(kind), f"image/{kind.lower()}"
    item = post([{"upload_id": uploaded(data, mime).pk, "mime": mime}])
    assert prepare_due() == 1
    media = Media.objects.get()
    assert (media.state, media.mime, media.width, media.height) == ("ready", mime, 64, 48)
    assert media.sha256 == hashlib.sha256(data).hexdigest()
    assert len(media.pdq) == 64
    assert 0 <= media.pdq_quality <= 100
    assert media.veil.startswith("data:image/webp;base64,")
    assert len(media.veil) < 1000
    path, served = queries.media_file(media, "original")
    assert (path.read_bytes(), served) == (data, mime)
    assert kinds("item.prepared") == [("item.prepared", item)]


def test_a_film_gets_nine_frames_and_a_veil_of_its_first(db, tmp_path):
    item = post(
        [{"upload_id": uploaded(files.film(tmp_path), "video/mp4").pk, "mime": "video/mp4"}], kind="video"
    )
    prepare_due()
    media = Media.objects.get()
    assert (media.state, media.width, media.height, media.duration_s, media.frames) == (
        "ready",
        160,
        120,
        3.0,
        9,
    )
    assert media.frame_offsets == [100, 500, 800, 1100, 1500, 1800, 2100, 2500, 2800]
    assert media.veil.startswith("data:image/webp;base64,")
    for number in range(1, 10):
        path, mime = queries.media_file(media, f"frame-{number}")
        assert mime == "image/webp"
        assert path.stat().st_size > 0
    assert kinds("item.prepared") == [("item.prepared", item)]


def test_a_film_of_ten_hours_costs_no_more_than_any_other(db, tmp_path):
    """Nine frames are looked up where they lie, over its whole length; how many there are is said beside it."""
    data = files.film(tmp_path, frames=3600, size=(64, 48), rate=0.1)
    post([{"upload_id": uploaded(data, "video/mp4").pk, "mime": "video/mp4"}], kind="video")
    since = time.monotonic()
    prepare_due()
    assert time.monotonic() - since < 10
    media = Media.objects.get()
    assert (media.state, media.duration_s, media.frames) == ("ready", 36_000.0, 9)
    assert len(media.frame_pdqs) <= 9
    assert media.frame_offsets == [2_000_000 + 4_000_000 * n for n in range(9)]


def test_a_sound_gets_a_drawn_waveform_and_its_length(db):
    post([{"upload_id": uploaded(files.sound(2), "audio/wav").pk, "mime": "audio/wav"}], kind="audio")
    prepare_due()
    media = Media.objects.get()
    assert (media.state, media.mime, media.duration_s, media.frames) == ("ready", "audio/wav", 2.0, 0)
    assert media.veil.startswith("data:image/webp;base64,")


def test_a_film_that_is_cut_short_is_refused(db, tmp_path):
    data = files.film(tmp_path)[:600]
    post([{"upload_id": uploaded(data, "video/mp4").pk, "mime": "video/mp4"}], kind="video")
    prepare_due()
    media = Media.objects.get()
    assert media.state == "refused"
    assert media.refused_reason == "This film cannot be read: the file is damaged."


def test_a_file_that_is_not_the_one_announced_is_refused(db, shelf):
    upload = uploaded(files.picture(), "image/png")
    item = post([{"upload_id": upload.pk, "mime": "image/png", "sha256": "0" * 64}])
    prepare_due()
    media = Media.objects.get()
    assert media.state == "refused"
    assert media.refused_reason == "This is not the file that was announced: its SHA-256 is another one."
    assert kinds("media.refused", "item.prepared") == [("media.refused", item), ("item.prepared", item)]
    with pytest.raises(NotFound, match="not ready to be shown"):
        queries.media_file(media, "original")


def test_an_item_that_lies_about_its_uploaded_file_is_refused(db):
    post([{"upload_id": uploaded(files.picture(), "image/png").pk, "mime": "video/mp4"}], kind="video")
    prepare_due()
    assert (
        Media.objects.get().refused_reason
        == "This file calls itself video/mp4, but by its bytes it is image/png."
    )


def test_an_item_is_announced_once_when_its_last_file_is_settled(db):
    one, two = (uploaded(files.picture(colour=colour), "image/png").pk for colour in [(1, 2, 3), (9, 8, 7)])
    item = post([{"upload_id": one, "mime": "image/png"}, {"upload_id": two, "mime": "image/png"}])
    assert prepare_due(1) == 1
    assert kinds("item.prepared") == []
    assert prepare_due() == 1
    assert kinds("item.prepared") == [("item.prepared", item)]
    assert prepare_due() == 0


def test_a_changed_text_keeps_the_files_that_are_ready(db):
    upload = uploaded(files.picture(), "image/png")
    media = [{"upload_id": upload.pk, "mime": "image/png"}]
    item = post(media)
    prepare_due()
    post(media, text="edited")
    receive(
        [ItemLine(item={"source": "demo", "external_id": "p1", "kind": "image", "text": "again"})], key=None
    )
    assert list(Media.objects.order_by("revision").values_list("revision", "state")) == [
        (1, "ready"), (2, "ready"), (3, "ready"),
    ]  # fmt: skip
    assert kinds("item.prepared") == [("item.prepared", item)] * 3


@pytest.fixture
def away(monkeypatch):
    """A server that never answers; how often it was asked."""
    asked = []

    def connect(self, host, port, *rest):
        asked.append(host)
        raise fetching.httpcore.ConnectError("refused")

    monkeypatch.setattr(fetching.httpcore.SyncBackend, "connect_tcp", connect)
    monkeypatch.setattr(
        fetching.socket, "getaddrinfo", lambda *a, **k: [(0, 0, 0, "", ("93.184.215.14", 443))]
    )
    return asked


def test_a_file_that_cannot_be_fetched_is_tried_three_times_and_then_refused(db, away):
    item = post([{"url": "https://files.example/a.png", "mime": "image/png"}])
    with time_machine.travel(now(), tick=False) as clock:
        tried = []
        for _ in range(12):
            tried.append(prepare_due())
            clock.shift(timedelta(seconds=5))
    assert tried == [1, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0]
    media = Media.objects.get()
    assert (media.state, media.refused_reason) == (
        "refused",
        "The server did not answer in full. Tried 3 times.",
    )
    assert away == ["93.184.215.14"] * 3
    assert kinds("item.prepared") == [("item.prepared", item)]


def test_a_file_whose_worker_died_is_prepared_by_another(db):
    post([{"upload_id": uploaded(files.picture(), "image/png").pk, "mime": "image/png"}])
    Media.objects.update(attempts=1, try_at=now() + timedelta(minutes=5))
    assert prepare_due() == 0
    with time_machine.travel(now() + timedelta(minutes=6)):
        assert prepare_due() == 1
    assert Media.objects.get().state == "ready"


def test_a_file_that_kills_its_workers_is_refused_in_the_end(db):
    post([{"upload_id": uploaded(files.picture(), "image/png").pk, "mime": "image/png"}])
    Media.objects.update(attempts=3)
    prepare_due()
    assert Media.objects.get().refused_reason == "Preparing this file failed again and again."


def test_an_unexpected_fault_is_noted_and_tried_again(db, monkeypatch):
    post([{"upload_id": uploaded(files.picture(), "image/png").pk, "mime": "image/png"}])
    monkeypatch.setattr("apps.intake.media.making.make", lambda taken: 1 / 0)
    assert prepare_due() == 1
    assert (Media.objects.get().state, Media.objects.get().attempts) == ("preparing", 1)


@pytest.mark.parametrize("variant", ["frame-1", "frame-10", "../secret", "", "veil"])
def test_only_files_that_exist_are_served(db, variant):
    post([{"upload_id": uploaded(files.picture(), "image/png").pk, "mime": "image/png"}])
    prepare_due()
    with pytest.raises(NotFound):
        queries.media_file(Media.objects.get(), variant)


def test_the_same_bytes_are_kept_once(db, shelf):
    first, second = (uploaded(files.picture(), "image/png") for _ in range(2))
    assert (first.file, Upload.objects.count()) == (second.file, 2)
    assert [path.name for path in shelf.rglob("*") if path.is_file()] == [first.sha256]
    assert Item.objects.count() == 0
