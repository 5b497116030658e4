"""The cases of the demo, read from `cases/*.yaml`, and the lines that send them through the bulk door.

All of it is invented: people, groups, words used as slurs, banks, films and offices. What would be harmful
is left out and said to be left out. `ends` is where a case should end, and why, once everyone has been heard
whom its rule asks for: a specialist, a second reviewer, the legal track. `read_by_second` says that, after it
was written, the case was read a second time against the text of its rules and its end was put right.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import ConfigDict, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

from reviewqueue.demo.account_evidence import DemoEvidence
from reviewqueue.demo.media import BadRecipe, check_recipe, duration, make_media, mime_of

CASES = Path(__file__).parent / "cases"
SOURCE = "demo"
READINGS = 4  # hourly readings of the views of an item that grows, the last one now

Reason = Literal[
    "Child safety", "Threat or violence", "Trafficking", "Hate", "Bullying or harassment",
    "Private information", "Self-harm or suicide", "Eating disorder", "Dangerous act",
    "Nudity or sexual content", "Graphic content", "Animal cruelty", "False information",
    "Manipulated media", "Scam or fraud", "Impersonation", "Spam or fake engagement",
    "Drugs, weapons or illegal goods", "Gambling, alcohol or tobacco", "Hidden advertising",
    "Copyright or trademark", "Insults an official", "Immoral or offensive", "Legal request",
]  # fmt: skip
EXACT = ConfigDict(extra="forbid", strict=True)


class BadContent(ValueError):
    """The demo's own content does not hold together. The message names file, case and field."""


@dataclass(frozen=True, config=EXACT)
class DemoMedia:
    """A stand-in to be made. Two media with one `seed` and scene show the same picture."""

    make: Literal["picture", "video", "sound"]
    recipe: dict[str, Any]
    alt: str
    transcript: str = ""
    seed: str = ""

    @property
    def full_recipe(self) -> dict[str, Any]:
        return {"make": self.make, **self.recipe}


@dataclass(frozen=True, config=EXACT)
class DemoAuthor:
    external_id: str
    handle: str
    followers: int
    public_figure: bool = False


@dataclass(frozen=True, config=EXACT)
class DemoPost:
    """A post near the item, in its thread."""

    author: str
    text: str


@dataclass(frozen=True, config=EXACT)
class DemoReporter:
    external_id: str
    trusted_flagger: bool = False


@dataclass(frozen=True, config=EXACT)
class DemoReport:
    reason: Reason
    comment: str
    reporter: DemoReporter
    rule: str | None = None


@dataclass(frozen=True, config=EXACT)
class DemoDetector:
    name: str
    version: str


@dataclass(frozen=True, config=EXACT)
class DemoScore:
    rule: str
    score: float
    threshold: float


@dataclass(frozen=True, config=EXACT)
class DemoFlag:
    detector: DemoDetector
    scores: tuple[DemoScore, ...]


@dataclass(frozen=True, config=EXACT)
class DemoSignals:
    minors: bool = False


@dataclass(frozen=True, config=EXACT)
class DemoEnd:
    """Where the case should end. For `not`, `rules` are those weighed and found not to be met."""

    outcome: Literal["violates", "not", "unsure", "escalate"]
    rules: tuple[str, ...]
    actions: tuple[str, ...]
    why: str


@dataclass(frozen=True, config=EXACT)
class DemoCase:
    key: str
    kind: Literal["text", "image", "video", "audio", "live", "account"]
    language: Literal["en", "km", "vi"]
    country: str
    text: str
    author: DemoAuthor
    posted_hours_ago: float
    views: int
    ends: DemoEnd
    read_by_second: bool
    media: tuple[DemoMedia, ...] = ()
    context: tuple[DemoPost, ...] = ()
    views_per_hour: float | None = None
    signals: DemoSignals | None = None
    reports: tuple[DemoReport, ...] = ()
    flags: tuple[DemoFlag, ...] = ()
    near_duplicate_of: str | None = None
    url: str = ""
    evidence: DemoEvidence | None = None

    @property
    def address(self) -> str:
        if self.url:
            return self.url
        profile = f"https://example.social/@{self.author.handle}"
        return profile if self.kind == "account" else f"{profile}/{self.key}"

    def seed(self, position: int) -> str:
        return self.media[position].seed or f"{self.key}/{position}"


_READER = TypeAdapter(tuple[DemoCase, ...])


@lru_cache
def demo_cases() -> tuple[DemoCase, ...]:
    """All cases, in the order of their files. Raises BadContent for what is unknown, missing or doubled."""
    cases = [
        case for path in sorted(CASES.glob("*.yaml")) for case in read_cases(path.read_text(), path.name)
    ]
    by_key: dict[str, DemoCase] = {}
    for case in cases:
        if case.key in by_key:
            raise BadContent(f"{case.key}: this key is used twice")
        by_key[case.key] = case
    for case in cases:
        if case.near_duplicate_of is not None and case.near_duplicate_of not in by_key:
            raise BadContent(f"{case.key}: near_duplicate_of names no case")
    return tuple(cases)


def read_cases(text: str, name: str) -> tuple[DemoCase, ...]:
    """The cases of one file; `name` is for the words of a refusal. Nothing is converted or guessed."""
    raw = yaml.safe_load(text)
    try:
        cases = _READER.validate_json(json.dumps(raw))
    except ValidationError as refusal:
        mistakes = refusal.errors(include_url=False, include_input=False)
        raise BadContent(
            f"{name}: {'; '.join(_in_words(m['loc'], m['msg'], raw) for m in mistakes)}"
        ) from refusal
    for case in cases:
        for medium in case.media:
            try:
                check_recipe(medium.full_recipe)
            except BadRecipe as refusal:
                raise BadContent(f"{name}: {case.key}: {refusal}") from refusal
    return cases


def _in_words(place: tuple[int | str, ...], message: str, raw: Any) -> str:
    """Where the mistake is, with the key of the case in the place of its number."""
    first, *rest = place or ("",)
    try:
        first = raw[first]["key"]
    except (KeyError, TypeError):  # the case has no key, or the file is no list of cases
        first = f"case {first}"
    return f"{'.'.join(map(str, (first, *rest)))}: {message}"


def media_files(case: DemoCase) -> Iterator[tuple[bytes, str]]:
    """The files of a case and their media types, in the order that `bulk_lines` wants their upload ids in."""
    for position, medium in enumerate(case.media):
        yield make_media(medium.full_recipe, seed=case.seed(position))


def bulk_lines(
    cases: Iterable[DemoCase], *, now: datetime, upload_ids: Mapping[str, Sequence[int]]
) -> Iterator[dict[str, Any]]:
    """The cases as lines for the bulk door: each item, its views, its flags, its reports.

    `upload_ids` holds, by case key, the ids that the upload door gave for `media_files`, in order.
    Sending the lines again changes nothing but the readings of views: reports and flags carry their own key.
    """
    for case in cases:
        reference = {"source": SOURCE, "external_id": case.key, "kind": case.kind}
        yield {
            "type": "item",
            "item": {**reference, **_said_of_item(case, now, upload_ids.get(case.key, ()))},
        }
        yield from _views(case, now)
        for number, flag in enumerate(case.flags):
            yield {
                "type": "flag",
                "item": reference,
                "idempotency_key": f"{SOURCE}/{case.key}/flag/{number}",
                "detector": {"name": flag.detector.name, "version": flag.detector.version},
                "scores": [{"rule": s.rule, "score": s.score, "threshold": s.threshold} for s in flag.scores],
            }
        for number, report in enumerate(case.reports):
            line: dict[str, Any] = {
                "type": "report",
                "item": reference,
                "idempotency_key": f"{SOURCE}/{case.key}/report/{number}",
                "reason": report.reason,
                "comment": report.comment,
                "reporter": {
                    "external_id": report.reporter.external_id,
                    "trusted_flagger": report.reporter.trusted_flagger,
                },
            }
            yield line if report.rule is None else {**line, "rule": report.rule}


def _said_of_item(case: DemoCase, now: datetime, uploads: Sequence[int]) -> dict[str, Any]:
    if len(uploads) != len(case.media):
        raise BadContent(f"{case.key}: {len(case.media)} media, but {len(uploads)} upload ids")
    said: dict[str, Any] = {
        "text": case.text,
        "author": {
            "external_id": case.author.external_id,
            "handle": case.author.handle,
            "followers": case.author.followers,
            "public_figure": case.author.public_figure,
        },
        "language": case.language,
        "country": case.country,
        "posted_at": (now - timedelta(hours=case.posted_hours_ago)).isoformat(),
        "url": case.address,
    }
    if case.media:
        said["media"] = [_medium(m, upload) for m, upload in zip(case.media, uploads, strict=True)]
    if case.context:
        said["context"] = [{"author": post.author, "text": post.text} for post in case.context]
    if case.signals:
        said["signals"] = {"minors": case.signals.minors}
    if case.evidence:
        said["evidence"] = case.evidence.said(case.key, now)
    return said


def _medium(medium: DemoMedia, upload_id: int) -> dict[str, Any]:
    said: dict[str, Any] = {"upload_id": upload_id, "mime": mime_of(medium.full_recipe), "alt": medium.alt}
    if medium.transcript:
        said["transcript"] = medium.transcript
    if (seconds := duration(medium.full_recipe)) is not None:
        said["duration_s"] = seconds
    return said


def _views(case: DemoCase, now: datetime) -> Iterator[dict[str, Any]]:
    """Readings from which the growth can be computed: hourly ones if the item grows, else one."""
    for hours_ago in reversed(range(READINGS if case.views_per_hour else 1)):
        views = case.views - round(hours_ago * (case.views_per_hour or 0))
        if hours_ago == 0 or (views >= 0 and hours_ago < case.posted_hours_ago):
            at = now - timedelta(hours=hours_ago)
            yield {
                "type": "views",
                "source": SOURCE,
                "external_id": case.key,
                "views": views,
                "at": at.isoformat(),
            }
