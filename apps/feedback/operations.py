"""Exporting decisions as training data."""

import contextlib
import hashlib
import json
import shutil
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.timezone import now

from apps.accounts.models import User
from apps.errors import Invalid
from apps.feedback import queries
from apps.feedback.card import card
from apps.feedback.columns import COLUMNS, NAMES, SCHEMA_VERSION
from apps.feedback.errors import NothingToExport, PlaceNotUsable
from apps.feedback.keying import SHARES, TEST_IS_THE_LAST, Pseudonyms, Split
from apps.feedback.redaction import PATTERNS
from apps.feedback.rows import FINAL_AFTER, RARE, Export, row_of
from apps.feedback.writers import FORMATS, Writer
from apps.guidelines.history import compatibility_map
from apps.guidelines.queries import edition
from apps.ledger.operations import record

COUNTED = (
    "label",
    "rule_code",
    "language",
    "split",
    "label_status",
    "review_kind",
    "source",
    "guideline_version",
)
COMPATIBILITY = (
    "rule_version is CODE@VERSION. Rows of one CODE@VERSION share one wording. `compatibility_map` says how each rule of "
    "a version relates to the rules of the version before, as its author put it: same, narrowed, widened, split, "
    "merged, new or retired; null where nobody said. The wordings are at /guidelines/versions/VERSION/rules/CODE/."
)


@dataclass(frozen=True)
class Exported:
    """What was written: the manifest, and the export that lay in the folder before, if any."""

    manifest: dict[str, Any]
    replaced: str


def export(
    out: Path,
    *,
    formats: Sequence[str],
    actor: User | None,
    split_seed: str = "reviewqueue-1",
    test_from: datetime | None = None,
    progress: Callable[[int, int], None] = lambda done, all_: None,
) -> Exported:
    """Write every settled decision of a person to `out`, once for each format, with manifest and card.

    The rows are the same in every format. Reads by ranges of ids in many short queries; another run
    has other pseudonyms and the same split. An earlier export in `out` is replaced at the end, files it
    listed and no others. Leaves the event `feedback.exported`. `progress` hears of rows done and rows
    expected. Raises NothingToExport, PlaceNotUsable or Invalid.
    """
    unknown = [name for name in formats if name not in FORMATS]
    if unknown or not formats:
        raise Invalid(errors=[{"field": "format", "reason": f"Known formats: {', '.join(FORMATS)}."}])
    upto = queries.last_settled()
    counts = queries.counts(upto)
    if not counts.rows:
        raise NothingToExport()
    shared = _shared(counts, split_seed, test_from)
    restricted = queries.restricted_codes()
    with _workshop(out) as place:
        tally = _Tally()
        with _writers(place, formats) as writers:
            for batch in queries.batches(upto, restricted):
                rows = [row_of(found, batch, shared) for found in batch.rows]
                for writer in writers:
                    writer.write(rows)
                tally.add(rows)
                progress(tally.rows, counts.rows)
        manifest = _manifest(shared, tally, place, formats, upto)
        (place / "README.md").write_text(card(manifest, sorted(restricted)), encoding="utf-8")
        manifest["files"].append(_file(place, place / "README.md"))
        (place / "manifest.json").write_text(json.dumps(manifest, indent=1, ensure_ascii=False) + "\n")
        digest = _sha256(place / "manifest.json")
        with transaction.atomic():
            record(
                "feedback.exported",
                actor=actor,
                export=shared.id,
                rows=tally.rows,
                formats=list(formats),
                upto=upto,
                manifest_sha256=digest,
            )
        return Exported(manifest, _put_in_place(place, out))


def _shared(counts: queries.Counts, split_seed: str, test_from: datetime | None) -> Export:
    boundary = test_from or counts.hour_reached(1 - TEST_IS_THE_LAST) or now()
    return Export(
        id=str(uuid.uuid4()),
        created_at=now(),
        pseudonyms=Pseudonyms(),
        split=Split(seed=split_seed, test_from=boundary),
        common_languages=frozenset(code for code, number in counts.languages.items() if number >= RARE),
        common_reasons=frozenset(reason for reason, number in counts.reasons.items() if number >= RARE),
        edition=edition,
    )


class _Tally:
    """Counts for the manifest while rows go by."""

    def __init__(self) -> None:
        self.rows = 0
        self.nulls: Counter[str] = Counter()
        self.values: dict[str, Counter[str]] = {name: Counter() for name in COUNTED}
        self.first, self.last = datetime.max.replace(tzinfo=UTC), datetime.min.replace(tzinfo=UTC)

    def add(self, rows: Iterable[dict[str, Any]]) -> None:
        for row in rows:
            self.rows += 1
            self.nulls.update(name for name in NAMES if row[name] is None)
            for name in COUNTED:
                self.values[name][row[name] or "null"] += 1
            self.first = min(self.first, row["decided_at"])
            self.last = max(self.last, row["decided_at"])


def _manifest(
    shared: Export, tally: _Tally, place: Path, formats: Sequence[str], upto: int
) -> dict[str, Any]:
    return {
        "export_schema_version": SCHEMA_VERSION,
        "export_id": shared.id,
        "created_at": _iso(shared.created_at),
        "rows": tally.rows,
        "row": "One decision made by a person and not taken back.",
        "formats": list(formats),
        "last_decision_id": upto,
        "decided_between": [_iso(tally.first), _iso(tally.last)],
        "counts": {name: dict(sorted(values.items())) for name, values in tally.values.items()},
        "columns": [
            {
                "name": column.name,
                "type": str(column.type),
                "meaning": column.meaning,
                "null_when": column.null,
                "nulls": tally.nulls[column.name],
                "never_known_here": tally.nulls[column.name] == tally.rows,
            }
            for column in COLUMNS
        ],
        "split": {
            "seed": shared.split.seed,
            "shares": dict(SHARES),
            "by": "exact copies, then author, then time; HMAC-SHA-256 of the group under the seed",
            "test_from": _iso(shared.split.test_from),
            "null": "test groups before test_from, train groups after it, and golden cases",
        },
        "k_threshold": RARE,
        "final_after_days": FINAL_AFTER.days,
        "redaction": {name: pattern.pattern for name, pattern, _ in PATTERNS},
        "pseudonyms": "HMAC-SHA-256 under a random salt of this export, stored nowhere",
        "compatibility": COMPATIBILITY,
        "compatibility_map": compatibility_map(),
        "files": [_file(place, place / "data" / f"decisions.{name}") for name in formats],
    }


@contextlib.contextmanager
def _workshop(out: Path) -> Iterator[Path]:
    """A folder inside `out` to work in; whatever is left in it at the end is removed."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        place = out / f".being-written-{uuid.uuid4().hex[:8]}"
        (place / "data").mkdir(parents=True)
    except OSError as trouble:
        raise PlaceNotUsable(f"{out} cannot be used: {trouble.strerror}. Nothing was written.") from None
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)


@contextlib.contextmanager
def _writers(place: Path, formats: Sequence[str]) -> Iterator[list[Writer]]:
    with contextlib.ExitStack() as stack:
        writers: list[Writer] = []
        for name in dict.fromkeys(formats):
            writer = FORMATS[name](place / "data" / f"decisions.{name}")
            stack.callback(writer.close)
            writers.append(writer)
        yield writers


def _put_in_place(place: Path, out: Path) -> str:
    """Replace the export that lay here; the manifest comes last, so a half-placed one has none."""
    replaced = ""
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
        earlier = json.loads((out / "manifest.json").read_text())
        (out / "manifest.json").unlink()
        for file in earlier["files"]:
            path = (out / file["path"]).resolve()
            if path.is_relative_to(out.resolve()):
                path.unlink(missing_ok=True)
        replaced = str(earlier["export_id"])
    (out / "data").mkdir(exist_ok=True)
    for path in sorted((place / "data").iterdir()):
        path.replace(out / "data" / path.name)
    (place / "README.md").replace(out / "README.md")
    (place / "manifest.json").replace(out / "manifest.json")
    return replaced


def _file(place: Path, path: Path) -> dict[str, Any]:
    return {
        "path": path.relative_to(place).as_posix(),
        "bytes": path.stat().st_size,
        "sha256": _sha256(path),
    }


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
