"""Somebody who wants the hidden counts, and has only what was published.

Written apart from `joinedup.safeguards.disclosure`, in plain Python and a whole-number solver: from
a published table, the rule in words and what adds up to what, the least and the most that each
hidden count can be. It knows each sum of the system, and whether its parts are all that there are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
from scipy.optimize import Bounds, LinearConstraint, milp

from joinedup.safeguards.disclosure import DisclosureRule, Sum

MANY = 100_000
COLUMNS = {"area": ("footprint_kind", "area"), "period": ("period",),
           "category": ("breakdown", "category")}  # fmt: skip
# (figure, area, period, category): a figure is ("numerator", measure) or ("denominator", who).
Cell = tuple[tuple[str, str], tuple[str, ...], tuple[str, ...], tuple[str, ...]]


@dataclass
class Attacker:
    """All that is known: a range for each cell, and equations between cells."""

    rule: DisclosureRule
    ranges: dict[Cell, tuple[int, int]] = field(default_factory=dict)
    hidden: dict[Cell, str] = field(default_factory=dict)
    equations: list[dict[Cell, int]] = field(default_factory=list)

    def read(self, published: pa.Table) -> None:
        """Note what each published row says."""
        for row in published.to_pylist():
            for name in ("numerator", "denominator"):
                status = row[f"{name}_status"]
                if status in (None, "missing"):
                    continue
                cell = cell_of(row, name)
                known = self._range(row, name, status)
                before = self.ranges.get(cell, (0, MANY))
                self.ranges[cell] = (max(known[0], before[0]), min(known[1], before[1]))
                if status in ("suppressed", "withheld_secondary"):
                    self.hidden[cell] = status
            self._rate(row)

    def _range(self, row: dict[str, Any], name: str, status: str) -> tuple[int, int]:
        smallest = self.rule.threshold + 1
        if status == "zero":
            return 0, 0
        if status == "withheld_secondary":
            return smallest, MANY
        if status == "suppressed":
            owner = cell_of(row, name)[0][1]
            least = int(any(one.measure_id in ("*", owner) for one in self.rule.safe_zeros))
            of_few = name == "numerator" and row["denominator_status"] == "suppressed"
            return least, MANY if of_few else self.rule.threshold
        near = [
            n
            for n in range(max(0, row[name] - self.rule.rounding), row[name] + self.rule.rounding)
            if self.rule.rounded(n) == row[name] and n >= smallest
        ]
        return near[0], near[-1]

    def _rate(self, row: dict[str, Any]) -> None:
        """A proportion is at most one; and a rate with its denominator gives the numerator."""
        upper, lower = cell_of(row, "numerator"), cell_of(row, "denominator")
        if upper not in self.ranges or lower not in self.ranges:
            return
        if row.get("is_proportion"):
            outside = (("outside", row["measure_id"]), *upper[1:])
            self.ranges[outside] = (0, MANY)
            self.equations.append({lower: 1, upper: -1, outside: -1})
        if row["value"] is not None and row["denominator"]:
            made = row["value"] / (row.get("per") or 1) * row["denominator"]
            low, high = self.ranges[upper]
            assert low - 1e-6 <= made <= high + 1e-6, "the rate says more than the numerator"

    def add_up(self, sums: Sequence[Sum], truth: pa.Table) -> None:
        """Set up every sum among the cells; `truth` tells only which sums have a rest."""
        true = {}
        for row in truth.to_pylist():
            for name in ("numerator", "denominator"):
                if row[name] is not None:
                    true[cell_of(row, name)] = row[name]
        for one in sums:
            self._add_one(one, true)

    def _add_one(self, one: Sum, true: dict[Cell, int]) -> None:
        place = ["area", "period", "category"].index(one.dimension.value) + 1
        contexts = {(cell[:place], cell[place + 1 :]) for cell in self.ranges if cell in true}
        for before, after in sorted(contexts):
            wholes = [(*before, label, *after) for label in one.whole]
            parts = [(*before, label, *after) for label in one.parts]
            parts = [cell for cell in parts if cell in true]
            if not parts or any(cell not in true for cell in wholes):
                continue
            equation = {**dict.fromkeys(wholes, 1), **dict.fromkeys(parts, -1)}
            if sum(true[cell] for cell in wholes) != sum(true[cell] for cell in parts):
                rest: Cell = (("rest", repr((one, before, after))), ("",), ("",), ("",))
                self.ranges[rest] = (0, MANY)
                equation[rest] = -1
            self.equations.append(equation)

    def find(self, cell: Cell) -> tuple[int, int]:
        """The least and the most that a cell can be, in whole numbers."""
        near = self._tied_to(cell)
        number = {one: place for place, one in enumerate(near)}
        rows = [equation for equation in self.equations if any(one in number for one in equation)]
        matrix = np.zeros((len(rows), len(near)))
        for row, equation in enumerate(rows):
            for one, sign in equation.items():
                matrix[row, number[one]] = sign
        ends = []
        for sign in (1, -1):
            objective = np.zeros(len(near))
            objective[number[cell]] = sign
            found = milp(
                objective,
                integrality=np.ones(len(near)),
                bounds=Bounds(
                    [self.ranges[one][0] for one in near], [self.ranges[one][1] for one in near]
                ),
                constraints=[LinearConstraint(matrix, 0, 0)] if rows else [],
            )
            assert found.x is not None, f"what is published cannot all be true: {found.message}"
            ends.append(round(float(found.x[number[cell]])))
        return ends[0], ends[1]

    def _tied_to(self, cell: Cell) -> list[Cell]:
        near, grown = {cell}, True
        while grown:
            more = {o for e in self.equations if near & e.keys() for o in e} - near
            near |= more
            grown = bool(more)
        return sorted(near)


def cell_of(row: dict[str, Any], name: str) -> Cell:
    """The count that a row shows as its numerator or denominator."""
    owner = row["measure_id"]
    if name == "denominator" and row.get("population_id"):
        owner = row["population_id"]
    labels = (tuple(row[column] for column in columns) for columns in COLUMNS.values())
    area, period, category = labels
    return (name, owner), area, period, category


def attack(
    published: pa.Table, truth: pa.Table, sums: Sequence[Sum], rule: DisclosureRule
) -> dict[Cell, tuple[str, tuple[int, int]]]:
    """Each hidden count of a published table: its status, the least and the most that it can be."""
    attacker = Attacker(rule)
    attacker.read(published)
    attacker.add_up(sums, truth)
    return {cell: (status, attacker.find(cell)) for cell, status in attacker.hidden.items()}
