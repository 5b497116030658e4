"""Words for working on columns of Arrow: a value is told once for each different one, never once a row."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from apps.feedback.reading import LIST

TEXT, REAL = pa.string(), pa.float64()
SEP = "\x1e"  # between columns that are looked at together


def whole(column: pa.ChunkedArray) -> pa.Array:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def each(column: pa.Array, tell: Callable[[Any], Any], type: pa.DataType) -> pa.Array:
    """`tell` of every value, asked once for each different one."""
    coded = column.dictionary_encode(null_encoding="encode")
    return pa.array([tell(value) for value in coded.dictionary.to_pylist()], type).take(coded.indices)


def together(*columns: pa.Array) -> pa.Array:
    """Several columns as one text, for `_each`."""
    told = [pc.cast(column, TEXT) for column in columns]
    return pc.binary_join_element_wise(*told, SEP, null_handling="replace", null_replacement="")


def same(value: Any, size: int) -> pa.Array:
    return pa.repeat(pa.scalar(value, TEXT), size)


def or_null(column: pa.Array) -> pa.Array:
    return pc.if_else(pc.equal(column, ""), pa.scalar(None, TEXT), column)


def utc(column: pa.Array) -> pa.Array:
    return pc.assume_timezone(column, "UTC")


def split_list(cell: str | None) -> list[str]:
    return cell.split(LIST) if cell else []


def lists(column: pa.Array) -> pa.Array:
    return each(column, split_list, pa.list_(TEXT))


def listed(values: pa.Array, counts: Any, gone: Any) -> pa.Array:
    """A list a row, `counts` values in each; null where `gone`."""
    offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(offsets), values, mask=pa.array(gone))
