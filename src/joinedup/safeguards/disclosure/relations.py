"""Sums as linear equations among counts, with what is left over as counts of their own.

Where the parts are fewer than the whole, the rest could be had by subtraction. It becomes a label
of its dimension, so that it adds up across the other dimensions as every published label does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from joinedup.safeguards.disclosure.counts import NONE, PLACE_OF, Counts, Integers
from joinedup.safeguards.disclosure.sums import Dimension, Label, Sum, relations_of
from joinedup.terms import SourceDataError

if TYPE_CHECKING:
    from scipy.sparse import csr_array


@dataclass(frozen=True, slots=True)
class Relation:
    """A sum in codes; `rest` is the label of what the parts leave over, `NONE` where nothing."""

    dimension: Dimension
    whole: tuple[int, ...]
    parts: tuple[int, ...]
    rest: int
    sum: Sum


@dataclass(frozen=True, slots=True)
class Equations:
    """Counts tied by `matrix @ value == 0`; the first `published` are the table's, others implied.

    An implied count is what a sum leaves over, or those of a denominator outside the numerator
    (`complement_of` has that numerator, else `NONE`).
    """

    key: Integers
    value: Integers
    matrix: csr_array
    published: int
    complement_of: Integers
    denominator_of: Integers
    relations: tuple[Relation, ...]


class _Met:
    """Where the labels of one dimension stand among the counts, and in which contexts.

    A context is one number for all that a count's key says but this dimension.
    """

    def __init__(self, key: Integers, value: Integers, dimension: Dimension) -> None:
        place = PLACE_OF[dimension]
        number = np.zeros(len(key), np.int64)
        for other in range(key.shape[1]):
            if other != place:
                number = number * (int(key[:, other].max(initial=0)) + 1) + key[:, other]
        self.value = value
        self.context = np.unique(number, return_inverse=True)[1].reshape(-1)
        self.many = int(self.context.max(initial=-1)) + 1
        self._order = np.argsort(key[:, place], kind="stable")
        labels = np.arange(int(key[:, place].max(initial=-1)) + 2)
        self._starts = np.searchsorted(key[self._order, place], labels)

    def holding(self, labels: Sequence[int]) -> Integers:
        """The counts of some labels."""
        found = [self._order[self._starts[one] : self._starts[one + 1]] for one in labels]
        return np.concatenate(found) if found else np.zeros(0, np.int64)

    def tally(self, relation: Relation) -> _Tally | None:
        """The relation in every context that has all of its whole and any of its parts.

        What is left over below nought is no sum: an area without a breakdown that others have
        leaves a rest whose categories do not add up. What it could tell, the others tell.
        """
        wholes = self.holding(relation.whole)
        rest = () if relation.rest == NONE else (relation.rest,)
        parts = self.holding((*relation.parts, *rest))
        holds = self._number(wholes) == len(relation.whole)
        holds &= self._number(parts) > 0
        contexts = np.nonzero(holds)[0]
        if not len(contexts):
            return None
        wholes, parts = wholes[holds[self.context[wholes]]], parts[holds[self.context[parts]]]
        over = self._added(wholes) - self._added(parts)
        return _Tally(contexts, wholes, parts, over[contexts])

    def one_each(self, tally: _Tally) -> Integers:
        """A count of the whole in each of the tally's contexts, in their order."""
        _, first = np.unique(self.context[tally.wholes], return_index=True)
        return tally.wholes[first]

    def _number(self, members: Integers) -> Integers:
        return np.bincount(self.context[members], minlength=self.many)

    def _added(self, members: Integers) -> Integers:
        added = np.bincount(self.context[members], weights=self.value[members], minlength=self.many)
        return np.rint(added).astype(np.int64)


@dataclass(frozen=True, slots=True)
class _Tally:
    """One relation met with the counts: in which contexts, by which counts, what is over."""

    contexts: Integers
    wholes: Integers
    parts: Integers
    over: Integers


class _Entries:
    """The entries of a sparse matrix as they are found, an equation a row."""

    def __init__(self, columns: int) -> None:
        self.equations, self.columns = 0, columns
        self._rows: list[Integers] = [np.zeros(0, np.int64)]
        self._columns: list[Integers] = [np.zeros(0, np.int64)]
        self._signs: list[Integers] = [np.zeros(0, np.int64)]

    def add(self, rows: Integers, columns: Integers, sign: int) -> None:
        """Put counts into equations, which are numbered from the last `begin`."""
        self._rows.append(self.equations + rows)
        self._columns.append(columns)
        self._signs.append(np.full(len(columns), sign))

    def new_columns(self, many: int) -> Integers:
        """Room for counts that nobody publishes."""
        self.columns += many
        return np.arange(self.columns - many, self.columns)

    def matrix(self) -> csr_array:
        """All entries."""
        from scipy.sparse import csr_array

        placed = (np.concatenate(self._rows), np.concatenate(self._columns))
        return csr_array(
            (np.concatenate(self._signs), placed), shape=(self.equations, self.columns)
        )


def build_equations(counts: Counts, sums: Sequence[Sum], limit: int) -> Equations:
    """All equations that anybody could set up; complements where they are few.

    `limit` is the furthest that a count is ever moved to show that it is safe, so that no
    proportion with more than twice as many outside can be broken. SourceDataError where parts
    exceed a whole.
    """
    key, value = counts.key, counts.value
    relations: list[Relation] = []
    for dimension in Dimension:
        found, key, value = _with_rests(counts, dimension, sums, key, value)
        relations += found
    entries = _Entries(len(value))
    values = [value]
    for dimension in Dimension:
        met = _Met(key, value, dimension)
        for relation in relations:
            if relation.dimension is dimension:
                values.append(_enter(entries, met, relation))
    pairs = _complements(counts, 2 * limit)
    implied = entries.new_columns(len(pairs))
    for members, sign in ((pairs[:, 1], 1), (pairs[:, 0], -1), (implied, -1)):
        entries.add(np.arange(len(pairs)), members, sign)
    entries.equations += len(pairs)
    values.append(value[pairs[:, 1]] - value[pairs[:, 0]])
    complement_of, denominator_of = np.full((2, entries.columns), NONE, np.int64)
    complement_of[implied], denominator_of[implied] = pairs[:, 0], pairs[:, 1]
    return Equations(
        key=key,
        value=np.concatenate(values),
        matrix=entries.matrix(),
        published=len(counts.value),
        complement_of=complement_of,
        denominator_of=denominator_of,
        relations=tuple(relations),
    )


def _enter(entries: _Entries, met: _Met, relation: Relation) -> Integers:
    """Put a relation into equations; the values of what is over where a table is ragged."""
    tally = met.tally(relation)
    if tally is None:
        return np.zeros(0, np.int64)
    holds, over = tally.contexts[tally.over >= 0], tally.over[tally.over >= 0]
    number = np.full(met.many, NONE, np.int64)
    number[holds] = np.arange(len(holds))
    for members, sign in ((tally.wholes, 1), (tally.parts, -1)):
        there = members[number[met.context[members]] != NONE]
        entries.add(number[met.context[there]], there, sign)
    ragged = np.nonzero(over)[0]
    entries.add(ragged, entries.new_columns(len(ragged)), -1)
    entries.equations += len(holds)
    return over[ragged]


def _with_rests(
    counts: Counts, dimension: Dimension, sums: Sequence[Sum], key: Integers, value: Integers
) -> tuple[list[Relation], Integers, Integers]:
    """The relations of a dimension, and the counts with what the relations leave over."""
    codes = counts.labels[dimension]
    met = _Met(key, value, dimension)
    following = len(codes)
    relations, keys, values = [], [key], [value]
    for one in relations_of(sums, dimension):
        relation = _coded(one, codes)
        tally = met.tally(relation) if relation else None
        if relation is None or tally is None:
            continue
        first = met.one_each(tally)
        if (tally.over[first < len(counts.value)] < 0).any():
            raise SourceDataError(
                "the parts hold more people than the whole.",
                where=f"sum over {_named(one.whole)}",
                cure="Give only sums whose parts count each person once, of the same population.",
            )
        if (tally.over > 0).any():
            relation = replace(relation, rest=following)
            following += 1
            rest = key[first[tally.over >= 0]]
            rest[:, PLACE_OF[dimension]] = relation.rest
            keys.append(rest)
            values.append(tally.over[tally.over >= 0])
        relations.append(relation)
    return relations, np.concatenate(keys), np.concatenate(values)


def _coded(one: Sum, codes: dict[Label, int]) -> Relation | None:
    """The sum in codes; None where the table has not all of the whole, or none of the parts."""
    parts = tuple(codes[label] for label in one.parts if label in codes)
    if not parts or any(label not in codes for label in one.whole):
        return None
    return Relation(one.dimension, tuple(codes[w] for w in one.whole), parts, NONE, one)


def _complements(counts: Counts, most: int) -> Integers:
    """Numerator and denominator of the rows of proportions with few outside the numerator."""
    is_one = counts.is_proportion & (counts.numerator != NONE) & (counts.denominator != NONE)
    pairs = np.stack([counts.numerator[is_one], counts.denominator[is_one]], axis=1)
    outside = counts.value[pairs[:, 1]] - counts.value[pairs[:, 0]]
    if (outside < 0).any():
        raise SourceDataError(
            "a proportion has a numerator above its denominator.",
            where="numerator",
            cure="Count only people of the denominator, or do not call the measure a proportion.",
        )
    return pairs[outside <= most]


def _named(labels: Sequence[Label]) -> str:
    return ", ".join(" ".join(label) for label in labels)
