"""What a reader works out sum by sum, and what a solver finds where that is not enough."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from joinedup.safeguards.disclosure.counts import Flags, Integers
from joinedup.safeguards.disclosure.knowledge import NO_END, Knowledge
from joinedup.safeguards.disclosure.relations import Equations

if TYPE_CHECKING:
    from scipy.sparse import csc_array

_PASSES: Final = 30
_MOST_COUNTS: Final = 1500
_NODES: Final = 200


def narrowed(equations: Equations, knowledge: Knowledge) -> tuple[Integers, Integers]:
    """The least and most that each count can be by each sum alone, sums taken in turn.

    Never narrower than what a reader can truly find; where this is narrow, the count is disclosed.
    """
    matrix = equations.matrix
    rows = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    columns, signs = matrix.indices, matrix.data
    low, high = knowledge.low.copy(), knowledge.high.copy()
    for _ in range(_PASSES):
        least = np.where(signs > 0, low[columns], -high[columns])
        most = np.where(signs > 0, high[columns], -low[columns])
        least, open_below = _of_others(rows, least, matrix.shape[0])
        most, open_above = _of_others(rows, most, matrix.shape[0])
        # sign * count == -(all others), which lie from `least` to `most`.
        upper = np.where(open_below, NO_END, -least)
        lower = np.where(open_above, -NO_END, -most)
        new_high = np.where(signs > 0, upper, -lower)
        new_low = np.where(signs > 0, lower, -upper)
        before = low.copy(), high.copy()
        np.maximum.at(low, columns, new_low)
        np.minimum.at(high, columns, new_high)
        if (low == before[0]).all() and (high == before[1]).all():
            break
    return low, high


def _of_others(rows: Integers, ends: Integers, many: int) -> tuple[Integers, Flags]:
    """For each entry the sum of the ends of its equation's other entries; whether any is open."""
    is_open = np.abs(ends) >= NO_END // 2
    closed = np.where(is_open, 0, ends)
    total = np.zeros(many, np.int64)
    np.add.at(total, rows, closed)
    opened = np.bincount(rows, weights=is_open, minlength=many).astype(np.int64)
    return total[rows] - closed, opened[rows] - is_open > 0


class Solver:
    """Whole-number programmes over the counts near one count, those beyond held as they are."""

    def __init__(self, equations: Equations, knowledge: Knowledge) -> None:
        self._equations, self._knowledge = equations, knowledge
        self._by_equation = equations.matrix
        self._by_count = equations.matrix.tocsc()

    def spread(self, count: int, wanted: int, furthest: int) -> int:
        """How far apart the count's ends could be, up to `wanted`; no count moves `furthest`."""
        near = self._near(count)
        place = int(np.searchsorted(near, count))
        matrix = self._by_count[:, near].tocsr()
        matrix = matrix[np.diff(matrix.indptr) > 0]
        value, known = self._equations.value[near], self._knowledge
        low = np.maximum(known.low[near] - value, -furthest)
        high = np.minimum(known.high[near] - value, furthest)
        low[place], high[place] = max(low[place], -wanted), min(high[place], wanted)
        above = self._furthest(matrix, low, high, place, -1)
        if above >= wanted:
            return above
        return above + self._furthest(matrix, low, high, place, 1)

    def _furthest(
        self, matrix: csc_array, low: Integers, high: Integers, place: int, sign: int
    ) -> int:
        # Half a second to import, which every verb would pay.
        from scipy.optimize import Bounds, LinearConstraint, milp

        objective = np.zeros(len(low))
        objective[place] = sign
        found = milp(
            objective,
            integrality=np.ones(len(low)),
            bounds=Bounds(low.astype(float), high.astype(float)),
            constraints=[LinearConstraint(matrix, 0, 0)] if matrix.shape[0] else [],
            options={"node_limit": _NODES},
        )
        if found.x is None:
            return 0
        change = np.rint(found.x).astype(np.int64)
        holds = not (matrix @ change).any() and (low <= change).all() and (change <= high).all()
        return -sign * int(change[place]) if holds else 0

    def _near(self, count: int) -> Integers:
        """The counts within two sums of one, or one sum where these are too many."""
        near = np.array([count])
        for _ in range(3):
            rows = np.unique(self._by_count[:, near].indices)
            wider = np.unique(self._by_equation[rows].indices)
            if len(wider) > _MOST_COUNTS and len(near) > 1:
                break
            near = np.union1d(near, wider)
        return near
