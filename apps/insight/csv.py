import csv
import io
from typing import Any

from apps.insight.parts import Table

# A spreadsheet takes a cell that begins so for a formula, and names of rules or detectors come from outside.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def as_csv(table: Table) -> str:
    """A table with its raw values, RFC 4180; what is unknown is empty, never 0."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([column.id for column in table.columns])
    writer.writerows([_harmless(cell.raw) for cell in row.cells] for row in table.rows)
    return out.getvalue()


def _harmless(value: Any) -> Any:
    if isinstance(value, str) and value.startswith(FORMULA):
        return f"'{value}"
    return value
