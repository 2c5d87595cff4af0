"""Write a table that may leave the system: CSV, Parquet, JSON, or an Excel workbook with its notes.

Every file says what it is: a workbook on its first sheet, JSON beside the rows, Parquet in its
metadata; a CSV has a text file of the same name beside it.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from joinedup.engines import storage_faults
from joinedup.safeguards.spreadsheets import as_cell
from joinedup.terms import NotFoundError

_NOTES_SHEET: Final = "About"
_ROWS_SHEET: Final = "Measures"
# Excel's own limit, the head apart.
_MOST_ROWS: Final = 1_048_575
_WIDEST: Final = 40


def write_out(rows: pa.Table, notes: Mapping[str, str], path: Path) -> Path:
    """Write rows with their notes to a file, in the form that its ending says; return its path.

    Aside and then renamed. NotFoundError for an ending that is not known here; StorageError where
    the disk refuses.
    """
    write = _FORMS.get(path.suffix.lower())
    if write is None:
        raise NotFoundError(
            f"'{path.suffix}' is not a form that a table can be written in.",
            where=str(path),
            cure=f"Name a file that ends with {', '.join(_FORMS)}.",
        )
    if rows.num_rows > _MOST_ROWS and path.suffix.lower() == ".xlsx":
        raise NotFoundError(
            f"{rows.num_rows:,} rows are more than a workbook holds.",
            where=str(path),
            cure="Ask for less, or for .csv or .parquet.",
        )
    aside = path.with_name(f"{path.stem}.part{path.suffix}")
    with storage_faults(path.parent):
        path.parent.mkdir(parents=True, exist_ok=True)
        write(rows, notes, aside)
        aside.replace(path)
    return path


def _csv(rows: pa.Table, notes: Mapping[str, str], path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(rows.column_names)
        for row in rows.to_pylist():
            writer.writerow([_for_spreadsheet(value) for value in row.values()])
    text = "".join(f"{name}: {words}\n" for name, words in notes.items())
    about = path.with_name(path.name.replace(".part.csv", ".about.txt"))
    about.write_text(text, encoding="utf-8", newline="\n")


def _json(rows: pa.Table, notes: Mapping[str, str], path: Path) -> None:
    found = {"about": dict(notes), "rows": rows.to_pylist()}
    path.write_text(json.dumps(found, default=str, ensure_ascii=False, indent=1), encoding="utf-8")


def _parquet(rows: pa.Table, notes: Mapping[str, str], path: Path) -> None:
    told = {f"joinedup.{name}": words for name, words in notes.items()}
    pq.write_table(rows.replace_schema_metadata(told), path, compression="zstd")


def _xlsx(rows: pa.Table, notes: Mapping[str, str], path: Path) -> None:
    import xlsxwriter

    # Without this a text that begins with = would be a formula, and a web address a link.
    options = {"strings_to_formulas": False, "strings_to_urls": False, "constant_memory": True}
    with xlsxwriter.Workbook(str(path), options) as book:
        bold = book.add_format({"bold": True})
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        about = book.add_worksheet(_NOTES_SHEET)
        about.set_column(0, 0, 24, bold)
        about.set_column(1, 1, 100, wrapped)
        for place, (name, words) in enumerate(notes.items()):
            about.write_string(place, 0, name)
            about.write_string(place, 1, words)
        _write_rows(book, book.add_worksheet(_ROWS_SHEET), rows)


def _write_rows(book: Any, sheet: Any, rows: pa.Table) -> None:
    head = book.add_format({"bold": True, "bottom": 1})
    shapes = {
        "number": book.add_format({"num_format": "#,##0.00"}),
        "whole": book.add_format({"num_format": "#,##0"}),
        "day": book.add_format({"num_format": "yyyy-mm-dd"}),
    }
    for place, field in enumerate(rows.schema):
        sheet.set_column(place, place, _width(rows, field.name), shapes.get(_shape(field.type)))
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(rows.num_rows, 1), rows.num_columns - 1)
    for place, name in enumerate(rows.column_names):
        sheet.write_string(0, place, name.replace("_", " "), head)
    for line, row in enumerate(rows.to_pylist(), start=1):
        for place, value in enumerate(row.values()):
            if isinstance(value, str):
                sheet.write_string(line, place, value)
            elif value is not None:
                sheet.write(line, place, value)


def _shape(kind: pa.DataType) -> str:
    if pa.types.is_floating(kind):
        return "number"
    if pa.types.is_integer(kind):
        return "whole"
    return "day" if pa.types.is_date(kind) else ""


def _width(rows: pa.Table, name: str) -> int:
    longest = max((len(str(value)) for value in rows[name].slice(0, 200).to_pylist()), default=0)
    return min(max(longest, len(name)) + 3, _WIDEST)


def _for_spreadsheet(value: Any) -> Any:
    return as_cell(value) if isinstance(value, str) else value


_FORMS: Final[Mapping[str, Callable[[pa.Table, Mapping[str, str], Path], None]]] = {
    ".csv": _csv,
    ".xlsx": _xlsx,
    ".parquet": _parquet,
    ".json": _json,
}
