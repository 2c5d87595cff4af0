"""What the invented people are called: by group, sex and year of birth, with common names common.

The names are ordinary ones put together at random, in falling order of frequency; no real person
is meant. Frequencies fall with rank as they do in England, where the commonest surname is held by
about one person in a hundred and most people have one that fewer than one in a thousand hold
(illustrative; McElduff and others 2008, doi 10.1093/jrsssa/qnn030, describe the shape).
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from joinedup.synthetic.draws import Choices, choices
from joinedup.synthetic.interface import Ints

GROUPS = ("british", "south_asian_muslim", "indian", "black", "east_asian", "european")
_COHORTS = (1900, 1945, 1965, 1985, 2005)
# Of people of British name, the share with a listed surname and with a double-barrelled one; the
# rest have a composite.
_LISTED_SHARE = 0.45
_DOUBLE_SHARE = 0.015


@dataclass(frozen=True, slots=True)
class NameBook:
    """Forenames by (group, sex, cohort), surnames by group, and nicknames."""

    forenames: tuple[str, ...]
    surnames: tuple[str, ...]
    by_forename: Choices
    by_surname: Choices
    nicknames: tuple[str, ...]
    first_nickname: NDArray[np.int32]  # of a forename, in `nicknames`
    many_nicknames: NDArray[np.int32]

    def draw_forenames(
        self, rng: Generator, group: Ints, female: NDArray[np.bool_], year: NDArray[np.integer]
    ) -> Ints:
        """Places in `forenames`."""
        cohort = np.searchsorted(_COHORTS, year, side="right") - 1
        key = (group * 2 + female) * len(_COHORTS) + np.maximum(cohort, 0)
        return self.by_forename.draw(rng, key)

    def draw_surnames(self, rng: Generator, group: Ints) -> Ints:
        """Places in `surnames`."""
        return self.by_surname.draw(rng, group)

    def draw_nicknames(self, rng: Generator, forename: Ints) -> Ints:
        """Places in `nicknames`, -1 for a forename that has none."""
        many = self.many_nicknames[forename]
        which = np.floor(rng.random(len(forename)) * np.maximum(many, 1)).astype(np.int32)
        return np.where(many > 0, self.first_nickname[forename] + which, -1).astype(np.int32)


def words(kind: str) -> tuple[str, ...]:
    """The words of one kind that has a single list, such as `street_name`."""
    return next(tuple(row[4].split()) for row in _rows("names.csv") if row[0] == kind)


@cache
def name_book() -> NameBook:
    """All names, read once."""
    first = [row for row in _rows("names.csv") if row[0] == "forename"]
    forenames = tuple(sorted({name for row in first for name in row[4].split()}))
    surnames, by_surname = _surnames()
    nicknames, starts, many = _nicknames(forenames)
    return NameBook(
        forenames, surnames, _forenames(first, forenames), by_surname, nicknames, starts, many
    )


def _forenames(rows: Sequence[Sequence[str]], names: Sequence[str]) -> Choices:
    place = {name: index for index, name in enumerate(names)}
    key, option, weight = [], [], []
    for group_place, group in enumerate(GROUPS):
        for female, sex in enumerate(("male", "female")):
            lists = {int(r[3]): r[4].split() for r in rows if r[1] == group and r[2] == sex}
            for cohort_place, cohort in enumerate(_COHORTS):
                listed = lists.get(cohort, lists[1900])
                key += [(group_place * 2 + female) * len(_COHORTS) + cohort_place] * len(listed)
                option += [place[name] for name in listed]
                weight += [1 / (rank + 6) for rank in range(len(listed))]
    return choices(np.array(key), option, weight, len(GROUPS) * 2 * len(_COHORTS))


def _surnames() -> tuple[tuple[str, ...], Choices]:
    listed = {row[1]: row[4].split() for row in _rows("names.csv") if row[0] == "surname"}
    composite = [a + b for a in words("surname_start") for b in words("surname_end")]
    composite = [name for name in composite if name not in set(listed["british"])]
    common = listed["british"][:60]
    double = [f"{a}-{b}" for place, a in enumerate(common) for b in common[place % 7 + 3 :: 9]]
    names = tuple(sorted({n for g in listed.values() for n in g} | {*composite, *double}))
    place = {name: index for index, name in enumerate(names)}
    key, option, weight = [], [], []
    for group_place, group in enumerate(GROUPS):
        falling = np.array([1 / (rank + 8) for rank in range(len(listed[group]))])
        share = _LISTED_SHARE if group == "british" else 1.0
        key += [group_place] * len(falling)
        option += [place[name] for name in listed[group]]
        weight += list(share * falling / falling.sum())
    # Composites differ in frequency too, by a fixed order that is no order of the alphabet.
    rarity = 1 / (40 + (np.arange(len(composite)) * 997) % len(composite))
    key += [0] * len(composite)
    option += [place[name] for name in composite]
    weight += list((1 - _LISTED_SHARE - _DOUBLE_SHARE) * rarity / rarity.sum())
    key += [0] * len(double)
    option += [place[name] for name in double]
    weight += [_DOUBLE_SHARE / len(double)] * len(double)
    return names, choices(np.array(key), option, weight, len(GROUPS))


def _nicknames(
    forenames: Sequence[str],
) -> tuple[tuple[str, ...], NDArray[np.int32], NDArray[np.int32]]:
    known = {row[0]: row[1].split() for row in _rows("nicknames.csv")}
    lists = [known.get(name, []) for name in forenames]
    many = np.array([len(names) for names in lists], dtype=np.int32)
    starts = np.concatenate([[0], np.cumsum(many)[:-1]]).astype(np.int32)
    return tuple(name for names in lists for name in names), starts, many


@cache
def _rows(file: str) -> tuple[tuple[str, ...], ...]:
    text = files("joinedup.synthetic").joinpath(file).read_text(encoding="utf-8")
    return tuple(tuple(row) for row in list(csv.reader(text.splitlines()))[1:])
