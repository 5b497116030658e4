"""Words for working on columns of Arrow: a value is told once for each different one, never once a row."""

import hashlib
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from apps.feedback.reading import LIST, places_of

TEXT, REAL = pa.string(), pa.float64()
SEP = "\x1e"  # between columns that are looked at together


def whole(column: pa.ChunkedArray) -> pa.Array:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def each(column: pa.Array, tell: Callable[[Any], Any], type: pa.DataType) -> pa.Array:
    """`tell` of every value, asked once for each different one."""
    coded = column.dictionary_encode(null_encoding="encode")
    return pa.array([tell(value) for value in coded.dictionary.to_pylist()], type).take(coded.indices)


def hexed(digests: bytes, size: int) -> pa.Array:
    """Digests of `size` bytes each, one after the other, as a column of hexadecimal text."""
    number = len(digests) // size
    ends = np.arange(number + 1, dtype=np.int32) * (2 * size)
    return pa.StringArray.from_buffers(number, pa.py_buffer(ends), pa.py_buffer(digests.hex().encode()))


def sha256_of(texts: pa.Array) -> pa.Array:
    """SHA-256 of the UTF-8 of each text, in hexadecimal; null of null."""
    some = texts.drop_null() if texts.null_count else texts
    _, ends, written = some.buffers()
    begins = np.frombuffer(ends, np.int32)[some.offset : some.offset + len(some) + 1].tolist()
    told, sha256 = memoryview(written or b""), hashlib.sha256
    column = hexed(b"".join([sha256(told[begin:end]).digest() for begin, end in pairwise(begins)]), 32)
    return column if some is texts else column.take(places_of(texts.is_valid()))


def together(*columns: pa.Array) -> pa.Array:
    """Several columns as one text, for `_each`."""
    told = [pc.cast(column, TEXT) for column in columns]
    return pc.binary_join_element_wise(*told, SEP, null_handling="replace", null_replacement="")


def same(value: Any, size: int) -> pa.Array:
    return pa.repeat(pa.scalar(value, TEXT), size)


def or_null(column: pa.Array) -> pa.Array:
    return pc.if_else(pc.equal(column, ""), pa.scalar(None, TEXT), column)


def utc(column: pa.Array) -> pa.Array:
    """A moment without a zone as one in UTC; nothing is looked up, since nothing moves."""
    return pc.cast(column, pa.timestamp("us", tz="UTC"))


def split_list(cell: str | None) -> list[str]:
    return cell.split(LIST) if cell else []


def lists(column: pa.Array) -> pa.Array:
    return each(column, split_list, pa.list_(TEXT))


def listed(values: pa.Array, counts: Any, gone: Any) -> pa.Array:
    """A list a row, `counts` values in each; null where `gone`."""
    offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(offsets), values, mask=pa.array(gone))
