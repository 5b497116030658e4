"""What an export says of itself."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from apps.feedback.checking import sha256_of_file
from apps.feedback.columns import COLUMNS, NAMES, SCHEMA_VERSION
from apps.feedback.facts import facts
from apps.feedback.models import SplitVersion
from apps.feedback.opinions import RARE, Export
from apps.feedback.redaction import PATTERNS
from apps.feedback.rows import DIGESTED
from apps.guidelines.history import compatibility_map

COUNTED = (
    "label",
    "rule_code",
    "language",
    "split",
    "label_status",
    "review_kind",
    "source",
    "guideline_version",
    "ground",
)
COMPATIBILITY = (
    "rule_version is CODE@VERSION. Rows of one CODE@VERSION share one wording. `compatibility_map` says how each rule of "
    "a version relates to the rules of the version before, as its author put it: same, narrowed, widened, split, "
    "merged, new or retired; null where nobody said. The wordings are at /guidelines/versions/VERSION/rules/CODE/."
)
KNOWN = {
    True: "known",
    False: "not known: nobody in this installation keeps it, and its columns are null",
}


class Tally:
    """Counts for the manifest while rows go by."""

    def __init__(self) -> None:
        self.rows = 0
        self.nulls: Counter[str] = Counter()
        self.values: dict[str, Counter[str]] = {name: Counter() for name in COUNTED}
        self.first, self.last = datetime.max.replace(tzinfo=UTC), datetime.min.replace(tzinfo=UTC)

    def add(self, rows: pa.RecordBatch) -> None:
        self.rows += rows.num_rows
        for name in NAMES:
            self.nulls[name] += rows[name].null_count
        for name in COUNTED:
            for counted in pc.value_counts(rows[name]).to_pylist():
                self.values[name][counted["values"] or "null"] += counted["counts"]
        span = pc.min_max(rows["decided_at"]).as_py()
        self.first, self.last = min(self.first, span["min"]), max(self.last, span["max"])


@dataclass(frozen=True)
class Reach:
    """What an export covers: decisions up to an id, movements of labels in (since, cursor]; `since` None: all."""

    upto: int
    since: int | None
    cursor: int


def manifest_of(
    shared: Export, split: SplitVersion, tally: Tally, formats: Sequence[str], reach: Reach, files: list[Any]
) -> dict[str, Any]:
    """The manifest, before the card and the signature are added."""
    return {
        "export_schema_version": SCHEMA_VERSION,
        "export_id": shared.id,
        "created_at": iso(shared.created_at),
        "kind": "full" if reach.since is None else "increment",
        "since": reach.since,
        "cursor": reach.cursor,
        "how_to_apply": "A row replaces the row with its decision_id in what you hold; then drop every decision_id "
        "in tombstones.jsonl. Ask for the next increment with this cursor.",
        "rows": tally.rows,
        "row": "One decision made by a person and not taken back.",
        "formats": list(formats),
        "last_decision_id": reach.upto,
        "decided_between": [iso(tally.first), iso(tally.last)] if tally.rows else None,
        "counts": {name: dict(sorted(values.items())) for name, values in tally.values.items()},
        "known": {name: KNOWN[known] for name, known in facts.known().items()},
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
        "row_digest": list(DIGESTED),
        "split": {
            "version": split.name,
            "frozen_at": iso(split.created_at),
            "seed": split.seed,
            "shares": {
                "train": split.train,
                "validation": split.validation,
                "test": round(1 - split.train - split.validation, 9),
            },
            "by": "cluster, then author, then time; BLAKE2b of the group, keyed with the seed; an item's group is settled once.",
            "test_from": iso(split.test_from),
            "null": "test groups before test_from, train groups after it, golden cases, and items that were found to be "
            "near-copies of something on another side",
        },
        "k_threshold": RARE,
        "final_after_days": shared.final_after.total_seconds() / 86_400,
        "redaction": {name: pattern.pattern for name, pattern, _ in PATTERNS},
        "pseudonyms": "BLAKE2b keyed with a random salt of this export, stored nowhere",
        "compatibility": COMPATIBILITY,
        "compatibility_map": compatibility_map(),
        "files": files,
    }  # fmt: skip


def file_entry(place: Path, path: Path) -> dict[str, Any]:
    """A file as the manifest lists it."""
    return {
        "path": path.relative_to(place).as_posix(),
        "bytes": path.stat().st_size,
        "sha256": sha256_of_file(path),
    }


def iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
