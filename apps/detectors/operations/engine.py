"""Results of a rules engine, taken in as flags like any other detector's."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from apps.accounts.models import MachineKey
from apps.detectors.osprey import FeatureMap, Unreadable, flags_of
from apps.errors import Invalid
from apps.intake.bulk import BulkLine, read_line, receive_lines
from apps.intake.errors import NotJson
from apps.intake.raw import read_json


@dataclass
class Result:
    """What became of one result: flags kept or known before, or what is wrong with it. No flag and no error: it is silent."""

    line: int
    flags: list[int] = field(default_factory=list)
    item: int | None = None
    duplicates: int = 0
    errors: list[dict[str, str]] = field(default_factory=list)
    unreadable: bool = False

    @property
    def status(self) -> int:
        """As of a bulk line: 400 not JSON, 422 unusable, 202 taken in, 200 nothing new or nothing said."""
        if self.errors:
            return 400 if self.unreadable else 422
        return 202 if len(self.flags) > self.duplicates else 200


@dataclass
class Taken:
    """What became of some results. `silent` ones spoke for no rule of the mapping; `refused`: (line, what is wrong)."""

    lines: int = 0
    accepted: int = 0
    duplicate: int = 0
    silent: int = 0
    refused: list[tuple[int, str]] = field(default_factory=list)


def take_each(
    rows: Sequence[tuple[int, bytes]], mapping: FeatureMap, *, key: MachineKey | None = None
) -> list[Result]:
    """Take in results by line number, each on its own merits, one answer each in order. Committed when it returns.

    Of one result that speaks for several rules, the good flags are kept when another is refused. Once per
    action of the engine and feature, however often and whichever way it comes.
    """
    results: list[Result] = []
    flags: list[BulkLine] = []
    for number, raw in rows:
        result = Result(number)
        results.append(result)
        try:
            made = flags_of(read_json(raw), mapping)
        except Unreadable as trouble:
            result.errors = [{"field": "", "reason": str(trouble)}]
        except NotJson as trouble:
            result.errors, result.unreadable = [{"field": "", "reason": trouble.sentence}], True
        except Invalid as trouble:
            result.errors = trouble.errors
        else:
            flags += [read_line(number, json.dumps(one).encode()) for one in made]
    by_line = {result.line: result for result in results}
    for answer in receive_lines(flags, key=key):
        result = by_line[answer["line"]]
        if answer.get("errors"):
            result.errors += answer["errors"]
        else:
            result.flags.append(answer["id"])
            result.item = answer["item_id"]
            result.duplicates += bool(answer.get("duplicate"))
    return results


def take_results(rows: Iterable[tuple[int, bytes]], mapping: FeatureMap) -> Taken:
    """The same, summed up."""
    taken = Taken()
    for result in take_each(list(rows), mapping):
        taken.lines += 1
        taken.accepted += len(result.flags) - result.duplicates
        taken.duplicate += result.duplicates
        taken.silent += not (result.flags or result.errors)
        if result.errors:
            taken.refused.append((result.line, _why(result.errors)))
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
