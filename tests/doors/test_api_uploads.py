import hashlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from apps.intake.media import limits
from apps.intake.models import Media, Upload
from apps.intake.operations import prepare_due
from tests.doors.programs import ITEM, Program, events, refused, rows
from tests.intake import files


@pytest.fixture(autouse=True)
def shelf(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


@pytest.fixture
def platform(db):
    return Program("ingest")


def upload(platform, data, mime="image/png", name="file", **headers):
    file = SimpleUploadedFile("../../evil.png", data, content_type=mime)
    return Client().post(
        "/api/v1/uploads", {name: file}, headers={"Authorization": f"Bearer {platform.token}", **headers}
    )


def kept(shelf):
    return [path for path in shelf.rglob("*") if path.is_file()]


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_a_picture_is_kept_under_its_hash(platform, shelf, kind):
    data, mime = files.picture(kind), f"image/{kind.lower()}"
    answer = upload(platform, data, mime)
    found, sha256 = Upload.objects.get(), hashlib.sha256(data).hexdigest()
    assert (answer.status_code, answer.json()) == (
        201,
        {"upload_id": found.pk, "sha256": sha256, "mime": mime, "size": len(data)},
    )
    assert [path.relative_to(shelf).as_posix() for path in kept(shelf)] == [f"{sha256[:2]}/{sha256}"]
    assert events() == ["media.uploaded"]


def test_a_film_and_a_sound_are_kept(platform, tmp_path):
    assert upload(platform, files.film(tmp_path), "video/mp4").json()["mime"] == "video/mp4"
    assert upload(platform, files.sound(), "audio/x-wav").json()["mime"] == "audio/wav"


@pytest.mark.parametrize("mime", ["", "application/octet-stream"])
def test_a_file_that_claims_nothing_is_taken_for_what_it_is(platform, mime):
    assert upload(platform, files.picture("WEBP"), mime).json()["mime"] == "image/webp"


KINDS = "JPEG, PNG, WebP, GIF, MP4, WebM, MP3, WAV, OGG and M4A"
SVG = "SVG pictures are refused because they can carry script. Send PNG or WebP instead."
LIES = [
    (
        "a PNG that says it is JPEG",
        files.picture(),
        "image/jpeg",
        "This file calls itself image/jpeg, but by its bytes it is image/png.",
    ),
    (
        "a sound that says it is a film",
        files.sound(),
        "video/mp4",
        "This file calls itself video/mp4, but by its bytes it is audio/wav.",
    ),
    (
        "a picture that says it is a page",
        files.picture(),
        "text/html",
        "This file calls itself text/html, but by its bytes it is image/png.",
    ),
    (
        "a page that says it is a picture",
        b"<!doctype html><script>1</script>",
        "image/png",
        f"By its bytes this is none of {KINDS}.",
    ),
    ("a program", b"\x7fELF" + bytes(200), "image/png", f"By its bytes this is none of {KINDS}."),
    ("an archive", b"PK\x03\x04" + bytes(200), "application/zip", f"By its bytes this is none of {KINDS}."),
    ("an SVG", files.SVG, "image/svg+xml", SVG),
    ("an SVG that says it is PNG", files.SVG, "image/png", SVG),
    ("an SVG in UTF-16", files.SVG.decode().encode("utf-16"), "image/png", SVG),
    ("nothing", b"", "image/png", "The file is empty."),
    (
        "a bomb",
        files.bomb(),
        "image/png",
        "This picture has far more pixels than the 10,000,000 that are opened.",
    ),
    (
        "a bomb of ten million pixels",
        files.bomb(10_000, 1_000),
        "image/png",
        "This picture is 10,000 × 1,000 pixels; only pictures below 10,000,000 are opened.",
    ),
    (
        "a picture cut short",
        files.picture()[:20],
        "image/png",
        "This picture cannot be read: the file is damaged.",
    ),
]


@pytest.mark.parametrize(
    ("data", "mime", "sentence"), [case[1:] for case in LIES], ids=[case[0] for case in LIES]
)
def test_a_file_that_cannot_be_shown_is_refused_and_not_kept(platform, shelf, data, mime, sentence):
    before = rows()
    assert refused(upload(platform, data, mime), 422, "media_refused") == (sentence, {})
    assert rows() == before
    assert kept(shelf) == []


def test_a_bomb_is_never_decoded(platform, monkeypatch):
    monkeypatch.setattr("PIL.ImageFile.ImageFile.load", lambda self: pytest.fail("decoded"))
    refused(upload(platform, files.bomb()), 422, "media_refused")


def test_a_file_beyond_its_kinds_size_is_refused(platform, shelf, monkeypatch):
    monkeypatch.setitem(limits.DEFAULTS, "MEDIA_IMAGE_BYTES", 100)
    before = rows()
    sentence, _ = refused(upload(platform, files.picture()), 413, "media_refused")
    assert sentence == "This file is larger than 100 bytes."
    sentence, _ = refused(upload(platform, files.picture(), ""), 413, "media_refused")
    assert sentence.endswith("bytes; for image/png at most 100 are taken.")
    assert rows() == before
    assert kept(shelf) == []


def test_a_form_beyond_every_size_is_refused_before_it_is_read(platform, monkeypatch):
    for kind in ("IMAGE", "AUDIO", "VIDEO"):
        monkeypatch.setitem(limits.DEFAULTS, f"MEDIA_{kind}_BYTES", 100)
    before = rows()
    sentence, _ = refused(upload(platform, bytes(100_000)), 413, "too_large")
    assert sentence == "A file may have at most 100 bytes."
    assert rows() == before


def test_exactly_one_file_is_expected(platform):
    before = rows()
    _, errors = refused(upload(platform, files.picture(), name="picture"), 422, "invalid")
    assert errors == {"file": "Send exactly one file under this name."}
    assert rows() == before


def test_a_form_that_cannot_be_read_is_refused(platform):
    answer = platform.post("/uploads", b"x", content_type="multipart/form-data")
    assert refused(answer, 400, "not_json")[0] == "This form cannot be read."


def test_sending_a_file_again_under_the_same_key_keeps_one_upload(platform):
    first = upload(platform, files.picture(), **{"Idempotency-Key": "k1"})
    again = upload(platform, files.picture(), **{"Idempotency-Key": "k1"})
    assert again.json() == first.json()
    refused(
        upload(platform, files.picture("GIF"), "image/gif", **{"Idempotency-Key": "k1"}),
        409,
        "idempotency_key_used",
    )
    assert Upload.objects.count() == 1


def test_an_uploaded_file_becomes_the_items(platform):
    sent = upload(platform, files.picture()).json()
    media = [{"upload_id": sent["upload_id"], "mime": "image/png", "sha256": sent["sha256"], "alt": "a wall"}]
    platform.put({**ITEM, "kind": "image", "media": media})
    prepare_due()
    found = Media.objects.get()
    assert (found.state, found.sha256, found.alt) == ("ready", sent["sha256"], "a wall")
    assert events() == ["media.uploaded", "item.received", "item.prepared"]
