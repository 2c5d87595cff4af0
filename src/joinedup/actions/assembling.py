"""The step that makes one history of what all partners sent."""

from __future__ import annotations

from collections.abc import Callable

import ibis
import ibis.expr.types as ir

from joinedup import tables
from joinedup.actions.amending import amend, amend_persons, amend_residences, find_affected
from joinedup.actions.steps import SHARED_CODE, code_version, step_key
from joinedup.actions.unit_costs import read_unit_costs
from joinedup.actions.work import Relinked, Work
from joinedup.intake import hash_file
from joinedup.record import (
    UnitCost,
    assemble_persons,
    attach_person,
    cost_events,
    residences_from_postcodes,
)
from joinedup.tables import Table

STEP = "record"
_Made = Callable[[ir.Table], ir.Table]
_RECEIVED = (tables.CODES, tables.REFERRALS, tables.REGISTRATIONS)


def assemble(work: Work) -> None:
    """Write `persons`, `registrations`, `residences`, `events`, `codes` and `referrals`."""
    unit_costs = read_unit_costs(work.system.path / "agreements" / "unit_costs.toml")
    postcodes = work.system.path / "reference" / "postcodes.parquet"
    basis = step_key(
        STEP,
        code_version("record", "actions/assembling.py", "actions/amending.py", *SHARED_CODE),
        unit_costs,
        hash_file(postcodes) if postcodes.is_file() else "",
    )
    key = step_key(basis, work.step_keys["link"])
    with work.steps.measured(STEP, "Making one history of what all partners sent") as step:
        step.reused = work.take_over(STEP, key, basis)
        if step.reused:
            return
        may_change = work.may_change(STEP)
        if may_change and work.relinked is not None:
            _amend_all(work, work.relinked, unit_costs)
        else:
            _assemble_all(work, unit_costs)


def _assemble_all(work: Work, unit_costs: tuple[UnitCost, ...]) -> None:
    links = work.read(tables.LINKS)
    persons = assemble_persons(work.read(tables.IDENTITIES), links)
    work.write_by_person(STEP, tables.PERSONS, [persons])
    for declared in _RECEIVED:
        work.write_by_person(STEP, declared, _attached(work, declared, links))
    costed = _attached(work, tables.EVENTS, links, lambda events: cost_events(events, unit_costs))
    work.write_by_person(STEP, tables.EVENTS, costed)
    stated = _attached(work, tables.RESIDENCES, links)
    placed = _placed(work, work.read(tables.IDENTITIES))
    placed = attach_person(tables.RESIDENCES, placed, links)
    work.write_by_person(STEP, tables.RESIDENCES, [*stated, placed])


def _attached(
    work: Work, declared: Table, links: ir.Table, made: _Made = lambda received: received
) -> list[ir.Table]:
    """A promised table in pieces, a partner each: so few links are held in memory at once."""
    return [
        attach_person(declared, made(received), links.filter(links.partner == partner))
        for partner, received in work.received_by_partner(declared).items()
    ]


def _amend_all(work: Work, relinked: Relinked, unit_costs: tuple[UnitCost, ...]) -> None:
    affected = find_affected(work, relinked)
    amend_persons(work, STEP, affected)
    for declared in _RECEIVED:
        amend(work, STEP, declared, affected, lambda received: received)
    amend(work, STEP, tables.EVENTS, affected, lambda events: cost_events(events, unit_costs))
    amend_residences(work, STEP, affected, lambda identities: _placed(work, identities))


def _placed(work: Work, identities: ir.Table) -> ir.Table:
    """Residences from the postcodes of identities; none where there is no directory of them."""
    path = work.system.path / "reference" / "postcodes.parquet"
    if path.is_file():
        return residences_from_postcodes(identities, work.engine.read_parquet(path))
    columns = (*tables.RESIDENCES.as_received().schema().items(), ("partner", "string"))
    return ibis.memtable([], schema=ibis.schema(dict(columns)))
