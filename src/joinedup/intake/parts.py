"""The accepted rows of a feed's files as the promised tables."""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce
from typing import Final

import ibis
import ibis.expr.types as ir

from joinedup import tables
from joinedup.intake.feed import Feed, Mapped, Part
from joinedup.intake.mapping import each_column
from joinedup.intake.staged import RAW_KEPT, StagedRows
from joinedup.tables import Table

# event_id = file base, row, and the event's place in the row, side by side in 63 bits.
_FILE_PLACE: Final = 2**32
_ROW_PLACE: Final = 4
_RAW: Final = {f"raw_{name}": name for name in RAW_KEPT}


def first_event_id(sha256: str) -> int:
    """What makes a file's event ids its own: the first 31 bits of its hash, above the row's."""
    return (int(sha256[:8], 16) >> 1) * _FILE_PLACE


def received_rows(declared: Table, rows: StagedRows) -> ir.Table | None:
    """What accepted rows give to a promised table, keyed by record; None where that is nothing.

    `rows.table` has each row's `file_id`, `first_event_id`, `known_date` and `source_row` too.
    """
    received = declared.as_received()
    if declared.name == tables.IDENTITIES.name:
        return _identities(rows)
    if declared.name == tables.CODES.name:
        many = [codes for part in rows.feed.parts for codes in _all_codes(rows, part)]
    else:
        many = [
            _select(_taken(rows, part), part, received)
            for part in rows.feed.parts
            if part.table.name == declared.name
        ]
    return reduce(lambda one, other: one.union(other), many) if many else None


def records_of_rows(rows: StagedRows) -> ir.Table:
    """Whom each row is about: partner, record_id, file_id, source_row."""
    return rows.table.select(
        "file_id",
        "source_row",
        partner=ibis.literal(rows.feed.partner),
        record_id=rows.value(_record_id(rows.feed)).cast("string"),
    )


def rows_among(rows: StagedRows, only: ir.Table) -> StagedRows:
    """The rows told by `only`, by file_id and source_row, or by partner and record_id.

    Records of some files only, where `only` has file_id too.
    """
    if "record_id" not in only.columns:
        return rows.with_table(rows.table.semi_join(only, ["file_id", "source_row"]))
    theirs = only.filter(only.partner == rows.feed.partner)
    record = rows.value(_record_id(rows.feed)).cast("string") == theirs.record_id
    # The record first, as a staged column: what is read of the file is narrowed by it.
    met = [record, rows.table.file_id == theirs.file_id] if "file_id" in only.columns else [record]
    return rows.with_table(rows.table.semi_join(theirs, met))


def _taken(rows: StagedRows, part: Part) -> StagedRows:
    return rows.with_table(rows.table.filter(rows.takes(part))) if part.when else rows


def _identities(rows: StagedRows) -> ir.Table:
    """Each distinct demographic record of a file once, at the first row that has it."""
    every = _select(rows, rows.feed.identity, tables.IDENTITIES)
    same = [name for name in every.columns if name != "source_row"]
    first = every.group_by(*same).aggregate(source_row=every.source_row.min())
    return first.select(*tables.IDENTITIES.column_names)


def _select(rows: StagedRows, part: Part, declared: Table) -> ir.Table:
    filled = dict(_filled(rows, part))
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


def _filled(rows: StagedRows, part: Part) -> Iterator[tuple[str, ir.Value]]:
    """The columns that intake itself fills."""
    yield "partner", ibis.literal(rows.feed.partner)
    for name in ("file_id", "known_date", "source_row"):
        yield name, rows.table[name]
    yield "record_id", rows.value(_record_id(rows.feed))
    if part.table.name in ("events", "referrals"):
        name = "event_id" if part.table.name == "events" else "referral_id"
        yield name, _event_id(rows, part)


def _event_id(rows: StagedRows, part: Part) -> ir.IntegerValue:
    return rows.table.first_event_id + rows.table.source_row * _ROW_PLACE + part.number


def _raw(rows: StagedRows, mapped: Mapped | None) -> ir.Value:
    """The partner's own code, where it was mapped to ours."""
    if mapped is None or mapped.value.constant is not None:
        return ibis.null("string")
    return rows.text(mapped)


def _record_id(feed: Feed) -> Mapped:
    found = feed.identity.find("record_id")
    assert found is not None  # read_feed has refused a feed without one
    return found


def _all_codes(rows: StagedRows, event: Part) -> Iterator[ir.Table]:
    """One table for each column of codes; `position` counts on over columns and blocks."""
    position = 0
    for codes in event.codes:
        code = codes.find("code")
        assert code is not None  # read_feed has refused codes without one
        for one in each_column(code):
            position += 1
            taken = rows.takes(event) & rows.takes(codes) & rows.value(one).notnull()
            present = rows.with_table(rows.table.filter(taken))
            yield _codes(present, event, codes, one, position)


def _codes(rows: StagedRows, event: Part, codes: Part, code: Mapped, position: int) -> ir.Table:
    received = tables.CODES.as_received()
    columns: dict[str, ir.Value] = {}
    for column in received.columns:
        mapped = codes.find(column.name)
        columns[column.name] = (
            rows.value(mapped) if mapped and column.name != "code" else ibis.null(column.type)
        )
    recorded = codes.find("recorded_date")
    when = _recorded(rows, event)
    columns["recorded_date"] = ibis.coalesce(rows.value(recorded), when) if recorded else when
    columns |= {
        "event_id": _event_id(rows, event),
        "record_id": rows.value(_record_id(rows.feed)),
        "code": rows.value(code),
        "position": ibis.literal(position),
        "file_id": rows.table.file_id,
        "source_row": rows.table.source_row,
    }
    types = {column.name: column.type for column in received.columns}
    return rows.table.select(
        partner=ibis.literal(rows.feed.partner),
        **{name: value.cast(types[name]) for name, value in columns.items()},
    )


def _recorded(rows: StagedRows, event: Part) -> ir.Value:
    """The local day of the event."""
    start = event.find("start_at")
    if start is None or start.value.constant is not None:
        return rows.table.known_date
    return rows.day(start)
