"""Figures in somebody's language: what a page shows of an edition."""

from typing import Any

from apps.disclosure.charts import chart
from apps.disclosure.words import COLUMNS, KEYS, PAGE, SHARES, TABLES
from apps.intake.codes import country_name

ENDONYMS = {"en": "English", "km": "ភាសាខ្មែរ", "vi": "Tiếng Việt"}


def tables(figures: dict[str, Any], language: str) -> list[dict[str, Any]]:
    """Every table of an edition with its words: title, columns, rows of texts, and a chart where parts are compared."""
    names = figures["names"]
    return [_table(one, language, figures["smallest"], names) for one in figures["tables"]]


def _table(one: dict[str, Any], language: str, smallest: int, names: dict[str, str]) -> dict[str, Any]:
    say, columns = PAGE[language], one["columns"]
    rows = [
        {
            "key": row["key"],
            "hidden": row["hidden"],
            "label": label(one["key"], row["key"], language, names),
            "first": None if row["hidden"] else row["values"][0],
            "cells": [
                {"text": text(name, value, language), "known": value is not None}
                for name, value in zip(columns, row["values"], strict=True)
            ],
        }
        for row in one["rows"]
    ]
    if not any(row["key"] or row["first"] for row in rows):
        rows = []  # a row of noughts says less than a sentence
    return {
        "id": one["id"],
        "title": TABLES[one["id"]].in_(language),
        "columns": [COLUMNS[name].in_(language) for name in columns],
        "rows": rows,
        "chart": None if one["id"] == "prevalence" else chart(rows, in_order=one["key"] == "views"),
        "hidden": say["hidden"].format(smallest) if any(row["hidden"] for row in one["rows"]) else "",
    }


def label(key: str, name: str, language: str, names: dict[str, str]) -> str:
    """What a row is of: a rule by its code and title, a language by its own name, what else there is in words."""
    if name in KEYS:
        return KEYS[name].in_(language)
    if key == "views":
        ends = [_local(f"{int(end):,}", language) for end in name.split("-") if end]
        return "–".join(ends) + ("+" if name.endswith("-") else "")
    if key == "country":
        return country_name(name, language)
    if key == "language":
        return ENDONYMS.get(name, name)
    title = names.get(name)
    return f"{name} {title}" if title and key == "rule" else title or name


def text(column: str, value: Any, language: str) -> str:
    """A number as it is read: 12,345 or 12.345, 87.5 %; a dash where nothing is told."""
    if value is None:
        return "–"
    if column in SHARES:
        percent = value * 100
        said = f"{percent:.3f}" if 0 < percent < 1 else f"{percent:.1f}"
        return f"{_local(said, language)} %"
    return _local(f"{value:,}", language)


def _local(said: str, language: str) -> str:
    return said.translate(str.maketrans(",.", ".,")) if language == "vi" else said
