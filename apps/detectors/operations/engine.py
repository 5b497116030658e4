"""Results of a rules engine, taken in as flags like any other detector's."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from apps.detectors.osprey import FeatureMap, Unreadable, flags_of
from apps.intake.bulk import BulkLine, read_line, receive_lines


@dataclass
class Taken:
    """What became of some results. `silent` ones spoke for no rule of the mapping; `refused`: (line, what is wrong)."""

    lines: int = 0
    accepted: int = 0
    duplicate: int = 0
    silent: int = 0
    refused: list[tuple[int, str]] = field(default_factory=list)


def take_results(rows: Iterable[tuple[int, bytes]], mapping: FeatureMap) -> Taken:
    """Take in results by line number; good ones are kept when others are refused. Committed when it returns."""
    taken = Taken()
    flags: list[BulkLine] = []
    for number, raw in rows:
        taken.lines += 1
        try:
            made = flags_of(json.loads(raw), mapping)
        except (ValueError, Unreadable) as trouble:
            said = str(trouble) if isinstance(trouble, Unreadable) else "This is not JSON."
            taken.refused.append((number, said))
            continue
        taken.silent += not made
        flags += [read_line(number, json.dumps(one).encode()) for one in made]
    for answer in receive_lines(flags, key=None):
        if answer.get("errors"):
            taken.refused.append((answer["line"], _why(answer["errors"])))
        elif answer.get("duplicate"):
            taken.duplicate += 1
        else:
            taken.accepted += 1
    return taken


def _why(errors: list[dict[str, Any]]) -> str:
    return "; ".join(f"{one['field']}: {one['reason']}" if one["field"] else one["reason"] for one in errors)


def in_batches(rows: Iterable[bytes], size: int) -> Iterator[list[tuple[int, bytes]]]:
    """Lines with their numbers, blank ones left out, some at a time."""
    batch = []
    for number, raw in enumerate(rows, 1):
        if raw.strip():
            batch.append((number, raw))
        if len(batch) >= size:
            yield batch
            batch = []
    if batch:
        yield batch
