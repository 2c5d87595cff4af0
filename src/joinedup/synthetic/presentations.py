"""Why people come to hospital in a hurry: `presentations.csv`, with how likely each is for whom.

The weights, admission shares and lengths of stay are illustrative; their order of magnitude follows
NHS England's hospital accident and emergency activity and admitted patient care statistics. Codes
are SNOMED CT (chief complaint and diagnosis) and ICD-10.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np

from joinedup.synthetic.conditions import CONDITIONS
from joinedup.synthetic.interface import Flags, Floats

_BANDS = ("child", "young", "middle", "old")
_BAND_FROM = (15, 45, 75)


@dataclass(frozen=True, slots=True)
class Presentations:
    """Columns of `presentations.csv`; rows of `by_age` are age bands."""

    name: tuple[str, ...]
    complaint: tuple[str, ...]
    diagnosis: tuple[str, ...]
    icd10: tuple[str, ...]
    specialty: tuple[str, ...]
    season: tuple[str, ...]
    by_age: Floats
    condition: tuple[str, ...]
    boost: Floats
    admitted: Floats  # by (child, adult, old; presentation)
    stay_days: Floats
    ambulance: Floats
    minor: Floats

    def weights(self, age: Floats, has: Flags) -> Floats:
        """How likely each presentation is, by (person, presentation)."""
        weights = self.by_age[np.digitize(age, _BAND_FROM)]
        for place, condition in enumerate(self.condition):
            if condition:
                held = has[:, CONDITIONS.index(condition)]
                weights[:, place] *= np.where(held, self.boost[place], 1.0)
        return np.asarray(weights)

    def admission_chance(self, kind: np.ndarray, age: Floats) -> Floats:
        """Share admitted, by presentation and age."""
        return np.asarray(self.admitted[np.digitize(age, (16, 70)), kind])


@cache
def presentations() -> Presentations:
    """All presentations, read once."""
    rows = read_rows("presentations.csv")

    def numbers(column: str) -> Floats:
        return np.array([float(row[column]) for row in rows])

    def text(column: str) -> tuple[str, ...]:
        return tuple(row[column] for row in rows)

    return Presentations(
        name=text("name"), complaint=text("complaint"), diagnosis=text("diagnosis"),
        icd10=text("icd10"),
        specialty=text("specialty"), season=text("season"),
        by_age=np.stack([numbers(band) for band in _BANDS]),
        condition=text("condition"), boost=numbers("boost"),
        admitted=np.stack([numbers(f"admit_{band}") for band in ("child", "adult", "old")]),
        stay_days=numbers("stay_days"), ambulance=numbers("ambulance"), minor=numbers("minor"),
    )  # fmt: skip


def read_rows(file: str) -> Sequence[dict[str, str]]:
    """The rows of one of this package's CSV files."""
    text = files("joinedup.synthetic").joinpath(file).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))
