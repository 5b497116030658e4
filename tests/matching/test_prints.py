"""Fingerprints survive what changes nothing, and tell apart what is another thing."""

import io

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageOps

from apps.intake.media.pictures import fingerprint, without_bars
from apps.matching.prints import alike, letters_of, text_print, usable_frames

BICUBIC = Image.Resampling.BICUBIC
ENGLISH = "Meet me behind the old station tonight, and bring nobody with you."
KHMER = "សូមមកជួបខ្ញុំនៅក្រោយស្ថានីយចាស់យប់នេះ ហើយកុំនាំអ្នកណាមកជាមួយ"
VIETNAMESE = "Hãy gặp tôi sau nhà ga cũ tối nay và đừng dẫn ai theo cùng."
INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e\u202e\ufe0f\u034f\u17b5"
SIGNS = " .,!?…—-_*~។៕៖«»\n\t🙂"


def bits(one: str, other: str) -> int:
    return (int(one, 16) ^ int(other, 16)).bit_count()


@given(st.sampled_from([ENGLISH, KHMER, VIETNAMESE]), st.data())
@settings(max_examples=80)
def test_signs_spaces_and_what_is_invisible_change_nothing(text, data):
    places = data.draw(
        st.lists(st.tuples(st.integers(0, len(text)), st.sampled_from(INVISIBLE + SIGNS)), max_size=12)
    )
    changed = text
    for place, sign in sorted(places, reverse=True):
        changed = changed[:place] + sign + changed[place:]
    assert text_print(changed) == text_print(text)


@pytest.mark.parametrize(
    "changed",
    [
        ENGLISH.upper(),
        ENGLISH.replace(" ", ""),
        "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in ENGLISH),  # full-width letters
        "Méet me behind the old státion tonight and bring nobody with you",
    ],
)
def test_case_width_and_accents_change_nothing(changed):
    assert text_print(changed) == text_print(ENGLISH)


def test_khmer_signs_typed_in_another_order_are_the_same_text():
    assert text_print("ស្រ្តីក្រមុំទៅផ្សារព្រឹកនេះ") == text_print("ស្ត្រីក្រមុំទៅផ្សារព្រឹកនេះ")
    assert "\u17d2" in letters_of(KHMER)


def test_a_word_more_stays_near_and_another_text_is_far():
    long = " ".join(f"{ENGLISH} part {n}" for n in range(12))
    assert bits(text_print(long), text_print(long + " now")) <= 31
    for other in (
        KHMER,
        VIETNAMESE,
        "The committee publishes its yearly report on road safety in the spring.",
    ):
        assert bits(text_print(ENGLISH), text_print(other)) > 80


def test_a_text_that_says_too_little_has_no_fingerprint():
    assert text_print("ok!!! 👍👍") == ""
    assert text_print("\u200b" * 500) == ""
    assert len(text_print("x" * 200_000)) == 64


def photograph(seed: int) -> Image.Image:
    """Something with the large and small shapes of a photograph, the same for the same seed."""
    dice = numpy.random.default_rng(seed)
    layers = [
        numpy.asarray(
            Image.fromarray(dice.integers(0, 255, (size, size, 3), dtype=numpy.uint8)).resize((640, 480), BICUBIC),
            dtype=float,
        )
        * weight
        for size, weight in ((3, 0.45), (7, 0.3), (19, 0.17), (60, 0.08))
    ]  # fmt: skip
    return Image.fromarray(sum(layers).clip(0, 255).astype(numpy.uint8))


def recompressed(picture: Image.Image) -> Image.Image:
    told = io.BytesIO()
    picture.save(told, "JPEG", quality=30)
    return Image.open(io.BytesIO(told.getvalue())).convert("RGB")


def print_of(picture: Image.Image) -> str:
    inner = without_bars(picture)
    return fingerprint(picture)[0] + (fingerprint(inner)[0] if inner else "")


@pytest.mark.parametrize(
    "manipulated",
    [
        lambda picture: picture.resize((311, 233)),
        recompressed,
        lambda picture: recompressed(ImageOps.expand(picture, (0, 90), "black")),
        lambda picture: recompressed(ImageOps.expand(picture, (120, 0), (30, 90, 160))),
    ],
    ids=["resized", "recompressed", "letterboxed", "pillarboxed"],
)
def test_a_picture_stays_the_same_when_it_is(manipulated):
    for seed in range(4):
        original = photograph(seed)
        like = alike(print_of(original), print_of(manipulated(original)))
        assert like is not None
        assert like.distance <= 31


def test_unrelated_pictures_are_not_alike():
    prints = [print_of(photograph(seed)) for seed in range(12)]
    assert all(alike(one, other) is None for n, one in enumerate(prints) for other in prints[:n])


def test_a_film_is_its_frames_and_a_clip_of_it_is_only_part():
    frames = [fingerprint(photograph(seed)) for seed in range(9)]
    whole = usable_frames([*frames, ("0" * 64, 10), ("", None)])
    assert len(whole) == 9 * 64
    again = usable_frames([fingerprint(recompressed(photograph(seed))) for seed in range(9)])
    assert alike(whole, again).whole
    clip = alike(whole, usable_frames(frames[:3]))
    assert (clip.whole, round(clip.share, 2)) == (False, 0.33)
