"""Where people live and with which practice they are registered, now and before a move."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from joinedup.synthetic.calendar import DAYS, START, TODAY
from joinedup.synthetic.draws import chance, coded, place_in_group, stream
from joinedup.synthetic.households import Households
from joinedup.synthetic.interface import Coded, Dates, Flags, Ints, Moves, World
from joinedup.synthetic.moves import Moved
from joinedup.synthetic.places import Gazetteer
from joinedup.synthetic.world import Plan

_KEEPS_PRACTICE = 0.55  # of those who move to another LSOA; illustrative
_YEARS_ON_LIST = 11.0  # mean; illustrative
_LONG_AGO = np.datetime64("1948-07-05")  # the NHS begins


@dataclass(frozen=True, slots=True)
class Housing:
    """Address and practice of each person."""

    house: Ints
    street: Coded
    town: Coded
    postcode: Coded
    practice: Ints
    registered_from: Dates
    arrived: Dates
    earlier_practice: Ints
    moves: Moves


def draw_housing(
    world: World, chunk: int, lsoa: Ints, part: tuple[Ints, Ints], homes: Households, moved: Moved,
    birth: Dates, until: Dates,
) -> Housing:  # fmt: skip
    """Addresses by household, practices by LSOA. `part` is which part of the LSOA, of how many."""
    rng = stream(world.seed, chunk, "housing")
    plan = world.plan
    assert isinstance(plan, Plan)
    gazetteer, size = plan.gazetteer, len(lsoa)
    post = _by_household(rng, gazetteer, lsoa, homes.household)
    house = _houses(homes.household, post) * part[1] + part[0] + 1
    practice = plan.registered.draw(rng, lsoa, homes.household, homes.twin >= 0)
    changes = (moved.day >= 0) & (moved.from_lsoa != lsoa) & ~chance(rng, _KEEPS_PRACTICE, size)
    changes = _as_household(changes, homes) & (moved.day >= 0)
    before = plan.registered.draw(rng, moved.from_lsoa, homes.household, homes.twin >= 0)
    earlier_practice = np.where(changes, before, practice).astype(np.int32)
    long_ago = _long_registered(rng, birth, size)
    arrived = np.where(
        moved.arrived_day >= 0, START + moved.arrived_day.astype("m8[D]"),
        np.maximum(birth, _LONG_AGO),
    )  # fmt: skip
    later = np.floor(rng.random(size) * 40).astype(np.int64).astype("m8[D]")
    since = np.where(moved.arrived_day >= 0, arrived + later, long_ago)
    since = np.where(changes & (before != practice), _moved_date(moved) + later, since)
    since = np.minimum(since, until)
    moves = _moves(
        rng, world, gazetteer, moved, earlier_practice, np.minimum(long_ago, since), homes
    )
    return Housing(
        house=house.astype(np.int32),
        street=coded(gazetteer.streets, gazetteer.street[post]),
        town=coded(gazetteer.towns, gazetteer.town[post]),
        postcode=coded(gazetteer.postcode, post),
        practice=practice, registered_from=since, arrived=arrived,
        earlier_practice=earlier_practice, moves=moves,
    )  # fmt: skip


def _by_household(rng: Generator, gazetteer: Gazetteer, lsoa: Ints, household: Ints) -> Ints:
    """A postcode for each household, given to each of its people."""
    _, first = np.unique(household, return_index=True)
    return gazetteer.draw(rng, lsoa[first])[household]


def _houses(household: Ints, post: Ints) -> NDArray[np.int64]:
    """A house number from 0 for each person: households of a postcode are numbered in turn."""
    _, first = np.unique(household, return_index=True)
    of_home = post[first]
    order = np.argsort(of_home, kind="stable")
    number = np.empty(len(of_home), dtype=np.int64)
    number[order] = place_in_group(of_home[order])
    return number[household]


def _as_household(flag: Flags, homes: Households) -> Flags:
    """The flag of the first of each household, for all of it but residents of care homes."""
    _, first = np.unique(homes.household, return_index=True)
    return np.where(homes.care_home, flag, flag[first][homes.household])


def _long_registered(rng: Generator, birth: Dates, size: int) -> Dates:
    """Start of a registration with no move behind it: some years ago, or soon after birth."""
    soon = birth + np.floor(7 + rng.random(size) * 28).astype(np.int64).astype("m8[D]")
    days = np.minimum(rng.exponential(_YEARS_ON_LIST, size), 60) * 365.25 + DAYS
    return np.maximum(soon, TODAY - days.astype(np.int64).astype("m8[D]"))


def _moved_date(moved: Moved) -> Dates:
    return START + np.maximum(moved.day, 0).astype("m8[D]")


def _moves(
    rng: Generator, world: World, gazetteer: Gazetteer, moved: Moved, earlier_practice: Ints,
    since: Dates, homes: Households,
) -> Moves:  # fmt: skip
    """The moves inside the area, with the address before."""
    row = np.flatnonzero(moved.day >= 0).astype(np.int32)
    # People of a household moved together; each care-home resident had a home of their own.
    key = np.where(homes.care_home[row], len(homes.household) + row, homes.household[row])
    _, first, of = np.unique(key, return_index=True, return_inverse=True)
    lsoa = moved.from_lsoa[row][first]
    post = gazetteer.draw(rng, lsoa)[of]
    house = (1 + np.floor(rng.random(len(first)) * 40).astype(np.int32))[of]
    return Moves(
        row=row,
        moved=_moved_date(moved)[row],
        earlier_house=house,
        earlier_street=coded(gazetteer.streets, gazetteer.street[post]),
        earlier_town=coded(gazetteer.towns, gazetteer.town[post]),
        earlier_postcode=coded(gazetteer.postcode, post),
        earlier_lsoa=lsoa[of].astype(np.int32),
        earlier_practice=earlier_practice[row],
        earlier_registered_from=np.minimum(since[row], _moved_date(moved)[row]),
    )
