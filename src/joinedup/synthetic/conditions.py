"""Long-term conditions: who has which, and since when.

Each condition's chance rises with age along a logistic curve, and differs by sex, deprivation and
persistent need, so that conditions gather in the same people. A person's luck with a condition is
drawn once; it begins at the age at which the curve reaches that luck. The level of each curve is
set so that England as a whole has the published prevalence in `conditions.csv`, where each number
has its source. The gradients are illustrative.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import gamma

import numpy as np
from numpy.random import Generator

from joinedup.synthetic.draws import coded
from joinedup.synthetic.interface import Dates, Flags, Floats, Onsets

NEED_SHAPE = 0.8  # gamma shape of persistent need, mean 1; illustrative
_NEVER = 1e9

# Share of England's people by five-year age, 0-4 to 90 and over: ONS mid-2020 estimates, rounded.
ENGLAND_AGES = np.array(
    [5.7, 6.2, 6.0, 5.5, 6.1, 6.7, 6.8, 6.7, 6.2, 6.4, 6.9, 6.7, 5.6, 4.9, 4.9, 3.6, 2.5, 1.6, 0.9]
)


@dataclass(frozen=True, slots=True)
class Condition:
    """One long-term condition: its codes, published prevalence and gradients."""

    name: str
    snomed: str
    term: str
    icd10: str
    source: str
    prevalence: float
    from_age: float
    middle_age: float
    spread: float
    men_to_women: float
    most_to_least_deprived: float
    need_power: float
    before_death: float

    @property
    def level(self) -> float:
        """Height of the curve at which England has the published prevalence."""
        age = np.arange(len(ENGLAND_AGES)) * 5 + 2.5
        people = ENGLAND_AGES * (age >= self.from_age)
        curve = 1 / (1 + np.exp(-(age - self.middle_age) / self.spread))
        return float(self.prevalence * people.sum() / (people * curve).sum())


_NUMBERS = (
    "prevalence",
    "from_age",
    "middle_age",
    "spread",
    "men_to_women",
    "most_to_least_deprived",
    "need_power",
    "before_death",
)


@cache
def conditions() -> tuple[Condition, ...]:
    """All conditions, in the order in which every column of conditions has them."""
    text = files("joinedup.synthetic").joinpath("conditions.csv").read_text(encoding="utf-8")
    return tuple(
        Condition(
            row["name"],
            row["snomed"],
            row["term"],
            row["icd10"],
            row["source"],
            *(float(row[column]) for column in _NUMBERS),
        )
        for row in csv.DictReader(text.splitlines())
    )


CONDITIONS = tuple(condition.name for condition in conditions())


def draw_onset_ages(
    rng: Generator, female: Flags, deprivation: Floats, need: Floats, dead: Flags
) -> Floats:
    """Age at which each condition begins, by (person, condition); very great where it never does.

    `deprivation` runs from 0.5 for the most to -0.5 for the least deprived tenth.
    """
    luck = rng.random((len(need), len(CONDITIONS)))
    ages = np.empty(luck.shape)
    shared = np.log(np.maximum(need, 1e-3))
    for place, condition in enumerate(conditions()):
        ratio = condition.men_to_women
        sex = np.where(female, 2 / (1 + ratio), 2 * ratio / (1 + ratio))
        power = condition.need_power
        chance = condition.level * sex * condition.most_to_least_deprived**deprivation
        chance *= np.exp(power * shared) / _mean_power(power)
        chance *= np.where(dead, condition.before_death, 1.0)
        odds = luck[:, place] / np.clip(chance, 1e-9, 0.97)
        with np.errstate(divide="ignore", invalid="ignore"):
            begins = condition.middle_age + condition.spread * np.log(odds / (1 - odds))
        ages[:, place] = np.where(odds < 1, np.maximum(begins, 0.1), _NEVER)
    return _without_contradiction(ages)


def _mean_power(power: float) -> float:
    """Mean of need to a power: of a gamma variable with mean 1."""
    return gamma(NEED_SHAPE + power) / gamma(NEED_SHAPE) / NEED_SHAPE**power


def _without_contradiction(ages: Floats) -> Floats:
    """One type of diabetes, and no prediabetes after diabetes."""
    first, second = CONDITIONS.index("type_1_diabetes"), CONDITIONS.index("diabetes")
    before = CONDITIONS.index("prediabetes")
    ages[:, second] = np.where(ages[:, first] < 90, _NEVER, ages[:, second])
    diabetes = np.minimum(ages[:, first], ages[:, second])
    ages[:, before] = np.where(ages[:, before] >= diabetes, _NEVER, ages[:, before])
    return ages


def onsets(birth_date: Dates, ages: Floats, until: Dates, female: Flags) -> Onsets:
    """The conditions that began by `until`, in order of person and condition."""
    begun = birth_date[:, None] + (np.minimum(ages, 130) * 365.25).astype(np.int64).astype("m8[D]")
    row, place = np.nonzero((ages < 130) & (begun <= until[:, None]))
    kinds = conditions()
    snomed = [c.snomed for c in kinds] + [code for code, _ in _CANCERS]
    icd10 = [c.icd10 for c in kinds] + [code for _, code in _CANCERS]
    code = place.copy()
    cancer = np.flatnonzero(place == CONDITIONS.index("cancer"))
    # The kind of cancer follows from the day it began, so that it needs no draw of its own.
    kind = begun[row[cancer], place[cancer]].astype(np.int64) % 4
    code[cancer] = len(kinds) + np.where(kind > 1, kind, np.where(female[row[cancer]], 0, 1))
    return Onsets(
        row=row.astype(np.int32),
        condition=coded(CONDITIONS, place),
        onset=begun[row, place],
        snomed=coded(snomed, code),
        icd10=coded(icd10, code),
    )


# Of breast, of prostate, of colon, of lung: SNOMED CT and ICD-10.
_CANCERS = (
    ("254837009", "C509"),
    ("399068003", "C61X"),
    ("363406005", "C189"),
    ("363358000", "C349"),
)
CANCER_TERMS = {
    "254837009": "Malignant tumour of breast",
    "399068003": "Malignant tumour of prostate",
    "363406005": "Malignant tumour of colon",
    "363358000": "Malignant tumour of lung",
}
