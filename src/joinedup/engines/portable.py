"""Functions that Ibis lacks and that every engine has under one name, each in its own words.

An engine defines them when it opens: see `duckdb` and `spark_functions`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir

# What `key_of` gives. Whole numbers without a sign would be faster still, but Spark has none.
KEY: Final = "int64"
_MOST_VALUES: Final = 12


@ibis.udf.scalar.builtin(name="joinedup_letters", signature=(("string",), "string"))  # type: ignore[untyped-decorator]
def letters(text: str) -> str:
    """Capital letters without marks: `é` is `E`. Only what is left of A to Z is the same on all."""
    raise NotImplementedError


@ibis.udf.scalar.builtin(name="joinedup_small", signature=(("string",), "string"))  # type: ignore[untyped-decorator]
def small_letters(text: str) -> str:
    """Each capital letter as its small one, one character for one."""
    raise NotImplementedError


# DuckDB's own hash of several values at once; Ibis has one of a single value, at twice the cost.
_builtin = ibis.udf.scalar.builtin(name="joinedup_key")


def _key2(a, b) -> dt.int64:  # type: ignore[no-untyped-def]
    raise NotImplementedError


def _key3(a, b, c) -> dt.int64:  # type: ignore[no-untyped-def]
    raise NotImplementedError


def _key4(a, b, c, d) -> dt.int64:  # type: ignore[no-untyped-def]
    raise NotImplementedError


def _key12(a, b, c, d, e, f, g, h, i, j, k, m) -> dt.int64:  # type: ignore[no-untyped-def]
    raise NotImplementedError


_BY_COUNT: dict[int, Callable[..., ir.IntegerValue]] = {
    2: _builtin(_key2),
    3: _builtin(_key3),
    4: _builtin(_key4),
    _MOST_VALUES: _builtin(_key12),
}


@ibis.udf.scalar.builtin(name="joinedup_same_key")  # type: ignore[untyped-decorator]
def _same_key(a, b, c, d, e, f, g, h, i, j, k, m) -> dt.int64:  # type: ignore[no-untyped-def]
    raise NotImplementedError


def same_key_of(*values: ir.Value) -> ir.IntegerValue:
    """A whole number from up to 12 values, nulls included: the same on every engine.

    60 bits of an MD5. It costs five times what `key_of` does: for keys by which rows are picked.
    """
    filler = [ibis.literal(0)] * (_MOST_VALUES - len(values))
    return _same_key(*values, *filler)


def key_of(*values: ir.Value) -> ir.IntegerValue:
    """A whole number from 2 to 12 values, nulls included: the same in every run of one engine.

    63 bits, by the contents alone. Engines hash differently, so no pick may go by it.
    """
    count = next(count for count in _BY_COUNT if count >= len(values))
    filler = [ibis.literal(0)] * (count - len(values))
    return _BY_COUNT[count](*values, *filler)
