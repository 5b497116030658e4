"""The three formats. Each takes batches of rows and holds no more than one batch."""

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.parquet as pq

from apps.feedback.columns import NAMES, SCHEMA
from apps.feedback.rows import as_json

Rows = Sequence[dict[str, Any]]


class Writer(Protocol):
    def write(self, rows: Rows) -> None: ...
    def close(self) -> None: ...


class Jsonl:
    """One JSON object a line, all columns in it, null where a value is not known."""

    def __init__(self, path: Path) -> None:
        self.file = path.open("w", encoding="utf-8", newline="\n")

    def write(self, rows: Rows) -> None:
        self.file.writelines(as_json(row) + "\n" for row in rows)

    def close(self) -> None:
        self.file.close()


class Csv:
    """RFC 4180 with a header. An empty cell is null; lists and structures are JSON in their cell."""

    def __init__(self, path: Path) -> None:
        self.file = path.open("w", encoding="utf-8", newline="")
        self.writer = csv.writer(self.file)
        self.writer.writerow(NAMES)

    def write(self, rows: Rows) -> None:
        self.writer.writerows([[_cell(row[name]) for name in NAMES] for row in rows])

    def close(self) -> None:
        self.file.close()


class Parquet:
    """Typed columns, zstd; one row group a batch."""

    def __init__(self, path: Path) -> None:
        self.writer = pq.ParquetWriter(path, SCHEMA, compression="zstd")

    def write(self, rows: Rows) -> None:
        self.writer.write_batch(pa.RecordBatch.from_pylist(list(rows), schema=SCHEMA))

    def close(self) -> None:
        self.writer.close()


FORMATS: dict[str, type[Jsonl] | type[Csv] | type[Parquet]] = {"jsonl": Jsonl, "csv": Csv, "parquet": Parquet}


def _cell(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    return as_json(value).strip('"')
