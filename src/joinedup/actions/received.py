"""What intake handed on, seen as whole tables over all partners' files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import ibis
import ibis.expr.types as ir

from joinedup.engines import DuckDBEngine
from joinedup.tables import Table


@dataclass(frozen=True, slots=True)
class Part:
    """One accepted file's rows as promised tables, in a folder named by file and configuration."""

    partner: str
    feed: str
    file_id: str
    folder: Path


def received_table(engine: DuckDBEngine, parts: Sequence[Part], declared: Table) -> ir.Table:
    """One received table over all files, with the partner on every row."""
    wanted = declared.as_received()
    columns = dict.fromkeys(("partner", *wanted.column_names))
    tables = []
    for partner in sorted({part.partner for part in parts}):
        paths = [
            part.folder / f"{declared.name}.parquet" for part in parts if part.partner == partner
        ]
        there = sorted(path for path in paths if path.is_file())
        if there:
            table = engine.read_parquet(there).mutate(partner=ibis.literal(partner))
            tables.append(table.select(*columns))
    if not tables:
        return ibis.memtable([], schema=ibis.schema({**wanted.schema(), "partner": "string"}))
    return ibis.union(*tables) if len(tables) > 1 else tables[0]
