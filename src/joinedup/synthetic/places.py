"""Invented addresses: postcodes that lie in LSOAs, streets and towns.

Postcodes are well formed but in postcode areas that Royal Mail never issued (JB, JD, ...), each
district being ten LSOAs that follow one another, so that near neighbours share its first half.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from joinedup.synthetic.interface import Ints
from joinedup.synthetic.names import words

_AREAS = ("JB", "JD", "JF", "JH", "JK", "JM", "JN", "JP", "JR", "JT", "JW", "JY")
_UNIT_LETTERS = "ABDEFGHJLNPQRSTUWXYZ"  # Royal Mail uses no C, I, K, M, O or V here
_PEOPLE_A_POSTCODE = 36  # about 15 households, as Royal Mail says of a postcode
_LSOA_NAME = re.compile(r"^(.*?) \d{3}[A-Z]$")


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """Every postcode with its LSOA, street and town; postcodes are in order of LSOA."""

    postcode: tuple[str, ...]
    lsoa: Ints
    street: Ints  # in streets
    town: Ints  # in towns
    first: NDArray[np.int64]  # first postcode of each LSOA, and one past the last
    streets: tuple[str, ...]
    towns: tuple[str, ...]

    def draw(self, rng: Generator, lsoa: NDArray[np.integer]) -> Ints:
        """A postcode in each of the LSOAs."""
        many = self.first[lsoa + 1] - self.first[lsoa]
        return (self.first[lsoa] + np.floor(rng.random(len(lsoa)) * many)).astype(np.int32)


def make_gazetteer(
    names: Sequence[str], residents: NDArray[np.integer], rng: Generator
) -> Gazetteer:
    """Postcodes for LSOAs of these names (empty outside the area) and so many residents."""
    many = np.clip(np.round(residents / _PEOPLE_A_POSTCODE), 2, 400).astype(np.int64)
    lsoa = np.repeat(np.arange(len(names), dtype=np.int32), many)
    first = np.concatenate([[0], np.cumsum(many)])
    unit = ((np.arange(len(lsoa)) - first[lsoa]) * 147 + lsoa * 31) % 400
    postcode = tuple(
        _postcode(int(area), int(letters)) for area, letters in zip(lsoa, unit, strict=True)
    )
    streets = tuple(
        f"{name} {kind}" for name in words("street_name") for kind in words("street_kind")
    )
    towns, town_of_lsoa = _towns(names)
    street = rng.integers(0, len(streets), len(lsoa)).astype(np.int32)
    return Gazetteer(postcode, lsoa, street, town_of_lsoa[lsoa], first, streets, towns)


def _postcode(lsoa: int, unit: int) -> str:
    district, sector = divmod(lsoa, 10)
    area, district = divmod(district, 99)
    letters = _UNIT_LETTERS[unit // 20] + _UNIT_LETTERS[unit % 20]
    return f"{_AREAS[area % len(_AREAS)]}{district + 1} {sector}{letters}"


def _towns(names: Sequence[str]) -> tuple[tuple[str, ...], Ints]:
    """The town of each LSOA: its name without the number, or an invented one outside the area."""
    elsewhere = words("town_elsewhere")
    found = []
    for place, name in enumerate(names):
        match = _LSOA_NAME.match(name)
        found.append(match.group(1) if match else name or elsewhere[place % len(elsewhere)])
    towns = tuple(sorted(set(found)))
    where = {town: index for index, town in enumerate(towns)}
    return towns, np.array([where[town] for town in found], dtype=np.int32)
