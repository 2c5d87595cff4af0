"""The lasting health of a chunk's people: need, conditions, frailty, care given, and death."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from joinedup.synthetic.calendar import DAYS, day_of
from joinedup.synthetic.conditions import CONDITIONS, draw_onset_ages
from joinedup.synthetic.deaths import draw_causes
from joinedup.synthetic.draws import chance, stream
from joinedup.synthetic.households import Households
from joinedup.synthetic.interface import Dates, Flags, Floats, Ints, World
from joinedup.synthetic.need import draw_frailty, draw_need

# Share giving unpaid care by age: 8.9% of people of 5 and over, most at 50 to 64 (ONS, Unpaid care,
# England and Wales: census 2021). Women half as much again as men.
_CARER_AGE = (5, 16, 30, 45, 57, 65, 75, 85, 92)
_CARER_SHARE = (0.005, 0.02, 0.06, 0.11, 0.18, 0.13, 0.10, 0.07, 0.02)
_PARTNER_CARES = 0.6


@dataclass(frozen=True, slots=True)
class Health:
    """One value a person; columns of conditions are in the order of CONDITIONS."""

    need: Floats
    deprivation: Floats
    onset_age: Floats
    onset_day: Ints
    has: Flags
    age: Floats  # at the middle of the time in the window
    from_day: Ints
    past_day: Ints
    death_day: Ints
    cause: Ints  # in deaths.CAUSES, -1 while alive
    frailty: NDArray[np.int8]
    housebound: Flags
    lives_alone: Flags
    carer: Flags
    cared_for_by: Ints


def draw_health(
    world: World, chunk: int, lsoa: Ints, female: Flags, homes: Households, arrived_day: Ints,
    birth: Dates, death_day: Ints,
) -> Health:  # fmt: skip
    """Health of the chunk's people; `death_day` is far off for the living."""
    rng = stream(world.seed, chunk, "health")
    dead = death_day < DAYS
    need = draw_need(rng, dead)
    deprivation = (5.5 - world.lsoa_imd_decile[lsoa].astype(float)) / 9
    onset_age = draw_onset_ages(rng, female, deprivation, need, dead)
    born = day_of(birth)
    onset_day = born[:, None] + (np.minimum(onset_age, 9000) * 365.25).astype(np.int64)
    from_day = np.maximum(np.maximum(born, arrived_day), 0)
    past_day = np.minimum(death_day, DAYS - 1) + 1
    middle = (from_day + past_day) // 2
    age = (middle - born) / 365.25
    has = onset_day <= middle[:, None]
    cause = np.full(len(need), -1, dtype=np.int32)
    cause[dead] = draw_causes(rng, age[dead], has[dead], CONDITIONS)
    frailty = draw_frailty(rng, age, _serious(has), need, homes.care_home)
    alone = (np.bincount(homes.household)[homes.household] == 1) & ~homes.care_home
    carer, cared_for_by = _care(rng, age, female, frailty, has, homes)
    return Health(
        need=need, deprivation=deprivation, onset_age=onset_age,
        onset_day=onset_day.astype(np.int32), has=has, age=age,
        from_day=from_day.astype(np.int32), past_day=past_day.astype(np.int32),
        death_day=death_day, cause=cause, frailty=frailty,
        housebound=~homes.care_home
        & chance(rng, np.array([0, 0.01, 0.1, 0.45])[frailty], len(need)),
        lives_alone=alone, carer=carer, cared_for_by=cared_for_by,
    )  # fmt: skip


def _serious(has: Flags) -> NDArray[np.int64]:
    """How many conditions each person has, those that weigh little apart."""
    light = [CONDITIONS.index(name) for name in ("prediabetes", "hypothyroidism", "obesity")]
    return np.asarray(has.sum(axis=1) - has[:, light].sum(axis=1))


def _care(
    rng: Generator, age: Floats, female: Flags, frailty: NDArray[np.int8], has: Flags,
    homes: Households,
) -> tuple[Flags, Ints]:  # fmt: skip
    """Who gives unpaid care, and which partner at home gives it to whom."""
    size = len(age)
    needs = (frailty >= 2) | has[:, CONDITIONS.index("dementia")]
    needs &= ~homes.care_home
    partner = np.maximum(homes.partner, 0)
    cared = needs & (homes.partner >= 0) & ~needs[partner] & chance(rng, _PARTNER_CARES, size)
    share = np.interp(age, _CARER_AGE, _CARER_SHARE) * np.where(female, 1.18, 0.8)
    carer = ~homes.care_home & ~needs & chance(rng, share, size)
    carer[partner[cared]] = True
    return carer, np.where(cared, homes.partner, -1).astype(np.int32)
