"""What a question about flow hands back: tables of figures, and what must be said with them."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeAlias

from joinedup.drawing import Absence
from joinedup.engines import storage_faults
from joinedup.safeguards.spreadsheets import as_cell

# A figure that is there and is held back because it is small. None: there is none, or nobody knows.
NOT_SHOWN: Final = Absence.NOT_SHOWN

Cell: TypeAlias = str | int | float | dt.date | Absence | None


@dataclass(frozen=True, slots=True)
class Part:
    """One table of an answer: its rows have a cell for each column."""

    name: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]

    @property
    def hidden(self) -> int:
        """How many figures of the table are not shown."""
        return sum(cell is NOT_SHOWN for row in self.rows for cell in row)

    def records(self) -> Iterator[dict[str, Any]]:
        """Each row by column; a figure not shown is null, and its column named in `hidden`."""
        for row in self.rows:
            named = dict(zip(self.columns, row, strict=True))
            hidden = [name for name, cell in named.items() if cell is NOT_SHOWN]
            yield {**named, **dict.fromkeys(hidden), "hidden": hidden}


@dataclass(frozen=True, slots=True)
class Answer:
    """Figures of `start` until before `end`, as known `as_at`; `notes` are read with them."""

    question: str
    snapshot: str
    start: dt.date
    end: dt.date
    as_at: dt.date
    parts: tuple[Part, ...]
    notes: tuple[str, ...]


def write_csv(answer: Answer, path: Path) -> int:
    """All tables of an answer in one CSV, named in the first column; how many rows."""
    columns = list(dict.fromkeys(name for part in answer.parts for name in part.columns))
    rows = [(part.name, record) for part in answer.parts for record in part.records()]
    # Windows' spreadsheets know UTF-8 by its byte-order mark alone.
    with storage_faults(path.parent), path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["table", *columns, "hidden"])
        for name, record in rows:
            cells = [_written(record.get(column)) for column in columns]
            writer.writerow([name, *cells, " ".join(record["hidden"])])
    return len(rows)


def write_text(path: Path, text: str) -> None:
    """Write a drawing. StorageError where the disk refuses."""
    with storage_faults(path.parent):
        path.write_text(text, encoding="utf-8")


def _written(cell: Cell) -> str | int | float | dt.date:
    if cell is None:
        return ""
    return as_cell(cell) if isinstance(cell, str) else cell
