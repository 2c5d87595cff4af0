"""What a team answered about people on its list, read from a file that it keeps by hand."""

from __future__ import annotations

import csv
import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import ibis
import ibis.expr.types as ir

from joinedup.terms import SourceDataError

COLUMNS: Final = ("person_id", "decision", "reason", "decided_date", "until_date")
_SCHEMA: Final = {
    "person_id": "string", "decision": "string", "reason": "string", "decided_date": "date",
    "until_date": "date",
}  # fmt: skip
_DECISIONS: Final = ("accepted", "deferred", "declined")
_PSEUDONYM: Final = re.compile(r"P[0-9A-F]{15}")
_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_MOST_CHARACTERS: Final = 300
_SHOWN: Final = 5

_Row = dict[str, object]


def read_feedback(path: Path, today: dt.date) -> ir.Table | None:
    """The answers: person_id, decision, reason, decided_date, until_date; None without the file.

    SourceDataError with the lines at fault; no message repeats what stands on a line.
    """
    if not path.exists():
        return None
    rows: list[_Row] = []
    faults: list[str] = []
    try:
        for line, cells in _lines(path):
            wrong = _fault(cells, today)
            if wrong:
                faults.append(f"line {line}: {wrong}")
            else:
                rows.append(_row(cells))
    except UnicodeDecodeError:
        raise _error(path, "it is not UTF-8", "Save it as CSV in UTF-8.") from None
    except csv.Error:
        raise _error(path, "it cannot be read as CSV", "Save it as CSV again.") from None
    if faults:
        more = f"; and {len(faults) - _SHOWN:,} more" if len(faults) > _SHOWN else ""
        raise _error(
            path, "; ".join(faults[:_SHOWN]) + more, "Mend these lines; no answer was used."
        )
    return ibis.memtable(rows, schema=_SCHEMA)


def _lines(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Each record with the line on which it ends; cells that are missing are left out."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file, strict=True)
        missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
        if missing:
            raise _error(
                path,
                f"it has no column {', '.join(missing)}",
                f"Its first line must be {','.join(COLUMNS)}, parted by commas.",
            )
        for record in reader:
            # Cells beyond the header lie under None.
            extra = record.pop(None, None)
            cells = {name: text.strip() for name, text in record.items() if text is not None}
            if extra:
                cells.pop(COLUMNS[0], None)
            if any(cells.values()) or extra:
                yield reader.line_num, cells


def _fault(cells: dict[str, str], today: dt.date) -> str:
    """What is wrong with one answer, or ""."""
    if any(name not in cells for name in COLUMNS):
        return "it has not as many fields as the header"
    decided, until = _day(cells["decided_date"]), _day(cells["until_date"])
    decision = cells["decision"].lower()
    checks = (
        (not _PSEUDONYM.fullmatch(cells["person_id"].upper()),
         "person_id is not P and 15 digits 0 to F"),
        (decision not in _DECISIONS, f"decision is none of {', '.join(_DECISIONS)}"),
        (len(cells["reason"]) > _MOST_CHARACTERS,
         f"reason has more than {_MOST_CHARACTERS} characters"),
        (decided is None, "decided_date is not a date such as 2026-04-30"),
        (bool(decided and decided > today), "decided_date lies in the future"),
        (bool(cells["until_date"]) and until is None,
         "until_date is not a date such as 2026-04-30"),
        (bool(cells["until_date"]) and decision != "deferred",
         "until_date is only for who was deferred"),
        (bool(until and decided and until < decided), "until_date is before decided_date"),
    )  # fmt: skip
    return next((said for wrong, said in checks if wrong), "")


def _day(text: str) -> dt.date | None:
    """A date as it must be written, or None."""
    if not _DATE.fullmatch(text):
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


def _row(cells: dict[str, str]) -> _Row:
    return {
        "person_id": cells["person_id"].upper(),
        "decision": cells["decision"].lower(),
        "reason": cells["reason"],
        "decided_date": _day(cells["decided_date"]),
        "until_date": _day(cells["until_date"]),
    }


def _error(path: Path, what: str, cure: str) -> SourceDataError:
    return SourceDataError(
        f"the team's answers cannot be used: {what}.", where=str(path), cure=cure
    )
