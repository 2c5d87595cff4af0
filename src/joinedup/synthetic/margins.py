"""How many people of each age and sex live in each small area: fitted, then made whole.

There is no published table of single-year age by sex by LSOA. An estimate is fitted to the two
that a pack has (age by LSOA, and the share of women by LSOA), starting from the sex ratio of
England by age, by iterative proportional fitting (Deming and Stephan 1940,
doi 10.1214/aoms/1177731829).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from joinedup.synthetic.interface import Floats, Ints

AGES = 91  # single years, the last being 90 and over

# Share of women by age, England: order of magnitude of ONS mid-2020 estimates, in which boys are
# 51.3% of children and women about 55% at 80 and two thirds at 90 and over.
_FEMALE_AGE = (0, 18, 25, 35, 50, 65, 75, 80, 85, 90)
_FEMALE_SHARE = (0.487, 0.487, 0.49, 0.503, 0.506, 0.513, 0.527, 0.552, 0.595, 0.665)

# Yearly chance of death by age: a Gompertz curve with a floor, illustrative, of the order of ONS
# national life tables for England (about 1.2% of men and 0.8% of women at 65, 10% and 7.5% at 85;
# 0.4% in the first year of life).
_DEATH_AT_65 = np.array([0.0122, 0.0080])
_DEATH_GROWTH = np.array([0.101, 0.109])
_DEATH_FLOOR = np.array([0.00035, 0.0002])
_INFANT_DEATH = np.array([0.0042, 0.0035])

# Death rates of the most against the least deprived tenth: about 2.3 times in middle age and 1.2
# times in great age. Illustrative; ONS, Health state life expectancies by national deprivation
# deciles, shows the same narrowing with age.
_GRADIENT_AGE = (0, 45, 65, 85, 90)
_GRADIENT = (1.9, 2.3, 2.0, 1.3, 1.2)


def fit_age_by_sex(ages: NDArray[np.int64], female_share: Floats, rounds: int = 30) -> Floats:
    """Residents by (area, single year of age, sex): men first, then women.

    Keeps each area's ages exactly and its share of women nearly: rounds end when that is within a
    millionth or, where an area's ages allow no closer, at the last round.
    """
    share = np.interp(np.arange(AGES), _FEMALE_AGE, _FEMALE_SHARE)
    counts = ages.astype(float)
    odds = np.ones(len(counts))
    for _ in range(rounds):
        women = counts * (share * odds[:, None]) / (1 - share + share * odds[:, None])
        total = counts.sum(axis=1)
        have = np.divide(women.sum(axis=1), total, out=np.full(len(total), 0.5), where=total > 0)
        want = np.clip(np.where(np.isnan(female_share), have, female_share), 0.02, 0.98)
        have = np.clip(have, 1e-6, 1 - 1e-6)
        if np.abs(want - have).max(initial=0) < 1e-6:
            break
        odds = odds * (want / (1 - want)) / (have / (1 - have))
    return np.stack([counts - women, women], axis=2)


def yearly_deaths(imd_decile: NDArray[np.integer]) -> Floats:
    """Yearly chance of death by (area, single year of age, sex)."""
    age = np.arange(AGES) + 0.5
    age[-1] = 93.5  # about the mean age of those of 90 and over
    hazard = _DEATH_FLOOR + _DEATH_AT_65 * np.exp(_DEATH_GROWTH * (age[:, None] - 65))
    hazard[0] = _INFANT_DEATH
    gradient = np.log(np.interp(age, _GRADIENT_AGE, _GRADIENT))
    steps = (5.5 - np.asarray(imd_decile, dtype=float)) / 9
    return np.minimum(hazard[None] * np.exp(steps[:, None, None] * gradient[None, :, None]), 0.5)


def share_out(total: int, weights: Floats) -> NDArray[np.int64]:
    """Whole numbers in proportion to `weights` that sum to `total`, by largest remainder."""
    exact = weights * (total / weights.sum()) if weights.sum() > 0 else np.zeros(len(weights))
    whole = np.floor(exact).astype(np.int64)
    remainder = np.round(exact - whole, 9)
    whole[np.argsort(-remainder, kind="stable")[: total - int(whole.sum())]] += 1
    return whole


def round_cells(expected: Floats, total: int) -> Ints:
    """Whole people by (area, age, sex), summing to `total`.

    Areas' totals are by largest remainder. Within each area so are the cells, what rounding left
    over being carried to the next area, so that ages and sexes come right for the whole as well.
    """
    cells = expected.reshape(len(expected), -1) * (total / expected.sum())
    totals = share_out(total, cells.sum(axis=1))
    whole = np.zeros(cells.shape, dtype=np.int32)
    carried = np.zeros(cells.shape[1])
    for area, people in enumerate(totals):
        wanted = cells[area] + carried
        whole[area] = _largest_remainder(wanted, int(people))
        carried = wanted - whole[area]
    return whole.reshape(expected.shape)


def _largest_remainder(wanted: Floats, people: int) -> Ints:
    """`people` shared out by `wanted`, in which rounding may have left a little below nothing."""
    whole = np.floor(np.maximum(wanted, 0)).astype(np.int32)
    while (short := people - int(whole.sum())) != 0:
        remainder = np.round(wanted - whole, 9)
        if short > 0:
            whole[np.argsort(-remainder, kind="stable")[:short]] += 1
        else:
            held = np.flatnonzero(whole > 0)
            whole[held[np.argsort(remainder[held], kind="stable")[:-short]]] -= 1
    return whole
