"""People in NumPy: a sample of at most so many, never the whole population."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from joinedup.population.risk.split import sample
from joinedup.population.risk.terms import Floats

# Enough for a hundred terms at an outcome of one in a hundred (ten to twenty outcomes a term and
# more: Riley 2020, BMJ 368:m441), and about 150 MB.
MOST_PEOPLE: Final = 300_000


@dataclass(frozen=True, slots=True)
class Sample:
    """Columns of features, one place a person, in order of the pseudonym's digits; and outcomes.

    An unknown feature is not-a-number. `groups` holds what else is asked of each person, as text.
    """

    columns: Mapping[str, Floats]
    happened: NDArray[np.bool_]
    groups: Mapping[str, NDArray[np.object_]]

    @property
    def people(self) -> int:
        """How many people."""
        return len(self.happened)

    @property
    def outcomes(self) -> int:
        """To how many of them it happened."""
        return int(self.happened.sum())


def draw_sample(
    features: ir.Table,
    outcomes: ir.Table,
    groups: ir.Table | None = None,
    *,
    at_most: int = MOST_PEOPLE,
) -> Sample:
    """At most so many people with features and an outcome, picked by pseudonym in the engine.

    `outcomes` has person_id and happened; `groups` person_id and columns of text.
    """
    names = tuple(name for name in features.columns if name != "person_id")
    asked = () if groups is None else tuple(n for n in groups.columns if n != "person_id")
    joined = features.inner_join(outcomes.select("person_id", "happened"), "person_id")
    if groups is not None:
        joined = joined.left_join(groups, "person_id").drop("person_id_right")
    found = sample(joined, at_most).select(*names, "happened", *asked).to_pyarrow()
    return Sample(
        {name: float_column(found[name]) for name in names},
        np.asarray(found["happened"].to_numpy(zero_copy_only=False), dtype=bool),
        {name: np.asarray(found[name].to_pylist(), dtype=object) for name in asked},
    )


def float_column(column: pa.ChunkedArray) -> Floats:
    """A column of numbers; null is not-a-number."""
    return np.asarray(column.to_numpy(zero_copy_only=False), dtype=np.float64)
