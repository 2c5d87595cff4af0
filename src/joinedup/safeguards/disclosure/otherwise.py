"""How far a hidden count could be otherwise: found by changing the true counts, move by move.

What is found is a certificate: whole numbers that agree with everything published, in which the
count is higher (or lower) by so much. Nothing better can be done by a reader than not to know
which of the two is true.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from joinedup.safeguards.disclosure.counts import NONE, PLACE_OF, SERIES, Integers
from joinedup.safeguards.disclosure.knowledge import NO_END, Knowledge
from joinedup.safeguards.disclosure.moves import DimensionMoves, Moves
from joinedup.safeguards.disclosure.relations import Equations
from joinedup.safeguards.disclosure.sums import Dimension

_STEPS: Final = 12
_Pushes = Sequence[tuple[int, int]]


class Otherwise:
    """The counts as they could be otherwise; every question starts again from the truth."""

    def __init__(self, equations: Equations, knowledge: Knowledge) -> None:
        self._equations, self._knowledge = equations, knowledge
        self._moves = [DimensionMoves(equations.relations, dimension) for dimension in Dimension]
        key = equations.key
        self._sizes = [int(key[:, PLACE_OF[d]].max(initial=0)) + 1 for d in Dimension]
        self._at = np.full((int(key[:, SERIES].max(initial=0)) + 1, *self._sizes), NONE, np.int32)
        places = tuple(key[:, PLACE_OF[d]] for d in Dimension)
        self._at[(key[:, SERIES], *places)] = np.arange(len(key))
        self._outside = np.nonzero(equations.complement_of != NONE)[0]
        # One more for the label that a move meets where there is no count: it has no room.
        self._now = np.zeros(len(equations.value) + 1, np.int64)
        self._up, self._down = self._now.copy(), self._now.copy()
        self._of: dict[int, list[int]] = {}
        for implied in self._outside:
            for count in (equations.complement_of[implied], equations.denominator_of[implied]):
                self._of.setdefault(int(count), []).append(int(implied))
        self.reread()

    def reread(self) -> None:
        """Take account of what was withheld since."""
        value, end = self._equations.value, len(self._equations.value)
        self._now[:end], self._up[:end] = value, self._knowledge.high - value
        self._down[:end] = value - self._knowledge.low
        self._up[end] = self._down[end] = 0
        for implied in self._outside:
            self._bound_by(int(implied))

    def spread(self, count: int, wanted: int) -> int:
        """How far apart the count's highest and lowest found could be, searched up to `wanted`."""
        numerator = int(self._equations.complement_of[count])
        if numerator != NONE:
            denominator = int(self._equations.denominator_of[count])
            return self._best(
                wanted,
                [[(denominator, 1), (numerator, -1)]],
                [[(numerator, 1), (denominator, -1)]],
                of=count,
            )
        if count >= len(self._equations.key):
            return 0
        up: list[_Pushes] = [[(count, 1)]]
        down: list[_Pushes] = [[(count, -1)]]
        for implied in self._of.get(count, ()):
            # Only as far as the other half of a proportion lets it: move that first.
            other = int(self._equations.denominator_of[implied])
            if other != count:
                up.append([(other, 1), (count, 1)])
            else:
                down.append([(int(self._equations.complement_of[implied]), -1), (count, -1)])
        return self._best(wanted, up, down, of=count)

    def _best(self, wanted: int, up: list[_Pushes], down: list[_Pushes], *, of: int) -> int:
        above = 0
        for pushes in up:
            above = max(above, self._pushed(pushes, of, wanted))
            if above >= wanted:
                return above
        below = 0
        for pushes in down:
            below = max(below, -self._pushed(pushes, of, wanted - above))
            if above + below >= wanted:
                break
        return above + below

    def _pushed(self, pushes: _Pushes, of: int, far: int) -> int:
        """By how much a count is otherwise after some pushes; then all is as it was."""
        touched: dict[int, tuple[int, int, int]] = {}
        before = int(self._now[of])
        for count, direction in pushes:
            self._push(count, direction, far, touched)
        found = int(self._now[of]) - before
        for count, state in touched.items():
            self._now[count], self._up[count], self._down[count] = state
        return found

    def _push(
        self, count: int, direction: int, far: int, touched: dict[int, tuple[int, int, int]]
    ) -> None:
        counts, signs = self._changes(count)
        if not counts.size:
            return
        signs = signs * direction
        size = np.maximum(np.abs(signs), 1)
        for _ in range(_STEPS):
            room = np.where(signs > 0, self._up[counts], self._down[counts]) // size
            room[signs == 0] = NO_END
            free = room.min(axis=1)
            way = int(free.argmax())
            by = min(int(free[way]), far)
            if by <= 0:
                return
            self._change(counts[way], signs[way] * by, touched)
            far -= by

    def _changes(self, count: int) -> tuple[Integers, Integers]:
        """The changes that raise a count by one: the counts and signs, a change a row."""
        key = self._equations.key[count]
        areas, periods, categories = (
            moves.raising(int(key[PLACE_OF[dimension]]))
            for moves, dimension in zip(self._moves, Dimension, strict=True)
        )
        at = self._at[int(key[SERIES])]
        counts = at[
            areas.labels[:, None, None, :, None, None],
            periods.labels[None, :, None, None, :, None],
            categories.labels[None, None, :, None, None, :],
        ]
        signs = _product(areas, periods, categories)
        shape = (np.prod(signs.shape[:3]), np.prod(signs.shape[3:]))
        return counts.reshape(shape), signs.reshape(shape)

    def _change(
        self, counts: Integers, by: Integers, touched: dict[int, tuple[int, int, int]]
    ) -> None:
        for one, more in zip(counts.tolist(), by.tolist(), strict=True):
            if more:
                self._move_one(one, more, touched)

    def _move_one(self, count: int, by: int, touched: dict[int, tuple[int, int, int]]) -> None:
        self._remember(count, touched)
        self._now[count] += by
        self._up[count] -= by
        self._down[count] += by
        for implied in self._of.get(count, ()):
            numerator = int(self._equations.complement_of[implied])
            denominator = int(self._equations.denominator_of[implied])
            for one in (implied, numerator, denominator):
                self._remember(one, touched)
            self._now[implied] += by if count == denominator else -by
            self._bound_by(implied)

    def _remember(self, count: int, touched: dict[int, tuple[int, int, int]]) -> None:
        state = int(self._now[count]), int(self._up[count]), int(self._down[count])
        touched.setdefault(count, state)

    def _bound_by(self, implied: int) -> None:
        """No more may be in the numerator, nor fewer in the denominator, than leaves nobody out."""
        numerator = int(self._equations.complement_of[implied])
        denominator = int(self._equations.denominator_of[implied])
        now, knowledge = self._now, self._knowledge
        self._up[numerator] = min(knowledge.high[numerator] - now[numerator], now[implied])
        fewest = min(now[one] for one in self._of[denominator])
        self._down[denominator] = min(now[denominator] - knowledge.low[denominator], fewest)


def _product(areas: Moves, periods: Moves, categories: Moves) -> Integers:
    signs: Integers = (
        areas.signs[:, None, None, :, None, None]
        * periods.signs[None, :, None, None, :, None]
        * categories.signs[None, None, :, None, None, :]
    )
    return signs
