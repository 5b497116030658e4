import pytest

from apps.intake.errors import MediaRefused
from apps.intake.media.sniffing import sniff

HEADS = {
    "audio/mpeg": [b"ID3\x04\0\0", b"\xff\xfb\x90\x64", b"\xff\xf3\x48\xc4"],
    "audio/ogg": [b"OggS\0\x02"],
    "audio/mp4": [b"\0\0\0\x20ftypM4A \0\0\0\0M4A mp42isom"],
    "video/mp4": [
        b"\0\0\0\x18ftyp" + brand + b"\0\0\0\0" for brand in (b"isom", b"mp42", b"dash", b"iso5", b"cmfc")
    ],
    "video/webm": [
        b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\xf7\x81\x01\x42\xf2\x81\x04\x42\xf3\x81\x08\x42\x82\x84webm"
    ],
}


@pytest.fixture
def look(tmp_path):
    def look(head, declared=""):
        path = tmp_path / "file"
        path.write_bytes(head + bytes(300))
        return sniff(path, declared)

    return look


@pytest.mark.parametrize(("mime", "head"), [(mime, head) for mime, heads in HEADS.items() for head in heads])
def test_sounds_and_films_are_known_by_their_bytes(look, mime, head):
    assert look(head) == look(head, mime) == mime


@pytest.mark.parametrize(
    ("declared", "mime"),
    [
        ("audio/mp3", "audio/mpeg"),
        ("application/ogg", "audio/ogg"),
        ("audio/x-m4a", "audio/mp4"),
        ("video/mp4; codecs=avc1", "video/mp4"),
    ],
)
def test_other_names_of_the_same_kind_are_no_lie(look, declared, mime):
    assert look(HEADS[mime][0], declared) == mime


def test_a_sound_may_lie_in_a_box_for_films(look):
    assert look(HEADS["video/mp4"][0], "audio/mp4") == "audio/mp4"
    with pytest.raises(MediaRefused, match="calls itself video/mp4"):
        look(HEADS["audio/mp4"][0], "video/mp4")


@pytest.mark.parametrize(
    "head",
    [b"\x1a\x45\xdf\xa3\x93\x42\x82\x88matroska", b"\0\0\0\x14ftypqt  ", b"\0\0\0\x1cftypavif\0\0\0\0avifmif1",
     b"%PDF-1.7", b"II*\0", b"BM", b"RIFF\0\0\0\0AVI LIST"],
)  # fmt: skip
def test_kinds_no_browser_here_shows_are_refused(look, head):
    with pytest.raises(MediaRefused, match="By its bytes this is none of JPEG"):
        look(head)
