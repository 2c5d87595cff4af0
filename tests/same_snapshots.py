"""Whether two snapshots hold the same, table by table and row by row."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb

from joinedup import tables
from joinedup.tables import Zone


def manifest(system: Path) -> Any:
    """The manifest of the snapshot that serves."""
    snapshot = (system / "lake" / "CURRENT").read_text().strip()
    return json.loads((system / "lake/snapshots" / snapshot / "manifest.json").read_text())


def differences(one: Path, other: Path) -> dict[str, tuple[int, int]]:
    """Tables in which the serving snapshots of two systems differ: rows that only each has.

    The moment in a snapshot's id is left out of account, since two runs begin at two moments.
    """
    found = {}
    for declared in tables.PROMISED:
        first, second = _rows(one, declared), _rows(other, declared)
        only = tuple(_count(f"{a} EXCEPT ALL {b}") for a, b in ((first, second), (second, first)))
        if any(only):
            found[declared.name] = (only[0], only[1])
    return found


def _rows(system: Path, declared: tables.Table) -> str:
    snapshot = (system / "lake" / "CURRENT").read_text().strip()
    is_identified = declared.zone is Zone.IDENTIFIED
    folder = system / "identified/snapshots" if is_identified else system / "lake/snapshots"
    inner = snapshot if is_identified else f"{snapshot}/tables"
    names = ", ".join(
        f"left({name}, 6) AS {name}" if name == "run" else f'"{name}"'
        for name in declared.column_names
    )
    return f"(SELECT {names} FROM read_parquet('{folder}/{inner}/{declared.name}/*.parquet'))"


def _count(query: str) -> int:
    row = duckdb.sql(f"SELECT count(*) FROM ({query})").fetchone()
    assert row is not None
    return int(row[0])
