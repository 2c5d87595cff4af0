"""Find what names people in a table that must not: the last gate before a snapshot is published.

Declarations promise that pseudonymous tables hold no identifiers; this looks at the values, since
a wrong line in a feed's TOML could map a name or an NHS number into any text column.
"""

from __future__ import annotations

from dataclasses import dataclass

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


def find_leaks(
    declared: Table, table: ir.Table, *, identities: ir.Table, birth_dates: ir.Table
) -> tuple[Leak, ...]:
    """What names people in a pseudonymous table.

    `identities` has the identified columns; `birth_dates` person_id and birth_date.
    """
    extra = [name for name in table.columns if name not in declared.column_names]
    leaks = [Leak(declared.name, name, "a column that was never promised", 0) for name in extra]
    for name in _free_text(declared, table):
        leaks += _text_leaks(declared.name, table, name, identities)
    if "person_id" in table.columns:
        for name in _dates(declared, table):
            leaks += _birth_date_leaks(declared.name, table, name, birth_dates)
    return tuple(leaks)


def _free_text(declared: Table, table: ir.Table) -> list[str]:
    """Text columns that a closed set or our own making does not already keep clean."""
    ours = {"person_id", "old_person_id", "new_person_id", "file_id", "run", "sha256", "why"}
    closed = {column.name for column in declared.columns if column.codes}
    return [
        name
        for name, dtype in table.schema().items()
        if dtype.is_string() and name not in ours | closed
    ]


def _dates(declared: Table, table: ir.Table) -> list[str]:
    known = set(declared.column_names) - {"birth_month"}
    return [
        name
        for name, dtype in table.schema().items()
        if name in known and (dtype.is_date() or dtype.is_timestamp())
    ]


def _text_leaks(table_name: str, table: ir.Table, name: str, identities: ir.Table) -> list[Leak]:
    values = table.select(value=table[name].strip().upper()).distinct()
    values = values.filter(values.value.notnull() & (values.value != ""))
    counts = values.aggregate(
        all=values.count(),
        nhs=values.value.re_search(_NHS_NUMBER).sum(),
        postcode=values.value.re_search(_POSTCODE).sum(),
        date=values.value.re_search(_DATE_TEXT).sum(),
        never=_known(values, identities, _NEVER),
        **{column: _known(values, identities, (column,)) for column in _BY_CHANCE},
    )
    row = counts.to_pyarrow().to_pylist()[0]
    found = [("patients' NHS numbers, postcodes or e-mail addresses", row["never"])]
    if name != "code":  # a clinical code may be ten digits; the line above knows the real numbers
        found.append(("what looks like NHS numbers", row["nhs"]))
    found += [("what looks like postcodes", row["postcode"]), ("full dates", row["date"])]
    for column in _BY_CHANCE:
        count = row[column] or 0
        if count >= _CHANCE_VALUES and count >= _CHANCE_SHARE * row["all"]:
            found.append((f"patients' {column}", count))
    return [Leak(table_name, name, holds, count) for holds, count in found if count]


def _known(values: ir.Table, identities: ir.Table, columns: tuple[str, ...]) -> ir.Value:
    """How many values are some patient's. Short ones are left out: '100' is a specialty."""
    texts = [
        identities.select(value=identities[column].strip().upper()).filter(
            lambda t: t.value.length() >= 5
        )
        for column in columns
    ]
    known = ibis.union(*texts, distinct=True) if len(texts) > 1 else texts[0].distinct()
    return values.value.isin(known.value).sum()


def _birth_date_leaks(
    table_name: str, table: ir.Table, name: str, birth_dates: ir.Table
) -> list[Leak]:
    dated = table.select("person_id", day=table[name].cast("date")).filter(
        lambda t: t.day.notnull()
    )
    joined = dated.join(birth_dates, "person_id")
    row = (
        joined.aggregate(same=(joined.day == joined.birth_date).sum(), all=joined.count())
        .to_pyarrow()
        .to_pylist()[0]
    )
    if row["all"] and (row["same"] or 0) > _BIRTH_DATES_SHARE * row["all"]:
        return [Leak(table_name, name, "full birth dates", row["same"])]
    return []
