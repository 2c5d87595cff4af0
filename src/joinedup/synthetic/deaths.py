"""When and of what people die, and where.

Who dies in the three years is settled with the margins (see `margins.yearly_deaths`); here each
death gets its day, cause and place.
"""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from joinedup.synthetic.calendar import TODAY
from joinedup.synthetic.draws import chance, coded, pick, pick_each
from joinedup.synthetic.interface import Deaths, Flags, Floats, Ints, Residents

# Causes: ICD-10, weight under 1, at 1-44, 45-74, 75 and over, the condition that makes it likelier
# and how many times. Illustrative; the order of magnitude of ONS, Deaths registered in England and
# Wales: cancers about a quarter, circulatory disease a quarter, dementia a tenth, respiratory a
# tenth.
CAUSES: tuple[tuple[str, float, float, float, float, str, float], ...] = (
    ("C349", 0, 1, 9, 5, "cancer", 2.5),
    ("C509", 0, 2, 4, 2, "cancer", 2.5),
    ("C61X", 0, 0, 3, 4, "cancer", 2.5),
    ("C189", 0, 1, 5, 4, "cancer", 2.5),
    ("C80X", 0, 3, 12, 9, "cancer", 2.5),
    ("I219", 0, 2, 9, 6, "coronary_heart_disease", 3.0),
    ("I259", 0, 1, 8, 8, "coronary_heart_disease", 3.0),
    ("I509", 0, 0, 2, 4, "heart_failure", 4.0),
    ("I64X", 0, 1, 4, 8, "stroke", 3.0),
    ("F03X", 0, 0, 2, 14, "dementia", 6.0),
    ("G309", 0, 0, 1, 6, "dementia", 6.0),
    ("J440", 0, 0, 5, 4, "copd", 8.0),
    ("J180", 1, 1, 4, 8, "", 1.0),
    ("U071", 0, 1, 2, 3, "", 1.0),
    ("K703", 0, 5, 5, 0.3, "alcohol_dependence", 12.0),
    ("X599", 2, 8, 2, 2, "", 1.0),
    ("X700", 0, 12, 2, 0.2, "severe_mental_illness", 4.0),
    ("X420", 0, 10, 1, 0, "alcohol_dependence", 4.0),
    ("N390", 0, 0, 1, 3, "", 1.0),
    ("R54X", 0, 0, 0, 4, "", 1.0),
    ("P070", 50, 0, 0, 0, "", 1.0),
    ("Q249", 25, 1, 0, 0, "", 1.0),
)

PLACES = ("hospital", "home", "care home", "hospice", "elsewhere")
# Places of death in England: 43%, 29%, 21%, 5% and 2% (OHID, Palliative and end of life care
# profiles, 2022), given here by whether the person lived in a care home.
_PLACE_AT_HOME = (0.52, 0.36, 0.03, 0.06, 0.03)
_PLACE_IN_CARE_HOME = (0.22, 0.0, 0.77, 0.01, 0.0)
REGISTRATION_DAYS = (
    6.0  # about a week from death to registration (ONS, Impact of registration delays)
)


def draw_causes(rng: Generator, age: Floats, has: Flags, conditions: tuple[str, ...]) -> Ints:
    """A place in CAUSES for each person; `has[i, c]` is whether the person had the condition."""
    band = np.digitize(age, (1, 45, 75))
    weights = np.array([cause[1:5] for cause in CAUSES], dtype=float).T[band]
    for place, cause in enumerate(CAUSES):
        if cause[5]:
            weights[:, place] *= np.where(has[:, conditions.index(cause[5])], cause[6], 1.0)
    return pick_each(rng, weights)


def draw_places(rng: Generator, care_home: Flags) -> Ints:
    """A place in PLACES for each person who died."""
    at_home = pick(rng, _PLACE_AT_HOME, len(care_home))
    return np.where(care_home, pick(rng, _PLACE_IN_CARE_HOME, len(care_home)), at_home)


def register_deaths(rng: Generator, residents: Residents, place: Ints) -> Deaths:
    """The registrations up to the last day, in order of row; `place` is of all who died."""
    row = np.flatnonzero(~np.isnat(residents.death_date)).astype(np.int32)
    died = residents.death_date[row]
    delay = np.minimum(rng.gamma(2.0, REGISTRATION_DAYS / 2, len(row)), 120).astype(np.int64)
    # Deaths that a coroner looks into are registered months later.
    inquest = chance(rng, np.where(residents.death_cause.index[row] >= 15, 0.15, 0.02), len(row))
    delay = np.where(inquest, delay + rng.integers(60, 240, len(row)), delay)
    contributory = pick(rng, np.array([cause[4] + 0.1 for cause in CAUSES[:15]]), len(row))
    contributory[chance(rng, 0.35, len(row))] = -1
    registered = died + delay.astype("m8[D]")
    known = np.flatnonzero(registered <= TODAY)
    return Deaths(
        row=row[known],
        died=died[known],
        registered=registered[known],
        underlying=residents.death_cause.take(row[known]),
        contributory=coded([cause[0] for cause in CAUSES[:15]], contributory[known]),
        place=coded(PLACES, place[known]),
    )
