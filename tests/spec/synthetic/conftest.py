"""One small invented population, drawn once, that these tests look at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from joinedup.partners import invented_pack, read_pack
from joinedup.synthetic import Chunk, Coded, World, draw_chunk, prepare

PEOPLE = 45_000


@dataclass(frozen=True)
class Population:
    """A world and all its chunks, with columns put end to end."""

    world: World
    chunks: tuple[Chunk, ...]

    @cached_property
    def first(self) -> NDArray[np.int64]:
        """People before each chunk."""
        sizes = [len(chunk.residents.person) for chunk in self.chunks]
        return np.concatenate([[0], np.cumsum(sizes)])

    def __len__(self) -> int:
        return int(self.first[-1])

    def person(self, column: str) -> NDArray[Any]:
        """A column of residents; codes as text, "" for none."""
        return self._joined(lambda chunk: getattr(chunk.residents, column))

    def use(self, setting: str, column: str) -> NDArray[Any]:
        """A column of a setting; `row` counts over the whole population."""
        joined = self._joined(lambda chunk: getattr(getattr(chunk.use, setting), column))
        if column != "row":
            return joined
        sizes = [len(getattr(chunk.use, setting).row) for chunk in self.chunks]
        return joined + np.repeat(self.first[:-1], sizes)

    def _joined(self, column: Callable[[Chunk], Any]) -> NDArray[Any]:
        return np.concatenate([_plain(column(chunk)) for chunk in self.chunks])


def _plain(column: Any) -> NDArray[Any]:
    if isinstance(column, Coded):
        return np.array([*column.values, ""])[column.index]
    return np.asarray(column)


@pytest.fixture(scope="session")
def population() -> Population:
    world = prepare(read_pack(invented_pack()), PEOPLE, seed=3)
    return Population(world, tuple(draw_chunk(world, n) for n in range(world.chunks)))
