"""Prepared statements: planned once per connection, because planning a claim costs eight times running it.

Measured on PostgreSQL 18: planning 1.1 ms, execution 0.14 ms. Behind a pooler that gives every
transaction another connection these must be switched off (PREPARED_STATEMENTS=false, docs/deploy.md).

A plan lives long. Made while a table is small it would read all of it, and go on doing so while the table grows: after the
first ten thousand decisions a claim read a thousand rows that were not its own. These statements look up little, so that
whenever they are planned, whatever has an index is read by it.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from django.conf import settings
from django.db import connection, models

Row = TypeVar("Row", bound=models.Model)

BY_INDEX = "SET LOCAL enable_seqscan = off; "  # until the end of the transaction; alone, of the statement

MANY, CLOSE = 100, 2  # numbers, and how far apart they may lie on average

_prepared: WeakKeyDictionary[Any, set[str]] = WeakKeyDictionary()
_PARAMETER = re.compile(r"%\((\w+)\)s")


def numbers(ids: Iterable[int]) -> str:
    """Numbers as PostgreSQL writes an array, for `= ANY(%s::bigint[])`.

    For questions about thousands: the ORM's IN costs five microseconds a value in Python, and as much to be planned.
    """
    return "{" + ",".join(map(str, ids)) + "}"


def among(column: str, ids: Sequence[int]) -> str:
    """A condition on `column` that holds of all of `ids`, which may hold of others as well: leave those out of what it finds.

    For thousands that may lie close together, where little is to be found: between the least and the most of them costs
    one look, and each named would cost its own.
    """
    if len(ids) > MANY and max(ids) - min(ids) < CLOSE * len(ids):
        return f"{column} BETWEEN {int(min(ids))} AND {int(max(ids))}"
    return f"{column} = ANY('{numbers(map(int, ids))}'::bigint[])"


class Statement:
    """One hand-written statement with named parameters, `%(name)s`.

    Parameters whose type PostgreSQL cannot infer need a cast in the SQL. `name` must be unique. `by_index` holds until the
    transaction ends, so that it is not for what goes before anybody's questions, which may be better off reading a table.
    """

    def __init__(self, name: str, sql: str, *, by_index: bool = True) -> None:
        self.name = name
        self.sql = sql
        self.parameters = list(dict.fromkeys(_PARAMETER.findall(sql)))
        numbered = _PARAMETER.sub(lambda match: f"${self.parameters.index(match[1]) + 1}", sql)
        self._prepare = f"PREPARE {name} AS {numbered.replace('%%', '%')}"
        places = ", ".join(f"%({parameter})s" for parameter in self.parameters)
        self._execute = BY_INDEX if by_index else ""
        self._execute += f"EXECUTE {name} ({places})" if places else f"EXECUTE {name}"

    def run(self, values: Mapping[str, Any], *, first: str = "") -> tuple[Any, ...] | None:
        """Execute, and give the first row, if any. One round trip once prepared.

        `first`: what goes before it in the same round trip, such as a savepoint; ends with a semicolon.
        """
        with self._executed(values, first) as cursor:
            row: tuple[Any, ...] | None = cursor.fetchone() if cursor.description else None
            return row

    def text(self, values: Mapping[str, Any]) -> str:
        """What `first` of another statement takes, so that both go in one round trip; what this one returns is lost.

        Whatever goes wrong with it is raised by the other one.
        """
        with connection.cursor() as cursor:
            if settings.PREPARED_STATEMENTS:
                self._prepared("")
            told: bytes = cursor.cursor.mogrify(
                self._execute if settings.PREPARED_STATEMENTS else self.sql, values
            )
        return told.decode().replace("%", "%%") + "; "

    def rows(self, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """Execute, and give every row; none when it returns nothing."""
        with self._executed(values) as cursor:
            return list(cursor.fetchall()) if cursor.description else []

    def dicts(self, values: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Execute, and give every row by the names of its columns."""
        with self._executed(values) as cursor:
            names = [column.name for column in cursor.description]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    @contextmanager
    def _executed(self, values: Mapping[str, Any], first: str = "") -> Iterator[Any]:
        with connection.cursor() as cursor:
            if not settings.PREPARED_STATEMENTS:
                cursor.execute(first + self.sql, values)
            else:
                first = self._prepared(first)
                cursor.execute(first + self._execute, values)
            yield cursor

    def _prepared(self, first: str) -> str:
        """Prepare it, unless this connection knows it; what is still to go before it."""
        raw = connection.connection
        known = _prepared.setdefault(raw, set())
        if self.name in known:
            return first
        with connection.wrap_database_errors, raw.cursor() as preparing:
            if first:  # what it guards against may already happen while preparing
                preparing.execute(first.replace("%%", "%"))
            preparing.execute(self._prepare)
        known.add(self.name)
        return ""


def columns(model: type[models.Model], alias: str) -> str:
    """The columns of a model, for the SELECT list of a statement that reads whole rows."""
    return ", ".join(f"{alias}.{field.column}" for field in model._meta.concrete_fields)


@cache
def _layout(model: type[models.Model]) -> tuple[list[str], list[int]]:
    """The names of a model's columns, and the places of those the driver leaves as text: JSON."""
    fields = model._meta.concrete_fields
    return (
        [field.attname for field in fields],
        [place for place, field in enumerate(fields) if isinstance(field, models.JSONField)],
    )


class Rows:
    """Takes model instances off a row, one after the other, in the order in which `columns` listed them."""

    def __init__(self, row: Sequence[Any]) -> None:
        self._row = row
        self._at = 0

    def take(self, model: type[Row]) -> Row | None:
        """The next instance; None where an outer join found nothing."""
        names, texts = _layout(model)
        values = list(self._row[self._at : self._at + len(names)])
        self._at += len(names)
        if values[0] is None:
            return None
        for place in texts:
            if values[place] is not None:
                values[place] = json.loads(values[place])
        return model.from_db(connection.alias, names, values)

    def value(self) -> Any:
        """The next plain value."""
        self._at += 1
        return self._row[self._at - 1]
