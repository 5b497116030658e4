from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from apps.intake.lines import LEAST_REACH, FlagSent, ItemSent, Line, ReportSent, ViewsSent
from apps.intake.models import OF_AN_ENGINE, Upload
from apps.intake.operations import statements as sql
from apps.intake.operations.drafts import BLANK, STORED, Draft
from apps.intake.operations.people import AUTHORS, REPORTERS, Facts, Key, Known, look_up, meet

SAID_ANEW = {"views_at", "views_per_hour"}  # the same number of views later on is no news of the item


@dataclass(slots=True)
class Work:
    """One line on its way, and what it did to its item.

    `before` and `revision` are the item's revision before and after the line, `changed` says whether it said
    anything new, `counted` whether it brought another number of views; `over` and `shadow` are said of a flag,
    `told` are the parts of evidence on an account that were new.
    """

    n: int
    line: Any
    key: Key
    result: Any
    reporter_id: int | None = None
    trusted: bool = False
    before: int = 0
    revision: int = 0
    changed: bool = False
    counted: bool = False
    over: bool = False
    shadow: bool = False
    told: list[str] = field(default_factory=list)


class Batch:
    """Lines taken in together, in one transaction: whom and what they speak of, merged in their order."""

    def __init__(
        self, lines: Sequence[Line], results: list[Any], key_id: int, at: datetime, demo: bool
    ) -> None:
        self.key_id, self.at, self.demo = key_id, at, demo
        self.works = [
            Work(n, line, _key(line), result)
            for n, (line, result) in enumerate(zip(lines, results, strict=True))
        ]
        self.uploads: dict[int, Upload] = {}
        self.known: Known = {}
        self.authors: dict[Key, Facts] = {}
        self.drafts: dict[Key, Draft] = {}
        self.items: dict[Key, dict[str, Any]] = {}
        self.repeats: list[tuple[Work, Work]] = []

    def merge(self) -> None:
        self.check_uploads()
        self.drop_repeats()
        self.look_people_up()
        self.meet_authors()
        self.meet_reporters()
        self.find_items()
        self.merge_into_known_items()

    def open(self, *shapes: type) -> list[Work]:
        """The lines of these shapes that nothing has settled yet."""
        return [work for work in self.works if not work.result.status and isinstance(work.line, shapes)]

    def about_items(self) -> list[Work]:
        return self.open(ItemSent, ReportSent, FlagSent)

    def check_uploads(self) -> None:
        asked = {
            media.upload_id
            for work in self.about_items()
            for media in work.line.item.media or ()
            if media.upload_id is not None
        }
        if not asked:
            return
        self.uploads = Upload.objects.in_bulk(asked)
        for work in self.about_items():
            refuse(
                work.result,
                [
                    {"field": f"item.media[{n}].upload_id", "reason": "There is no such upload."}
                    for n, media in enumerate(work.line.item.media or ())
                    if media.upload_id is not None and media.upload_id not in self.uploads
                ],
            )

    def drop_repeats(self) -> None:
        """A line whose idempotency key was used changes nothing and names what it made the first time.

        A key is its sender's; one of a rules engine is the engine's, and the same whichever way a result comes.

        A rival with the same key who has not committed yet is met by the unique constraint: then the
        whole batch starts again and finds him here.
        """
        keyed = [
            work for work in self.open(ReportSent, FlagSent) if getattr(work.line, "idempotency_key", None)
        ]
        if not keyed:
            return
        asked = {
            "keys": [self.owner_of(work) for work in keyed],
            "idem": [work.line.idempotency_key for work in keyed],
        }
        known = {(kind, idem): found for kind, idem, *found in sql.KNOWN_KEYS.rows(asked)}
        first: dict[tuple[str, str], Work] = {}
        for work in keyed:
            used = ("report" if isinstance(work.line, ReportSent) else "flag", work.line.idempotency_key)
            id, item_id, *name = known.get(used, (None, None, *work.key))
            if id is None and first.setdefault(used, work) is work:
                continue
            if tuple(name) != work.key or (id is None and first[used].key != work.key):
                reason = "This key was used before for another item."
                refuse(work.result, [{"field": "idempotency_key", "reason": reason}], 409)
                continue
            work.result.status, work.result.duplicate = 200, True
            work.result.id, work.result.item_id = id, item_id
            if id is None:
                self.repeats.append((work, first[used]))

    def owner_of(self, work: Work) -> int:
        """Whose idempotency key it is: the sender's, or 0 for one of a rules engine or of the command line."""
        own = getattr(work.line, "idempotency_key", None) or ""
        return 0 if isinstance(work.line, FlagSent) and own.startswith(OF_AN_ENGINE) else self.key_id

    def look_people_up(self) -> None:
        """Who of those named is known: authors and reporters in one question."""
        self.known = look_up(
            (
                (work.key[0], author.external_id)
                for work in self.about_items()
                if (author := work.line.item.author)
            ),
            (
                (work.key[0], work.line.reporter.external_id)
                for work in self.open(ReportSent)
                if work.line.reporter
            ),
        )

    def meet_authors(self) -> None:
        self.authors = meet(
            AUTHORS,
            (
                ((work.key[0], author.external_id), author.facts())
                for work in self.about_items()
                if (author := work.line.item.author)
            ),
            self.known,
        )

    def meet_reporters(self) -> None:
        """Who reports, and whether she was a trusted flagger when this line was written."""
        works = [work for work in self.open(ReportSent) if work.line.reporter]
        reporters = meet(
            REPORTERS,
            (((work.key[0], work.line.reporter.external_id), work.line.reporter.facts()) for work in works),
            self.known,
        )
        for work in works:
            said = work.line.reporter.trusted_flagger
            known = reporters[work.key[0], work.line.reporter.external_id]
            paused = known.get("paused_until")
            if paused is not None and paused > self.at:
                # Said, never silent: whoever reports can be told until when.
                reason = f"Reports of this reporter are not taken until {paused:%Y-%m-%d %H:%M} UTC."
                refuse(work.result, [{"field": "reporter.external_id", "reason": reason}], 409)
                continue
            work.reporter_id = known["id"]
            work.trusted = bool(known.get("trusted_flagger")) if said is None else said

    def find_items(self) -> None:
        """Insert the items nobody sent before, lock the others, and lock those only counted."""
        works = self.about_items()
        rows = []
        for key, theirs in _by_item(works).items():
            draft = self.drafts[key] = self.fold(Draft({**BLANK}), theirs)
            rows.append(
                {"source": key[0], "external_id": key[1], "demo": self.demo, "at": self.at} | draft.values
            )
        if rows:
            self.items = {(row["source"], row["external_id"]): row for row in sql.named(sql.ITEMS, rows)}
            # Of an item that was there already nothing is known but what comes back.
            self.drafts = {key: draft for key, draft in self.drafts.items() if self.items[key]["fresh"]}
        counted = _by_item(work for work in self.open(ViewsSent) if work.key not in self.items)
        if counted:
            keys = [{"source": source, "external_id": name} for source, name in sorted(counted)]
            self.items |= {
                (row["source"], row["external_id"]): row for row in sql.named(sql.LOCK_ITEMS, keys)
            }
        for work in self.open(ViewsSent):
            if work.key not in self.items:
                refuse(work.result, [{"field": "external_id", "reason": "No such item has been sent."}], 404)

    def merge_into_known_items(self) -> None:
        rows = []
        for key, theirs in _by_item(self.open(ItemSent, ReportSent, FlagSent, ViewsSent)).items():
            stored = self.items[key]
            if stored["fresh"] and not any(isinstance(work.line, ViewsSent) for work in theirs):
                continue  # inserted as it shall be
            start = {**BLANK} if stored["fresh"] else {name: stored[name] for name in STORED}
            draft = self.drafts[key] = self.fold(Draft(start), theirs)
            if draft.changed:
                rows.append({"id": stored["id"]} | draft.values)
        if rows:
            sql.run(sql.UPDATE_ITEMS, rows)

    def fold(self, draft: Draft, works: list[Work]) -> Draft:
        """Let the draft hear its lines in order."""
        for work in works:
            said = {**draft.values}
            work.before = said["revision"]
            if isinstance(work.line, ViewsSent):
                if draft.begun:
                    work.counted = draft.count(work.line.views, work.line.at)
                else:
                    refuse(
                        work.result, [{"field": "external_id", "reason": "No such item has been sent."}], 404
                    )
                continue
            item = work.line.item
            author = self.authors[work.key[0], item.author.external_id]["id"] if item.author else None
            draft.hear(item, author, self.uploads, self.at)
            work.revision = draft.values["revision"]
            work.changed = any(draft.values[name] != said[name] for name in STORED if name not in SAID_ANEW)
            work.counted = draft.values["views"] != said["views"] and (
                bool(work.before) or _seen(work, draft)
            )
        return draft


def _seen(work: Work, draft: Draft) -> bool:
    """Whether the first count of an item is news: where it may be a milestone, and nobody looks at it for a report anyway."""
    return not isinstance(work.line, ReportSent) and (draft.values["views"] or 0) >= LEAST_REACH


def refuse(result: Any, errors: list[dict[str, str]], status: int = 422) -> None:
    if errors:
        result.status, result.errors = status, errors


def _key(line: Any) -> Key:
    named = line if isinstance(line, ViewsSent) else line.item
    return named.source, named.external_id


def _by_item(works: Any) -> dict[Key, list[Work]]:
    grouped: dict[Key, list[Work]] = {}
    for work in works:
        grouped.setdefault(work.key, []).append(work)
    return grouped
