"""Names, ethnicity and ways to reach people, as they really are; partners record them less well."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from joinedup.synthetic.calendar import DAYS, START
from joinedup.synthetic.draws import chance, coded, pick_each, stream
from joinedup.synthetic.households import Households
from joinedup.synthetic.interface import Coded, Dates, Flags, Ints, Longs, World
from joinedup.synthetic.names import name_book
from joinedup.synthetic.numbers import mobile_numbers
from joinedup.synthetic.world import Plan

# Ethnic categories (2001 codes): shares per thousand in towns and in the country, of the order of
# census 2021 in England, rural areas being about 95% white; then the group that names come from.
ETHNICITIES = (
    ("A", 760, 945, 0), ("B", 10, 5, 0), ("C", 70, 25, 5), ("D", 9, 3, 0), ("E", 5, 1, 3),
    ("F", 9, 4, 0), ("G", 8, 3, 0), ("H", 35, 4, 2), ("J", 24, 1, 1), ("K", 10, 1, 1),
    ("L", 17, 2, 4), ("M", 9, 1, 3), ("N", 18, 1, 3), ("P", 4, 0.5, 3), ("R", 7, 2, 4),
    ("S", 15, 2, 1),
)  # fmt: skip
# Groups other than A are younger: their weight by age of the household's first person.
_YOUTH_AGE = (0, 30, 50, 65, 80)
_YOUTH = (1.4, 1.35, 1.0, 0.5, 0.25)
_SAME_AS_HOUSEHOLD = 0.93
_NAMESAKE = (0.02, 0.004)  # of sons and of daughters; illustrative
_TAKES_NAME = 0.75  # of women in a couple; illustrative
_MARRIED_LATELY = 0.04  # of those, in the three years; illustrative
_MOBILE_AGE = (0, 10, 15, 60, 75, 90)
_MOBILE = (0.0, 0.05, 0.85, 0.93, 0.75, 0.45)
_EMAIL = (0.0, 0.02, 0.70, 0.80, 0.55, 0.20)


@dataclass(frozen=True, slots=True)
class Identity:
    """What each person is called."""

    forename: Coded
    nickname: Coded
    middle_initial: Coded
    surname: Coded
    earlier_surname: Coded
    surname_changed: Dates
    ethnicity: Coded
    phone: Longs
    has_email: Flags


def draw_identities(
    world: World, chunk: int, age: Ints, female: Flags, dead: Flags, lsoa: Ints,
    homes: Households, birth: Dates,
) -> Identity:  # fmt: skip
    """Names that households share, and what is each person's own."""
    rng = stream(world.seed, chunk, "identity")
    assert isinstance(world.plan, Plan)
    size, book = len(age), name_book()
    ethnicity = _ethnicities(rng, world.plan.rural[lsoa], age, homes.household)
    group = np.array([entry[3] for entry in ETHNICITIES], dtype=np.int32)[ethnicity]
    year = birth.astype("datetime64[Y]").astype(int) + 1970
    forename = book.draw_forenames(rng, group, female, year)
    forename = _unlike_twin(forename, homes.twin, book.draw_forenames(rng, group, female, year))
    forename = _namesakes(rng, forename, female, homes)
    surname, earlier, changed = _surnames(rng, group, age, female, dead, homes)
    person = np.arange(size, dtype=np.int64) + world.plan.person_first[chunk] + 1
    phone = np.where(
        chance(rng, np.interp(age, _MOBILE_AGE, _MOBILE), size),
        mobile_numbers(person, world.seed), 0,
    )  # fmt: skip
    initials = rng.integers(0, 26, size)
    return Identity(
        forename=coded(book.forenames, forename),
        nickname=coded(book.nicknames, book.draw_nicknames(rng, forename)),
        middle_initial=coded(
            "ABCDEFGHIJKLMNOPQRSTUVWXYZ", np.where(rng.random(size) < 0.2, -1, initials)
        ),
        surname=coded(book.surnames, surname),
        earlier_surname=coded(book.surnames, earlier),
        surname_changed=changed,
        ethnicity=coded([entry[0] for entry in ETHNICITIES], ethnicity),
        phone=phone,
        has_email=chance(rng, np.interp(age, _MOBILE_AGE, _EMAIL), size),
    )


def _ethnicities(rng: Generator, rural: Flags, age: Ints, household: Ints) -> Ints:
    """Ethnic categories, mostly one to a household."""
    shares = np.array([entry[1:3] for entry in ETHNICITIES], dtype=float).T
    youth = np.interp(age, _YOUTH_AGE, _YOUTH)
    weights = shares[rural.astype(int)]
    weights[:, 1:] *= youth[:, None]
    own = pick_each(rng, weights)
    _, first = np.unique(household, return_index=True)
    return np.where(chance(rng, _SAME_AS_HOUSEHOLD, len(age)), own[first][household], own)


def _unlike_twin(forename: Ints, twin: Ints, other: Ints) -> Ints:
    """Forenames in which no twin has the other's."""
    same = (twin >= 0) & (forename == forename[twin]) & (twin > np.arange(len(twin)))
    clash = same & (other == forename)
    return np.where(same & ~clash, other, forename).astype(np.int32)


def _namesakes(rng: Generator, forename: Ints, female: Flags, homes: Households) -> Ints:
    """Forenames in which a few sons have their father's and fewer daughters their mother's."""
    parent = np.maximum(homes.mother, 0)
    father = np.maximum(homes.partner[parent], 0)
    child = (homes.mother >= 0) & (homes.twin < 0)
    son = child & ~female & (homes.partner[parent] >= 0) & chance(rng, _NAMESAKE[0], len(female))
    daughter = child & female & chance(rng, _NAMESAKE[1], len(female))
    named = np.where(son & ~female[father], forename[father], forename)
    return np.where(daughter & female[parent], forename[parent], named).astype(np.int32)


def _surnames(
    rng: Generator, group: Ints, age: Ints, female: Flags, dead: Flags, homes: Households
) -> tuple[Ints, Ints, Dates]:
    """Surname, the one before marriage (-1 none) and the day of the change."""
    book, size = name_book(), len(age)
    born_as = book.draw_surnames(rng, group)
    takes = female & (homes.partner >= 0) & chance(rng, _TAKES_NAME, size)
    # Widows and the divorced keep the name they married into.
    widowed = female & (homes.partner < 0) & (age > 40)
    widowed &= chance(rng, np.interp(age, (40, 60, 85), (0.25, 0.45, 0.85)), size)
    surname = np.where(takes, born_as[homes.partner], born_as)
    surname = np.where(widowed, book.draw_surnames(rng, group), surname)
    changed = takes | widowed
    # A child has the name that its mother has now, or in part of families its father's.
    parent = np.where(homes.mother >= 0, homes.mother, 0)
    father = homes.partner[parent]
    fathers = (father >= 0) & (parent % 4 > 0)
    inherited = np.where(fathers, surname[np.maximum(father, 0)], surname[parent])
    surname = np.where(homes.mother >= 0, inherited, surname)
    earlier = np.where(changed & (homes.mother < 0), born_as, -1)
    earlier = np.where(earlier == surname, -1, earlier)
    lately = takes & ~dead & (age < 60) & chance(rng, _MARRIED_LATELY, size)
    day = np.where(
        lately,
        np.floor(rng.random(size) * DAYS),
        -365.25 * np.maximum(age - 27, 1) * rng.random(size) - 1,
    )
    days = START + day.astype(np.int64).astype("m8[D]")
    none = np.datetime64("NaT")
    return surname.astype(np.int32), earlier.astype(np.int32), np.where(earlier >= 0, days, none)
