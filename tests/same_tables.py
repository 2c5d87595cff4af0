"""Whether two systems serve the same tables, row by row."""

from __future__ import annotations

from pathlib import Path

import duckdb

from joinedup.engines import Lake
from joinedup.tables import PROMISED, Zone

# What says when and by which run a row was made.
_OF_THE_RUN = {"links": ("run",), "link_changes": ("run",)}


def folders(system: Path) -> dict[str, Path]:
    """Each promised table of the serving snapshot, and the folder of its files."""
    snapshot = Lake(system / "lake", system / "identified").serving()
    made = snapshot.manifest["tables"]
    return {
        one.name: snapshot.table_path(one.name, identified=one.zone is Zone.IDENTIFIED)
        for one in PROMISED
        if one.name in made
    }


def differences(one: Path, other: Path) -> dict[str, str]:
    """What differs between two systems' tables: by table, in words. Empty where nothing does."""
    first, second = folders(one), folders(other)
    found = dict.fromkeys(first.keys() ^ second.keys(), "only in one of the two")
    with duckdb.connect() as own:
        for name in sorted(first.keys() & second.keys()):
            said = _difference(own, name, first[name], second[name])
            if said:
                found[name] = said
    return found


def _difference(own: duckdb.DuckDBPyConnection, name: str, one: Path, other: Path) -> str:
    schemas = [
        own.sql(f"DESCRIBE FROM read_parquet('{path}/*.parquet')").fetchall()
        for path in (one, other)
    ]
    kinds = [[(column[0], column[1]) for column in schema] for schema in schemas]
    if kinds[0] != kinds[1]:
        return f"columns {set(kinds[0]) ^ set(kinds[1])}"
    left_out = _OF_THE_RUN.get(name, ())
    # Numbers with a fraction are the same where they are to nine digits.
    columns = ", ".join(
        f'round("{column}", 9) AS "{column}"' if kind == "DOUBLE" else f'"{column}"'
        for column, kind in kinds[0]
        if column not in left_out
    )
    tables = [f"(SELECT {columns} FROM read_parquet('{path}/*.parquet'))" for path in (one, other)]
    missing, more = (
        own.sql(f"SELECT count(*) FROM (FROM {a} EXCEPT ALL FROM {b})").fetchall()[0][0]
        for a, b in (tables, reversed(tables))
    )
    return (
        f"{missing} rows are only in the first, {more} only in the second" if missing + more else ""
    )
