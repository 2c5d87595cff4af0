"""How a large table of persons is parted into files: by year, and by range of `person_id`.

A file is a cell: one year's rows of one range of people. So one person's rows are read from few
files, and a new day's rows change few of them, however large the table.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import ibis
import ibis.expr.types as ir

# Rows that a file should have. Measured on events of 21 columns: smaller files cost more to open
# than to read, larger ones more to write again when one row of them changes.
ROWS_A_FILE: Final = 64_000
# A parting is kept from snapshot to snapshot while its files are at most so many times larger or
# smaller than they should be, so that files need not be written again only for their size.
_SLACK: Final = 4
# Ranges are told by three hexadecimal digits of the pseudonym.
PLACES: Final = 16**3
_DIGITS: Final = "0123456789ABCDEF"
# All years before the first that has files of its own hold at most this share of the rows.
_SHARE_BEFORE: Final = 0.05
# A year so far off is a slip of the pen: its rows share a file with all others like it.
_MOST_YEARS: Final = 50
_BEFORE, _AFTER, _UNDATED = 0, 9998, 9999
_NAMES: Final = {_AFTER: "after", _UNDATED: "undated"}


@dataclass(frozen=True, slots=True)
class CellOrder:
    """What a table's cells go by: the column that gives the year, and the order within a file."""

    year_of: str
    order: tuple[str, ...]

    def years(self, table: ir.Table) -> ir.IntegerValue:
        """The year of each row; 0 where the table is not parted by year."""
        if not self.year_of:
            return ibis.literal(0, "int64")
        return table[self.year_of].year().cast("int64")


# Rows by year of a table; those that have no date are by None.
RowsByYear = Mapping[int | None, int]


@dataclass(frozen=True, slots=True)
class Cells:
    """A table's parting: years from `first_year` on, and `ranges` of people, a power of two.

    `first_year` is 0 where the table is not parted by year.
    """

    first_year: int
    ranges: int

    @classmethod
    def for_rows(cls, rows: RowsByYear, *, by_year: bool) -> Cells:
        """The parting that suits so many rows."""
        first_year = _first_year(rows) if by_year else 0
        most = max(_by_period(first_year, rows).values(), default=0)
        ranges = 1
        while ranges < PLACES and most / ranges > ROWS_A_FILE:
            ranges *= 2
        return cls(first_year, ranges)

    def fit(self, rows: RowsByYear) -> bool:
        """Whether files of so many rows in all are still of a good size."""
        most = max(_by_period(self.first_year, rows).values(), default=0) / self.ranges
        is_small = self.ranges > 1 and most < ROWS_A_FILE / _SLACK
        is_large = self.ranges < PLACES and most > ROWS_A_FILE * _SLACK
        return not (is_small or is_large)

    def of_rows(self, year: ir.IntegerValue | None, place: ir.IntegerValue) -> ir.IntegerValue:
        """The cell of each row, as a whole number; `place` is `place_of` its person."""
        within = (place * self.ranges) // PLACES
        if not self.first_year or year is None:
            return within.cast("int64")
        period = ibis.cases(
            (year.isnull(), _UNDATED),
            (year < self.first_year, _BEFORE),
            (year >= self.first_year + _MOST_YEARS, _AFTER),
            else_=year,
        )
        return (period.cast("int64") * PLACES + within).cast("int64")

    def file_name(self, cell: int) -> str:
        """The cell's file: `2024-0031.parquet`, or `0031.parquet` of a table not parted by year."""
        period, within = divmod(cell, PLACES)
        if not self.first_year:
            return f"{within:04d}.parquet"
        name = f"before-{self.first_year}" if period == _BEFORE else _NAMES.get(period, str(period))
        return f"{name}-{within:04d}.parquet"

    def year_of_file(self, file_name: str) -> int | None:
        """A year whose rows are in the file; None for rows that have no date."""
        period = file_name.rpartition("-")[0]
        if period.isdigit():
            return int(period)
        far = {"undated": None, "after": self.first_year + _MOST_YEARS, "": 0}
        return far.get(period, self.first_year - 1)

    def has_place(self, file_name: str, places: Collection[int]) -> bool:
        """Whether a file would hold rows of some places of people: see `place_of`."""
        return any(
            file_name.endswith(f"{place * self.ranges // PLACES:04d}.parquet") for place in places
        )

    def has_person(self, file_name: str, person_id: str) -> bool:
        """Whether a file would hold the person's rows, if there are any."""
        return self.has_place(file_name, (place_in_text(person_id),))


def place_of(person_id: ir.StringValue) -> ir.IntegerValue:
    """Where a pseudonym stands among all, from 0 to 4,095: by the digits after its letter."""
    digits = ibis.literal(_DIGITS)
    first, second, third = (digits.find(person_id.substr(at, 1)) for at in (1, 2, 3))
    whole = first * 256 + second * 16 + third
    return ibis.greatest(ibis.least(whole, PLACES - 1), 0).cast("int64")


def union(pieces: Sequence[ir.Table]) -> ir.Table:
    """One table of pieces that have the same columns."""
    return ibis.union(*pieces) if len(pieces) > 1 else pieces[0]


def place_in_text(person_id: str) -> int:
    """`place_of` one pseudonym."""
    whole = 0
    for digit in person_id[1:4].ljust(3, "0"):
        whole = whole * 16 + _DIGITS.find(digit)
    return max(min(whole, PLACES - 1), 0)


def _first_year(rows: RowsByYear) -> int:
    before, allowed = 0, sum(rows.values()) * _SHARE_BEFORE
    years = sorted(year for year in rows if year is not None)
    for year in years:
        before += rows[year]
        if before > allowed:
            return max(year, 1)
    return years[-1] if years else 1


def _by_period(first_year: int, rows: RowsByYear) -> dict[int, int]:
    """Rows of each year; all of a table not parted by year together."""
    found: dict[int, int] = {}
    for year, count in rows.items():
        period = -1 if year is None or year < first_year else year
        found[period if first_year else 0] = found.get(period if first_year else 0, 0) + count
    return found
