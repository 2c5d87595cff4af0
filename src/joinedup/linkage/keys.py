"""Whole-number keys from the contents of columns, for joins and groups within one run.

A key depends on the contents alone, never on the order of rows. It is no promise beyond the run:
engines hash differently, so no pick goes by it where people would see the difference.
"""

from __future__ import annotations

from collections.abc import Callable

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir

from joinedup.terms import SourceDataError

# DuckDB's own hash of several values at once; Ibis has one of a single value, at twice the cost.
_builtin = ibis.udf.scalar.builtin(name="hash")


def _hash2(a, b) -> dt.uint64:  # type: ignore[no-untyped-def]
    raise NotImplementedError


def _hash3(a, b, c) -> dt.uint64:  # type: ignore[no-untyped-def]
    raise NotImplementedError


def _hash4(a, b, c, d) -> dt.uint64:  # type: ignore[no-untyped-def]
    raise NotImplementedError


def _hash12(a, b, c, d, e, f, g, h, i, j, k, m) -> dt.uint64:  # type: ignore[no-untyped-def]
    raise NotImplementedError


_BY_COUNT: dict[int, Callable[..., ir.IntegerValue]] = {
    2: _builtin(_hash2),
    3: _builtin(_hash3),
    4: _builtin(_hash4),
    12: _builtin(_hash12),
}


def key_of(*values: ir.Value) -> ir.IntegerValue:
    """A 64-bit key of 2 to 12 values, nulls included."""
    count = next(count for count in _BY_COUNT if count >= len(values))
    filler = [ibis.literal(0)] * (count - len(values))
    return _BY_COUNT[count](*values, *filler)


def check_distinct(table: ir.Table, key: str) -> None:
    """Two different records with one key would be taken for one: once in 100,000 runs at 15M."""
    counts = table.aggregate(all=table.count(), keys=table[key].nunique())
    row = counts.to_pyarrow().to_pylist()[0]
    if row["all"] != row["keys"]:
        raise SourceDataError(
            "two different records have the same key.",
            where="linkage",
            cure="Please report this: it should happen once in 100,000 runs.",
        )
