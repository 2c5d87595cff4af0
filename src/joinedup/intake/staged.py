"""A file's rows read once: every promised value, what refused them, and little else.

All later steps work from this one Parquet, which is a fraction of the file's size.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import reduce
from typing import Final

import ibis
import ibis.expr.types as ir

from joinedup.intake.checks import MASK_BITS, Check, mask
from joinedup.intake.feed import Feed, Mapped, Part
from joinedup.intake.mapping import MappedRows, promised_values, value_name, value_places

# Promised columns beside which the partner's own code is kept.
RAW_KEPT: Final = ("kind", "urgency", "outcome")

CheckGroups = tuple[tuple[Check, ...], ...]


@dataclass(frozen=True, slots=True)
class StagedRows:
    """Rows with their promised values. `places`: the value's name → its number in the feed."""

    table: ir.Table
    feed: Feed
    places: Mapping[str, int]

    def with_table(self, table: ir.Table) -> StagedRows:
        """The same columns for other rows."""
        return replace(self, table=table)

    def value(self, mapped: Mapped) -> ir.Value:
        """The promised value."""
        if mapped.value.constant is not None:
            return ibis.literal(mapped.value.constant).cast(mapped.target.type)
        return self.table[f"v{self._place(mapped)}"]

    def text(self, mapped: Mapped) -> ir.Value:
        """The partner's text of a value that was mapped to a code of ours."""
        return self.table[f"t{self._place(mapped)}"]

    def day(self, mapped: Mapped) -> ir.Value:
        """The day of a time, as the partner's clocks showed it."""
        return self.table[f"d{self._place(mapped)}"]

    def takes(self, part: Part) -> ir.Value:
        """Whether a part takes the row."""
        if part.when is None:
            return ibis.literal(True)
        return self.table[_taken(self.feed, part)]

    def _place(self, mapped: Mapped) -> int:
        return self.places[value_name(mapped)]


def group_checks(checks: tuple[Check, ...], *, refusing: bool) -> CheckGroups:
    """Checks in groups that a mask each holds."""
    chosen = [check for check in checks if check.refuses is refusing]
    starts = range(0, max(len(chosen), 1), MASK_BITS)
    return tuple(tuple(chosen[start : start + MASK_BITS]) for start in starts)


def stage(rows: MappedRows, refusing: CheckGroups, flagging: CheckGroups) -> ir.Table:
    """The columns to keep of mapped rows: `r0`… and `f0`… are masks of checks that failed."""
    columns: dict[str, ir.Value] = {"row_key": rows.row_key()}
    columns |= {f"r{n}": mask(group) for n, group in enumerate(refusing)}
    columns |= {f"f{n}": mask(group) for n, group in enumerate(flagging)}
    for mapped in promised_values(rows.feed):
        place = rows.places[value_name(mapped)]
        if mapped.value.constant is None:
            columns[f"v{place}"] = rows.value(mapped)
        if mapped.target.name in RAW_KEPT and mapped.value.columns:
            columns[f"t{place}"] = rows.text(mapped)
        if mapped.target.name == "start_at" and mapped.value.constant is None:
            columns[f"d{place}"] = rows.local(mapped).cast("date")
    for part in rows.feed.all_parts:
        if part.when is not None:
            columns[_taken(rows.feed, part)] = rows.takes(part)
    kept = ("source_row", "lines", "first_event_id")
    own = [name for name in kept if name in rows.table.columns]
    return rows.table.select(*own, **columns)


def staged_rows(table: ir.Table, feed: Feed) -> StagedRows:
    """The rows that `stage` wrote, read back."""
    return StagedRows(table, feed, value_places(feed))


def is_accepted(table: ir.Table) -> ir.BooleanValue:
    """Whether no check refused a staged row."""
    masks = [table[name] == 0 for name in table.columns if re.fullmatch(r"r\d+", name)]
    return reduce(lambda one, other: one & other, masks)


def _taken(feed: Feed, part: Part) -> str:
    return f"w{feed.all_parts.index(part)}"
