"""Who lives with whom: care homes, couples, parents with children, sharers and people alone.

People are already placed in LSOAs by age and sex; here they are put together within an LSOA, by
sorting and nearest ages, never person by person.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from joinedup.synthetic.draws import chance, place_in_group
from joinedup.synthetic.interface import Flags, Floats, Ints

# Share in a care home by age: about a tenth of those of 85 and over and 2.5% of those of 65 and
# over (ONS, Older people living in care homes in 2021 and 2011).
_HOME_AGE = (0, 20, 64, 70, 80, 85, 90)
_HOME_SHARE = (0.0, 0.001, 0.002, 0.004, 0.018, 0.06, 0.16)
_HOME_BEFORE_DEATH = 4.0  # about a quarter of deaths are of care-home residents (OHID)
_HOME_SIZE = 40

# Share living as a couple by age, men and women (order of magnitude of census 2021, living
# arrangements).
_COUPLE_AGE = (17, 20, 25, 30, 35, 50, 65, 75, 85, 92)
_COUPLE_MEN = (0.0, 0.04, 0.28, 0.55, 0.66, 0.69, 0.73, 0.73, 0.60, 0.42)
_COUPLE_WOMEN = (0.0, 0.08, 0.38, 0.60, 0.67, 0.68, 0.68, 0.60, 0.32, 0.12)

# Unpartnered people of 18 to 29 who live with parents (ONS, Families and households: about a third
# of men and a fifth of women of 20 to 34).
_AT_HOME_AGE = (17, 18, 22, 25, 29, 30)
_AT_HOME_SHARE = (1.0, 0.85, 0.60, 0.42, 0.22, 0.0)
_MOTHER_AGE = (17, 22, 30, 38, 48, 58, 64)
_MOTHER_WEIGHT = (0.0, 0.12, 0.55, 0.95, 0.75, 0.28, 0.0)
_CHILDREN_A_MOTHER = 1.75
_AGE_AT_BIRTH = (30.7, 5.3)  # mean (ONS, Births in England and Wales) and an assumed spread
_MOTHERHOOD = (15, 48)
_SHARING_AGE = (17, 18, 35, 50, 65, 90)
# Single people who live with others, not as a couple: three in ten households are of one person
# (ONS, Families and households in the UK).
_SHARING = (0.0, 0.8, 0.7, 0.5, 0.35, 0.25)


@dataclass(frozen=True, slots=True)
class Households:
    """Who lives with whom, one value a person; a place is a row of the chunk, -1 none."""

    household: Ints  # 0, 1, 2, ... within the chunk
    care_home: Flags
    partner: Ints
    mother: Ints
    twin: Ints


def form_households(
    rng: Generator, lsoa: Ints, age: Ints, female: Flags, dead: Flags
) -> Households:
    """Put the people of a chunk together."""
    size = len(age)
    share = np.interp(age, _HOME_AGE, _HOME_SHARE) * np.where(dead, _HOME_BEFORE_DEATH, 1.0)
    care_home = chance(rng, share, size)
    partner = _couples(rng, lsoa, age, female, ~care_home)
    at_home = chance(rng, np.interp(age, _AT_HOME_AGE, _AT_HOME_SHARE), size)
    child = (age < 18) | (at_home & (partner < 0))
    child &= ~care_home
    mother = _mothers(rng, lsoa, age, female & ~care_home & ~child, child, partner >= 0)
    mother, twin = _twins(rng, mother, age, dead, lsoa)
    head = _heads(rng, lsoa, age, partner, mother, care_home, child)
    _, household = np.unique(head, return_inverse=True)
    return Households(household.astype(np.int32), care_home, partner, mother, twin)


def _couples(rng: Generator, lsoa: Ints, age: Ints, female: Flags, free: Flags) -> Ints:
    """Each person's partner: men and women of an LSOA paired in order of age.

    An LSOA has as many couples as half of its people of either sex whose luck says that they live
    as a couple; where the sexes differ in number, those likeliest to are taken instead.
    """
    likely = np.where(
        female,
        np.interp(age, _COUPLE_AGE, _COUPLE_WOMEN),
        np.interp(age, _COUPLE_AGE, _COUPLE_MEN),
    )
    luck = rng.random(len(age))
    adult = free & (age >= 18)
    top = int(lsoa.max(initial=0)) + 1
    couples = np.bincount(lsoa[adult & (luck < likely)], minlength=top) / 2
    couples = np.floor(couples + rng.random(top)).astype(np.int64)
    sides = [np.flatnonzero(adult & ~female), np.flatnonzero(adult & female)]
    for rows in sides:
        couples = np.minimum(couples, np.bincount(lsoa[rows], minlength=top))
    chosen = []
    for rows, older in zip(sides, (0, 2), strict=True):
        order = np.lexsort((luck[rows] / np.maximum(likely[rows], 1e-3), lsoa[rows]))
        first = place_in_group(lsoa[rows][order]) < couples[lsoa[rows][order]]
        rows = rows[order][first]
        near = age[rows] + older + rng.normal(0, 2.0, len(rows))
        chosen.append(rows[np.lexsort((near, lsoa[rows]))])
    men, women = chosen
    near = np.abs(age[men] - age[women]) <= 25
    partner = np.full(len(age), -1, dtype=np.int32)
    partner[men[near]] = women[near]
    partner[women[near]] = men[near]
    return partner


def _mothers(
    rng: Generator, lsoa: Ints, age: Ints, woman: Flags, child: Flags, partnered: Flags
) -> Ints:
    """Each child's mother, or another grown-up of the LSOA where no woman is of an age to be."""
    mother = np.full(len(age), -1, dtype=np.int32)
    weight = np.interp(age, _MOTHER_AGE, _MOTHER_WEIGHT) * np.where(partnered, 1.0, 0.45) * woman
    wanted = child.sum() / _CHILDREN_A_MOTHER
    chosen = chance(rng, np.minimum(weight * wanted / max(weight.sum(), 1), 1.0), len(age))
    children = np.flatnonzero(child)
    gap = np.clip(rng.normal(*_AGE_AT_BIRTH, len(children)), 17, 45)
    for candidates, limits in (
        (chosen, _MOTHERHOOD),
        (woman & (age >= 18), _MOTHERHOOD),
        (~child & (age >= 18), (16, 70)),
    ):
        left = mother[children] < 0
        found = _nearest(lsoa, age, np.flatnonzero(candidates), children[left], gap[left], limits)
        mother[children[left]] = found
    return mother


def _nearest(
    lsoa: Ints,
    age: Ints,
    candidates: NDArray[np.integer],
    children: NDArray[np.integer],
    gap: Floats,
    limits: tuple[int, int],
) -> Ints:
    """The candidate of the same LSOA whose age is nearest to the child's plus `gap`, or -1."""
    if len(candidates) == 0 or len(children) == 0:
        return np.full(len(children), -1, dtype=np.int32)
    key = lsoa[candidates] * 1000.0 + age[candidates]
    order = np.argsort(key, kind="stable")
    candidates, key = candidates[order], key[order]
    want = lsoa[children] * 1000.0 + age[children] + gap
    at = np.searchsorted(key, want)
    best = np.full(len(children), -1, dtype=np.int32)
    distance = np.full(len(children), np.inf)
    for side in (at - 1, at):
        side = np.clip(side, 0, len(key) - 1)
        older = age[candidates[side]] - age[children]
        fits = (lsoa[candidates[side]] == lsoa[children]) & (older >= limits[0])
        fits &= older <= limits[1]
        closer = fits & (np.abs(key[side] - want) < distance)
        best[closer] = candidates[side[closer]]
        distance[closer] = np.abs(key[side] - want)[closer]
    return best


def _twins(rng: Generator, mother: Ints, age: Ints, dead: Flags, lsoa: Ints) -> tuple[Ints, Ints]:
    """Twins: children of one mother who are of one age. Others of one age are parted by chance.

    About 1.5% of births in England are multiple (ONS, Birth characteristics), so that 3% of
    children are twins; children of one mother and age come about more often than that, and those
    beyond it are given to no mother here.
    """
    twin = np.full(len(age), -1, dtype=np.int32)
    rows = np.flatnonzero((mother >= 0) & ~dead)
    rows = rows[np.lexsort((age[rows], mother[rows]))]
    same = np.zeros(len(rows), dtype=bool)
    same[1:] = (mother[rows][1:] == mother[rows][:-1]) & (age[rows][1:] == age[rows][:-1])
    group = np.cumsum(~same)
    second = rows[place_in_group(group) == 1]
    first = rows[np.flatnonzero(place_in_group(group) == 1) - 1]
    wanted = 0.015 * len(rows)
    kept = chance(rng, min(1.0, wanted / max(len(second), 1)), len(second))
    twin[first[kept]], twin[second[kept]] = second[kept], first[kept]
    return mother, twin


def _heads(
    rng: Generator,
    lsoa: Ints,
    age: Ints,
    partner: Ints,
    mother: Ints,
    care_home: Flags,
    child: Flags,
) -> NDArray[np.int64]:
    """A number for each household: mostly the row of a person whose home it is."""
    size = len(age)
    head = np.arange(size, dtype=np.int64)
    head = np.where(partner >= 0, np.minimum(head, partner), head)
    parent = np.zeros(size, dtype=bool)
    parent[mother[mother >= 0]] = True
    alone = np.flatnonzero((partner < 0) & ~child & ~care_home & ~parent)
    alone = alone[chance(rng, np.interp(age[alone], _SHARING_AGE, _SHARING), len(alone))]
    near = age[alone] + rng.normal(0, 12, len(alone))
    alone = alone[np.lexsort((near, lsoa[alone]))]
    place = place_in_group(lsoa[alone])
    head[alone] = alone[np.arange(len(alone)) - place % 3]
    head = np.where(mother >= 0, head[np.maximum(mother, 0)], head)
    homes = np.flatnonzero(care_home)
    homes = homes[np.argsort(lsoa[homes], kind="stable")]
    within = place_in_group(lsoa[homes])
    head[homes] = size + homes[np.arange(len(homes)) - within % _HOME_SIZE]
    return head
