"""A table as it is published: rows of numbers in which nothing small is told, nor can be worked out from the others."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from apps.disclosure.small import hidden, tells_all

Values = list[Any]


@dataclass(frozen=True)
class Counted:
    """How many of each row some columns tell: the number itself, or a share whose upper part it is.

    A share of a number that is told gives away what it is a share of: 0.02 of 100 removals are two.
    """

    columns: Sequence[str]
    numbers: Mapping[str, int]


def share(part: int, whole: int, smallest: int) -> float | None:
    """A share, to four places; None of fewer than `smallest`, which would say too much, or nothing."""
    return round(part / whole, 4) if whole >= max(1, smallest) else None


def table(
    id: str,
    key: str,
    columns: Sequence[str],
    rows: Mapping[str, Values],
    *,
    smallest: int,
    counted: Iterable[Counted] = (),
    in_order: bool = False,
) -> dict[str, Any]:
    """A table whose first column is how many; `smallest` 0 hides nothing. The row '' is the whole of the others.

    Where rows overlap, as rules do of which one item broke two, they sum to more than the whole. They are hidden just
    as if they did not: where few overlap, what is left of the whole would nearly tell. A row whose first number is
    hidden is hidden whole. `counted` are the other numbers that are to be hidden when they are small, each with the
    columns that would tell it; there the row stays, with empty places. Largest first, unless `in_order`.
    """
    gone = _gone({name: int(row[0] or 0) for name, row in rows.items()}, smallest)
    told = {name: [None] * len(columns) if name in gone else list(row) for name, row in rows.items()}
    for one in counted:
        for name in _gone(one.numbers, smallest, gone):
            for column in one.columns:
                told[name][columns.index(column)] = None
    ordered = sorted(
        rows,
        key=lambda name: (name != "", not in_order and (name in gone, -int(rows[name][0] or 0), name)),
    )
    return {
        "id": id,
        "key": key,
        "columns": list(columns),
        "rows": [{"key": name, "values": told[name], "hidden": name in gone} for name in ordered],
    }


def _gone(numbers: Mapping[str, int], smallest: int, before: frozenset[str] = frozenset()) -> frozenset[str]:
    """The rows whose number is not told. Those of `before` are not told in any case."""
    each = {name: n for name, n in numbers.items() if name}
    if "" not in numbers:
        return before | {name for name, n in each.items() if 0 < n < smallest}
    gone = hidden(each, smallest, before - {""})
    if 0 < numbers[""] < smallest or not tells_all(each, gone, smallest):
        gone |= {""}
    return gone | before
