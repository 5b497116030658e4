"""The formats. Each takes batches of rows and holds little more than one."""

import csv
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from apps.feedback.columns import NAMES, SCHEMA
from apps.feedback.labelstudio import task
from apps.feedback.rows import as_json

HELD = 60_000  # rows waiting for their partition to be worth a row group
OPEN = 64  # partitions at a time, a month of them; one that comes again later gets another part
NO_RULE = "none"


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

    Rows gather until there are enough for row groups that are worth it. Decisions come in the order of time, so few
    partitions are open at once.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.open: dict[str, pq.ParquetWriter] = {}  # the one written to last is the last
        self.parts: Counter[str] = Counter()
        self.held: dict[str, list[pa.RecordBatch]] = defaultdict(list)
        self.waiting = 0

    def write(self, rows: pa.RecordBatch) -> None:
        month = pc.strftime(rows["decided_at"], format="%Y-%m")
        rule = pc.fill_null(rows["rule_code"], NO_RULE)
        place = pc.binary_join_element_wise("month=", month, "/rule=", rule, "")
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
            self._flush()

    def _flush(self) -> None:
        for name in sorted(self.held):
            self._writer(name).write_table(pa.Table.from_batches(self.held.pop(name), SCHEMA))
        self.waiting = 0
        pa.default_memory_pool().release_unused()

    def _writer(self, name: str) -> pq.ParquetWriter:
        writer = self.open.pop(name, None)
        if writer is None:
            if len(self.open) >= OPEN:
                self.open.pop(next(iter(self.open))).close()
            (self.folder / name).mkdir(parents=True, exist_ok=True)
            writer = pq.ParquetWriter(
                self.folder / name / f"part-{self.parts[name]}.parquet", SCHEMA, compression="zstd", compression_level=1
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


def _cell(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    return as_json(value).strip('"')
