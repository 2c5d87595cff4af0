"""Tables drawn as text, so that a test reads as documentation.

    drawn('''
        person_id | sex    | birth_month
        P1        | female | 1950-02-01
        P2        | -      | 1962-11-01
    ''', sex="string", birth_month="date")

A lone `-` is null; every column is text unless a type is named.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from typing import Any

import ibis
import ibis.expr.types as ir

_READ: dict[str, Callable[[str], Any]] = {
    "int64": int,
    "float64": float,
    "date": dt.date.fromisoformat,
    "timestamp(6)": dt.datetime.fromisoformat,
    "boolean": lambda text: {"yes": True, "no": False}[text],
}


def rows(text: str) -> list[dict[str, str | None]]:
    """The drawing as rows of text."""
    lines = [line for line in text.strip().splitlines() if line.strip()]
    head, *body = [[cell.strip() for cell in line.split("|")] for line in lines]
    return [
        {name: None if cell == "-" else cell for name, cell in zip(head, cells, strict=True)}
        for cells in body
    ]


def drawn(text: str, **types: str) -> ir.Table:
    """The drawing as an Ibis table."""
    head = [cell.strip() for cell in text.strip().splitlines()[0].split("|")]
    schema = {name: types.get(name, "string") for name in head}
    read = [
        {
            name: None if cell is None else _READ.get(schema[name], str)(cell)
            for name, cell in row.items()
        }
        for row in rows(text)
    ]
    return ibis.memtable(read, schema=schema)


def shown(table: ir.Table, *columns: str) -> list[tuple[Any, ...]]:
    """The rows of a table in its own order, as tuples of plain text and None."""
    chosen = table.select(*columns) if columns else table
    return [tuple(map(_text, row.values())) for row in _rows(chosen)]


def _rows(table: ir.Table) -> Iterable[dict[str, Any]]:
    listed: list[dict[str, Any]] = table.to_pyarrow().to_pylist()
    return listed


def _text(value: object) -> str | None:
    return None if value is None else str(value)
