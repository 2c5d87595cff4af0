"""The accepted rows of one file as the promised tables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import reduce
from typing import Final

import ibis
import ibis.expr.types as ir

from joinedup import tables
from joinedup.intake.feed import Feed, Mapped, Part
from joinedup.intake.mapping import each_column
from joinedup.intake.staged import StagedRows
from joinedup.tables import Table

# event_id = file key, row, and the event's place in the row, side by side in 63 bits.
_KEY_PLACE: Final = 2**32
_ROW_PLACE: Final = 4
_RAW: Final = {"raw_kind": "kind", "raw_urgency": "urgency", "raw_outcome": "outcome"}


@dataclass(frozen=True, slots=True)
class FileMark:
    """What intake puts on every row of a file."""

    file_id: str
    sha256: str
    partner: str
    known_date: date

    @property
    def file_key(self) -> int:
        """What makes the file's event ids its own."""
        return file_key(self.sha256)


def file_key(sha256: str) -> int:
    """The first 31 bits of a file's hash."""
    return int(sha256[:8], 16) >> 1


@dataclass(frozen=True, slots=True)
class PartTable:
    """Rows for one promised table."""

    declared: Table
    rows: ir.Table


def part_tables(rows: StagedRows, mark: FileMark) -> Iterator[PartTable]:
    """What a file gives to each promised table that its feed fills. `rows`: the accepted ones."""
    yield PartTable(tables.IDENTITIES, _identities(rows, mark))
    for declared in (tables.EVENTS, tables.REFERRALS, tables.REGISTRATIONS, tables.RESIDENCES):
        received = declared.as_received()
        parts = [part for part in rows.feed.parts if part.table.name == declared.name]
        if parts:
            yield PartTable(received, _union([_part(rows, part, mark) for part in parts]))
    codes = [codes for part in rows.feed.parts for codes in _all_codes(rows, part, mark)]
    if codes:
        yield PartTable(tables.CODES.as_received(), _union(codes))


def row_keys(rows: StagedRows) -> ir.Table:
    """Each accepted row's key, and a hash that tells whose demographic record it repeats."""
    return rows.table.select(
        "source_row", row_key=rows.table.row_key, identity_hash=_identity_hash(rows)
    )


def _union(many: list[ir.Table]) -> ir.Table:
    return reduce(lambda one, other: one.union(other), many)


def _identity_hash(rows: StagedRows) -> ir.IntegerValue:
    """A hash of who the row says the patient is; equal hashes of one patient mean equal values."""
    values = {mapped.target.name: rows.value(mapped) for mapped in rows.feed.identity.columns}
    return ibis.struct(values).hash()


def _identities(rows: StagedRows, mark: FileMark) -> ir.Table:
    """Each distinct demographic record of the file once, at the first row that has it."""
    record_id = rows.value(_record_id(rows.feed))
    keyed = rows.table.select("source_row", who=record_id, what=_identity_hash(rows))
    first = keyed.group_by("who", "what").aggregate(source_row=keyed.source_row.min())
    chosen = rows.with_table(rows.table.semi_join(first, "source_row"))
    return _select(chosen, rows.feed.identity, tables.IDENTITIES, mark)


def _part(rows: StagedRows, part: Part, mark: FileMark) -> ir.Table:
    taken = rows.with_table(rows.table.filter(rows.takes(part))) if part.when else rows
    return _select(taken, part, part.table, mark)


def _select(rows: StagedRows, part: Part, declared: Table, mark: FileMark) -> ir.Table:
    filled = dict(_filled(rows, part, mark))
    columns = {}
    for column in declared.columns:
        mapped = part.find(column.name)
        if column.name in filled:
            value = filled[column.name]
        elif mapped is not None:
            value = rows.value(mapped)
        elif column.name in _RAW:
            value = _raw(rows, part.find(_RAW[column.name]))
        else:
            value = ibis.null(column.type)
        columns[column.name] = value.cast(column.type)
    return rows.table.select(**columns)


def _filled(rows: StagedRows, part: Part, mark: FileMark) -> Iterator[tuple[str, ir.Value]]:
    """The columns that intake itself fills."""
    yield "partner", ibis.literal(mark.partner)
    yield "file_id", ibis.literal(mark.file_id)
    yield "known_date", ibis.literal(mark.known_date)
    yield "source_row", rows.table.source_row
    yield "record_id", rows.value(_record_id(rows.feed))
    if part.table.name in ("events", "referrals"):
        name = "event_id" if part.table.name == "events" else "referral_id"
        yield name, _event_id(rows, part, mark)


def _event_id(rows: StagedRows, part: Part, mark: FileMark) -> ir.IntegerValue:
    return rows.table.source_row * _ROW_PLACE + (mark.file_key * _KEY_PLACE + part.number)


def _raw(rows: StagedRows, mapped: Mapped | None) -> ir.Value:
    """The partner's own code, where it was mapped to ours."""
    if mapped is None or mapped.value.constant is not None:
        return ibis.null("string")
    return rows.text(mapped)


def _record_id(feed: Feed) -> Mapped:
    found = feed.identity.find("record_id")
    assert found is not None  # read_feed has refused a feed without one
    return found


def _all_codes(rows: StagedRows, event: Part, mark: FileMark) -> Iterator[ir.Table]:
    """One table for each column of codes; `position` counts on over columns and blocks."""
    position = 0
    for codes in event.codes:
        code = codes.find("code")
        assert code is not None  # read_feed has refused codes without one
        for one in each_column(code):
            position += 1
            taken = rows.takes(event) & rows.takes(codes) & rows.value(one).notnull()
            accepted = rows.with_table(rows.table.filter(taken))
            yield _codes(accepted, event, codes, one, position, mark)


def _codes(
    rows: StagedRows, event: Part, codes: Part, code: Mapped, position: int, mark: FileMark
) -> ir.Table:
    columns: dict[str, ir.Value] = {}
    for column in tables.CODES.as_received().columns:
        mapped = codes.find(column.name) if column.name != code.target.name else code
        columns[column.name] = rows.value(mapped) if mapped else ibis.null(column.type)
    recorded = codes.find("recorded_date")
    when = _recorded(rows, event, mark)
    columns["recorded_date"] = ibis.coalesce(rows.value(recorded), when) if recorded else when
    columns |= {
        "event_id": _event_id(rows, event, mark),
        "record_id": rows.value(_record_id(rows.feed)),
        "position": ibis.literal(position, "int64"),
        "file_id": ibis.literal(mark.file_id),
        "source_row": rows.table.source_row,
    }
    types = {column.name: column.type for column in tables.CODES.as_received().columns}
    return rows.table.select(**{name: value.cast(types[name]) for name, value in columns.items()})


def _recorded(rows: StagedRows, event: Part, mark: FileMark) -> ir.Value:
    """The local day of the event."""
    start = event.find("start_at")
    if start is None or start.value.constant is not None:
        return ibis.literal(mark.known_date)
    return rows.day(start)
