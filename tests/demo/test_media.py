"""The stand-in media are what their type says, small, made the same each time, and unlike each other."""

import io
import wave
from pathlib import Path

import cv2
import numpy as np
import pdqhash
import pytest
from PIL import Image

from reviewqueue.demo import lettering
from reviewqueue.demo.content import DemoCase, demo_cases, media_files
from reviewqueue.demo.media import BadRecipe, make_media, mime_of

SAME_PICTURE_AT_MOST = 31  # bits of a PDQ hash, the distance at which matching speaks of the same picture

PICTURE = {"make": "picture", "scene": "poster", "tint": "sea", "lines": ["VOTE"]}
VIDEO = {
    "make": "video",
    "scene": "street",
    "tint": "rain",
    "motion": "walk",
    "caption": "ថ្ងៃនេះ",
    "seconds": 4,
}
SOUND = {"make": "sound", "rhythm": "melody", "pitch": 220, "seconds": 4}


@pytest.fixture(scope="module")
def made() -> list[tuple[DemoCase, bytes, str]]:
    return [(case, data, mime) for case in demo_cases() for data, mime in media_files(case)]


def test_only_what_can_have_media_has_them_and_always_does() -> None:
    makes = {"image": {"picture"}, "video": {"video"}, "live": {"video"}, "audio": {"sound"}}
    for case in demo_cases():
        assert {medium.make for medium in case.media} == makes.get(case.kind, set()), case.key


def test_every_file_is_what_its_type_says_and_small(
    made: list[tuple[DemoCase, bytes, str]], tmp_path: Path
) -> None:
    for case, data, mime in made:
        assert mime == mime_of(case.media[0].full_recipe)
        assert len(data) <= 200_000, case.key
        if mime.startswith("image/"):
            with Image.open(io.BytesIO(data)) as picture:
                picture.load()
                assert (Image.MIME[picture.format or ""], picture.size) == (mime, (640, 400))
        elif mime == "video/webm":
            frames, size, codec = read_clip(data, tmp_path)
            assert data.startswith(b"\x1a\x45\xdf\xa3")
            assert (size, codec) == ((320, 180), "VP80")
            assert frames / 8 == case.media[0].recipe["seconds"]
        else:
            assert len(data) <= 100_000, case.key
            with wave.open(io.BytesIO(data)) as sound:
                assert (sound.getnchannels(), sound.getframerate(), sound.getsampwidth()) == (1, 8000, 2)
                assert sound.getnframes() / 8000 == case.media[0].recipe["seconds"]


def read_clip(data: bytes, folder: Path) -> tuple[int, tuple[int, int], str]:
    path = folder / "clip.webm"
    path.write_bytes(data)
    clip = cv2.VideoCapture(str(path))
    size = (int(clip.get(cv2.CAP_PROP_FRAME_WIDTH)), int(clip.get(cv2.CAP_PROP_FRAME_HEIGHT)))
    codec = int(clip.get(cv2.CAP_PROP_FOURCC)).to_bytes(4, "little").decode()
    frames = 0
    while clip.grab():
        frames += 1
    clip.release()
    return frames, size, codec


def test_pictures_differ_visibly_except_near_duplicates(made: list[tuple[DemoCase, bytes, str]]) -> None:
    hashes = {}
    for case, data, mime in made:
        if mime.startswith("image/"):
            pixels = np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))
            hashes[case.key], quality = pdqhash.compute(pixels)
            assert quality >= 50, case.key
    originals = {case.key: case.near_duplicate_of for case, _, _ in made}
    alike = {
        (one, other)
        for one in hashes
        for other in hashes
        if one < other and int((hashes[one] != hashes[other]).sum()) <= SAME_PICTURE_AT_MOST
    }

    assert alike == {
        tuple(sorted((copy, original))) for copy, original in originals.items() if original and copy in hashes
    }


@pytest.mark.parametrize("recipe", [PICTURE, VIDEO, SOUND], ids=["picture", "video", "sound"])
def test_the_same_recipe_and_seed_make_the_same_bytes_and_another_seed_others(
    recipe: dict[str, object],
) -> None:
    first = make_media(recipe, seed="one/0")

    assert make_media(recipe, seed="one/0") == first
    assert make_media(recipe, seed="two/0") != first


def test_a_clip_moves(tmp_path: Path) -> None:
    for motion in ("walk", "traffic", "rain", "pulse", "drift", "shake"):
        path = tmp_path / f"{motion}.webm"
        path.write_bytes(make_media({**VIDEO, "motion": motion}, seed="one/0")[0])
        clip = cv2.VideoCapture(str(path))
        _, first = clip.read()
        clip.set(cv2.CAP_PROP_POS_FRAMES, 16)
        _, later = clip.read()
        clip.release()

        assert np.abs(first.astype(int) - later.astype(int)).mean() > 0.3, motion


def test_every_sound_can_be_heard_and_does_not_clip() -> None:
    for rhythm in ("speech", "drum", "melody", "alarm", "calm"):
        data, _ = make_media({**SOUND, "rhythm": rhythm}, seed="one/0")
        track = np.frombuffer(data[44:], "<i2")

        assert 3_000 < np.abs(track.astype(int)).max() < 32_000, rhythm


def test_making_a_clip_says_nothing_on_standard_error(capfd: pytest.CaptureFixture[str]) -> None:
    make_media(VIDEO, seed="one/0")

    assert capfd.readouterr().err == ""


@pytest.mark.parametrize(
    ("recipe", "words"),
    [
        ({"scene": "street"}, "make: None is none of picture, video, sound"),
        ({**PICTURE, "motion": "walk"}, "picture: unknown motion"),
        ({**PICTURE, "scene": "moon"}, "scene: 'moon' is none of street"),
        ({**PICTURE, "tint": "red"}, "tint: 'red' is none of dawn"),
        ({**VIDEO, "seconds": 60}, "seconds: 60 is none of 4, 5, 6"),
        ({**SOUND, "rhythm": "jazz"}, "rhythm: 'jazz' is none of speech"),
    ],
)
def test_an_unknown_recipe_is_refused_before_anything_is_made(recipe: dict[str, object], words: str) -> None:
    with pytest.raises(BadRecipe, match=words):
        make_media(recipe, seed="one/0")


def test_vietnamese_keeps_its_marks_and_unknown_letters_are_left_out() -> None:
    assert lettering.plain("Chúc mừng năm mới, được ₫ €") == "Chúc mừng năm mới, được ₫ €"
    assert lettering.plain("ok 🎁!") == "ok !"


def test_without_a_khmer_font_a_bar_stands_for_khmer_words(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(lettering, "KHMER_FONTS", tmp_path)
    lettering.khmer_font.cache_clear()
    try:
        assert [font is None for _, font in lettering.runs("ខ្មែរ A", 20)] == [True, False]
        assert make_media({**PICTURE, "lines": ["ខ្មែរ"]}, seed="one/0")[1] == "image/png"
    finally:
        lettering.khmer_font.cache_clear()


def test_with_the_sites_font_khmer_is_shaped() -> None:
    font = lettering.khmer_font(40)

    assert font is not None
    shaped, unshaped = font.getlength("ស្ត្រី"), sum(font.getlength(letter) for letter in "ស្ត្រី")
    assert shaped < unshaped
