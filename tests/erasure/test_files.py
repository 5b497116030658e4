"""Media of erased content are shown to nobody from that moment on; their files leave the disk when nobody else shows them."""

import pytest

from apps.erasure.operations import erase
from apps.errors import NotFound
from apps.intake.models import Media
from apps.intake.operations import prepare_due
from apps.intake.queries import media_file
from reviewqueue.forgetting import let_go
from tests import make
from tests.doors.programs import Program
from tests.house.test_forgetting import age, lying, shown
from tests.intake import files

PNG = files.picture("PNG")


@pytest.fixture(autouse=True)
def shelf(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


def erased(media: Media) -> None:
    erase(item_id=media.item_id, because="person", key_id=1)
    media.refresh_from_db()


def test_nobody_is_shown_a_picture_from_that_moment_on_and_it_leaves_the_disk(db, shelf):
    media = shown(Program("ingest"), PNG, "p1")
    Media.objects.update(alt="A cat.", transcript="It says miaow.")
    media_file(media, "covered")
    hashes = media.sha256, media.pdq
    erased(media)
    assert (media.file, media.veil, media.alt, media.transcript, media.state, media.refused_reason) == (
        "", "", "", "", "refused", "It was erased.",
    )  # fmt: skip
    assert (media.sha256, media.pdq) == hashes
    for which in ("original", "covered"):
        with pytest.raises(NotFound):
            media_file(media, which)
    age(shelf)
    assert let_go() == 2
    assert lying(shelf) == []


def test_the_same_file_of_somebody_else_is_shown_on(db, shelf):
    program = Program("ingest")
    mine, theirs = shown(program, PNG, "p1"), shown(program, PNG, "p2")
    erased(mine)
    age(shelf)
    assert let_go() == 0
    theirs.refresh_from_db()
    assert (theirs.state, len(lying(shelf))) == ("ready", 1)
    media_file(theirs)


def test_a_file_that_was_still_being_prepared_is_not_shown_afterwards(db, shelf):
    made = make.item(kind="image")
    media = Media.objects.create(
        item=made, revision=1, position=0, url="https://media.example/1.png", mime="image/png"
    )
    erased(media)
    assert prepare_due() == 0
    assert (media.state, media.file) == ("refused", "")
