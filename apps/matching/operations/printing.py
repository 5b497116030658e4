"""The fingerprints of an item, written down: of its text here, of its media as intake took them."""

from typing import Any

from apps.intake.models import Item, ItemContent, Media
from apps.matching.models import Print, Signal
from apps.matching.prints import (
    QUALITY_AT_LEAST,
    letters_of,
    letters_print,
    quality_of,
    usable_frames,
    usable_places,
)


def media_of(items: list[Item]) -> dict[int, list[Media]]:
    """The media of items at their present revision, as far as fingerprints need them. One query."""
    revisions = {item.pk: item.revision for item in items}
    columns = (
        "item_id",
        "revision",
        "position",
        "mime",
        "sha256",
        "pdq",
        "pdq_quality",
        "frame_pdqs",
        "frame_offsets",
        "state",
    )
    found: dict[int, list[Media]] = {}
    for medium in Media.objects.filter(item__in=revisions).only(*columns):
        if medium.revision == revisions[medium.item_id]:
            found.setdefault(medium.item_id, []).append(medium)
    return found


def take_prints(items: list[Item], media: dict[int, list[Media]]) -> dict[int, list[Print]]:
    """Write down the fingerprints: of the text here, of media as intake took them; those of older revisions go.

    Gives what `prints_of` would read of them.
    """
    texts = {
        (content.item_id, content.revision): content.text
        for content in ItemContent.objects.filter(item__in=items)
    }
    taken: list[Print] = []
    for item in items:
        about: dict[str, Any] = {"item": item, "revision": item.revision}
        letters = letters_of(texts.get((item.pk, item.revision), ""))
        if value := letters_print(letters):
            taken.append(
                Print(**about, position=0, signal=Signal.TEXT, value=value, quality=quality_of(letters))
            )
        for one in media.get(item.pk, ()):
            place = about | {"position": one.position}
            if one.state != Media.State.READY:
                continue
            if one.sha256:
                taken.append(Print(**place, signal=Signal.SHA256, value=one.sha256))
            # A quality of nothing: it was sent, and nothing here has seen the picture.
            if one.pdq and (one.pdq_quality is None or one.pdq_quality >= QUALITY_AT_LEAST):
                inner = "" if one.mime.startswith("video/") else usable_frames(one.frame_pdqs)
                taken.append(
                    Print(**place, signal=Signal.PDQ, value=one.pdq + inner, quality=one.pdq_quality)
                )
            elif film := usable_frames(one.frame_pdqs):
                offsets = _offsets(one)
                taken.append(Print(**place, signal=Signal.FILM, value=film, offsets=offsets))
    if older := [item.pk for item in items if item.revision > 1]:
        Print.objects.filter(item__in=older).delete()
    Print.objects.bulk_create(taken)
    prints: dict[int, list[Print]] = {}
    for made in sorted(taken, key=lambda made: (made.item_id, made.position, made.pk)):
        prints.setdefault(made.item_id, []).append(made)
    return prints


def _offsets(film: Media) -> list[int] | None:
    """When each frame of its fingerprint was, in milliseconds; None where that is not known."""
    known = film.frame_offsets
    return None if known is None else [known[place] for place in usable_places(film.frame_pdqs)]
