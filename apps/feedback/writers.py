"""The formats. Each takes batches of rows and holds little more than one."""

import csv
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from apps.feedback.columnar import TEXT, each
from apps.feedback.columns import NAMES, SCHEMA
from apps.feedback.labelstudio import task
from apps.feedback.rows import as_json

HELD = 36_000  # rows waiting for their partitions to be worth a row group
FEW = 1_200  # rows of a partition: fewer wait for one round more
# Partitions at a time, a month of them and some: with one too few each would be closed before its turn comes again, and
# every round would begin another part of all of them. One that comes again later gets another part. An open one keeps
# what its end has to tell of all columns of all its row groups: half a megabyte.
OPEN = 64
NO_RULE = "none"


# What hardly ever comes twice: a dictionary of it would be made in vain.
UNIQUE = {
    "item_id_hash", "cluster_id", "author_id_hash", "posted_at", "content_hashes.sha256", "content_hashes.pdq",
    "media_hashes.list.element.sha256", "media_hashes.list.element.pdq", "media_ref", "text_redacted", "decision_id",
    "decided_at", "detectors.list.element.score", "detectors.list.element.scored_at", "final_after", "superseded_by",
    "sha256",
}  # fmt: skip


def _leaves(name: str, type: pa.DataType) -> list[str]:
    """The columns of a Parquet file that a column of rows becomes."""
    if pa.types.is_list(type):
        return _leaves(f"{name}.list.element", type.value_type)
    if pa.types.is_struct(type):
        return [leaf for field in type for leaf in _leaves(f"{name}.{field.name}", field.type)]
    return [name]


REPEATED = [leaf for field in SCHEMA for leaf in _leaves(field.name, field.type) if leaf not in UNIQUE]
# A dictionary leaves nothing to pack, and for each piece the packing has to be made ready.
PACKED = dict.fromkeys(REPEATED, "none") | dict.fromkeys(sorted(UNIQUE), "zstd")
# By what rows are looked for. The least and the most of anything else help nobody, and are held until a file is closed.
LOOKED_FOR = [
    "decision_id", "decided_at", "language", "content_type", "rule_code", "rule_version", "guideline_version", "label",
    "severity", "label_status", "review_kind", "source", "split", "demo",
]  # fmt: skip
LEVEL = dict.fromkeys(sorted(UNIQUE), 1)


class Writer(Protocol):
    def write(self, rows: pa.RecordBatch) -> None: ...
    def close(self) -> None: ...


class Jsonl:
    """One JSON object a line, all columns in it, null where a value is not known."""

    def __init__(self, folder: Path) -> None:
        self.file = (folder / "decisions.jsonl").open("w", encoding="utf-8", newline="\n")

    def write(self, rows: pa.RecordBatch) -> None:
        self.file.writelines(as_json(row) + "\n" for row in rows.to_pylist())

    def close(self) -> None:
        self.file.close()


class Csv:
    """RFC 4180 with a header. An empty cell is null; lists and structures are JSON in their cell."""

    def __init__(self, folder: Path) -> None:
        self.file = (folder / "decisions.csv").open("w", encoding="utf-8", newline="")
        self.writer = csv.writer(self.file)
        self.writer.writerow(NAMES)

    def write(self, rows: pa.RecordBatch) -> None:
        self.writer.writerows([[_cell(row[name]) for name in NAMES] for row in rows.to_pylist()])

    def close(self) -> None:
        self.file.close()


class LabelStudio:
    """An array of tasks as Label Studio imports it, each vote an annotation, each score a prediction."""

    def __init__(self, folder: Path) -> None:
        self.file = (folder / "label_studio.json").open("w", encoding="utf-8", newline="\n")
        self.before = "[\n"

    def write(self, rows: pa.RecordBatch) -> None:
        for row in rows.to_pylist():
            self.file.write(self.before + as_json(task(row)))
            self.before = ",\n"

    def close(self) -> None:
        self.file.write("\n]\n" if self.before != "[\n" else "[]\n")
        self.file.close()


class Parquet:
    """Typed columns, zstd, in folders `month=YYYY-MM/rule=CODE/` by when it was decided and the first rule cited.

    Rows gather until there are enough for row groups that are worth it; partitions that got few wait for one round
    more. Decisions come in the order of time, so few partitions are open at once.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.open: dict[str, pq.ParquetWriter] = {}  # the one written to last is the last
        self.parts: Counter[str] = Counter()
        self.held: dict[str, list[pa.RecordBatch]] = defaultdict(list)
        self.waited: set[str] = set()
        self.waiting = 0

    def write(self, rows: pa.RecordBatch) -> None:
        months = each(
            pa.array(rows["decided_at"].to_numpy().astype("datetime64[M]").view("int64")), _month, TEXT
        )
        rule = pc.fill_null(rows["rule_code"], NO_RULE)
        place = pc.binary_join_element_wise("month=", months, "/rule=", rule, "")
        coded = place.dictionary_encode()
        order = pc.array_sort_indices(coded.indices)
        rows, codes = rows.take(order), coded.indices.take(order).to_numpy()
        begin = 0
        for code, name in enumerate(coded.dictionary.to_pylist()):
            end = int(codes.searchsorted(code, side="right"))
            self.held[name].append(rows.slice(begin, end - begin))
            begin = end
        self.waiting += rows.num_rows
        if self.waiting >= HELD:
            self._flush(FEW)

    def _flush(self, few: int = 0) -> None:
        """Write what waits, but for partitions with fewer than `few` rows that did not wait before.

        What is of a month before the newest is written to its end and closed: it does not come again, or seldom.
        """
        newest = max((_month_of(name) for name in self.held), default="")
        for name in sorted(self.held):
            pieces = self.held.pop(name)
            size = sum(piece.num_rows for piece in pieces)
            if size < few and name not in self.waited and _month_of(name) == newest:
                # Copied: a part of a batch would keep all of it in memory.
                self.held[name] = [pa.concat_batches(pieces)]
                self.waited.add(name)
                continue
            self._writer(name).write_table(pa.Table.from_batches(pieces, SCHEMA))
            self.waited.discard(name)
            self.waiting -= size
        for name in [name for name in self.open if _month_of(name) < newest]:
            self.open.pop(name).close()

    def _writer(self, name: str) -> pq.ParquetWriter:
        writer = self.open.pop(name, None)
        if writer is None:
            if len(self.open) >= OPEN:
                self.open.pop(next(iter(self.open))).close()
            (self.folder / name).mkdir(parents=True, exist_ok=True)
            writer = pq.ParquetWriter(
                self.folder / name / f"part-{self.parts[name]}.parquet", SCHEMA, compression=PACKED,
                compression_level=LEVEL, use_dictionary=REPEATED, write_statistics=LOOKED_FOR,
            )  # fmt: skip
            self.parts[name] += 1
        self.open[name] = writer
        return writer

    def close(self) -> None:
        self._flush()
        for writer in self.open.values():
            writer.close()


FORMATS: dict[str, type[Jsonl] | type[Csv] | type[LabelStudio] | type[Parquet]] = {
    "jsonl": Jsonl,
    "csv": Csv,
    "parquet": Parquet,
    "label_studio": LabelStudio,
}


def _month_of(name: str) -> str:
    return name.partition("/")[0]


def _month(since_1970: int) -> str:
    return str(np.datetime64(since_1970, "M"))


def _cell(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    return as_json(value).strip('"')
