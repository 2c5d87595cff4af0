"""The step that puts files, partners and areas beside the people."""

from __future__ import annotations

import dataclasses

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from joinedup import tables
from joinedup.actions.take_in import TakenIn
from joinedup.actions.work import Work
from joinedup.partners import (
    areas,
    memberships,
    organisations,
    read_pack,
    read_partners,
    small_areas,
)
from joinedup.tables import Table

STEP = "describe"


def describe(work: Work, taken: TakenIn) -> None:
    """Write `files`, `flags`, `quarantine`, `organisations`, `areas` and `memberships`."""
    with work.steps.measured(STEP, "Describing files, partners and areas"):
        pack = read_pack(work.system.area)
        partners = read_partners(work.system, pack)
        accounts = [dataclasses.asdict(account) for account in taken.accounts]
        work.write(STEP, tables.FILES, _promised(tables.FILES, pa.Table.from_pylist(accounts)))
        work.write(STEP, tables.FLAGS, _promised(tables.FLAGS, taken.flags))
        quarantine = work.received(tables.QUARANTINE)
        work.write(STEP, tables.QUARANTINE, quarantine.select(*tables.QUARANTINE.column_names))
        for declared, rows in (
            (tables.ORGANISATIONS, organisations(pack, partners)),
            (tables.AREAS, areas(pack)),
            (tables.SMALL_AREAS, small_areas(pack)),
            (tables.MEMBERSHIPS, memberships(pack, partners)),
        ):
            work.write(STEP, declared, _promised(declared, rows))


def _promised(declared: Table, rows: pa.Table) -> ir.Table:
    """Rows with the promised columns, types and order."""
    table = ibis.memtable(rows.select(declared.column_names), schema=declared.schema())
    return table.order_by(*declared.key)
