"""Ways in which counts could be otherwise and every sum still hold.

A move raises some labels of a dimension and lowers others so that each sum over that dimension
keeps: one neighbourhood up, its neighbour down; or a neighbourhood and all that it lies in up. A
move over areas, one over categories and one over periods, multiplied out, is a change of counts
that keeps every sum: a basis of whole-number changes (Diaconis and Sturmfels, Annals of Statistics
26, 1998, call such moves a Markov basis).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from joinedup.safeguards.disclosure.counts import NONE, Integers
from joinedup.safeguards.disclosure.relations import Relation
from joinedup.safeguards.disclosure.sums import Dimension

# Longer moves need room in more counts at once and are seldom free. All signs are of one, so
# that no count moves further than the one that is asked about.
_MOST_LABELS: Final = 6
_SIBLINGS: Final = 16
_MOST_MOVES: Final = 32
_PASSES: Final = 12


@dataclass(frozen=True, slots=True)
class Moves:
    """The moves that raise one label by one: labels and signs, a move a row, padded with sign 0."""

    labels: Integers
    signs: Integers


class DimensionMoves:
    """The moves of one dimension, by the label that they raise; made as they are asked for."""

    def __init__(self, relations: Sequence[Relation], dimension: Dimension) -> None:
        self._relations = [one for one in relations if one.dimension is dimension]
        self._in: dict[int, list[tuple[int, int]]] = {}
        for number, one in enumerate(self._relations):
            for label, sign in _signed(one):
                self._in.setdefault(label, []).append((number, sign))
        self._heights = _heights(self._relations)
        self._by_label = self._found()
        self._made: dict[int, Moves] = {}

    def raising(self, label: int) -> Moves:
        """The moves by which a label goes up by one; only itself where no sum has it."""
        if label not in self._made:
            found = self._by_label.get(label, []) if label in self._in else [((label, 1),)]
            self._made[label] = _padded(found, label)
        return self._made[label]

    def _found(self) -> dict[int, list[tuple[tuple[int, int], ...]]]:
        by_label: dict[int, set[tuple[tuple[int, int], ...]]] = {}
        for start in self._starts():
            for rest_first in (False, True):
                closed = self._closed(start, rest_first=rest_first)
                for label, sign in closed:
                    raising = tuple((one, sign * other) for one, other in closed)
                    by_label.setdefault(label, set()).add(raising)
        return {
            label: sorted(moves, key=lambda move: (len(move), move))[:_MOST_MOVES]
            for label, moves in by_label.items()
        }

    def _starts(self) -> Iterator[dict[int, int]]:
        for label in sorted(self._in):
            yield {label: 1}
        for one in self._relations:
            members = [*one.parts, *((one.rest,) if one.rest != NONE else ())]
            for place, label in enumerate(members):
                for step in range(1, min(_SIBLINGS, len(members) - 1) + 1):
                    yield {label: 1, members[(place + step) % len(members)]: -1}

    def _closed(self, start: dict[int, int], *, rest_first: bool) -> tuple[tuple[int, int], ...]:
        """The start, with wholes or rests changed until every sum keeps; () where that fails."""
        change, over = dict(start), dict[int, int]()
        for label, by in start.items():
            self._put(over, label, by)
        while any(over.values()) and len(change) <= _MOST_LABELS:
            number = min((n for n, by in over.items() if by), key=lambda n: (self._heights[n], n))
            one, by = self._relations[number], over[number]
            wholes = [(whole, -by) for whole in one.whole]
            rests = [(one.rest, by)] if one.rest != NONE else []
            ways = [*rests, *wholes] if rest_first else [*wholes, *rests]
            free = [way for way in ways if way[0] not in change]
            if not free or abs(by) > 1:
                return ()
            change[free[0][0]] = free[0][1]
            self._put(over, *free[0])
        return () if any(over.values()) else tuple(sorted(change.items()))

    def _put(self, over: dict[int, int], label: int, by: int) -> None:
        for number, sign in self._in.get(label, ()):
            over[number] = over.get(number, 0) + sign * by


def _signed(one: Relation) -> Iterable[tuple[int, int]]:
    yield from ((label, 1) for label in one.whole)
    yield from ((label, -1) for label in one.parts)
    if one.rest != NONE:
        yield one.rest, -1


def _heights(relations: Sequence[Relation]) -> list[int]:
    """How many sums lie below each, so that a change climbs; overlaps stop after some passes."""
    of_label: dict[int, int] = {}
    heights = [0] * len(relations)
    for _ in range(_PASSES):
        for number, one in enumerate(relations):
            heights[number] = 1 + max(of_label.get(label, 0) for label in one.parts)
            for label in one.whole:
                of_label[label] = max(of_label.get(label, 0), heights[number])
    return heights


def _padded(moves: Sequence[tuple[tuple[int, int], ...]], label: int) -> Moves:
    width = max(map(len, moves), default=1)
    labels = np.full((len(moves), width), label, np.int64)
    signs = np.zeros((len(moves), width), np.int64)
    for row, move in enumerate(moves):
        for column, (one, sign) in enumerate(move):
            labels[row, column], signs[row, column] = one, sign
    return Moves(labels, signs)
