import csv
import json
from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.transparency.queries import of_month
from apps.transparency.schema import FIELDS

NAMES = (*FIELDS, "created_at")
BATCH = 5_000


class Command(BaseCommand):
    help = "Write the statements of a month that the public database holds, as CSV (RFC 4180) and Parquet."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--month", required=True, help="YYYY-MM, by the day of the restriction")
        parser.add_argument("--out", type=Path, required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        try:
            first = date.fromisoformat(options["month"] + "-01")
        except ValueError:
            raise CommandError(f"“{options['month']}” is not a month like 2026-11.") from None
        until = date(first.year + first.month // 12, first.month % 12 + 1, 1)
        options["out"].mkdir(parents=True, exist_ok=True)
        base = options["out"] / f"statements-{options['month']}"
        schema = pa.schema([(name, pa.string()) for name in NAMES])
        number, held = 0, []
        with base.with_suffix(".csv").open("w", encoding="utf-8", newline="") as file, pq.ParquetWriter(
            base.with_suffix(".parquet"), schema, compression="zstd"
        ) as parquet:  # fmt: skip
            table = csv.writer(file)
            table.writerow(NAMES)
            for body in of_month(first, until):
                row = {name: _cell(body.get(name)) for name in NAMES}
                table.writerow([row[name] or "" for name in NAMES])
                held.append(row)
                number += 1
                if len(held) >= BATCH:
                    parquet.write_table(pa.Table.from_pylist(held, schema))
                    held = []
            if held:
                parquet.write_table(pa.Table.from_pylist(held, schema))
        self.stdout.write(f"{number} statements of {options['month']} in {base}.csv and .parquet")


def _cell(value: Any) -> str | None:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else value
