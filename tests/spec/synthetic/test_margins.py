"""Invented residents are as many, by area, age and sex, as the area pack has."""

from __future__ import annotations

import numpy as np
import pytest

from joinedup.partners import invented_pack, read_pack
from joinedup.synthetic.margins import (
    fit_age_by_sex,
    round_cells,
    share_out,
    yearly_deaths,
)
from tests.shared_material import SHARED, needs_shared
from tests.spec.synthetic.conftest import Population


def test_whole_people_go_to_the_largest_remainders() -> None:
    # By hand: 10 in proportion 5:3:1.2:0.8 is 5, 3, 1.2, 0.8; the last 0.8 is the largest left.
    assert share_out(10, np.array([5, 3, 1.2, 0.8])).tolist() == [5, 3, 1, 1]


def test_no_people_are_made_of_no_weights() -> None:
    assert share_out(0, np.array([1.0, 2.0])).tolist() == [0, 0]


def test_what_rounding_leaves_over_is_carried_to_the_next_area() -> None:
    # Four areas of one person each, half of them women: two women in all, not none or four.
    cells = np.full((4, 1, 2), 0.5)
    assert round_cells(cells, 4).sum(axis=0).tolist() == [[2, 2]]


def test_the_fit_keeps_ages_and_meets_the_share_of_women() -> None:
    ages = np.zeros((2, 91), dtype=np.int64)
    ages[0, [3, 40, 90]] = [100, 200, 50]
    ages[1, [20, 70]] = [400, 10]
    fitted = fit_age_by_sex(ages, np.array([0.55, 0.45]))
    assert np.allclose(fitted.sum(axis=2), ages)
    women = fitted[:, :, 1].sum(axis=1) / ages.sum(axis=1)
    assert women == pytest.approx([0.55, 0.45], abs=1e-5)
    # The very old are mostly women whatever the area's share.
    assert fitted[0, 90, 1] > fitted[0, 90, 0]


def test_people_who_are_poorer_die_sooner_and_men_before_women() -> None:
    yearly = yearly_deaths(np.array([1, 10]))
    assert (yearly[0] > yearly[1]).all()
    assert (yearly[:, 30:, 0] > yearly[:, 30:, 1]).all()
    # Of the order of ONS national life tables: 65-year-old men a little over 1% a year.
    assert 0.008 < yearly[:, 65, 0].mean() < 0.02


@pytest.mark.parametrize("people", [5_000, 60_000])
def test_living_residents_match_the_pack(people: int) -> None:
    pack = read_pack(invented_pack())
    fitted = fit_age_by_sex(pack.ages, pack.lsoas["female_share"].to_numpy())
    drawn = round_cells(fitted, people)
    scale = people / pack.residents
    assert drawn.sum() == people
    assert np.abs(drawn.sum(axis=(1, 2)) - pack.ages.sum(axis=1) * scale).max() < 1
    assert np.abs(drawn.sum(axis=(0, 2)) - pack.ages.sum(axis=0) * scale).max() < 2.5
    women = drawn[:, :, 1].sum() / people
    assert women == pytest.approx(fitted[:, :, 1].sum() / fitted.sum(), abs=0.002)


def test_a_chunked_population_has_the_planned_margins(population: Population) -> None:
    world = population.world
    pack = read_pack(invented_pack())
    living = np.isnat(population.person("death_date"))
    lsoa, here = population.person("lsoa"), world.lsoa_here
    drawn = np.bincount(lsoa[living], minlength=len(here))[here]
    expected = pack.ages.sum(axis=1) * drawn.sum() / pack.residents
    assert np.abs(drawn - expected).max() < 1.5
    birth = population.person("birth_date")[living & here[lsoa]]
    age = completed_years(birth, world.today)
    for low, high in ((0, 5), (18, 30), (65, 80), (85, 200)):
        share = ((age >= low) & (age < high)).mean()
        real = pack.ages[:, low : min(high, 91)].sum() / pack.residents
        assert share == pytest.approx(real, abs=0.004)


def completed_years(birth: np.ndarray, on: np.datetime64) -> np.ndarray:
    """Completed years of age, by year, month and day."""
    month, on_month = birth.astype("datetime64[M]"), on.astype("datetime64[M]")
    months = (on_month - month).astype(int)
    day, on_day = birth - month.astype("datetime64[D]"), on - on_month.astype("datetime64[D]")
    return (months - (day > on_day)) // 12


def test_both_residents_registered_away_and_patients_from_outside_occur(
    population: Population,
) -> None:
    world = population.world
    outside = ~world.lsoa_here[population.person("lsoa")]
    away = ~world.practice_here[population.person("practice")]
    assert 0.005 < outside.mean() < 0.06
    assert 0.005 < away.mean() < 0.06
    assert not (outside & away).any()


@needs_shared
def test_dorset_people_are_registered_as_dorset_really_is() -> None:
    from joinedup.synthetic import draw_chunk, prepare

    pack = read_pack(SHARED / "areas" / "dorset")
    world = prepare(pack, 40_000, seed=1)
    practice = np.concatenate(
        [draw_chunk(world, n).residents.practice for n in range(world.chunks)]
    )
    drawn = np.bincount(practice, minlength=len(world.practice_code))[: pack.practices.num_rows]
    lists = dict.fromkeys(world.practice_code[: len(drawn)], 0)
    for row in pack.registrations.to_pylist():
        lists[row["practice_code"]] += row["patients"]
    real = np.array([lists[code] for code in world.practice_code[: len(drawn)]])
    assert np.corrcoef(drawn, real)[0, 1] > 0.97
