"""What an item will be once everything a batch says of it is heard, in order. Pure: no database."""

import hashlib
import json
import math
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from apps.intake.lines import SentItem, SentMedia

GROWTH_MEMORY_HOURS = 1.0  # judgement: views per hour remember about the last hour

PLAIN = ("language", "country", "url", "parent", "posted_at")
STORED = (
    "kind", "author_id", *PLAIN, "minors", "views", "views_at", "views_per_hour", "revision",
    "content_sha256", "text_sha256", "media_sha256", "context_sha256",
)  # fmt: skip
BLANK: dict[str, Any] = {
    **dict.fromkeys(STORED),
    **dict.fromkeys(("language", "country", "url", "parent", "content_sha256"), ""),
    **dict.fromkeys(("text_sha256", "media_sha256", "context_sha256"), ""),
    "minors": False,
    "revision": 0,
}


@dataclass(slots=True)
class Content:
    """A revision to be written. None means: as it was at revision `base`."""

    revision: int
    base: int
    text: str | None
    context: list[Any] | None
    media: list[SentMedia] | None


@dataclass(slots=True)
class Draft:
    """`values` are the columns of the item; `contents` and `readings` are rows to be added."""

    values: dict[str, Any]
    contents: list[Content] = field(default_factory=list)
    readings: list[tuple[int, datetime]] = field(default_factory=list)
    changed: bool = False

    @property
    def begun(self) -> bool:
        return bool(self.values["revision"])

    def hear(self, item: SentItem, author_id: int | None, uploads: dict[int, Any], at: datetime) -> None:
        """Take over what is given; what is left out stays. New content makes a new revision."""
        for name in PLAIN:
            self._set(name, getattr(item, name))
        self._set("author_id", author_id)
        if item.signals is not None:
            self._set("minors", item.signals.minors)
        self._content(item, uploads)
        if item.views is not None:
            self.count(item.views, at)
        elif item.posted_at is not None and self.values["views_per_hour"] is None:
            self._set(
                "views_per_hour", first_growth(self.values["views"], self.values["views_at"], item.posted_at)
            )

    def count(self, views: int, at: datetime) -> bool:
        """Keep a reading; whether it is the latest and says something new. A late one is kept but changes nothing."""
        self.readings.append((views, at))
        before, before_at = self.values["views"], self.values["views_at"]
        if before_at is not None and at <= before_at:
            return False
        growth = (
            first_growth(views, at, self.values["posted_at"])
            if before is None
            else next_growth(
                self.values["views_per_hour"], views - before, (at - before_at).total_seconds() / 3600
            )
        )
        self.values.update(views=views, views_at=at, views_per_hour=growth)
        self.changed = True
        return views != before

    def _set(self, name: str, value: Any) -> None:
        if value is not None and value != self.values[name]:
            self.values[name] = value
            self.changed = True

    def _content(self, item: SentItem, uploads: dict[int, Any]) -> None:
        hashes = {
            "text_sha256": None if item.text is None else _sha256(item.text),
            "media_sha256": None if item.media is None else _sha256_of_media(item.media, uploads),
            "context_sha256": None if item.context is None else _sha256_of_json(item.context),
        }
        new = {name: value for name, value in hashes.items() if value not in (None, self.values[name])}
        if self.begun and not new and item.kind == self.values["kind"]:
            return
        last = self.contents[-1] if self.contents else None
        base = last.base if last else self.values["revision"]
        self.contents.append(
            Content(
                revision=self.values["revision"] + 1,
                base=base,
                text=item.text if item.text is not None else last.text if last else None,
                context=item.context if item.context is not None else last.context if last else None,
                media=item.media if item.media is not None else last.media if last else None,
            )
        )
        self.values.update(new, kind=item.kind, revision=self.values["revision"] + 1)
        parts = (self.values[name] for name in ("kind", "text_sha256", "media_sha256", "context_sha256"))
        self.values["content_sha256"] = hashlib.sha256("\n".join(parts).encode()).hexdigest()
        self.changed = True


def first_growth(views: int | None, at: datetime | None, posted_at: datetime | None) -> float | None:
    """Views per hour from one reading: spread over the time since posting, at least an hour; None when unknown."""
    if views is None or at is None or posted_at is None:
        return None
    return views / max((at - posted_at).total_seconds() / 3600, GROWTH_MEMORY_HOURS)


def next_growth(before: float | None, gained: int, hours: float) -> float:
    """Views per hour after one more reading, `hours` after the last.

    An exponentially weighted mean with a memory of one hour, so that readings seconds apart and
    readings a day apart may be mixed. Lost views (deleted accounts) count as no growth.
    """
    gained = max(gained, 0)
    if before is None:
        return gained / max(hours, GROWTH_MEMORY_HOURS / 60)
    weight = -math.expm1(-hours / GROWTH_MEMORY_HOURS)
    return weight * gained / hours + (1 - weight) * before


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest() if text else ""


def _sha256_of_json(value: Any) -> str:
    return _sha256(json.dumps(value, sort_keys=True, ensure_ascii=False)) if value else ""


def _sha256_of_media(media: list[SentMedia], uploads: dict[int, Any]) -> str:
    """A file is known by its hash when we have one: its address may be signed anew each time."""
    return _sha256_of_json(
        [
            [
                one.sha256 or (uploads[one.upload_id].sha256 if one.upload_id else one.url),
                one.alt or "",
                one.transcript or "",
            ]
            for one in media
        ]
    )
