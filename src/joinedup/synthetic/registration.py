"""Which practice people are registered with: drawn from the real registrations by LSOA."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from joinedup.synthetic.draws import Choices, chance, choices
from joinedup.synthetic.interface import Floats, Ints

_OWN_CHOICE = 0.08  # of people who differ from their household: illustrative
_ELSEWHERE = 0.023  # residents registered outside: 18,000 of 777,000 in Dorset, 2022 lists
ELSEWHERE_PRACTICES = ("Z99901", "Z99902", "Z99903", "Z99904")  # where a pack names none


@dataclass(frozen=True, slots=True)
class Registered:
    """Practices by LSOA, and each LSOA's share registered outside the area."""

    by_lsoa: Choices
    elsewhere: Floats
    practices: int  # in the area; those elsewhere follow

    def draw(self, rng: Generator, lsoa: Ints, household: Ints, whole: NDArray[np.bool_]) -> Ints:
        """A practice for each person; `whole` is who always shares the household's."""
        homes, first = np.unique(household, return_index=True)
        of_home = self.draw_alone(rng, lsoa[first])
        practice = of_home[np.searchsorted(homes, household)]
        differs = np.flatnonzero(chance(rng, _OWN_CHOICE, len(lsoa)) & ~whole)
        practice[differs] = self.draw_alone(rng, lsoa[differs])
        return practice

    def draw_alone(self, rng: Generator, lsoa: NDArray[np.integer]) -> Ints:
        """A practice for each LSOA given, by the registrations there."""
        practice = self.by_lsoa.draw(rng, lsoa)
        if not self.elsewhere.any():
            return practice
        away = chance(rng, self.elsewhere[lsoa], len(lsoa))
        where = self.practices + lsoa % len(ELSEWHERE_PRACTICES)
        return np.where(away, where, practice).astype(np.int32)


def registered(
    lsoa: NDArray[np.integer],
    practice: NDArray[np.integer],
    patients: NDArray[np.integer],
    residents: Floats,
    here: NDArray[np.bool_],
    practices: int,
    named_elsewhere: bool,
) -> Registered:
    """From (LSOA, practice, patients) rows; LSOAs with no row take the area's mix.

    Rows may be of practices elsewhere too (`named_elsewhere`). Where the pack has no such rows, the
    share elsewhere is estimated: an LSOA near the edge has fewer patients on the area's lists than
    residents, and the whole comes to the share that Dorset has.
    """
    areas = len(residents)
    have = np.bincount(lsoa, patients, minlength=areas)
    missing = np.repeat(np.flatnonzero(have == 0), practices)
    lists = np.bincount(practice, patients, minlength=practices)[:practices] + 1e-9
    options = choices(
        np.concatenate([lsoa, missing]),
        np.concatenate([practice, np.tile(np.arange(practices), len(missing) // practices)]),
        np.concatenate([patients, np.tile(lists, len(missing) // practices)]),
        areas,
    )
    ratio = have[here].sum() / max(residents[here].sum(), 1)
    short = np.clip(1 - have / np.maximum(residents * max(ratio, 1e-9), 1), 0, 0.8) + 0.002
    short = np.where(here, short, 0.0)
    mean = (short * residents).sum() / max(residents[here].sum(), 1)
    estimated = np.clip(short * _ELSEWHERE / max(mean, 1e-9), 0, 0.8)
    return Registered(options, np.zeros(areas) if named_elsewhere else estimated, practices)
