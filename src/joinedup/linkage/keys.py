"""Whole-number keys from the contents of columns, for joins and groups.

A key depends on the contents alone, never on the order of rows. Where equals are told apart by a
key, as profiles are, it is one that all engines make alike.
"""

from __future__ import annotations

import ibis.expr.types as ir

from joinedup.engines.portable import KEY, key_of, same_key_of
from joinedup.terms import SourceDataError

__all__ = ["KEY", "check_distinct", "key_of", "same_key_of"]


def check_distinct(table: ir.Table, key: str) -> None:
    """Two different records with one key would be taken for one: once in 50,000 runs at 15M."""
    counts = table.aggregate(all=table.count(), keys=table[key].nunique())
    row = counts.to_pyarrow().to_pylist()[0]
    if row["all"] != row["keys"]:
        raise SourceDataError(
            "two different records have the same key.",
            where="linkage",
            cure="Please report this: it should happen once in 50,000 runs.",
        )
