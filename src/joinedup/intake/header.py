"""Which column of a file is which: its header, held against the feed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from joinedup.intake.feed import Feed
from joinedup.intake.lines import SPAN_LIMIT_LINES
from joinedup.intake.records import (
    LINE_LIMIT_BYTES,
    OPEN,
    WHOLE,
    RecordForm,
    read_fields,
    read_on,
)
from joinedup.intake.rules import did_you_mean
from joinedup.terms.shown import shown

_BOM: Final = b"\xef\xbb\xbf"
_OTHER_DELIMITERS: Final = (",", ";", "|", "\t")
_NAMED_AT_MOST: Final = 5
# More, and the database takes long to plan a reading of which the feed uses a few columns.
COLUMNS_AT_MOST: Final = 20_000


@dataclass(frozen=True, slots=True)
class Header:
    """The columns of one file. `lines`: physical lines down to the header's end.

    `blank`: how many of those are blank. `fault` is the id of the file rule that it fails.
    """

    columns: tuple[str, ...]
    lines: int = 0
    blank: int = 0
    fault: str = ""
    remark: str = ""
    notes: tuple[str, ...] = ()

    def places(self, feed: Feed) -> Mapping[str, int]:
        """Each column that the feed uses, where the file has it, and its place."""
        return {
            name: self.columns.index(name) for name in feed.columns_used if name in self.columns
        }


def read_header(plain: Path, feed: Feed) -> Header:
    """The header of a text file, checked against its feed."""
    if not feed.layout.header:
        return check_columns(feed.layout.columns, feed)
    text, lines, blank = _first_record(plain, feed.layout.delimiter)
    columns = tuple(read_fields(text, feed.layout.delimiter))
    if not any(columns):
        return Header((), lines, blank, "header_missing")
    checked = check_columns(columns, feed)
    remark = _other_delimiter(text, feed) or checked.remark
    return Header(columns, lines, blank, checked.fault, remark, checked.notes)


def check_columns(columns: Sequence[str], feed: Feed) -> Header:
    """Whether the columns are there that the feed uses, each once."""
    names = tuple(columns)
    used = feed.columns_used
    optional = set(feed.layout.optional)
    missing = [name for name in used if name not in names and name not in optional]
    repeated = [name for name in used if names.count(name) > 1]
    if len(names) > COLUMNS_AT_MOST:
        return Header(names, fault="columns_too_many", remark=f"It has {len(names):,}.")
    if missing and len(missing) == len(used):
        # Perhaps no header at all, but a patient: nothing of it is shown.
        return Header(names, fault="header_missing", remark=f"Missing: {_list(missing)}.")
    notes = []
    if extra := [name for name in names if name and name not in used]:
        notes.append(f"{len(extra)} columns that the feed does not use were left: {_list(extra)}.")
    if absent := [name for name in used if name in optional and name not in names]:
        notes.append(f"Optional columns are not there: {_list(absent)}.")
    if missing:
        remark = _missing(missing, names, used)
        return Header(names, fault="columns_missing", remark=remark, notes=tuple(notes))
    if repeated:
        return Header(names, fault="columns_repeated", remark=f"{_list(repeated)}.")
    return Header(names, notes=tuple(notes))


def _missing(missing: Sequence[str], names: tuple[str, ...], used: Sequence[str]) -> str:
    spare = tuple(name for name in names if name not in used)
    named = missing[:_NAMED_AT_MOST]
    guesses = [f"'{name}'. {did_you_mean(name, spare)}".strip() for name in named]
    more = f" And {len(missing) - _NAMED_AT_MOST} more." if len(missing) > _NAMED_AT_MOST else ""
    return "Missing: " + " ".join(guesses) + more


def _list(names: Sequence[str]) -> str:
    beginning = ", ".join(shown(name) for name in names[:_NAMED_AT_MOST])
    return beginning + (
        f" and {len(names) - _NAMED_AT_MOST} more" if len(names) > _NAMED_AT_MOST else ""
    )


def _other_delimiter(text: str, feed: Feed) -> str:
    """A remark where the header makes sense with another delimiter only."""
    for delimiter in _OTHER_DELIMITERS:
        if delimiter == feed.layout.delimiter:
            continue
        found = set(read_fields(text, delimiter))
        if len(found) > 1 and found.issuperset(feed.key):
            found_one = "a tab" if delimiter == "\t" else f"'{delimiter}'"
            return f"Its columns are separated by {found_one}, not '{feed.layout.delimiter}'."
    return ""


def _first_record(plain: Path, delimiter: str) -> tuple[str, int, int]:
    """The first record that is not blank, the lines down to its end, and the blank ones."""
    form = RecordForm(0, delimiter.encode())
    lines = blank = fields = 0
    record, rule = b"", WHOLE
    with plain.open("rb") as file:
        while line := _line(file):
            lines += 1
            line = line.removeprefix(_BOM) if lines == 1 else line
            if not record and not line.strip(b" \r\n"):
                blank += 1
                continue
            record += line
            rule, fields = read_on(line.rstrip(b"\r\n"), form, fields, is_open=rule == OPEN)
            is_long = len(record) > LINE_LIMIT_BYTES or lines - blank >= SPAN_LIMIT_LINES
            if rule != OPEN or is_long:
                break
    return record.rstrip(b"\r\n").decode("utf-8", errors="replace"), lines, blank


def _line(file: IO[bytes]) -> bytes:
    """The next line; of one beyond the limit, no more than shows that it is."""
    line = more = file.readline(LINE_LIMIT_BYTES + 1)
    while more and not more.endswith(b"\n"):
        more = file.readline(LINE_LIMIT_BYTES + 1)
    return line
