"""When in a film: a match of a frame says at which second it is shown, wherever the match is told of."""

import cv2
import numpy
import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from apps.decisions.models import Decision
from apps.intake.lines import ItemLine
from apps.intake.media.pictures import fingerprint
from apps.intake.models import Item, Media
from apps.intake.operations import keep_upload, prepare_due, receive
from apps.ledger.models import Event
from apps.ledger.operations import drain, record
from apps.matching import operations
from apps.matching.models import Match, Print
from apps.matching.prints import clock, usable_frames, usable_places
from apps.queues.models import Case
from apps.queues.operations import claim_next
from apps.wellbeing.operations import start_shift
from tests.detectors.conftest import FINE, answer
from tests.doors.programs import Program, refused
from tests.matching.conftest import HASH, bank, entry, flipped, sent
from tests.matching.test_prints import photograph


def frames(*hashes, quality=90):
    return [[one, quality] for one in hashes]


def far(n: int) -> str:
    """Hashes that are near to none of the others."""
    return flipped("0f" * 32, 40 * n)


def film(pdqs, offsets, **fields) -> Item:
    """A film as a worker has prepared it."""
    item = sent(kind="video", **fields)
    Media.objects.create(
        item=item, revision=item.revision, position=0, mime="video/mp4", state="ready", file="x",
        sha256=f"{item.pk:064x}", frame_pdqs=pdqs, frame_offsets=offsets, frames=len(pdqs),
    )  # fmt: skip
    with transaction.atomic():
        record("item.prepared", actor=None, item=item, revision=item.revision)
    return item


@pytest.mark.parametrize(
    ("milliseconds", "said"),
    [
        (0, "0:00"),
        (999, "0:00"),
        (12_000, "0:12"),
        (61_500, "1:01"),
        (3_723_000, "1:02:03"),
        (36_000_000, "10:00:00"),
    ],
)
def test_a_moment_is_written_as_people_write_it(milliseconds, said):
    assert clock(milliseconds) == said


def test_frames_too_poor_or_met_before_leave_the_others_at_their_places():
    read = [(far(1), 10), (far(2), 90), ("", None), (far(2), 95), (far(3), 60), (far(1), 90)]
    assert usable_places(read) == [1, 4, 5]
    assert usable_frames(read) == far(2) + far(3) + far(1)


def test_a_match_says_at_which_second_and_every_page_of_it_too(house, signed_in):
    into = bank(verified=False)
    entry(into, "pdq", HASH)
    read = [*frames(far(1), quality=12), *frames(far(2), flipped(HASH, 9), flipped(HASH, 3))]
    item = film(read, [1_000, 5_000, 8_000, 12_400], report="HR-1")
    drain()
    found = Match.objects.get()
    assert (found.item_id, found.distance, found.at_ms, found.moment) == (item.pk, 3, 12_400, "0:12")
    [event] = Event.objects.filter(kind="item.matched")
    assert event.data["at_ms"] == 12_400
    case = Case.objects.get(item=item)
    page = " ".join(signed_in("senior").get(f"/cases/{case.pk}/").content.decode().split())
    assert "a frame at <strong>0:12</strong> matches" in page
    told = " ".join(signed_in("senior").get(reverse("cases:item", args=[item.pk])).content.decode().split())
    assert "Matches a bank, at a distance of 3 bits: a frame at 0:12" in told


def test_what_was_prepared_before_moments_were_kept_says_none(house, signed_in):
    entry(bank(verified=False), "pdq", HASH)
    item = film(frames(far(2), HASH), None, report="HR-1")
    drain()
    found = Match.objects.get()
    assert (found.at_ms, found.moment) == (None, "")
    assert "at_ms" not in Event.objects.get(kind="item.matched").data
    page = signed_in("senior").get(f"/cases/{Case.objects.get(item=item).pk}/").content.decode()
    assert "a frame at" not in page


def test_a_decision_without_anybody_keeps_the_moment_in_its_evidence(house):
    value = far(1) + HASH
    entry(bank(), "film", value)
    film(frames(far(1), HASH), [2_000, 61_000])
    drain()
    decision = Decision.objects.get()
    found = Match.objects.get()
    assert (found.share, found.at_ms) == (1.0, 2_000)
    told = decision.words.evidence
    assert told["match"]["at_ms"] == 2_000


def test_what_came_into_a_bank_later_finds_its_moment_in_films_that_were_here(house):
    film(frames(far(2), HASH), [4_000, 9_000])
    drain()
    entry(bank(), "pdq", HASH)
    while operations.look_back():
        pass
    assert [one.at_ms for one in Match.objects.all()] == [9_000]


def test_a_real_film_is_matched_at_the_second_its_frame_is_shown(house, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    path = tmp_path / "film.mp4"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"mp4v"), 10.0, (256, 256))
    for scene in range(9):
        picture = cv2.cvtColor(numpy.asarray(photograph(scene).resize((256, 256))), cv2.COLOR_RGB2BGR)
        for _ in range(20):
            writer.write(picture)
    writer.release()
    pdq, quality = fingerprint(photograph(4).resize((256, 256)))
    entry(bank(), "pdq", pdq)
    upload = keep_upload([path.read_bytes()], declared="video/mp4", key=None)
    item = {
        "source": "app",
        "external_id": "film-1",
        "kind": "video",
        "media": [{"upload_id": upload.pk, "mime": "video/mp4"}],
    }
    receive([ItemLine(item=item)], key=None)
    prepare_due()
    drain()
    media = Media.objects.get()
    assert media.frame_offsets == [1_000 + 2_000 * n for n in range(9)]
    assert quality >= 50
    assert [(one.at_ms, one.verdict) for one in Match.objects.all()] == [(9_000, "person")]
    # A new text makes a new revision: what was read of the film is carried over with its moments.
    receive([ItemLine(item={**item, "text": "other words"})], key=None)
    assert [one.frame_offsets for one in Media.objects.order_by("revision")] == [media.frame_offsets] * 2


def test_a_look_up_says_which_frame_and_when_it_is_shown(house):
    program = Program("banks")
    entry(bank(), "pdq", HASH)
    asked = {"signal": "film", "value": far(1) + far(2) + flipped(HASH, 2)}
    [like] = program.post("/bank-lookups", {**asked, "offsets_ms": [500, 4_500, 12_000]}).json()["matches"]
    assert (like["frame"], like["at_ms"], like["distance"]) == (2, 12_000, 2)
    [like] = program.post("/bank-lookups", asked).json()["matches"]
    assert (like["frame"], like["at_ms"]) == (2, None)
    for wrong in ([1, 2], [1, 2, 3, 4]):
        _, errors = refused(program.post("/bank-lookups", {**asked, "offsets_ms": wrong}), 422, "invalid")
        assert errors == {"offsets_ms": "One number for each frame of a film."}
    still = {"signal": "pdq", "value": HASH, "offsets_ms": [1]}
    refused(program.post("/bank-lookups", still), 422, "invalid")
    refused(program.post("/bank-lookups", {**asked, "offsets_ms": [1, 2, -3]}), 422, "invalid")


def test_the_database_keeps_a_moment_for_each_frame_and_none_where_there_is_no_film(house):
    item = film(frames(far(1), far(2)), [0, 10])
    drain()
    for change in (
        lambda: Media.objects.update(frame_offsets=[1]),
        lambda: Print.objects.filter(signal="film").update(offsets=[1]),
        lambda: Print.objects.filter(signal="sha256").update(offsets=[1]),
    ):
        with pytest.raises(IntegrityError, match="one_for_each_frame"), transaction.atomic():
            change()
    known = entry(bank(), "sha256", "ab" * 32)
    with pytest.raises(IntegrityError, match="match_has_a_moment_only_in_a_film"), transaction.atomic():
        Match.objects.create(
            item=item, revision=1, entry=known, signal="sha256", distance=0, at_ms=5, opinion="positive",
            bank_revision=1, verdict="person",
        )  # fmt: skip


def test_a_persons_decision_keeps_what_matched_and_when(house, moderator):
    known = entry(bank(verified=False), "pdq", HASH)
    plain = sent("Nothing that is known", report="HR-1")
    item = film(frames(far(2), flipped(HASH, 1)), [3_000, 7_000], report="HR-1")
    drain()
    start_shift(actor=moderator)
    found = Match.objects.get()
    made = answer(moderator, item, FINE)
    assert made.words.evidence["matches"] == [
        {
            "match": found.pk, "entry": known.pk, "signal": "pdq", "distance": 1, "share": 0.5, "quality": None,
            "at_ms": 7_000, "opinion": "positive",
        }
    ]  # fmt: skip
    assert "matches" not in answer(moderator, plain, FINE).words.evidence


def test_the_desk_shows_whoever_decides_at_which_second(house, moderator, signed_in):
    entry(bank(verified=False), "pdq", HASH)
    film(frames(far(2), flipped(HASH, 1)), [3_000, 67_000], report="HR-1")
    drain()
    start_shift(actor=moderator)
    claim_next(actor=moderator)
    page = " ".join(signed_in("moderator").get("/desk/").content.decode().split())
    assert "distance 1 of 256; a frame at <strong>1:07</strong> matches" in page
