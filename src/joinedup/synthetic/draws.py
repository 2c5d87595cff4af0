"""Seeded random draws, whole columns at a time.

A stream depends on the system's seed, the chunk and the purpose alone, so that a chunk is the same
whoever draws it and a draw added for one purpose disturbs no other.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.random import PCG64, Generator, SeedSequence
from numpy.typing import ArrayLike, NDArray

from joinedup.synthetic.interface import Coded, Flags, Floats, Ints


def stream(seed: int, chunk: int, purpose: str) -> Generator:
    """The random numbers for one purpose in one chunk."""
    return Generator(PCG64(SeedSequence([seed, chunk, zlib.crc32(purpose.encode())])))


def pick(rng: Generator, weights: ArrayLike, size: int) -> Ints:
    """Places in `weights`, each drawn in proportion."""
    cumulative = np.cumsum(np.asarray(weights, dtype=float))
    drawn = np.searchsorted(cumulative, rng.random(size) * cumulative[-1], side="right")
    return np.minimum(drawn, len(cumulative) - 1).astype(np.int32)


@dataclass(frozen=True, slots=True)
class Choices:
    """Weighted choices in many groups, laid end to end; a group may have any number of them."""

    first: NDArray[np.int64]  # where each group begins, and one past the last
    option: Ints
    cumulative: Floats

    def draw(self, rng: Generator, group: NDArray[np.integer]) -> Ints:
        """One option for each entry of `group`, in proportion to the group's weights."""
        before = np.concatenate([[0.0], self.cumulative])
        low, high = before[self.first[group]], before[self.first[group + 1]]
        at = np.searchsorted(self.cumulative, low + rng.random(len(group)) * (high - low), "right")
        return self.option[np.clip(at, self.first[group], self.first[group + 1] - 1)]


def choices(
    group: NDArray[np.integer], option: ArrayLike, weight: ArrayLike, groups: int
) -> Choices:
    """Gather (group, option, weight) rows into `Choices`; every group needs one option or more."""
    order = np.argsort(group, kind="stable")
    first = np.searchsorted(np.asarray(group)[order], np.arange(groups + 1))
    cumulative = np.cumsum(np.asarray(weight, dtype=float)[order])
    return Choices(first, np.asarray(option, dtype=np.int32)[order], cumulative)


def choices_table(weights: Floats) -> Choices:
    """`Choices` from a table of weights, one row a group and one column an option."""
    groups, options = weights.shape
    group = np.repeat(np.arange(groups), options)
    return choices(group, np.tile(np.arange(options), groups), weights.ravel(), groups)


def pick_each(rng: Generator, weights: Floats) -> Ints:
    """One column for each row of `weights`, drawn in proportion to that row."""
    cumulative = np.cumsum(weights, axis=1)
    at = rng.random(len(weights)) * cumulative[:, -1]
    return np.minimum((cumulative <= at[:, None]).sum(axis=1), weights.shape[1] - 1).astype(
        np.int32
    )


def chance(rng: Generator, probability: float | Floats, size: int) -> Flags:
    """True with the given probability, which may differ from row to row."""
    return rng.random(size) < probability


def rows_of(counts: NDArray[np.integer]) -> Ints:
    """Each row's place as many times as its count says."""
    return np.repeat(np.arange(len(counts), dtype=np.int32), counts)


def coded(values: Sequence[str], index: ArrayLike) -> Coded:
    """A coded column; an index of -1 is none. A value given twice becomes one."""
    places = np.asarray(index, dtype=np.int32)
    distinct = {value: place for place, value in enumerate(dict.fromkeys(values))}
    if len(distinct) < len(values):
        place_of = np.array([distinct[value] for value in values], dtype=np.int32)
        places = np.where(places < 0, -1, place_of[places]).astype(np.int32)
    return Coded(places, tuple(distinct))


def place_in_group(group: NDArray[np.integer]) -> NDArray[np.int64]:
    """How many earlier rows are of the same group, for rows sorted by group."""
    if len(group) == 0:
        return np.zeros(0, dtype=np.int64)
    starts = np.flatnonzero(np.r_[True, group[1:] != group[:-1]])
    sizes = np.diff(np.r_[starts, len(group)])
    return np.arange(len(group)) - np.repeat(starts, sizes)
