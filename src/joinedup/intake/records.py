"""What one record of a CSV is, as strictly as DuckDB's strict reader has it.

A field is either quoted (spaces may stand outside its quotation marks; one within is doubled) or
plain, up to the next delimiter; a quotation mark inside a plain field is part of its text.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cached_property
from typing import Final

LINE_LIMIT_BYTES: Final = 1_000_000
WHOLE: Final = ""
OPEN: Final = "unclosed_quote"


@dataclass(frozen=True)
class RecordForm:
    """How many columns a record has, and the one byte between them."""

    columns: int
    delimiter: bytes

    @cached_property
    def quoted_field(self) -> re.Pattern[bytes]:
        """A quoted field with what follows it: a delimiter or the end."""
        return re.compile(
            rb' *+"(?:[^"]++|"")*+(?P<closed>")?+(?: *+(?P<next>'
            + re.escape(self.delimiter)
            + rb"|\Z))?"
        )

    @cached_property
    def quoted_rest(self) -> re.Pattern[bytes]:
        """What is left of a quoted field that an earlier line opened."""
        return re.compile(
            rb'(?:[^"]++|"")*+(?P<closed>")?+(?: *+(?P<next>'
            + re.escape(self.delimiter)
            + rb"|\Z))?"
        )

    @cached_property
    def plain_field(self) -> re.Pattern[bytes]:
        """A plain field with the delimiter that follows it, if one does."""
        end = re.escape(self.delimiter)
        return re.compile(rb"[^" + end + rb"\r\n]*+(?P<next>" + end + rb"|\Z)?")

    @cached_property
    def opens_quote(self) -> re.Pattern[bytes]:
        """The start of a quoted field."""
        return re.compile(rb' *+"')


def examine(record: bytes, form: RecordForm) -> str:
    """`WHOLE` for one whole record, else the id of the rule that it fails.

    `OPEN` where a quotation mark is still open at its end. `record` is without its line end.
    """
    return read_on(record, form)[0]


def read_on(
    line: bytes, form: RecordForm, fields: int = 0, *, is_open: bool = False
) -> tuple[str, int]:
    """Read one more line of a record: as `examine`, and the whole fields so far.

    `fields`: how many earlier lines held; `is_open`: whether they left a quotation mark open. So a
    record of many lines is read once, not once a line.
    """
    at = 0
    while True:
        if is_open or form.opens_quote.match(line, at):
            found = (form.quoted_rest if is_open else form.quoted_field).match(line, at)
            assert found is not None
            is_open = False
            if not found["closed"]:
                return OPEN, fields
            if found["next"] is None:
                return "bad_quote", fields
        else:
            found = form.plain_field.match(line, at)
            assert found is not None
            if found["next"] is None:
                return "stray_return", fields
        fields += 1
        at = found.end()
        if not found["next"]:
            break
    if fields == form.columns:
        return WHOLE, fields
    return ("too_few_columns" if fields < form.columns else "too_many_columns"), fields


def read_fields(record: str, delimiter: str) -> list[str]:
    """The texts of one record's fields, without spaces round them; none where it is no record."""
    try:
        rows = list(csv.reader([record], delimiter=delimiter, skipinitialspace=True))
    except csv.Error:  # a carriage return within, or a field beyond Python's limit
        return []
    return [field.strip() for field in rows[0]] if rows else []
