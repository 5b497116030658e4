"""What a dashboard is made of: tiles, tables, charts, and the message that fills them in."""

import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

AUDIENCE = "live"  # everybody who watches the dashboard


@dataclass(frozen=True)
class Cell:
    """One number. `key` names it on the page; `raw` is what a CSV holds; `url` leads to the cases behind it."""

    key: str
    text: str
    raw: Any
    tone: str = ""
    url: str = ""


@dataclass(frozen=True)
class Tile:
    name: str
    cell: Cell
    note: str = ""


@dataclass(frozen=True)
class Column:
    id: str
    label: str
    number: bool = True
    means: str = ""


@dataclass(frozen=True)
class Row:
    id: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Table:
    id: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    note: str = ""
    empty: str = ""


@dataclass(frozen=True)
class Board:
    at: float
    tiles: tuple[Tile, ...]
    tables: dict[str, Table]
    charts: dict[str, list[list[int]]] = field(repr=False)

    def cells(self) -> Iterator[Cell]:
        """Every number with a name. The tables beside the charts are filled in from the charts' points."""
        for tile in self.tiles:
            yield tile.cell
        for table in self.tables.values():
            if table.id not in self.charts:
                for row in table.rows:
                    yield from row.cells

    @property
    def shape(self) -> str:
        """Changes when a row comes or goes: then a page fetches the board anew instead of filling it in."""
        keys = ",".join(cell.key for cell in self.cells())
        return f"{zlib.crc32(keys.encode()):08x}"

    def filling(self) -> dict[str, Any]:
        """What a page needs to fill itself in: text by key, or [text, tone] where the tone says something."""
        cells = {cell.key: [cell.text, cell.tone] if cell.tone else cell.text for cell in self.cells()}
        return {"at": self.at, "shape": self.shape, "cells": cells, "charts": self.charts}

    def message(self) -> str:
        """The websocket message: the same text for everybody who watches."""
        return json.dumps({"topic": "board", **self.filling()}, separators=(",", ":"))
