"""What about a person drives use: persistent need, conditions, frailty, and nearness of death.

`Lives` is what every module of use reads: one value a person of the chunk.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from joinedup.synthetic.calendar import draw_days
from joinedup.synthetic.conditions import CONDITIONS, NEED_SHAPE
from joinedup.synthetic.draws import rows_of
from joinedup.synthetic.interface import Flags, Floats, Ints

NEVER = 10_000_000  # a day that does not come


@dataclass(frozen=True, slots=True)
class Lives:
    """The people of a chunk as use sees them. Days are counted from the first of the window."""

    age: Floats  # at the middle of the window, or at birth or death where that is later or earlier
    female: Flags
    deprivation: Floats  # 0.5 most deprived tenth to -0.5 least
    need: Floats
    onset_day: Ints  # by (person, condition)
    has: Flags  # by (person, condition), at the middle of the person's time in the window
    born_day: Ints
    from_day: Ints  # first day of use: the window's first, birth or arrival
    past_day: Ints  # first day no longer: the day after death, or after the window
    death_day: Ints  # NEVER while alive
    care_home: Flags
    housebound: Flags
    lives_alone: Flags
    carer: Flags
    frailty: NDArray[np.int8]
    partner: Ints
    mother: Ints
    twin: Ints
    lsoa: Ints
    practice: Ints
    earlier_practice: Ints
    practice_from: Ints  # day on which `practice` began
    registered_here: Flags
    acute: Ints  # main acute trust
    council: Ints  # -1 outside the area
    ambulance: Ints  # ambulance trust, -1 outside the area

    @property
    def people(self) -> int:
        """How many people."""
        return len(self.age)

    @property
    def years(self) -> Floats:
        """Each person's years in the window."""
        return (self.past_day - self.from_day) / 365.25

    def having(self, condition: str) -> Flags:
        """Who has a condition."""
        return self.has[:, CONDITIONS.index(condition)]

    def practice_on(self, row: Ints, day: NDArray[np.integer]) -> Ints:
        """The practice with which each row's person was registered on a day."""
        before = day < self.practice_from[row]
        return np.where(before, self.earlier_practice[row], self.practice[row]).astype(np.int32)


def draw_need(rng: Generator, dead: Flags) -> Floats:
    """Persistent need: gamma, mean 1. Those who die are drawn in proportion to their need.

    With a hazard in proportion to need, the need of those who die is gamma with one more of shape.
    """
    shape = np.where(dead, NEED_SHAPE + 1, NEED_SHAPE)
    return np.maximum(rng.gamma(shape, 1 / NEED_SHAPE), 0.02)


def draw_frailty(
    rng: Generator, age: Floats, many: NDArray[np.integer], need: Floats, care_home: Flags
) -> NDArray[np.int8]:
    """Frailty category from age, number of conditions and need.

    Of people of 65 and over about half are fit, 35% mildly, 12% moderately and 3% severely frail
    (Clegg 2016, doi 10.1093/ageing/afw039); the score that gets there is our own.
    """
    score = 0.055 * (age - 65) + 0.22 * many + 0.25 * np.log(need) + rng.normal(0, 0.55, len(age))
    score = score + 1.2 * care_home - 4.0 * (age < 50)
    return np.searchsorted([0.83, 1.89, 2.9], score).astype(np.int8)


def draw_counts(rng: Generator, lives: Lives, yearly: Floats) -> Ints:
    """A person for each event, given each person's events a year."""
    return rows_of(rng.poisson(yearly * lives.years))


def draw_event_days(rng: Generator, lives: Lives, row: Ints, season: str) -> Ints:
    """A day in the window for each event of `row`, while the person was there."""
    return draw_days(rng, season, lives.from_day[row], lives.past_day[row])


def by_age(lives: Lives, *points: tuple[float, float]) -> Floats:
    """A rate by age, in straight lines between (age, rate) points."""
    ages, rates = zip(*points, strict=True)
    return np.interp(lives.age, ages, rates)


def gradient(lives: Lives, most_to_least: float) -> Floats:
    """How much likelier for the person's deprivation, the most against the least deprived tenth."""
    return np.asarray(most_to_least**lives.deprivation)
