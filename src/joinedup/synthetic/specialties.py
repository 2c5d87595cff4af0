"""Planned hospital care by specialty: `specialties.csv`.

Codes are treatment function codes, OPCS-4 and ICD-10. Weights are illustrative, of the order of NHS
England's hospital outpatient activity by treatment specialty.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from joinedup.synthetic.conditions import CONDITIONS
from joinedup.synthetic.draws import Choices, choices
from joinedup.synthetic.interface import Flags, Floats, Ints
from joinedup.synthetic.presentations import read_rows

_BAND_FROM = (16, 45, 75)


@dataclass(frozen=True, slots=True)
class Specialties:
    """Columns of `specialties.csv`; rows of `by_age` are age bands."""

    code: tuple[str, ...]
    by_age: Floats
    women_to_men: Floats
    condition: tuple[str, ...]
    boost: Floats
    follow_ups: Floats
    elective: Floats
    day_case: Floats
    stay_days: Floats
    operations: tuple[str, ...]
    diagnoses: tuple[str, ...]
    by_operation: Choices
    by_diagnosis: Choices

    def weights(self, age: Floats, female: Flags, has: Flags) -> Floats:
        """How likely a referral is to be to each specialty, by (person, specialty)."""
        weights = self.by_age[np.digitize(age, _BAND_FROM)]
        women = self.women_to_men / (1 + self.women_to_men)
        weights = weights * 2 * np.where(female[:, None], women, 1 - women)
        for place, condition in enumerate(self.condition):
            if condition:
                held = has[:, CONDITIONS.index(condition)]
                weights[:, place] *= np.where(held, self.boost[place], 1.0)
        return np.asarray(weights)

    def draw_operation(self, rng: Generator, specialty: NDArray[np.integer]) -> Ints:
        """Places in `operations`."""
        return self.by_operation.draw(rng, specialty)

    def draw_diagnosis(self, rng: Generator, specialty: NDArray[np.integer]) -> Ints:
        """Places in `diagnoses`."""
        return self.by_diagnosis.draw(rng, specialty)


@cache
def specialties() -> Specialties:
    """All specialties, read once."""
    rows = read_rows("specialties.csv")

    def numbers(column: str) -> Floats:
        return np.array([float(row[column]) for row in rows])

    operations, by_operation = _lists([row["operations"].split() for row in rows])
    diagnoses, by_diagnosis = _lists([row["diagnoses"].split() for row in rows])
    return Specialties(
        code=tuple(row["code"] for row in rows),
        by_age=np.stack([numbers(band) for band in ("child", "young", "middle", "old")]),
        women_to_men=numbers("women_to_men"), condition=tuple(row["condition"] for row in rows),
        boost=numbers("boost"), follow_ups=numbers("follow_ups"), elective=numbers("elective"),
        day_case=numbers("day_case"), stay_days=numbers("stay_days"), operations=operations,
        diagnoses=diagnoses, by_operation=by_operation, by_diagnosis=by_diagnosis,
    )  # fmt: skip


def _lists(lists: list[list[str]]) -> tuple[tuple[str, ...], Choices]:
    """Distinct codes in order, and the choice among each specialty's own, the first commonest."""
    codes = tuple(sorted({code for listed in lists for code in listed}))
    group = [place for place, listed in enumerate(lists) for _ in listed]
    option = [codes.index(code) for listed in lists for code in listed]
    weight = [1 / (rank + 1) for listed in lists for rank in range(len(listed))]
    return codes, choices(np.array(group), option, weight, len(lists))
