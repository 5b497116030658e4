"""Amounts gathered first, then added to the rows of a rollup in one statement."""

from typing import Any

from django.db import connection, models


class Sums:
    """Amounts to be added to the rows of a rollup, gathered first and written in one statement.

    A row is named by its key (the values of `keys`, in that order) and made when it is not there yet. Rows are
    written in the order of their keys, so that two that write at once wait for each other instead of locking up.
    """

    def __init__(self, model: type[models.Model], *keys: str) -> None:
        fields = {field.attname: field for field in model._meta.concrete_fields}
        self.table = model._meta.db_table
        self.keys = keys
        self.columns = [name for name, field in fields.items() if name not in keys and not field.primary_key]
        self.types = {name: fields[name].rel_db_type(connection) for name in fields}
        self.amounts: dict[tuple[Any, ...], dict[str, float]] = {}

    def add(self, *key: Any, **amounts: float) -> None:
        row = self.amounts.setdefault(key, {})
        for column, amount in amounts.items():
            row[column] = row.get(column, 0) + amount

    def write(self) -> None:
        rows = sorted((key, row) for key, row in self.amounts.items() if any(row.values()))
        if not rows:
            return
        names = [*self.keys, *self.columns]
        values: list[Any] = [[key[i] for key, _ in rows] for i in range(len(self.keys))]
        values += [[row.get(column, 0) for _, row in rows] for column in self.columns]
        arrays = ", ".join(f"%s::{self.types[name]}[]" for name in names)
        added = ", ".join(f"{name} = {self.table}.{name} + excluded.{name}" for name in self.columns)
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {self.table} ({', '.join(names)}) SELECT * FROM unnest({arrays}) "  # noqa: S608
                f"ON CONFLICT ({', '.join(self.keys)}) DO UPDATE SET {added}",
                values,
            )
        self.amounts.clear()
