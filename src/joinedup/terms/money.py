"""Money, held in whole pence."""

from __future__ import annotations

import ibis.expr.types as ir

UNITS = ("pounds", "pence")


def read_pence(text: ir.StringValue, unit: str) -> ir.IntegerValue:
    """Whole pence from text in pounds or pence; a pound sign, commas and spaces are allowed.

    Null where it is no number. Half a penny rounds away from zero.
    """
    bare = text.re_replace(r"[£,\s]", "")
    if unit == "pounds":
        return (bare.try_cast("decimal(18, 4)") * 100).round(0).cast("int64")
    return bare.try_cast("decimal(18, 2)").round(0).cast("int64")
