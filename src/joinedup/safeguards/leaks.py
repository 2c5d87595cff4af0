"""Find what names people in a table that must not: the last gate before a snapshot is published.

Declarations promise that pseudonymous tables hold no identifiers; this looks at the values, since
a wrong line in a feed's TOML could map a name or an NHS number into any text column.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.types as ir

from joinedup.tables import Table

# Shapes of identifiers: NHS number as printed (NHS Data Dictionary: NHS NUMBER), postcode
# (British Standard 7666 address form), and a full date written as text.
_NHS_NUMBER = r"^[0-9]{3}[ -]?[0-9]{3}[ -]?[0-9]{4}$"
_POSTCODE = r"^[A-Z]{1,2}[0-9][A-Z0-9]? ?[0-9][A-Z]{2}$"
_DATE_TEXT = r"^((19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}|[0-9]{2}/[0-9]{2}/(19|20)[0-9]{2})$"

# A service may share a word with somebody's surname, and a code may by chance be some partner's
# local number; a column that really holds them shares a good part of its values.
_SHORTEST = 5
_CHANCE_VALUES = 5
_CHANCE_SHARE = 0.2
# A birth admission begins on the birth date; a column of birth dates nearly always does.
_BIRTH_DATES_SHARE = 0.5

_NEVER = ("nhs_number", "postcode", "email")
_BY_CHANCE = ("record_id", "other_number", "phone", "surname", "forename", "address")


@dataclass(frozen=True, slots=True)
class Leak:
    """One column that holds what it must not, with how many distinct values; never the values."""

    table: str
    column: str
    holds: str
    values: int


@dataclass(frozen=True, slots=True)
class Seen:
    """What tables hold: `texts_in` them, and which of these are `patients_texts`."""

    texts: ir.Table
    known: ir.Table


def find_leaks(
    published: Sequence[tuple[Table, ir.Table]], seen: Seen, *, birth_dates: ir.Table
) -> tuple[Leak, ...]:
    """What names people in pseudonymous tables, each given with its declaration.

    `birth_dates` has person_id and birth_date.
    """
    leaks = [
        Leak(declared.name, name, "a column that was never promised", 0)
        for declared, table in published
        for name in table.columns
        if name not in declared.column_names
    ]
    leaks += _shape_leaks(seen.texts)
    leaks += _known_leaks(seen)
    for declared, table in published:
        if "person_id" in table.columns:
            leaks += _birth_date_leaks(declared, table, birth_dates)
    return tuple(sorted(leaks, key=lambda leak: (leak.table, leak.column, leak.holds)))


def texts_in(published: Sequence[tuple[Table, ir.Table]]) -> ir.Table:
    """Each distinct text of each column once, in capitals: table, column, value."""
    many = []
    for declared, table in published:
        for name in _free_text(declared, table):
            raw = table.select(value=table[name]).distinct()
            tidied = raw.select(
                table=ibis.literal(declared.name),
                column=ibis.literal(name),
                value=raw.value.strip().upper(),
            )
            many.append(tidied.filter(tidied.value != "").distinct())
    if not many:
        names = ("table", "column", "value")
        return ibis.memtable([], schema=ibis.schema(dict.fromkeys(names, "string")))
    return ibis.union(*many) if len(many) > 1 else many[0]


def patients_texts(texts: ir.Table, identities: ir.Table) -> ir.Table:
    """Those texts that are some patient's, with what they are: table, column, value, kind.

    Short ones are left out: '100' is a specialty.
    """
    kinds = []
    for kind in (*_NEVER, *_BY_CHANCE):
        raw = identities.select(value=identities[kind]).distinct()
        known = raw.select(kind=ibis.literal(kind), value=raw.value.strip().upper())
        # Not made distinct again: few meet a text, and those are at the end.
        kinds.append(known.filter(known.value.length() >= _SHORTEST))
    found = texts.inner_join(ibis.union(*kinds), "value")
    return found.select("table", "column", "value", "kind").distinct()


def _free_text(declared: Table, table: ir.Table) -> list[str]:
    """Text columns that a closed set or our own making does not already keep clean."""
    ours = {"person_id", "old_person_id", "new_person_id", "file_id", "run", "sha256", "why"}
    closed = {column.name for column in declared.columns if column.codes}
    return [
        name
        for name, dtype in table.schema().items()
        if dtype.is_string() and name not in ours | closed
    ]


def _shape_leaks(texts: ir.Table) -> list[Leak]:
    # A clinical code may be ten digits; real NHS numbers are found by what patients have.
    looks_like_number = texts.value.re_search(_NHS_NUMBER) & (texts.column != "code")
    counted = texts.group_by("table", "column").aggregate(
        numbers=looks_like_number.sum(),
        postcodes=texts.value.re_search(_POSTCODE).sum(),
        dates=texts.value.re_search(_DATE_TEXT).sum(),
    )
    words = {
        "numbers": "what looks like NHS numbers",
        "postcodes": "what looks like postcodes",
        "dates": "full dates",
    }
    return [
        Leak(row["table"], row["column"], holds, row[shape])
        for row in _rows(counted)
        for shape, holds in words.items()
        if row[shape]
    ]


def _known_leaks(seen: Seen) -> list[Leak]:
    known, texts = seen.known, seen.texts
    found = known.group_by("table", "column", "kind").aggregate(values=known.count())
    sizes = texts.group_by("table", "column").aggregate(all=texts.count())
    return [
        Leak(row["table"], row["column"], f"patients' {row['kind']}", row["values"])
        for row in _rows(found.inner_join(sizes, ["table", "column"]))
        if row["kind"] in _NEVER or _more_than_chance(row["values"], row["all"])
    ]


def _more_than_chance(values: int, of: int) -> bool:
    return values >= _CHANCE_VALUES and values >= _CHANCE_SHARE * of


def _birth_date_leaks(declared: Table, table: ir.Table, birth_dates: ir.Table) -> list[Leak]:
    names = [
        column.name
        for column in declared.columns
        if column.name in table.columns
        and column.name != "birth_month"
        and (table[column.name].type().is_date() or table[column.name].type().is_timestamp())
    ]
    if not names:
        return []
    days = {name: table[name].cast("date") for name in names}
    joined = table.select("person_id", **days).inner_join(birth_dates, "person_id")
    counted = joined.aggregate(
        **{f"same_{name}": (joined[name] == joined.birth_date).sum() for name in names},
        **{f"all_{name}": joined[name].count() for name in names},
    )
    row = _rows(counted)[0]
    return [
        Leak(declared.name, name, "full birth dates", row[f"same_{name}"])
        for name in names
        if row[f"all_{name}"] and row[f"same_{name}"] > _BIRTH_DATES_SHARE * row[f"all_{name}"]
    ]


def _rows(table: ir.Table) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = table.to_pyarrow().to_pylist()
    return rows
