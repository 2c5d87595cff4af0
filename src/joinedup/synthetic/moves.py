"""Moves of house inside the area and into it, a household at a time.

About 5% of households that rent privately or own move inside a district each year and others come
from outside (order of magnitude of English Housing Survey: 8 to 9% of households move in a year).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from joinedup.synthetic.calendar import DAYS
from joinedup.synthetic.draws import chance
from joinedup.synthetic.interface import Flags, Ints

_MOVE_AGE = (18, 25, 35, 50, 65, 90)
_MOVED_WITHIN = (0.30, 0.34, 0.20, 0.09, 0.06, 0.05)  # in three years, inside the area
_MOVED_IN = (0.20, 0.20, 0.11, 0.06, 0.04, 0.02)  # in three years, from outside it
_ENTERED_HOME = 0.55  # of care-home residents, in three years (median stay about two years)


@dataclass(frozen=True, slots=True)
class Moved:
    """When each person moved inside the area or came into it: days from START, -1 for never.

    The day of a person's move is before death and after birth. `from_lsoa` is where they were.
    """

    day: Ints
    from_lsoa: Ints
    arrived_day: Ints


def draw_moves(
    rng: Generator,
    lsoa: Ints,
    household: Ints,
    age: NDArray[np.integer],
    care_home: Flags,
    born_day: Ints,
    death_day: Ints,
    here: Flags,
) -> Moved:
    """Moves by household; people in care homes moved in one by one. `here` is by LSOA."""
    homes = int(household.max()) + 1
    oldest = np.zeros(homes, dtype=np.int64)
    np.maximum.at(oldest, household, age)
    first_death = np.full(homes, DAYS, dtype=np.int64)
    np.minimum.at(first_death, household, np.minimum(death_day, DAYS))
    day = np.floor(rng.random(homes) * DAYS).astype(np.int64)
    within = chance(rng, np.interp(oldest, _MOVE_AGE, _MOVED_WITHIN), homes)
    into = chance(rng, np.interp(oldest, _MOVE_AGE, _MOVED_IN), homes) & ~within
    day_of_person = day[household]
    moved, arrived = within[household] & ~care_home, into[household] & ~care_home
    entered = care_home & chance(rng, _ENTERED_HOME, len(lsoa))
    alone = np.floor(rng.random(len(lsoa)) * DAYS).astype(np.int64)
    day_of_person = np.where(care_home, alone, day_of_person)
    limit = np.where(care_home, np.minimum(death_day, DAYS), first_death[household])
    timely = (day_of_person > born_day) & (day_of_person < limit) & here[lsoa]
    from_lsoa = _nearby(rng, lsoa, household, care_home, int(here.sum()))
    return Moved(
        day=np.where((moved | entered) & timely, day_of_person, -1).astype(np.int32),
        from_lsoa=from_lsoa,
        arrived_day=np.where(arrived & timely, day_of_person, -1).astype(np.int32),
    )


def _nearby(rng: Generator, lsoa: Ints, household: Ints, care_home: Flags, areas: int) -> Ints:
    """An LSOA near by for each person, one for a household: codes that follow lie together."""
    homes = int(household.max()) + 1
    step = rng.geometric(0.15, homes) * np.where(rng.random(homes) < 0.5, -1, 1)
    step = np.where(rng.random(homes) < 0.3, 0, step)
    far = rng.random(homes) < 0.12
    anywhere = rng.integers(0, areas, homes)
    place = np.where(far[household], anywhere[household], lsoa + step[household])
    alone = lsoa + rng.geometric(0.2, len(lsoa)) * np.where(rng.random(len(lsoa)) < 0.5, -1, 1)
    return np.clip(np.where(care_home, alone, place), 0, areas - 1).astype(np.int32)
