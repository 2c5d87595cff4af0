"""The people of a chunk: drawn from the plan, put in households, named, housed and registered."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from joinedup.synthetic.calendar import DAYS, START, date_of, day_of, draw_days
from joinedup.synthetic.conditions import onsets
from joinedup.synthetic.deaths import CAUSES
from joinedup.synthetic.draws import coded, stream
from joinedup.synthetic.health import Health, draw_health
from joinedup.synthetic.households import Households, form_households
from joinedup.synthetic.housing import Housing, draw_housing
from joinedup.synthetic.identity import Identity, draw_identities
from joinedup.synthetic.interface import Dates, Flags, Ints, Moves, Onsets, Residents, World
from joinedup.synthetic.moves import draw_moves
from joinedup.synthetic.need import NEVER, Lives
from joinedup.synthetic.numbers import nhs_numbers
from joinedup.synthetic.world import Plan, part_of


@dataclass(frozen=True, slots=True)
class Drawn:
    """A chunk's people before names and addresses: cells made into rows."""

    lsoa: Ints
    part: Ints
    parts: Ints
    age: Ints
    female: Flags
    dead: Flags


def draw_people(plan: Plan, chunk: int) -> Drawn:
    """One row a person, in order of unit, age and sex, the living before the dead."""
    rows = []
    for place in range(int(plan.chunk_first[chunk]), int(plan.chunk_first[chunk + 1])):
        lsoa, part, parts = (
            int(column[place]) for column in (plan.unit_lsoa, plan.unit_part, plan.unit_parts)
        )
        for dead, whole in enumerate((plan.alive, plan.dead)):
            cells = part_of(whole[lsoa], part, parts)
            age, sex = np.nonzero(cells)
            many = cells[age, sex]
            rows.append((np.repeat(age, many), np.repeat(sex, many), place, dead))
    sizes = [len(row[0]) for row in rows]
    unit = np.repeat([row[2] for row in rows], sizes)
    return Drawn(
        lsoa=plan.unit_lsoa[unit],
        part=plan.unit_part[unit],
        parts=plan.unit_parts[unit],
        age=np.concatenate([row[0] for row in rows]).astype(np.int32),
        female=np.concatenate([row[1] for row in rows]) == 1,
        dead=np.repeat([row[3] == 1 for row in rows], sizes),
    )


def birth_dates(rng: Generator, age: Ints, until: Dates) -> Dates:
    """Dates of birth that give these completed ages on `until`; 90 stands for 90 and over."""
    older = np.minimum(rng.geometric(0.2, len(age)) - 1, 16)
    age = age + np.where(age >= 90, older, 0)
    last = years_before(until, age)
    first = years_before(until, age + 1) + np.timedelta64(1, "D")
    span = (last - first).astype(np.int64) + 1
    return first + np.floor(rng.random(len(age)) * span).astype(np.int64).astype("m8[D]")


def years_before(date: Dates, years: NDArray[np.integer]) -> Dates:
    """The same day of the year some years before; 29 February becomes 1 March where it must."""
    month = date.astype("datetime64[M]")
    day = (date - month.astype("datetime64[D]")).astype("m8[D]")
    return (month - (years.astype(np.int64) * 12).astype("m8[M]")).astype("datetime64[D]") + day


def make_people(world: World, chunk: int) -> tuple[Residents, Moves, Onsets, Lives]:
    """A chunk's people, their moves and conditions, and what drives their use."""
    plan = world.plan
    assert isinstance(plan, Plan)
    drawn = draw_people(plan, chunk)
    size = len(drawn.age)
    homes = form_households(
        stream(world.seed, chunk, "households"), drawn.lsoa, drawn.age, drawn.female, drawn.dead
    )
    rng = stream(world.seed, chunk, "people")
    death_day = np.full(size, NEVER, dtype=np.int32)
    died = np.flatnonzero(drawn.dead)
    death_day[died] = draw_days(rng, "death", np.zeros(len(died), int), np.full(len(died), DAYS))
    until = date_of(np.where(drawn.dead, death_day, DAYS - 1))
    birth = birth_dates(rng, drawn.age, until)
    birth = np.where(homes.twin > np.arange(size), birth[homes.twin], birth)
    moved = draw_moves(
        stream(world.seed, chunk, "moves"), drawn.lsoa, homes.household, drawn.age,
        homes.care_home, day_of(birth).astype(np.int32), death_day, world.lsoa_here,
    )  # fmt: skip
    identity = draw_identities(
        world, chunk, drawn.age, drawn.female, drawn.dead, drawn.lsoa, homes, birth
    )
    housing = draw_housing(
        world, chunk, drawn.lsoa, (drawn.part, drawn.parts), homes, moved, birth, until
    )
    health = draw_health(
        world, chunk, drawn.lsoa, drawn.female, homes, moved.arrived_day, birth, death_day
    )
    residents = _residents(world, plan, chunk, drawn, homes, birth, identity, housing, health)
    begun = onsets(birth, health.onset_age, until, drawn.female)
    return (
        residents,
        housing.moves,
        begun,
        _lives(world, plan, drawn, homes, birth, housing, health),
    )


def _residents(
    world: World, plan: Plan, chunk: int, drawn: Drawn, homes: Households, birth: Dates,
    identity: Identity, housing: Housing, health: Health,
) -> Residents:  # fmt: skip
    first = int(plan.person_first[chunk])
    person = np.arange(first + 1, first + 1 + len(birth), dtype=np.int64)
    dead = health.death_day < DAYS
    died = START + np.where(dead, health.death_day, 0).astype("m8[D]")
    return Residents(
        person=person, nhs_number=nhs_numbers(person, world.seed),
        forename=identity.forename, nickname=identity.nickname,
        middle_initial=identity.middle_initial, surname=identity.surname,
        earlier_surname=identity.earlier_surname, surname_changed=identity.surname_changed,
        sex=coded(("1", "2"), drawn.female.astype(np.int32)), birth_date=birth,
        ethnicity=identity.ethnicity, household=homes.household.astype(np.int64) + first + 1,
        house=housing.house, street=housing.street, town=housing.town, postcode=housing.postcode,
        lsoa=drawn.lsoa, practice=housing.practice, registered_from=housing.registered_from,
        arrived=housing.arrived,
        death_date=np.where(dead, died, np.datetime64("NaT")),
        death_cause=coded([cause[0] for cause in CAUSES], health.cause),
        twin_of=homes.twin, carer=health.carer, cared_for_by=health.cared_for_by,
        care_home=homes.care_home, housebound=health.housebound, lives_alone=health.lives_alone,
        frailty=health.frailty, need=np.round(health.need, 6), phone=identity.phone,
        has_email=identity.has_email,
    )  # fmt: skip


def _lives(
    world: World, plan: Plan, drawn: Drawn, homes: Households, birth: Dates, housing: Housing,
    health: Health,
) -> Lives:  # fmt: skip
    return Lives(
        age=health.age, female=drawn.female, deprivation=health.deprivation, need=health.need,
        onset_day=health.onset_day, has=health.has, born_day=day_of(birth).astype(np.int32),
        from_day=health.from_day, past_day=health.past_day, death_day=health.death_day,
        care_home=homes.care_home, housebound=health.housebound, lives_alone=health.lives_alone,
        carer=health.carer, frailty=health.frailty, partner=homes.partner, mother=homes.mother,
        twin=homes.twin, lsoa=drawn.lsoa, practice=housing.practice,
        earlier_practice=housing.earlier_practice,
        practice_from=day_of(housing.registered_from).astype(np.int32),
        registered_here=world.practice_here[housing.practice],
        acute=plan.acute[drawn.lsoa], council=plan.council[drawn.lsoa],
        ambulance=plan.ambulance[drawn.lsoa],
    )  # fmt: skip
