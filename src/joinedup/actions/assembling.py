"""The step that makes one history of what all partners sent."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from joinedup import tables
from joinedup.actions.steps import code_version, step_key
from joinedup.actions.unit_costs import read_unit_costs
from joinedup.actions.work import Work
from joinedup.record import (
    assemble_persons,
    attach_person,
    cost_events,
    residences_from_postcodes,
)

STEP = "record"


def assemble(work: Work) -> None:
    """Write `persons`, `registrations`, `residences`, `events`, `codes` and `referrals`."""
    unit_costs = read_unit_costs(work.system.path / "agreements" / "unit_costs.toml")
    postcodes = work.system.path / "reference" / "postcodes.parquet"
    key = step_key(
        STEP,
        code_version("record", "tables"),
        work.step_keys["link"],
        unit_costs,
        (postcodes.stat().st_size, postcodes.stat().st_mtime_ns) if postcodes.is_file() else "",
    )
    with work.steps.measured(STEP, "Making one history of what all partners sent") as step:
        step.reused = work.take_over(STEP, key)
        if step.reused:
            return
        links = work.read(tables.LINKS)
        persons = assemble_persons(work.read(tables.IDENTITIES), links)
        work.write_by_person(STEP, tables.PERSONS, persons)
        for declared in (tables.CODES, tables.REFERRALS, tables.REGISTRATIONS):
            received = attach_person(declared, work.received(declared), links)
            work.write_by_person(STEP, declared, received)
        events = cost_events(work.received(tables.EVENTS), unit_costs)
        work.write_by_person(STEP, tables.EVENTS, attach_person(tables.EVENTS, events, links))
        residences = work.received(tables.RESIDENCES)
        if postcodes.is_file():
            residences = _with_postcodes(work, residences)
        residences = attach_person(tables.RESIDENCES, residences, links)
        work.write_by_person(STEP, tables.RESIDENCES, residences)


def _with_postcodes(work: Work, residences: ir.Table) -> ir.Table:
    postcodes = work.engine.read_parquet(work.system.path / "reference" / "postcodes.parquet")
    placed = residences_from_postcodes(work.read(tables.IDENTITIES), postcodes)
    names = list(residences.columns)
    return ibis.union(residences, placed.select(*names))
