import re
from collections.abc import Sequence
from pathlib import Path

from apps.errors import NotFound
from apps.intake.credibility import credibility
from apps.intake.media.films import frame_path
from apps.intake.media.places import full_path
from apps.intake.models import Item, Media

__all__ = ["credibility", "items_at", "media_file", "not_one_item"]

VARIANT = re.compile(r"original|covered|frame-[0-9]")


def media_file(media: Media, variant: str = "original", *, filters: Sequence[str] = ()) -> tuple[Path, str]:
    """The file of a prepared medium and its media type: `original`, `frame-1` … `frame-9` of a film,
    or `covered`, the light veil.

    `filters` are laid over pictures and frames before they are shown (`apps.intake.media.shown`); a film or a sound
    is never filtered. Raises NotFound while it is not ready, when it was refused, and for frames it does not have.
    """
    if media.state != Media.State.READY or not media.file or not VARIANT.fullmatch(variant):
        raise NotFound("This file is not ready to be shown.")
    path, mime = full_path(media.file), media.mime
    if variant == "covered":
        path, mime = (frame_path(path, 0) if mime.startswith("video/") else path), "image/webp"
    elif variant != "original":
        path, mime = frame_path(path, int(variant[-1])), "image/webp"
    if not path.is_file() or not (mime.startswith("image/") or variant == "original"):
        raise NotFound("This file is not on this machine.")
    if variant == "covered":
        if media.mime.startswith("audio/"):
            raise NotFound("A sound has no picture.")
        from apps.intake.media.shown import covered_path  # what draws is loaded when first something is drawn

        return covered_path(path), mime
    if filters and mime.startswith("image/"):
        from apps.intake.media.shown import shown_path

        return shown_path(path, filters), "image/webp"
    return path, mime


def items_at(addresses: Sequence[str]) -> dict[str, list[Item]]:
    """What is here at each of these addresses, as people write them: source:id, or the address of a page on the platform.

    A page's address is taken with or without its last slash and what follows a #. Several items may be told to be at one
    page; they come oldest first. An address nothing is at is left out.
    """
    pages = {one: one.partition("#")[0].rstrip("/") for one in addresses if "://" in one}
    names = {one: one.partition(":")[::2] for one in addresses if ":" in one}
    by_name = {
        (item.source, item.external_id): item
        for item in Item.objects.filter(
            source__in={source for source, _ in names.values()},
            external_id__in={external_id for _, external_id in names.values()},
        )
    }
    written = [form for page in pages.values() for form in (page, f"{page}/")] + list(pages)
    by_page: dict[str, list[Item]] = {}
    for item in Item.objects.filter(url__in=written).exclude(url="").order_by("pk") if pages else ():
        by_page.setdefault(item.url.partition("#")[0].rstrip("/"), []).append(item)
    found = {one: by_page[page] for one, page in pages.items() if page in by_page}
    return found | {one: [by_name[name]] for one, name in names.items() if name in by_name}


def not_one_item(address: str) -> str:
    """Why an address does not tell which item is meant, and what to write instead."""
    several = items_at([address]).get(address, [])
    if several:
        names = ", ".join(f"{item.source}:{item.external_id}" for item in several[:5])
        return f"Several items are at this address. Write one of them: {names}."
    return (
        "There is no such item here. Write its address on the platform, or source:id as the platform sent it."
    )
