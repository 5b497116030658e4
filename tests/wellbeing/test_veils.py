"""Veils: what may be chosen, what nobody can go below, and what leaves the server."""

import io
import threading
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils.timezone import now
from PIL import Image, ImageDraw, ImageFilter

from apps.desk.veils import dressed
from apps.intake.media.shown import FILTERS, faces, filtered, shown_path
from apps.intake.models import Media
from apps.ledger.models import Event
from apps.queues.operations import claim_next
from apps.wellbeing.errors import BelowTheFloor, InvalidVeil
from apps.wellbeing.models import PersonVeil, Shift, VeilFloor
from apps.wellbeing.operations import start_shift
from apps.wellbeing.veil.ladder import KINDS, LEVELS, MOST, NAMES, STRICTEST, Veil
from apps.wellbeing.veil.operations import set_floor, set_own_veil
from apps.wellbeing.veil.queries import floors, veils_in_force
from tests import make

PICTURE = {"blur": 2, "grey": 0, "small": 1, "edges": 0, "faces": 0, "reveal": 2}


def typed(kind, **more):
    return {f"{kind}-{name}": str(value) for name, value in more.items()}


@pytest.fixture
def held(db, moderator, settings, tmp_path):
    """`held(exposure, mime, bytes)`: a case she holds, with one media file that is ready."""
    settings.MEDIA_ROOT = tmp_path
    make.house()
    start_shift(actor=moderator)
    a_while_ago = now() - timedelta(minutes=20)  # the first minutes of a shift are light
    Shift.objects.update(started_at=a_while_ago, day_started_at=a_while_ago)

    def hold(exposure=3, mime="image/png", data=b"", kind="image", **fields) -> Media:
        (tmp_path / "aa").mkdir(exist_ok=True)
        (tmp_path / "aa" / "file").write_bytes(data)
        item = make.item(kind=kind)
        media = Media.objects.create(
            item=item, revision=1, position=0, mime=mime, state="ready", file="aa/file",
            veil="data:image/webp;base64,AAAA", **fields,
        )  # fmt: skip
        make.case(item=item, exposure=exposure)
        assert claim_next(actor=moderator) is not None
        return media

    return hold


def png(picture: Image.Image) -> bytes:
    written = io.BytesIO()
    picture.save(written, "PNG")
    return written.getvalue()


def coloured() -> Image.Image:
    picture = Image.new("RGB", (200, 120), (255, 0, 255))
    ImageDraw.Draw(picture).rectangle((100, 0, 200, 120), fill=(0, 160, 0))
    return picture


def body(answer) -> Image.Image:
    return Image.open(io.BytesIO(b"".join(answer.streaming_content)))


# What may be chosen


def test_she_chooses_for_every_level_and_the_floor_is_kept_where_it_asks_for_more(signed_in, moderator):
    answer = signed_in("moderator").post(
        "/wellbeing/veil/picture", typed("picture", level="every", **PICTURE | {"blur": 0, "reveal": 0})
    )
    assert answer.status_code == 302
    got = {level: veils_in_force(moderator.pk, level)["picture"] for level in LEVELS}
    assert [got[level].blur for level in LEVELS] == [0, 0, 1, 1, 1]
    assert [got[level].reveal for level in LEVELS] == [0, 0, 1, 1, 1]
    assert {veil.small for veil in got.values()} == {1}
    assert Event.objects.get(kind="veil.changed_own").private


def test_a_wish_below_the_floor_at_one_level_is_refused_in_words(signed_in, moderator):
    answer = signed_in("moderator").post(
        "/wellbeing/veil/text", typed("text", level="3", mask_text=0, reveal=1)
    )
    assert answer.status_code == 422
    assert (
        "At exposure 3 the organisation asks at least for: covered until asked for."
        in answer.content.decode()
    )
    assert not PersonVeil.objects.exists()
    assert not Event.objects.filter(kind__startswith="veil.").exists()


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("name", NAMES)
def test_the_database_itself_refuses_a_veil_below_the_floor(moderator, name, level):
    VeilFloor.objects.filter(pk=level).update(**STRICTEST.values())
    below = STRICTEST.values() | {name: MOST[name] - 1}
    with pytest.raises(IntegrityError, match="veil_is_never_below_the_floor"), transaction.atomic():
        PersonVeil.objects.create(user=moderator, kind="film", exposure=level, **below)
    kept = PersonVeil.objects.create(user=moderator, kind="film", exposure=level, **STRICTEST.values())
    with pytest.raises(IntegrityError, match="veil_is_never_below_the_floor"), transaction.atomic():
        PersonVeil.objects.filter(pk=kept.pk).update(**{name: MOST[name] - 1})


def test_a_raised_floor_lifts_every_veil_at_once_and_a_lowered_one_changes_nobody(moderator, wellbeing):
    set_own_veil("picture", PICTURE, actor=moderator)
    set_floor(1, {"grey": 1, "edges": 1}, reason="A hard week.", actor=wellbeing)
    veil = veils_in_force(moderator.pk, 1)["picture"]
    assert (veil.grey, veil.edges, veil.small) == (1, 1, 1)
    assert PersonVeil.objects.get(kind="picture", exposure=1).edges == 1
    set_floor(1, {"grey": 0, "edges": 0}, reason="It is over.", actor=wellbeing)
    assert PersonVeil.objects.get(kind="picture", exposure=1).edges == 1
    assert veils_in_force(moderator.pk, 0)["picture"].edges == 0
    changed = Event.objects.filter(kind="veil.floor_set").order_by("id").first()
    assert changed.data == {"exposure": 1, "changes": {"grey": [0, 1], "edges": [0, 1]}}


def test_a_floor_cannot_be_deleted(db):
    with pytest.raises(Exception, match="Cannot delete"), transaction.atomic():
        VeilFloor.objects.filter(pk=2).delete()
    assert sorted(floors()) == list(LEVELS)


@pytest.mark.parametrize("wrong", [{"grey": 2}, {"blur": -1}, {"nothing": 1}, {}])
def test_what_is_on_no_ladder_is_refused(moderator, wellbeing, wrong):
    with pytest.raises(InvalidVeil):
        set_floor(2, wrong, reason="A try.", actor=wellbeing)
    with pytest.raises(InvalidVeil):
        set_own_veil("text", wrong, actor=moderator)
    assert floors()[2].veil == Veil(blur=1, mask_text=1, reveal=1)


def test_a_floor_needs_a_reason_and_only_the_wellbeing_lead_sets_it(signed_in):
    wanted = typed("floor2", **STRICTEST.values())
    for who in ("moderator", "supervisor", "admin"):
        assert (
            signed_in(who).post("/wellbeing/veil/floor/2", wanted | {"floor2-reason": "x"}).status_code == 403
        )
    answer = signed_in("wellbeing").post("/wellbeing/veil/floor/2", wanted)
    assert answer.status_code == 422
    assert "Say why" in answer.content.decode()
    assert floors()[2].veil == Veil(blur=1, mask_text=1, reveal=1)
    done = signed_in("wellbeing").post(
        "/wellbeing/veil/floor/2", wanted | {"floor2-reason": "Asked by the team."}
    )
    assert done.status_code == 302
    assert floors()[2].veil == STRICTEST


def test_the_page_says_plainly_what_veils_cannot_do(signed_in):
    page = " ".join(signed_in("moderator").get("/wellbeing/veil/").content.decode().split())
    assert "The evidence for blur and grey is mixed" in page
    assert "they do not make the work safe" in page
    assert "it misses turned, hidden, small, dark or drawn ones" in page


def test_without_a_floor_the_strictest_veil_is_in_force(moderator):
    assert veils_in_force(moderator.pk, 7) == dict.fromkeys(KINDS, STRICTEST)


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
def test_a_veil_chosen_while_the_floor_is_raised_is_never_below_it(django_user_model):
    for number in range(5):
        VeilFloor.objects.get_or_create(pk=number, defaults={"blur": 0})
    person = django_user_model.objects.create_user("race", pseudonym="M-race", roles=["moderator"])
    lead = django_user_model.objects.create_user("lead", pseudonym="M-lead", roles=["wellbeing_lead"])
    start, refused = threading.Barrier(2), []

    def choose():
        start.wait()
        try:
            set_own_veil("picture", {"small": 0, "grey": 0}, actor=person, level=3)
        except BelowTheFloor as refusal:
            refused.append(refusal)
        finally:
            connection.close()

    def rise():
        start.wait()
        set_floor(3, {"small": 2, "grey": 1}, reason="Now.", actor=lead)
        connection.close()

    for _ in range(10):
        PersonVeil.objects.all().delete()
        VeilFloor.objects.filter(pk=3).update(small=0, grey=0)
        threads = [threading.Thread(target=one) for one in (choose, rise)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert floors()[3].small == 2
        for kept in PersonVeil.objects.filter(exposure=3):
            assert (kept.small, kept.grey) == (2, 1)
    assert PersonVeil.objects.exists() or refused


# What leaves the server


def test_a_picture_is_filtered_before_it_leaves_and_no_address_gives_it_otherwise(held, signed_in, wellbeing):
    media = held(data=png(coloured()))
    her = signed_in("moderator")
    set_floor(3, {"grey": 1, "small": 1}, reason="As a start.", actor=wellbeing)
    for address in ("original", "original?filters=none", "original?grey=0"):
        answer = her.get(f"/media/{media.pk}/{address}")
        assert answer.headers["Cache-Control"] == "no-store, private"
        picture = body(answer)
        assert picture.size == (100, 60)
        assert all(max(pixel) - min(pixel) <= 6 for pixel in set(picture.convert("RGB").getdata()))
    for other in ("covered", "frame-1", "frame-0", "shown-small"):
        answer = her.get(f"/media/{media.pk}/{other}")
        assert answer.status_code in (403, 404)
        assert "image" not in answer.headers["Content-Type"]


def test_without_a_filter_the_file_itself_is_given_out(held, signed_in, moderator):
    set_own_veil("picture", PICTURE | {"small": 0, "reveal": 1}, actor=moderator, level=2)
    data = png(coloured())
    media = held(exposure=2, data=data)
    answer = signed_in("moderator").get(f"/media/{media.pk}/original")
    assert b"".join(answer.streaming_content) == data
    assert answer.headers["Cache-Control"] == "no-store, private"


def test_a_film_that_is_shown_in_stills_is_not_given_out_to_be_played(held, signed_in, moderator):
    media = held(mime="video/mp4", kind="video", data=b"a film", frames=9)
    her = signed_in("moderator")
    played = her.get(f"/media/{media.pk}/original")
    assert b"".join(played.streaming_content) == b"a film"
    set_own_veil("film", {"frames": 1}, actor=moderator)
    refused = her.get(f"/media/{media.pk}/original")
    assert refused.status_code == 403
    assert "in stills only" in refused.content.decode()
    page = her.get("/desk/").content.decode()
    assert "Stills only: this film is not played here." in page
    assert 'value="play"' not in page


def test_a_sound_that_is_never_to_be_heard_is_not_given_out(held, signed_in, moderator):
    media = held(mime="audio/wav", kind="audio", data=b"a sound", transcript="What is said.")
    set_own_veil("sound", {"sound": 2}, actor=moderator)
    her = signed_in("moderator")
    assert her.get(f"/media/{media.pk}/original").status_code == 403
    page = her.get("/desk/").content.decode()
    assert "Sound is not played here; its transcript is above." in page
    assert 'data-do="play"' not in page


def test_a_moving_picture_stays_still_where_films_do(held, signed_in, moderator):
    pictures = [Image.new("RGB", (40, 30), colour) for colour in ((255, 0, 0), (0, 0, 255))]
    moving = io.BytesIO()
    pictures[0].save(moving, "GIF", save_all=True, append_images=pictures[1:], duration=100)
    media = held(exposure=2, mime="image/gif", data=moving.getvalue())
    her = signed_in("moderator")
    assert body(her.get(f"/media/{media.pk}/original")).n_frames == 2
    set_own_veil("film", {"frames": 1}, actor=moderator)
    assert getattr(body(her.get(f"/media/{media.pk}/original")), "n_frames", 1) == 1


@pytest.mark.parametrize("veil", [Veil(blur=step) for step in range(3)])
def test_what_lies_over_a_covered_picture_follows_its_blur(veil):
    media = {"id": 7, "mime": "image/png", "state": "ready", "veil_uri": "data:x", "transcript": ""}
    covers = dressed(media, dict.fromkeys(KINDS, veil))["veil_uri"]
    assert covers == {0: "/media/7/covered", 1: "data:x", 2: ""}[veil.blur]


def test_nothing_recognisable_is_in_the_desk_page_before_it_is_asked_for(held, signed_in, moderator):
    held(data=png(coloured()))
    page = signed_in("moderator").get("/desk/").content.decode()
    assert "<img" not in page.split('class="evidence"')[1].split("decide-side")[0]
    assert '<rq-veil veiled grey data-exposure="3" data-reveal="hold"' in page


@pytest.mark.parametrize("exposure", [0, 3])
def test_lists_searches_and_timelines_hold_no_content(held, signed_in, exposure):
    """And the product sends no e-mail: what is not on these pages is in no preview either."""
    media = held(exposure=exposure, data=png(coloured()))
    item = media.item
    item.contents.update(text="Words nobody should come upon unasked.")
    case = item.cases.get()
    for address in (
        "/cases/", f"/cases/?q={item.external_id}", f"/cases/{case.pk}/", f"/items/{item.pk}/", "/live/", "/planning/",
    ):  # fmt: skip
        page = signed_in("supervisor").get(address).content.decode()
        assert "Words nobody should come upon" not in page, address
        assert f"/media/{media.pk}/" not in page, address
        assert media.veil not in page, address


# Filters


def drawn_face() -> Image.Image:
    """A face as simple as the detector still takes for one."""
    picture = Image.new("RGB", (480, 360), (235, 238, 240))
    draw, x, y, wide, high = ImageDraw.Draw(picture), 180, 100, 120, 160
    draw.pieslice((x - 4, y - 14, x + wide + 4, y + high * 0.7), 180, 360, fill=(60, 40, 30))
    draw.ellipse((x + 8, y + high * 0.15, x + wide - 8, y + high), fill=(214, 170, 140))
    for share in (0.3, 0.7):
        eye, row = x + wide * share, y + high * 0.42
        draw.ellipse((eye - 18, row - 14, eye + 18, row + 10), fill=(150, 110, 90))
        draw.ellipse((eye - 12, row - 5, eye + 12, row + 6), fill=(250, 250, 250))
        draw.ellipse((eye - 6, row - 6, eye + 6, row + 6), fill=(30, 20, 20))
        draw.rectangle((eye - 17, row - 20, eye + 17, row - 13), fill=(50, 30, 20))
    middle = x + wide / 2
    draw.polygon(
        [(middle - 3, y + high * 0.45), (middle - 14, y + high * 0.65), (middle + 14, y + high * 0.65)],
        fill=(190, 140, 112),
    )
    draw.ellipse((x + wide * 0.3, y + high * 0.74, x + wide * 0.7, y + high * 0.83), fill=(150, 60, 60))
    return picture.filter(ImageFilter.GaussianBlur(2))


def test_a_face_that_is_found_is_blurred_and_the_rest_is_left():
    face = drawn_face()
    found = faces(face)
    assert len(found) >= 1
    blurred = filtered(face, ["faces"])
    left, top, wide, high = found[0]
    assert left < 240 < left + wide
    assert top < 167 < top + high
    assert min(sum(pixel) for pixel in face.crop((200, 150, 280, 180)).getdata()) < 200  # the pupils
    assert min(sum(pixel) for pixel in blurred.crop((200, 150, 280, 180)).getdata()) > 250
    assert blurred.crop((0, 0, 100, 60)).tobytes() == face.crop((0, 0, 100, 60)).tobytes()


def test_where_no_detector_can_be_had_the_whole_picture_is_blurred(monkeypatch):
    monkeypatch.setattr("apps.intake.media.shown._detectors", lambda: None)
    sharp = drawn_face()
    assert filtered(sharp, ["faces"]).tobytes() != sharp.tobytes()
    assert faces(sharp) is None


def test_lines_are_black_on_white_and_nothing_else():
    lines = filtered(drawn_face(), ["edges"])
    assert set(lines.getdata()) == {0, 255}
    assert list(lines.getdata()).count(0) < 0.1 * lines.width * lines.height


def test_a_filtered_picture_is_made_once_and_kept_beside_the_file(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(png(coloured()))
    first = shown_path(path, ["small", "grey"])
    made = first.stat().st_mtime_ns
    assert shown_path(path, ("grey", "small")) == first
    assert first.stat().st_mtime_ns == made
    assert shown_path(path, ()) == path
    assert len({shown_path(path, [one]) for one in FILTERS}) == len(FILTERS)
    assert sorted(one.name for one in tmp_path.iterdir() if one.name.startswith("shown-")) == []


def test_all_veils_of_a_case_are_one_query(moderator, django_assert_num_queries):
    set_own_veil("film", {"frames": 1}, actor=moderator)
    veils_in_force(moderator.pk, 3)  # prepared
    with django_assert_num_queries(3):  # a savepoint around it here, where there is a transaction to be kept
        veils_in_force(moderator.pk, 3)
