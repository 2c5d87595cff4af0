"""Make a long table of measures fit to leave the pseudonymous zone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from joinedup.safeguards.disclosure.counts import NONE, Counts, Flags, Integers, read_counts
from joinedup.safeguards.disclosure.knowledge import small_counts
from joinedup.safeguards.disclosure.relations import build_equations
from joinedup.safeguards.disclosure.rule import DisclosureRule, Status
from joinedup.safeguards.disclosure.secondary import withheld_for_others
from joinedup.safeguards.disclosure.sums import Sum

_CODES: Final = tuple(Status)
_CODE_OF: Final = {status: code for code, status in enumerate(_CODES)}
# Of two figures that a third is made of, the worse one says why the third is not there.
_WORST_FIRST: Final = (Status.MISSING, Status.SUPPRESSED, Status.WITHHELD_SECONDARY)
RULE_KEY: Final = b"disclosure_rule"


@dataclass(frozen=True, slots=True)
class Protected:
    """A table that may be published under a rule, and how many of its counts are not shown."""

    table: pa.Table
    rule: DisclosureRule
    suppressed: int
    withheld: int


def protect(cells: pa.Table, rule: DisclosureRule, sums: Sequence[Sum] = ()) -> Protected:
    """Hide small counts, and as many more as keep them from being worked out; round the rest.

    `cells`: one row a measure_id, footprint_kind, area, period, breakdown and category with
    whole-number numerator and denominator (null: missing; a measure without any denominator is a
    count). Optional: population_id, where measures share a denominator; is_proportion, where the
    numerator is part of it; per, which the rate is for (1 where there is none).
    `sums`: every way in which figures of the table add up to others.

    The result has the rows as they came, with numerator and denominator as shown or null, value
    (the rate, or the count of a measure without denominator) and a `Status` of each. All that is
    published together belongs in one call. SourceDataError for a table that cannot be read or
    parts above their whole; DisclosureError where no hiding would do.
    """
    counts = read_counts(cells, rule)
    equations = build_equations(counts, sums, rule.threshold)
    withheld = withheld_for_others(counts, equations, rule)
    is_small, _ = small_counts(counts, rule)
    codes = np.full(len(counts.value), _CODE_OF[Status.SHOWN], np.int64)
    codes[(counts.value == 0) & ~is_small] = _CODE_OF[Status.ZERO]
    codes[withheld] = _CODE_OF[Status.WITHHELD_SECONDARY]
    codes[is_small] = _CODE_OF[Status.SUPPRESSED]
    table = _with_figures(cells, counts, codes, rule)
    words = {RULE_KEY: rule.in_words().encode()}
    table = table.replace_schema_metadata({**(cells.schema.metadata or {}), **words})
    return Protected(table, rule, int(is_small.sum()), int(withheld.sum()))


def _with_figures(
    cells: pa.Table, counts: Counts, codes: Integers, rule: DisclosureRule
) -> pa.Table:
    upper, upper_codes = _figures(counts, counts.numerator, codes, rule)
    lower, lower_codes = _figures(counts, counts.denominator, codes, rule)
    is_count = _is_count(cells, counts.denominator)
    value_codes = np.where(is_count, upper_codes, _worse(upper_codes, lower_codes))
    has_value = np.isin(value_codes, (_CODE_OF[Status.SHOWN], _CODE_OF[Status.ZERO]))
    per = np.asarray(pc.cast(cells["per"], pa.float64())) if "per" in cells.column_names else 1.0
    below = np.where(is_count, 1, lower)
    # A safe nought of nobody has no rate.
    has_value &= below > 0
    value_codes = np.where(
        ~has_value & (value_codes == _CODE_OF[Status.ZERO]), _CODE_OF[Status.MISSING], value_codes
    )
    value = upper / np.maximum(below, 1) * np.where(is_count, 1.0, per)
    table = _put(cells, "numerator", upper, upper_codes)
    table = _put(table, "denominator", lower, lower_codes, blank=is_count)
    return _put(table, "value", value, value_codes, has=has_value)


def _figures(
    counts: Counts, which: Integers, codes: Integers, rule: DisclosureRule
) -> tuple[Integers, Integers]:
    """The number that each row may show, and its status as a code."""
    is_there = which != NONE
    value = np.where(is_there, counts.value[which] if len(counts.value) else 0, 0)
    status = np.full(len(which), _CODE_OF[Status.MISSING], np.int64)
    status[is_there] = codes[which[is_there]]
    rounded = (value + rule.rounding // 2) // rule.rounding * rule.rounding
    return np.where(status == _CODE_OF[Status.SHOWN], rounded, 0), status


def _is_count(cells: pa.Table, denominator: Integers) -> Flags:
    """The rows of measures that have no denominator anywhere."""
    encoded = pc.cast(cells["measure_id"], pa.string()).combine_chunks().dictionary_encode()
    measure = encoded.indices.to_numpy(zero_copy_only=False)
    has = np.zeros(len(encoded.dictionary), bool)
    has[measure[denominator != NONE]] = True
    return ~has[measure]


def _worse(one: Integers, two: Integers) -> Integers:
    either = one.copy()
    for status in reversed(_WORST_FIRST):
        code = _CODE_OF[status]
        either[(one == code) | (two == code)] = code
    return either


def _put(
    table: pa.Table,
    name: str,
    figures: Integers | NDArray[np.float64],
    codes: Integers,
    *,
    has: Flags | None = None,
    blank: Flags | None = None,
) -> pa.Table:
    """The figures and their status as columns; where `blank` there is nothing to have a status."""
    if has is None:
        has = np.isin(codes, (_CODE_OF[Status.SHOWN], _CODE_OF[Status.ZERO]))
    words = pa.array([status.value for status in _CODES]).take(pa.array(codes))
    if blank is not None:
        words = pc.if_else(pa.array(blank), pa.scalar(None, pa.string()), words)
    status = "status" if name == "value" else f"{name}_status"
    for column, values in ((name, pa.array(figures, mask=~has)), (status, words)):
        if column in table.column_names:
            table = table.set_column(table.column_names.index(column), column, values)
        else:
            table = table.append_column(column, values)
    return table
