"""The guard for twins, and for fathers and sons of one name.

A model that takes fields for independent thinks that two children of one birth date, surname and
address are one child, whatever their forenames; and that father and son of one name are one man.
So a pair whose forenames, or birth dates, have nothing in common is not linked by weight alone: a
personal number must speak for it.

Where nobody in the whole table has a verified NHS number there is another proof: two records that
both have some other number were told apart, or not, by the model with that number in view, and its
weight stands.
"""

from __future__ import annotations

import ibis.expr.types as ir

from joinedup.linkage.comparisons import level_number


def may_be_relatives(scored: ir.Table, *, has_verified: bool) -> ir.BooleanColumn:
    """Whether a scored pair looks like two of one family, with no number to say otherwise."""
    apart = _is_at(scored, "forename", "differs") | _is_at(scored, "birth_date", "differs")
    no_number = ~(_is_above(scored, "nhs_number") | _is_above(scored, "other_number"))
    if has_verified:
        return apart & no_number
    return apart & no_number & (scored.gamma_other_number < 0)


def _is_at(scored: ir.Table, field: str, level: str) -> ir.BooleanColumn:
    return scored[f"gamma_{field}"] == level_number(field, level)


def _is_above(scored: ir.Table, field: str) -> ir.BooleanColumn:
    """The same number, or one some slips of the pen away."""
    return scored[f"gamma_{field}"] > level_number(field, "differs")
