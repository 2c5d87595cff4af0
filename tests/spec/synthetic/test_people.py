"""Invented people: numbered, housed, named and related as people are."""

from __future__ import annotations

import dataclasses
import pickle
from typing import Any

import numpy as np
import pytest

from joinedup.partners import invented_pack, read_pack
from joinedup.synthetic import Coded, draw_chunk, prepare
from joinedup.synthetic.conditions import CONDITIONS, conditions
from joinedup.synthetic.numbers import nhs_numbers
from joinedup.synthetic.residents import make_people
from joinedup.synthetic.world import Plan
from joinedup.terms.nhs_number import is_valid
from tests.spec.synthetic.conftest import Population


def test_people_are_numbered_from_one(population: Population) -> None:
    assert population.person("person").tolist() == list(range(1, len(population) + 1))
    assert len(population) == population.world.people


def test_nhs_numbers_are_valid_and_of_a_range_never_issued(population: Population) -> None:
    numbers = population.person("nhs_number")
    assert (numbers // 1_000_000_000 == 9).all()
    assert all(is_valid(str(number)) for number in numbers[:5000])


@pytest.mark.parametrize("seed", [0, 1, 977])
def test_nhs_numbers_stay_unique_into_the_tens_of_millions(seed: int) -> None:
    person = np.concatenate([np.arange(1, 100_001), np.arange(10_000_001, 10_100_001)])
    person = np.concatenate([person, np.arange(50_000_001, 50_100_001)])
    assert len(np.unique(nhs_numbers(person, seed))) == len(person)


def test_twins_are_born_on_one_day_and_live_together(population: Population) -> None:
    for chunk in population.chunks:
        people = chunk.residents
        one = np.flatnonzero(people.twin_of >= 0)
        other = people.twin_of[one]
        assert len(one) > 50
        assert (people.twin_of[other] == one).all()
        for column in ("birth_date", "household", "house", "lsoa", "practice"):
            assert (getattr(people, column)[one] == getattr(people, column)[other]).all()
        assert (people.postcode.index[one] == people.postcode.index[other]).all()
        assert (people.surname.index[one] == people.surname.index[other]).mean() > 0.99
        assert (people.forename.index[one] != people.forename.index[other]).mean() > 0.99


def test_twins_are_about_three_in_a_hundred_children(population: Population) -> None:
    child = population.person("birth_date") > np.datetime64("2010-01-01")
    assert 0.015 < (population.person("twin_of")[child] >= 0).mean() < 0.05


def test_households_share_an_address(population: Population) -> None:
    household = population.person("household")
    order = np.argsort(household, kind="stable")
    same = household[order][1:] == household[order][:-1]
    for column in ("house", "postcode", "street", "lsoa"):
        value = population.person(column)[order]
        assert (value[1:] == value[:-1])[same].all()


def test_no_two_homes_have_one_address(population: Population) -> None:
    at = list(zip(population.person("postcode"), population.person("house"), strict=True))
    homes = set(zip(at, population.person("household").tolist(), strict=True))
    assert len(homes) == len(set(at))


def test_households_are_of_the_sizes_of_england(population: Population) -> None:
    # ONS, Families and households: 30% of one person, mean size 2.36.
    _, sizes = np.unique(population.person("household"), return_counts=True)
    assert 0.24 < (sizes == 1).mean() < 0.38
    assert 2.1 < sizes.mean() < 2.7


def test_each_postcode_lies_in_one_lsoa_and_is_well_formed(population: Population) -> None:
    table = population.world.postcodes
    where = dict(zip(*(table[name].to_pylist() for name in table.column_names), strict=True))
    assert len(where) == table.num_rows
    codes = np.array(population.world.lsoa_code)[population.person("lsoa")]
    drawn = population.person("postcode")
    assert [where[code] for code in drawn[:3000]] == codes[:3000].tolist()
    assert all(len(code) in (7, 8) and code[-4] == " " for code in drawn)


def test_common_names_are_common_and_most_are_rare(population: Population) -> None:
    _, counts = np.unique(population.person("surname"), return_counts=True)
    share = np.sort(counts)[::-1] / len(population)
    assert 0.006 < share[0] < 0.025
    assert len(share) > 1500


def test_some_wives_had_another_name(population: Population) -> None:
    had = population.person("earlier_surname") != ""
    assert (population.person("sex")[had] == "2").all()
    assert 0.15 < had[population.person("sex") == "2"].mean() < 0.5
    changed = population.person("surname_changed")
    assert (np.isnat(changed) == ~had).all()
    assert (changed[had] > population.person("birth_date")[had]).all()


def test_dates_of_a_life_are_in_order(population: Population) -> None:
    birth, today = population.person("birth_date"), population.world.today
    death = population.person("death_date")
    died = ~np.isnat(death)
    assert (birth <= today).all()
    assert (birth[died] <= death[died]).all()
    assert (death[died] >= population.world.start).all()
    assert (death[died] <= today).all()
    until = np.where(died, death, today)
    for column in ("registered_from", "arrived"):
        assert (population.person(column) >= birth).all(), column
        assert (population.person(column) <= until).all(), column


def test_about_one_in_a_hundred_dies_in_a_year(population: Population) -> None:
    # England: 0.95 to 1.0% a year (ONS, Deaths registered); the invented system is a little older.
    yearly = (~np.isnat(population.person("death_date"))).mean() / 3
    assert 0.007 < yearly < 0.015


def test_moves_are_inside_a_life_and_to_another_address(population: Population) -> None:
    for chunk in population.chunks:
        moves, people = chunk.moves, chunk.residents
        assert len(moves.row) == len(np.unique(moves.row))
        assert 0.05 < len(moves.row) / len(people.person) < 0.2
        assert (moves.moved > people.birth_date[moves.row]).all()
        death = people.death_date[moves.row]
        assert ((moves.moved < death) | np.isnat(death)).all()
        assert (moves.earlier_registered_from <= moves.moved).all()
        assert (moves.earlier_practice != people.practice[moves.row]).mean() > 0.05


def test_prevalence_is_of_the_order_that_qof_publishes(population: Population) -> None:
    # QOF 2021-22, England (the source column of conditions.csv), within a wide margin, since the
    # invented system is a little older than England.
    age = (population.world.today - population.person("birth_date")).astype(int) / 365.25
    living = np.isnat(population.person("death_date"))
    for place, condition in enumerate(conditions()):
        of = living & (age >= condition.from_age)
        has = np.zeros(len(population), dtype=bool)
        for chunk, first in zip(population.chunks, population.first, strict=False):
            has[chunk.onsets.row[chunk.onsets.condition.index == place] + first] = True
        ratio = has[of].mean() / condition.prevalence
        assert 0.6 < ratio < 1.65, (condition.name, ratio)


def test_conditions_gather_where_people_are_poor_old_and_needy(population: Population) -> None:
    many = np.zeros(len(population))
    for chunk, first in zip(population.chunks, population.first, strict=False):
        np.add.at(many, chunk.onsets.row + first, 1)
    age = (population.world.today - population.person("birth_date")).astype(int) / 365.25
    middle = (age > 45) & (age < 65)
    decile = population.world.lsoa_imd_decile[population.person("lsoa")]
    poor, rich = many[middle & (decile <= 2)].mean(), many[middle & (decile >= 9)].mean()
    assert poor > 1.15 * rich
    assert many[age > 75].mean() > 3 * many[(age > 18) & (age < 40)].mean()
    need = population.person("need")
    assert many[middle & (need > 2)].mean() > 1.3 * many[middle & (need < 0.5)].mean()


def test_frailty_at_65_and_over_is_as_published(population: Population) -> None:
    # Clegg 2016, doi 10.1093/ageing/afw039: 50% fit, 35% mild, 12% moderate, 3% severe.
    age = (population.world.today - population.person("birth_date")).astype(int) / 365.25
    old = (age >= 65) & np.isnat(population.person("death_date"))
    shares = np.bincount(population.person("frailty")[old], minlength=4) / old.sum()
    assert shares == pytest.approx([0.50, 0.35, 0.12, 0.03], abs=0.06)


def test_carers_are_about_one_in_twelve(population: Population) -> None:
    # ONS, Unpaid care, England and Wales: census 2021: 8.9% of people of 5 and over.
    assert 0.06 < population.person("carer").mean() < 0.11


def test_the_same_seed_gives_the_same_people_and_another_gives_others() -> None:
    pack = read_pack(invented_pack())
    one, again, other = (draw_chunk(prepare(pack, 2_000, seed), 0) for seed in (5, 5, 6))
    assert flat(one) == flat(again)
    changed = [name for name, value in flat(one).items() if flat(other)[name] != value]
    assert len(changed) > 100


def test_a_chunk_is_the_same_whatever_was_drawn_before_it() -> None:
    pack = read_pack(invented_pack())
    world = prepare(pack, 46_000, seed=2)
    assert world.chunks == 2
    alone = flat(draw_chunk(world, 1))
    draw_chunk(world, 0)
    assert flat(draw_chunk(world, 1)) == alone


def test_a_world_can_be_sent_to_another_process() -> None:
    world = prepare(read_pack(invented_pack()), 1_500, seed=2)
    sent = pickle.loads(pickle.dumps(world))
    assert flat(draw_chunk(sent, 0)) == flat(draw_chunk(world, 0))


@pytest.mark.parametrize("people", [1, 2, 9, 137])
def test_a_system_may_be_very_small(people: int) -> None:
    world = prepare(read_pack(invented_pack()), people, seed=4)
    drawn = [draw_chunk(world, number) for number in range(world.chunks)]
    assert sum(len(chunk.residents.person) for chunk in drawn) == people


def test_a_very_large_system_cuts_small_areas_into_parts() -> None:
    world = prepare(read_pack(invented_pack()), 2_500_000, seed=4)
    plan = world.plan
    assert isinstance(plan, Plan)
    assert plan.unit_parts.max() > 1
    assert plan.person_first[-1] == 2_500_000
    assert np.diff(plan.person_first).max() < 60_000
    cut = np.flatnonzero(np.isin(plan.chunk_first, np.flatnonzero(plan.unit_part > 0)))
    assert len(cut) > 0
    homes = []
    for number in (int(cut[0]) - 1, int(cut[0])):
        people, _, _, _ = make_people(world, number)
        assert people.person[0] == plan.person_first[number] + 1
        assert len(people.person) == np.diff(plan.person_first)[number]
        homes.append(set(zip(people.postcode.index.tolist(), people.house.tolist(), strict=True)))
    # Two chunks share a small area, but no address in it.
    assert not homes[0] & homes[1]


def test_condition_names_are_distinct() -> None:
    assert len(set(CONDITIONS)) == len(CONDITIONS)


def flat(value: Any, name: str = "") -> dict[str, bytes]:
    """Every column under a chunk, by its path, as bytes."""
    if isinstance(value, Coded):
        return {name: value.index.tobytes() + "|".join(value.values).encode()}
    if dataclasses.is_dataclass(value):
        found: dict[str, bytes] = {}
        for field in dataclasses.fields(value):
            found |= flat(getattr(value, field.name), f"{name}.{field.name}")
        return found
    return {name: value.tobytes() if isinstance(value, np.ndarray) else repr(value).encode()}
