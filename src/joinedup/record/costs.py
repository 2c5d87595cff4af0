"""Unit costs: what a contact cost, where somebody says so. No price is ever invented."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir


@dataclass(frozen=True, slots=True)
class UnitCost:
    """The cost of one event of a setting and kind, and urgency where it matters."""

    setting: str
    kind: str
    cost_pence: int
    year: str
    source: str
    urgency: str = ""


def cost_events(events: ir.Table, unit_costs: Sequence[UnitCost]) -> ir.Table:
    """Fill `cost_pence` where a unit cost fits and the source gave none.

    A cost for the urgency goes before a cost for the setting and kind alone.
    """
    if not unit_costs:
        return events
    branches = [
        (_fits(events, cost), ibis.literal(cost.cost_pence, "int64"))
        for cost in sorted(unit_costs, key=lambda c: (not c.urgency, c.setting, c.kind, c.urgency))
    ]
    return events.mutate(cost_pence=events.cost_pence.fill_null(ibis.cases(*branches)))


def _fits(events: ir.Table, cost: UnitCost) -> ir.BooleanValue:
    fits = (events.setting == cost.setting) & (events.kind == cost.kind)
    return fits & (events.urgency == cost.urgency) if cost.urgency else fits
