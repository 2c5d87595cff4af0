"""Secondary suppression: hide more, the cheapest first, until nothing hidden can be worked out.

Greedy, after the practice of statistical offices (Hundepool and others, Statistical Disclosure
Control, 2012, chapter 4): each round finds the hidden counts that could be known too well, and
hides one more count in the sum that tells most of each.
"""

from __future__ import annotations

import numpy as np

from joinedup.safeguards.disclosure.counts import Counts, Flags, Integers
from joinedup.safeguards.disclosure.knowledge import Knowledge, published_knowledge
from joinedup.safeguards.disclosure.narrowing import Solver, narrowed
from joinedup.safeguards.disclosure.otherwise import Otherwise
from joinedup.safeguards.disclosure.relations import Equations
from joinedup.safeguards.disclosure.rule import DisclosureRule
from joinedup.terms import DisclosureError


def withheld_for_others(counts: Counts, equations: Equations, rule: DisclosureRule) -> Flags:
    """Which counts are withheld so that each hidden one stays as unsure as the rule promises.

    DisclosureError where hiding everything would not be enough.
    """
    knowledge = published_knowledge(counts, equations, rule)
    choice = _Choice(equations, knowledge, rule)
    otherwise, solver = Otherwise(equations, knowledge), Solver(equations, knowledge)
    is_safe = ~knowledge.guarded
    withheld = np.zeros(len(equations.value), bool)
    while True:
        low, high = narrowed(equations, knowledge)
        known = np.nonzero(~is_safe & (high - low < rule.protection))[0]
        if not len(known):
            known = _unproven(otherwise, solver, is_safe, rule)
        if not len(known):
            return withheld[: equations.published]
        hidden = choice.further(known, low, high)
        if not hidden:
            raise DisclosureError(
                f"{len(known):,} small counts could be worked out whatever else is hidden.",
                where=f"disclosure rule {rule.id}",
                cure="Publish fewer areas or categories together, or merge the small ones.",
            )
        for count in hidden:
            knowledge.withhold(count, rule)
            withheld[count], is_safe[count] = True, False
        otherwise.reread()


def _unproven(
    otherwise: Otherwise, solver: Solver, is_safe: Flags, rule: DisclosureRule
) -> Integers:
    """The guarded counts not shown to be safe; hiding more never makes a safe one unsafe."""
    left = []
    for count in np.nonzero(~is_safe)[0].tolist():
        if otherwise.spread(count, rule.protection) >= rule.protection:
            is_safe[count] = True
        else:
            left.append(count)
    for count in left:
        if solver.spread(count, rule.protection, rule.threshold) >= rule.protection:
            is_safe[count] = True
    return np.nonzero(~is_safe)[0]


class _Choice:
    """Which count to hide next; every choice is totally ordered."""

    def __init__(self, equations: Equations, knowledge: Knowledge, rule: DisclosureRule) -> None:
        self._equations, self._knowledge, self._rule = equations, knowledge, rule
        self._by_equation = equations.matrix
        self._by_count = equations.matrix.tocsc()
        # How many sums a count is the whole of: totals are dear.
        is_whole = equations.matrix.data > 0
        self._wholes = np.bincount(
            equations.matrix.indices[is_whole], minlength=len(equations.value)
        )

    def further(self, known: Integers, low: Integers, high: Integers) -> list[int]:
        """One more count to hide for each that is known too well, or hidden for another's sake."""
        chosen: list[int] = []
        used: set[int] = set()
        for count in known.tolist():
            tried = self._telling(count, low, high)
            if any(equation in used for equation in tried):
                continue
            for equation in tried or []:
                cheapest = self._cheapest(self._members(equation), chosen)
                if cheapest is not None:
                    chosen.append(cheapest)
                    used.add(equation)
                    break
        return chosen or self._beyond(known)

    def _telling(self, count: int, low: Integers, high: Integers) -> list[int]:
        """The equations of a count, that which tells most of it first."""
        found = self._by_count.indices[slice(*self._by_count.indptr[count : count + 2])]
        widths = []
        for equation in sorted(found.tolist()):
            others = self._members(equation)
            others = others[others != count]
            widths.append((int((high[others] - low[others]).sum()), equation))
        return [equation for _, equation in sorted(widths)]

    def _beyond(self, known: Integers) -> list[int]:
        """The cheapest count to hide further and further from the first that is known too well."""
        near = known[:1]
        while True:
            rows = np.unique(self._by_count[:, near].indices)
            wider = np.unique(self._by_equation[rows].indices)
            cheapest = self._cheapest(wider, [])
            if cheapest is not None:
                return [cheapest]
            if len(wider) <= len(near):
                return []
            near = wider

    def _members(self, equation: int) -> Integers:
        members: Integers = self._by_equation.indices[
            slice(*self._by_equation.indptr[equation : equation + 2])
        ]
        return members

    def _cheapest(self, among: Integers, taken: list[int]) -> int | None:
        known, value = self._knowledge, self._equations.value
        free = [
            one
            for one in among.tolist()
            if one < self._equations.published
            and not known.guarded[one]
            and value[one] > self._rule.threshold
            and one not in taken
        ]
        return min(free, key=lambda one: (self._wholes[one], value[one], one), default=None)
