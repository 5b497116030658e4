"""The files of an edition: all figures as JSON and as one CSV, and the ten sheets of the European Union's template.

CSV as RFC 4180 says, in UTF-8. Sheets: Commission Implementing Regulation (EU) 2024/2835; what the service alone can say
(active recipients, its own words) comes from the draft.
"""

import csv
import io
import json
import zipfile
from collections.abc import Iterable, Sequence
from typing import Any

from django.conf import settings

from apps.disclosure.models import Edition

MEMBERS = frozenset(
    [
        "AT",
        "BE",
        "BG",
        "CY",
        "CZ",
        "DE",
        "DK",
        "EE",
        "ES",
        "FI",
        "FR",
        "GR",
        "HR",
        "HU",
        "IE",
        "IT",
        "LT",
        "LU",
        "LV",
        "MT",
        "NL",
        "PL",
        "PT",
        "RO",
        "SE",
        "SI",
        "SK",
    ]
)
ORDER_COLUMNS = ("requests", "items", "by_rules", "by_law", "refused", "median_hours")
ZIP_DATE = (1980, 1, 1, 0, 0, 0)  # the same bytes whenever it is asked for


def as_json(edition: Edition) -> bytes:
    """The figures with what they are of; the same bytes for ever."""
    said = {
        "period": edition.period.slug,
        "edition": edition.number,
        "published_at": edition.published_at.isoformat() if edition.published_at else None,
        "corrects": edition.reason or None,
        "sha256": edition.sha256,
        "active_recipients": edition.recipients,
        "figures": edition.figures,
    }
    return (json.dumps(said, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def as_csv(edition: Edition) -> bytes:
    """One line for each number: table, key, column, value; an empty value is not known, or hidden."""
    rows = (
        (one["id"], row["key"], column, "" if value is None else value, "yes" if row["hidden"] else "no")
        for one in edition.figures["tables"]
        for row in one["rows"]
        for column, value in zip(one["columns"], row["values"], strict=True)
    )
    return sheet(("table", "key", "column", "value", "hidden"), rows)


def sheet(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """RFC 4180: commas, CRLF, quotes where needed. A cell that a spreadsheet would run is made a text."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_harmless(cell) for cell in row])
    return out.getvalue().encode()


def _harmless(cell: Any) -> Any:
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell


def as_eu(edition: Edition) -> bytes:
    """The ten sheets as CSV files in one archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, (columns, rows) in sheets(edition).items():
            archive.writestr(zipfile.ZipInfo(f"{name}.csv", ZIP_DATE), sheet(columns, rows))
    return out.getvalue()


def sheets(edition: Edition) -> dict[str, tuple[Sequence[str], list[Sequence[Any]]]]:
    """The sheets by name: columns, and rows of cells; empty cells are hidden or not known."""
    known, categories = Tables(edition.figures), edition.figures["categories"]
    # What was published before these were counted keeps the files it had.
    more = tuple(name for name in ("answered", "median_hours") if name in known.by_id["notices"]["columns"])
    of_disputes = ("received", "median_days", "implemented") if "disputes" in known.by_id else ()
    blank = [""] * len(of_disputes)
    return {
        "1_report": (
            ("field", "value"),
            [
                ("service", settings.PUBLIC_URL),
                ("period_begins", edition.figures["begins"]),
                ("period_ends_before", edition.figures["ends"]),
                ("edition", edition.number),
                ("published_at", edition.published_at.isoformat() if edition.published_at else ""),
                ("numbers_hidden_below", edition.figures["smallest"]),
            ],
        ),
        "2_member_state_orders": (
            ("member_state", "requests", "items", "acted_on_under_terms", "restricted_under_law", "refused", "median_hours"),
            [
                (row["key"], *_named(known, "authorities", row, *ORDER_COLUMNS))
                for row in known.parts("authorities")
                if row["key"] in MEMBERS
            ],
        ),
        "3_notices": (
            ("category", "rule", "notices", "of_trusted_flaggers", *more),
            [
                (categories.get(row["key"], ""), row["key"], *_named(known, "notices", row, "n", "trusted", *more))
                for row in known.parts("notices")
            ],
        ),
        "4_own_initiative_illegal": _restrictions(edition, "legal_only"),
        "5_own_initiative_terms": _restrictions(edition, "guideline"),
        "6_complaints": (
            ("subject", "key", "decided", "changed", "median_hours", *of_disputes),
            [
                *([*line, *blank] for line in (
                    *known.lines("appeals_by_side", "all", ("appeals", "changed", "median_hours"), whole=True),
                    *known.lines("appeals_by_side", "complainant", ("appeals", "changed", "median_hours")),
                    *([*line, "", ""] for line in known.lines("misuse", "misuse", ("n",))),
                )),
                *_disputes(known, whole=True),
                *_disputes(known, whole=False),
            ],
        ),
        "7_automated_means": (
            ("means", "name", "judged", "error_rate", "agreement"),
            [
                *known.lines("detectors", "detector", ("flagged", "error_rate", "agreement")),
                *([*line, ""] for line in known.lines("appeals_by_decider", "decision", ("appeals", "changed_rate"))),
            ],
        ),
        "8_human_resources": (
            ("language", "people"),
            [(row["key"], *_named(known, "people", row, "people")) for row in known.parts("people")],
        ),
        "9_active_recipients": (("active_recipients",), [("" if edition.recipients is None else edition.recipients,)]),
        "10_qualitative": (("text",), [(edition.words,)]),
    }  # fmt: skip


def _disputes(known: "Tables", *, whole: bool) -> list[list[Any]]:
    """Disputes before out-of-court bodies, in the columns of complaints and three of their own."""
    if "disputes" not in known.by_id:
        return []
    columns = ("disputes_ended", "disputes_changed", "disputes", "median_days", "complied")
    found = known.lines("disputes", "out_of_court", columns, whole=whole)
    return [[*line[:4], "", *line[4:]] for line in found]


class Tables:
    """The tables of figures by their ids."""

    def __init__(self, figures: dict[str, Any]) -> None:
        self.by_id = {one["id"]: one for one in figures["tables"]}

    def parts(self, id: str) -> list[dict[str, Any]]:
        return [row for row in self.by_id[id]["rows"] if row["key"]]

    def lines(self, id: str, subject: str, columns: Sequence[str], *, whole: bool = False) -> list[list[Any]]:
        """Lines of a sheet: what they are about, the row's key, and these columns of it."""
        rows = [row for row in self.by_id[id]["rows"] if bool(row["key"]) != whole]
        return [[subject, row["key"], *_named(self, id, row, *columns)] for row in rows]


def _named(known: Tables, id: str, row: dict[str, Any], *columns: str) -> list[Any]:
    at = known.by_id[id]["columns"]
    values = [row["values"][at.index(name)] for name in columns]
    return ["" if value is None else value for value in values]


def _restrictions(edition: Edition, ground: str) -> tuple[Sequence[str], list[Sequence[Any]]]:
    rows: list[Sequence[Any]] = [
        (
            one["category"],
            one["restriction"],
            one["detection"],
            one["decision"],
            "" if one["n"] is None else one["n"],
        )
        for one in edition.figures["restrictions"]
        if one["ground"] == ground
    ]
    return ("category", "restriction", "automated_detection", "decision", "n"), rows
