"""Unit costs that a system states in `agreements/unit_costs.toml`."""

from __future__ import annotations

from pathlib import Path

from joinedup.partners.settings import read_settings
from joinedup.record import UnitCost
from joinedup.tables import code_sets


def read_unit_costs(path: Path) -> tuple[UnitCost, ...]:
    """The unit costs, or none where the file is absent: no price is ever invented."""
    if not path.is_file():
        return ()
    top = read_settings(path)
    costs = []
    for entry in top.sections("unit_costs"):
        costs.append(
            UnitCost(
                setting=entry.text("setting", codes=code_sets.SETTINGS),
                kind=entry.text("kind", codes=code_sets.EVENT_KINDS),
                urgency=entry.text("urgency", "", codes=("", *code_sets.URGENCIES)),
                cost_pence=entry.whole("cost_pence", at_least=0),
                year=entry.text("year"),
                source=entry.text("source"),
            )
        )
    top.finish()
    return tuple(costs)
