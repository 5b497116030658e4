"""Bank files: read line by line, refused as a whole when a line is broken, or loaded without it when asked to."""

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from apps.accounts.models import MachineKey, User
from apps.ledger.operations import record
from apps.matching.errors import BankFileBroken
from apps.matching.hashes import ALSO_CALLED, NewEntry, trouble_with
from apps.matching.models import Bank
from apps.matching.operations.entering import add_entries
from apps.matching.operations.voices import by

COLUMNS = ("signal", "value", "quality", "opinion", "tags", "ref", "why")
LINES_AT_MOST = 200_000
BYTES_AT_MOST = 64_000_000
TOLD_AT_MOST = 50


@dataclass
class Loaded:
    """What came of a file: lines read, entries that are new, entries known before, and the lines that cannot be used."""

    lines: int = 0
    new: int = 0
    known: int = 0
    broken: list[tuple[int, str]] = field(default_factory=list)


@transaction.atomic
def load_file(
    *, actor: User | MachineKey | None, bank_id: int, text: str, without_broken: bool = False, why: str = ""
) -> Loaded:
    """Load a CSV (a head line, then signal, value and any of quality, opinion, tags, ref, why) or a JSON list of the same.

    One broken line refuses the file (BankFileBroken names the lines), unless `without_broken` asks for the others.
    """
    if len(text) > BYTES_AT_MOST:
        raise BankFileBroken(f"A file may have {BYTES_AT_MOST // 1_000_000} MB; cut it into several.")
    loaded, entries = Loaded(), []
    for number, row in _rows(text):
        loaded.lines += 1
        if loaded.lines > LINES_AT_MOST:
            raise BankFileBroken(f"A file may have {LINES_AT_MOST:,} entries; cut it into several.")
        entry = _entry(row, why) if isinstance(row, dict) else None
        trouble = trouble_with(entry) if entry else str(row)
        if trouble:
            loaded.broken.append((number, trouble))
        elif entry:
            entries.append(entry)
    if not loaded.lines:
        raise BankFileBroken("There is nothing in this file.")
    if loaded.broken and not without_broken:
        told = [{"field": f"line {n}", "reason": reason} for n, reason in loaded.broken[:TOLD_AT_MOST]]
        count = len(loaded.broken)
        raise BankFileBroken(
            f"{count:,} of {loaded.lines:,} lines cannot be used, so nothing was loaded. "
            "Mend them, or load the others without them.",
            errors=told,
        )
    bank = Bank.objects.get(pk=bank_id)
    loaded.new = add_entries(bank=bank, entries=entries, actor=actor)
    loaded.known = len(entries) - loaded.new
    facts: dict[str, Any] = {"lines": loaded.lines, "new": loaded.new, "broken": len(loaded.broken)}
    record("bank.loaded", **by(actor), bank=bank.pk, **facts)
    return loaded


def _rows(text: str) -> Iterator[tuple[int, dict[str, Any] | str]]:
    """(line, row) for each entry; a sentence in place of a row that cannot be read."""
    if text.lstrip("\ufeff \r\n\t")[:1] in "[{":
        yield from _from_json(text.lstrip("\ufeff"))
        return
    lines = csv.reader(io.StringIO(text.lstrip("\ufeff")), strict=True)
    try:
        head = [name.strip().lower() for name in next(lines, [])]
        if not {"signal", "value"} <= set(head) or set(head) - set(COLUMNS):
            raise BankFileBroken(
                f"The first line names the columns: signal, value, and any of {', '.join(COLUMNS[2:])}."
            )
        for cells in lines:
            if not cells:
                continue
            fits = len(cells) == len(head)
            wrong = f"This line has {len(cells)} cells; the first line has {len(head)}."
            yield lines.line_num, dict(zip(head, cells, strict=True)) if fits else wrong
    except csv.Error as trouble:
        yield lines.line_num, f"This line is not CSV: {trouble}."


def _from_json(text: str) -> Iterator[tuple[int, dict[str, Any] | str]]:
    """A list of objects, or one object a line (JSON Lines)."""
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError):
        for number, line in enumerate(text.splitlines(), 1):
            if line.strip():
                yield number, _object(line)
        return
    for number, row in enumerate(whole if isinstance(whole, list) else [whole], 1):
        yield number, row if isinstance(row, dict) else "Each entry is an object with a signal and a value."


def _object(line: str) -> dict[str, Any] | str:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return "This line is not JSON."
    return row if isinstance(row, dict) else "Each entry is an object with a signal and a value."


def _entry(row: dict[str, Any], why: str) -> NewEntry | None:
    def said(name: str) -> str:
        return str(row.get(name) or "").replace("\x00", "").strip()

    tags = row.get("tags") or ""
    quality = said("quality")
    signal = said("signal").lower()
    return NewEntry(
        signal=ALSO_CALLED.get(signal, signal),
        value=said("value").lower(),
        quality=int(quality)
        if quality.isascii() and quality.isdigit() and len(quality) < 4
        else None
        if not quality
        else -1,
        says=said("opinion").lower() or "positive",
        tags=tuple(
            str(tag).replace("\x00", "")[:60]
            for tag in (tags if isinstance(tags, list) else str(tags).split("|"))
            if str(tag).strip()
        ),
        ref=said("ref"),
        why=said("why") or why,
    )
